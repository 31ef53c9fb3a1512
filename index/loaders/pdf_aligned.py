"""Tables without rules: lines whose pieces stand under each other, three rows of them or more."""

from __future__ import annotations

from collections.abc import Sequence

from index.loaders.pdf_tables import Piece, Row, rows_of
from index.loaders.pdf_types import Cell, Line

_FEWEST = 3  # rows: two lines with a gap may be anything
_LONGEST = 60.0  # characters a cell beside the first holds on average: longer ones are columns of text
_CLOSE = 1.5  # sizes of type between the lines of one cell, at most
_APART = 3.5  # sizes of type: the most that two rows are apart


def take_aligned(parts: Sequence[Line | Row]) -> list[Line | Row]:
    """Parts with each run of aligned lines as rows in their place."""
    if sum(isinstance(part, Line) and len(part.cells) > 1 for part in parts) < _FEWEST:
        return list(parts)
    found: list[Line | Row] = []
    at = 0
    while at < len(parts):
        end, table = _table(parts, at)
        if table is None:
            found.append(parts[at])
            at += 1
        else:
            found += rows_of([(row, cells) for row, cells in enumerate(table)], lambda row: True)
            at = end
    return found


def _table(parts: Sequence[Line | Row], at: int) -> tuple[int, list[list[list[Piece]]] | None]:
    """The end of the table that begins at a part, and its rows of cells; None if none begins there."""
    first = parts[at]
    if isinstance(first, Row) or len(first.cells) < 2:
        return at, None
    columns = first.cells
    rows: list[list[list[Piece]]] = []
    last = first
    end = at
    begun = False  # the last row's first cell began on a line of its own, above the row's other cells
    for end, part in enumerate(parts[at:], at):
        if isinstance(part, Row) or part.vertical:
            break
        if part is not first and not -0.2 < (part.y1 - last.y1) / max(part.size, 1) < _APART:
            break
        if _matches(columns, part):
            if not begun:
                rows.append([[] for _ in columns])
            for cell, c in zip(rows[-1], part.cells, strict=True):
                cell.append(Piece(c.text, c.x0, c.x1, part, c.bold))
            begun = False
        elif not part.cells and rows and (column := _column(columns, part)) is not None:
            following = parts[end + 1] if end + 1 < len(parts) else None
            if part.y1 - last.y1 <= _CLOSE * part.size and (column or part.text[0].islower()):
                pass
            elif not column and isinstance(following, Line) and _goes_on(columns, part, following):
                rows.append([[] for _ in columns])
                begun = True
            else:
                break
            rows[-1][column].append(Piece(part.text, part.x0, part.x1, part, part.bold))
        else:
            break
        last = part
    else:
        end += 1
    return (end, rows) if _is_table(rows) else (at, None)


def _under(column: Cell, cell: Cell) -> bool:
    """Whether a cell stands under another: flush left, flush right or centred."""
    return (
        min(
            abs(cell.x0 - column.x0),
            abs(cell.x1 - column.x1),
            abs(cell.x0 + cell.x1 - column.x0 - column.x1) / 2,
        )
        < 3.0
    )


def _matches(columns: Sequence[Cell], line: Line) -> bool:
    return len(line.cells) == len(columns) and all(map(_under, columns, line.cells))


def _goes_on(columns: Sequence[Cell], line: Line, following: Line) -> bool:
    """Whether a first cell that begins on a line of its own goes on in the line that holds the other cells."""
    return following.y1 - line.y1 <= _CLOSE * line.size and _matches(columns, following)


def _column(columns: Sequence[Cell], line: Line) -> int | None:
    """The column in which a line stands that is no longer than it."""
    for index, column in enumerate(columns):
        limit = columns[index + 1].x0 if index + 1 < len(columns) else float("inf")
        if abs(line.x0 - column.x0) < 3.0 and line.x1 < limit:
            return index
    return None


def _is_table(rows: list[list[list[Piece]]]) -> bool:
    if len(rows) < _FEWEST:
        return False
    firsts = [row[0][0].text for row in rows if row[0]]
    others = [piece.text for row in rows for cell in row[1:] for piece in cell]
    if sum(map(len, others)) > _LONGEST * len(rows) * (len(rows[0]) - 1):
        return False
    # Text in columns runs on from line to line; what stands in cells begins anew.
    return sum(text[:1].islower() for text in firsts) < 0.3 * len(firsts)
