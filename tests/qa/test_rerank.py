"""A reranker heard: worked by hand, without one nothing changes, and what it added is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Store, TransformerEmbedder, open_store
from qa import RerankSettings, Service, Settings, search_payload
from qa.rerank import as_read, rerank
from qa.retrieve import Candidate, Read, Retrieval, spread

_QUESTION = "Why were thresholds inconsistent?"
Make = Callable[..., Candidate]


class Shortest:
    """Likes short passages, and remembers what it was given to read."""

    name = fingerprint = "shortest"

    def __init__(self) -> None:
        self.read: list[str] = []

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        self.read += passages
        return np.array([-float(len(passage)) for passage in passages])


class Says:
    """Says what it is told to."""

    name = fingerprint = "says"

    def __init__(self, *scores: float) -> None:
        self._scores = scores

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        return np.array(self._scores[: len(passages)])


@pytest.fixture(scope="module")
def store(casebook: Path) -> Iterator[Store]:
    with closing(open_store(casebook)) as store:
        yield store


def found(make: Make, *scores: float) -> Retrieval:
    candidates = [make(f"{n}.txt", f"Text {n}.", score=score) for n, score in enumerate(scores)]
    return Retrieval(_QUESTION, tuple(candidates))


def order(retrieval: Retrieval) -> list[str]:
    return [candidate.document.source_id for candidate in retrieval.candidates]


def test_blended_by_hand(candidate: Make) -> None:
    # Scores 3 and 1: mean 2, deviation 1. Said -1 and +3: -1 and +1 deviations. Weight 3/4: the first has
    # 2 + 1 * (1/4 * 1 + 3/4 * -1) = 1.5, the second 2 + 1 * (1/4 * -1 + 3/4 * 1) = 2.5.
    retrieval = rerank(found(candidate, 3.0, 1.0), Says(-1.0, 3.0), RerankSettings(top=2, weight=0.75))
    assert order(retrieval) == ["1.txt", "0.txt"]
    assert [c.score for c in retrieval.candidates] == [2.5, 1.5]
    assert [c.reads for c in retrieval.candidates] == [
        (Read("rerank", 3.0, 1.5),),
        (Read("rerank", -1.0, -1.5),),
    ]


def test_only_the_best_are_read(candidate: Make) -> None:
    reader = Shortest()
    retrieval = rerank(found(candidate, 5.0, 4.0, 1.0), reader, RerankSettings(top=2, weight=1.0))
    assert len(reader.read) == 2
    assert retrieval.candidates[-1].reads == () and retrieval.candidates[-1].score == 1.0


def test_what_it_finds_bad_falls_below_what_it_did_not_read(candidate: Make) -> None:
    # 5 and 1, said 0 and 1: with all the weight the first takes the second's place at 1, below 2.
    retrieval = rerank(found(candidate, 5.0, 3.0, 2.5), Says(0.0, 9.0), RerankSettings(top=2, weight=1.0))
    assert order(retrieval) == ["1.txt", "0.txt", "2.txt"]
    retrieval = rerank(found(candidate, 5.0, 1.0, 1.0), Says(0.0, 9.0), RerankSettings(top=2, weight=1.0))
    assert order(retrieval)[0] == "1.txt" and retrieval.candidates[1].score == 1.0


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=12), st.floats(0, 1), st.integers(0, 14))
def test_nobody_is_lost_and_scores_fall(scores: list[float], weight: float, top: int) -> None:
    from index import DocumentInfo, Passage, Similarity

    candidates = tuple(
        Candidate(
            Passage(f"{n:02}", "d", n, 0, 4, "Text"),
            DocumentInfo("d", "d.txt", "D", "", "text/plain"),
            Similarity(0.0, (), 0.0),
            0.0,
            round(score, 5),
        )
        for n, score in enumerate(sorted(scores, reverse=True))
    )
    said = Says(*np.linspace(-2, 2, len(scores)))
    retrieval = rerank(Retrieval("q", candidates), said, RerankSettings(top, weight))
    assert sorted(c.passage.passage_id for c in retrieval.candidates) == [
        f"{n:02}" for n in range(len(scores))
    ]
    fallen = [c.score for c in retrieval.candidates]
    assert fallen == sorted(fallen, reverse=True)


@pytest.mark.parametrize("settings", [RerankSettings(top=30, weight=0), RerankSettings(top=1, weight=1)])
def test_without_weight_or_choice_it_is_not_asked(settings: RerankSettings, candidate: Make) -> None:
    reader, before = Shortest(), found(candidate, 2.0, 1.0)
    assert rerank(before, reader, settings) is before and not reader.read


def test_a_reranker_that_finds_all_alike_leaves_the_order(candidate: Make) -> None:
    retrieval = rerank(found(candidate, 3.0, 2.0, 1.0), Says(7.0, 7.0, 7.0), RerankSettings(3, 0.5))
    assert order(retrieval) == ["0.txt", "1.txt", "2.txt"]


def test_it_reads_title_headings_and_text(candidate: Make) -> None:
    one = candidate("a.txt", "The  board met\nin May.")
    one = replace(
        one,
        document=replace(one.document, title="Harbour Trust."),
        passage=replace(one.passage, heading="HARBOUR TRUST › Governance: › The board"),
    )
    assert as_read(one.document, one.passage) == "Harbour Trust. Governance. The board. The board met in May."


def test_shares_still_make_the_score(candidate: Make) -> None:
    retrieval = rerank(found(candidate, 3.0, 2.0, 1.0), Says(0.0, 1.0, 2.0), RerankSettings(2, 0.5))
    for hit in spread(retrieval, 3):
        # Candidates made by hand have no shares of the engines: what they were given goes in.
        assert sum(hit.shares.values()) + hit.scores["fused"] == pytest.approx(hit.score, abs=1e-4)
    assert [("rerank" in hit.shares) for hit in spread(retrieval, 3)] == [True, True, False]


def test_without_a_reranker_nothing_changes(service: Service) -> None:
    answer = service.ask(_QUESTION)
    assert "reranker" not in answer.receipt and "rerank" not in answer.timings_ms
    assert all("rerank" not in hit.shares | hit.scores for hit in answer.hits)


def test_it_changes_the_order_but_not_the_confidence(service: Service, store: Store) -> None:
    reader = Shortest()
    settings = Settings(rerank=RerankSettings(top=20, weight=1.0))
    other = Service(store, TransformerEmbedder(), settings, reader)
    other.warm()
    before, after = service.ask(_QUESTION), other.ask(_QUESTION)
    assert [hit.passage.passage_id for hit in before.hits] != [hit.passage.passage_id for hit in after.hits]
    lengths = [len(hit.passage.text) for hit in after.hits]
    assert np.mean(lengths) < np.mean([len(hit.passage.text) for hit in before.hits])
    assert after.confidence == before.confidence
    assert after.receipt["reranker_fingerprint"] == "shortest" and after.timings_ms["rerank"] >= 0
    for hit in after.hits:
        assert sum(hit.shares.values()) == pytest.approx(hit.score, abs=1e-3)
    assert (
        search_payload(other.search(_QUESTION))["hits"][0]["text"]
        == other.search(_QUESTION).hits[0].passage.text
    )
