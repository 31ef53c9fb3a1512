"""What fails a build and what does not, and the settings that say so."""

import pytest

from eval.gate import judge, parse_floor
from eval.settings import WATCHED, GateSettings, read_gate_settings
from eval.summary import NAMES
from index import UsageError
from tests.eval.rows import fact, quote, report, row

FOUND, LOST = fact(at=250), fact(at=None, quoted=False)


def run(n, lost=0, **more):
    return report(*(row(f"q{i:03}", LOST if i < lost else FOUND) for i in range(n)), row("u"), **more)


def only(name, **more):
    return GateSettings(measures=(name,), **more)


class TestVerdict:
    def test_an_unchanged_run_passes_whatever_is_asked(self):
        strict = GateSettings(alpha=1.0, max_drop=0.0, measures=NAMES)
        verdict = judge(run(10, 3), run(10, 3), strict)
        assert verdict.passed
        assert verdict.sentences == ()
        assert verdict.comparison is not None

    def test_without_a_baseline_floors_and_faults_count(self):
        assert judge(run(10)).passed
        assert judge(run(10)).comparison is None
        verdict = judge(run(10, 4), settings=GateSettings(floors={"fact_recall@250": 0.7, "rr": 1.0}))
        (sentence,) = verdict.sentences
        assert sentence.startswith("fact_recall@250 is 0.6, below its floor of 0.7")
        assert not verdict.passed

    def test_a_floor_under_what_could_not_be_measured_fails(self):
        floors = dict([parse_floor("ndcg@10=0.5")])
        assert judge(run(3), settings=GateSettings(floors=floors)).sentences == (
            "ndcg@10 has a floor of 0.5 and could not be measured",
        )

    def test_a_text_that_is_not_verbatim_fails(self):
        verdict = judge(run(3, violations=[f"question q{n}" for n in range(7)]), run(3))
        (sentence,) = verdict.sentences
        assert sentence.startswith(
            "7 texts are not what their document holds there: question q0; question q1"
        )
        assert sentence.endswith("; and 2 more")

    def test_a_significant_loss_fails_however_small(self):
        # 8 of 200 lost, none won: p = 2 / 2 ** 8 for a drop of .04, which alone would be allowed.
        verdict = judge(run(200, 8), run(200), only("fact_recall@250"))
        assert verdict.sentences == (
            "fact_recall@250 fell from 1 to 0.96, over 200 questions: a significant loss"
            " (p = 0.0078, corrected, at alpha 0.05)",
        )
        assert judge(run(200, 8), run(200), only("fact_recall@250", alpha=0.005)).passed

    def test_a_large_loss_fails_though_chance_would_do(self):
        # 2 of 20: p = .5, and a drop of .1.
        verdict = judge(run(20, 2), run(20), only("fact_recall@250"))
        (sentence,) = verdict.sentences
        assert "fell from 1 to 0.9" in sentence
        assert "more than the 0.05 allowed, though not significant (p = 0.5)" in sentence
        # What fails the gate is not called the same.
        assert verdict.comparison is not None
        assert [change.verdict for change in verdict.comparison.measures] == ["fell"]
        allowed = judge(run(20, 2), run(20), only("fact_recall@250", max_drop=0.1))
        assert allowed.passed and allowed.comparison is not None
        assert [change.verdict for change in allowed.comparison.measures] == ["same"]
        assert judge(run(20, 1), run(20), only("fact_recall@250")).passed  # .05 exactly

    def test_what_is_not_watched_may_fall(self):
        assert judge(run(20, 10), run(20), only("refusal_recall")).passed

    def test_a_gain_passes(self):
        verdict = judge(run(20), run(20, 10))
        assert verdict.passed
        assert verdict.comparison is not None
        assert "better" in {change.verdict for change in verdict.comparison.measures}

    def test_a_question_that_is_now_turned_away_fails(self):
        good = [row("q1", FOUND), row("q2", FOUND), row("u")]
        bad = [good[0], row("q2", FOUND, status="error", error="too long"), good[2]]
        verdict = judge(report(*bad), report(*good), only("rr"))
        assert verdict.sentences == ("1 questions are now turned away: q2, too long",)
        assert judge(report(*bad), report(*bad), only("rr")).passed

    def test_an_engine_that_turns_everything_away_does_not_pass(self):
        """Without a baseline or floors too: nothing was measured, and that is no success."""
        broken = [row(f"q{n}", FOUND, status="error", error="answered 500: boom") for n in range(3)]
        verdict = judge(report(*broken))
        assert verdict.sentences == (
            "all 3 questions were turned away, so nothing was measured: answered 500: boom",
        )
        assert not verdict.passed
        assert judge(report(*broken, row("q9", FOUND))).passed

    def test_what_a_set_asks_of_quotes_is_watched(self):
        def cited(n):
            quotes = tuple(quote(f"{i}.txt", relevant=True) for i in range(n))
            return report(
                *(row(f"q{i}", quotes=quotes, answerable=True, must_cite_at_least=2) for i in range(9))
            )

        verdict = judge(cited(1), cited(2))
        assert [sentence.partition(" ")[0] for sentence in verdict.sentences] == ["must_cite"]

    def test_refusing_everything_does_not_hide_a_measure(self):
        refused = [row(f"q{n:03}", FOUND, quotes=(), status="not_in_documents") for n in range(3)]
        verdict = judge(report(*refused, row("u")), run(3), only("verbatim"))
        assert verdict.sentences == ("verbatim was measured in the baseline and could not be measured now",)

    def test_what_only_questions_no_longer_asked_had_is_not_missed(self):
        baseline = report(row("q1", FOUND), row("q2"), questions="bad")
        now = report(row("q2"), questions="a11")
        assert judge(now, baseline, across_corpora=True).passed

    def test_another_corpus_is_an_error_unless_allowed(self):
        with pytest.raises(UsageError, match=r"different corpora.*--update-baseline"):
            judge(run(3), run(3, corpus="bad"))
        assert judge(run(3), run(3, corpus="bad"), across_corpora=True).passed


