"""Word's automatic numbers: in the text as Word prints them, and in the passage's paragraph."""

from __future__ import annotations

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from index import split
from index.loaders.docx_numbering import numeral
from index.types import in_order
from tests.index.test_loaders_docx import load, packed, shown, table

FINDING = (
    "The panel found that visits were late in most of the cases that it read and that nobody had noticed."
)


def level(at: int, form: str, template: str, more: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{template}"/></w:lvl>'
    )


LEGAL = (
    level(0, "decimal", "%1")
    + level(1, "decimal", "%1.%2")
    + level(2, "lowerLetter", "(%3)")
    + level(3, "lowerRoman", "%4.")
)
BULLETS = level(0, "bullet", "\uf0b7")


class Made:
    """A Word document whose lists are those given: abstract definitions by id, then instances of them."""

    def __init__(self, abstracts: dict[int, str], nums: dict[int, tuple[int, str]]) -> None:
        self.document = docx.Document()
        w = nsdecls("w")
        root = self.document.part.numbering_part.element
        for child in list(root):
            root.remove(child)
        for key, levels in abstracts.items():
            root.append(parse_xml(f'<w:abstractNum {w} w:abstractNumId="{key}">{levels}</w:abstractNum>'))
        for number, (key, more) in nums.items():
            root.append(
                parse_xml(f'<w:num {w} w:numId="{number}"><w:abstractNumId w:val="{key}"/>{more}</w:num>')
            )

    def add(self, text: str, number: int | None = None, at: int | None = 0, style: str | None = None) -> Made:
        paragraph = self.document.add_paragraph(text, style=style)
        if number is not None:
            self.number(paragraph._p.get_or_add_pPr(), number, at)
        return self

    def number(self, properties, number: int | None, at: int | None) -> None:
        inner = "" if at is None else f'<w:ilvl w:val="{at}"/>'
        inner += "" if number is None else f'<w:numId w:val="{number}"/>'
        properties.append(parse_xml(f"<w:numPr {nsdecls('w')}>{inner}</w:numPr>"))

    def style(self, name: str, number: int | None, at: int | None, based: str = "Normal") -> str:
        styles = self.document.styles
        made = styles.add_style(name, 1)
        made.base_style = styles[based]
        self.number(made.element.get_or_add_pPr(), number, at)
        return name


def lines(tmp_path, made: Made) -> list[str]:
    document = load(tmp_path / "a.docx", packed(made.document))
    assert in_order(document.blocks)
    assert all(document.text[b.start : b.end].strip() for b in document.blocks)
    return [line for line in document.text.split("\n") if line]


def test_a_report_whose_paragraphs_word_numbers(tmp_path):
    made = Made({0: LEGAL, 1: BULLETS}, {1: (0, ""), 2: (1, "")})
    made.add("Background", 1, 0, "Heading 1").add(FINDING, 1, 1).add(FINDING, 1, 1)
    made.add("Findings", 1, 0, "Heading 1").add(FINDING, 1, 1)
    made.add("late visits;", 1, 2).add("no visits:", 1, 2).add("in May;", 1, 3).add("in June.", 1, 3)
    made.add("lost files.", 1, 2).add(FINDING, 1, 1).add("a bullet", 2, 0).add("Not numbered.")
    document = load(tmp_path / "a.docx", packed(made.document))
    assert shown(document) == [
        ("heading", "1 Background"),
        ("paragraph", f"1.1 {FINDING}"),
        ("paragraph", f"1.2 {FINDING}"),
        ("heading", "2 Findings"),
        ("paragraph", f"2.1 {FINDING}"),
        ("item", "(a) late visits;"),
        ("item", "(b) no visits:"),
        ("item", "i. in May;"),
        ("item", "ii. in June."),
        ("item", "(c) lost files."),
        ("paragraph", f"2.2 {FINDING}"),
        ("item", "a bullet"),
        ("paragraph", "Not numbered."),
    ]
    assert "• a bullet" in document.text
    passages = split(document)
    assert all(document.text[p.start : p.end] == p.text for p in passages)
    assert [(p.paragraph, p.heading) for p in passages if FINDING in p.text] == [
        ("1.1", "1 Background"),
        ("1.2", "1 Background"),
        ("2.1", "2 Findings"),
        ("2.2", "2 Findings"),
    ]
    # What is listed below a numbered paragraph is cited by it.
    assert {p.paragraph for p in passages if "no visits" in p.text} == {"2.1"}


def test_numbers_from_styles_and_levels_tied_to_them(tmp_path):
    tied = level(0, "decimal", "%1.", '<w:pStyle w:val="Clause"/>')
    tied += level(1, "decimal", "%1.%2", '<w:pStyle w:val="Sub"/>')
    made = Made({0: tied, 1: LEGAL}, {1: (0, ""), 2: (1, "")})
    made.style("Clause", 1, None)
    made.style("Sub", 1, None, based="Clause")
    made.style("Heir", None, None, based="Sub")  # says neither list nor level: its parent's
    made.style("Other", 2, 1)
    made.add("one.", style="Clause").add("one one.", style="Sub").add("one two.", style="Heir")
    made.add("two.", style="Clause").add("two one.", style="Sub").add("left out", 0, style="Sub")
    made.add("deep", None, style="Other")
    paragraph = made.document.add_paragraph("level of its own", style="Other")
    made.number(paragraph._p.get_or_add_pPr(), None, 2)
    assert lines(tmp_path, made) == [
        "1. one.", "1.1 one one.", "1.2 one two.", "2. two.", "2.1 two one.", "left out", "1.1 deep",
        "(a) level of its own",
    ]  # fmt: skip


