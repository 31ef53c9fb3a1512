"""The values that flow through indexing and search. Frozen, no input or output."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

VOICES = (
    "inspectorate",
    "council",
    "government",
    "court",
    "press",
    "law",
    "charity",
    "public",
    "other",
)
"""Who may speak, in the order in which an answer introduces them."""

BlockKind = Literal["heading", "paragraph", "item", "row", "furniture"]


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of a document's text, as Python indexes strings."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text that its author set apart: a heading, a paragraph, a list item, a table row.

    `furniture` is text that belongs to the page and not to what it says: it is kept, and not searched.
    `level` is a heading's depth from 1; 0 on every other kind.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a paged document: its number from 1, the label printed on it, and its text."""

    number: int
    start: int
    end: int
    label: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What is known about a document without its text. `published` is an ISO 8601 date or its prefix."""

    doc_id: str
    source_id: str
    title: str
    sha256: str
    media_type: str
    publisher: str = ""
    voice: str = "other"
    published: str = ""
    url: str = ""
    licence: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document with its full extracted text; `blocks` and `pages` are in order and point into it.

    An empty `blocks` says that the loader knew no structure: it is then inferred from the text alone.
    """

    info: DocumentInfo
    text: str
    blocks: tuple[Block, ...] = ()
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences: `document.text[start:end] == text`, always.

    `passage_id` is "<doc_id>:<start>-<end>", the same after a rebuild. `ordinal` counts a document's
    passages from 0. `heading` is the path of headings above it ("Findings › Leadership").
    """

    passage_id: str
    doc_id: str
    ordinal: int
    start: int
    end: int
    text: str
    heading: str = ""
    page: int | None = None
    paragraph: str | None = None
    sentences: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents may answer. An empty field lets everything through; fields are joined by and.

    `published_from` and `published_to` are ISO dates, both inclusive; a document without a date passes
    neither. `documents` holds ids or source ids.
    """

    voices: frozenset[str] = frozenset()
    publishers: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    published_from: str = ""
    published_to: str = ""

    def __bool__(self) -> bool:
        return self != Filter()

    def admits(self, info: DocumentInfo) -> bool:
        """Whether a document may answer; the meaning that every store has to reproduce."""
        published, since, until = info.published, self.published_from, self.published_to
        return (
            (not self.voices or info.voice in self.voices)
            and (not self.publishers or info.publisher in self.publishers)
            and (not self.documents or info.doc_id in self.documents or info.source_id in self.documents)
            # "2017" and "2017-04" are dates too: a bound is met by any day that both prefixes allow.
            and (not since or (published != "" and published[: len(since)] >= since[: len(published)]))
            and (not until or (published != "" and published[: len(until)] <= until[: len(published)]))
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question. `score`: higher is better; `scores` holds what it is made of."""

    rank: int
    score: float
    passage: Passage
    document: DocumentInfo
    scores: dict[str, float] = field(default_factory=dict)


def document_id(source_id: str) -> str:
    """The id of a document, derived from its source id alone so that a rebuild keeps it.

    >>> document_id("report.pdf")
    '6466e450a16b77b8'
    """
    return hashlib.sha256(source_id.encode()).hexdigest()[:16]


def passage_id(doc_id: str, start: int, end: int) -> str:
    """The id of a passage.

    >>> passage_id("ab12", 0, 80)
    'ab12:0-80'
    """
    return f"{doc_id}:{start}-{end}"


def in_order(spans: Iterable[Span | Block | Page | Passage]) -> bool:
    """Whether spans follow each other without overlapping."""
    last = 0
    for span in spans:
        if span.start < last or span.end < span.start:
            return False
        last = span.end
    return True
