"""Evidence packs: an answer with its quotes, what stands around each, and the sources; to be filed or printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index import Document, DocumentInfo, Passage
from qa.types import Answer, Citation, Quote


@dataclass(frozen=True, slots=True)
class Context:
    """What stands around a quote, none of it quoted: the passage before, the rest of its own on either side, the
    passage after. Each is a slice of the document, "" where there is none.
    """

    before: str
    lead: str
    tail: str
    after: str


@dataclass(frozen=True, slots=True)
class PackedQuote:
    """A quote, its citation and its context."""

    quote: Quote
    citation: Citation
    context: Context


@dataclass(frozen=True, slots=True)
class Pack:
    """All that is filed of one answer. `sources` are the documents quoted, in the order of their first quote."""

    answer: Answer
    quotes: tuple[PackedQuote, ...]
    sources: tuple[DocumentInfo, ...]


class Library(Protocol):
    """Where documents and their passages are read: a Service."""

    def document(self, name: str) -> Document: ...

    def passages(self, name: str) -> list[Passage]: ...


def make_pack(answer: Answer, library: Library) -> Pack:
    """The evidence pack of an answer; without quotes where the documents do not say."""
    citations = {citation.n: citation for citation in answer.citations}
    read: dict[str, tuple[Document, list[Passage]]] = {}
    packed = []
    for quote in answer.quotes:
        if quote.doc_id not in read:
            read[quote.doc_id] = library.document(quote.doc_id), library.passages(quote.doc_id)
        document, passages = read[quote.doc_id]
        context = context_of(document.text, passages, quote.start, quote.end)
        packed.append(PackedQuote(quote, citations[quote.citation], context))
    sources = {one.quote.doc_id: one.citation.document for one in packed}
    return Pack(answer, tuple(packed), tuple(sources.values()))


def context_of(text: str, passages: Sequence[Passage], start: int, end: int) -> Context:
    """What stands around characters `start` to `end` of a text; `passages` are the document's, in order.

    Boilerplate is no context.
    """
    told = [passage for passage in passages if not passage.boilerplate]
    before = next((p for p in reversed(told) if p.end <= start), None)
    after = next((p for p in told if p.start >= end), None)
    own = [p for p in told if p.start < end and start < p.end]
    return Context(
        before=text[before.start : before.end] if before else "",
        lead=text[own[0].start : start] if own else "",
        tail=text[end : own[-1].end] if own else "",
        after=text[after.start : after.end] if after else "",
    )
