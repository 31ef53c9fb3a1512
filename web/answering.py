"""An answer as a page shows it: quotations by voice or along time, copies folded, each hit with its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from rapidfuzz import fuzz

from index import DocumentInfo, Hit, clean, fold, passage_id
from qa import Answer, Citation, Quote
from web import words
from web.commands.explaining import STAGES, explained

_SAME_WORDS = 85.0
"""How alike two quotations of linked passages are, of 100, to be shown as one that was printed twice."""
_WHOLE_TEXT = 4_000  # characters of a passage that a quotation is looked for in; passages are far shorter


@dataclass(frozen=True, slots=True)
class Copy:
    """Another place that says the same in nearly the same words. `quote` is None where it was not quoted."""

    document: DocumentInfo
    start: int
    end: int
    voice: str
    published: str
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A quotation with its citation and the copies that are folded into it."""

    quote: Quote
    citation: Citation
    copies: tuple[Copy, ...] = ()

    @property
    def published(self) -> str:
        """When it was said: the date of the passage, else of the document."""
        return self.citation.published or self.citation.document.published

    @property
    def documents(self) -> int:
        """In how many documents it stands."""
        return len({self.citation.document.doc_id, *(copy.document.doc_id for copy in self.copies)})


@dataclass(frozen=True, slots=True)
class Group:
    """Quotations under one heading: a voice, or a year. `key` makes the heading's id."""

    key: str
    title: str
    shown: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage measured of a hit, and its share of the score."""

    name: str
    raw: float | int | None
    share: float


def shown(answer: Answer) -> list[Shown]:
    """The quotations of an answer in its order, those that repeat an earlier one folded into it."""
    cited = {citation.n: citation for citation in answer.citations}
    kept: list[tuple[Quote, Citation, list[Copy]]] = []
    for quote in answer.quotes:
        citation = cited[quote.citation]
        for earlier, where, copies in kept:
            if _origin(where) == _origin(citation) and _alike(earlier.text, quote.text):
                copies.append(_copy(quote, citation))
                break
        else:
            kept.append((quote, citation, []))
    for quote, citation, copies in kept:
        copies.extend(_copies_among(answer.hits, quote, citation, copies))
    return [Shown(quote, citation, tuple(copies)) for quote, citation, copies in kept]


def by_voice(quotations: Sequence[Shown]) -> list[Group]:
    """Quotations under who says them, in the order in which an answer introduces voices: what answers first first."""
    return [
        Group(voice, words.voice_label(voice), tuple(one for one in quotations if one.quote.voice == voice))
        for voice in dict.fromkeys(one.quote.voice for one in quotations)
    ]


def by_time(quotations: Sequence[Shown]) -> list[Group]:
    """Quotations under the years in which they were published, the earliest first and the undated last."""
    dated = sorted((one for one in quotations if one.published), key=lambda one: one.published)
    groups = []
    for year in dict.fromkeys(one.published[:4] for one in dated):
        groups.append(Group(year, year, tuple(one for one in dated if one.published[:4] == year)))
    undated = tuple(one for one in quotations if not one.published)
    return groups + ([Group("undated", "Without a date", undated)] if undated else [])


def grouped(quotations: Sequence[Shown], order: str) -> list[Group]:
    """Quotations in one of `form.ORDERS`."""
    return by_time(quotations) if order == "time" else by_voice(quotations)


def reading_order(groups: Iterable[Group]) -> list[Shown]:
    """The quotations of groups as they follow each other on the page."""
    return [one for group in groups for one in group.shown]


def stages(answer: Answer) -> list[list[Stage]]:
    """For each hit what each stage measured and added, as `search --explain` has it."""
    return [
        [
            Stage(STAGES.get(name, name), stage["raw"], stage["share"])
            for name, stage in told.items()
            if name != "total"
        ]
        for told in explained(answer)
    ]


def in_context(document: DocumentInfo, start: int, end: int, query: dict[str, Any] | None = None) -> str:
    """The address of a place in the source viewer, which `query` leads back to the question from."""
    return url_for(
        "reading.document", doc_id=document.doc_id, start=start, end=end, edition=document.sha256[:8],
        **(query or {}), _anchor="cited",
    )  # fmt: skip


def _origin(place: Citation) -> str:
    return place.copy_of or passage_id(place.document.doc_id, place.start, place.end)


def _alike(one: str, other: str) -> bool:
    return fuzz.ratio(_plain(one), _plain(other)) >= _SAME_WORDS


def _plain(text: str) -> str:
    return fold(clean(text[:_WHOLE_TEXT]))


def _copy(quote: Quote, citation: Citation) -> Copy:
    published = citation.published or citation.document.published
    return Copy(citation.document, quote.start, quote.end, quote.voice, published, quote)


def _copies_among(hits: Sequence[Hit], quote: Quote, citation: Citation, have: Sequence[Copy]) -> list[Copy]:
    """The passages found, but not quoted, that repeat a quotation."""
    known = {citation.document.doc_id, *(copy.document.doc_id for copy in have)}
    wanted = _plain(quote.text)
    found = []
    for hit in hits:
        passage = hit.passage
        linked = (passage.copy_of or passage.passage_id) == _origin(citation)
        if hit.document.doc_id in known or not linked:
            continue
        if fuzz.partial_ratio(wanted, _plain(passage.text)) >= _SAME_WORDS:
            known.add(hit.document.doc_id)
            voice = passage.voice or hit.document.voice
            published = passage.published or hit.document.published
            found.append(Copy(hit.document, passage.start, passage.end, voice, published))
    return found
