"""Tables on a page -> rows that read on their own: "Overall effectiveness: Good."

A table of two columns reads "label: value"; one of more, with a row of column heads, "head: value; head: value".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from index.loaders.pdf_grid import Grid, grids
from index.loaders.pdf_types import Line, Rule
from index.loaders.tables import labelled
from index.types import BlockKind

_LONGEST = 2_000  # characters: a cell that holds more is a column of text, not a cell
_LEADERS = " .…·"


class Row(NamedTuple):
    """A table row as one line of text, with its place; or its column heads, as furniture."""

    kind: BlockKind
    line: Line


class Piece(NamedTuple):
    """What one line says in one cell."""

    text: str
    x0: float
    x1: float
    line: Line
    bold: bool


def take_tables(lines: list[Line], rules: Sequence[Rule]) -> list[Line | Row]:
    """The lines of a page in their order, with tables drawn by rules as rows in place of their lines."""
    if not rules:
        return list(lines)
    parts: list[Line | Row] = list(lines)
    pieces = [
        (cell.x0, cell.x1, (line.y0 + line.y1) / 2) for line in lines for cell in (line.cells or (line,))
    ]
    for grid in grids(rules, pieces):
        inside = [
            part
            for part in parts
            if isinstance(part, Line)
            and not part.vertical
            and grid.holds(part.x0, part.x1, (part.y0 + part.y1) / 2)
        ]
        rows = _rows(grid, inside)
        if rows is None:
            continue
        members = set(map(id, inside))
        at = next(index for index, part in enumerate(parts) if id(part) in members)
        parts = parts[:at] + list(rows) + [part for part in parts[at:] if id(part) not in members]
    return parts


def _rows(grid: Grid, lines: list[Line]) -> list[Row] | None:
    """The rows of a table; None if what the rules enclose is none."""
    bands: dict[int, list[Piece]] = {}
    for line in lines:
        for piece in _pieces(grid, line):
            bands.setdefault(grid.row((line.y0 + line.y1) / 2), []).append(piece)
    table: list[tuple[int, list[list[Piece]]]] = []
    for row, pieces in sorted(bands.items()):
        cells = _cells(grid, pieces)
        split = _by_lines(grid, cells) if len(bands) <= 3 else [cells]
        table += [(row, part) for part in split]
    full = [cells for _, cells in table if sum(map(bool, cells)) > 1]
    if len(full) < 2 or any(sum(len(p.text) for p in cell) > _LONGEST for cells in full for cell in cells):
        return None
    if sum(map(len, (cell for cells in full for cell in cells))) > 25 * len(full):
        return None  # columns of text between rules
    if grid.guessed and any(sum(len(cell) > 4 for cell in cells) > 1 for cells in full):
        return None  # text in columns between two rules
    used = [column for column in range(len(grid.xs) - 1) if any(cells[column] for cells in full)]
    if len(used) < 2:
        return None
    return rows_of(table, lambda row: grid.is_ruled_above(row, 0))


def _pieces(grid: Grid, line: Line) -> list[Piece]:
    """A line's pieces, parted where it is parted by a rule; those within one column stay together."""
    pieces: list[Piece] = []
    for cell in line.cells:
        if pieces and grid.column(pieces[-1].x0) == grid.column(cell.x0):
            last = pieces.pop()
            pieces.append(Piece(f"{last.text} {cell.text}", last.x0, cell.x1, line, last.bold))
        else:
            pieces.append(Piece(cell.text, cell.x0, cell.x1, line, cell.bold))
    return pieces if len(pieces) > 1 else [Piece(line.text, line.x0, line.x1, line, line.bold)]


def _cells(grid: Grid, pieces: list[Piece]) -> list[list[Piece]]:
    cells: list[list[Piece]] = [[] for _ in grid.xs[1:]]
    for piece in pieces:
        cells[grid.column(piece.x0)].append(piece)
    for cell in cells:
        cell.sort(key=lambda piece: (round(piece.line.y1), piece.x0))
    return cells


