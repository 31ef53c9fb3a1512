"""OpenDocument, RTF, presentations, workbooks, CSV and books: structure, metadata, and what may not enter."""

from __future__ import annotations

import io

import openpyxl
import pytest
from openpyxl.styles import Font
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from index.loaders import Remark
from index.loaders.grid import Cell, blocks_of
from index.types import in_order
from tests.index.samples import FINDING, ODF, REPLY, TITLE, epub, odt, packed, rtf, slides, workbook
from tests.index.test_sources_formats import document, read, reason


def kinds(made) -> list[tuple[str, str]]:
    return [(block.kind, made.text[block.start : block.end]) for block in made.blocks]


# OpenDocument


def test_odt_headings_lists_tables_and_notes():
    body = (
        "<text:tracked-changes><text:p>DELETED</text:p></text:tracked-changes>"
        "<text:table-of-content><text:index-body><text:p>Findings 3</text:p></text:index-body></text:table-of-content>"
        '<text:h text:outline-level="2">Find<text:span>ings</text:span></text:h>'
        '<text:p>One<text:s text:c="2"/>two<text:line-break/>three<office:annotation><text:p>COMMENT</text:p>'
        "</office:annotation><text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>A note.</text:p>"
        "</text:note-body></text:note>.</text:p>"
        "<text:list><text:list-item><text:p>Cuts</text:p><text:list><text:list-item><text:p>Hours</text:p>"
        "</text:list-item></text:list></text:list-item></text:list>"
        "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Judgement</text:p></table:table-cell>"
        "<table:table-cell><text:p>Grade</text:p></table:table-cell></table:table-row></table:table-header-rows>"
        "<table:table-row><table:table-cell><text:p>Leadership</text:p></table:table-cell>"
        "<table:table-cell><text:p>Inadequate</text:p></table:table-cell></table:table-row></table:table>"
        "<text:p><draw:frame><draw:text-box><text:p>In a box.</text:p></draw:text-box></draw:frame>Beside it.</text:p>"
    )
    meta = f"<dc:title>{TITLE}</dc:title><meta:creation-date>2017-04-07T10:00:00</meta:creation-date>"
    made = document(".odt", odt(body, meta))
    assert made.info.title == TITLE
    assert kinds(made) == [
        ("furniture", "Findings 3"),
        ("heading", "Findings"),
        ("paragraph", "One  two\nthree[1]."),
        ("item", "Cuts"),
        ("item", "Hours"),
        ("furniture", "Judgement; Grade"),
        ("row", "Judgement: Leadership; Grade: Inadequate."),
        ("paragraph", "Beside it."),
        ("paragraph", "In a box."),
        ("paragraph", "A note."),
    ]
    assert "DELETED" not in made.text and "COMMENT" not in made.text and "[1] A note." in made.text


def test_odt_entities_are_not_expanded(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    for entities, use in (
        (f'<!ENTITY x SYSTEM "{secret.as_uri()}">', "&x;"),
        (f'<!ENTITY a0 "ha">{laughs}', "&a11;"),
    ):
        content = (
            f"<?xml version='1.0'?><!DOCTYPE d [{entities}]><office:document-content {ODF}><office:body><office:text>"
            f"<text:p>Before{use} after.</text:p></office:text></office:body></office:document-content>"
        )
        (found,) = read(".odt", packed({"content.xml": content}))
        text = found.document.text if hasattr(found, "document") else ""
        assert "SECRET" not in text and "haha" not in text


def test_odt_nested_beyond_reason_is_refused():
    body = "<text:section>" * 5_000 + "<text:p>x</text:p>" + "</text:section>" * 5_000
    assert "damaged" in reason(".odt", odt(body))


def test_odt_under_a_password():
    data = packed({"content.xml": b"\x80\x81", "META-INF/manifest.xml": "<m><manifest:encryption-data/></m>"})
    assert "password" in reason(".odt", data)


# RTF


def test_rtf_paragraphs_tables_and_letters():
    made = document(".rtf", rtf())
    assert made.info.title == TITLE and made.text == f"{FINDING}\n\n{REPLY}"
    source = (
        rb"{\rtf1\ansi\ansicpg1252 Caf\'e9 \u8220?open\u8221? either | or.\par"
        rb"\trowd Leadership\cell Inadequate\cell\row\pard End.\par}"
    )
    text = document(".rtf", source).text
    assert text == "Café “open” either | or.\n\nLeadership; Inadequate\n\nEnd."


# Presentations


def test_slides_are_pages_and_notes_are_marked():
    made = document(".pptx", slides())
    assert [(page.number, made.text[page.start : page.end].splitlines()[0]) for page in made.pages] == [
        (1, TITLE),
        (2, "Hours"),
    ]
    assert "Speaker notes: Do not promise a date." in made.text
    assert ("heading", TITLE) in kinds(made) and ("item", FINDING) in kinds(made)
    assert ("row", "Branch: Bow; Hours: 26.") in kinds(made)
    assert made.info.title == TITLE


def test_a_chart_says_its_figures():
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    data = CategoryChartData()
    data.categories = ["2016", "2017"]
    data.add_series("Visits", (1200, 950.5))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(1), Inches(4), Inches(3), data)
    made = io.BytesIO()
    deck.save(made)
    assert kinds(document(".pptx", made.getvalue())) == [
        ("row", "2016: Visits: 1200"),
        ("row", "2017: Visits: 950.5"),
    ]


# Workbooks and CSV


def test_sheets_read_as_sentences():
    made = document(".xlsx", workbook())
    assert kinds(made)[:5] == [
        ("heading", "Hours"),
        ("paragraph", f"{TITLE}: figures"),
        ("furniture", "Branch; Hours; Change; Since"),
        ("row", "Branch: Mile End; Hours: 38; Change: -12.5%; Since: 2017-04-07."),
        ("row", "Branch: Bow; Hours: 26.5; Change: 50.0%."),
    ]


