"""What an evaluation asks of an engine, and what other engines have in common: the local texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from eval.engines.anchor import Anchor
from eval.summary import notes_on, report_of
from eval.types import Report, Row
from index import Document, DocumentInfo

if TYPE_CHECKING:
    from qa import Answer, SearchResult


class Texts(Protocol):
    """An index as far as its texts go: what quotations of another engine are held against."""

    def documents(self) -> list[DocumentInfo]: ...

    def document(self, name: str) -> Document: ...


class Engine(Texts, Protocol):
    """All that an evaluation uses of a `qa.Service`. QuestionError: the question was turned away."""

    def ask(self, question: str, *, question_id: str | None = None) -> Answer: ...

    def search(self, question: str, *, k: int = 10, question_id: str | None = None) -> SearchResult: ...


class ForeignEngine:
    """The documents of the local index, whatever engine answers: so offsets are held against known texts.

    `asks` says whether the engine answers at all, or only finds passages; `settings` what it is, for the report.
    """

    asks = True
    settings: Mapping[str, str]

    def __init__(self, corpus: Texts) -> None:
        self._corpus = corpus
        self._anchor = Anchor(corpus)

    def documents(self) -> list[DocumentInfo]:
        """What is indexed here; what the engine has indexed is its own affair."""
        return self._corpus.documents()

    def document(self, name: str) -> Document:
        """A document of the local index, by its id or source id."""
        return self._corpus.document(name)

    def notes(self) -> Iterator[str]:
        """What a reader of the measures has to know about the engine; complete once all was asked."""
        yield from self._anchor.notes()

    def _counting(self, question_id: str | None) -> Anchor:
        """What finds places; for a question without an id, asked to warm up, one whose counts are not told."""
        return self._anchor if question_id is not None else Anchor(self._corpus)


def told(report: Report, engine: ForeignEngine) -> Report:
    """The report with the engine's notes, and without what an engine that only searches cannot be measured by."""
    if engine.asks:
        return replace(report, notes=(*report.notes, *engine.notes()))
    rows = [_searched(row) for row in report.rows]
    # What is said of answers is no longer so.
    untrue = set(notes_on(report.rows)) - set(notes_on(rows))
    notes = [note for note in report.notes if note not in untrue]
    return report_of(
        report.kind,
        rows,
        violations=report.violations,
        notes=(
            *notes,
            *engine.notes(),
            "The engine only searches: answers, quotes and refusals are not measured.",
        ),
        settings=report.settings,
        timings=report.timings,
    )


def _searched(row: Row) -> Row:
    """A question that was searched for and not asked, as an empty status says: all that answers decide is gone."""
    facts = tuple(replace(fact, quoted=None, keys=None, voiced=None) for fact in row.facts)
    return replace(row, status="", confidence=None, facts=facts, quote_rr=None)
