"""Rows of a spreadsheet as blocks: tables that lie in it are found, and their headers label the cells below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from index.loaders.tables import Table
from index.types import BlockKind

_HEADER_CHARS = 200


class Cell(NamedTuple):
    """A cell as it is shown. `number` if it holds a number or a date, `bold` if its text is bold."""

    text: str
    number: bool = False
    bold: bool = False


def blocks_of(rows: Iterable[Sequence[Cell]], *, headed: bool = False) -> Iterator[tuple[BlockKind, str]]:
    """The kind and text of each row that holds anything. An empty row ends a table, and a line of one cell above
    one is a paragraph. With `headed`, the first row is taken for a header unless it holds numbers.
    """
    region: Table | None = None
    waiting: list[Sequence[Cell]] = []  # the row that may be a header, until the next one tells

    def settled(row: Sequence[Cell], below: Sequence[Cell] | None) -> Iterator[tuple[BlockKind, str]]:
        nonlocal region
        region = Table()
        yield from _row(region, row, header=_is_header(row, below, headed))

    for row in rows:
        row = _trimmed(row)
        filled = [cell for cell in row if cell.text]
        if not filled:
            if waiting:
                yield from settled(waiting.pop(), None)
            if region:
                yield from region.end()
            region = None
        elif waiting:
            yield from settled(waiting.pop(), row)
            if region:
                yield from _row(region, row)
        elif region:
            yield from _row(region, row)
        elif len(filled) == 1 and not headed:
            yield "paragraph", filled[0].text
        else:
            waiting.append(row)
    if waiting:
        yield from settled(waiting.pop(), None)
    if region:
        yield from region.end()


def _row(table: Table, row: Sequence[Cell], *, header: bool = False) -> Iterator[tuple[BlockKind, str]]:
    filled = sum(bool(cell.text) for cell in row)
    for at, cell in enumerate(row):
        # "Leadership | Inadequate" without a header above reads as "Leadership: Inadequate".
        names = not at and filled > 1 and not cell.number and cell.bold and not row[-1].bold
        table.cell(cell.text, header=header or names)
    yield from table.end_row()


def _is_header(row: Sequence[Cell], below: Sequence[Cell] | None, headed: bool) -> bool:
    """Whether a row names the columns: short words, all different, and something that tells them from data."""
    texts = [cell.text for cell in row if cell.text]
    if any(cell.number for cell in row) or len(set(texts)) < len(texts) or len(texts) < 2:
        return False
    if any(len(text) > _HEADER_CHARS for text in texts):
        return False
    if headed:
        return True
    if not below:
        return False
    bold = all(cell.bold for cell in row if cell.text) and not all(cell.bold for cell in below if cell.text)
    return bold or any(cell.number for cell in below) or len(texts) > 2


def _trimmed(row: Sequence[Cell]) -> Sequence[Cell]:
    end = len(row)
    while end and not row[end - 1].text:
        end -= 1
    return row[:end]
