"""PDF through PDFium: lines with their place on the page, which `pdf_layout` makes into text and blocks."""

from __future__ import annotations

import ctypes
import math
import re
import threading

import pypdfium2 as pdfium
from pypdfium2 import raw

from index.errors import LoadError
from index.loaders import pdf_layout
from index.loaders.base import Extract, Limits, as_title, begins_like, clean
from index.loaders.pdf_layout import Line

# PDFium keeps state of its own for the whole process and crashes when two threads are in it.
_PDFIUM = threading.Lock()

_PASSWORD = 4  # FPDF_ERR_PASSWORD
_TAIL = 4_096  # readers accept %%EOF in the last 1,024 bytes; some writers add a little more after it

# PDFium ends a line with "\r\n", except after a hyphen: there it puts U+FFFE (formerly U+0002) for hyphen and
# line end together. The text keeps both as printed; joining the word is for embedding and display.
_LINE_END = re.compile("\r\n|\r|\n|[\ufffe\x02](?:\r?\n)?")
_HYPHENS = ("\ufffe", "\x02")

# Wingdings and Symbol have no Unicode of their own and arrive in the private use area. These are the bullets
# that word processors write; one character for one, as printed.
_BULLETS = str.maketrans("\uf06e\uf0a7\uf0b7\uf0d8\uf0fc\uf02d\uf076\uf0a8\uf06f", "■▪•➢✓-❖□□")

# A raised footnote mark before its note: printed apart from the note's first word, never as part of it.
_MARK = re.compile(r"^(\d{1,3}|[*†‡])(?=[^\W\d])")

_JUNK_TITLE = re.compile(
    r"(microsoft (word|powerpoint|excel) - .*|untitled.*|.*\.(docx?|pdf|indd|qxd|pptx?|rtf))", re.IGNORECASE
)


def extract(data: bytes, where: str, limits: Limits) -> Extract:
    """Text, blocks and pages of a PDF.

    Raises LoadError for a file of another kind, an encrypted, truncated or damaged one, and one without a
    text layer. A PDF's dates are those of the file, not of publication, so none is given.
    """
    if b"%PDF-" not in data[:1024]:
        kind = begins_like(data)
        raise LoadError(
            where, f"is not a PDF: it begins like {kind}" if kind else "is not a PDF: no %PDF- at its start"
        )
    if b"%%EOF" not in data[-_TAIL:]:
        # PDFium would rebuild what is left and lose the pages beyond the cut without a word.
        raise LoadError(where, "is a truncated PDF: its end (%%EOF) is missing; download or copy it again")
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
            lines, labels, sizes = _read_pages(document, where, limits)
            named = document.get_metadata_value("Title").strip()
        finally:
            document.close()
    if not any(lines):
        reason = "has no text layer (scanned pages?); add one by OCR, for example ocrmypdf in.pdf out.pdf"
        raise LoadError(where, reason)
    text, blocks, pages = pdf_layout.arrange(lines, labels, sizes)
    if not named or _JUNK_TITLE.fullmatch(named):
        named = pdf_layout.largest_heading(text, blocks, pages)
    return Extract(text, blocks, pages, title=as_title(clean(named)))


def _read_pages(document: pdfium.PdfDocument, where: str, limits: Limits):
    """The lines, the label and the height of each page."""
    lines: list[list[Line]] = []
    labels: list[str | None] = []
    heights: list[float] = []
    length = 0
    if len(document) > limits.max_pages:
        raise LoadError(
            where, f"has {len(document):,} pages, more than the limit of {limits.max_pages:,}; split it"
        )
    for index in range(len(document)):
        try:
            page = document[index]
            try:
                heights.append(page.get_height())
                lines.append(_read_lines(page))
            finally:
                page.close()
        except pdfium.PdfiumError as error:
            raise LoadError(
                where, f"is a damaged PDF: page {index + 1} cannot be read; save it again"
            ) from error
        labels.append(clean(document.get_page_label(index)).strip() or None)
        length += sum(len(line.text) for line in lines[-1])
        if length > limits.max_chars:
            raise LoadError(where, f"holds more than {limits.max_chars:,} characters of text; split it")
    return lines, labels, heights


