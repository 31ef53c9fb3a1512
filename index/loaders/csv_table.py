"""Comma-separated values by the standard library: one row a block, its cells labelled by the header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from index.errors import LoadError
from index.loaders.base import Extract, Limits, TextBuilder, begins_like, clean
from index.loaders.charset import guess_encoding
from index.loaders.grid import Cell, blocks_of

_DELIMITERS = ",;\t|"
_SAMPLE_CHARS, _SAMPLE_ROWS = 20_000, 20


def extract(data: bytes, where: str, limits: Limits) -> Extract:
    """The rows as text. The delimiter is the one by which the first rows have equally many cells.

    What is not UTF-8 is read by what it looks like, and a note says so. Raises LoadError for what is no text.
    """
    text, notes = _decode(data, where)
    delimiter = _delimiter(text[:_SAMPLE_CHARS])
    csv.field_size_limit(limits.max_chars)
    made = TextBuilder(where, limits)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for kind, row in blocks_of(_cells(reader), headed=True):
            made.add(kind, row)
    except csv.Error as error:
        raise LoadError(
            where, f"is not CSV ({error}); correct the quotation marks", line=reader.line_num
        ) from error
    return Extract(made.text, tuple(made.blocks), notes=notes)


def is_number(text: str) -> bool:
    """Whether a cell is a number, a sum of money, a share or a date in figures.

    >>> [is_number(text) for text in ("1,250", "£3.5", "12 %", "2017-04-07", "07/04/2017", "A2", "")]
    [True, True, True, True, True, False, False]
    """
    return any(c.isdigit() for c in text) and not any(c.isalpha() for c in text)


def _decode(data: bytes, where: str) -> tuple[str, tuple[str, ...]]:
    if kind := begins_like(data):
        raise LoadError(where, f"is not CSV: it begins like {kind}")
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    notes: tuple[str, ...] = ()
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        encoding = "" if wide else guess_encoding(data[max(0, error.start - 1_000) :])
        try:
            text = data.decode(encoding or "cp1252")
        except (UnicodeDecodeError, LookupError):
            raise LoadError(
                where,
                f"is not UTF-8: byte {data[error.start]:#04x} at position {error.start:,}; save it as CSV UTF-8",
            ) from error
        notes = (f"is not UTF-8 and was read as {(encoding or 'cp1252').upper()}",)
    if "\0" in text:
        raise LoadError(where, "is not CSV: it is a binary file (NUL bytes)")
    return text, notes


def _delimiter(sample: str) -> str:
    def fit(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        widths: list[int] = []
        try:
            for row in reader:
                widths += [len(row)] if row else []
                if len(widths) == _SAMPLE_ROWS:
                    break
        except csv.Error:
            return 0, 0
        # The last one may be cut where the sample ends.
        widths = widths[:-1] or widths
        return (widths.count(widths[0]), widths[0]) if widths and widths[0] > 1 else (0, 0)

    return max(_DELIMITERS, key=fit)


def _cells(rows: Iterator[list[str]]) -> Iterator[list[Cell]]:
    for row in rows:
        yield [Cell(text, is_number(text)) for text in (" ".join(clean(cell).split()) for cell in row)]
