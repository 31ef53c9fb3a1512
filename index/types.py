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

BlockKind = Literal["heading", "paragraph", "item", "heads", "row", "note", "furniture"]


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

    `heads` are the column heads of a table whose rows don't repeat them; they are part of those rows' path.
    `furniture` is text that belongs to the page and not to what it says (running heads, page numbers,
    footnotes): it is kept, and enters no passage. `boilerplate` marks text that belongs to the publisher's
    site and not to the document (notices, navigation, credits, contents): its passages are searched only
    when asked for. `level` is a heading's depth from 1; 0 on every other kind.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    boilerplate: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a paged document: its number from 1, the label printed on it, and its text."""

    number: int
    start: int
    end: int
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Speech:
    """Words of someone other than the document's author, as characters `start` to `end` of its text.

    `voice` is set where whole blocks are theirs, such as a reader's comment: their passages take it, with
    `published`, the date given there. It is empty for a quotation within the author's own text.
    """

    start: int
    end: int
    speaker: str
    voice: str = ""
    published: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A date or period that a text speaks of, at characters `start` to `end`; ISO days, both inclusive."""

    start: int
    end: int
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What is known about a document without its text. `published` is an ISO 8601 date or its prefix;
    `dated_by` says where it comes from ("sources.csv", "metadata", "text"), and is empty without one.

    Editions of one source are counted from 1; `superseded_by` holds the sha256 of the next one, and is empty
    for the newest. `also` holds the other names under which the very same file was met.
    """

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
    dated_by: str = ""
    edition: int = 1
    superseded_by: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document with its full extracted text; `blocks`, `pages` and `speeches` are in order and point into it.

    An empty `blocks` says that the loader knew no structure: it is then inferred from the text alone.
    """

    info: DocumentInfo
    text: str
    blocks: tuple[Block, ...] = ()
    pages: tuple[Page, ...] = ()
    speeches: tuple[Speech, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences: `document.text[start:end] == text`, always.

    `passage_id` is "<doc_id>:<start>-<end>", the same after a rebuild. `ordinal` counts a document's
    passages from 0. `heading` is the path of headings above it ("Findings › Leadership"). `page` is where it
    begins, `page_end` where it ends, `page_label` what is printed on the former.

    `voice`, `speaker` and `published` are set where the whole passage is someone else's than the document's;
    `speeches` are quotations within it. `dates` are what it speaks of. `copy_of` is the id of the earliest
    passage that says the same in nearly the same words.
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
    page_end: int | None = None
    page_label: str | None = None
    boilerplate: bool = False
    voice: str = ""
    speaker: str = ""
    published: str = ""
    speeches: tuple[Speech, ...] = ()
    dates: tuple[Mention, ...] = ()
    copy_of: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which passages may answer. An empty field lets everything through; fields are joined by and.

    `documents` holds ids or source ids, `kinds` media types. Dates are ISO days or their prefixes, bounds
    inclusive: `published_from` and `published_to` for publication, `about_from` and `about_to` for what a
    passage speaks of; what has no date passes neither. Boilerplate and older editions of a document answer
    only when `boilerplate` or `editions` says so.
    """

    voices: frozenset[str] = frozenset()
    publishers: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    published_from: str = ""
    published_to: str = ""
    kinds: frozenset[str] = frozenset()
    about_from: str = ""
    about_to: str = ""
    boilerplate: bool = False
    editions: bool = False

    def __bool__(self) -> bool:
        return self != Filter()

    def admits(self, info: DocumentInfo, passage: Passage) -> bool:
        """Whether a passage of a document may answer; the meaning that every store has to reproduce."""
        return (
            (self.boilerplate or not passage.boilerplate)
            and (self.editions or not info.superseded_by)
            and (not self.voices or (passage.voice or info.voice) in self.voices)
            and (not self.publishers or info.publisher in self.publishers)
            and (not self.documents or bool({info.doc_id, info.source_id, *info.also} & self.documents))
            and (not self.kinds or info.media_type in self.kinds)
            and self._in_time(passage.published or info.published)
            and self._about(passage.dates)
        )

    def _in_time(self, published: str) -> bool:
        since, until = self.published_from, self.published_to
        # "2017" and "2017-04" are dates too: a bound is met by any day that both prefixes allow.
        return (not since or (published != "" and published[: len(since)] >= since[: len(published)])) and (
            not until or (published != "" and published[: len(until)] <= until[: len(published)])
        )

    def _about(self, dates: tuple[Mention, ...]) -> bool:
        since, until = self.about_from, self.about_to
        return not (since or until) or any(
            (not since or date.until[: len(since)] >= since)
            and (not until or date.since[: len(until)] <= until)
            for date in dates
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question. `score`: higher is better; `scores` holds what the engines measured, and
    `shares` what each stage adds to the score, in standard deviations over the candidates: together they make it.
    """

    rank: int
    score: float
    passage: Passage
    document: DocumentInfo
    scores: dict[str, float] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)


def document_id(source_id: str) -> str:
    """The id of a document, derived from its source id alone so that a rebuild keeps it.

    >>> document_id("report.pdf")
    '6466e450a16b77b8'
    """
    return hashlib.sha256(source_id.encode()).hexdigest()[:16]


def edition_id(info: DocumentInfo) -> str:
    """The id that a document keeps when a newer edition takes its place."""
    return f"{info.doc_id}-{info.sha256[:8]}"


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
