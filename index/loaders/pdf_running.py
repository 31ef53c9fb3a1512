"""Running headers, footers and page numbers: found by repetition and place at the page's edge, never by words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from index.loaders.pdf_types import Line, Sheet

_EDGE = 0.13  # how much of a page's height, at top and at bottom, may hold running headers and footers
_OUTERMOST = 12  # lines looked at on each edge of a page: no running header is longer
_SAME_PLACE = 12.0  # points by which a running line may wander from page to page
_SAME_LINE = 1.5  # points, where only place and style tell that a line runs

_INTEGER = re.compile(r"\d+")
_ROMAN = re.compile(r"\b[ivxlc]+\b", re.IGNORECASE)
_COUNTED = re.compile(r"\{-?\d+\}")
_OPEN = re.compile(r"\{\}")
_NUMERAL = re.compile(r"\d{1,6}|[ivxlc]{1,7}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Running:
    """The (page, line) indices of running lines, and the number printed on each page that has one."""

    lines: frozenset[tuple[int, int]]
    printed: dict[int, str]


def running(sheets: Sequence[Sheet]) -> Running:
    """The headers, footers and page numbers of a document.

    A line runs when the same text, or the same but for one number that counts with the pages, stands at the
    same place of the page's edge on several pages (or on two that follow each other, to the point), and no other
    text is between it and that edge. A line in
    that very place and style runs too, whatever it says, where most pages have one: the chapter's name.
    """
    needed = max(2, min(3, len(sheets) // 2))
    edges = [_edges(sheet) for sheet in sheets]
    runs = _forms(edges, needed)
    # Where a counting number runs, its place holds any other too: "Page ii" before "Page 1", an annex that
    # begins again at 1.
    opened = {(edge, _COUNTED.sub("{}", text)): place for (edge, text), place in runs.items()}
    runs |= opened
    found: set[tuple[int, int]] = set()
    printed: dict[int, list[str]] = {}
    slots: Counter[tuple[str, int, int, bool]] = Counter()
    for number, lines in enumerate(edges):
        open_edges = {"top", "bottom", "side"}
        for place, edge, index, line in lines:  # from the edge inwards
            form = next(
                (
                    form
                    for form in _runs(line.text, number)
                    if abs(place - runs.get((edge, form), 1e9)) <= _SAME_PLACE
                ),
                None,
            )
            if form is not None and edge in open_edges:
                found.add((number, index))
                slots[_slot(edge, place, line)] += 1
                if label := _label(line.text, form):
                    printed.setdefault(number, []).append(label)
            elif edge != "side":
                open_edges.discard(edge)
    steady = {slot for slot, count in slots.items() if count >= max(4, len(sheets) // 2)}
    for number, lines in enumerate(edges if steady else []):
        met = set()
        for place, edge, index, line in lines:
            if edge in ("top", "bottom") and edge not in met:
                if (number, index) not in found and not _stands(edge, place, line, steady):
                    met.add(edge)
                else:
                    found.add((number, index))
    numbers = _numbers(printed, edges, found, {text for _, text in opened})
    return Running(frozenset(found), numbers)


def _edges(sheet: Sheet) -> list[tuple[float, str, int, Line]]:
    """The lines at a page's edges from the edge inwards: distance from it, edge, index, line."""
    top, bottom = sheet.height * _EDGE, sheet.height * (1 - _EDGE)
    found: dict[str, list[tuple[float, str, int, Line]]] = {"top": [], "bottom": [], "side": []}
    for index, line in enumerate(sheet.lines):
        if line.vertical:
            found["side"].append((line.x0, "side", index, line))
        elif line.y1 < top:
            found["top"].append((line.y1, "top", index, line))
        elif line.y0 > bottom:
            found["bottom"].append((sheet.height - line.y0, "bottom", index, line))
    return [entry for lines in found.values() for entry in sorted(lines)[:_OUTERMOST]]


