"""Tables in PDFs: with rules, with rules that only run across, and without any."""

import pytest
from fpdf import FPDF
from fpdf.fonts import FontFace

from index.loaders.pdf_layout import arrange
from index.loaders.pdf_types import Cell, Line, Rule, Sheet
from tests.index.pdfs import SENTENCE, check, load

GRADES = [
    ("Help and protection of children who need it", "Requires improvement"),
    ("Children looked after, and those who have left care in the last three years", "Good"),
    ("Overall effectiveness", "Inadequate"),
]


def made(rows: list[tuple[str, ...]], layout: str = "ALL", head: bool = True, prose: int = 2) -> bytes:
    """A page with a table between two paragraphs."""
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=10)
    for _ in range(prose):
        pdf.multi_cell(0, 5, SENTENCE * 3, new_x="LMARGIN", new_y="NEXT")
        pdf.ln(3)
    style = FontFace(emphasis="BOLD") if head else FontFace()
    with pdf.table(
        rows, borders_layout=layout, text_align="LEFT", padding=1.5, headings_style=style, line_height=5
    ):
        pass
    pdf.ln(4)
    pdf.multi_cell(0, 5, SENTENCE * 3, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def rows_of(tmp_path, data: bytes) -> tuple[list[str], list[str]]:
    """The rows of the document, and its paragraphs, on one line each."""
    document = load(tmp_path / "a.pdf", data)
    check(document)
    shown = [(b.kind, " ".join(document.text[b.start : b.end].split())) for b in document.blocks]
    paragraphs = [text for kind, text in shown if kind == "paragraph"]
    assert paragraphs == [(SENTENCE * 3).strip()] * len(paragraphs)
    return [text for kind, text in shown if kind == "row"], paragraphs


@pytest.mark.parametrize("layout", ["ALL", "INTERNAL", "HORIZONTAL_LINES", "NONE"])
def test_a_grade_table_reads_as_label_and_value(tmp_path, layout):
    rows, paragraphs = rows_of(tmp_path, made([("Judgement", "Grade"), *GRADES], layout))
    assert rows == [f"{label}: {grade}." for label, grade in GRADES]
    assert len(paragraphs) == 3


def test_the_head_of_a_table_is_kept_and_not_searched(tmp_path):
    document = load(tmp_path / "a.pdf", made([("Judgement", "Grade"), *GRADES]))
    heads = [document.text[b.start : b.end] for b in document.blocks if b.kind == "furniture"]
    assert heads == ["Judgement; Grade"]


def test_a_table_without_heads_loses_no_row(tmp_path):
    rows, _ = rows_of(tmp_path, made(GRADES, head=False))
    assert rows == [f"{label}: {grade}." for label, grade in GRADES]


def test_rows_of_more_columns_carry_the_heads_of_their_columns(tmp_path):
    table = [("Year", "Children", "In care"), ("2016", "283,900", "1,816"), ("2017", "285,000", "1,802")]
    rows, _ = rows_of(tmp_path, made(table))
    assert rows == [
        "Year: 2016; Children: 283,900; In care: 1,816.",
        "Year: 2017; Children: 285,000; In care: 1,802.",
    ]


def test_a_box_around_prose_is_no_table(tmp_path):
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=10)
    for _ in range(4):
        pdf.multi_cell(0, 5, SENTENCE * 3, border=1, new_x="LMARGIN", new_y="NEXT")
        pdf.ln(3)
    rows, paragraphs = rows_of(tmp_path, bytes(pdf.output()))
    assert (rows, len(paragraphs)) == ([], 4)


def test_prose_in_two_columns_is_not_torn_into_rows():
    """Not even between rules above and below, and with lines that PDFium has run together."""
    page = []
    for n in range(12):
        left, right = f"and so the left side runs on in line {n}", f"and the right side does the same {n}"
        cells = (Cell(left, 50, 280), Cell(right, 320, 550))
        page.append(Line(f"{left} {right}", 50, 550, 100 + 14 * n, 112 + 14 * n, 12, cells=cells))
    rules = tuple(Rule(True, y, 50, 550) for y in (90, 150, 270))
    layout = arrange([Sheet(page, 600, 800, rules)])
    assert {block.kind for block in layout.blocks} == {"paragraph"}


def test_two_lines_with_a_gap_are_no_table():
    page = [
        Line(
            f"{label} {value}",
            50,
            400,
            100 + 14 * n,
            112 + 14 * n,
            12,
            cells=(Cell(label, 50, 90), Cell(value, 300, 400)),
        )
        for n, (label, value) in enumerate([("Date", "1 May"), ("Place", "Anytown")])
    ]
    assert "row" not in {block.kind for block in arrange([Sheet(page, 600, 800)]).blocks}


def test_a_cell_that_spans_rows_is_said_in_each():
    """Where no rule parts the first column, as between the two rows of "Rewards"."""

    def row(y: float, *cells: tuple[str, float, float]) -> Line:
        text = " ".join(cell[0] for cell in cells)
        pieces = tuple(Cell(*cell) for cell in cells)
        return Line(text, cells[0][1], cells[-1][2], y - 10, y, 10, cells=pieces if len(pieces) > 1 else ())

    page = [
        row(100, ("Rewards", 52, 90), ("Praise", 150, 180), ("Public thanks.", 300, 380)),
        row(120, ("Bonus", 150, 180), ("A payment.", 300, 380)),
        row(140, ("Penalties", 52, 95), ("Reproof", 150, 190), ("Public blame.", 300, 380)),
    ]
    rules = (
        Rule(True, 86, 50, 400),
        Rule(True, 106, 148, 400),
        Rule(True, 126, 50, 400),
        Rule(True, 146, 50, 400),
    )
    layout = arrange([Sheet(page, 600, 800, rules)])
    assert [layout.text[b.start : b.end] for b in layout.blocks] == [
        "Rewards: Praise; Public thanks.",
        "Rewards: Bonus; A payment.",
        "Penalties: Reproof; Public blame.",
    ]
