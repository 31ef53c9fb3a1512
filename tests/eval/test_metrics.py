import doctest
import importlib
import random
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.beir import score_runs
from eval.intervals import auroc, percentiles, ratio
from eval.metrics import (
    Returned,
    covered,
    facts_found,
    is_found,
    keys_found,
    reciprocal_rank,
    within_budget,
)
from eval.types import Place, ResolvedFact
from index import Span, token_spans


def fact(*places: tuple[str, int, int], keys: tuple[str, ...] = ()) -> ResolvedFact:
    return ResolvedFact("", tuple(Place(*place) for place in places), keys)


def returned(doc: str, start: int, lengths: list[int]) -> Returned:
    """A text of tokens with these lengths."""
    tokens, at = [], 0
    for length in lengths:
        tokens.append(Span(at, at + length))
        at += length
    return Returned(Place(doc, start, start + at), tuple(tokens))


# The first example of a test pays for loading a tokenizer or a library.
unhurried = settings(deadline=None)
places = st.builds(
    lambda doc, start, length: Place(doc, start, start + length),
    st.sampled_from("ab"),
    st.integers(0, 40),
    st.integers(1, 20),
)
texts = st.builds(
    returned, st.sampled_from("ab"), st.integers(0, 40), st.lists(st.integers(0, 6), min_size=1, max_size=8)
)


@pytest.mark.parametrize("name", ["resolve", "metrics", "intervals", "beir", "gate"])
def test_examples_in_docstrings(name):
    result = doctest.testmod(importlib.import_module(f"eval.{name}"))
    assert result.attempted
    assert not result.failed


class TestCoverage:
    @unhurried
    @given(places, st.lists(places, max_size=6))
    def test_it_is_the_number_of_characters_in_the_union(self, place, others):
        union = {c for p in others if p.doc_id == place.doc_id for c in range(p.start, p.end)}
        assert covered(place, others) == len(union & set(range(place.start, place.end)))

    @unhurried
    @given(places, st.lists(places, max_size=6))
    def test_returning_more_never_finds_less(self, place, others):
        target = ResolvedFact("", (place,))
        found = [is_found(target, others[:n]) for n in range(len(others) + 1)]
        assert found == sorted(found)

    def test_sixty_per_cent_is_enough_for_every_length(self):
        # Three fifths exactly, whatever 0.6 is in binary.
        for length in range(5, 500, 5):
            enough = 3 * length // 5
            assert is_found(fact(("a", 0, length)), [Place("a", 0, enough)])
            assert not is_found(fact(("a", 0, length)), [Place("a", 0, enough - 1)])

    def test_two_halves_find_what_neither_finds_alone(self):
        target = fact(("a", 0, 100))
        left, right = Place("a", 0, 40), Place("a", 60, 90)
        assert not is_found(target, [left])
        assert not is_found(target, [right])
        assert is_found(target, [left, right])  # 40 + 30 of 100

    def test_one_alternative_is_enough_and_halves_of_two_are_not(self):
        target = fact(("a", 0, 10), ("b", 0, 10))
        assert is_found(target, [Place("b", 0, 10)])
        assert not is_found(target, [Place("a", 0, 5), Place("b", 0, 5)])


class TestBudget:
    @unhurried
    @given(st.lists(texts, max_size=6), st.integers(0, 40))
    def test_no_budget_is_overspent_and_none_wasted(self, items, budget):
        kept = within_budget(items, budget)
        spent = 0
        for item, place in zip(items, kept, strict=False):
            inside = [token for token in item.tokens if item.place.start + token.end <= place.end]
            assert place.start == item.place.start
            assert place.end <= item.place.end
            # Empty tokens at the cut lie inside on both sides of it, so count no more than were left.
            spent += min(len(inside), budget - spent)
        assert spent == min(budget, sum(len(item.tokens) for item in items))
        assert len(kept) <= len(items)

    @unhurried
    @given(st.lists(texts, max_size=6), st.integers(0, 40), st.integers(0, 40))
    def test_a_larger_budget_returns_at_least_as_much(self, items, one, other):
        smaller, larger = sorted((one, other))
        assert all(
            covered(place, within_budget(items, larger)) == len(place)
            for place in within_budget(items, smaller)
        )

    @unhurried
    @given(st.text(min_size=1, max_size=60), st.integers(1, 30))
    def test_real_tokens_of_any_text_are_cut_inside_it(self, text, budget):
        item = Returned(Place("a", 7, 7 + len(text)), tuple(token_spans(text)))
        for place in within_budget([item], budget):
            assert 7 <= place.end <= 7 + len(text)

    def test_the_last_hit_is_cut(self):
        # 3 tokens, then 5: a budget of 5 keeps two of the second hit, 4 + 6 = 10 of its 30 characters.
        hits = [returned("a", 0, [5, 5, 5]), returned("b", 100, [4, 6, 5, 5, 10])]
        assert within_budget(hits, 5) == [Place("a", 0, 15), Place("b", 100, 110)]

    def test_facts_are_found_by_budget(self):
        hits = [returned("a", 0, [5, 5, 5]), returned("b", 100, [4, 6, 5, 5, 10])]
        facts = [fact(("a", 0, 15)), fact(("b", 100, 116)), fact(("c", 0, 5))]
        # b: with 5 tokens 10 of 16 characters are there, 62.5 %; with 4 tokens 4 of 16.
        assert facts_found(facts, hits, 5) == (True, True, False)
        assert facts_found(facts, hits, 4) == (True, False, False)
        # a: with 2 tokens 10 of 15; with 1 token 5 of 15.
        assert facts_found(facts, hits, 2) == (True, False, False)
        assert facts_found(facts, hits, 1) == (False, False, False)

    def test_a_repeated_hit_is_paid_for_again(self):
        same = returned("a", 0, [5, 5])
        assert facts_found([fact(("b", 0, 5))], [same, same, returned("b", 0, [5])], 4) == (False,)


