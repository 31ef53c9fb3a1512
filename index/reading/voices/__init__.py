"""Text and blocks -> who speaks where: readers' comments, and quotations by a named speaker."""

from __future__ import annotations

from index.reading.voices.comments import comments
from index.reading.voices.quotations import quotations
from index.types import Block, Speech

__all__ = ["comments", "quotations", "speeches"]


def speeches(text: str, blocks: tuple[Block, ...] = ()) -> tuple[Speech, ...]:
    """The words of others than the author, in order and without overlap.

    A reader's comment has the voice "public", its writer and its day; a quotation has its speaker alone, as the
    document's own voice prints it. What is quoted without saying whom is the author's. Without `blocks` the
    structure is inferred from the text.
    """
    from index.reading.structure import infer_blocks

    blocks = blocks or infer_blocks(text)
    remarks = comments(text, blocks)
    return tuple(sorted([*remarks, *quotations(text, blocks, remarks)], key=lambda speech: speech.start))
