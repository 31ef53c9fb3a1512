"""What running text is like in a document, and what by that measure begins a new block."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from index.loaders.pdf_types import Line
from index.types import BlockKind

BULLET = re.compile(r"(?:[•▪■□◼◻◾●○◦∙‣⁃◆◇❖➢➤✓✔–—*-](?=\s|$)|o\s(?=\S))\s*")
LETTERED = re.compile(r"\((?:[a-z]|[ivx]{1,4}|\d{1,2})\)\s")
NUMBERED = re.compile(r"(?:\[\d{1,4}\]|\d{1,3}[.)]|\d{1,3}(?:\.\d{1,3}){1,3}\.?)(?=\s|$)")
CLOSED = re.compile(r"[.!?:;][)\]”’\"']*\d{0,2}$")
_ENDINGS = frozenset(".!?:;)]”’\"'0123456789")
_MAY_MARK = frozenset("•▪■□◼◻◾●○◦∙‣⁃◆◇❖➢➤✓✔–—*-o([0123456789")


@dataclass(slots=True)
class Group:
    """Lines of one block, each with the index of its page. Grows while a document is read, and no later."""

    kind: BlockKind
    lines: list[tuple[int, Line]]
    level: int = 0
    boilerplate: bool = False
    left: float = 0.0  # where its lines after the first begin; 0 with one line
    marked: bool = field(default=False)  # it begins with a bullet or a number


def closed(text: str) -> bool:
    """Whether a line ends as sentences do."""
    return text[-1:] in _ENDINGS and CLOSED.search(text) is not None


def marked(text: str) -> bool:
    """Whether a line begins with a bullet, a letter or a number of its own."""
    return text[:1] in _MAY_MARK and bool(BULLET.match(text) or LETTERED.match(text) or NUMBERED.match(text))


def alike(before: Line, line: Line) -> bool:
    """Whether two lines are set in the same weight and size."""
    return before.bold == line.bold and abs(before.size - line.size) <= 0.12 * max(before.size, line.size)


class Body:
    """The measures of a document's running text."""

    def __init__(self, pages: Iterable[list[Line]]) -> None:
        sizes: dict[float, int] = {}
        bold = 0
        pitches: dict[int, int] = {}
        for page in pages:
            last = 0.0
            for line in page:
                size, length, y1 = line.size, len(line.text), line.y1
                sizes[size] = sizes.get(size, 0) + length
                if line.bold:
                    bold += length
                if size and 0.5 < (pitch := (y1 - last) / size) < 2.5:
                    tenths = int(10 * pitch + 0.5)
                    pitches[tenths] = pitches.get(tenths, 0) + 1
                last = y1
        halves: Counter[float] = Counter()
        for size, length in sizes.items():
            halves[round(2 * size) / 2] += length
        self.size = halves.most_common(1)[0][0] if halves else 0.0
        self.bold = bold > sum(sizes.values()) / 2
        self.pitch = max(pitches, key=lambda pitch: pitches[pitch]) / 10 if pitches else 1.2

    def begins(self, group: Group, page: int, line: Line, right: float) -> bool:
        """Whether `line` begins a new block rather than going on with `group`.

        `right` is where full lines end in the column of the group's last line.
        """
        before_page, before = group.lines[-1]
        size = max(before.size, line.size, 1.0)
        if line.vertical or before.vertical:
            return True
        if page != before_page or line.y1 < before.y0 - size:
            return not self._goes_on(group, before, line, right)
        down = line.y1 - before.y1
        lines = len(group.lines)
        if (
            lines > 1
            and 0.5 * size < down <= (self.pitch + 0.25) * size
            and abs(line.x0 - group.left) < 0.3 * size
            and line.text[0].islower()
            and alike(before, line)
        ):
            return False  # the usual: the next line of a paragraph
        height = min(line.y1 - line.y0, before.y1 - before.y0)
        if min(line.y1, before.y1) - max(line.y0, before.y0) > height / 2:
            # On one printed line: a bullet or footnote mark and its text belong together, table cells do not.
            return not (len(before.text) <= 3 or len(line.text) <= 3) and not -1 <= line.x0 - before.x1 < size
        if down > (self.pitch + 0.45) * size:
            return True
        if len(before.text) > 3 and len(line.text) > 3 and not alike(before, line):
            # A whole line of bold inside a paragraph stays; a bold line above or below one is a heading.
            if abs(before.size - line.size) > 0.12 * size:
                return True
            if line.bold and closed(before.text):
                return True
            if all(other.bold for _, other in group.lines):
                # A sentence that begins in bold and goes on without; after a heading one begins.
                return not (line.text[0].islower() and down <= (self.pitch + 0.25) * size)
        ended = closed(before.text)
        if line.text[0] in _MAY_MARK:
            if BULLET.match(line.text) and (ended or not self._is_dash(group, line)):
                return len(before.text) > 1
            if ended and LETTERED.match(line.text):
                return len(before.text) > 1
            if NUMBERED.match(line.text) and (ended or self.is_heading(group)):
                return True
            if group.marked and abs(line.x0 - group.lines[0][1].x0) < 0.3 * size and marked(line.text):
                return True  # "2. ...": the next of a list whose points end in commas
        if not ended:
            return (
                not line.text[0].islower()
                and _had_room(before, line, right)
                and not self.is_heading(Group("paragraph", [(page, line)]))
            )
        hanging = lines > 1 or group.marked
        if line.x0 > before.x0 + 0.7 * size and (lines > 1 or not hanging):
            return True  # the first line of a paragraph is indented
        return group.marked and lines > 1 and line.x0 < before.x0 - 0.7 * size

    def _goes_on(self, group: Group, before: Line, line: Line, right: float) -> bool:
        """Whether a block goes on at the top of another page or column."""
        if not alike(before, line) or self.is_heading(group) or group.kind not in ("paragraph", "item"):
            return False
        if not closed(before.text):
            if line.text[0].islower() or before.text[-1] in "-\u00ad":
                return True
            # A full line without an end goes on, be it with a name or a number: not with a bullet.
            full = not _had_room(before, line, right)
            return (
                full
                and (not BULLET.match(line.text) or self._is_dash(group, line))
                and not self.is_heading(Group("paragraph", [(0, line)]))
            )
        if not group.marked or len(group.lines) < 2 or marked(line.text):
            return False
        # A new sentence that hangs where the lines of a numbered paragraph do belongs to it.
        return abs(line.x0 - group.left) < 0.5 * line.size and group.left > group.lines[0][1].x0 + line.size

    @staticmethod
    def _is_dash(group: Group, line: Line) -> bool:
        """Whether a line begins with a dash of its sentence, and not with that of a list."""
        first = group.lines[0][1]
        if line.text[0] not in "-–—" or first.text[0] == line.text[0]:
            return False
        return abs(line.x0 - (group.left or first.x0)) < 0.3 * max(line.size, 1.0)

    def is_heading(self, group: Group) -> bool:
        """Whether a block is set larger or bolder than the text, and is short and not a sentence."""
        lines = group.lines
        if len(lines) > 5:
            return False
        larger, bold = 1.2 * self.size, 0.85 * self.size
        for _, line in lines:
            if line.vertical or not (
                line.size > larger or (line.bold and not self.bold and line.size > bold)
            ):
                return False
        text = " ".join(line.text for _, line in lines)
        if len(text) > 200 or text[-1] in ".,;" or not any(map(str.isalpha, text)):
            return False
        return not BULLET.match(text)


def _had_room(before: Line, line: Line, right: float) -> bool:
    """Whether the first word of a line would well have fitted on the line before, which was ended on purpose."""
    room = right - before.x1
    word = line.text.split(None, 1)[0]
    wide = 0.6 * len(word) + 1.5
    return room > wide * before.size and room > 0.25 * (right - before.x0) and before.text[-1] not in "-–—/,;"
