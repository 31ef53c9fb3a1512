"""Word documents: body text whole, structure from styles."""

import io
import random
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import LoadError
from index.loaders import Limits, read_documents
from index.types import Document, in_order

DEFAULTS = Limits()


def packed(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def load(path: Path, data: bytes, limits: Limits = DEFAULTS) -> Document | LoadError:
    path.write_bytes(data)
    (outcome,) = read_documents(path, path.name, limits)
    return outcome


def shown(document: Document) -> list[tuple[str, str]]:
    return [(b.kind, document.text[b.start : b.end]) for b in document.blocks]


def table(document, rows, bold=False):
    made = document.add_table(len(rows), len(rows[0]))
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            made.cell(i, j).paragraphs[0].add_run(text).bold = bold and i == 0
    return made


def sample():
    document = docx.Document()
    document.add_heading("The Report", 0)
    document.add_heading("Findings", 2)
    paragraph = document.add_paragraph("Plain ")
    paragraph.add_run("bold").bold = True
    paragraph.add_run(" ")
    paragraph.add_run("end.\ttab\nbreak")
    document.add_paragraph("one", style="List Bullet")
    document.add_paragraph("two", style="List Number")
    table(document, [("Judgement", "Grade"), ("Overall", "Inadequate")], bold=True)
    table(document, [("Area", "First", "Second"), ("North", "12", ""), ("South", "3", "4")])
    table(document, [("Overall effectiveness", "Inadequate"), ("Leaders", "Good")])
    table(document, [("boxed text",)])
    return document


def test_blocks(tmp_path):
    document = load(tmp_path / "a.docx", packed(sample()))
    assert shown(document) == [
        ("heading", "The Report"),
        ("heading", "Findings"),
        ("paragraph", "Plain bold end.\ttab\nbreak"),
        ("item", "one"),
        ("item", "1. two"),
        ("furniture", "Judgement; Grade"),
        ("row", "Judgement: Overall; Grade: Inadequate."),
        ("furniture", "Area; First; Second"),
        ("row", "Area: North; First: 12."),
        ("row", "Area: South; First: 3; Second: 4."),
        ("row", "Overall effectiveness: Inadequate."),
        ("row", "Leaders: Good."),
        ("paragraph", "boxed text"),
    ]
    assert [b.level for b in document.blocks[:3]] == [1, 2, 0]
    assert in_order(document.blocks)
    assert document.info.title == "The Report"
    assert document.info.published == ""
    assert document.info.media_type.endswith("wordprocessingml.document")


def test_title_from_properties_and_from_the_name(tmp_path):
    document = sample()
    document.core_properties.title = " A better  title "
    assert load(tmp_path / "a.docx", packed(document)).info.title == "A better title"
    document = docx.Document()
    document.add_paragraph("Text")
    assert load(tmp_path / "b.docx", packed(document)).info.title == "b.docx"


def test_what_python_docx_leaves_out(tmp_path):
    document = docx.Document()
    w = nsdecls("w")
    run = "<w:r><w:t>{}</w:t></w:r>".format
    box = f"<w:r><w:pict><w:txbxContent><w:p>{run('box')}</w:p></w:txbxContent></w:pict></w:r>"
    deleted = "<w:del w:id='2'><w:r><w:delText>gone</w:delText></w:r></w:del>"
    listed = "<w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr></w:pPr>"
    for xml in (
        f"<w:sdt {w}><w:sdtContent><w:p>{run('in control')}</w:p></w:sdtContent></w:sdt>",
        f"<w:p {w}><w:ins>{run('kept')}</w:ins>{deleted}<w:hyperlink>{run(' link')}</w:hyperlink></w:p>",
        f"<w:p {w}>{run('beside')}{box}</w:p>",
        f"<w:p {w}><w:pPr><w:outlineLvl w:val='2'/></w:pPr>{run('Outlined')}</w:p>",
        f"<w:p {w}>{listed}<w:r><w:t>multi</w:t><w:noBreakHyphen/><w:t>agency</w:t></w:r></w:p>",
    ):
        document.element.body.insert_element_before(parse_xml(xml), "w:sectPr")
    loaded = load(tmp_path / "a.docx", packed(document))
    assert shown(loaded) == [
        ("paragraph", "in control"),
        ("paragraph", "kept link"),
        ("paragraph", "beside"),
        ("paragraph", "box"),
        ("heading", "Outlined"),
        ("item", "multi\u2011agency"),
    ]


def test_merged_cells_read_in_every_row(tmp_path):
    document = docx.Document()
    made = table(document, [("Area", "Year"), ("North", "2016"), ("", "2017")], bold=True)
    made.cell(1, 0).merge(made.cell(2, 0))
    assert [text for kind, text in shown(load(tmp_path / "a.docx", packed(document))) if kind == "row"] == [
        "Area: North; Year: 2016.",
        "Area: North; Year: 2017.",
    ]


def test_footnotes_follow_the_body(tmp_path):
    document = docx.Document()
    w = nsdecls("w")
    document.element.body.insert_element_before(
        parse_xml(f"<w:p {w}><w:r><w:t>Board</w:t></w:r><w:r><w:footnoteReference w:id='5'/></w:r></w:p>"),
        "w:sectPr",
    )
    note = "<w:footnote w:id='5'><w:p><w:r><w:t>The LSCB.</w:t></w:r></w:p></w:footnote>"
    notes = f"<w:footnotes {w}>{note}</w:footnotes>"
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    loaded = load(tmp_path / "a.docx", packed(document))
    assert loaded.text == "Board[1]\n\n[1] The LSCB."
    assert shown(loaded)[1] == ("paragraph", "The LSCB.")


def test_errors(tmp_path):
    path = tmp_path / "a.docx"
    good = packed(sample())
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
    assert "is encrypted with a password" in str(load(path, ole + "EncryptedPackage".encode("utf-16-le")))
    assert "an old Word document (.doc)" in str(load(path, ole))
    assert "begins like an HTML page" in str(load(path, b"<html>"))
    assert "is not a Word document (.docx)" in str(load(path, b"text"))
    for share in (0.2, 0.6, 0.99):
        assert "truncated or damaged" in str(load(path, good[: int(len(good) * share)]))
    assert "has no text" in str(load(path, packed(docx.Document())))
    assert "markup; split it" in str(load(path, good, Limits(max_markup_bytes=1000)))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "text")
    assert "but a ZIP archive" in str(load(path, buffer.getvalue()))


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
        with archive.open("word/document.xml", "w") as member:
            for _ in range(100):
                member.write(b" " * 1_000_000)
    assert len(buffer.getvalue()) < 1_000_000
    assert "unpacks to more than the limit" in str(load(tmp_path / "a.docx", buffer.getvalue()))


