"""What comes back from a question. Frozen, no input or output."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from index import DocumentInfo, Hit, Mention, Selector, Span, Speech
from qa.understand import Understanding

Status = Literal["answered", "partial", "not_in_documents"]
DifferenceKind = Literal["number", "date", "polarity"]
Order = Literal["answer", "time"]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words taken from a document: `document.text[start:end] == text`. `citation` is a Citation's `n`.

    `speaker` is who says them where that is someone else than the document's author; `speeches` are what is quoted
    of others within them, each with its own speaker. `label` is what they are about where they do not say so
    themselves, from heading or title: an editor's word, to be set in brackets and never as part of the quote.
    `published` is when they were published, an ISO date or its prefix, and `about` the times that they speak of.
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
    label: str = ""
    published: str = ""
    about: tuple[Mention, ...] = ()


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
class Telling:
    """One side of a difference: a whole sentence with its citation, and `at` which of the document's characters it
    says what the other says otherwise: a number, a date, a denial; empty at the end of what is said without a denial.

    The citation has the answer's number where the answer has it, and one after the answer's where it has not.
    """

    quote: Quote
    citation: Citation
    at: Span

    @property
    def value(self) -> str:
        """The words at `at`."""
        return self.quote.text[self.at.start - self.quote.start : self.at.end - self.quote.start]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two sources that say different things on the same point, with no verdict on either."""

    kind: DifferenceKind
    one: Telling
    other: Telling


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

    `quotes` are in the order in which they answer, and empty when `status` is "not_in_documents"; `hits` are then the
    nearest passages, which do not answer. `withheld` counts what would have been quoted and was not found in its
    document word for word. `summary` is a language model's, where one was asked for. `understood` is what the question
    was taken to ask for besides its subject. `differences` says where the sources of the quotes differ. `order` is
    how the question is best answered, "time" where it asks how something changed; `in_order` puts the quotes so.
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
    understood: Understanding = field(default_factory=Understanding)
    differences: tuple[Difference, ...] = ()
    order: Order = "answer"
