"""A document as it reads, in blocks cut at the cited span: what the source viewer prints.

Offsets are those of `Document.text` throughout. Cutting text into pieces, in place of inserting tags into it,
leaves escaping to the template: no markup is ever built from a document's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from index import Block, Document, infer_blocks

_PARAGRAPH = re.compile(r"\S(?:.*?\S)??(?=\s*\n[^\S\n]*\n|\s*\Z)", re.DOTALL)
_WORD = re.compile(r"\w")
_MARKUP = re.compile(r"[#>|=*_-]+")
_BULLETS = frozenset("-*+•·▪◦●‣\u2013\u2014\uf0b7")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is wholly inside or outside the cited span; `anchor` on the first one inside."""

    text: str
    marked: bool = False
    anchor: bool = False


@dataclass(frozen=True, slots=True)
class ViewBlock:
    """A block to print. `marker` is its number as printed; `page` labels a page that begins here; `aside` marks
    what belongs to the site and not to the document.
    """

    kind: str
    level: int
    start: int
    pieces: tuple[Piece, ...]
    marker: str = ""
    page: str = ""
    aside: bool = False


def view_blocks(document: Document, start: int = 0, end: int = 0) -> list[ViewBlock]:
    """The document's blocks in reading order; characters `start` to `end` are marked, across blocks too."""
    text = document.text
    pages = [(page.start, page.label or str(page.number)) for page in document.pages]
    out: list[ViewBlock] = []
    anchored = False
    for block, marker in _blocks(document):
        pieces = []
        for piece_start, piece_end, marked in _cut(block.start, block.end, start, end):
            words = text[piece_start:piece_end]
            # The link target goes on words: a mark around white space alone cannot be seen or scrolled to.
            marked = marked and not words.isspace()
            pieces.append(Piece(words, marked, anchor=marked and not anchored))
            anchored = anchored or marked
        page = ""
        while pages and pages[0][0] <= block.start:
            page = pages.pop(0)[1]
        out.append(
            ViewBlock(block.kind, block.level, block.start, tuple(pieces), marker, page, block.boilerplate)
        )
    return out


def _cut(low: int, high: int, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """The parts of low..high before, inside and after start..end, without the empty ones."""
    inner_low, inner_high = min(max(low, start), high), max(min(high, end), low)
    if inner_low >= inner_high:
        yield low, high, False
        return
    parts = (low, inner_low, False), (inner_low, inner_high, True), (inner_high, high, False)
    yield from (part for part in parts if part[0] < part[1])


def _blocks(document: Document) -> Iterator[tuple[Block, str]]:
    """Every block with its marker, and words between blocks as paragraphs: nothing readable is dropped."""
    text, last = document.text, 0
    # Where a loader knew no structure, the page shows the headings that the passages were cut by.
    for block in document.blocks or infer_blocks(text):
        start, end = max(block.start, last), min(block.end, len(text))
        if not text[start:end].strip():
            continue
        # What stands before a block on its own line is its bullet or number; loaders leave it outside.
        line = max(text.rfind("\n", last, start) + 1, last)
        yield from _paragraphs(text, last, line)
        marker = text[line:start].strip()
        if marker and not _marker_to_show(marker, block.kind):
            marker = ""
        yield replace(block, start=start, end=end), marker
        last = end
    yield from _paragraphs(text, last, len(text))


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[Block, str]]:
    for match in _PARAGRAPH.finditer(text[start:end]):
        if _WORD.search(match.group()):
            yield Block("paragraph", start + match.start(), start + match.end()), ""


def _marker_to_show(marker: str, kind: str) -> bool:
    """Numbers say which paragraph it is; a bare bullet becomes the list's own; Markdown's signs go.

    >>> _marker_to_show("12.", "item"), _marker_to_show("-", "item"), _marker_to_show("##", "heading")
    (True, False, False)
    """
    return bool(marker) and marker not in _BULLETS and not (_MARKUP.fullmatch(marker))
