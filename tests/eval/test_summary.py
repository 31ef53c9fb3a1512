"""Measures worked by hand from rows and from places."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from eval import Evidence, Fact, Question, evaluate
from eval.calibration import bin_of, calibration, reliability_of
from eval.intervals import average_precision, average_precisions
from eval.metrics import is_relevant
from eval.summary import NAMES, costs_of, measures_of
from eval.types import Place, ResolvedFact
from tests.eval.rows import fact, quote, row

unhurried = settings(deadline=None)
shares = st.floats(0, 1, allow_nan=False).map(lambda x: round(x, 2))


def value(rows, name):
    return measures_of(rows)[name].value


class TestCitationPrecision:
    EVIDENCE = (ResolvedFact("", (Place("a", 100, 200),)), ResolvedFact("", (Place("b", 0, 10),)))

    @pytest.mark.parametrize(
        ("place", "relevant"),
        [
            (("a", 100, 200), True),
            (("a", 120, 130), True),  # short, and all of it is evidence
            (("a", 0, 1000), True),  # long, and all of the evidence is in it
            (("a", 160, 220), True),  # 40 of its 60 characters: 66 %
            (("a", 170, 230), False),  # 30 of 60, and 30 of the evidence's 100
            (("a", 40, 160), True),  # 60 of its 120 are only half, but 60 of the evidence's 100 are enough
            (("a", 40, 159), False),
            (("b", 4, 14), True),  # 6 of 10 either way
            (("b", 5, 15), False),
            (("c", 100, 200), False),
            (("a", 150, 150), False),
        ],
    )
    def test_sixty_per_cent_either_way(self, place, relevant):
        assert is_relevant(Place(*place), self.EVIDENCE) is relevant

    def test_it_is_over_quotes_and_only_of_answerable_questions(self):
        yes, no = quote(relevant=True), quote(relevant=False)
        rows = [
            row("q1", fact(), quotes=(yes, no, no)),
            row("q2", fact(), quotes=(yes,)),
            row("q3", fact(), quotes=(), status="not_in_documents"),
            row("q4", quotes=(quote(), quote()), status="answered"),
        ]
        assert value(rows, "citation_precision") == 0.5  # 2 of 4
        assert measures_of(rows)["citation_precision"].n == 2

    def test_end_to_end(self, scripted, service_class):
        texts = {"a.txt": "Five homes were inspected. Nothing else was said."}
        question = Question("q", "q?", "factoid", True, (Fact("five", (Evidence("a.txt", 0, 26),)),))
        script = {"q?": scripted(quotes=[("a.txt", 27, 49), ("a.txt", 0, 10)])}
        report = evaluate(service_class(texts, script), [question])
        assert [q.relevant for q in report.rows[0].quotes] == [False, True]
        assert report.measures["citation_precision"].value == 0.5
        # The second quote is evidence, but 10 of 26 characters do not state the fact.
        assert report.measures["quote_rr"].value == 0.0


class TestOrderOfQuotes:
    def test_the_first_quote_that_states_a_fact(self, scripted, service_class):
        texts = {"a.txt": "Five homes were inspected. Nothing else was said."}
        question = Question("q", "q?", "factoid", True, (Fact("five", (Evidence("a.txt", 0, 26),)),))
        for quotes, expected in (([(0, 26), (27, 49)], 1.0), ([(27, 49), (0, 26)], 0.5), ([(27, 49)], 0.0)):
            script = {"q?": scripted(quotes=[("a.txt", *place) for place in quotes])}
            assert evaluate(service_class(texts, script), [question]).measures["quote_rr"].value == expected


class TestVoicesAndDocuments:
    def test_by_hand(self):
        two = (quote("a.txt", voice="press"), quote("b.txt", voice="council"), quote("a.txt", voice="press"))
        one = (quote("a.txt", voice="press"),)
        rows = [
            row("q1", fact(voiced=True), fact("b", voiced=False), type="attribution", quotes=one),
            row("q2", fact(voiced=True), fact("b", voiced=None), type="attribution", quotes=two),
            row("q3", fact(voiced=False), type="factoid", quotes=one),
            row("q4", fact(), type="multi", quotes=two),
            row("q5", fact(), type="multi", quotes=one),
            row("q6", fact(), type="multi", quotes=(), status="not_in_documents"),
        ]
        assert value(rows, "voice_recall") == round(
            2 / 3, 12
        )  # q1 one of two, q2 its one; q3 is no attribution
        assert value(rows, "multi_documents") == round(1 / 3, 12)  # q4; q5 has one document, q6 none
        costs = costs_of(rows)
        # Quotes: 1, 3, 1, 3, 1 and q6 has none; documents and voices 1, 2, 1, 2, 1.
        assert costs["quotes"].value == 9 / 5
        assert costs["documents_cited"].value == costs["voices"].value == 7 / 5
        assert costs["voices"].n == 5

    def test_what_a_question_asks_of_its_quotes(self):
        two = (quote("a.txt", voice="press"), quote("b.txt", voice="council"))
        rows = [
            row("q1", fact(), quotes=two, must_cite_voices=("press", "court"), must_cite_at_least=2),
            row("q2", fact(), quotes=two[:1], must_cite_at_least=2),
            row("q3", fact(), quotes=two),
        ]
        assert value(rows, "must_cite") == 0.5  # press and two documents, of court, press and two and two
        assert measures_of(rows)["must_cite"].n == 2

    def test_a_fact_is_voiced_by_any_document_that_states_it(self, scripted, service_class):
        class Voiced(service_class):
            def _info(self, source):
                return replace(
                    super()._info(source), voice={"p.txt": "press", "c.txt": "council"}.get(source, "other")
                )

            def ask(self, *args, **kwargs):
                answer = super().ask(*args, **kwargs)
                return replace(answer, quotes=tuple(replace(q, voice="press") for q in answer.quotes))

        texts = {"p.txt": "The press said so.", "c.txt": "The council said so.", "o.txt": "Somebody said so."}
        facts = tuple(
            Fact(name, tuple(Evidence(source, 0, 10) for source in name.split()))
            for name in ("p.txt", "c.txt", "p.txt c.txt", "o.txt")
        )
        question = Question("q", "q?", "attribution", True, facts)
        report = evaluate(Voiced(texts, {"q?": scripted(quotes=[("p.txt", 0, 18)])}), [question])
        assert [f.voiced for f in report.rows[0].facts] == [True, False, True, None]
        assert report.measures["voice_recall"].value == round(2 / 3, 12)


class TestAveragePrecision:
    def test_by_hand(self):
        # In order: + - + -: precision 1 at the first positive, 2/3 at the second.
        assert average_precision([0.9, 0.4], [0.5, 0.1]).value == round((1 + 2 / 3) / 2, 12)
        # All tied: at either positive both and both negatives are there, 2 of 4.
        assert average_precision([0.5, 0.5], [0.5, 0.5]).value == 0.5

    def test_unanswerable_questions_with_low_confidence_are_what_is_sought(self):
        rows = [
            row("q1", fact(), confidence=0.9),
            row("q2", fact(), confidence=0.2),
            row("q3", confidence=0.1),
            row("q4", confidence=0.3),
        ]
        # From the least confident: q3 rightly, q2 wrongly, q4 rightly: (1 + 2/3) / 2.
        assert value(rows, "refusal_auprc") == round((1 + 2 / 3) / 2, 12)

    @unhurried
    @given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=20))
    def test_rows_of_scores_agree_with_scikit_learn(self, judged):
        labels = np.array([label for _, label in judged])
        if labels.all() or not labels.any():
            return
        scores = np.array([[s for s, _ in judged], [-s for s, _ in judged]], dtype=float)
        expected = [average_precision_score(labels, line) for line in scores]
        assert average_precisions(scores, labels) == pytest.approx(expected, abs=1e-12)

    def test_one_class_is_an_error(self):
        with pytest.raises(ValueError):
            average_precision([], [1.0])


class TestCalibration:
    def test_by_hand(self):
        # Bin 0.8 to 0.9: two of two answerable at 0.8, off by 0.2; 0.3 to 0.4: one of two at 0.3, off by 0.2.
        judged = [(0.8, True), (0.8, True), (0.3, False), (0.3, True)]
        assert calibration(judged).value == 0.8
        low, high = reliability_of(judged)
        assert (low.low, low.high, low.n, low.confidence, low.answerable) == (0.3, 0.4, 2, 0.3, 0.5)
        assert (high.n, high.confidence, high.answerable) == (2, 0.8, 1.0)

    def test_perfect_and_worst(self):
        assert calibration([(1.0, True), (0.0, False)]).value == 1.0
        assert calibration([(0.0, True), (1.0, False)]).value == 0.0

    def test_edges(self):
        assert [bin_of(n / 10) for n in range(11)] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]
        assert bin_of(0.7 - 0.1) == 6

    @unhurried
    @given(st.lists(st.tuples(shares, st.booleans()), min_size=1, max_size=30))
    def test_it_is_the_weighted_distance_of_the_curve_from_the_diagonal(self, judged):
        points = reliability_of(judged)
        assert sum(point.n for point in points) == len(judged)
        error = math.fsum(p.n * abs(p.confidence - p.answerable) for p in points) / len(judged)
        measure = calibration(judged, resamples=20)
        assert measure.value == pytest.approx(1 - error, abs=1e-9)
        assert 0 <= measure.low <= measure.high <= 1

    def test_no_questions_are_an_error(self):
        with pytest.raises(ValueError):
            calibration([])

    def test_it_is_measured_where_refusal_is(self):
        assert "calibration" in measures_of([row("q1", fact()), row("q2")])
        assert "calibration" not in measures_of([row("q1", fact())])


def test_every_measure_lies_between_0_and_1_and_has_its_place():
    rows = [
        row("q1", fact(voiced=True), type="attribution", must_cite_at_least=1),
        row("q2", fact(at=None, quoted=False), type="multi"),
        row("q3"),
    ]
    measures = measures_of(rows)
    assert list(measures) == [name for name in NAMES if name in measures]
    assert set(NAMES) - set(measures) == {"ndcg@10", "recall@10", "recall@100", "rr@10"}
    for measure in measures.values():
        assert 0 <= measure.low <= measure.high <= 1
        assert 0 <= measure.value <= 1
