"""Two runs side by side, from rows written by hand."""

from dataclasses import replace

import pytest

from eval.compare import MeasureChange, compare
from index import UsageError
from tests.eval.rows import fact, quote, report, row

FOUND, LATER, LOST = fact(at=250), fact(at=1000), fact(at=None, quoted=False)


def change_of(comparison, name):
    return next(change for change in comparison.measures if change.name == name)


class TestMeasures:
    def test_a_loss_of_ten_questions_of_ten_is_worse(self):
        old = report(*(row(f"q{n}", FOUND) for n in range(10)))
        new = report(*(row(f"q{n}", fact(at=1000)) for n in range(10)))
        comparison = compare(old, new, measures=["fact_recall@250", "fact_recall@1000"])
        # All ten lost: 2 of 2 ** 10 tosses, times two measures.
        assert comparison.measures == (
            MeasureChange("fact_recall@250", 1.0, 0.0, round(4 / 1024, 12), 10, "worse"),
            MeasureChange("fact_recall@1000", 1.0, 1.0, 1.0, 10, "same"),
        )
        back = compare(new, old, measures=["fact_recall@250"])
        assert [change.verdict for change in back.measures] == ["better"]

    def test_two_questions_of_ten_may_be_chance(self):
        old = report(*(row(f"q{n}", FOUND) for n in range(10)))
        new = report(*(row(f"q{n}", LOST if n < 2 else FOUND) for n in range(10)))
        change = change_of(compare(old, new, measures=["fact_recall@250"]), "fact_recall@250")
        assert (change.old, change.new, change.p, change.verdict) == (1.0, 0.8, 0.5, "same")

    def test_all_measures_of_both_are_compared_by_default(self):
        run = report(row("q1", FOUND), row("q2"))
        assert [change.name for change in compare(run, run).measures] == list(run.measures)

    def test_a_measure_of_one_run_only_is_a_note(self):
        old = report(row("q1", FOUND), row("q2"))
        new = report(row("q1", FOUND, quotes=(), status="not_in_documents"), row("q2"))
        comparison = compare(old, new)
        assert "verbatim" not in [change.name for change in comparison.measures]
        assert "verbatim was measured in the old run only." in comparison.notes


class TestQuestions:
    def told(self, old, new):
        (change,) = compare(report(old), report(new)).questions
        return change

    def test_what_a_fact_lost_and_won(self):
        old = row("q1", fact("one"), fact("two", at=None, quoted=False), fact("three", at=2000), rr=0.5)
        new = row(
            "q1", fact("one", at=None, quoted=False), fact("two", at=500), fact("three", at=1000), rr=0.25
        )
        change = self.told(old, new)
        assert change.lost == (
            "not found, was found within 250 tokens: one",
            "no longer quoted: one",
            "rr 0.5 → 0.25",
        )
        assert change.won == (
            "found within 500 tokens, was not found: two",
            "now quoted: two",
            "found within 1000 tokens, was found within 2000 tokens: three",
        )

    def test_keys_and_voices(self):
        old = row("q1", fact("one", keys=True, voiced=True))
        change = self.told(old, row("q1", fact("one", keys=False, voiced=False)))
        assert change.lost == (
            "its key words are no longer in the quotes: one",
            "the voice that says so is no longer quoted: one",
        )

    def test_old_and_new_quotes_stand_beside_each_other(self):
        old = row("q1", FOUND, quotes=(quote(relevant=True), quote("b.txt", relevant=True)))
        new = row("q1", FOUND, quotes=(quote(relevant=True), quote("c.txt", "Other.", relevant=False)))
        change = self.told(old, new)
        assert (change.old_quotes, change.new_quotes) == (old.quotes, new.quotes)
        assert change.lost == ("citation_precision 1 → 0.5",)

    def test_refused_and_answered(self):
        answered, refused = row("q1", FOUND), row("q1", FOUND, status="not_in_documents")
        assert self.told(answered, refused).lost == ("refused, was answered",)
        assert self.told(refused, answered).won == ("answered, was refused",)
        rightly, wrongly = row("q2"), row("q2", status="partial")
        assert self.told(rightly, wrongly).lost == ("answered in part, was refused",)

    def test_turned_away(self):
        good, failed = row("q1", FOUND), row("q1", FOUND, status="error", error="too long")
        assert self.told(good, failed).lost[0] == "turned away: too long"
        assert self.told(failed, good).won[0] == "no longer turned away"

    def test_other_quotes_without_any_measure_are_shown_and_the_same_are_not(self):
        old, new = row("q1", FOUND), row("q1", FOUND, quotes=(quote("z.txt", relevant=True),))
        change = self.told(old, new)
        assert change.lost == change.won == ()
        assert compare(report(old), report(old)).questions == ()

    def test_ranking(self):
        old = row("q1", answerable=True, ranking={"ndcg@10": 0.5, "rr@10": 1.0})
        change = self.told(old, replace(old, ranking={"ndcg@10": 0.4, "rr@10": 1.0}))
        assert change.lost == ("ndcg@10 0.5 → 0.4",)


class TestComparable:
    RUN = report(row("q1", FOUND), row("q2", FOUND))

    @pytest.mark.parametrize(("what", "plural"), [("corpus", "corpora"), ("questions", "question sets")])
    def test_other_corpora_and_sets_are_refused_unless_allowed(self, what, plural):
        other = report(row("q2", FOUND), row("q3", FOUND), **{what: "bad"})
        with pytest.raises(
            UsageError, match=rf"different {plural}: .*c0ffee|a11.*bad.*--across-corpora"
        ) as caught:
            compare(self.RUN, other)
        assert "--across-corpora" in str(caught.value)
        comparison = compare(self.RUN, other, across_corpora=True)
        assert f"different {plural}" in comparison.notes[0]
        assert comparison.notes[1].startswith(
            "1 questions are in both runs and were compared; the old run has 2"
        )
        assert change_of(comparison, "rr").n == 1

    def test_a_question_that_became_unanswerable_is_another(self):
        other = report(row("q1", FOUND), row("q2"), questions="bad")
        comparison = compare(self.RUN, other, across_corpora=True)
        assert change_of(comparison, "rr").n == 1

    def test_nothing_in_common_is_an_error(self):
        with pytest.raises(UsageError, match="no question in common"):
            compare(self.RUN, report(row("q9"), questions="bad"), across_corpora=True)

    def test_another_kind_is_an_error(self):
        with pytest.raises(UsageError, match="a run of questions cannot be compared with one of beir"):
            compare(self.RUN, replace(self.RUN, kind="beir"), across_corpora=True)

    def test_settings_that_differ_are_told(self):
        old = report(
            row("q1", FOUND), settings={"service": {"k": 5, "deep": {"w": 1.0}}, "code": {"sha256": "a" * 64}}
        )
        new = report(
            row("q1", FOUND), settings={"service": {"k": 5, "deep": {"w": 0.5}}, "code": {"sha256": "b" * 64}}
        )
        assert compare(old, new).notes == (
            "service.deep.w was 1.0 and is 0.5.",
            "code.sha256 was aaaaaaaaaaaa and is bbbbbbbbbbbb.",
        )
