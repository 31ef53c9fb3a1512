"""Draws one page of a PDF as PNG: a program of its own, since a hostile file can hang or crash PDFium.

Run by `sheets.py` with the request as one line of JSON and then the file on standard input; the picture comes out
on standard output. Nothing of Pincite is imported, so that it starts quickly.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageDraw

_WIDTH = 900  # pixels
_MOST_PIXELS = 3_000_000
_MEMORY_BYTES = 2 << 30
_CPU_S = 10
_YELLOW = (255, 226, 122)
_IGNORED = (
    " \t\r\n\u00a0\u00ad\u2010-\ufffe\u0002"  # a line's end may have a hyphen on paper and none in the text
)
_FEWEST = 12  # characters of a quotation that are looked for; fewer stand anywhere


def main() -> None:
    """Draws what standard input asks for. Exit code 3: there is no such page."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    asked = json.loads(sys.stdin.buffer.readline())
    document = pdfium.PdfDocument(sys.stdin.buffer.read())
    if not 1 <= asked["page"] <= len(document):
        raise SystemExit(3)
    sys.stdout.buffer.write(draw(document[asked["page"] - 1], asked.get("words", "")))


def draw(page: Any, words: str = "") -> bytes:
    """A page as PNG, with `words` marked where they stand on it exactly once."""
    width, height = page.get_size()
    scale = min(_WIDTH / max(width, 1), (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale)
    picture = bitmap.to_pil().convert("RGB")
    marker = Image.new("RGB", picture.size, "white")
    pen = ImageDraw.Draw(marker)
    to_pixels = bitmap.get_posconv(page)
    for left, bottom, right, top in boxes(page, words):
        xs, ys = zip(to_pixels.to_bitmap(left, top), to_pixels.to_bitmap(right, bottom), strict=True)
        pen.rectangle((min(xs) - 2, min(ys) - 2, max(xs) + 2, max(ys) + 2), fill=_YELLOW)
    made = io.BytesIO()
    marked = ImageChops.multiply(picture, marker)
    marked.quantize(64, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
    return made.getvalue()


def boxes(page: Any, words: str) -> list[tuple[float, float, float, float]]:
    """Where words stand on a page, line by line as (left, bottom, right, top) in points; empty if not exactly once.

    White space and hyphens are passed over, because lines end otherwise on paper than in the text.
    """
    wanted = "".join(character for character in words if character not in _IGNORED)
    if len(wanted) < _FEWEST:
        return []
    text = page.get_textpage()
    letters = [
        (i, character)
        for i in range(text.count_chars())
        if (character := chr(pdfium.raw.FPDFText_GetUnicode(text, i))) not in _IGNORED
    ]
    printed = "".join(character for _, character in letters)
    at = printed.find(wanted)
    if at < 0 or printed.find(wanted, at + 1) >= 0:
        return []
    first, last = letters[at][0], letters[at + len(wanted) - 1][0]
    return [text.get_rect(i) for i in range(text.count_rects(first, last - first + 1))]


if __name__ == "__main__":
    main()
