"""Document -> Passages: whole sentences, packed up to a budget of tokens, never across a heading.

A passage keeps to its document's characters: `document.text[start:end] == text`. Cleaning is for the embedder.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import nupunkt

from index.structure import infer_blocks
from index.tokens import count_tokens, token_spans
from index.types import Block, Document, Passage, Span, passage_id

SPLITTER = "1"
"""Part of an index's fingerprint: to be raised with every change that moves a passage's borders."""

_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,3})*\.?|\[\d{1,4}\]|\(\d{1,3}\))\s+(?=\S)")
_HEADING_SEPARATOR = " › "


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence, or a piece of one that alone exceeds the budget. `opens` marks a block's first."""

    start: int
    end: int
    tokens: int
    opens: bool
    item: bool


def split(document: Document, passage_tokens: int = 120) -> list[Passage]:
    """The passages of a document in order. Each holds at most `passage_tokens` cl100k tokens.

    A sentence is cut only when it alone exceeds the budget. Furniture enters no passage.
    """
    text = document.text
    blocks = document.blocks or infer_blocks(text)
    passages: list[Passage] = []
    for heading, section in _sections(text, blocks):
        sentences = [sentence for block in section for sentence in _sentences(text, block, passage_tokens)]
        for group in _pack(text, sentences, passage_tokens):
            passages.append(_passage(document, len(passages), heading, group))
    return passages


def _sections(text: str, blocks: tuple[Block, ...]) -> Iterator[tuple[str, list[Block]]]:
    """Runs of blocks that no heading and no furniture interrupts, each with its path of headings.

    A heading with nothing under it is a section of its own, or its words could not be found.
    """
    path: list[tuple[int, str]] = []
    section: list[Block] = []
    pending: Block | None = None  # a heading that has no text under it yet
    for block in blocks:
        if block.kind in ("heading", "furniture") and section:
            yield _path(path), section
            section = []
        if block.kind == "heading":
            if pending is not None and path and block.level <= path[-1][0]:
                yield _path(path[:-1]), [pending]
            path = [(level, title) for level, title in path if level < block.level]
            path.append((block.level, " ".join(text[block.start : block.end].split())))
            pending = block
        elif block.kind != "furniture":
            section.append(block)
            pending = None
    if section:
        yield _path(path), section
    elif pending is not None:
        yield _path(path[:-1]), [pending]


def _path(path: list[tuple[int, str]]) -> str:
    return _HEADING_SEPARATOR.join(title for _, title in path)


def _sentences(text: str, block: Block, budget: int) -> Iterator[_Sentence]:
    """A block's sentences, cut where one alone exceeds the budget."""
    opens = True
    for start, end in sentence_spans(text, block.start, block.end):
        for piece in _fit(text, start, end, budget):
            tokens = count_tokens(text[piece.start : piece.end])
            yield _Sentence(piece.start, piece.end, tokens, opens, block.kind in ("item", "row"))
            opens = False


def sentence_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences between two offsets of a text, without the white space around them."""
    # A line break inside a paragraph is a space to the reader, and one character like it: offsets stay.
    flat = re.sub(r"[\r\n\t\u00a0]", " ", text[start:end])
    spans: list[tuple[int, int]] = []
    for a, b in nupunkt.sent_spans(flat):
        piece = flat[a:b]
        stripped = piece.strip()
        if not stripped:
            continue
        a += len(piece) - len(piece.lstrip())
        if spans and not re.search(r"\w", stripped):  # a stray quotation mark ends the sentence before it
            spans[-1] = (spans[-1][0], start + a + len(stripped))
        else:
            spans.append((start + a, start + a + len(stripped)))
    return spans


def _fit(text: str, start: int, end: int, budget: int) -> Iterator[Span]:
    """A sentence as it is, or in the fewest even pieces within the budget, cut at white space if there is any."""
    tokens = token_spans(text[start:end])
    if len(tokens) <= budget:
        yield Span(start, end)
        return
    starts = [token.start for token in tokens]
    # A cut at white space takes up to half a piece away; what is left must still fit.
    at = start
    while at < end:
        first = bisect_right(starts, at - start) - 1
        if len(tokens) - first <= budget:
            stop = end
        else:
            limit = start + starts[first + budget - 1]
            space = max(text.rfind(" ", at, limit), text.rfind("\n", at, limit))
            stop = space if space > at + (limit - at) // 2 else max(limit, at + 1)
        piece = text[at:stop]
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            yield Span(at + lead, at + len(piece.rstrip()))
        at = stop


def _pack(text: str, sentences: list[_Sentence], budget: int) -> Iterator[list[_Sentence]]:
    """Sentences grouped in order within the budget, whole blocks kept together where they fit."""
    group: list[_Sentence] = []
    for i, sentence in enumerate(sentences):
        if group:
            block = _block_tokens(sentences, i) if sentence.opens else sentence.tokens
            needed = min(block, budget)
            size = count_tokens(text[group[0].start : sentence.end])
            if size > budget or (sentence.opens and size - sentence.tokens + needed > budget):
                yield group
                group = []
        group.append(sentence)
    if group:
        yield group


def _block_tokens(sentences: list[_Sentence], first: int) -> int:
    """The tokens of the block that a sentence opens."""
    total = sentences[first].tokens
    for sentence in sentences[first + 1 :]:
        if sentence.opens:
            break
        total += sentence.tokens
    return total


def _passage(document: Document, ordinal: int, heading: str, group: list[_Sentence]) -> Passage:
    start, end = group[0].start, group[-1].end
    text = document.text[start:end]
    number = _NUMBER.match(text)
    return Passage(
        passage_id=passage_id(document.info.doc_id, start, end),
        doc_id=document.info.doc_id,
        ordinal=ordinal,
        start=start,
        end=end,
        text=text,
        heading=heading,
        page=next((page.number for page in document.pages if page.start <= start < page.end), None),
        paragraph=number.group(1).strip("[]().") if number else None,
        sentences=tuple(Span(sentence.start, sentence.end) for sentence in group),
    )
