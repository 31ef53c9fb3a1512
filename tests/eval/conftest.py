"""A service that returns what a test wrote down, so that every expected number can be worked by hand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import pytest

from index import Document, DocumentInfo, Filter, Hit, NotIndexedError, Passage, QuestionError
from qa import Answer, Citation, Quote, Searched, SearchResult

EVERYTHING = Filter()
Slice = tuple[str, int, int]
"""A document's source id, start and end."""


@dataclass
class Scripted:
    """What one question gets. `error` makes the service turn it away."""

    hits: list[Slice] = field(default_factory=list)
    quotes: list[Slice] = field(default_factory=list)
    confidence: float = 0.5
    status: str = "answered"
    error: str = ""


class ScriptedService:
    """The public side of qa.Service over texts and a script."""

    def __init__(self, texts: dict[str, str], script: dict[str, Scripted]) -> None:
        self.texts, self.script = texts, script
        self.asked_for: list[int] = []

    def documents(self) -> list[DocumentInfo]:
        return [self._info(source) for source in self.texts]

    def document(self, name: str) -> Document:
        for source, text in self.texts.items():
            if name in (source, f"id-{source}"):
                return Document(self._info(source), text)
        raise NotIndexedError(f'no document is called "{name}"')

    def search(
        self, question: str, *, k: int = 10, question_id: str | None = None, filter: Filter = EVERYTHING
    ) -> SearchResult:
        self.asked_for.append(k)
        entry = self._entry(question)
        return SearchResult(question, self._hits(entry)[:k], question_id)

    def ask(self, question: str, *, question_id: str | None = None, filter: Filter = EVERYTHING) -> Answer:
        entry = self._entry(question)
        quotes, citations = [], []
        for number, (source, start, end) in enumerate(entry.quotes, 1):
            text = self.shown(source, start, end)
            quotes.append(Quote(text, number, "other", f"id-{source}", start, end))
            citations.append(Citation(number, self._info(source), start, end, text))
        return Answer(
            question,
            entry.status,
            entry.confidence,
            tuple(quotes),
            tuple(citations),
            Searched(len(self.texts), 0),
            self._hits(entry),
            question_id=question_id,
        )

    def shown(self, source: str, start: int, end: int) -> str:
        """The words served for a place; a test of dishonesty overrides this."""
        return self.texts[source][start:end]

    def _entry(self, question: str) -> Scripted:
        entry = self.script.get(question, Scripted(status="not_in_documents", confidence=0.0))
        if entry.error:
            raise QuestionError(entry.error)
        return entry

    def _hits(self, entry: Scripted) -> tuple[Hit, ...]:
        return tuple(
            Hit(
                rank,
                1 / rank,
                Passage(
                    f"id-{source}:{start}-{end}",
                    f"id-{source}",
                    rank,
                    start,
                    end,
                    self.shown(source, start, end),
                ),
                self._info(source),
            )
            for rank, (source, start, end) in enumerate(entry.hits, 1)
        )

    def _info(self, source: str) -> DocumentInfo:
        sha256 = hashlib.sha256(self.texts[source].encode()).hexdigest()
        return DocumentInfo(f"id-{source}", source, source, sha256, "text/plain")


@pytest.fixture
def scripted():
    """Build an entry of the script."""
    return Scripted


@pytest.fixture
def service_class():
    return ScriptedService
