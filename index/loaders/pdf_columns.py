"""The order in which the parts of a page are read, where that of the file is not it.

A file's own order is mostly right, and right in ways that places alone cannot tell. It is left as it is unless
a side heading comes after its text, lines run across two columns, or the order jumps back up again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from index.loaders.pdf_tables import Row
from index.loaders.pdf_types import Line

Part = Line | Row

_JUMPS = 3  # back up within a column: more, and the order of the file says nothing
_GUTTER = 6.0  # points of white between columns
_FEWEST = 5  # lines on each side of a gutter
_LARGER = 1.15  # times: type of another size, not only of another measure
_MOST = 400  # parts of a page that is put in order: beyond it the work would grow too long


def in_reading_order(parts: Sequence[Part]) -> list[Part]:
    """The parts of a page in the order in which a person reads them; lines may be parted at a gutter."""
    if _runs_down(parts):
        return list(parts)
    found = _side_headings(_beside(parts))
    if len(found) > _MOST:
        return found
    parted = _parted(found)
    if len(parted) > len(found) or _jumps(found) >= _JUMPS:
        return _cut(parted, 0)
    return found


def _runs_down(parts: Sequence[Part]) -> bool:
    """Whether each part stands below the one before it, and none is parted by wide gaps."""
    last = float("-inf")
    for part in parts:
        if isinstance(part, Row):
            part = part.line
        if part.y0 < last - 0.3 * part.size or part.cells:
            return False
        last = part.y0
    return True


def _line(part: Part) -> Line:
    return part.line if isinstance(part, Row) else part


def _beside(parts: Sequence[Part]) -> list[Part]:
    """Parts with each line parted that is a side heading, bold or in larger type, and the first line of the text
    beside it."""
    found: list[Part] = []
    for index, part in enumerate(parts):
        if isinstance(part, Line) and len(part.cells) == 2 and not part.cells[1].bold:
            x0 = part.cells[1].x0
            after = [_line(other) for other in parts[index + 1 : index + 4]]
            text = next((line for line in after if abs(line.x0 - x0) < 2 and not line.cells), None)
            if text and part.size > _LARGER * text.size:
                heading, first = _halves(part, x0 - 1)
                found += [heading, _line(first)._replace(size=text.size)]
                continue
            if text and part.cells[0].bold:
                found += _halves(part, x0 - 1)
                continue
        found.append(part)
    return found


def _side_headings(parts: list[Part]) -> list[Part]:
    """Parts with each run in the left margin put before the text beside which it stands."""
    at = 1
    while at < len(parts):
        line, before = _line(parts[at]), _line(parts[at - 1])
        if line.y0 < before.y0 - 0.3 * line.size and line.x0 < before.x0 and not line.vertical:
            end = at + 1
            while end < len(parts) and 0 < _line(parts[end]).y0 - _line(parts[end - 1]).y0 < 2 * line.size:
                other = _line(parts[end])
                if (
                    abs(other.x0 - line.x0) > line.size
                    or not line.size / _LARGER < other.size < line.size * _LARGER
                ):
                    break
                end += 1
            right = max(_line(part).x1 for part in parts[at:end])
            first = at
            # All that lies between stands to the right of it and not wholly above it.
            while first and _line(parts[first - 1]).x0 >= right - 2 and _line(parts[first - 1]).y1 > line.y0:
                first -= 1
            if first < at:
                parts[first:end] = parts[at:end] + parts[first:at]
            at = end
        else:
            at += 1
    return parts


def _jumps(parts: list[Part]) -> int:
    """How often the order goes back up within one column."""
    jumps = 0
    for part, following in pairwise(parts):
        one, other = _line(part), _line(following)
        if other.y1 < one.y0 and not one.vertical and not other.vertical:
            shared = min(one.x1, other.x1) - max(one.x0, other.x0)
            jumps += shared > 0.5 * min(one.x1 - one.x0, other.x1 - other.x0)
    return jumps


def _parted(parts: list[Part]) -> list[Part]:
    """Parts with the lines parted that run across a gutter between columns of prose."""
    wide = [part for part in parts if isinstance(part, Line) and part.cells]
    if len(wide) < _FEWEST:
        return parts
    best = max((cell.x0 for line in wide for cell in line.cells[1:]), key=_votes(wide))
    gutter = best - 1.0
    across = [line for line in wide if any(abs(cell.x0 - best) < _GUTTER for cell in line.cells[1:])]
    if len(across) < _FEWEST or not _is_prose(across, gutter):
        return parts
    top, bottom = min(line.y0 for line in across), max(line.y1 for line in across)
    beside = [_line(part) for part in parts if top <= (_line(part).y0 + _line(part).y1) / 2 <= bottom]
    crossing = sum(
        line.x0 < gutter - _GUTTER and line.x1 > gutter + _GUTTER and line not in across for line in beside
    )
    if crossing > len(across) / 5:
        return parts
    found: list[Part] = []
    for part in parts:
        found += _halves(part, gutter) if isinstance(part, Line) and part.cells else [part]
    return found


def _votes(wide: list[Line]) -> Callable[[float], int]:
    starts = [cell.x0 for line in wide for cell in line.cells[1:]]
    return lambda x: sum(abs(x - start) < _GUTTER for start in starts)


def _is_prose(lines: list[Line], gutter: float) -> bool:
    """Whether both sides of a gutter hold text that runs on from line to line, as cells of a table do not."""
    for left in (True, False):
        texts = [" ".join(c.text for c in line.cells if (c.x0 < gutter) == left) for line in lines]
        words = sum(len(text.split()) for text in texts)
        low = sum(text[:1].islower() for text in texts)
        if words < 3.5 * len(texts) or low < 0.3 * len(texts):
            return False
    return True


def _halves(line: Line, gutter: float) -> list[Part]:
    halves: list[Part] = []
    for left in (True, False):
        cells = tuple(cell for cell in line.cells if (cell.x0 < gutter) == left)
        if cells:
            text = " ".join(cell.text for cell in cells)
            own = cells if len(cells) > 1 else ()
            bold = all(cell.bold for cell in cells)
            halves.append(line._replace(text=text, x0=cells[0].x0, x1=cells[-1].x1, cells=own, bold=bold))
    return halves


def _cut(parts: list[Part], depth: int) -> list[Part]:
    """Parts ordered by cutting the page along its white: columns first, what spans them above and below.

    After the recursive X-Y cut of Nagy and Seth (1984).
    """
    if len(parts) < 2 or depth > 12:
        return sorted(parts, key=_from_top)
    found = _columns(parts)
    if found is not None:
        return _cut(found[0], depth + 1) + _cut(found[1], depth + 1)
    ordered = sorted(parts, key=_from_top)
    # What spans the columns is peeled off above, and then below, until a gutter runs through the rest.
    for top in range(1, len(ordered) - 1):
        if (found := _columns(ordered[top:])) is not None:
            return ordered[:top] + _cut(found[0], depth + 1) + _cut(found[1], depth + 1)
    for bottom in range(len(ordered) - 1, 1, -1):
        if (found := _columns(ordered[:bottom])) is not None:
            return _cut(found[0], depth + 1) + _cut(found[1], depth + 1) + _cut(ordered[bottom:], depth + 1)
    return ordered


def _from_top(part: Part) -> tuple[int, float]:
    line = _line(part)
    return round(line.y1 / 2), line.x0


def _columns(parts: Sequence[Part]) -> tuple[list[Part], list[Part]] | None:
    """The parts left and right of the widest gutter that runs through all of them, if each side has some lines."""
    if len(parts) < 2 * 2:
        return None
    ordered = sorted(parts, key=lambda part: _line(part).x0)
    best, at, reach = _GUTTER, 0, _line(ordered[0]).x1
    for index, part in enumerate(ordered[1:], 1):
        line = _line(part)
        if line.x0 - reach > best and 2 <= index <= len(ordered) - 2:
            best, at = line.x0 - reach, index
        reach = max(reach, line.x1)
    if not at:
        return None
    sides = set(map(id, ordered[:at]))
    return [part for part in parts if id(part) in sides], [part for part in parts if id(part) not in sides]
