"""What a site prints around a reader's comment: the line that heads it, and the links below it ("Reply")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile

from index.reading.voices.comments import header_end
from index.types import Block, Span, Speech

_LINK = re.compile(
    r"\W*(?:(?:\d+\s+)?(?:reply|replies)(?:\s+to\s+(?:this|@?[\w.'’ -]{1,40}))?|(?:log|sign) in to reply|permalink|link"
    r"|(?:report|flag|share|like|unlike|dislike|upvote|downvote|recommend|edit|quote)"
    r"(?:\s+(?:abuse|this|(?:this\s+)?comment))?"
    r"|(?:show|hide|view|load)\s+(?:\d+\s+)?(?:more\s+)?repl(?:y|ies)|\d+\s+(?:likes?|upvotes?|recommends?)|↩|¶|#\d*)"
    r"(?:\s*[|·•,/()\d-]*\s*(?:reply|permalink|link|report(?: abuse| comment)?|flag|share|like|edit|quote|↩|¶"
    r"|#\d*))*\W*",
    re.IGNORECASE,
)
_LINE = re.compile(r"[^\r\n]+")
_LINK_CHARACTERS = 80


def comment_furniture(text: str, remarks: tuple[Speech, ...]) -> tuple[Span, ...]:
    """Where readers' comments, as `comments` gives them, are only headed or followed by links; in order.

    >>> text = "Ann Lee says:\\n3 May 2017 at 9:15\\nWell said.\\nReply"
    >>> [text[s.start : s.end] for s in comment_furniture(text, (Speech(0, len(text), "Ann Lee", "public"),))]
    ['Ann Lee says:\\n3 May 2017 at 9:15', 'Reply']
    """
    ends = [remark.start for remark in remarks[1:]] + [len(text)]
    return tuple(
        span
        for remark, end in zip(remarks, ends, strict=False)
        if remark.voice
        for span in _of(text, remark, end)
    )


def _of(text: str, remark: Speech, end: int) -> Iterator[Span]:
    """`end` is where the next speech begins: a link that was taken for the site's own may stand before it."""
    body = header_end(text, remark.start)
    yield Span(remark.start, body)
    lines = list(_lines(text, body, remark.end))
    links = [_is_link(text, line) for line in lines]
    links[:1] = [links[0] and not all(links)]  # somebody may say no more than that
    first, last = links.index(False), len(links) - links[::-1].index(False)
    yield from (*lines[:first], *lines[last:])
    after = _lines(text, remark.end, min(end, remark.end + 2 * _LINK_CHARACTERS))
    yield from takewhile(lambda line: _is_link(text, line), after)


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _LINE.finditer(text, start, end):
        line = match.group()
        if not line.isspace():
            yield Span(match.start() + len(line) - len(line.lstrip()), match.start() + len(line.rstrip()))


def _is_link(text: str, line: Span) -> bool:
    whole = line.end == len(text) or text[line.end].isspace()
    return whole and len(line) <= _LINK_CHARACTERS and bool(_LINK.fullmatch(text, line.start, line.end))


def without_furniture(text: str, blocks: tuple[Block, ...], spans: tuple[Span, ...]) -> tuple[Block, ...]:
    """The blocks with what lies in `spans` made furniture, and those cut in which only a part does."""
    found: list[Block] = []
    at = 0
    for block in blocks:
        while at < len(spans) and spans[at].end <= block.start:
            at += 1
        cut, start = at, block.start
        while cut < len(spans) and spans[cut].start < block.end:
            found += _piece(text, block, start, spans[cut].start)
            first, start = max(spans[cut].start, start), min(spans[cut].end, block.end)
            found += [
                replace(one, kind="furniture", level=0, boilerplate=False)
                for one in _piece(text, block, first, start)
            ]
            cut += 1
        found += _piece(text, block, start, block.end) if start > block.start else [block]
    return tuple(found)


def _piece(text: str, block: Block, start: int, end: int) -> list[Block]:
    """A stretch of a block without white space around it; nothing where there is nothing else."""
    shown = text[start:end]
    if not shown.strip():
        return []
    start += len(shown) - len(shown.lstrip())
    return [replace(block, start=start, end=start + len(shown.strip()))]
