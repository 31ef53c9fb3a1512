"""Lines placed on pages, made into text, blocks and page spans. Knows nothing of PDF files.

A paragraph that goes on over a page break is one block, and nothing stands between its two parts. What the
first page still holds (footnotes, footer) is put before that paragraph, and the header of the second page
after it: so every character is within the span of the page that it is printed on. Only when a paragraph fills
a whole page are that page's header and footer moved on, to the page that the paragraph ends on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.loaders.pdf_aligned import take_aligned
from index.loaders.pdf_body import BULLET, Body, Group, marked
from index.loaders.pdf_columns import in_reading_order
from index.loaders.pdf_contents import contents, is_title
from index.loaders.pdf_headings import largest_heading, name_kinds
from index.loaders.pdf_notes import Notes
from index.loaders.pdf_running import running
from index.loaders.pdf_tables import Row, take_tables
from index.loaders.pdf_types import Line, Sheet
from index.types import Block, BlockKind, Page


@dataclass(frozen=True, slots=True)
class Layout:
    """The text of all pages, its blocks, the span of each page (empty for one without text), and its title."""

    text: str
    blocks: tuple[Block, ...]
    pages: tuple[Page, ...]
    title: str


def arrange(sheets: Sequence[Sheet]) -> Layout:
    """The text of a document's pages in reading order.

    Lines of a block are joined by a newline and blocks by a blank line. Every line is in the text once, and in
    one block; a list item's bullet stands before its block, and only the column heads of a table are repeated
    in its rows.
    """
    found = running(sheets)
    inside = [
        [line for index, line in enumerate(sheet.lines) if (number, index) not in found.lines]
        for number, sheet in enumerate(sheets)
    ]
    body = Body(inside)
    notes = Notes(body.size)
    flow = _Flow(body)
    for number, sheet in enumerate(sheets):
        above: list[Group] = []
        below: list[Group] = []
        for index, line in enumerate(sheet.lines):
            if (number, index) in found.lines:
                # Many writers emit header and footer first of all: they are put where they are printed.
                side = above if line.y1 < sheet.height / 2 else below
                side.append(Group("furniture", [(number, line)]))
        lines, foot = notes.take(number, inside[number])
        flow.page(number, lines, sheet, above, foot + below)
    groups = flow.end()
    name_kinds(groups, body)
    labels = [sheet.label or found.printed.get(number) for number, sheet in enumerate(sheets)]
    return _write(groups, labels)


class _Flow:
    """Gathers lines into groups, over columns and pages."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._groups: list[Group] = []
        self._held: list[
            Group
        ] = []  # what is printed around a page break, until it is known what goes on there

    def page(
        self, number: int, lines: list[Line], sheet: Sheet, above: list[Group], below: list[Group]
    ) -> None:
        """Take a page: its body, what stands above it and what stands below."""
        entries = contents(lines)
        if entries is not None:
            self._release()
            self._groups += above
            self._contents(number, entries)
            self._held = below
            return
        parts = in_reading_order(take_aligned(take_tables(lines, sheet.rules)))
        start = len(self._groups)
        open_group = self._open_group(number, parts, sheet)
        if open_group is None:
            self._release()
            self._groups += above
            self._lines(number, parts, None)
            self._held = below
            return
        began = min(page for page, _ in open_group.lines)
        if began == number - 1:
            self._groups[start - 1 : start - 1] = self._held  # before the paragraph, on its page
            self._held = []
        at = len(self._groups)
        self._lines(number, parts, open_group)
        if len(self._groups) > at or not parts:
            self._groups[at:at] = self._held + above
            self._held = below
        else:
            self._held += above + below

    def end(self) -> list[Group]:
        self._release()
        return self._groups

    def _release(self) -> None:
        self._groups += self._held
        self._held = []

    def _open_group(self, number: int, parts: Sequence[Line | Row], sheet: Sheet) -> Group | None:
        """The last group, if the first line of page `number` goes on with it."""
        if not self._groups or not parts or isinstance(parts[0], Row):
            return None
        last = self._groups[-1]
        if last.kind != "paragraph" or last.boilerplate:
            return None
        began, ended = last.lines[0][0], last.lines[-1][0]
        if ended != number - 1 or (began != ended and any(group.kind == "note" for group in self._held)):
            return None  # notes stay on their page, so what fills a whole page with notes ends with it
        return None if self._body.begins(last, number, parts[0], self._right) else last

    _right = 0.0

    def _lines(self, number: int, parts: Sequence[Line | Row], group: Group | None) -> None:
        rights = _rights([part for part in parts if isinstance(part, Line)])
        begins = self._body.begins
        for part in parts:
            if isinstance(part, Row):
                self._groups.append(Group(part.kind, [(number, part.line)]))
                group = None
                continue
            if group is None or begins(group, number, part, self._right):
                group = Group("paragraph", [(number, part)], marked=marked(part.text))
                self._groups.append(group)
            else:
                group.lines.append((number, part))
                if not group.left or part.x0 < group.left:
                    group.left = part.x0
            self._right = rights.get(round(part.x0 / _COLUMN), part.x1)

    def _contents(self, number: int, entries: list[list[Line]]) -> None:
        above, *rest = entries
        group: Group | None = None
        for line in above:
            if group is None or self._body.begins(group, number, line, 0.0):
                # No heading: what follows the contents is not under it.
                title = is_title(line.text)
                kind: BlockKind = "row" if title else "paragraph"
                group = Group(kind, [(number, line)], boilerplate=title, marked=marked(line.text))
                self._groups.append(group)
            else:
                group.lines.append((number, line))
        for entry in rest:
            self._groups.append(Group("row", [(number, line) for line in entry], boilerplate=True))


_COLUMN = 40.0  # points: lines that begin within them are of one column


def _rights(lines: list[Line]) -> dict[int, float]:
    """Where full lines end, for each place where lines begin: the longest but one in ten."""
    ends: dict[int, list[float]] = {}
    for line in lines:
        ends.setdefault(round(line.x0 / _COLUMN), []).append(line.x1)
    return {key: sorted(found)[-1 - len(found) // 10] for key, found in ends.items()}


def _write(groups: list[Group], labels: Sequence[str | None]) -> Layout:
    parts: list[str] = []
    blocks: list[Block] = []
    sizes: dict[int, float] = {}
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    length = current = 0
    last = ""
    for group in groups:
        gap = "" if not parts else "\n" if group.kind == last and last in ("item", "row") else "\n\n"
        last = group.kind
        begin = length + len(gap)
        for page, line in group.lines:
            text = line.text
            parts.append(gap)
            parts.append(text)
            if page > current or not starts:
                ends[current] = length
                current = max(page, current)
                starts[current] = length + len(gap)
            length += len(gap) + len(text)
            gap = "\n"
        if group.kind == "item":
            bullet = BULLET.match("\n".join(line.text for _, line in group.lines[:2]))
            if bullet and bullet.end() < length - begin:
                begin += bullet.end()
        if group.kind == "heading":
            sizes[begin] = max(line.size for _, line in group.lines)
        blocks.append(Block(group.kind, begin, length, group.level, group.boilerplate))
    ends[current] = length
    pages = []
    at = 0
    for index, label in enumerate(labels):
        start = starts.get(index, at)
        at = ends.get(index, start)
        pages.append(Page(index + 1, start, at, label))
    text = "".join(parts)
    return Layout(text, tuple(blocks), tuple(pages), largest_heading(text, blocks, pages, sizes))