class TestReciprocalRank:
    def test_the_first_hit_that_finds_counts(self):
        hits = [Place("x", 0, 9), Place("a", 0, 10), Place("a", 0, 10)]
        assert reciprocal_rank([fact(("a", 0, 10)), fact(("b", 0, 10))], hits) == 1 / 2

    def test_hits_find_together(self):
        # After the second hit 5 of 10 characters are there, after the third 8.
        hits = [Place("a", 0, 3), Place("a", 8, 10), Place("a", 3, 6)]
        assert reciprocal_rank([fact(("a", 0, 10))], hits) == 1 / 3

    def test_nothing_found_is_zero(self):
        assert reciprocal_rank([fact(("a", 0, 10))], [Place("a", 0, 5), Place("b", 0, 10)]) == 0.0
        assert reciprocal_rank([fact(("a", 0, 10))], []) == 0.0


class TestKeys:
    @pytest.mark.parametrize(
        ("keys", "quotes", "found"),
        [
            (["inaccurate|unreliable", "optimistic"], ["Too OPTIMISTIC.", "Data were unreliable"], True),
            (["inaccurate|unreliable", "optimistic"], ["Data were unreliable"], False),
            (["hadn't"], ["It hadn\u2019t"], True),
            (["front-line"], ["front\u2013line staff"], True),
            (["chief executive"], ["the chief\n   executive"], True),
            (["chief executive"], ["the chief", "executive"], False),
            (["threshold"], ["thresh-\nolds"], True),
            (["five"], ["\ufb01ve"], True),
            (["10%"], ["rose to 10\u00a0%"], False),
            (["18"], [], False),
        ],
    )
    def test_all_keys_in_any_way_of_writing(self, keys, quotes, found):
        assert keys_found(keys, quotes) is found

    def test_a_fact_without_keys_does_not_count(self):
        assert keys_found([], ["anything"]) is None