def test_where_numbers_begin_and_begin_again(tmp_path):
    simple = level(0, "decimal", "%1.", start=5) + level(1, "lowerLetter", "%2)")
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    other = f'<w:lvlOverride w:ilvl="0">{level(0, "upperRoman", "%1")}</w:lvlOverride>'
    never = level(0, "decimal", "%1.") + level(1, "lowerLetter", "%2)", '<w:lvlRestart w:val="0"/>')
    made = Made(
        {0: simple, 1: never},
        {1: (0, ""), 2: (0, ""), 3: (0, again), 4: (1, ""), 5: (0, other)},
    )
    made.add("x", 1).add("x", 1).add("shares the count", 2).add("y", 2, 1).add("anew", 3).add("y", 3, 1)
    made.add("goes on", 3).add("x", 4).add("y", 4, 1).add("x", 4).add("y", 4, 1).add("roman", 5)
    assert lines(tmp_path, made) == [
        "5. x", "6. x", "7. shares the count", "a) y", "1. anew", "a) y", "2. goes on",
        "1. x", "a) y", "2. x", "b) y", "III roman",
    ]  # fmt: skip


def test_forms(tmp_path):
    legal = level(0, "upperRoman", "Part %1") + level(1, "decimal", "%1.%2", "<w:isLgl/>")
    legal += level(2, "none", "") + level(3, "decimal", "§%4", '<w:suff w:val="nothing"/>')
    linked = '<w:numStyleLink w:val="MyList"/>'
    made = Made(
        {0: legal, 1: linked, 2: f'<w:styleLink w:val="MyList"/>{level(0, "decimalZero", "[%1]")}'},
        {1: (0, ""), 2: (1, "")},
    )
    made.add("x", 1).add("x", 1, 1).add("plain", 1, 2).add("close", 1, 3).add("", 1, 1).add("x", 1, 1).add(
        "z", 2
    )
    assert lines(tmp_path, made) == ["Part I x", "1.1 x", "plain", "§1close", "1.3 x", "[01] z"]


@pytest.mark.parametrize(
    ("number", "form", "written"),
    [
        (1, "lowerLetter", "a"), (26, "upperLetter", "Z"), (27, "lowerLetter", "aa"), (4, "lowerRoman", "iv"),
        (1994, "upperRoman", "MCMXCIV"), (9, "decimalZero", "09"), (11, "ordinal", "11th"), (3, "ordinal", "3rd"),
        (5, "chineseCounting", "5"), (2, "none", ""), (999_999_999, "lowerRoman", "999999999"),
        (999_999_999, "upperLetter", "999999999"), (0, "lowerLetter", "0"),
    ],
)  # fmt: skip
def test_numerals(number, form, written):
    assert numeral(number, form) == written


def test_a_clause_in_a_heading_style_is_no_heading(tmp_path):
    made = Made({0: LEGAL}, {1: (0, "")})
    made.add("Duties", 1, 0, "Heading 1").add(f"{FINDING} {FINDING}", 1, 1, "Heading 2")
    document = load(tmp_path / "a.docx", packed(made.document))
    assert [b.kind for b in document.blocks] == ["heading", "paragraph"]
    (passage,) = split(document)
    assert (passage.paragraph, passage.heading) == ("1.1", "1 Duties")


def test_numbers_in_cells_count(tmp_path):
    made = Made({0: LEGAL}, {1: (0, "")})
    made.add("before", 1)
    cells = table(made.document, [("Act", "By"), ("write", "Ann"), ("call", "Bob")], bold=True)
    for row in (1, 2):
        made.number(cells.cell(row, 0).paragraphs[0]._p.get_or_add_pPr(), 1, 0)
    made.add("after", 1)
    assert lines(tmp_path, made) == [
        "1 before",
        "Act; By",
        "Act: 2 write; By: Ann.",
        "Act: 3 call; By: Bob.",
        "4 after",
    ]


def test_broken_definitions_are_no_numbers(tmp_path):
    made = Made(
        {0: '<w:lvl w:ilvl="99"/><w:lvl w:ilvl="x"/>' + level(0, "decimal", "%9%1")},
        {1: (7, ""), 2: (0, '<w:lvlOverride w:ilvl="44"/>')},
    )
    made.style("A", 2, 0)
    made.document.styles["A"].element.find(qn("w:basedOn")).set(qn("w:val"), "A")
    made.add("no definition", 1).add("no list", 5).add("deep", 2, 77).add("x", 2).add("y", style="A")
    assert lines(tmp_path, made) == ["• no definition", "• no list", "deep", "01 x", "02 y"]


def test_a_document_without_lists(tmp_path):
    document = docx.Document()
    for key, relation in list(document.part.rels.items()):
        if relation.reltype.endswith("/numbering"):
            del document.part.rels[key]
    document.add_paragraph("kept", style="List Number")
    assert load(tmp_path / "a.docx", packed(document)).text == "• kept"
