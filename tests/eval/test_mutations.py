"""The gate held against an engine that is damaged on purpose, and against one that is not damaged at all.

Each of twelve degradations is a thin layer around the real service over the sample corpus: what it breaks is
broken as it would be by a mistake in that place, and the rest works. Each has to fail the gate against the run of
the undamaged service, by a sentence that names what fell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from eval import Report, evaluate, read_questions
from eval.gate import Verdict, judge
from eval.runs import read_run, run_bytes, save_run, update_baseline
from index import Filter, Hit, TransformerEmbedder, UsageError, open_store
from qa import (
    Answer,
    Citation,
    ConfidenceModel,
    Quote,
    RetrievalSettings,
    SearchResult,
    Service,
    Settings,
)

SET = Path(__file__).parents[2] / "eval" / "sets" / "casebook.jsonl"


class Remembering:
    """The real model, asked once for each question: twelve evaluations ask the same ninety-three."""

    def __init__(self, embedder: TransformerEmbedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._embedder, name)

    def embed_question(self, question: str) -> Any:
        if question not in self._vectors:
            self._vectors[question] = self._embedder.embed_question(question)
        return self._vectors[question]


class Layer:
    """A service that remembers what the one below it said, and passes it on as it is."""

    def __init__(self, below: Any) -> None:
        self.below = below
        self._said: dict[Any, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.below, name)

    def ask(self, question: str, **options: Any) -> Answer:
        key = ("ask", question)
        if key not in self._said:
            self._said[key] = self.below.ask(question, **options)
        return self._said[key]

    def search(self, question: str, *, k: int = 10, **options: Any) -> SearchResult:
        key = ("search", question, k)
        if key not in self._said:
            self._said[key] = self.below.search(question, k=k, **options)
        return self._said[key]


class Changed(Layer):
    """Changes what is passed on: each hit, and the quotes with their citations."""

    def ask(self, question: str, **options: Any) -> Answer:
        answer = self.below.ask(question, **options)
        quotes, citations = self.quotes(answer.quotes, answer.citations)
        return replace(answer, quotes=tuple(quotes), citations=tuple(citations), hits=self._hits(answer.hits))

    def search(self, question: str, *, k: int = 10, **options: Any) -> SearchResult:
        result = self.below.search(question, k=k, **options)
        return replace(result, hits=self._hits(result.hits)[:k])

    def _hits(self, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        return tuple(replace(hit, rank=rank) for rank, hit in enumerate(self.hits(hits), 1))

    def hits(self, hits: tuple[Hit, ...]) -> Any:
        return hits

    def quotes(self, quotes: tuple[Quote, ...], citations: tuple[Citation, ...]) -> tuple[Any, Any]:
        return quotes, citations


def moved(item: Any, by: int) -> Any:
    return replace(item, start=item.start + by, end=item.end + by)


class Shifted(Changed):
    """Every offset is one too high, as after counting from 1."""

    def hits(self, hits: tuple[Hit, ...]) -> Any:
        return [replace(hit, passage=moved(hit.passage, 1)) for hit in hits]

    def quotes(self, quotes: tuple[Quote, ...], citations: tuple[Citation, ...]) -> tuple[Any, Any]:
        return [moved(quote, 1) for quote in quotes], [moved(citation, 1) for citation in citations]


class WrongDocument(Changed):
    """Quotes word for word, but out of the next document: the numbers of documents are off by one."""

    def quotes(self, quotes: tuple[Quote, ...], citations: tuple[Citation, ...]) -> tuple[Any, Any]:
        infos = self.documents()
        following = {info.doc_id: other for info, other in zip(infos, infos[1:] + infos[:1], strict=True)}
        wrong_quotes, wrong_citations = [], []
        for number, quote in enumerate(quotes, 1):
            info = following[quote.doc_id]
            text = self.document(info.doc_id).text
            start = min(quote.start, len(text) - len(quote.text))
            words = text[start : start + len(quote.text)]
            wrong_quotes.append(Quote(words, number, info.voice, info.doc_id, start, start + len(words)))
            wrong_citations.append(Citation(number, info, start, start + len(words), words))
        return wrong_quotes, wrong_citations


class WrongSource(Changed):
    """The right words under the name of another document."""

    def quotes(self, quotes: tuple[Quote, ...], citations: tuple[Citation, ...]) -> tuple[Any, Any]:
        infos = self.documents()
        return [replace(quote, doc_id=_other(quote.doc_id, infos)) for quote in quotes], citations


def _other(doc_id: str, infos: list[Any]) -> str:
    return next(info.doc_id for info in infos if info.doc_id != doc_id)


class Negated:
    """A store whose scores have the wrong sign when candidates are weighed: distances taken for scores."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def similarities(self, vector: Any, numbers: Any) -> Any:
        return self._store.similarities(-vector, numbers)

    def relevances(self, question: str, numbers: Any) -> Any:
        return -self._store.relevances(question, numbers)


