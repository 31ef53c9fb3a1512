"""ask() and search(): the facade over a store and a model."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from index import (
    DEFAULT_MODEL,
    Counts,
    Document,
    DocumentInfo,
    Embedder,
    Filter,
    MismatchError,
    NotIndexedError,
    Passage,
    Resolution,
    Selector,
    Store,
    TransformerEmbedder,
    open_store,
    resolve,
)
from qa.answer import AnswerSettings, quote
from qa.calibrated import kept_confidence
from qa.cite import cite_span
from qa.confidence import ConfidenceModel, Evidence, weigh
from qa.differing import COMPARED, behind, differences
from qa.question import check_question, content_words
from qa.rerank import Reranker, RerankSettings, rerank
from qa.rerankers import rerankers
from qa.retrieve import Retrieval, RetrievalSettings, retrieve, spread
from qa.telling import explained, incomplete
from qa.timeline import asks_for_change
from qa.types import Answer, Citation, Searched, SearchResult, Status

_EMBEDDINGS_KEPT = 8


@dataclass(frozen=True, slots=True)
class Settings:
    """How questions are answered."""

    retrieval: RetrievalSettings = RetrievalSettings()
    answer: AnswerSettings = AnswerSettings()
    confidence: ConfidenceModel = ConfidenceModel()
    hits: int = 10
    rerank: RerankSettings = RerankSettings()
    tokens: RerankSettings = RerankSettings(top=50, weight=0.4, trust=0.2)


class Service:
    """Answers questions from one store. Safe to share between threads; the same question, the same answer."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        settings: Settings = Settings(),
        reranker: Reranker | None = None,
        late: Reranker | None = None,
    ) -> None:
        """`late` compares token by token and reads many candidates, `reranker` after it the best few."""
        self._store, self._embedder, self._settings = store, embedder, settings
        self._reranker, self._late = reranker, late
        self._embedded: dict[str, np.ndarray] = {}
        self._embedding = threading.Lock()  # the model's tokenizer may not be used by two threads at once

    @property
    def settings(self) -> Settings:
        """How questions are answered here."""
        return self._settings

    @classmethod
    def open(
        cls,
        location: str | Path,
        model: str | None = None,
        settings: Settings = Settings(),
        reranker: str | Path | None = None,
    ) -> Service:
        """The service over an index, with the model that it was made with, and a reranker's folder if any.

        With the confidence that `pincite calibrate` fitted to it, unless the settings have another than the usual.
        NotIndexedError if there is nothing; MismatchError if `model` is another than that of the index.
        """
        store = open_store(location)
        stored = store.settings
        if stored is None:
            raise NotIndexedError(
                f"{location} holds an index without documents; add some with: pincite index FOLDER"
            )
        embedder = TransformerEmbedder(model or stored.model)
        if embedder.fingerprint != stored.model_fingerprint:
            raise MismatchError(
                f"the index in {location} was made with the model {stored.model}, and {embedder.name} has other"
                " weights: leave --model out, or index into another folder with --data"
            )
        if settings.confidence == ConfidenceModel() and (fitted := kept_confidence(store.location)):
            settings = replace(settings, confidence=fitted)
        late, reads = rerankers(embedder, store.location, reranker)
        return cls(store, embedder, settings, reads, late)

    def warm(self) -> None:
        """Loads all that the first question needs, so that it is answered as fast as the next."""
        self._embed("warm")
        for reader in (self._late, self._reranker):
            if reader:
                reader.scores("warm", ["warm"])
        self._store.refresh()

    def search(
        self, question: str, *, k: int = 10, question_id: str | None = None, filter: Filter = Filter()
    ) -> SearchResult:
        """The k best passages. QuestionError if the question cannot be searched for."""
        clock = _Clock()
        question = check_question(question)
        with clock("retrieve"):
            retrieval = self._retrieve(question, filter)
        retrieval = self._reranked(retrieval, clock)
        hits = spread(retrieval, k, self._settings.retrieval)
        return SearchResult(question, hits, question_id, clock.timings(), retrieval.understood)

    def ask(self, question: str, *, question_id: str | None = None, filter: Filter = Filter()) -> Answer:
        """The quotes that answer, or the status that the documents do not. QuestionError as in `search`."""
        clock = _Clock()
        question = check_question(question)
        with clock("retrieve"):
            found = self._retrieve(question, filter)
        retrieval = self._reranked(found, clock)
        hits = spread(retrieval, self._settings.hits, self._settings.retrieval)
        searched = self._searched(filter)
        with clock("judge"):
            model = self._settings.confidence
            frequencies = self._store.frequencies(content_words(question))
            # By the order that it was fitted on: a reranker orders, it does not tell what is answered.
            confidence = model.confidence(weigh(found))
            status: Status = (
                "not_in_documents" if confidence < model.refuse
                else "partial" if confidence < model.partial
                else "answered"
            )  # fmt: skip
        with clock("quote"):
            quotes, citations, withheld = quote(self._store, retrieval, self._settings.answer)
            if not quotes:
                status = "not_in_documents"
            elif status == "answered" and incomplete(retrieval, quotes):
                status = "partial"
            if status == "not_in_documents":
                quotes, citations = (), ()
        with clock("compare"):
            further = spread(retrieval, COMPARED, self._settings.retrieval)
            differ = differences(self._store, quotes, citations, behind(retrieval, further, citations))
        return Answer(
            question=question,
            status=status,
            confidence=confidence,
            quotes=quotes,
            citations=citations,
            searched=searched,
            hits=hits,
            explanation=explained(status, retrieval, quotes, searched, frequencies),
            question_id=question_id,
            timings_ms=clock.timings(),
            receipt=self._receipt(),
            withheld=withheld,
            understood=retrieval.understood,
            differences=differ,
            order="time" if asks_for_change(question, retrieval.understood) else "answer",
        )

    def evidence(self, question: str, *, filter: Filter = Filter()) -> Evidence | None:
        """What speaks for an answer: what `confidence` is made of. None where nothing is indexed."""
        question = check_question(question)
        retrieval = self._retrieve(question, filter)
        return weigh(retrieval)

    def documents(self) -> list[DocumentInfo]:
        """What is indexed, ordered by source id."""
        return self._store.documents()

    def document(self, name: str) -> Document:
        """A document by its id or source id. NotIndexedError if there is none."""
        return self._store.document(name)

    def locate(self, name: str, selector: Selector) -> tuple[DocumentInfo, Resolution]:
        """Where cited words are in the newest edition of a document, by its id, source id or other name.

        NotIndexedError if there is no such document any more.
        """
        document = self._store.document(name)
        if document.info.superseded_by:
            document = self._store.document(document.info.source_id)
        return document.info, resolve(selector, document.text)

    def cite(self, name: str, start: int, end: int) -> Citation:
        """The citation of characters `start` to `end` of a document. NotIndexedError or UsageError if there is none."""
        document = self._store.document(name)
        return cite_span(document, self.passages(name), start, end)

    def passages(self, name: str) -> list[Passage]:
        """A document's passages in order. NotIndexedError if there is no such document."""
        return [passage for _, passage in self._store.passages_of(self._store.document(name).info.doc_id)]

    def editions(self, name: str) -> list[DocumentInfo]:
        """All editions of a document, the newest first. NotIndexedError if there is none."""
        return self._store.editions(self._store.document(name).info.source_id)

    def counts(self, filter: Filter = Filter()) -> Counts:
        """How much a filter lets through."""
        return self._store.counts(filter)

    def status(self) -> dict[str, Any]:
        """What is indexed, and with what."""
        counts, made = self._store.counts(), self._store.settings
        return {
            "documents": counts.documents,
            "passages": counts.passages,
            "generation": counts.generation,
            "model": self._embedder.name,
            "first": counts.first,
            "last": counts.last,
            "model_fingerprint": made.model_fingerprint if made else "",
            "splitter": made.splitter if made else "",
            "passage_tokens": made.passage_tokens if made else 0,
            "reranker": self._reranker.name if self._reranker else None,
            "late": self._late.name if self._late else None,
        }

    def close(self) -> None:
        self._store.close()

    def _retrieve(self, question: str, where: Filter) -> Retrieval:
        return retrieve(self._store, self._embed(question), question, where, self._settings.retrieval)

    def _reranked(self, retrieval: Retrieval, clock: _Clock) -> Retrieval:
        """The same in the rerankers' order; as it was where there is none."""
        for stage, reader, settings in (
            ("tokens", self._late, self._settings.tokens),
            ("rerank", self._reranker, self._settings.rerank),
        ):
            if reader:
                with clock(stage):
                    retrieval = rerank(retrieval, reader, settings, stage)
        return retrieval

    def _embed(self, question: str) -> np.ndarray:
        """A question's vector. The last few are kept: a matrix asks the same question of every document."""
        with self._embedding:
            if question not in self._embedded:
                while len(self._embedded) >= _EMBEDDINGS_KEPT:
                    del self._embedded[next(iter(self._embedded))]
                self._embedded[question] = self._embedder.embed_question(question)
            return self._embedded[question]

    def _searched(self, where: Filter) -> Searched:
        counts = self._store.counts(where)
        return Searched(counts.documents, counts.passages, counts.first, counts.last)

    def _receipt(self) -> dict[str, Any]:
        settings = self._store.settings
        return {
            "model": settings.model if settings else DEFAULT_MODEL,
            "model_fingerprint": settings.model_fingerprint if settings else "",
            "splitter": settings.splitter if settings else "",
            "passage_tokens": settings.passage_tokens if settings else 0,
            "generation": self._store.counts().generation,
            **{
                key: value
                for name, reader in (("late", self._late), ("reranker", self._reranker))
                if reader
                for key, value in ((name, reader.name), (f"{name}_fingerprint", reader.fingerprint))
            },
        }


@dataclass(slots=True)
class _Clock:
    """Wall-clock milliseconds of named stages, and of all since it was made."""

    _start: float = field(default_factory=time.perf_counter)
    _stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self._stages[stage] = round(1000 * (time.perf_counter() - start), 2)

    def timings(self) -> dict[str, float]:
        return self._stages | {"total": round(1000 * (time.perf_counter() - self._start), 2)}
