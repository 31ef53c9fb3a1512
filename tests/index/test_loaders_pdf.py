"""PDF files: pages, labels, text as printed, metadata, errors, and the example PDFs."""

import io
import re
from collections import Counter
from datetime import UTC, datetime

import pypdfium2 as pdfium
import pytest
from fpdf import FPDF

from index.errors import LoadError
from index.loaders import Limits
from index.loaders.pdf import extract
from index.split import split
from tests.index.pdfs import BULLETS, DEFAULTS, SENTENCE, SHARED, check, facts, load, needs_shared, report


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
        ("item", "first point "),
        ("item", "second point"),
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


def test_what_a_pdf_says_of_itself():
    def made() -> FPDF:
        pdf = report()
        pdf.set_title("untitled.docx")
        pdf.set_creation_date(datetime(2017, 4, 7, 12, tzinfo=UTC))
        return pdf

    plain = extract(bytes(made().output()), "a.pdf", DEFAULTS)
    assert (plain.title, plain.created) == ("Chapter A", "2017-04-07")
    assert (plain.published, plain.publisher, plain.notes) == ("", "", ())  # made is not published
    pdf = made()
    pdf.set_xmp_metadata(
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:publisher><rdf:Bag><rdf:li>Council &amp; '
        "Board</rdf:li></rdf:Bag></dc:publisher><dc:date><rdf:Seq><rdf:li>2017-03-31</rdf:li></rdf:Seq></dc:date>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    told = extract(bytes(pdf.output()), "a.pdf", DEFAULTS)
    assert (told.publisher, told.published, told.created) == ("Council & Board", "2017-03-31", "2017-04-07")


def test_limits(tmp_path):
    data = bytes(report().output())
    assert "has 4 pages, more than the limit of 3" in str(load(tmp_path / "a.pdf", data, Limits(max_pages=3)))
    assert "more than 500 characters" in str(load(tmp_path / "a.pdf", data, Limits(max_chars=500)))
    slow = str(load(tmp_path / "a.pdf", data, Limits(max_seconds=0.0)))
    assert "takes more than 0 seconds to read (1 of 4 pages in that time); split it" in slow


@needs_shared
def test_every_phrase_is_on_its_page_and_in_passages_that_cite_it():
    documents = {name: load(SHARED / name) for name in {fact["file"] for fact in facts()}}
    passages = {}
    for name, document in documents.items():
        check(document)
        passages[name] = split(document)
    wrong = []
    for fact in facts():
        document, number = documents[fact["file"]], int(fact["pdf_page"])
        page = document.pages[number - 1]
        if fact["label"]:
            assert page.label == fact["label"]
        words = [re.escape(word) for word in fact["phrase"].split()]
        found = re.compile(r"\s+".join(words)).search(document.text, page.start, page.end)
        if found is None:
            wrong.append((fact, "not on its page"))
            continue
        citing = [p for p in passages[fact["file"]] if p.start < found.end() and found.start() < p.end]
        covered = {at for p in citing for at in range(p.start, p.end)}
        left = {document.text[at] for at in range(*found.span()) if at not in covered}
        if not all(p.page <= number <= p.page_end for p in citing):
            wrong.append((fact, [(p.page, p.page_end) for p in citing]))
        if {c for c in left if not c.isspace()} - set(
            BULLETS
        ):  # an item's bullet may stand before its passage
            wrong.append((fact, left))
    assert not wrong
    assert len(facts()) > 40


@needs_shared
def test_nothing_that_pdfium_reads_is_lost_or_read_twice():
    """Every word of PDFium's plain text is there once; more only where a table's column heads are repeated."""
    read = 0
    for path in sorted(SHARED.glob("*.pdf")):
        document = load(path)
        if isinstance(document, LoadError):
            continue
        plain = Counter()
        with pdfium.PdfDocument(path) as source:
            for number in range(len(source)):
                page = source[number]
                textpage = page.get_textpage()
                plain += letters(textpage.get_text_range())
                textpage.close()
                page.close()
        ours = letters(document.text)
        assert not plain - ours, path.name
        heads = Counter()
        for block in document.blocks:
            if block.kind == "row":
                heads += letters(document.text[block.start : block.end])
        assert not (ours - plain) - heads, path.name
        read += 1
    assert read >= 7


def letters(text: str) -> Counter[str]:
    """Letters and digits by count: marks are parted from words, and bullets and leaders change, in a table row."""
    return Counter(c for c in text if c.isalnum())


@needs_shared
def test_what_is_set_aside_on_real_pages_is_what_repeats_counts_or_is_a_note():
    """Every block of furniture and every note of seven real PDFs, by rules other than those that found them."""
    for path in sorted(SHARED.glob("*.pdf")):
        document = load(path)
        if isinstance(document, LoadError):
            continue
        aside = [b for b in document.blocks if b.kind == "furniture"]
        shapes = Counter(re.sub(r"\d+|\b[ivx]+\b", "#", document.text[b.start : b.end]) for b in aside)
        rows = {b.start for b in document.blocks if b.kind == "row"}
        after = {b.end: n for b, n in zip(document.blocks, document.blocks[1:], strict=False)}
        for block in aside:
            text = document.text[block.start : block.end]
            repeated = (
                sum(n for shape, n in shapes.items() if re.sub(r"\d+|\b[ivx]+\b", "#", text) in shape) > 1
            )
            heads = block.end in after and after[block.end].start in rows
            running = any(c.isdigit() for c in text)
            assert repeated or heads or running, (path.name, text)
            assert len(text) < 200, (path.name, text)
        for block in document.blocks:
            if block.kind == "note":
                text = document.text[block.start : block.end]
                number = next((p.number for p in document.pages if p.start <= block.start < p.end), 0)
                mark = re.match(r"\d{1,3}\s|\[\d+\]|[*†‡]", text)
                begun = any(b.kind == "note" and b.end < block.start for b in document.blocks)
                assert number and (mark or begun), (path.name, text)


@needs_shared
def test_no_phrase_of_a_page_is_furniture():
    for name in {fact["file"] for fact in facts()}:
        document = load(SHARED / name)
        aside = " ".join(document.text[b.start : b.end] for b in document.blocks if b.kind == "furniture")
        assert not [
            f["phrase"] for f in facts() if f["file"] == name and f["phrase"] in " ".join(aside.split())
        ]


@needs_shared
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("ofsted-cornwall-2024.pdf", ["Overall effectiveness: Good.", "leavers: Outstanding."]),
        ("ofsted-birmingham-2016.pdf", ["Leadership, management and governance: Inadequate."]),
        ("federal-register-2020-17221.pdf", ["Parts cost: Up to $3,790; Cost per product: Up to $10,505;"]),
    ],
)
def test_tables_of_real_reports_read_as_rows(name, rows):
    document = load(SHARED / name)
    found = [document.text[b.start : b.end] for b in document.blocks if b.kind == "row"]
    assert all(any(row in text for text in found) for row in rows)


@needs_shared
def test_the_number_printed_on_a_page_is_its_label_if_the_file_has_none():
    register = load(SHARED / "federal-register-2020-17221.pdf")
    assert [page.label for page in register.pages] == [str(47697 + page.number) for page in register.pages]
    report = load(SHARED / "ofsted-birmingham-2016.pdf")  # it prints what the pages are numbered anyway
    assert {page.label for page in report.pages} == {None}


@needs_shared
def test_the_page_that_is_named_pdf():
    assert "save it as .html" in str(load(SHARED / "edge-html-not-pdf.pdf"))
