"""What comes back from a question. Frozen, no input or output."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from index import DocumentInfo, Hit, Selector, Speech
from qa.understand import Understanding

Status = Literal["answered", "partial", "not_in_documents"]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words taken from a document: `document.text[start:end] == text`. `citation` is a Citation's `n`.

    `speaker` is who says them where that is someone else than the document's author; `speeches` are what is quoted
    of others within them, each with its own speaker.
    """

    text: str
    citation: int
    voice: str
    doc_id: str
    start: int
    end: int
    speaker: str = ""
    selector: Selector | None = None
    speeches: tuple[Speech, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """Where quotes come from: a passage of a document, numbered from 1 in reading order.

    `voice`, `speaker` and `published` are those of the passage, which may be someone else's than the
    document's. `copy_of` is the id of the earliest passage that says the same in nearly the same words.
    `selector` finds the passage again in a later edition of the document.
    """

    n: int
    document: DocumentInfo
    start: int
    end: int
    text: str
    heading: str = ""
    page: int | None = None
    paragraph: str | None = None
    url: str = ""
    page_end: int | None = None
    page_label: str | None = None
    voice: str = ""
    speaker: str = ""
    published: str = ""
    copy_of: str = ""
    selector: Selector | None = None


@dataclass(frozen=True, slots=True)
class Searched:
    """What a question was held against. `first` and `last` are publication dates, empty if none is known."""

    documents: int
    passages: int
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The passages found for a question, best first, and what the question was understood to ask for."""

    question: str
    hits: tuple[Hit, ...]
    question_id: str | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)
    understood: Understanding = field(default_factory=Understanding)


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence that a language model wrote, and the numbers of the citations whose quotes bear it out."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a language model made of the quotes. `removed` sentences did not stand up to them, and `why` says of each
    what was wrong; `problem` says why nothing is left, or why nothing came.
    """

    sentences: tuple[SummarySentence, ...] = ()
    removed: int = 0
    why: tuple[str, ...] = ()
    model: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A cited answer. `confidence` is from 0 to 1; `explanation` says in a sentence what the status means.

    `quotes` are in reading order and empty when `status` is "not_in_documents"; `hits` are then the nearest
    passages, which do not answer. `withheld` counts what would have been quoted and was not found in its document
    word for word. `summary` is a language model's, where one was asked for.
    """

    question: str
    status: Status
    confidence: float
    quotes: tuple[Quote, ...]
    citations: tuple[Citation, ...]
    searched: Searched
    hits: tuple[Hit, ...]
    explanation: str = ""
    question_id: str | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)
    receipt: dict[str, Any] = field(default_factory=dict)
    withheld: int = 0
    summary: Summary | None = None
