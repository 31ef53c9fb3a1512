"""Rows of a table that stand in the text as their author typed them, "| 2016 | 4,120 |", read with their heads."""

from __future__ import annotations

import re
from bisect import bisect_right

from index.types import Document, Span

_BAR = re.compile(r"(?<!\\)\|")


def said(document: Document, sentence: Span, path: str) -> str:
    """The words of a sentence; in a row under heads, its cells after the head of each.

    `path` is that of the headings above it, which ends in the heads ("Findings › Year | Referrals").
    """
    words = document.text[sentence.start : sentence.end]
    if "|" not in path:
        return words
    i = bisect_right(document.blocks, sentence.start, key=lambda block: block.start) - 1
    if i < 0 or document.blocks[i].kind != "row":
        return words
    before = document.text[document.blocks[i].start : sentence.start]
    return labelled(words, path.rpartition(" › ")[2], len(_BAR.findall(before)))


def labelled(row: str, heads: str, first: int = 0) -> str:
    """A row's cells, or those from column `first` on, with their heads.

    >>> labelled("2016 | 4,120", "Year | Referrals")
    'Year: 2016; Referrals: 4,120.'
    """
    names = [name.strip() for name in _BAR.split(heads)]
    cells = [cell.strip() for cell in _BAR.split(row)]
    parts = []
    for column, cell in enumerate(cells, first):
        name = names[column].rstrip(": ") if column < len(names) else ""
        if cell:
            parts.append(f"{name}: {cell}" if name else cell)
    line = "; ".join(parts)
    return line if line.endswith((".", "!", "?")) else f"{line}."
