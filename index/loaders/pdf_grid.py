"""Ruling lines -> grids: which of them hang together, and the columns and rows they draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.loaders.pdf_types import Rule

_NEAR = 4.0  # points between rules that touch
_SAME = 3.0  # points between rules that are one
_COLUMN = 6.0  # points by which the beginnings of a column's lines differ
_FAR = 40.0  # points
_MOST = 500  # merged rules: more are a chart

Piece = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: the places of its vertical rules from left to right, its horizontal ones from the top."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    across: tuple[Rule, ...]
    guessed: bool = False  # columns were seen by the text, not by rules

    def column(self, x: float) -> int:
        """The column that something beginning at `x` stands in."""
        return _slot(self.xs, x)

    def row(self, y: float) -> int:
        return _slot(self.ys, y)

    def holds(self, x0: float, x1: float, y: float) -> bool:
        middle = (x0 + x1) / 2
        return (
            self.xs[0] - _SAME < middle < self.xs[-1] + _SAME and self.ys[0] - _SAME < y < self.ys[-1] + _SAME
        )

    def is_ruled_above(self, row: int, column: int) -> bool:
        """Whether a rule parts a cell from the one above it."""
        y, x = self.ys[row], (self.xs[column] + self.xs[column + 1]) / 2
        return any(abs(rule.at - y) <= _SAME and rule.start <= x <= rule.end for rule in self.across)


def grids(rules: Iterable[Rule], pieces: Sequence[Piece]) -> list[Grid]:
    """The tables that rules draw, of two columns or more; boxes around text are none.

    Where no rule runs down, columns are seen by the `pieces` of text between the rules: from `x0` to `x1`, at `y`.
    """
    merged = _merged(rules)
    if len(merged) > _MOST:
        return []
    found = []
    lone: list[Rule] = []
    for part in _connected(merged):
        across = [rule for rule in part if rule.horizontal]
        down = [rule for rule in part if not rule.horizontal]
        if not down:
            lone += across
        if len(across) < 2 or not down:
            continue
        left, right = min(rule.start for rule in across), max(rule.end for rule in across)
        inner = _distinct(rule.at for rule in down if left + 2 * _NEAR < rule.at < right - 2 * _NEAR)
        if not inner:
            continue
        top = min(*(rule.at for rule in across), *(rule.start for rule in down))
        bottom = max(*(rule.at for rule in across), *(rule.end for rule in down))
        ys = _distinct([top, *(rule.at for rule in across), bottom])
        found.append(Grid((left, *inner, right), tuple(ys), tuple(across)))
    return found + [grid for stack in _stacks(lone) if (grid := _stacked(stack, pieces))]


def _stacks(rules: list[Rule]) -> Iterator[list[Rule]]:
    """Sets of three rules or more that stand above each other, beginning and ending at the same place."""
    left: list[Rule] = sorted(rules, key=lambda rule: rule.at)
    while left:
        # The widest gives the measure: a rule may leave out a first column that spans rows.
        widest = max(left, key=lambda rule: rule.end - rule.start)
        stack = [
            rule
            for rule in left
            if abs(rule.end - widest.end) <= 2 * _NEAR
            and rule.start >= widest.start - 2 * _NEAR
            and rule.end - rule.start > (widest.end - widest.start) / 3
        ]
        left = [rule for rule in left if rule not in stack]
        if len(stack) > 2:
            yield stack


def _stacked(stack: list[Rule], pieces: Sequence[Piece]) -> Grid | None:
    """The table between rules that only run across, if the text between them stands in columns."""
    left, right = min(rule.start for rule in stack), max(rule.end for rule in stack)
    ys = _distinct(rule.at for rule in stack)
    inside = [
        (x0, x1, _slot(ys, y))
        for x0, x1, y in pieces
        if ys[0] < y < ys[-1] and x0 > left - _NEAR and x1 < right + _NEAR
    ]
    starts: list[tuple[float, set[int]]] = []  # where pieces begin, and the bands in which one does
    for x0, _, band in sorted(inside):
        if starts and x0 - starts[-1][0] <= _COLUMN:
            starts[-1][1].add(band)
        else:
            starts.append((x0, {band}))
    least = max(2, 0.5 * len({band for _, _, band in inside}))
    # A column begins where no piece of another runs over: the indent of a paragraph is none.
    columns = [
        start
        for start, bands in starts
        if len(bands) >= least and not any(x0 < start - _COLUMN and x1 > start + 1 for x0, x1, _ in inside)
    ]
    inner = [start - 1.5 for start in columns if start > min(x0 for x0, _, _ in inside) + _COLUMN]
    if not inner:
        return None
    # The first row may stand above all rules, and the last below them.
    ys = [*_beyond(pieces, inner, ys, -1), *ys, *_beyond(pieces, inner, ys, 1)]
    return Grid((left, *inner, right), tuple(ys), tuple(stack), guessed=True)


def _beyond(pieces: Sequence[Piece], inner: list[float], ys: list[float], side: int) -> list[float]:
    """The edge of a row outside the outermost rule, above (`side` -1) or below it (1); [] without one.

    A piece begins in each column but the first, as near to the rule as rules are to each other.
    """
    edge = ys[-1] if side > 0 else ys[0]
    reach = min(max(b - a for a, b in pairwise(ys)), _FAR)
    rows = [y for x0, _, y in pieces if abs(x0 - inner[0] - 1.5) < _COLUMN and 0 < side * (y - edge) < reach]
    if not rows:
        return []
    y = min(rows, key=lambda y: abs(y - edge))
    beside = [x0 for x0, _, other in pieces if abs(other - y) < _SAME]
    whole = all(any(abs(x0 - start - 1.5) < _COLUMN for x0 in beside) for start in inner)
    return [y + side * abs(y - edge)] if whole and min(beside) < inner[0] - _COLUMN else []


def _slot(edges: Sequence[float], at: float) -> int:
    for index in range(len(edges) - 2, 0, -1):
        if at >= edges[index] - 1.0:
            return index
    return 0


def _distinct(places: Iterable[float]) -> list[float]:
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > _SAME:
            found.append(place)
    return found


def _merged(rules: Iterable[Rule]) -> list[Rule]:
    """Rules that continue or cover each other, as one."""
    merged: list[Rule] = []
    lanes: dict[tuple[bool, int], list[Rule]] = {}
    # Word draws each cell's border by itself, a fraction of a point apart.
    for rule in sorted(rules, key=lambda rule: (rule.horizontal, rule.at)):
        key = (rule.horizontal, round(rule.at / 2))
        near = next(
            (k for k in (key, (key[0], key[1] - 1)) if k in lanes and rule.at - lanes[k][0].at <= 2), key
        )
        lanes.setdefault(near, []).append(rule)
    for (horizontal, _), lane in lanes.items():
        lane.sort(key=lambda rule: rule.start)
        at, start, end = lane[0].at, lane[0].start, lane[0].end
        for rule in lane[1:]:
            if rule.start <= end + _NEAR:
                end = max(end, rule.end)
            else:
                merged.append(Rule(horizontal, at, start, end))
                start, end = rule.start, rule.end
        merged.append(Rule(horizontal, at, start, end))
    return merged


def _connected(rules: list[Rule]) -> list[list[Rule]]:
    """Rules in sets that touch each other."""
    across = [rule for rule in rules if rule.horizontal]
    down = [rule for rule in rules if not rule.horizontal]
    parent = {id(rule): id(rule) for rule in rules}

    def root(key: int) -> int:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for one in across:
        for other in down:
            if (
                one.start - _NEAR <= other.at <= one.end + _NEAR
                and other.start - _NEAR <= one.at <= other.end + _NEAR
            ):
                parent[root(id(one))] = root(id(other))
    sets: dict[int, list[Rule]] = {}
    for rule in rules:
        sets.setdefault(root(id(rule)), []).append(rule)
    return list(sets.values())
