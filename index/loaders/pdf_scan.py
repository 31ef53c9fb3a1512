"""Pages of a PDF that are pictures: which they are, and what OCR makes of them."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

import pypdfium2 as pdfium
from pypdfium2 import raw

from index.loaders import ocr, pulse
from index.loaders.pdf_types import Line

_MOST_DOTS = 36_000_000  # A3 at 300 dots per inch is 17 million
_PICTURE = 0.1  # of a page's area: less is a logo
_OUTLINES = 200  # drawn shapes: text whose letters were made into shapes has at least as many
_SHOWN = 12  # page numbers named in a note


@dataclass(slots=True)
class Scans:
    """Reads pages without text by OCR, where there is something to read, and remembers what it did."""

    timeout_s: float
    seconds: float = 0.0
    read: list[int] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)  # for want of tesseract
    failed: list[str] = field(default_factory=list)

    def lines(self, page: pdfium.PdfPage, number: int) -> list[Line]:
        """The lines of page `number` (from 1), which has no text; [] for a blank one."""
        if not holds_picture(page):
            return []
        if not ocr.tesseract():
            self.unread.append(number)
            return []
        started = time.monotonic()
        pulse.beat(self.timeout_s)  # OCR has its own limit, beside that of the file
        width, height = page.get_size()
        scale = min(ocr.DPI / 72, math.sqrt(_MOST_DOTS / max(width * height, 1.0)))
        bitmap = page.render(scale=scale, grayscale=True)
        try:
            picture = bitmap.to_numpy()
            found = ocr.read_picture(picture.reshape(picture.shape[:2]), 72 * scale, self.timeout_s)
        except ocr.OcrError as error:
            self.failed.append(f"page {number}: {error}")
            return []
        finally:
            bitmap.close()
            pulse.beat()
            self.seconds += time.monotonic() - started
        if found:
            self.read.append(number)
        return found

    def notes(self) -> tuple[str, ...]:
        """What to tell the reader, in sentences without a full stop."""
        notes = []
        if self.read:
            notes.append(f"{_pages(self.read)} read by OCR ({ocr.tesseract()}), which makes mistakes")
        if self.unread:
            notes.append(
                f"{_pages(self.unread)} left out: no text but pictures; install tesseract to have such pages read"
            )
        if self.failed:
            notes.append("not read by OCR: " + "; ".join(self.failed[:_SHOWN]))
        return tuple(notes)


def _pages(numbers: list[int]) -> str:
    """Page numbers as the beginning of a sentence.

    >>> _pages([3]), _pages([1, 2, 5])
    ('page 3 was', '3 pages (1, 2, 5) were')
    """
    if len(numbers) == 1:
        return f"page {numbers[0]} was"
    shown = ", ".join(map(str, numbers[:_SHOWN])) + (", …" if len(numbers) > _SHOWN else "")
    return f"{len(numbers)} pages ({shown}) were"


def holds_picture(page: pdfium.PdfPage) -> bool:
    """Whether a page shows pictures, or so many shapes that they may be letters."""
    width, height = page.get_size()
    area, shapes = 0.0, 0
    for thing in page.get_objects(max_depth=2):
        if thing.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = thing.get_bounds()
            area += abs(right - left) * abs(top - bottom)
            if area > _PICTURE * width * height:
                return True
        shapes += thing.type in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING)
        if shapes > _OUTLINES:
            return True
    return False
