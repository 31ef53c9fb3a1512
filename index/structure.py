"""Plain text -> Blocks: headings, paragraphs and list items, as a person would see them.

Only used when a loader knows no structure. Every rule is about the shape of lines, none about words, so that
it holds on any text: whether lines are hard-wrapped is decided once for the document, from their lengths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from index.types import Block, BlockKind

_LINE = re.compile(r"[^\r\n]+")
_BULLET = re.compile(r"[ \t]*(?:[•·▪◦●‣–—*+\uf0b7-]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)])[ \t\u00a0]+(?=\S)")
_ENDS_SENTENCE = re.compile(r"[.!?…:;][\"'”’)\]]*\s*$")
_HYPHENATED = re.compile(r"[^\W\d_][-\u00ad\u2010]$")
_HEADING_WORDS = 14
_HEADING_CHARACTERS = 110


@dataclass(frozen=True, slots=True)
class _Line:
    start: int  # of the first character that is not white space
    end: int
    indent: int
    text: str
    gap: bool  # blank lines lie before it

    @property
    def bulleted(self) -> bool:
        return bool(_BULLET.match(self.text))

    @property
    def ends_sentence(self) -> bool:
        return bool(_ENDS_SENTENCE.search(self.text))


def infer_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a plain text, in order; all text but bullet marks lies in exactly one of them.

    >>> [(b.kind, b.start, b.end) for b in infer_blocks("Findings\\n\\nToo many children wait.\\n")]
    [('heading', 0, 8), ('paragraph', 10, 33)]
    """
    lines = list(_lines(text))
    width = _wrap_width(lines)
    blocks: list[Block] = []
    run: list[_Line] = []
    for i, line in enumerate(lines):
        following = lines[i + 1] if i + 1 < len(lines) else None
        if run and not _continues(run, line, width):
            blocks.append(_block(run))
            run = []
        if not run and _is_heading(blocks, line, following, width):
            blocks.append(Block("heading", line.start, line.end, level=1))
        else:
            run.append(line)
    if run:
        blocks.append(_block(run))
    return tuple(blocks)


def _lines(text: str) -> Iterator[_Line]:
    last_newlines_at = 0
    for match in _LINE.finditer(text):
        stripped = match.group().strip(" \t\u00a0\ufeff\f\v")
        if not stripped or stripped.isspace():
            continue
        start = match.start() + match.group().index(stripped)
        between = text[last_newlines_at : match.start()]
        yield _Line(
            start=start,
            end=start + len(stripped),
            indent=start - match.start(),
            text=stripped,
            gap=last_newlines_at == 0 or between.replace("\r\n", "\n").replace("\r", "\n").count("\n") > 1,
        )
        last_newlines_at = match.end()


def _wrap_width(lines: list[_Line]) -> int:
    """The column at which lines are wrapped, or 0 when each paragraph is one line.

    Wrapped text has many lines just short of one length and none much beyond it, and a sentence somewhere
    that goes on in the next line.
    """
    lengths = sorted(line.indent + len(line.text) for line in lines)
    if len(lengths) < 2:
        return 0
    width = lengths[-1 - len(lengths) // 20]  # the longest but for one in twenty
    near = sum(0.8 * width <= length <= 1.1 * width for length in lengths)
    beyond = sum(length > 1.25 * width for length in lengths)
    adjacent = sum(not line.gap for line in lines[1:])
    flows = any(
        not line.gap and line.text[0].islower() and not last.ends_sentence for last, line in pairwise(lines)
    )
    wrapped = 30 <= width <= 130 and near >= len(lines) / 4 and beyond <= len(lines) / 50
    return width if wrapped and flows and adjacent >= len(lines) / 4 else 0


def _continues(run: list[_Line], line: _Line, width: int) -> bool:
    """Whether a line goes on with the paragraph of the lines before it."""
    last = run[-1]
    if not line.gap and line.text[0].islower() and _HYPHENATED.search(last.text):
        return True  # half a word ends no paragraph
    if not width or line.bulleted:
        return False
    if line.gap:
        # A page break inside a sentence leaves blank lines behind; the sentence goes on in lower case.
        return not last.ends_sentence and line.text[0].islower() and len(last.text) > 0.5 * width
    if line.indent and not last.indent and not run[0].bulleted:
        return False  # an indented line opens a paragraph, or an item whose bullet is lost
    # A line that had room for the next word was ended on purpose.
    short = last.indent + len(last.text) + 1 + len(line.text.split()[0]) <= width * 0.9
    if line.indent and line.indent == run[0].indent and not run[0].bulleted:
        return not short
    return not (short and (last.ends_sentence or line.text[0].isupper()))


def _is_heading(blocks: list[Block], line: _Line, following: _Line | None, width: int) -> bool:
    """Whether a line that opens a block is a heading: short, unpunctuated, set apart, and not the end."""
    if following is None or line.bulleted or line.indent > 2:
        return False
    if len(line.text) > _HEADING_CHARACTERS or len(line.text.split()) > _HEADING_WORDS:
        return False
    if re.search(r"[.,;:…]$", line.text) or not re.match(r"[\W\d_]*[^\W\d_a-z]", line.text):
        return False
    if not re.search(r"[^\W\d_]{2}", line.text) or following.text[0].islower():
        return False
    if line.gap and following.gap:
        return not line.indent
    if not width:
        return False
    # In wrapped text a heading may stand right above its paragraph, but never fills the line.
    return not line.indent and len(line.text) < 0.8 * width


def _block(run: list[_Line]) -> Block:
    first = run[0]
    bullet = _BULLET.match(first.text)
    kind: BlockKind = "item" if bullet or first.indent else "paragraph"
    return Block(kind, first.start + (bullet.end() if bullet else 0), run[-1].end)
