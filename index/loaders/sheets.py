"""Excel workbooks through openpyxl: each sheet's rows as text, with values as they are shown."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl

from index.errors import LoadError
from index.loaders.base import Extract, Limits, TextBuilder, as_title, clean
from index.loaders.grid import Cell, blocks_of
from index.loaders.packed import Package

_PLAIN_NAME = re.compile(r"(sheet|tabelle|feuil|hoja|foglio|blad|ark)\s?\d*", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')
_MONEY = re.compile(r"[£$€¥]")
_PLACES = re.compile(r"\.(0+)")


def extract(data: bytes, where: str, limits: Limits) -> Extract:
    """The sheets in order, each under its name; formulas by the values they had when the file was saved.

    Raises LoadError for another kind of file, an encrypted or damaged one, and one that unpacks beyond the limits.
    """
    package = Package(data, where, limits, what="an Excel workbook", needs="[Content_Types].xml")
    if not any(name.startswith("xl/") for name in package.names):
        raise LoadError(where, "is not an Excel workbook but another kind of ZIP archive")
    made = TextBuilder(where, limits)
    notes: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it cannot write again, such as styles and drop-down lists
        try:
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            try:
                for sheet in book.worksheets:
                    if sheet.sheet_state != "visible":
                        notes.append(f"the sheet {sheet.title!r} is hidden in Excel, and was read as well")
                    if len(book.worksheets) > 1 or not _PLAIN_NAME.fullmatch(sheet.title):
                        made.add("heading", sheet.title, level=1)
                    sheet.reset_dimensions()  # what a file says of its own size may be wrong
                    for kind, text in blocks_of(_rows(sheet)):
                        made.add(kind, text)
                title = book.properties.title or ""
            finally:
                book.close()
        except (LoadError, MemoryError):
            raise
        # openpyxl raises errors of every kind on a damaged workbook.
        except Exception as error:
            raise package.damaged(f"{type(error).__name__}: {error}") from error
    if not any(block.kind != "heading" for block in made.blocks):
        return Extract("")
    return Extract(made.text, tuple(made.blocks), title=as_title(clean(title)), notes=tuple(notes))


def _rows(sheet: Any) -> Iterator[list[Cell]]:
    for row in sheet.iter_rows():
        yield [
            Cell(
                shown(cell.value, cell.number_format if cell.value is not None else ""),
                isinstance(cell.value, (int, float, date, time, timedelta))
                and not isinstance(cell.value, bool),
                bool(cell.value is not None and cell.font and cell.font.b),
            )
            for cell in row
        ]


def shown(value: object, form: str) -> str:
    """A value about as Excel shows it in a number format.

    >>> shown(0.125, "0.0%"), shown(1250000, "£#,##0"), shown(3.0, "General"), shown(True, "")
    ('12.5%', '£1,250,000', '3', 'yes')
    >>> from datetime import datetime
    >>> shown(datetime(2017, 4, 7), "dd/mm/yyyy"), shown(datetime(2017, 4, 7, 9, 30), "")
    ('2017-04-07', '2017-04-07 09:30')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, (int, float)):
        return _number(value, form)
    return " ".join(clean(str(value)).split())


def _number(value: float, form: str) -> str:
    positive = form.partition(";")[0]
    money = _MONEY.search(positive)
    bare = _QUOTED.sub("", positive)
    if not re.fullmatch(r"[#0,.%?\s£$€¥()+-]*", bare) or not re.search(r"[#0]", bare):
        return f"{value:.10g}" if isinstance(value, float) else str(value)
    places = len(found[1]) if (found := _PLACES.search(bare)) else 0
    share = "%" in bare
    text = f"{abs(value) * (100 if share else 1):{',' if '#,' in bare or '0,0' in bare else ''}.{places}f}"
    return f"{'-' if value < 0 else ''}{money[0] if money else ''}{text}{'%' if share else ''}"
