"""A document as a person reads it: its paragraphs, what is boilerplate, who speaks, and of which time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

from index.reading.boilerplate import mark_boilerplate
from index.reading.dates import mentions, publication_date
from index.reading.dates.made import made_with_its_text
from index.reading.structure import infer_blocks
from index.reading.voices import speeches
from index.reading.voices.furniture import comment_furniture, without_furniture
from index.types import Block, Document, Passage, Speech


def annotate(document: Document, made: str = "") -> Document:
    """The document with all that can be told from its text: blocks, boilerplate, speeches, publication date.

    What its loader or sources.csv already says stays. `made` is the day on which its file was made, or "": it counts
    where nothing else gives a date, and the text bears it out.
    """
    info = document.info
    blocks = mark_boilerplate(document.text, document.blocks or infer_blocks(document.text))
    if not info.published and (stated := publication_date(document.text, blocks)):
        info = replace(info, published=stated[0], dated_by="text")
    elif not info.published and made and (month := made_with_its_text(made, document.text)):
        info = replace(info, published=month, dated_by="metadata")
    found = speeches(document.text, blocks)
    blocks = without_furniture(document.text, blocks, comment_furniture(document.text, found))
    if not document.blocks:
        blocks = _without_headings(blocks, found)
    return replace(document, info=info, blocks=blocks, speeches=found)


def _without_headings(blocks: tuple[Block, ...], found: tuple[Speech, ...]) -> tuple[Block, ...]:
    """The blocks, with what looks like a heading in a reader's comment made a paragraph: nobody heads a remark."""
    spoken = [speech for speech in found if speech.voice]
    ends = [speech.end for speech in spoken]

    def inside(block: Block) -> bool:
        i = bisect_right(ends, block.start)
        return i < len(spoken) and spoken[i].start < block.start

    return tuple(
        replace(block, kind="paragraph", level=0) if block.kind == "heading" and inside(block) else block
        for block in blocks
    )


def dated(document: Document, passages: list[Passage]) -> list[Passage]:
    """The passages with the dates that each speaks of, read as on the day on which it was published."""
    published = document.info.published
    return [
        replace(
            passage,
            dates=mentions(document.text, passage.start, passage.end, passage.published or published),
        )
        for passage in passages
    ]
