"""A document as it reads, in blocks cut at the cited span and at what was searched for: what the viewer prints.

Offsets are those of `Document.text` throughout. Cutting text into pieces, in place of inserting tags into it,
leaves escaping to the template: no markup is ever built from a document's own words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from index import Block, Document, Page, Span, Speech, infer_blocks

_PARAGRAPH = re.compile(r"\S(?:.*?\S)??(?=\s*\n[^\S\n]*\n|\s*\Z)", re.DOTALL)
_NUMBER = re.compile(r"((?:\d{1,3}\.){1,4}\d{1,3}|\d{1,4}(?=[.)]))[.)]?\s", re.ASCII)
_WORD = re.compile(r"\w")
_MARKUP = re.compile(r"[#>|=*_-]+")
_BULLETS = frozenset("-*+•·▪◦●‣\u2013\u2014\uf0b7")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is wholly inside or outside the cited span; `anchor` on the first one inside.

    `match` counts from 1 the places that were searched for, 0 outside of them; `first` begins one.
    """

    text: str
    marked: bool = False
    anchor: bool = False
    match: int = 0
    first: bool = False


@dataclass(frozen=True, slots=True)
class ViewBlock:
    """A block to print. `marker` is its number as printed; `page` is one that begins here; `aside` marks
    what belongs to the site and not to the document. `paragraph` is its number, once in a document, to link to;
    `speech` is who says it where that is not the document's author, on the first block that they say.
    """

    kind: str
    level: int
    start: int
    pieces: tuple[Piece, ...]
    marker: str = ""
    page: Page | None = None
    aside: bool = False
    paragraph: str = ""
    speech: Speech | None = None


def places_of(text: str, wanted: str, most: int = 500) -> list[Span]:
    """Where words stand in a text, in any case and over any white space; at most so many places.

    >>> places_of("The council. THE\\nCOUNCIL!", "the council")
    [Span(start=0, end=11), Span(start=13, end=24)]
    """
    if not wanted.split():
        return []
    pattern = re.compile(r"\s+".join(re.escape(word) for word in wanted.split()), re.IGNORECASE)
    return [Span(*match.span()) for match in islice(pattern.finditer(text), most)]


def view_blocks(
    document: Document, start: int = 0, end: int = 0, found: Sequence[Span] = ()
) -> list[ViewBlock]:
    """The document's blocks in reading order; characters `start` to `end` are marked, across blocks too.

    So are those `found`, which have to be in order and apart.
    """
    text = document.text
    numbered: set[str] = set()
    said: Speech | None = None
    ends = [place.end for place in found]
    seen = 0
    pages = deque(document.pages)
    out: list[ViewBlock] = []
    anchored = False
    for block, marker in _blocks(document):
        pieces = []
        for cut_start, cut_end, marked in _cut(block.start, block.end, start, end):
            for piece_start, piece_end, match in _matches(cut_start, cut_end, found, ends):
                words = text[piece_start:piece_end]
                # The link target goes on words: a mark around white space alone cannot be seen or scrolled to.
                marked = marked and not words.isspace()
                match = 0 if words.isspace() else match
                pieces.append(Piece(words, marked, marked and not anchored, match, match > seen))
                anchored, seen = anchored or marked, max(seen, match)
        paragraph = _paragraph_number(marker, text[block.start : block.start + 20], block)
        paragraph = "" if paragraph in numbered else paragraph
        numbered.add(paragraph)
        speech = _speech(document, block)
        page = None
        while pages and pages[0].start <= block.start:
            page = pages.popleft()
        out.append(
            ViewBlock(
                block.kind,
                block.level,
                block.start,
                tuple(pieces),
                marker,
                page,
                block.boilerplate,
                paragraph,
                speech if speech is not said else None,
            )
        )
        said = speech
    return out


def _matches(low: int, high: int, found: Sequence[Span], ends: list[int]) -> Iterator[tuple[int, int, int]]:
    """The parts of low..high inside and outside of what was found, with its number or 0."""
    at = low
    for i in range(bisect_right(ends, low), len(found)):
        if found[i].start >= high:
            break
        begin, stop = max(found[i].start, at), min(found[i].end, high)
        if at < begin:
            yield at, begin, 0
        yield begin, stop, i + 1
        at = stop
    if at < high:
        yield at, high, 0


def _paragraph_number(marker: str, beginning: str, block: Block) -> str:
    """The number that a paragraph bears, "" if none. A bare number without a point may be part of a sentence.

    >>> _paragraph_number("17.", "", Block("paragraph", 0, 1)), _paragraph_number("", "2.4 A", Block("item", 0, 1))
    ('17', '2.4')
    >>> _paragraph_number("", "12 children", Block("paragraph", 0, 1))
    ''
    """
    if block.kind not in ("paragraph", "item") or block.boilerplate:
        return ""
    match = _NUMBER.match(marker + " " if marker else beginning)
    return match[1] if match else ""


def _speech(document: Document, block: Block) -> Speech | None:
    """Who says most of a block, where a loader or a rule has found that it is someone else."""
    i = bisect_right(document.speeches, block.start, key=lambda speech: speech.end)
    for speech in document.speeches[i:]:
        if speech.start >= block.end:
            break
        inside = min(speech.end, block.end) - max(speech.start, block.start)
        if 2 * inside >= block.end - block.start:
            return speech
    return None


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