def test_missing_part_is_a_damaged_document(tmp_path):
    source, buffer = io.BytesIO(packed(sample())), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            if name != "word/document.xml":
                new.writestr(name, old.read(name))
    assert "is a damaged Word document" in str(load(tmp_path / "a.docx", buffer.getvalue()))


def test_flipped_bytes_never_raise(tmp_path):
    data = packed(sample())
    rng = random.Random(3)
    for _ in range(60):
        damaged = bytearray(data)
        for _ in range(rng.choice((1, 5, 50))):
            damaged[rng.randrange(len(data))] = rng.randrange(256)
        assert isinstance(load(tmp_path / "a.docx", bytes(damaged)), (Document, LoadError))


texts = st.text("ab\u00e9\u05d0 \t", max_size=10)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.one_of(texts, st.lists(st.lists(texts, min_size=2, max_size=2), min_size=1, max_size=3)),
        max_size=6,
    )
)
def test_nothing_is_lost_and_all_is_in_blocks(tmp_path_factory, parts):
    document = docx.Document()
    words = []
    for part in parts:
        if isinstance(part, str):
            document.add_paragraph(part)
            words += part.split()
        else:
            table(document, part)
            words += [word for row in part for cell in row for word in cell.split()]
    loaded = load(tmp_path_factory.mktemp("w") / "a.docx", packed(document))
    if isinstance(loaded, LoadError):
        assert not words
        return
    assert in_order(loaded.blocks)
    covered = {at for b in loaded.blocks for at in range(b.start, b.end)}
    assert {c for at, c in enumerate(loaded.text) if at not in covered and not c.isspace()} <= {"•"}
    marks = str.maketrans(";:.", "   ")  # with which rows become sentences
    assert sorted(loaded.text.translate(marks).split()) == sorted(words)


@pytest.mark.parametrize("name", ["Heading 1", "Heading 9"])
def test_heading_levels(tmp_path, name):
    document = docx.Document()
    document.add_paragraph("Head", style=name)
    block = load(tmp_path / "a.docx", packed(document)).blocks[0]
    assert (block.kind, block.level) == ("heading", int(name[-1]))


def rows_of(tmp_path, document) -> list[str]:
    return [text for kind, text in shown(load(tmp_path / "a.docx", packed(document))) if kind == "row"]


def test_heads_that_nothing_sets_apart(tmp_path):
    document = docx.Document()
    table(document, [("Year", "Referrals"), ("2016", "4,120"), ("2017", "4,310")])
    table(document, [("", "2015-16", "2016-17"), ("Visits", "31", "n/a"), ("Files read", "12", "14")])
    table(document, [("Area", "Grade", "Judged by"), ("Leadership", "Good", "The panel")])
    table(document, [("Place", "Northborough"), ("Children", "41,000"), ("Staff", "310")])
    table(document, [("The visit was late.", "So was this.")])
    table(document, [("2016", "4,120"), ("2017", "4,310")])
    assert rows_of(tmp_path, document) == [
        "Year: 2016; Referrals: 4,120.",
        "Year: 2017; Referrals: 4,310.",
        "Visits; 2015-16: 31; 2016-17: n/a.",
        "Files read; 2015-16: 12; 2016-17: 14.",
        "Area: Leadership; Grade: Good; Judged by: The panel.",
        "Place: Northborough.",
        "Children: 41,000.",
        "Staff: 310.",
        "The visit was late.; So was this.",
        "2016; 4,120",
        "2017; 4,310",
    ]


def test_heads_that_the_file_tells(tmp_path):
    words = [("Area", "Grade"), ("Leadership", "Good"), ("Care", "Poor")]
    told = ["Area: Leadership; Grade: Good.", "Area: Care; Grade: Poor."]
    document = docx.Document()
    made = table(document, words)
    made.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    assert rows_of(tmp_path, document) == told
    # A style that sets the first row apart, while the table asks for it; an heir of such a style does so, too.
    for name, based in (("Light Shading", ""), ("My table", "Light Shading")):
        document = docx.Document()
        if based:
            document.styles.add_style(name, 3).base_style = document.styles[based]
        made = table(document, words)
        made.style = name
        assert rows_of(tmp_path, document) == told
        look = made._tbl.tblPr.find(qn("w:tblLook"))
        look.set(qn("w:firstRow"), "0")
        assert rows_of(tmp_path, document)[0] == "Area: Grade."
        for key in list(look.attrib):
            del look.attrib[key]
        look.set(qn("w:val"), "0020")
        assert rows_of(tmp_path, document) == told
        look.set(qn("w:val"), "0080")
        assert rows_of(tmp_path, document)[0] == "Area: Grade."
