"""What introduces a list: its items seldom name what they are items of."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import takewhile

from index.types import Document, Passage, Span

_MOST_CHARACTERS = 300
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]*\s+")


def lead_in(document: Document, passage: Passage) -> Span | None:
    """The words that introduce the list in whose midst a passage begins; None where it stands with them or there
    is no list.
    """
    found = listing(document, passage.start)
    return found[0] if found and any(item.start <= passage.start for item in found[1]) else None


def listing(document: Document, at: int) -> tuple[Span, tuple[Span, ...]] | None:
    """The words that introduce the list in which a character stands, and the list's items. None where it stands
    in no item and not in such words.

    They are the end of the block above the first item, from its last sentence on, if that ends in a colon.
    """
    blocks = document.blocks
    n = bisect_right(blocks, at, key=lambda block: block.start) - 1
    if n >= 0 and blocks[n].kind in ("furniture", "note"):
        return None
    while n >= 0 and blocks[n].kind in ("item", "furniture", "note"):
        n -= 1
    if n < 0 or blocks[n].kind not in ("paragraph", "heading"):
        return None
    text = document.text[blocks[n].start : blocks[n].end].rstrip()
    start = max((found.end() for found in _SENTENCE_END.finditer(text)), default=0)
    lead = Span(blocks[n].start + start, blocks[n].start + len(text))
    if not text.endswith(":") or len(text) - start > _MOST_CHARACTERS or at < lead.start:
        return None
    below = takewhile(lambda block: block.kind in ("item", "furniture", "note"), blocks[n + 1 :])
    items = tuple(Span(block.start, block.end) for block in below if block.kind == "item")
    return (lead, items) if items else None
