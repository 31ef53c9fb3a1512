"""Document -> Passages: whole sentences, packed up to a budget of tokens, never across a heading.

A passage keeps to its document's characters: `document.text[start:end] == text`. Cleaning is for the embedder.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import nupunkt

from index.reading.lines import BLANK, BULLET
from index.reading.structure import infer_blocks
from index.tokens import count_tokens, token_spans
from index.types import Block, Document, Page, Passage, Span, Speech, passage_id

SPLITTER = "6"
"""Part of an index's fingerprint: to be raised with every change that moves a passage's borders."""

PASSAGE_TOKENS = 80
"""How long a passage may be: two or three sentences, so that a citation is a place and not a page."""

_NUMBER = re.compile(
    r"(\d{1,3}(?:\.\d{1,3})+\.?|\d{1,3}[.)]|\[\d{1,4}\]|\(\d{1,3}\)"
    # A bare number is a paragraph's only before a sentence: "18 children lived elsewhere" counts children,
    # "8 April" is a day, and "3 Comments" heads a list.
    r"|\d{1,3}(?=\s+(?!(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec|Comment)[a-z]*\b)[\"'“‘]?[A-Z]))"
    r"\s+(?=\S)"
)
_UNBROKEN = re.compile(r"(?<!\S)\S{1000,}")
_HEADING_SEPARATOR = " › "
_HEADING_CHARACTERS = 300
"""A heading is repeated with each of its passages; what is longer is text, whatever its author called it."""
_MARK_CHARACTERS = 40
"""What stands before a block on its line and is longer is no bullet, whatever the loader left out."""
_TOKEN_CHARACTERS = 128
"""No token is longer: that is a run of spaces."""
_WINDOW = 50_000
_LINE_END = re.compile(r"\r\n|\r|\n")
_JOINERS = re.compile("[\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence, or a piece of one that alone exceeds the budget. `opens` marks a block's first.

    `number` is that of the numbered paragraph it belongs to; `numbered` marks the paragraph's first sentence.
    `begins` is where a passage begins that it is the first of: at its block's mark, if it has one.
    """

    start: int
    end: int
    tokens: int
    opens: bool
    number: str | None
    numbered: bool
    begins: int


def split(document: Document, passage_tokens: int = PASSAGE_TOKENS) -> list[Passage]:
    """The passages of a document in order. Each holds at most `passage_tokens` cl100k tokens.

    A sentence is cut only when it alone exceeds the budget. Furniture enters no passage; boilerplate, and what
    someone else than the author says at length, share none with other text. A passage begins with the mark of its
    first block ("- ", "(a) "), which belongs to no sentence and is not counted.
    """
    text = document.text
    blocks = document.blocks or infer_blocks(text)
    marks = _marks(text, blocks)
    apart = [speech for speech in document.speeches if speech.voice]
    passages: list[Passage] = []
    for heading, section in _sections(text, blocks):
        for run in _runs(section, apart):
            sentences = list(_sentences(text, run, marks, passage_tokens))
            for group in _pack(text, sentences, passage_tokens):
                passages.append(_passage(document, len(passages), heading, group, run[0].boilerplate))
    return passages


def _marks(text: str, blocks: Sequence[Block]) -> dict[int, int]:
    """Where the mark before a block begins, by the block's start; for the blocks that have one.

    That is what else stands on the line before the block, or a bullet that has the line above to itself.
    """
    found: dict[int, int] = {}
    last = 0
    for block in blocks:
        between = text[last : block.start]
        last = block.end
        shown = between.rstrip()
        at = max(shown.rfind("\n"), shown.rfind("\r")) + 1
        mark = shown[at:].lstrip(BLANK)
        if not mark or len(mark) > _MARK_CHARACTERS or block.kind in ("heading", "heads", "furniture"):
            continue
        ends = len(_LINE_END.findall(between, len(shown)))
        alone = len(mark) == 1 or ((bullet := BULLET.match(f"{mark} x")) and bullet.end() > len(mark))
        if not ends or (ends == 1 and alone):
            found[block.start] = block.start - len(between) + len(shown) - len(mark)
    return found


