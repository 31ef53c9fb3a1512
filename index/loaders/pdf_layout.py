"""Lines placed on pages, made into text, blocks and page spans. Knows nothing of PDF files."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from index.types import Block, BlockKind, Page

_EDGE = 0.13  # how much of a page's height, at top and at bottom, may hold running headers and footers
_SAME_PLACE = 12.0  # points by which a running line may wander from page to page

_BULLET = re.compile(r"[•▪■□◼◻◾●○◦∙‣⁃◆◇❖➢➤✓✔–—*-](?=\s|$)|o\s(?=\S)")
_LETTERED = re.compile(r"\((?:[a-z]|[ivx]{1,4}|\d{1,2})\)\s")
_NUMBERED = re.compile(r"(?:\[\d{1,4}\]|\d{1,3}[.)]|\d{1,3}(?:\.\d{1,3}){1,3}\.?)(?=\s|$)")
_CLOSED = re.compile(r"[.!?:;][)\]”’\"']*\d{0,2}$")
_INTEGER = re.compile(r"\d+")
_ROMAN = re.compile(r"\b[ivxlc]+\b", re.IGNORECASE)
_COUNTED = re.compile(r"\{-?\d+\}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Points from the page's top left corner: `y0` is its top, `y1` its bottom.

    `size` is that of its type; `vertical` marks text that runs up or down the page.
    """

    text: str
    x0: float
    x1: float
    y0: float
    y1: float
    size: float
    bold: bool = False
    vertical: bool = False


@dataclass(slots=True)
class _Group:
    """Lines of one block, each with the index of its page."""

    kind: BlockKind
    lines: list[tuple[int, Line]]
    level: int = 0


def arrange(
    pages: Sequence[Sequence[Line]], labels: Sequence[str | None], heights: Sequence[float]
) -> tuple[str, tuple[Block, ...], tuple[Page, ...]]:
    """The text of all pages, its blocks, and the span of each page (empty for a page without text).

    Lines of a block are joined by a newline and blocks by a blank line. Every line is in the text, and in
    exactly one block.
    """
    running = _running_lines(pages, heights)
    body = _Body(
        [line for n, page in enumerate(pages) for i, line in enumerate(page) if (n, i) not in running]
    )
    groups: list[_Group] = []
    for number, page in enumerate(pages):
        above: list[Line] = []
        inside: list[Line] = []
        below: list[Line] = []
        for index, line in enumerate(page):
            if (number, index) not in running:
                inside.append(line)
            else:
                (above if line.y1 < heights[number] / 2 else below).append(line)
        # Many writers emit header and footer first of all: they are put where they are printed.
        groups += [_Group("furniture", [(number, line)]) for line in above]
        for line in inside:
            if groups and groups[-1].kind != "furniture" and not body.begins(groups[-1].lines, number, line):
                groups[-1].lines.append((number, line))
            else:
                groups.append(_Group("paragraph", [(number, line)]))
        groups += [_Group("furniture", [(number, line)]) for line in below]
    _name_kinds(groups, body)
    return _write(groups, labels)


def largest_heading(text: str, blocks: Sequence[Block], pages: Sequence[Page]) -> str:
    """The heading of the lowest level on the first page that has one, as one line; "" without any.

    A short one ("Birmingham") is joined by the heading that follows it ("Inspection of services").
    """
    for page in pages[:3]:
        found = [
            block for block in blocks if block.kind == "heading" and page.start <= block.start < page.end
        ]
        if found:
            best = min(found, key=lambda block: block.level)
            after = found[found.index(best) + 1 :][:1] if best.end - best.start <= 40 else []
            return ": ".join(" ".join(text[block.start : block.end].split()) for block in [best, *after])
    return ""


