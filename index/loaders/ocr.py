"""Scanned pages read by the program tesseract, where it is installed: a picture -> lines with their places.

Nothing is said of its being there or not in here: whoever calls tells the reader.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from statistics import median

import numpy as np

from index.loaders.base import clean
from index.loaders.pdf_types import Cell, Line

DPI = 300
"""Dots per inch that tesseract reads best."""

_GAP = 1.6  # of a line's height: a wider space than that stands between columns or cells
_SURE = 30.0  # percent: a word that tesseract believes in less than this is a speck or a picture
_WORD = "5"  # the level of a word in tesseract's table


class OcrError(Exception):
    """A page that tesseract could not read; the text says why."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    line: tuple[str, ...]  # block, paragraph, line
    left: int
    top: int
    width: int
    height: int


@cache
def tesseract() -> str:
    """The name and version of tesseract, for notes; "" where it is not installed. Looked for once."""
    program = shutil.which("tesseract")
    if program is None:
        return ""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return ""
    words = (done.stdout or done.stderr).split()
    return " ".join(words[:2]) if done.returncode == 0 and words else ""


def read_picture(picture: np.ndarray, dpi: float, timeout_s: float) -> list[Line]:
    """The lines on a picture of a page, in reading order and in points from its top left corner.

    `picture` holds grey levels, of shape (height, width) and dtype uint8. Raises OcrError for a page that takes
    more than `timeout_s` or that tesseract refuses.
    """
    height, width = picture.shape
    data = b"P5 %d %d 255\n" % (width, height) + np.ascontiguousarray(picture).tobytes()
    command = [shutil.which("tesseract") or "tesseract", "stdin", "stdout", "--dpi", str(round(dpi)), "tsv"]
    try:
        # One thread: more of them take twice the processor for a tenth less time.
        done = subprocess.run(
            command,
            input=data,
            capture_output=True,
            timeout=timeout_s,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise OcrError(f"tesseract took more than {timeout_s:g} seconds") from error
    except OSError as error:
        raise OcrError(f"tesseract could not be started: {error.strerror or error}") from error
    if done.returncode:
        said = " ".join(done.stderr.decode(errors="replace").split())[:200]
        raise OcrError(f"tesseract failed: {said or f'exit code {done.returncode}'}")
    return lines_of(done.stdout.decode(errors="replace"), 72 / dpi)


def lines_of(table: str, points: float) -> list[Line]:
    """The lines in tesseract's table of words (TSV); `points` is the size of a dot.

    Type is as large as the tallest lines of its paragraph: a line's own box has no descenders where none occur.
    """
    words = list(_words(table))
    heights: dict[tuple[str, ...], list[int]] = {}
    rows = [(key, list(row)) for key, row in groupby(words, lambda word: word.line)]
    for key, row in rows:
        top, low = min(word.top for word in row), max(word.top + word.height for word in row)
        heights.setdefault(key[:2], []).append(low - top)
    lines = []
    for key, row in rows:
        # A speck makes a line tall by chance: the median of a paragraph is what its lines mostly are.
        size = median(heights[key[:2]]) * points
        bottom = median(word.top + word.height for word in row) * points
        cells = _cells(row, points)
        lines.append(
            Line(
                text=" ".join(word.text for word in row),
                x0=row[0].left * points,
                x1=max(word.left + word.width for word in row) * points,
                y0=bottom - size,
                y1=bottom,
                size=round(2 * size) / 2,
                cells=cells if len(cells) > 1 else (),
            )
        )
    return lines


def _words(table: str) -> Iterable[_Word]:
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = clean(row.get("text") or "").strip()
        try:
            if row["level"] == _WORD and text and float(row["conf"]) >= _SURE:
                place = [int(row[name]) for name in ("left", "top", "width", "height")]
                line = (row["block_num"], row["par_num"], row["line_num"])
                yield _Word(text, line, *place)
        except (KeyError, TypeError, ValueError):
            continue  # half a row, of a tesseract that was stopped


def _cells(row: list[_Word], points: float) -> tuple[Cell, ...]:
    """The pieces of a line between its wide gaps."""
    gap = _GAP * median(word.height for word in row)
    cells: list[list[_Word]] = [[row[0]]]
    for before, word in pairwise(row):
        if word.left - (before.left + before.width) > gap:
            cells.append([])
        cells[-1].append(word)
    return tuple(
        Cell(
            " ".join(word.text for word in cell),
            cell[0].left * points,
            (cell[-1].left + cell[-1].width) * points,
        )
        for cell in cells
    )