def _forms(edges: list[list[tuple[float, str, int, Line]]], needed: int) -> dict[tuple[str, str], float]:
    """The texts that run, each with its edge and usual distance from it."""
    places: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    for number, lines in enumerate(edges):
        for place, edge, _, line in lines:
            for text in _texts(line.text, number):
                places[edge, text].append((number, place))
    runs: dict[tuple[str, str], float] = {}
    for key, seen in places.items():
        if len(seen) == 2 and _is_pair(key[1], seen):
            runs[key] = seen[0][1]
        if len(seen) < needed:
            continue
        middle = median(place for _, place in seen)
        numbers = sorted({number for number, place in seen if abs(place - middle) <= _SAME_PLACE})
        # Close together, at most every second page: a section heading can open pages far apart.
        if any(
            last - first <= 2 * (needed - 1)
            for first, last in zip(numbers, numbers[needed - 1 :], strict=False)
        ):
            runs[key] = middle
    return runs


def _is_pair(text: str, seen: list[tuple[int, float]]) -> bool:
    """Whether two pages one after the other have the same words in the very same place: a short chapter's head."""
    (first, one), (second, other) = seen
    return second == first + 1 and abs(one - other) <= _SAME_LINE and len(text) > 7 and "{" not in text


def _texts(text: str, page: int) -> list[str]:
    """The text, and the text with each of its numbers in turn as its distance from the page's index.

    >>> _texts("Page 7 of 12", 5)
    ['Page 7 of 12', 'Page {2} of 12', 'Page 7 of {7}']
    """
    text = " ".join(text.split())[:300]
    numbers = [match for match in _INTEGER.finditer(text) if len(match[0]) < 10][:12]
    return [text] + [f"{text[: m.start()]}{{{int(m[0]) - page}}}{text[m.end() :]}" for m in numbers]


def _runs(text: str, page: int) -> list[str]:
    """The forms under which a line may be known as running: `_texts`, and with any number left open."""
    flat = " ".join(text.split())[:300]
    numbers = [*_INTEGER.finditer(flat), *_ROMAN.finditer(flat)][:24]
    return _texts(text, page) + [f"{flat[: m.start()]}{{}}{flat[m.end() :]}" for m in numbers]


def _slot(edge: str, place: float, line: Line) -> tuple[str, int, int, bool]:
    return edge, round(place), round(2 * line.size), line.bold


def _stands(edge: str, place: float, line: Line, steady: set[tuple[str, int, int, bool]]) -> bool:
    """Whether a line is where running lines steadily are, in their style."""
    size = round(2 * line.size)
    return any((edge, round(place + off), size, line.bold) in steady for off in (0, -_SAME_LINE, _SAME_LINE))


def _label(text: str, form: str) -> str:
    """The number that counts in a running line, as it is printed; "" without one.

    >>> _label("Page 7 of 12", "Page {2} of 12"), _label("Page iv", "Page {}")
    ('7', 'iv')
    """
    flat = " ".join(text.split())[:300]
    hole = _COUNTED.search(form) or _OPEN.search(form)
    if hole is None:
        return ""
    rest = len(form) - hole.end()
    label = flat[hole.start() : len(flat) - rest]
    return label if _NUMERAL.fullmatch(label) else ""


def _numbers(
    printed: dict[int, list[str]],
    edges: list[list[tuple[float, str, int, Line]]],
    found: set[tuple[int, int]],
    forms: set[str],
) -> dict[int, str]:
    """The numbers printed on pages, if most have one, they count, and they say more than the place in the file.

    A page without one has it still if it is printed at an edge alone, or in a running line's form with other
    text beyond it: that line is added to `found`.
    """
    offsets = Counter(
        int(label) - page
        for page, labels in printed.items()
        for label in set(labels)
        if label.isdigit() and label[0] != "0"
    )
    if not offsets:
        return {}
    offset, count = offsets.most_common(1)[0]
    if count < max(3, 0.5 * len(edges)) or (offset == 1 and count == len(printed)):
        return {}
    numbers: dict[int, str] = {}
    for page, lines in enumerate(edges):
        labels = printed.get(page, [])
        expected = str(offset + page)
        alone = next(
            (
                index
                for _, _, index, line in lines
                if line.text == expected
                or (expected in line.text and not forms.isdisjoint(_runs(line.text, page)))
            ),
            None,
        )
        if expected in labels:
            numbers[page] = expected
        elif alone is not None:
            numbers[page] = expected
            found.add((page, alone))
        elif other := [label for label in labels if label[0] != "0"]:
            numbers[page] = other[0]  # roman, or of an annex that begins again
    return numbers