class Half(Layer):
    """Every other document is never found, though all are listed."""

    def ask(self, question: str, **options: Any) -> Answer:
        return self.below.ask(question, **options, filter=self._half())

    def search(self, question: str, *, k: int = 10, **options: Any) -> SearchResult:
        return self.below.search(question, k=k, **options, filter=self._half())

    def _half(self) -> Filter:
        return Filter(documents=frozenset(info.doc_id for info in self.documents()[::2]))


class Reversed(Changed):
    """The last sentence first: right in every word, and to be read from the end."""

    def quotes(self, quotes: tuple[Quote, ...], citations: tuple[Citation, ...]) -> tuple[Any, Any]:
        return quotes[::-1], citations


class Doubled(Changed):
    """Everything twice, as from an index into which the files went twice."""

    def hits(self, hits: tuple[Hit, ...]) -> Any:
        return [hit for hit in hits for _ in range(2)]

    def quotes(self, quotes: tuple[Quote, ...], citations: tuple[Citation, ...]) -> tuple[Any, Any]:
        kept, tokens = [], 0
        for quote in (quote for quote in quotes for _ in range(2)):
            tokens += len(quote.text.split())
            if tokens <= 180:  # the budget of an answer is kept: about 250 tokens
                kept.append(quote)
        return kept, citations


class Truncated(Changed):
    """Passages and quotes end after 60 characters."""

    def hits(self, hits: tuple[Hit, ...]) -> Any:
        return [replace(hit, passage=_cut(hit.passage)) for hit in hits]

    def quotes(self, quotes: tuple[Quote, ...], citations: tuple[Citation, ...]) -> tuple[Any, Any]:
        return [_cut(quote) for quote in quotes], citations


def _cut(item: Any, at: int = 60) -> Any:
    text = item.text[:at]
    return replace(item, text=text, end=item.start + len(text))


class Stale(Changed):
    """What is searched is older than the documents: some have since been given a first line of 40 characters."""

    def hits(self, hits: tuple[Hit, ...]) -> Any:
        return [replace(h, passage=self._older(h.passage, h.document.doc_id)) for h in hits]

    def quotes(self, quotes: tuple[Quote, ...], citations: tuple[Citation, ...]) -> tuple[Any, Any]:
        older = [self._older(c, c.document.doc_id) for c in citations]
        return [self._older(quote, quote.doc_id) for quote in quotes], older

    def _older(self, item: Any, doc_id: str) -> Any:
        changed = [info.doc_id for info in self.documents()][:4]
        return moved(item, -40) if doc_id in changed and item.start >= 40 else item


@dataclass(frozen=True)
class Bench:
    """The undamaged service and its run, and a way to measure another."""

    whole: Layer
    baseline: Report
    opened: Callable[..., Service]
    evaluated: Callable[[Any], Report]


@pytest.fixture(scope="module")
def bench(casebook: Path) -> Iterator[Bench]:
    model = TransformerEmbedder()
    remembering = Remembering(model)
    questions = read_questions(SET)
    services: list[Service] = []

    def opened(
        settings: Settings | None = None, *, embedder: Any = remembering, seen_as: Any = lambda store: store
    ) -> Service:
        services.append(Service(seen_as(open_store(casebook)), embedder, settings or Settings()))
        return services[-1]

    whole = Layer(opened())
    yield Bench(whole, evaluate(whole, questions), opened, lambda service: evaluate(service, questions))
    for service in services:
        service.close()


def retrieving(**weights: float) -> Callable[[Bench], Any]:
    return lambda bench: bench.opened(Settings(retrieval=RetrievalSettings(**weights)))


