import json
from dataclasses import replace

import pytest

from eval import Evidence, Fact, Question, as_json, as_table, evaluate
from eval.summary import NAMES
from tests.eval.report_values import make_report, make_verdict

TEXTS = {"a.txt": "Five homes were inspected.", "b.txt": "Nothing to see."}
QUESTIONS = [
    Question(
        "q1",
        "How many homes?",
        "factoid",
        True,
        (Fact("five homes", (Evidence("a.txt", 0, 26),), ("five",)),),
    ),
    Question("q2", "Who paid?", "why", True, (Fact("nobody", (Evidence("b.txt", 0, 15),)),)),
    Question("q3", "What colour?", "unanswerable", False),
]


@pytest.fixture
def report(scripted, service_class):
    script = {
        "How many homes?": scripted(hits=[("a.txt", 0, 26)], quotes=[("a.txt", 0, 26)], confidence=0.9),
        "Who paid?": scripted(hits=[("a.txt", 0, 26)], status="not_in_documents", confidence=0.2),
        "What colour?": scripted(status="not_in_documents", confidence=0.1),
    }
    return evaluate(service_class(TEXTS, script), QUESTIONS)


class TestJson:
    def test_measures_have_the_names_of_the_contract(self, report):
        measures = as_json(report)["measures"]
        assert list(measures) == [name for name in NAMES if name in measures]
        assert {
            "fact_recall@250",
            "fact_recall@500",
            "fact_recall@1000",
            "fact_recall@2000",
            "quote_recall@250",
            "key_recall",
            "rr",
            "refusal_auroc",
            "refusal_precision",
            "refusal_recall",
        } <= set(measures)
        assert {"ndcg@10", "recall@10", "rr@10"} <= set(NAMES)
        assert measures["fact_recall@1000"] == {"value": 0.5, "low": 0.0, "high": 1.0, "n": 2}

    def test_it_goes_through_json_unchanged_and_without_nan(self, report):
        data = as_json(report)
        assert json.loads(json.dumps(data, allow_nan=False)) == data

    def test_each_question_is_there(self, report):
        first = as_json(report)["questions"][0]
        assert first["id"] == "q1"
        assert first["status"] == "answered"
        assert first["facts"] == [
            {
                "fact": "five homes",
                "found": {"250": True, "500": True, "1000": True, "2000": True},
                "quoted": True,
                "keys": True,
                "voiced": None,
                "evidence": [{"doc": "a.txt", "start": 0, "end": 26, "quote": None}],
                "wanted": ["five"],
            }
        ]
        assert first["quotes"] == [
            {
                "text": TEXTS["a.txt"],
                "source_id": "a.txt",
                "start": 0,
                "end": 26,
                "verbatim": True,
                "voice": "other",
                "relevant": True,
            }
        ]

    def test_the_reliability_curve_is_there(self, report):
        assert as_json(report)["reliability"][-1] == {
            "low": 0.9,
            "high": 1.0,
            "n": 1,
            "confidence": 0.9,
            "answerable": 1.0,
        }

    def test_timings_can_be_left_out(self, report):
        assert "timings" in as_json(report)
        assert "timings" not in as_json(report, timings=False)


class TestTable:
    def test_measures_and_types_are_aligned(self, report):
        lines = as_table(report).splitlines()
        assert lines[0] == "3 questions (2 answerable, 1 not), 2 documents"
        header = next(line for line in lines if line.startswith("measure "))
        recall = next(line for line in lines if line.startswith("fact_recall@1000"))
        assert recall.split() == ["fact_recall@1000", "0.500", "0.000", "to", "1.000", "2"]
        assert len(recall) == len(header)
        types = next(line for line in lines if line.startswith("why "))
        assert types.split() == ["why", "1", "0.000", "0.000", "-", "0.000", "0.000", "-"]
        assert not any(line.endswith(" ") for line in lines)

    def test_verbose_lists_what_went_wrong(self, report):
        assert "nobody" not in as_table(report)
        table = as_table(report, verbose=True)
        assert "facts missed at 1000 tokens (1):\n  q2 nobody" in table
        assert "answered or refused wrongly (1):\n  q2 not_in_documents at 0.20: Who paid?" in table

    def test_verbose_lists_what_was_asked_of_quotes_and_did_not_come(self, scripted, service_class):
        asked = [replace(QUESTIONS[0], must_cite_voices=("press",), must_cite_at_least=2), QUESTIONS[2]]
        script = {"How many homes?": scripted(quotes=[("a.txt", 0, 26)])}
        table = as_table(evaluate(service_class(TEXTS, script), asked), verbose=True)
        assert (
            "asked of the quotes and not met (2):\n"
            "  q1 no quote has the voice press; quoted: other\n"
            "  q1 1 of at least 2 documents quoted: a.txt"
        ) in table

    def test_the_slowest_are_named(self, report):
        assert " ms to ask: " in as_table(report)

    def test_violations_cannot_be_overlooked(self, scripted, service_class):
        class Lying(service_class):
            def shown(self, source, start, end):
                return "Words of its own."

        script = {"How many homes?": scripted(quotes=[("a.txt", 0, 26)])}
        table = as_table(evaluate(Lying(TEXTS, script), QUESTIONS[:1]))
        assert "NOT VERBATIM (2):" in table
        assert "question q1, quote 1: not the text of document id-a.txt from 0 to 26" in table


class TestComparison:
    def test_measures_before_and_now(self):
        lines = as_table(make_report(), make_verdict()).splitlines()
        start = next(n for n, line in enumerate(lines) if line.startswith("against the baseline"))
        assert lines[start].split()[3:] == ["before", "now", "change", "p", "questions", "verdict"]
        assert lines[start + 1].split() == [
            "fact_recall@1000", "0.750", "0.375", "-0.375", "<0.001", "5", "worse",
        ]  # fmt: skip

    def test_changed_questions_with_the_words_that_changed(self):
        table = as_table(make_report(), make_verdict())
        assert "5 questions changed: 3 worse, 1 better, 1 other quotes only." in table
        assert (
            "  changed: fine How many?\n"
            "    other quotes, with the same facts\n"
            "    - a.txt 0-36: The council closed [-six-] homes in [-May.-]\n"
            "    + a.txt 0-46: The council closed {+five+} homes in {+May and June.+}\n"
        ) in table

    def test_the_verdict_comes_last(self):
        lines = as_table(make_report(), make_verdict()).splitlines()
        assert lines[-3:-1] == ["GATE FAILED", "  fact_recall@1000 fell from 0.750 to 0.375"]
        assert as_table(make_report(), make_verdict(passed=True)).splitlines()[-1] == "gate passed"

    def test_words_of_others_cannot_drive_the_terminal(self):
        table = as_table(make_report(), make_verdict(), verbose=True)
        assert "\x1b" not in table
        assert table.encode().decode() == table
        assert not any(line.startswith("#") for line in table.splitlines())
