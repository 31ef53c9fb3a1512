"""Lines on pages -> blocks: from geometry alone, without a file."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from index.loaders.pdf_layout import Layout, arrange
from index.loaders.pdf_types import Cell, Line, Sheet
from index.types import Document
from tests.index.pdfs import check


def line(
    text: str, y: float, *, x0: float = 70, x1: float = 500, size: float = 12, bold: bool = False
) -> Line:
    return Line(text, x0, x1, y - size, y, size, bold)


def kinds(*pages: list[Line]) -> list[tuple[str, str]]:
    layout = arranged(*pages)
    return [(b.kind, layout.text[b.start : b.end]) for b in layout.blocks]


def arranged(*pages: list[Line]) -> Layout:
    return arrange([Sheet(page, 600.0, 800.0) for page in pages])


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
        ("item", "a point\nof two lines"),
    ]


def test_a_sentence_goes_on_over_a_page_break_when_nothing_lies_between():
    first, second = [line("It was found", 100)], [line("to be good.", 100), line("Next.", 150)]
    assert kinds(first, second) == [("paragraph", "It was found\nto be good."), ("paragraph", "Next.")]
    layout = arrange([Sheet(first, 600.0, 800.0, (), "i"), Sheet(second, 600.0, 800.0)])
    assert [(layout.text[p.start : p.end], p.label) for p in layout.pages] == [
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
    raised=st.booleans(),
    italic=st.booleans(),
    cells=st.just(()),  # pieces of the text, so none by chance
)


@settings(deadline=None)
@given(st.lists(st.lists(lines, max_size=8), min_size=1, max_size=5))
def test_any_layout_keeps_every_line_once(pages):
    layout = arranged(*pages)
    check(Document(None, layout.text, layout.blocks, layout.pages))
    assert sorted(layout.text.split()) == sorted(
        word for page in pages for line in page for word in line.text.split()
    )
    # What is not set aside is within the span of the page that it is printed on.
    for page, span in zip(pages, layout.pages, strict=True):
        shown = Counter(word for line in page for word in line.text.split())
        inside = [b for b in layout.blocks if b.kind != "furniture"]
        words = Counter()
        for block in inside:
            words.update(layout.text[max(block.start, span.start) : min(block.end, span.end)].split())
        assert not words - shown


def words_of(text: str, y: float, cells: list[tuple[str, float, float]], **style) -> Line:
    return Line(
        text, cells[0][1], cells[-1][2], y - 12, y, 12, cells=tuple(Cell(*cell) for cell in cells), **style
    )


def test_a_paragraph_over_a_page_break_is_one_block_and_notes_stay_on_their_page():
    first = [
        line("A paragraph that ends.", 100),
        line("Another was begun on this page and goes", 140),
        line("1 A note in small type.", 700, size=8)._replace(raised=True),
        line("Page 1", 790),
    ]
    pages = [
        first,
        [line("on with the next.", 100), line("A third.", 140), line("Page 2", 790)],
        [line("Last.", 100), line("Page 3", 790)],
    ]
    layout = arranged(*pages)
    shown = [(b.kind, layout.text[b.start : b.end]) for b in layout.blocks]
    assert shown == [
        ("paragraph", "A paragraph that ends."),
        ("note", "1 A note in small type."),
        ("furniture", "Page 1"),
        ("paragraph", "Another was begun on this page and goes\non with the next."),
        ("paragraph", "A third."),
        ("furniture", "Page 2"),
        ("paragraph", "Last."),
        ("furniture", "Page 3"),
    ]
    texts = [layout.text[p.start : p.end] for p in layout.pages]
    assert "A note" in texts[0] and texts[0].endswith("and goes")
    assert texts[1].startswith("on with the next.") and texts[1].endswith("Page 2")


def test_a_paragraph_that_fills_a_page_goes_over_two_breaks():
    pages = [
        [line(f"of page {'abc'[n]} and so", 100 + 14 * row) for row in range(3)]
        + [line(f"Page {n + 1}", 790)]
        for n in range(3)
    ]
    layout = arranged(*pages)
    assert [b.kind for b in layout.blocks] == ["furniture", "paragraph", "furniture", "furniture"]
    for number, span in enumerate(layout.pages):
        assert layout.text[span.start : span.end].count(f"of page {'abc'[number]}") == 3


def test_a_numbered_paragraph_goes_on_with_a_new_sentence_where_its_lines_hang():
    first = [
        line("3.14 It began with words that fill", 100, x0=50),
        line("this line to its end. It ended.", 114, x0=90),
    ]
    second = [line("This sentence belongs to it.", 100, x0=90), line("3.15 Not this.", 130, x0=50)]
    assert [text for _, text in kinds(first, second)] == [
        "3.14 It began with words that fill\nthis line to its end. It ended.\nThis sentence belongs to it.",
        "3.15 Not this.",
    ]


def test_small_type_is_a_note_only_at_the_bottom_and_with_a_mark():
    body = [line(f"Text of the body, line {n}.", 100 + 14 * n) for n in range(5)]
    small = [line("2 Small type in the middle.", 200, size=8)._replace(raised=True)]
    more = [line(f"More text of the body {n}.", 250 + 14 * n) for n in range(5)]
    unmarked = [line("Source: the council's own figures.", 700, size=8)]
    assert all(kind != "note" for kind, _ in kinds([*body, *small, *more, *unmarked]))


def test_a_side_heading_after_its_text_is_read_before_it():
    page = [
        line("Before it.", 100, x0=200),
        line("The text beside the heading", 140, x0=200),
        line("that goes on and ends.", 154, x0=200),
        line("Heading", 142, x0=50, x1=150, size=18, bold=True),
    ]
    assert [text.split()[0] for _, text in kinds(page)] == ["Before", "Heading", "The"]


def test_lines_that_run_across_two_columns_are_read_column_by_column():
    left = [f"the left side number {n} runs on" for n in range(8)]
    right = [f"the right side number {n} runs on" for n in range(8)]
    page = [
        words_of(f"{one} {other}", 100 + 14 * n, [(one, 50, 280), (other, 320, 550)])
        for n, (one, other) in enumerate(zip(left, right, strict=True))
    ]
    ((kind, text),) = kinds(page)
    assert kind == "paragraph"
    assert text.split("\n") == left + right


def test_a_contents_page_is_boilerplate_and_no_heading_of_what_follows():
    pages = [
        [
            line("Contents", 80, size=20),
            words_of("Summary 2", 120, [("Summary", 70, 120), ("2", 490, 500)]),
            line("A long entry that takes", 140),
            words_of("two lines 3", 154, [("two lines", 70, 120), ("3", 490, 500)]),
            words_of("Findings 7", 174, [("Findings", 70, 120), ("7", 490, 500)]),
        ],
        [line("Summary", 80, size=16), line("It was found that all was well.", 120)],
    ]
    layout = arranged(*pages)
    shown = [(b.kind, b.boilerplate, layout.text[b.start : b.end]) for b in layout.blocks]
    assert shown == [
        ("row", True, "Contents"),
        ("row", True, "Summary 2"),
        ("row", True, "A long entry that takes\ntwo lines 3"),
        ("row", True, "Findings 7"),
        ("heading", False, "Summary"),
        ("paragraph", False, "It was found that all was well."),
    ]


def test_headings_rank_by_size_and_weight_and_the_cover_is_no_measure():
    pages = [
        [line("A Cover", 100, size=40), line("of a report", 160, size=12)],
        [
            line("Chapter", 100, size=20),
            line("Section", 140, size=16),
            line("Bold", 170, bold=True),
            *(line(f"The text of it goes on in line {n} of many.", 190 + 14 * n) for n in range(6)),
        ],
    ]
    layout = arranged(*pages)
    assert [(layout.text[b.start : b.end], b.level) for b in layout.blocks if b.kind == "heading"] == [
        ("A Cover", 1),
        ("Chapter", 1),
        ("Section", 2),
        ("Bold", 3),
    ]


def test_a_printed_number_is_a_label_only_if_it_counts_and_says_more():
    def labels(first: int) -> list[str | None]:
        pages = [[line(f"Body {n}.", 300), line(f"Page {n + first}", 780)] for n in range(6)]
        return [page.label for page in arranged(*pages).pages]

    assert labels(101) == ["101", "102", "103", "104", "105", "106"]
    assert labels(1) == [None] * 6
