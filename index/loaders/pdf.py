"""PDF through PDFium: pages read one by one, which `pdf_layout` makes into text and blocks."""

from __future__ import annotations

import threading
import time

import pypdfium2 as pdfium

from index.errors import LoadError
from index.loaders.base import Extract, Limits, as_title, begins_like, clean
from index.loaders.pdf_layout import arrange
from index.loaders.pdf_lines import read_lines
from index.loaders.pdf_meta import metadata
from index.loaders.pdf_scan import Scans
from index.loaders.pdf_types import Sheet

# PDFium keeps state of its own for the whole process and crashes when two threads are in it.
_PDFIUM = threading.Lock()

_PASSWORD = 4  # FPDF_ERR_PASSWORD
_TAIL = 4_096  # readers accept %%EOF in the last 1,024 bytes; some writers add a little more after it


def extract(data: bytes, where: str, limits: Limits) -> Extract:
    """Text, blocks and pages of a PDF; pages that are pictures are read by OCR if tesseract is installed.

    Raises LoadError for a file of another kind, an encrypted, truncated or damaged one, one that costs more
    than `limits`, and one in which there is no text to read.
    """
    if b"%PDF-" not in data[:1024]:
        kind = begins_like(data)
        raise LoadError(
            where, f"is not a PDF: it begins like {kind}" if kind else "is not a PDF: no %PDF- at its start"
        )
    if b"%%EOF" not in data[-_TAIL:]:
        # PDFium would rebuild what is left and lose the pages beyond the cut without a word.
        raise LoadError(where, "is a truncated PDF: its end (%%EOF) is missing; download or copy it again")
    scans = Scans(limits.max_ocr_seconds)
    with _PDFIUM:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            if error.err_code == _PASSWORD:
                raise LoadError(
                    where, "is encrypted with a password; save a copy without protection"
                ) from error
            raise LoadError(
                where, f"is a damaged PDF: {error}; open it in a viewer and save it again"
            ) from error
        try:
            sheets = _read_pages(document, where, limits, scans)
            about = metadata(document, data)
        finally:
            document.close()
    if not any(sheet.lines for sheet in sheets):
        reason = "has no text layer (scanned pages?); add one by OCR, for example ocrmypdf in.pdf out.pdf"
        if scans.unread:
            reason += ", or install tesseract, which is then used"
        elif scans.failed:
            reason += f" ({'; '.join(scans.failed[:3])})"
        raise LoadError(where, reason)
    layout = arrange(sheets)
    return Extract(
        layout.text,
        layout.blocks,
        layout.pages,
        title=as_title(about.title or layout.title),
        publisher=about.publisher,
        published=about.published,
        created=about.created,
        notes=scans.notes(),
    )


def _read_pages(document: pdfium.PdfDocument, where: str, limits: Limits, scans: Scans) -> list[Sheet]:
    """All pages of a PDF, within its limits. The time is looked at between pages: PDFium cannot be stopped."""
    sheets: list[Sheet] = []
    length, started = 0, time.monotonic()
    if len(document) > limits.max_pages:
        raise LoadError(
            where, f"has {len(document):,} pages, more than the limit of {limits.max_pages:,}; split it"
        )
    for index in range(len(document)):
        try:
            page = document[index]
            try:
                lines, rules = read_lines(page, limits.max_chars - length)
                if not lines:
                    lines = scans.lines(page, index + 1)
                width, height = page.get_size()
            finally:
                page.close()
        except OverflowError as error:
            raise LoadError(
                where, f"holds more than {limits.max_chars:,} characters of text; split it"
            ) from error
        except pdfium.PdfiumError as error:
            raise LoadError(
                where, f"is a damaged PDF: page {index + 1} cannot be read; save it again"
            ) from error
        label = clean(document.get_page_label(index)).strip() or None
        sheets.append(Sheet(lines, width, height, rules, label))
        length += sum(len(line.text) for line in lines)
        if time.monotonic() - started - scans.seconds > limits.max_seconds:
            raise LoadError(
                where,
                f"takes more than {limits.max_seconds:g} seconds to read ({index + 1:,} of {len(document):,} pages"
                " in that time); split it",
            )
    return sheets
