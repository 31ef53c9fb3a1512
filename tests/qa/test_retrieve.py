"""Fusion worked by hand, and hits spread over documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Filter, Similarity
from qa import RetrievalSettings, Service
from qa.retrieve import Candidate, Retrieval, _feedback, _fused, _shared_out, _shares, spread
from qa.understand import understand


def test_fusion_is_the_weighted_mean_of_standardised_scores() -> None:
    # Passage cosines 0 and 1 are -1 and +1 deviations from their mean, as are sentences .2 and .4; BM25 is
    # 6 and 2, so +1 and -1; contexts are alike. With weights 1, 1, 0.5, 0.5, 0: (-1 - 1 + 0 + 0.5) / 3 = -0.5.
    similarities = [Similarity(0.0, (0.2, 0.1), 0.3), Similarity(1.0, (0.4,), 0.3)]
    settings = RetrievalSettings(context_weight=0.5, words_weight=0.5, words_context_weight=0)
    scores = _fused(_shares(similarities, np.array([[6.0, 1.0], [2.0, 9.0]]), settings))
    assert scores.tolist() == [-0.5, 0.5]


def test_scores_that_are_all_alike_say_nothing() -> None:
    # Only BM25 differs: deviations -1 and +1, weight 0.75 of 4.5.
    alike = [Similarity(0.5, (0.5,), 0.5)] * 2
    scores = _fused(_shares(alike, np.array([[1.0, 2.0], [3.0, 2.0]]), RetrievalSettings()))
    assert scores.tolist() == pytest.approx([-0.75 / 4.5, 0.75 / 4.5], abs=1e-5)


class Plane:
    """What feedback asks of a store, over vectors in a plane."""

    def __init__(self, vectors: dict[int, tuple[float, float]]) -> None:
        self.vectors = {number: np.array(vector) for number, vector in vectors.items()}

    def centroid(self, numbers: list[int]) -> np.ndarray:
        total = sum(self.vectors[number] for number in numbers)
        return np.asarray(total / np.linalg.norm(total))

    def similarities(self, vector: np.ndarray, numbers: list[int]) -> list[Similarity | None]:
        cosines = [float(self.vectors[n] @ vector) if n in self.vectors else None for n in numbers]
        return [None if cosine is None else Similarity(cosine, (0.9,), cosine) for cosine in cosines]


def test_feedback_moves_the_question_to_what_the_best_have_in_common() -> None:
    # The question is (1, 0). The best says (.6, .8), so that with weight 1 the question becomes (1.6, .8) / 1.789.
    # Cosines were 0, .6 and .8, and become .447, .894 and .447: deviations of -1, 2 and -1 by the root of 2.
    store, question = Plane({1: (0.0, 1.0), 2: (0.6, 0.8), 3: (0.8, -0.6)}), np.array([1.0, 0.0])
    settings = RetrievalSettings(
        sentence_weight=0, words_weight=0, words_context_weight=0, feedback=1.0, feedback_passages=1
    )
    near = [one for one in store.similarities(question, [1, 2, 3]) if one]
    shares = _shares(near, np.zeros((3, 2)), settings)

    def fed(numbers: list[int], settings: RetrievalSettings = settings) -> tuple[list[float], list[float]]:
        scores = np.array([0.0, 9.0, 1.0])[: len(numbers)]
        found = _feedback(
            store, question, numbers, scores, near[: len(numbers)], shares[: len(numbers)], settings
        )  # type: ignore[arg-type]
        return found[0].tolist(), found[1].tolist()

    moved, added = fed([1, 2, 3])
    assert moved == pytest.approx([0.44721, 0.89443, 0.44721], abs=1e-5)
    expected = np.array([-1, 2, -1]) / np.sqrt(2) - shares.sum(axis=1)
    assert added == pytest.approx(expected.tolist(), abs=1e-4)
    assert added[0] > 0 > added[2], "the first was far from the question but is like the best"
    # Without feedback, or without anything to learn from, nothing moves.
    assert fed([1, 2, 3], replace(settings, feedback=0)) == ([0.0, 0.6, 0.8], [0.0, 0.0, 0.0])
    assert fed([]) == ([], [])
    # What was removed meanwhile stays where it was.
    del store.vectors[1]
    assert fed([1, 2, 3])[0][0] == 0.0


def test_each_part_of_a_comparison_has_its_share_of_the_list(candidate: Callable[..., Candidate]) -> None:
    # What is said of 2012 fills the top; the best three of 2017 are raised to half a deviation below the best of all.
    asked = understand("Was it better in 2012 than in 2017?", {})

    def of(year: str, best: float) -> list[Candidate]:
        made = [candidate(f"{year}.txt", f"In {year}, {n}.", best - n / 10, start=20 * n) for n in range(5)]
        return [replace(one, document=replace(one.document, published=year)) for one in made]

    found, late = of("2012", 3.0), of("2017", 1.0)
    shared = _shared_out([*found, *late], asked.parts(), RetrievalSettings())
    assert [one.part for one in shared if one.document.source_id == "2012.txt"] == [0.0] * 5
    raised = [one for one in shared if one.part]
    assert [one.passage.text for one in raised] == ["In 2017, 0.", "In 2017, 1.", "In 2017, 2."]
    assert [one.score for one in raised] == [2.5] * 3 and [one.fused for one in raised] == [1.0, 0.9, 0.8]
    assert [one.score for one in shared] == sorted((one.score for one in shared), reverse=True)
    # A question about one time has no parts, and 0 takes nobody's share into account.
    one_time = understand("Was it good in 2012?", {})
    assert _shared_out([*found, *late], one_time.parts(), RetrievalSettings()) == [*found, *late]
    assert _shared_out([*found, *late], asked.parts(), RetrievalSettings(part_passages=0)) == [*found, *late]
    assert _shared_out([], asked.parts(), RetrievalSettings()) == []


def test_a_passage_without_sentences_counts_as_its_own_best() -> None:
    assert Similarity(0.3, (), 0.3).best_sentence == 0.3


def test_no_candidates_no_hits() -> None:
    assert _fused(_shares([], np.zeros((0, 2)), RetrievalSettings())).tolist() == []
    assert spread(Retrieval("q", ()), 10) == ()


def test_a_second_document_overtakes_by_less_than_the_cost(candidate: Callable[..., Candidate]) -> None:
    # After one hit from a.txt its next costs 0.3 ln 2 = 0.208: 0.9 - 0.208 = 0.692 < 0.8.
    found = Retrieval(
        "q",
        (
            candidate("a.txt", "A.", 1.0),
            candidate("a.txt", "B.", 0.9, start=9),
            candidate("b.txt", "C.", 0.8),
        ),
    )
    hits = spread(found, 3)
    assert [(hit.passage.text, hit.score) for hit in hits] == [("A.", 1.0), ("C.", 0.8), ("B.", 0.69206)]
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert [hit.passage.text for hit in spread(found, 3, RetrievalSettings(spread=0))] == ["A.", "B.", "C."]


@given(
    scores=st.lists(st.tuples(st.sampled_from("abc"), st.integers(-5, 5)), max_size=30), k=st.integers(0, 40)
)
def test_spreading_loses_and_doubles_nothing(scores: list[tuple[str, int]], k: int) -> None:
    from index import DocumentInfo, Passage

    candidates = [
        Candidate(
            Passage(f"{doc}:{i}-{i + 1}", doc, i, i, i + 1, "x"), DocumentInfo(doc, doc, doc, "", ""),
            Similarity(0.0, (), 0.0), 0.0, float(score),
        )
        for i, (doc, score) in enumerate(scores)
    ]  # fmt: skip
    hits = spread(Retrieval("q", tuple(candidates)), k)
    assert len(hits) == min(k, len(candidates))
    assert len({hit.passage.passage_id for hit in hits}) == len(hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    if hits:
        assert hits[0].score == max(score for _, score in scores)


def test_hits_are_what_the_documents_say(service: Service) -> None:
    hits = service.search("Why were thresholds inconsistent?", k=200).hits
    for hit in hits:
        assert (
            service.document(hit.document.doc_id).text[hit.passage.start : hit.passage.end]
            == hit.passage.text
        )
    assert len({hit.passage.passage_id for hit in hits}) == len(hits)
    assert np.all(np.diff([hit.score for hit in hits]) <= 0)


@pytest.mark.parametrize(
    "where",
    [
        Filter(voices=frozenset({"council"})),
        Filter(publishers=frozenset({"Ofsted"})),
        Filter(documents=frozenset({"figures-2017.md"})),
        Filter(published_from="2018"),
        Filter(voices=frozenset({"press"}), published_to="2017"),
    ],
)
def test_a_filter_is_honoured_before_ranking(service: Service, where: Filter) -> None:
    hits = service.search("Why were thresholds inconsistent?", k=1000, filter=where).hits
    assert hits and all(where.admits(hit.document, hit.passage) for hit in hits)
    found = {hit.document.doc_id for hit in hits}
    assert len(found) == service.counts(where).documents


def test_a_filter_that_nothing_meets_finds_nothing(service: Service) -> None:
    assert service.search("thresholds", filter=Filter(voices=frozenset({"court"}))).hits == ()