def test_a_hidden_sheet_is_read_and_said():
    book = openpyxl.Workbook()
    book.active.append(["Leadership", "Inadequate"])
    book.active["A1"].font = Font(bold=True)
    hidden = book.create_sheet("Secret")
    hidden.append(["Found"])
    hidden.sheet_state = "hidden"
    made = io.BytesIO()
    book.save(made)
    remarks = [one.reason for one in read(".xlsx", made.getvalue()) if isinstance(one, Remark)]
    assert remarks == ["the sheet 'Secret' is hidden in Excel, and was read as well"]
    text = document(".xlsx", made.getvalue()).text
    assert "Leadership: Inadequate" in text and "Found" in text


def test_an_empty_workbook_has_no_text():
    made = io.BytesIO()
    openpyxl.Workbook().save(made)
    assert "has no text" in reason(".xlsx", made.getvalue())


def test_a_cell_at_the_far_end_of_a_sheet_costs_nothing():
    book = openpyxl.Workbook()
    book.active["A1"] = "Here."
    book.active["XFD1048576"] = "There."
    made = io.BytesIO()
    book.save(made)
    assert document(".xlsx", made.getvalue()).text.split() == ["Here.", "There."]


def row(*texts: str) -> list[Cell]:
    return [Cell(text, text.isdigit()) for text in texts]


def test_where_a_header_is_taken_for_one():
    assert list(blocks_of([row("Name", "Age"), row("Ann", "31")]))[-1] == ("row", "Name: Ann; Age: 31.")
    # Two rows of words: nothing tells whether the first is a header.
    assert [kind for kind, _ in blocks_of([row("Leadership", "Inadequate"), row("Help", "Good")])] == [
        "row",
        "row",
    ]
    assert list(blocks_of([row("a", "b"), row("c", "d")], headed=True))[-1] == ("row", "a: c; b: d.")
    tables = [row("A", "B"), row("1", "2"), [], row("C", "D"), row("3", "4")]
    assert [text for kind, text in blocks_of(tables) if kind == "row"] == ["A: 1; B: 2.", "C: 3; D: 4."]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_of_any_delimiter(delimiter):
    data = "\r\n".join(
        delimiter.join(cells) for cells in (("Branch", "Hours"), ("Mile End", "38"), ("Bow", "26"))
    )
    assert "Branch: Bow; Hours: 26." in document(".csv", data.encode()).text


def test_csv_in_other_encodings():
    assert "Café" in document(".csv", "Name,Town\nCafé,Bow\n".encode("utf-16")).text
    found = read(".csv", "Name,Town\nCafé,Bow\n".encode("cp1252"))
    assert [one.reason for one in found if isinstance(one, Remark)] == ["is not UTF-8 and was read as CP1252"]
    assert "Name: Café; Town: Bow." in document(".csv", "\ufeffName,Town\nCafé,Bow\n".encode()).text
    assert "NUL bytes" in reason(".csv", b"a,b\0c\n")


def test_csv_cells_over_lines_stay_one_row():
    assert "A: one two; B: 3." in document(".csv", b'A,B\n"one\ntwo",3\n').text


# Books


def test_chapters_take_their_headings_from_the_contents():
    made = document(".epub", epub())
    assert kinds(made) == [
        ("heading", TITLE),
        ("paragraph", FINDING),
        ("heading", "The reply"),
        ("paragraph", REPLY),
    ]
    assert (made.info.title, made.info.publisher, made.info.published) == (
        TITLE,
        "The Reviewers",
        "2017-04-07",
    )
    repeated = document(
        ".epub", epub({"a.xhtml": f"<p>The  Reply</p><p>{REPLY}</p>"}, {"a.xhtml": "The reply"})
    )
    assert kinds(repeated) == [("heading", "The Reply"), ("paragraph", REPLY)]


def test_elements_that_close_themselves_swallow_nothing():
    body = f'<a id="x"/><p>{FINDING}</p><script src="y"/><div/><p>{REPLY}</p><br/><img src="z"/>'
    assert kinds(document(".epub", epub({"a.xhtml": body}, {}))) == [
        ("paragraph", FINDING),
        ("paragraph", REPLY),
    ]


def test_a_protected_book_is_refused():
    data = epub()
    broken = packed({"META-INF/container.xml": "<container/>", "META-INF/rights.xml": "<x/>"})
    assert "DRM" in reason(".epub", broken) and document(".epub", data)
    assert "no package" in reason(".epub", packed({"META-INF/container.xml": "<container/>"}))


def test_rtf_notes_follow_the_body():
    source = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}"
        rb"The Board{\super\chftn}{\footnote \pard {\super\chftn} The Local Board, caf\'e9 \{so\}.} had met that"
        rb" day, as it had been told to.{\*\footnote\ftnalt {\chftn} An endnote.}{\footnote }\par "
        rb"It met again in May, and private \u-8192? use was made of it.\par}"
    )
    found = document(".rtf", source)
    assert found.text == (
        "The Board[1] had met that day, as it had been told to.[2][3]\n\n"
        "It met again in May, and private \ue000 use was made of it.\n\n"
        "[1] The Local Board, caf\u00e9 {so}.\n\n[2] An endnote."
    )
    assert [(b.kind, found.text[b.start : b.end]) for b in found.blocks if b.kind == "note"] == [
        ("note", "The Local Board, caf\u00e9 {so}."),
        ("note", "An endnote."),
    ]
    assert in_order(found.blocks)
    cut = source[: source.index(b" The Local")]  # a note without an end
    assert document(".rtf", cut).text.startswith("The Board")