def _runs(section: list[Block], apart: list[Speech]) -> Iterator[list[Block]]:
    """A section's blocks in runs that are all boilerplate or all not, and all of one speaker."""

    for _, run in groupby(
        section, lambda block: (block.boilerplate, block.kind == "note", _speech_at(apart, block.start))
    ):
        yield list(run)


def _speech_at(speeches: Sequence[Speech], at: int) -> Speech | None:
    """The speech that a character belongs to; they are in order and don't overlap."""
    i = bisect_right(speeches, at, key=lambda speech: speech.start) - 1
    return speeches[i] if i >= 0 and at < speeches[i].end else None


def _sections(text: str, blocks: tuple[Block, ...]) -> Iterator[tuple[str, list[Block]]]:
    """Runs of blocks that no heading and no furniture interrupts, each with its path of headings.

    A heading with nothing under it is a section of its own, or its words could not be found. A table under heads
    is a section, and they end its path.
    """
    path: list[tuple[int, str]] = []
    heads = ""
    section: list[Block] = []
    pending: Block | None = None  # a heading that has no text under it yet
    for block in blocks:
        titles = block.kind == "heading" and not block.boilerplate  # a site's own headings head nothing
        ends = titles or block.kind in ("furniture", "heads") or bool(heads and block.kind != "row")
        ended = ends and bool(section)
        if ended:
            yield _path(path, heads), section
            section = []
        if block.kind == "heads" and block.end - block.start <= _HEADING_CHARACTERS:
            heads, pending = " ".join(text[block.start : block.end].split()), None
            continue
        if block.kind != "row" and (ended or block.kind != "furniture"):  # a line is drawn below the heads
            heads = ""
        if titles:
            if pending is not None and path and block.level <= path[-1][0]:
                yield _path(path[:-1]), [pending]
            path = [(level, title) for level, title in path if level < block.level]
            pending = None
            if block.end - block.start > _HEADING_CHARACTERS:
                section = [block]
            else:
                path.append((block.level, " ".join(text[block.start : block.end].split())))
                pending = block
        elif block.kind != "furniture":
            section.append(block)
            pending = None
    if section:
        yield _path(path, heads), section
    elif pending is not None:
        yield _path(path[:-1]), [pending]


def _path(path: list[tuple[int, str]], heads: str = "") -> str:
    return _HEADING_SEPARATOR.join([*(title for _, title in path), *filter(None, [heads])])


def _sentences(text: str, section: list[Block], marks: dict[int, int], budget: int) -> Iterator[_Sentence]:
    """A section's sentences, cut where one alone exceeds the budget.

    A number at the head of a block is its paragraph's, and that of the list items that follow it.
    """
    number: str | None = None
    for block in section:
        found = _NUMBER.match(text, block.start, block.end)
        if found:
            number = found.group(1).strip("[]().")
        elif block.kind != "item":
            number = None
        opens = True
        for start, end in sentence_spans(text, block.start, block.end):
            for piece, tokens in _fit(text, start, end, budget):
                begins = marks.get(block.start, piece.start) if opens else piece.start
                numbered = opens and found is not None
                yield _Sentence(piece.start, piece.end, tokens, opens, number, numbered, begins)
                opens = False


