"""The gate held against an engine that is damaged on purpose; test_reruns.py has the one that is not damaged.

Each of twelve degradations is a thin layer around the real service over the sample corpus: what it breaks is
broken as it would be by a mistake in that place, and the rest works. Each has to fail the gate against the run of
the undamaged service, by a sentence that names what fell.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from eval import Report, evaluate, read_questions
from eval.gate import judge
from eval.runs import save_run
from index import Filter, Hit, TransformerEmbedder, UsageError, index_paths, open_store
from qa import (
    Answer,
    Citation,
    ConfidenceModel,
    Quote,
    SearchResult,
    Service,
    Settings,
)
from tests.web.command import run

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


class WordsOff(Negated):
    """The store without its BM25 index: it finds nothing, and no passage has a word in common with a question."""

    def best(self, question: str, k: int, where: Filter) -> list[Any]:
        return []

    def similarities(self, vector: Any, numbers: Any) -> Any:
        return self._store.similarities(vector, numbers)

    def relevances(self, question: str, numbers: Any) -> Any:
        return 0 * self._store.relevances(question, numbers)


class VectorsOff(Negated):
    """The store without its vectors: none is near, and every passage is as far as every other."""

    def nearest(self, vector: Any, k: int, where: Filter, *, sentences: bool = False) -> list[Any]:
        return []

    def similarities(self, vector: Any, numbers: Any) -> Any:
        return self._store.similarities(0 * vector, numbers)

    def relevances(self, question: str, numbers: Any) -> Any:
        return self._store.relevances(question, numbers)


class Half(Layer):
    """Every other document is never found, though all are listed: half of them never reached the search."""

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


def refusing_below(threshold: float) -> Callable[[Bench], Any]:
    def damaged(bench: Bench) -> Any:
        model = ConfidenceModel(refuse=threshold, partial=threshold)
        asked = bench.opened(Settings(confidence=model))
        layer = Layer(asked)
        layer.search = bench.whole.search  # type: ignore[method-assign]
        return layer

    return damaged


DAMAGE: dict[str, tuple[Callable[[Bench], Any], tuple[str, ...]]] = {
    "BM25 off": (lambda b: b.opened(seen_as=WordsOff), ("fact_recall@250 fell",)),
    "dense off": (lambda b: b.opened(seen_as=VectorsOff), ("rr fell", "key_recall fell")),
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


@pytest.fixture
def changeable(casebook: Path, tmp_path: Path) -> Path:
    """A copy of the index, to be written to."""
    return Path(shutil.copytree(casebook, tmp_path / "data"))


class TestByTheCommand:
    """An index that lacks documents or is older than they are, as it happens to people: by other runs of index."""

    @pytest.fixture
    def baseline(self, bench: Bench, tmp_path: Path) -> Path:
        save_run(tmp_path / "baseline.jsonl", bench.baseline)
        return tmp_path / "baseline.jsonl"

    def test_half_the_corpus_missing_from_the_index(self, changeable: Path, baseline: Path) -> None:
        with closing(open_store(changeable)) as store:
            missing = [info.source_id for info in store.documents()[::2]]
            store.remove([info.doc_id for info in store.documents()[::2]])
            store.refresh()
        result = run("eval", SET, "--data", changeable, "--baseline", baseline)
        assert result.exit_code == 2 and result.stdout == ""
        assert "does not fit the indexed documents" in result.stderr
        assert any(name in result.stderr for name in missing)

    def test_an_index_that_is_older_than_the_documents(
        self, changeable: Path, corpus: Path, tmp_path: Path
    ) -> None:
        """What was added to a document since is no part of it, and no run on it is a run on the new one."""
        newer = Path(shutil.copytree(corpus, tmp_path / "newer"))
        added = "The review of March 2020 counted 412 foster homes in all."
        with (newer / "figures-2017.md").open("a") as file:
            file.write(f"\n{added}\n")
        fact = {"fact": "412", "keys": ["412"], "evidence": [{"doc": "figures-2017.md", "quote": added}]}
        question = "How many foster homes did the review of March 2020 count?"
        asked = [{"id": "n1", "question": question, "type": "factoid", "answerable": True, "facts": [fact]}]
        asked += [json.loads(line) for line in SET.read_text("utf-8").splitlines()[:2]]
        questions, baseline = tmp_path / "set.jsonl", tmp_path / "new.jsonl"
        questions.write_text("".join(json.dumps(line) + "\n" for line in asked))
        fresh = Path(shutil.copytree(changeable, tmp_path / "fresh"))
        with closing(open_store(fresh)) as store:
            store.remove([store.document("figures-2017.md").info.doc_id])
            assert index_paths(store, TransformerEmbedder(), [newer]).added == ["figures-2017.md"]
        made = run("eval", questions, "--data", fresh, "--baseline", baseline, "--update-baseline")
        assert made.exit_code == 0, made.stderr
        stale = run("eval", questions, "--data", changeable, "--baseline", baseline)
        assert stale.exit_code == 2 and f"{questions}, line 1: question n1, fact 1: " in stale.stderr
        # The old questions can still be asked of it; they are not compared, unless that is wanted.
        questions.write_text("".join(json.dumps(line) + "\n" for line in asked[1:]))
        refused = run("eval", questions, "--data", changeable, "--baseline", baseline)
        assert refused.exit_code == 2 and "The runs are of different corpora: 14 documents" in refused.stderr


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
