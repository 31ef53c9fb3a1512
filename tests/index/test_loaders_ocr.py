"""Scanned pages: with tesseract, without it, and when it fails."""

import shutil

import numpy as np
import pypdfium2 as pdfium
import pytest
from fpdf import FPDF

from index.errors import LoadError
from index.loaders import Limits, ocr
from index.loaders.pdf import extract
from tests.index.pdfs import DEFAULTS, check, load

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")

WORDS = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"


def page_of_text(pdf: FPDF) -> None:
    pdf.add_page()
    pdf.set_font("Helvetica", "B", 20)
    pdf.cell(0, 12, "Findings of the inspection", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(6)
    pdf.set_font("Helvetica", size=12)
    for sentence in ("Children wait too long for help.", "Managers did not know how long."):
        pdf.multi_cell(0, 6, f"{sentence} " * 4, new_x="LMARGIN", new_y="NEXT")
        pdf.ln(4)
    with pdf.table(
        [("Overall effectiveness", "Inadequate"), ("Children in care", "Good"), ("Care leavers", "Good")],
        borders_layout="NONE",
        first_row_as_headings=False,
    ):
        pass


def scanned(*, text_too: bool = False) -> bytes:
    """A PDF whose first page is a picture of text; the second, if any, has a text layer."""
    source = FPDF()
    page_of_text(source)
    with pdfium.PdfDocument(bytes(source.output())) as document:
        page = document[0]
        bitmap = page.render(scale=200 / 72)
        picture = bitmap.to_pil().convert("L")
        bitmap.close()
        page.close()
    pdf = FPDF()
    pdf.add_page()
    pdf.image(picture, 0, 0, pdf.w, pdf.h)
    if text_too:
        page_of_text(pdf)
    return bytes(pdf.output())


@pytest.fixture
def without_tesseract(monkeypatch):
    """As on a machine where it is not installed: nothing by that name on the path."""
    monkeypatch.setenv("PATH", "")
    ocr.tesseract.cache_clear()
    yield
    ocr.tesseract.cache_clear()


@needs_tesseract
def test_a_scanned_page_is_read_into_the_same_blocks(tmp_path):
    found = extract(scanned(), "a.pdf", DEFAULTS)
    shown = [(b.kind, " ".join(found.text[b.start : b.end].split())) for b in found.blocks]
    assert shown[0] == ("heading", "Findings of the inspection")
    assert ("paragraph", " ".join(["Children wait too long for help."] * 4)) in shown
    assert ("row", "Overall effectiveness: Inadequate.") in shown
    (note,) = found.notes
    assert note.startswith("page 1 was read by OCR (tesseract ") and note.endswith("which makes mistakes")
    check(load(tmp_path / "a.pdf", scanned()))


@needs_tesseract
def test_a_picture_among_pages_of_text_is_read_in_its_place():
    found = extract(scanned(text_too=True), "a.pdf", DEFAULTS)
    first, second = (found.text[p.start : p.end] for p in found.pages)
    assert "Managers did not know" in first and "Managers did not know" in second
    assert len(found.notes) == 1


@needs_tesseract
def test_a_page_that_takes_too_long_is_told_and_no_reason_to_wait():
    with pytest.raises(LoadError, match=r"page 1: tesseract took more than 0\.01 seconds"):
        extract(scanned(), "a.pdf", Limits(max_ocr_seconds=0.01))
    found = extract(scanned(text_too=True), "a.pdf", Limits(max_ocr_seconds=0.01))
    assert found.notes == ("not read by OCR: page 1: tesseract took more than 0.01 seconds",)


@needs_tesseract
def test_a_picture_of_nothing_has_no_lines():
    assert ocr.read_picture(np.full((600, 400), 255, np.uint8), 300, 60) == []


@pytest.mark.usefixtures("without_tesseract")
def test_without_tesseract_a_scanned_file_is_an_error_that_says_so():
    with pytest.raises(LoadError, match=r"has no text layer .* or install tesseract, which is then used"):
        extract(scanned(), "a.pdf", DEFAULTS)


@pytest.mark.usefixtures("without_tesseract")
def test_without_tesseract_a_scanned_page_is_told_and_the_others_are_read():
    found = extract(scanned(text_too=True), "a.pdf", DEFAULTS)
    assert found.notes == (
        "page 1 was left out: no text but pictures; install tesseract to have such pages read",
    )
    assert "Managers did not know" in found.text


@pytest.mark.usefixtures("without_tesseract")
def test_blank_pages_are_not_missed():
    pdf = FPDF()
    pdf.add_page()
    page_of_text(pdf)
    assert extract(bytes(pdf.output()), "a.pdf", DEFAULTS).notes == ()


def test_lines_of_a_table_of_words():
    rows = [
        "5\t1\t1\t1\t1\t1\t100\t100\t80\t40\t95\tCare",
        "5\t1\t1\t1\t1\t2\t190\t100\t120\t40\t95\tleavers",
        "5\t1\t1\t1\t1\t3\t600\t100\t80\t40\t95\tGood",
        "5\t1\t1\t1\t2\t1\t100\t160\t10\t10\t12\t~",  # a speck
        "5\t1\t1\t1\t2\t2\t100\t160\t80\t30\t90\tnone",
        "4\t1\t1\t1\t2\t0\t100\t160\t80\t30\t-1\t",
        "5\t1\t1",  # cut short
    ]
    one, other = ocr.lines_of(WORDS + "\n".join(rows), 72 / 300)
    assert (one.text, [cell.text for cell in one.cells]) == ("Care leavers Good", ["Care leavers", "Good"])
    assert (one.x0, one.y1, round(one.x1, 1)) == (24.0, 33.6, 163.2)
    assert (other.text, other.cells, other.size) == ("none", (), one.size)
