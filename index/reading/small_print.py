"""Boilerplate that form alone gives away: footnotes in smaller type, and summaries that repeat the opening."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from index.types import Block

_LINES = 60  # a text of fewer says too little about its width
_WIDER = 1.2
_WIDEST = 1.6
_MOST_LINES = 12
_MOST_SHARE = 0.1
_RUN_WORDS = 8
_SHARED = 0.5
_SENTENCE = re.compile(
    r".*\b(?:the|an?|of|and|to|in|is|are|was|were|that)\b.*\b(?:the|an?|of|and|to|in|is"
    r"|are|was|were|that)\b.*[.!?]$"
)


def small_print(text: str, blocks: Sequence[Block]) -> frozenset[int]:
    """The blocks of hard-wrapped text whose lines hold a fifth more than its other lines do.

    More characters fit on a line in smaller type: these are footnotes and imprints that were printed so.
    Nothing is found where that is so of more than a few, or where lines are not wrapped. Tables and lists are left
    out: their type is often small too, and they say what the document says.
    """
    lines = [
        [line.strip() for line in re.split(r"[\r\n]+", text[block.start : block.end])]
        if block.kind == "paragraph" and block.end - block.start < _MOST_LINES * 200
        else []
        for block in blocks
    ]
    full = [len(line) for block in lines if len(block) > 2 for line in block[:-1]]
    if len(full) < _LINES:
        return frozenset()
    usual = median(full)
    found = {i for i, block in enumerate(lines) if block and _is_small(block, usual)}
    share = sum(len(lines[i]) for i in found) / sum(map(len, lines))
    return frozenset(found if share <= _MOST_SHARE else ())


def _is_small(lines: list[str], usual: float) -> bool:
    if len(lines) == 1 and not _SENTENCE.match(lines[0]):
        return False  # a wide line alone may be a row of a table, or a title
    whole = [len(line) for line in lines[:-1]] or [len(lines[0])]
    return (
        len(lines) <= _MOST_LINES
        and _WIDER * usual <= median(whole)
        and max(map(len, lines)) <= _WIDEST * usual
    )


def repeats_opening(paragraph: str, opening: str) -> bool:
    """Whether a paragraph says again what an opening says: half of its words, eight of them in one run.

    >>> repeats_opening("The council did not know how many children it had.",
    ...                 "In May the council did not know how many children it had in care.")
    True
    """
    words, first = (re.findall(r"\w+", part.casefold()) for part in (paragraph, opening))
    if len(words) < _RUN_WORDS:
        return False
    runs = {tuple(first[i : i + _RUN_WORDS]) for i in range(len(first) - _RUN_WORDS + 1)}
    shared = any(tuple(words[i : i + _RUN_WORDS]) in runs for i in range(len(words) - _RUN_WORDS + 1))
    return shared and sum(word in set(first) for word in words) >= _SHARED * len(words)