def refusing_below(threshold: float) -> Callable[[Bench], Any]:
    def damaged(bench: Bench) -> Any:
        model = ConfidenceModel(refuse=threshold, partial=threshold)
        asked = bench.opened(Settings(confidence=model))
        layer = Layer(asked)
        layer.search = bench.whole.search  # type: ignore[method-assign]
        return layer

    return damaged


DAMAGE: dict[str, tuple[Callable[[Bench], Any], tuple[str, ...]]] = {
    "BM25 off": (retrieving(words_weight=0.0), ("fact_recall@250 fell", "quote_recall@250 fell")),
    "dense off": (retrieving(passage_weight=0.0, sentence_weight=0.0), ("rr fell", "key_recall fell")),
    "offsets shifted by one": (lambda b: Shifted(b.whole), ("are not what their document holds",)),
    "refusals off": (refusing_below(0.0), ("refusal_recall fell",)),
    "everything refused": (refusing_below(1.1), ("answered fell", "verbatim was measured in the baseline")),
    "quotes from a wrong document": (
        lambda b: WrongDocument(b.whole), ("quote_recall@250 fell", "citation_precision fell"),
    ),
    "quotes under a wrong name": (lambda b: WrongSource(b.whole), ("are not what their document holds",)),
    "half the corpus missing": (lambda b: Half(b.whole.below), ("fact_recall@1000 fell", "quote_recall@250 fell")),
    "sentence order reversed": (lambda b: Reversed(b.whole), ("quote_rr fell",)),
    "scores negated": (
        lambda b: b.opened(seen_as=Negated), ("rr fell", "fact_recall@250 fell", "answered fell"),
    ),
    "duplicates": (lambda b: Doubled(b.whole), ("fact_recall@250 fell", "quote_recall@250 fell")),
    "truncation": (lambda b: Truncated(b.whole), ("quote_recall@250 fell", "key_recall fell")),
    "a stale index": (lambda b: Stale(b.whole), ("are not what their document holds",)),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_fails_the_gate_and_is_named(bench: Bench, name: str) -> None:
    damaged, expected = DAMAGE[name]
    verdict = judge(bench.evaluated(damaged(bench)), bench.baseline)
    assert not verdict.passed
    for words in expected:
        assert any(words in sentence for sentence in verdict.sentences), verdict.sentences
    assert verdict.comparison is not None
    assert any(change.lost for change in verdict.comparison.questions)


def test_an_index_of_other_documents_is_not_compared(bench: Bench) -> None:
    """An index that is stale or halved as a whole has another hash; the gate refuses and says so."""

    class Older(Layer):
        def documents(self) -> Any:
            first, *others = self.below.documents()
            return [replace(first, sha256="0" * 64), *others]

    report = bench.evaluated(Older(bench.whole))
    with pytest.raises(UsageError, match=r"different corpora: 14 documents \(sha256 .*--across-corpora"):
        judge(report, bench.baseline)
    allowed = judge(report, bench.baseline, across_corpora=True)
    assert allowed.passed
    assert allowed.comparison is not None
    assert "different corpora" in allowed.comparison.notes[0]

    class Fewer(Layer):
        def documents(self) -> Any:
            return self.below.documents()[::2]

    with pytest.raises(UsageError, match="does not fit the indexed documents"):
        bench.evaluated(Fewer(bench.whole))


def passes(verdict: Verdict) -> bool:
    return verdict.passed and not verdict.sentences and verdict.comparison is not None


def test_twenty_runs_without_change_pass_and_are_the_same_bytes(bench: Bench, tmp_path: Path) -> None:
    """One by a service and a model that know nothing of the first; the others measured and judged anew."""
    update_baseline(tmp_path / "baseline.jsonl", bench.baseline)
    baseline = read_run(tmp_path / "baseline.jsonl")
    assert replace(bench.baseline, timings={}) == baseline
    fresh = bench.opened(embedder=TransformerEmbedder())
    for number in range(20):
        report = bench.evaluated(bench.whole if number else fresh)
        assert run_bytes(report) == (tmp_path / "baseline.jsonl").read_bytes()
        verdict = judge(report, baseline)
        assert passes(verdict), verdict.sentences
        assert verdict.comparison is not None
        assert not verdict.comparison.questions
        assert {change.p for change in verdict.comparison.measures} == {1.0}
    save_run(tmp_path / "with times.jsonl", bench.baseline, timings=True)
    assert read_run(tmp_path / "with times.jsonl") == bench.baseline