def _by_lines(grid: Grid, cells: list[list[Piece]]) -> list[list[list[Piece]]]:
    """The rows of a band that no rule parts: each begins where the first and the last column both begin a line."""
    filled = [cell for cell in cells if cell]
    if len(filled) < 2 or len(filled) != len(cells):
        return [cells]
    lasts = [piece.line.y1 for piece in cells[-1]]
    starts = [
        piece.line.y0
        for piece in cells[0]
        if any(abs(piece.line.y1 - last) < 0.4 * piece.line.size for last in lasts)
        and not piece.text[0].islower()
    ]
    if len(starts) < 2:
        return [cells]
    rows: list[list[list[Piece]]] = [[[] for _ in cells] for _ in starts]
    for column, cell in enumerate(cells):
        for piece in cell:
            row = sum(piece.line.y1 > start + 0.5 * piece.line.size for start in starts)
            rows[max(row - 1, 0)][column].append(piece)
    return rows


def rows_of(table: list[tuple[int, list[list[Piece]]]], is_ruled: Callable[[int], bool]) -> list[Row]:
    """The rows of a table as text, from the number and the cells of each.

    `is_ruled` says whether a rule parts the first cell of a row from the one above it: where none does, an
    empty one says what that one says.
    """
    full = [cells for _, cells in table if sum(map(bool, cells)) > 1]
    heads: list[str] = []
    top: list[list[Piece]] | None = full[0] if _are_heads(full) else None
    two = all(sum(map(bool, cells)) <= 2 for cells in full)
    rows: list[Row] = []
    carried: list[str] = []
    for row, cells in table:
        texts = [_joined(cell) for cell in cells]
        place = _place(cells)
        if cells is top:
            heads = texts
            rows.append(Row("furniture", place._replace(text="; ".join(filter(None, texts)))))
            continue
        if sum(map(bool, texts)) == 1:
            rows.append(Row("row", place._replace(text="".join(texts))))
            continue
        if not texts[0] and carried and not is_ruled(row):
            texts[0] = carried[0]
        carried = texts
        if two:
            shown = [(text.rstrip(_LEADERS), not index) for index, text in enumerate(filter(None, texts))]
            text = labelled(shown, [])
        else:
            text = labelled(
                [(text.rstrip(_LEADERS) or text, not index) for index, text in enumerate(texts)], heads
            )
        rows.append(Row("row", place._replace(text=text)))
    return rows


def _are_heads(full: list[list[list[Piece]]]) -> bool:
    """Whether the first row names the columns: set in another style than the rows below it."""
    first, *rest = [[piece for cell in cells for piece in cell] for cells in full]
    if not rest or any(sum(len(piece.text) for piece in cell) > 80 for cell in full[0]):
        return False
    if all(piece.bold for piece in first):
        return not any(all(piece.bold for piece in row) for row in rest)
    if any(any(map(str.isdigit, piece.text)) for piece in first) or not all(full[0][1:]):
        return False
    sizes = [piece.line.size for row in rest for piece in row]
    if len(full[0]) > 2 and all(
        abs(piece.line.size - size) > 0.12 * size for piece in first for size in sizes
    ):
        return True
    # Words above figures: in each column but the first, most rows say a number.
    values = [[any(map(str.isdigit, _joined(cell))) for cell in cells[1:] if cell] for cells in full[1:]]
    return sum(map(sum, values)) > 0.6 * sum(map(len, values))


def _joined(cell: list[Piece]) -> str:
    """What a cell says; its lines stay parted, so that a word broken at a line's end can be joined."""
    text = ""
    for piece in cell:
        same = text and piece.line is cell[0].line
        text += piece.text if not text else f" {piece.text}" if same else f"\n{piece.text}"
    return text


def _place(cells: list[list[Piece]]) -> Line:
    """The box of a row, as a line without text."""
    pieces = [piece for cell in cells for piece in cell]
    first = pieces[0].line
    return first._replace(
        text="",
        x0=min(piece.x0 for piece in pieces),
        x1=max(piece.x1 for piece in pieces),
        y0=min(piece.line.y0 for piece in pieces),
        y1=max(piece.line.y1 for piece in pieces),
        bold=False,
        cells=(),
    )
