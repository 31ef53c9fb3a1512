"""Which blocks are headings and list items, and how deep each heading is."""

from __future__ import annotations

from collections.abc import Sequence

from index.loaders.pdf_body import BULLET, LETTERED, Body, Group
from index.types import Block, Page

_DEEPEST = 6


def name_kinds(groups: Sequence[Group], body: Body) -> None:
    """Tell headings and list items from paragraphs; a heading's level is the rank of its type.

    Larger type ranks above smaller, bold above light of one size. The cover is no measure: its type, if no
    other page has it, is level 1 whatever its size.
    """
    for group in groups:
        if group.kind == "paragraph":
            first = group.lines[0][1].text
            if body.is_heading(group):
                group.kind = "heading"
            elif group.marked and (BULLET.match(first) or LETTERED.match(first)):
                group.kind = "item"
    headings = [group for group in groups if group.kind == "heading"]
    inside = [group for group in headings if group.lines[0][0]] or headings
    styles = sorted({_style(group) for group in inside}, reverse=True)
    ranks: dict[tuple[float, bool], int] = {}
    rank, last = 0, None
    for style in styles:
        # Sizes within a twentieth are one to the eye, and so is a bold one beside a light one of that size.
        if last is None or style[1] != last[1] or style[0] < 0.95 * last[0]:
            rank += 1
            last = style
        ranks[style] = min(rank, _DEEPEST)
    for group in headings:
        group.level = ranks.get(_style(group), 1)


def _style(group: Group) -> tuple[float, bool]:
    return round(max(line.size for _, line in group.lines) * 2) / 2, all(line.bold for _, line in group.lines)


def largest_heading(
    text: str, blocks: Sequence[Block], pages: Sequence[Page], sizes: dict[int, float]
) -> str:
    """The heading in the largest type on the first page that has one, as one line; "" without any.

    `sizes` holds the size of type of the heading that starts at an offset. A short heading ("Birmingham") is
    joined by the one that follows it ("Inspection of services").
    """
    for page in pages[:3]:
        found = [
            block
            for block in blocks
            if block.kind == "heading" and not block.boilerplate and page.start <= block.start < page.end
        ]
        if found:
            best = max(found, key=lambda block: (sizes.get(block.start, 0.0), -block.start))
            after = found[found.index(best) + 1 :][:1] if best.end - best.start <= 40 else []
            return ": ".join(" ".join(text[block.start : block.end].split()) for block in [best, *after])
    return ""
