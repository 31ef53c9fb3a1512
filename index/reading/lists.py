"""What introduces a list: its items seldom name what they are items of."""

from __future__ import annotations

import re
from bisect import bisect_right

from index.types import Document, Passage, Span

_MOST_CHARACTERS = 300
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]*\s+")


def lead_in(document: Document, passage: Passage) -> Span | None:
    """The words that introduce the list in whose midst a passage begins; None where it stands with them or there
    is no list.

    They are the end of the block above the first item, from its last sentence on, if that ends in a colon.
    """
    blocks = document.blocks
    at = bisect_right(blocks, passage.start, key=lambda block: block.start) - 1
    if at < 0 or blocks[at].kind != "item":
        return None
    while at >= 0 and blocks[at].kind in ("item", "furniture", "note"):
        at -= 1
    if at < 0 or blocks[at].kind not in ("paragraph", "heading"):
        return None
    text = document.text[blocks[at].start : blocks[at].end].rstrip()
    start = max((found.end() for found in _SENTENCE_END.finditer(text)), default=0)
    if not text.endswith(":") or len(text) - start > _MOST_CHARACTERS:
        return None
    return Span(blocks[at].start + start, blocks[at].start + len(text))