def _running_lines(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> set[tuple[int, int]]:
    """The (page, line) indices of headers, footers and page numbers.

    A line runs when the same text, or the same but for one number that counts with the pages, stands at the
    same place of the page's edge on several pages, and no other text is between it and that edge.
    """
    needed = max(2, min(3, len(pages) // 2))
    places: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    edges: list[list[tuple[float, str, int, str]]] = []  # for each page: place, edge, line, text
    for number, page in enumerate(pages):
        edges.append([])
        for index, line in enumerate(page):
            edge, place = _edge(line, heights[number])
            if edge:
                edges[-1].append((place, edge, index, line.text))
                for text in _texts(line.text, number):
                    places[edge, text].append((number, place))
    runs: dict[tuple[str, str], float] = {}
    for key, seen in places.items():
        middle = median(place for _, place in seen)
        numbers = sorted({number for number, place in seen if abs(place - middle) <= _SAME_PLACE})
        # Close together, at most every second page: a section heading can open pages far apart.
        if any(
            last - first <= 2 * (needed - 1)
            for first, last in zip(numbers, numbers[needed - 1 :], strict=False)
        ):
            runs[key] = middle
    # Where a counting number runs, its place holds any other too: "Page ii" before "Page 1", an annex that
    # begins again at 1.
    runs |= {(edge, _COUNTED.sub("{}", text)): place for (edge, text), place in runs.items()}
    found = set()
    for number, lines in enumerate(edges):
        open_edges = {"top", "bottom", "side"}
        for place, edge, index, text in sorted(lines):  # from the edge inwards
            if any(abs(place - runs.get((edge, form), 1e9)) <= _SAME_PLACE for form in _runs(text, number)):
                if edge in open_edges:
                    found.add((number, index))
            elif edge != "side":
                open_edges.discard(edge)
    return found


def _edge(line: Line, height: float) -> tuple[str, float]:
    """The edge that a line stands at, and how far from it; an empty name for a line of the body."""
    if line.vertical:
        return "side", line.x0
    if line.y1 < height * _EDGE:
        return "top", line.y1
    if line.y0 > height * (1 - _EDGE):
        return "bottom", height - line.y0
    return "", 0.0


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
    text = " ".join(text.split())[:300]
    numbers = [*_INTEGER.finditer(text), *_ROMAN.finditer(text)][:24]
    return _texts(text, page) + [f"{text[: m.start()]}{{}}{text[m.end() :]}" for m in numbers]


class _Body:
    """The measures of a document's running text, and what by them begins a new block."""

    def __init__(self, lines: Sequence[Line]) -> None:
        sizes: Counter[float] = Counter()
        bold: Counter[bool] = Counter()
        pitches: Counter[float] = Counter()
        for before, line in zip([None, *lines], lines, strict=False):
            sizes[round(line.size * 2) / 2] += len(line.text)
            bold[line.bold] += len(line.text)
            if before and line.size and 0.5 < (pitch := (line.y1 - before.y1) / line.size) < 2.5:
                pitches[round(pitch, 1)] += 1
        self.size = sizes.most_common(1)[0][0] if sizes else 0.0
        self.bold = bold[True] > bold[False]
        self.pitch = pitches.most_common(1)[0][0] if pitches else 1.2

    def begins(self, block: list[tuple[int, Line]], page: int, line: Line) -> bool:
        """Whether `line` begins a new block rather than going on with `block`."""
        before_page, before = block[-1]
        first = block[0][1]
        size = max(before.size, line.size, 1.0)
        if line.vertical or before.vertical:
            return True
        if page != before_page or line.y1 < before.y0 - size:  # another page or column
            return not (
                self._alike(before, line) and not _CLOSED.search(before.text) and line.text[:1].islower()
            )
        if (
            min(line.y1, before.y1) - max(line.y0, before.y0)
            > min(line.y1 - line.y0, before.y1 - before.y0) / 2
        ):
            # On one printed line: a bullet or footnote mark and its text belong together, table cells do not.
            return not (len(before.text) <= 3 or len(line.text) <= 3) and not -1 <= line.x0 - before.x1 < size
        if line.y1 - before.y1 > (self.pitch + 0.45) * size:
            return True
        if len(before.text) > 3 and len(line.text) > 3 and not self._alike(before, line):
            # A whole line of bold inside a paragraph stays; a bold line above or below one is a heading.
            if abs(before.size - line.size) > 0.12 * size:
                return True
            if all(other.bold for _, other in block) or (line.bold and _CLOSED.search(before.text)):
                return True
        closed = bool(_CLOSED.search(before.text))
        if _BULLET.match(line.text) or (_LETTERED.match(line.text) and closed):
            return len(before.text) > 1
        if _NUMBERED.match(line.text) and (closed or self.is_heading(block)):
            return True
        hanging = len(block) > 1 or _marked(first.text)
        if closed and line.x0 > before.x0 + 0.7 * size and (len(block) > 1 or not hanging):
            return True  # the first line of a paragraph is indented
        return (
            closed and hanging and line.x0 < before.x0 - 0.7 * size and len(block) > 1 and _marked(first.text)
        )

    def is_heading(self, block: list[tuple[int, Line]]) -> bool:
        """Whether a block is set larger or bolder than the text, and is short and not a sentence."""
        if len(block) > 4:
            return False
        lines = [line for _, line in block]
        text = " ".join(line.text for line in lines)
        if len(text) > 200 or not any(c.isalpha() for c in text) or text[-1] in ".,;":
            return False
        if any(line.vertical for line in lines) or _BULLET.match(text):
            return False
        larger = all(line.size > 1.12 * self.size for line in lines)
        return larger or (not self.bold and all(line.bold and line.size > 0.9 * self.size for line in lines))

    @staticmethod
    def _alike(before: Line, line: Line) -> bool:
        return before.bold == line.bold and abs(before.size - line.size) <= 0.12 * max(before.size, line.size)


def _marked(text: str) -> bool:
    return bool(_BULLET.match(text) or _LETTERED.match(text) or _NUMBERED.match(text))


def _name_kinds(groups: list[_Group], body: _Body) -> None:
    """Tell headings and list items from paragraphs; a heading's level is the rank of its size."""
    for group in groups:
        if group.kind == "furniture":
            continue
        if body.is_heading(group.lines):
            group.kind = "heading"
        elif _BULLET.match(group.lines[0][1].text) or _LETTERED.match(group.lines[0][1].text):
            group.kind = "item"
    headings = [group for group in groups if group.kind == "heading"]
    sizes = sorted({round(group.lines[0][1].size) for group in headings})
    for group in headings:
        # Ranked from the smallest: a cover in eight sizes must not push all real headings to one level.
        group.level = max(1, min(6, len(sizes)) - sizes.index(round(group.lines[0][1].size)))


def _write(
    groups: list[_Group], labels: Sequence[str | None]
) -> tuple[str, tuple[Block, ...], tuple[Page, ...]]:
    parts: list[str] = []
    blocks: list[Block] = []
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    length = 0
    for group in groups:
        for index, (page, line) in enumerate(group.lines):
            gap = "\n" if index else "\n\n" if parts else ""
            parts += (gap, line.text)
            start = length + len(gap)
            length = start + len(line.text)
            starts.setdefault(page, start)
            ends[page] = length
            if not index:
                blocks.append(Block(group.kind, start, start, group.level))
        blocks[-1] = Block(group.kind, blocks[-1].start, length, group.level)
    pages = []
    at = 0
    for index, label in enumerate(labels):
        start = starts.get(index, at)
        at = ends.get(index, start)
        pages.append(Page(index + 1, start, at, label))
    return "".join(parts), tuple(blocks), tuple(pages)
