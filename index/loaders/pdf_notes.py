"""Footnotes told from body text: smaller type at the bottom of a page or column, opened by a note's mark."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.loaders.pdf_body import Group, closed
from index.loaders.pdf_types import Line

_SMALLER = 0.95  # of the size of body text
_MARK = re.compile(r"(?:(\d{1,3})|\[\d{1,3}\]|[*†‡§¶]|[¹²³⁰⁴-⁹]{1,3})\s*(?=\S)")
_SET_APART = re.compile(r"\d{1,3}\s+(?=[^\W\d_])")


@dataclass(slots=True)
class Notes:
    """Takes the footnotes out of page after page: a note may go on in the next column or on the next page."""

    body_size: float
    _last: int = 0  # the number of the last numbered note
    _open: bool = False  # the last note has not come to its end

    def take(self, page: int, lines: list[Line]) -> tuple[list[Line], list[Group]]:
        """The lines of a page without its notes, and the notes, one group each."""
        small = self.body_size * _SMALLER
        if not any(0 < line.size < small for line in lines):
            return lines, []
        kept: list[Line] = []
        notes: list[Group] = []
        at = 0
        while at < len(lines):
            end = at
            while end < len(lines) and 0 < lines[end].size < small and not lines[end].vertical:
                end += 1
            if end == at:
                kept.append(lines[at])
                at += 1
                continue
            begin = self._begin(lines[at:end]) + at
            if begin < end and _at_bottom(lines[begin:end], lines, small):
                kept += lines[at:begin]
                self._gather(page, lines[begin:end], notes)
            else:
                kept += lines[at:end]
            at = end
        return kept, notes

    def _begin(self, run: list[Line]) -> int:
        """The index of the line with which notes begin in a run of small lines; its length without any."""
        if self._open:
            return 0
        return next((index for index, line in enumerate(run) if self._marks(line)), len(run))

    def _marks(self, line: Line) -> bool:
        match = _MARK.match(line.text)
        if not match:
            return False
        if match[1] is None or line.raised:
            return True
        # Not raised, as after OCR: it must count on from the last note.
        return int(match[1]) == self._last + 1 and bool(_SET_APART.match(line.text))

    def _gather(self, page: int, lines: list[Line], notes: list[Group]) -> None:
        for line in lines:
            if self._marks(line):
                match = _MARK.match(line.text)
                if match and match[1]:
                    self._last = int(match[1])
                notes.append(Group("note", [(page, line)]))
            elif notes:
                notes[-1].lines.append((page, line))
            else:
                notes.append(Group("note", [(page, line)]))  # goes on from the page before
        self._open = not closed(lines[-1].text)


def _at_bottom(run: list[Line], lines: list[Line], small: float) -> bool:
    """Whether no body text stands below a run of lines in its column."""
    x0, x1 = min(line.x0 for line in run), max(line.x1 for line in run)
    bottom = max(line.y1 for line in run)
    return not any(
        line.size >= small and line.y0 > bottom - line.size and line.x0 < x1 and line.x1 > x0
        for line in lines
    )