def _read_lines(page: pdfium.PdfPage) -> list[Line]:
    """A page's lines in PDFium's order, without blank ones, seen upright from the top left corner."""
    textpage = page.get_textpage()
    try:
        text = textpage.get_text_range()
        place = _Place(textpage, page)
        found = []
        start = 0
        for end, after, hyphen in _ends(text):
            line = text[start:end]
            bare = line.strip()
            if bare or hyphen:
                first = start + line.find(bare)
                shown = clean(bare).translate(_BULLETS) + "-" * hyphen
                found.append(place.line(shown, bare, first))
            start = after
        return found
    finally:
        textpage.close()


def _ends(text: str):
    """Where each line ends, where the next begins, and whether a hyphen stood between."""
    for match in _LINE_END.finditer(text):
        yield match.start(), match.end(), match[0].startswith(_HYPHENS)
    yield len(text), len(text), False


class _Place:
    """Asks PDFium where a line stands, by three of its characters: all would cost more than the text."""

    def __init__(self, textpage: pdfium.PdfTextPage, page: pdfium.PdfPage) -> None:
        self._raw = textpage.raw
        self._left, self._bottom, self._right, self._top = page.get_bbox()
        self._rotation = page.get_rotation()
        self._box = raw.FS_RECTF()
        self._matrix = raw.FS_MATRIX()
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()

    def line(self, shown: str, bare: str, first: int) -> Line:
        """A Line that reads `shown`, of the characters `bare` from index `first` of the page's text."""
        # The middle one is taken from a word: PDFium makes up the spaces between words, without a font.
        middle = next((i for i in range(len(bare) // 2, len(bare)) if not bare[i].isspace()), 0)
        chars = [
            raw.FPDFText_GetCharIndexFromTextIndex(self._raw, first + index)
            for index in (0, middle, max(len(bare) - 1, 0))
        ]
        left, centre, right = map(self._upright, chars)
        bold = all(map(self._is_bold, chars))
        vertical = len(bare) > 3 and abs(right[0] - left[0]) < abs(right[1] - left[1]) / 3
        x0, x1 = min(left[0], right[0]), max(left[2], right[2])
        sizes = [self._em(char) for char in chars]
        # The largest, as footnote marks and small capitals are smaller; but not a dropped initial.
        size = max(sizes) if max(sizes) < 1.6 * sorted(sizes)[1] else sorted(sizes)[1]
        size = size or centre[3] - centre[1]
        if sizes[0] < 0.8 * size:
            shown = _MARK.sub(r"\1 ", shown)
        return Line(shown, x0, x1, min(left[1], centre[1]), max(right[3], centre[3]), size, bold, vertical)

    def _em(self, char: int) -> float:
        """The size of type in points; boxes differ in height from font to font at the same size."""
        if not raw.FPDFText_GetMatrix(self._raw, char, self._matrix):
            return 0.0
        return raw.FPDFText_GetFontSize(self._raw, char) * math.hypot(self._matrix.c, self._matrix.d)

    def _upright(self, char: int) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of a character, from the page's top left corner as it is shown."""
        box = self._box
        if not raw.FPDFText_GetLooseCharBox(self._raw, char, box):
            return 0.0, 0.0, 0.0, 0.0
        left, right = box.left - self._left, box.right - self._left
        top, bottom = self._top - box.top, self._top - box.bottom
        if not self._rotation:
            return left, top, right, bottom
        width, height = self._right - self._left, self._top - self._bottom
        if self._rotation == 90:
            return height - bottom, left, height - top, right
        if self._rotation == 180:
            return width - right, height - bottom, width - left, height - top
        return top, width - right, bottom, width - left

    def _is_bold(self, char: int) -> bool:
        if raw.FPDFText_GetFontWeight(self._raw, char) >= 600:
            return True
        raw.FPDFText_GetFontInfo(self._raw, char, self._name, 128, self._flags)
        name = self._name.value.lower()
        return b"bold" in name or b"black" in name or b"heavy" in name
