"""PDF: pages, lines as printed, blocks from geometry."""

import csv
import io
import random
from collections import Counter
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import LoadError
from index.loaders import Limits, pdf_layout, read_documents
from index.loaders.pdf_layout import Line
from index.types import Document, in_order

SHARED = Path(__file__).parents[3] / "shared" / "pdfs"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the example PDFs are not at {SHARED}")

AS_PRINTED = str.maketrans("\uf06e\uf0a7\uf02d", "■▪-")
SENTENCE = "Thresholds were applied inconsistently across the borough and managers did not notice in time. "


class Report(FPDF):
    """A report with a running header, numbered pages and known blocks."""

    def header(self):
        self.set_font("Helvetica", size=8)
        self.cell(0, 5, "Inspection of Anytown council", new_x="LMARGIN", new_y="NEXT")
        self.ln(8)

    def footer(self):
        self.set_y(-15)
        self.set_font("Helvetica", size=8)
        self.cell(0, 5, f"Page {self.page_no()} of 4", align="R")


DEFAULTS = Limits()


def report() -> FPDF:
    pdf = Report()
    for number in range(1, 5):
        pdf.add_page()
        pdf.set_font("Helvetica", "B", 16)
        pdf.cell(0, 10, f"Chapter {'ABCD'[number - 1]}", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(4)
        for part in "xyz":
            pdf.set_font("Helvetica", size=11)
            pdf.multi_cell(0, 5, f"Part {part} {number}. " + SENTENCE * 3, new_x="LMARGIN", new_y="NEXT")
            pdf.ln(4)
        pdf.multi_cell(0, 5, "- first point to make\n- second point to make", new_x="LMARGIN", new_y="NEXT")
    return pdf


def load(path: Path, data: bytes | None = None, limits: Limits = DEFAULTS) -> Document | LoadError:
    if data is not None:
        path.write_bytes(data)
    (outcome,) = read_documents(path, path.name, limits)
    return outcome


def check(document: Document) -> None:
    """What holds for every PDF: spans in order, every printed character in one block and one page."""
    assert in_order(document.blocks)
    assert in_order(document.pages)
    blocks, pages = set(), set()
    for block in document.blocks:
        assert block.start < block.end
        blocks.update(range(block.start, block.end))
    for page in document.pages:
        pages.update(range(page.start, page.end))
    printed = {at for at, c in enumerate(document.text) if not c.isspace()}
    assert printed <= blocks
    assert printed <= pages
    assert not set("\r\ufffe\x02\0") & set(document.text)


def test_blocks_of_a_report(tmp_path):
    document = load(tmp_path / "a.pdf", bytes(report().output()))
    check(document)
    shown = [(b.kind, document.text[b.start : b.end]) for b in document.blocks]
    first = [(kind, text[:12]) for kind, text in shown if document.text.index(text) < document.pages[0].end]
    assert first[:8] == [
        ("furniture", "Inspection o"),
        ("heading", "Chapter A"),
        ("paragraph", "Part x 1. Th"),
        ("paragraph", "Part y 1. Th"),
        ("paragraph", "Part z 1. Th"),
        ("item", "- first poin"),
        ("item", "- second poi"),
        ("furniture", "Page 1 of 4"),
    ]
    assert [text for kind, text in shown if kind == "furniture"] == [
        text for n in range(1, 5) for text in ("Inspection of Anytown council", f"Page {n} of 4")
    ]
    paragraph = shown[2][1]
    assert " ".join(paragraph.split()) == ("Part x 1. " + SENTENCE * 3).strip()
    assert document.info.title == "Chapter A"
    assert (document.info.published, document.info.media_type) == ("", "application/pdf")


def test_pages_have_numbers_labels_and_text(tmp_path):
    pdf = FPDF()
    pdf.set_title("The Annual Report")
    for text in ("Preface text.", "", "Body text."):
        pdf.add_page(label_style="r" if text.startswith("P") else "D", label_start=1 if text else 7)
        pdf.set_font("Helvetica", size=12)
        if text:
            pdf.cell(0, 10, text)
    document = load(tmp_path / "a.pdf", bytes(pdf.output()))
    check(document)
    assert [(p.number, document.text[p.start : p.end]) for p in document.pages] == [
        (1, "Preface text."),
        (2, ""),
        (3, "Body text."),
    ]
    assert document.pages[0].label == "i"
    assert document.pages[1].label == "7"
    assert document.info.title == "The Annual Report"


def test_pages_without_labels(tmp_path):
    document = load(tmp_path / "a.pdf", bytes(report().output()))
    assert {page.label for page in document.pages} == {None}


def test_hyphen_at_line_end_reads_as_printed(tmp_path):
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    for line in ("The council asked for a re-", "inspection of its multi-", "agency hub last year."):
        pdf.cell(0, 6, line, new_x="LMARGIN", new_y="NEXT")
    document = load(tmp_path / "a.pdf", bytes(pdf.output()))
    assert document.text == "The council asked for a re-\ninspection of its multi-\nagency hub last year."
    assert len(document.blocks) == 1


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_a_page_drawn_sideways_and_turned_back_reads_the_same(tmp_path, angle):
    pdf = FPDF()
    pdf.add_page()
    with pdf.rotation(angle, pdf.w / 2, pdf.h / 2):
        pdf.set_xy(40, 90)
        pdf.set_font("Helvetica", "B", 16)
        pdf.multi_cell(110, 10, "Findings", new_x="LEFT", new_y="NEXT")
        pdf.set_font("Helvetica", size=10)
        for part in "xy":
            pdf.ln(5)
            pdf.set_x(40)
            pdf.multi_cell(110, 5, f"Part {part}. " + SENTENCE * 2, new_x="LEFT", new_y="NEXT")
    buffer = io.BytesIO()
    with pdfium.PdfDocument(bytes(pdf.output())) as source:
        page = source[0]
        page.set_rotation(angle)
        page.close()
        source.save(buffer)
    document = load(tmp_path / "a.pdf", buffer.getvalue())
    check(document)
    shown = [(b.kind, " ".join(document.text[b.start : b.end].split())) for b in document.blocks]
    parts = [("paragraph", f"Part {part}. {SENTENCE * 2}".strip()) for part in "xy"]
    assert shown == [("heading", "Findings"), *parts]


def test_not_a_pdf(tmp_path):
    path = tmp_path / "a.pdf"
    assert "it begins like an HTML page; save it as .html" in str(load(path, b"\n<!DOCTYPE html><html>..."))
    assert "it begins like a ZIP" in str(load(path, b"PK\x03\x04..."))
    assert "no %PDF- at its start" in str(load(path, b"just text"))


def test_encrypted(tmp_path):
    pdf = report()
    pdf.set_encryption(owner_password="owner", user_password="user")
    assert "is encrypted with a password; save a copy" in str(load(tmp_path / "a.pdf", bytes(pdf.output())))


def test_truncated_and_damaged(tmp_path):
    data = bytes(report().output())
    for share in (0.1, 0.5, 0.9, 0.99):
        assert "is a truncated PDF" in str(load(tmp_path / "a.pdf", data[: int(len(data) * share)]))
    assert "is a damaged PDF" in str(load(tmp_path / "a.pdf", b"%PDF-1.7\nnothing\n%%EOF"))


def test_scanned(tmp_path):
    pdf = FPDF()
    pdf.add_page()
    pdf.rect(10, 10, 50, 50)
    assert "has no text layer (scanned pages?); add one by OCR" in str(
        load(tmp_path / "a.pdf", bytes(pdf.output()))
    )


def test_limits(tmp_path):
    data = bytes(report().output())
    assert "has 4 pages, more than the limit of 3" in str(load(tmp_path / "a.pdf", data, Limits(max_pages=3)))
    assert "more than 500 characters" in str(load(tmp_path / "a.pdf", data, Limits(max_chars=500)))


def test_flipped_bytes_never_raise(tmp_path):
    data = bytes(report().output())
    rng = random.Random(7)
    read = 0
    for _ in range(60):
        damaged = bytearray(data)
        for _ in range(rng.choice((1, 5, 50))):
            damaged[rng.randrange(len(data))] = rng.randrange(256)
        outcome = load(tmp_path / "a.pdf", bytes(damaged))
        assert isinstance(outcome, (Document, LoadError))
        if isinstance(outcome, Document):
            check(outcome)
            read += 1
    assert read


def line(
    text: str, y: float, *, x0: float = 70, x1: float = 500, size: float = 12, bold: bool = False
) -> Line:
    return Line(text, x0, x1, y - size, y, size, bold)


def kinds(*pages: list[Line]) -> list[tuple[str, str]]:
    text, blocks, _ = pdf_layout.arrange(pages, [None] * len(pages), [800.0] * len(pages))
    return [(b.kind, text[b.start : b.end]) for b in blocks]


def test_paragraphs_by_gap_indent_and_number():
    assert kinds(
        [
            line("It began.", 100),
            line("It went on", 114),
            line("and ended.", 128),
            line("A gap before.", 160),
            line("Indented.", 174, x0=90),
            line("3.14 A number.", 188),
            line("hanging on.", 202, x0=90),
            line("• a point", 216),
            line("of two lines", 230, x0=90),
        ]
    ) == [
        ("paragraph", "It began.\nIt went on\nand ended."),
        ("paragraph", "A gap before."),
        ("paragraph", "Indented."),
        ("paragraph", "3.14 A number.\nhanging on."),
        ("item", "• a point\nof two lines"),
    ]


def test_a_sentence_goes_on_over_a_page_break_when_nothing_lies_between():
    first, second = [line("It was found", 100)], [line("to be good.", 100), line("Next.", 150)]
    assert kinds(first, second) == [("paragraph", "It was found\nto be good."), ("paragraph", "Next.")]
    text, _, pages = pdf_layout.arrange([first, second], ["i", None], [800.0, 800.0])
    assert [(text[p.start : p.end], p.label) for p in pages] == [
        ("It was found", "i"),
        ("to be good.\n\nNext.", None),
    ]


def test_running_lines_are_furniture_by_repetition_and_place_only():
    pages = [
        [
            line("Inspection report", 40),
            line("Same body line.", 200),
            line(f"Body {n}.", 300),
            line("Same low body line.", 650),
            line(f"{n + 9} | Report", 780),
        ]
        for n in range(1, 7)
    ]
    found = kinds(*pages)
    assert [text for kind, text in found if kind == "furniture"] == [
        text for n in range(1, 7) for text in ("Inspection report", f"{n + 9} | Report")
    ]
    assert sum(text == "Same body line." and kind != "furniture" for kind, text in found) == 6


def test_a_heading_that_opens_pages_far_apart_is_no_running_header():
    pages = [
        [line("Summary", 60, size=16) if n % 8 == 0 else line(f"Text {n}.", 60), line("Body.", 200)]
        for n in range(30)
    ]
    assert all(kind == "heading" for kind, text in kinds(*pages) if text == "Summary")


def test_roman_and_restarted_page_numbers_run_too():
    numbers = ["i", "ii", *map(str, range(1, 8)), "1", "2"]
    pages = [[line(f"Body {n}.", 300), line(f"Page {number}", 780)] for n, number in enumerate(numbers)]
    assert sum(kind == "furniture" for kind, _ in kinds(*pages)) == len(numbers)


def test_numbers_that_do_not_count_pages_stay():
    pages = [[line(f"Body {n}.", 300), line(f"{n * n * 7} children", 780)] for n in range(8)]
    assert all(kind != "furniture" for kind, _ in kinds(*pages))


lines = st.builds(
    Line,
    st.text("aB1. •-", min_size=1, max_size=9).filter(str.strip).map(str.strip),
    *[st.floats(-50, 900)] * 4,
    st.sampled_from([0.0, 8.0, 12.0, 30.0]),
    st.booleans(),
    st.booleans(),
)


@settings(deadline=None)
@given(st.lists(st.lists(lines, max_size=8), min_size=1, max_size=5))
def test_any_layout_keeps_every_line_once(pages):
    text, blocks, spans = pdf_layout.arrange(pages, [None] * len(pages), [800.0] * len(pages))
    check(Document(None, text, blocks, spans))
    assert sorted(text.split()) == sorted(
        word for page in pages for line in page for word in line.text.split()
    )
    for page, span in zip(pages, spans, strict=True):
        assert sorted(text[span.start : span.end].split()) == sorted(
            w for line in page for w in line.text.split()
        )


@needs_shared
def test_every_phrase_is_on_its_page():
    with (SHARED / "page_facts.tsv").open(encoding="utf-8", newline="") as file:
        facts = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    documents = {name: load(SHARED / name) for name in {fact["file"] for fact in facts}}
    for document in documents.values():
        check(document)
    missing = []
    for fact in facts:
        document = documents[fact["file"]]
        page = document.pages[int(fact["pdf_page"]) - 1]
        if " ".join(fact["phrase"].split()) not in " ".join(document.text[page.start : page.end].split()):
            missing.append(fact)
        if fact["label"]:
            assert page.label == fact["label"]
    assert not missing
    assert facts


@needs_shared
def test_nothing_that_pdfium_reads_is_lost():
    for path in sorted(SHARED.glob("*.pdf")):
        document = load(path)
        if isinstance(document, LoadError):
            continue
        with pdfium.PdfDocument(path) as source:
            for number, span in enumerate(document.pages):
                page = source[number]
                textpage = page.get_textpage()
                read = textpage.get_text_range().replace("\ufffe", "-")
                textpage.close()
                page.close()
                kept = document.text[span.start : span.end]
                assert Counter("".join(read.split()).translate(AS_PRINTED)) == Counter("".join(kept.split()))


@needs_shared
def test_no_phrase_is_furniture():
    with (SHARED / "page_facts.tsv").open(encoding="utf-8", newline="") as file:
        facts = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for name in {fact["file"] for fact in facts}:
        document = load(SHARED / name)
        running = {document.text[b.start : b.end] for b in document.blocks if b.kind == "furniture"}
        assert not {fact["phrase"] for fact in facts if fact["file"] == name} & running


@needs_shared
def test_the_page_that_is_named_pdf():
    assert "save it as .html" in str(load(SHARED / "edge-html-not-pdf.pdf"))
