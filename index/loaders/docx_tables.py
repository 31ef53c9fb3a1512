"""Tables of Word documents as rows that read on their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from docx.oxml.ns import qn
from lxml import etree

from index.loaders.docx_xml import CELL, ROW, TABLE, is_on, value, within
from index.loaders.heads import first_column_names, first_row_names
from index.loaders.tables import Table
from index.types import BlockKind

_CELL_CHARS = 800  # a cell with more than this arranges the page rather than a table's data
_FIRST_ROW = 0x0020  # of the bits by which older files say which conditions of a table's style hold


class _Cell(NamedTuple):
    text: str
    columns: int
    bold: bool


def rows_of(
    table: etree._Element, read: Callable[[etree._Element], str], styles: Mapping[str, etree._Element]
) -> Iterator[tuple[BlockKind, str]]:
    """The kind and text of each row; `read` gives a cell's text and is called once for each, in order.

    Heads are told by what the file says of them (repeated on each page, or set apart by the table's style),
    by bold type, else by what the cells say.
    """
    elements = list(within(table, (ROW,)))
    rows = list(_cells(elements, read))
    texts = [[cell.text for cell in row] for row in rows]
    repeated = [is_on(row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}")) for row in elements]
    bold = [all(cell.bold for cell in row if cell.text) and any(cell.text for cell in row) for row in rows]
    heads = any(repeated)
    if not heads and len(rows) > 1:
        # All bold, but so is the row below: then bold says nothing.
        heads = repeated[0] = (
            (
                _is_set_apart(table, styles)
                and any(texts[0][1:])
                and max(map(len, texts[0])) <= _CELL_CHARS // 4
            )
            or (bold[0] and not bold[1] and any(texts[0][1:]))
            or first_row_names(texts)
        )
    labels = not heads and first_column_names(texts)
    made = Table()
    for row, header in zip(rows, repeated, strict=True):
        for position, cell in enumerate(row):
            alone = not any(other.text for other in row[1:])
            first = not (position or heads or alone) and (labels or (len(rows) > 1 and cell.bold))
            made.cell(cell.text, header=header or first, columns=cell.columns)
        yield from made.end_row()
    yield from made.end()


def _cells(rows: Sequence[etree._Element], read: Callable[[etree._Element], str]) -> Iterator[list[_Cell]]:
    """The cells of each row; one that is merged with that above it says the same."""
    above: dict[int, str] = {}
    for row in rows:
        cells: list[_Cell] = []
        column = 0
        for cell in within(row, (CELL,)):
            merged = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
            if merged is None or merged.get(qn("w:val")) == "restart":
                above[column] = read(cell)
            span = value(cell, "w:gridSpan", "w:tcPr") or ""
            columns = max(int(span), 1) if re.fullmatch("[0-9]{1,3}", span) else 1
            cells.append(_Cell(" ".join(above.get(column, "").split("\n")).strip(), columns, _is_bold(cell)))
            column += columns
        yield cells


def is_layout(table: etree._Element) -> bool:
    """Whether a table arranges the page: one column, a table in a table, or cells of running text."""
    if next(table.iterdescendants(TABLE), None) is not None:
        return True
    if all(len(row.findall(CELL)) <= 1 for row in table.iter(ROW)):
        return True
    return any(
        sum(len(t.text or "") for t in cell.iter(qn("w:t"))) > _CELL_CHARS for cell in table.iter(CELL)
    )


def _is_set_apart(table: etree._Element, styles: Mapping[str, etree._Element]) -> bool:
    """Whether the table's style sets the first row apart, and the table asks for it."""
    look = table.find(f"{qn('w:tblPr')}/{qn('w:tblLook')}")
    if look is None:
        return False
    bits = look.get(qn("w:val"), "")
    asked = look.get(qn("w:firstRow")) in ("1", "true", "on")
    if look.get(qn("w:firstRow")) is None and re.fullmatch("[0-9A-Fa-f]{1,4}", bits):
        asked = bool(int(bits, 16) & _FIRST_ROW)
    name, seen = value(table, "w:tblStyle", "w:tblPr") or "", set()
    while asked and name in styles and name not in seen:  # a broken file's style may be based on itself
        seen.add(name)
        conditions = styles[name].iterchildren(qn("w:tblStylePr"))
        if any(one.get(qn("w:type")) == "firstRow" and len(one) for one in conditions):
            return True
        name = value(styles[name], "w:basedOn") or ""
    return False


def _is_bold(cell: etree._Element) -> bool:
    """Whether all text of a cell is bold by its own formatting."""
    runs = [run for run in cell.iter(qn("w:r")) if any((t.text or "").strip() for t in run.iter(qn("w:t")))]
    return bool(runs) and all(is_on(run.find(f"{qn('w:rPr')}/{qn('w:b')}")) for run in runs)