def written(folder, text, name="pyproject.toml"):
    (folder / name).write_text(text, "utf-8")
    return folder / name


class TestSettings:
    def test_defaults_are_measures_that_exist(self):
        assert set(WATCHED) <= set(NAMES)
        assert GateSettings() == GateSettings({}, 0.05, 0.05, WATCHED)

    def test_all_keys_are_read(self, tmp_path):
        keys = """
            alpha = 0.01
            max_drop = 1
            measures = ["rr", "key_recall"]
            floors = {"quote_recall@250" = 0.7, rr = 0}
        """
        expected = GateSettings({"quote_recall@250": 0.7, "rr": 0}, 0.01, 1, ("rr", "key_recall"))
        assert read_gate_settings(written(tmp_path, f"[tool.pincite.gate]\n{keys}")) == expected
        assert read_gate_settings(written(tmp_path, keys, "gate.toml")) == expected

    def test_what_is_not_said_is_the_default(self, tmp_path):
        assert read_gate_settings(written(tmp_path, "[project]\nname = 'x'")) == GateSettings()
        assert read_gate_settings(written(tmp_path, "[tool.pincite.gate]\nalpha = 0.1")) == GateSettings(
            alpha=0.1
        )

    @pytest.mark.parametrize(
        ("keys", "complaint"),
        [
            ("alhpa = 0.1", "tool.pincite.gate.alhpa is not a setting; there are floors, alpha"),
            ("alpha = 5", "tool.pincite.gate.alpha must be a number from 0 to 1, not 5"),
            ("alpha = nan", "tool.pincite.gate.alpha must be a number from 0 to 1, not nan"),
            ("max_drop = true", "tool.pincite.gate.max_drop must be a number from 0 to 1, not True"),
            ("floors = 0.5", "tool.pincite.gate.floors must be a table"),
            (
                "floors = {mrr = 0.5}",
                'tool.pincite.gate.floors."mrr": no measure is called "mrr"; there are fact_',
            ),
            ("floors = {rr = 53}", 'tool.pincite.gate.floors."rr" must be a number from 0 to 1, not 53'),
            ('measures = "rr"', "tool.pincite.gate.measures must be a list of names"),
            ("measures = [1]", "tool.pincite.gate.measures must be a list of names"),
            ('measures = ["mrr"]', 'tool.pincite.gate.measures: no measure is called "mrr"'),
        ],
    )
    def test_a_wrong_key_is_named_with_its_file(self, tmp_path, keys, complaint):
        path = written(tmp_path, f"[tool.pincite.gate]\n{keys}\n")
        with pytest.raises(UsageError) as caught:
            read_gate_settings(path)
        assert f"{path}: {complaint}" in str(caught.value)

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("tool = 5", "tool must be a table"),
            ("[tool]\npincite = 5", "tool.pincite must be a table"),
            ("[tool.pincite]\ngate = []", "tool.pincite.gate must be a table"),
            ("a = = 1", "is not TOML: Invalid value (at line 1"),
        ],
    )
    def test_a_wrong_file_is_named(self, tmp_path, text, complaint):
        with pytest.raises(UsageError) as caught:
            read_gate_settings(written(tmp_path, text))
        assert "pyproject.toml" in str(caught.value)
        assert complaint in str(caught.value)

    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(UsageError, match=r"none\.toml cannot be read"):
            read_gate_settings(tmp_path / "none.toml")
        (tmp_path / "bad.toml").write_bytes(b"\xff")
        with pytest.raises(UsageError, match=r"bad\.toml is not UTF-8 at byte 0"):
            read_gate_settings(tmp_path / "bad.toml")