class TestIntervals:
    def test_a_ratio_is_of_sums_and_not_a_mean_of_ratios(self):
        # (1 + 3) / (2 + 3), where the mean of 1/2 and 3/3 were 0.75.
        assert ratio([(1, 2), (3, 3)]).value == 0.8

    def test_nothing_over_nothing_is_zero(self):
        measure = ratio([(0, 0), (0, 0)])
        assert (measure.value, measure.low, measure.high, measure.n) == (0.0, 0.0, 0.0, 2)

    def test_the_same_twice_and_another_seed_near_by(self):
        pairs = [(n % 3, 3) for n in range(50)]
        assert ratio(pairs) == ratio(pairs)
        assert ratio(pairs, seed=1) != ratio(pairs)
        assert ratio(pairs, seed=1).low == pytest.approx(ratio(pairs).low, abs=0.05)

    def test_an_interval_is_about_two_standard_errors_wide(self):
        # 200 of 400: the standard error is (.5 * .5 / 400) ** .5 = .025.
        measure = ratio([(n % 2, 1) for n in range(400)])
        assert measure.low == pytest.approx(0.5 - 1.96 * 0.025, abs=0.01)
        assert measure.high == pytest.approx(0.5 + 1.96 * 0.025, abs=0.01)

    def test_many_questions_are_drawn_in_blocks_with_the_same_result(self, monkeypatch):
        pairs = [(n % 5, 4) for n in range(37)]
        positives, negatives = [n / 7 for n in range(7)], [n / 11 for n in range(11)]
        whole = ratio(pairs)
        monkeypatch.setattr("eval.intervals._CELLS", 100)
        assert ratio(pairs) == whole
        assert auroc(positives, negatives).value == pytest.approx(0.5, abs=0.2)

    def test_auroc_by_hand(self):
        # Pairs: .9 wins both; .5 ties once, wins once: (2 + 1.5) / 4.
        assert auroc([0.9, 0.5], [0.5, 0.1]).value == 0.875

    @unhurried
    @given(
        st.lists(st.integers(0, 5), min_size=1, max_size=12),
        st.lists(st.integers(0, 5), min_size=1, max_size=12),
    )
    def test_the_rank_form_is_scikit_learns_area(self, positives, negatives):
        """A resample that draws everyone once has the set's own value, by the other of the two ways."""

        class Everyone:
            def __init__(self, seed):
                pass

            def randint(self, low, high, size):
                return np.tile(np.arange(high), (size[0], 1))

        with mock.patch("eval.intervals.np.random.RandomState", Everyone):
            measure = auroc(positives, negatives, resamples=3)
        assert measure.low == measure.high == pytest.approx(measure.value, abs=1e-12)

    def test_empty_classes_are_errors(self):
        with pytest.raises(ValueError):
            auroc([], [1.0])
        with pytest.raises(ValueError):
            ratio([])

    def test_percentiles(self):
        assert percentiles([4.0, 1.0, 3.0, 2.0], (50, 100)) == (2.5, 4.0)


class TestRanking:
    def test_by_hand(self):
        # Grades a 2, b 1, c 0; served x, b, c, a.
        # DCG = 1/log2(3) + 2/log2(5) = 0.63093 + 0.86135 = 1.49228; ideal 2 + 0.63093 = 2.63093.
        scores = score_runs({"q": {"a": 2, "b": 1, "c": 0}}, {"q": ["x", "b", "c", "a"]})["q"]
        assert scores["ndcg@10"] == pytest.approx(1.49228 / 2.63093, abs=1e-5)
        assert scores["recall@10"] == 1.0
        assert scores["rr@10"] == 0.5

    def test_the_eleventh_document_is_too_late_for_ten(self):
        ranking = [f"x{n}" for n in range(10)] + ["a"]
        scores = score_runs({"q": {"a": 1}}, {"q": ranking})["q"]
        assert scores == {"ndcg@10": 0.0, "recall@10": 0.0, "recall@100": 1.0, "rr@10": 0.0}

    def test_a_query_without_results_scores_zero_and_stays(self):
        scores = score_runs({"q": {"a": 1}, "r": {"a": 1}, "s": {"a": 0}}, {"q": ["a"], "r": []})
        assert set(scores) == {"q", "r", "s"}
        assert not any(scores["r"].values())
        assert not any(scores["s"].values())

    def test_nothing_judged_is_nothing_scored(self):
        assert score_runs({}, {"q": ["a"]}) == {}

    @pytest.mark.parametrize("seed", range(20))
    def test_agreement_with_ir_measures_on_random_runs(self, seed):
        """With scores full of ties, which have to be scored in the order served, and with missing queries."""
        import ir_measures
        from ir_measures import RR, R, nDCG

        chance = random.Random(seed)
        documents = [f"d{n}" for n in range(150)]
        queries = [f"q{n}" for n in range(30)]
        qrels = {
            q: {d: chance.choice([0, 0, 1, 2, 3]) for d in chance.sample(documents, chance.randint(1, 30))}
            for q in queries
        }
        runs = {q: chance.sample(documents, chance.randint(0, 120)) for q in queries if chance.random() < 0.8}
        served = score_runs(qrels, runs)
        judged = [ir_measures.Qrel(q, d, g) for q, grades in qrels.items() for d, g in grades.items()]
        run = [
            ir_measures.ScoredDoc(q, d, 1 / (rank + 1))
            for q, ranking in runs.items()
            for rank, d in enumerate(ranking)
        ]
        names = {nDCG @ 10: "ndcg@10", R @ 10: "recall@10", R @ 100: "recall@100", RR @ 10: "rr@10"}
        for metric in ir_measures.iter_calc(list(names), judged, run):
            assert served[metric.query_id][names[metric.measure]] == pytest.approx(metric.value, abs=1e-9)
        means = ir_measures.calc_aggregate(list(names), judged, run)
        for measure, name in names.items():
            mean = ratio([(scores[name], 1) for scores in served.values()], resamples=1).value
            assert mean == pytest.approx(means[measure], abs=1e-9)