def sentence_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences between two offsets of a text, without the white space around them."""
    # A line break inside a paragraph is a space to the reader, and one character like it: offsets stay.
    flat = re.sub(r"[\r\n\t\u00a0]", " ", text[start:end])
    spans: list[tuple[int, int]] = []
    for a, b in _spans(flat):
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


def _spans(flat: str) -> Iterator[tuple[int, int]]:
    """The sentences that nupunkt sees; what no white space interrupts for a page is one, as its time grows squared."""
    at = 0
    for run in _UNBROKEN.finditer(flat):
        yield from ((at + a, at + b) for a, b in nupunkt.sent_spans(flat[at : run.start()]))
        yield run.span()
        at = run.end()
    yield from ((at + a, at + b) for a, b in nupunkt.sent_spans(flat[at:]))


def _fit(text: str, start: int, end: int, budget: int) -> Iterator[tuple[Span, int]]:
    """A sentence as it is, or in pieces within the budget, cut at white space if there is any. With their tokens."""
    if end - start <= budget * _TOKEN_CHARACTERS:
        size = count_tokens(text[start:end])
        if size <= budget:
            yield Span(start, end), size
            return
    # What is far too long is looked at in windows: its tokens all at once would take a hundred times its size.
    window = max(_WINDOW, 4 * budget * _TOKEN_CHARACTERS)
    starts: list[int] = []
    at = seen = start
    while at < end:
        if seen < end and at + window // 2 >= seen:
            seen = min(at + window, end)
            starts = [at + token.start for token in token_spans(text[at:seen])]
        first = bisect_left(starts, at)
        if first == len(starts) or starts[first] > at:
            first -= 1  # inside a token
        last = seen == end and len(starts) - first <= budget
        stop = end if last else _cut(text, at, starts[min(first + budget, len(starts)) - 1])
        # A piece alone may have more tokens than it had within the whole, and never fewer than one character.
        while (size := count_tokens(text[at:stop].strip())) > budget and stop > at + 1:
            stop = _cut(text, at, at + (stop - at) * budget // size)
        piece = text[at:stop]
        if size:
            yield Span(at + len(piece) - len(piece.lstrip()), at + len(piece.rstrip())), size
        at = stop


def _cut(text: str, at: int, limit: int) -> int:
    """Where to cut what begins at `at`, at `limit` or before it: at white space, or between two characters."""
    limit = max(limit, at + 1)
    for stop in range(limit, at + (limit - at) // 2, -1):
        if text[stop].isspace():
            return stop
    stop = limit
    while stop > at + 1 and _joined(text, stop):
        stop -= 1
    return limit if _joined(text, stop) else stop


def _joined(text: str, at: int) -> bool:
    """Whether a person sees one character where `at` would cut: a letter and its accent, an emoji made of several."""
    after = text[at]
    return unicodedata.category(after)[0] == "M" or bool(_JOINERS.match(after)) or text[at - 1] == "\u200d"


def _pack(text: str, sentences: list[_Sentence], budget: int) -> Iterator[list[_Sentence]]:
    """Sentences grouped in order within the budget, whole blocks kept together where they fit.

    A numbered paragraph begins a passage, so that a citation can give its number.
    """
    group: list[_Sentence] = []
    for i, sentence in enumerate(sentences):
        if group:
            block = _block_tokens(sentences, i) if sentence.opens else sentence.tokens
            needed = min(block, budget)
            size = count_tokens(text[group[0].start : sentence.end])
            full = size > budget or (sentence.opens and size - sentence.tokens + needed > budget)
            if full or sentence.numbered:
                yield group
                group = []
        group.append(sentence)
    if group:
        yield group


def _block_tokens(sentences: list[_Sentence], first: int) -> int:
    """The tokens of the block that a sentence opens."""
    total = sentences[first].tokens
    for i in range(first + 1, len(sentences)):  # no slice: it would copy the rest for every block
        if sentences[i].opens:
            break
        total += sentences[i].tokens
    return total


def _passage(
    document: Document, ordinal: int, heading: str, group: list[_Sentence], boilerplate: bool
) -> Passage:
    start, end = group[0].begins, group[-1].end
    first, last = _page(document.pages, group[0].start), _page(document.pages, end - 1)
    within = [speech for speech in document.speeches if speech.start < end and start < speech.end]
    whole = next((speech for speech in within if speech.voice), None)
    return Passage(
        passage_id=passage_id(document.info.doc_id, start, end),
        doc_id=document.info.doc_id,
        ordinal=ordinal,
        start=start,
        end=end,
        text=document.text[start:end],
        heading=heading,
        page=first.number if first else None,
        paragraph=group[0].number,
        sentences=tuple(Span(sentence.start, sentence.end) for sentence in group),
        page_end=last.number if last else None,
        page_label=first.label if first else None,
        boilerplate=boilerplate,
        voice=whole.voice if whole else "",
        speaker=whole.speaker if whole else "",
        published=whole.published if whole else "",
        speeches=tuple(
            replace(speech, start=max(speech.start, start), end=min(speech.end, end))
            for speech in within
            if not speech.voice
        ),
    )


def _page(pages: tuple[Page, ...], at: int) -> Page | None:
    """The page that a character is on."""
    i = bisect_right(pages, at, key=lambda page: page.start) - 1
    return pages[i] if i >= 0 and at < pages[i].end else None
