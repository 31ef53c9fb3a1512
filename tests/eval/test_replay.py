"""A run asked again: the same settings, the same answers or each difference, and what cannot be asked again."""

from dataclasses import replace

import pytest

from eval import Evidence, Fact, Question, evaluate
from eval.replay import check_replay, questions_of, replayed, settings_of_run
from eval.runs import is_run, read_run, save_run
from index import UsageError
from qa import AnswerSettings, ConfidenceModel, RetrievalSettings, Settings
from tests.eval.rows import report, row

TEXTS = {"a.txt": "Five homes were inspected. Two had damp.", "b.txt": "The council apologised."}
QUESTIONS = [
    Question(
        "q1", "How many?", "factoid", True,
        (Fact("five", (Evidence("a.txt", 0, 26), Evidence("a.txt", quote="Five homes")), ("five|5",)),),
        reference="Five.", note="kept elsewhere", must_cite_voices=("other",), must_cite_at_least=1,
    ),
    Question("q2", "Who?", "attribution", True, (Fact("the council", (Evidence(quote="council apologised"),)),)),
    Question("q3", "Buses?", "unanswerable", False),
]  # fmt: skip


@pytest.fixture
def script(scripted):
    return {
        "How many?": scripted(hits=[("a.txt", 0, 26), ("b.txt", 0, 23)], quotes=[("a.txt", 0, 26)]),
        "Who?": scripted(hits=[("b.txt", 0, 23)], quotes=[("b.txt", 0, 23)], confidence=0.75),
    }


@pytest.fixture
def engine(service_class, script):
    return service_class(TEXTS, script)


@pytest.fixture
def saved(engine, tmp_path):
    save_run(tmp_path / "run.jsonl", evaluate(engine, QUESTIONS))
    return read_run(tmp_path / "run.jsonl")


def again(service, run):
    return replayed(run, evaluate(service, questions_of(run)))


class TestQuestions:
    def test_they_come_back_as_far_as_they_are_measured(self, saved):
        plain = [replace(question, reference="", note="") for question in QUESTIONS]
        assert list(questions_of(saved)) == plain

    def test_a_run_without_evidence_needs_its_set(self, saved):
        rows = [replace(r, facts=tuple(replace(f, evidence=()) for f in r.facts)) for r in saved.rows]
        with pytest.raises(
            UsageError, match="does not hold the evidence of its questions; give the question set"
        ):
            questions_of(replace(saved, rows=tuple(rows)))

    def test_a_run_of_a_collection_needs_its_folder(self):
        with pytest.raises(UsageError, match="give the folder as well: pincite eval FOLDER --replay RUN"):
            questions_of(report(row("q1"), kind="beir"))


class TestSettings:
    def test_those_of_the_run_are_set_back(self, engine):
        engine.settings = Settings(
            RetrievalSettings(pool=7, words_weight=2.0),
            AnswerSettings(passages=3),
            ConfidenceModel(refuse=0.5),
            4,
        )
        assert settings_of_run(evaluate(engine, QUESTIONS)) == engine.settings

    def test_what_is_of_another_kind_or_unknown_is_left_as_it_is_here(self):
        held = {"retrieval": {"pool": "many", "spread": 1, "colour": "red"}, "answer": 3, "hits": True}
        found = settings_of_run(report(settings={"service": held}))
        assert found == Settings(retrieval=RetrievalSettings(spread=1.0))
        assert type(found.retrieval.spread) is float

    @pytest.mark.parametrize(
        ("service", "words"),
        [
            ({"endpoint": "http://h:1"}, "--endpoint http://h:1"),
            ({"run": "r.trec", "sha256": "0"}, "--run r.trec"),
        ],
    )
    def test_another_engine_has_to_be_named(self, service, words):
        with pytest.raises(UsageError, match=words):
            settings_of_run(report(settings={"service": service}))


class TestVerdict:
    def test_the_same_answers_pass_and_it_says_what_is_the_same(self, engine, saved):
        verdict = again(engine, saved)
        assert (verdict.passed, verdict.sentences, verdict.of) == (True, (), "replay")
        assert verdict.comparison.notes[-1].startswith(
            "Corpus, questions, model, settings, code and versions are"
        )

    def test_other_code_is_told_and_does_not_fail(self, engine, saved):
        older = replace(saved, settings={**saved.settings, "code": {"sha256": "0" * 64}})
        verdict = again(engine, older)
        assert verdict.passed
        assert any(
            note.startswith("code.sha256 was 000000000000 and is ") for note in verdict.comparison.notes
        )
        assert not any("are those of the run" in note for note in verdict.comparison.notes)

    def changed(self, engine, name, **more):
        engine.script[name] = replace(engine.script[name], **more)
        return engine

    @pytest.mark.parametrize(
        ("more", "says"),
        [
            ({"confidence": 0.75}, "q1: confidence 0.75, was 0.5"),
            ({"status": "partial"}, "q1: partial, was answered"),
            (
                {"error": "too long"},
                "q1: error, was answered; turned away: too long; confidence 0.0, was 0.5; 0 of",
            ),
            (
                {"quotes": [("a.txt", 0, 10)]},
                "q1: 0 of its 1 quotes are among the 1 of now; measured otherwise:",
            ),
            ({"hits": [("a.txt", 0, 26), ("b.txt", 0, 22)]}, "q1: other passages were found"),
            (
                {"hits": [("b.txt", 0, 23), ("a.txt", 0, 26)]},
                "q1: other passages were found; measured otherwise: rr",
            ),
        ],
    )
    def test_every_difference_fails_and_is_told(self, engine, saved, more, says):
        verdict = again(self.changed(engine, "How many?", **more), saved)
        assert not verdict.passed
        assert verdict.sentences[0] == "1 of 3 answers are not those of the run"
        assert verdict.sentences[1].startswith(says), verdict.sentences
        assert len(verdict.sentences) == 2

    def test_the_order_of_quotes_is_part_of_an_answer(self, engine, tmp_path):
        both = [("a.txt", 0, 26), ("a.txt", 27, 40)]
        run = evaluate(self.changed(engine, "How many?", quotes=both), QUESTIONS)
        verdict = again(self.changed(engine, "How many?", quotes=both[::-1]), run)
        assert verdict.sentences[1].startswith("q1: the same quotes in another order")

    def test_a_text_that_is_no_longer_verbatim_fails(self, engine, saved):
        class Careless(type(engine)):
            def shown(self, source, start, end):
                return super().shown(source, start, end).upper()

        verdict = again(Careless(engine.texts, engine.script), saved)
        # Three hits, two quotes and their citations.
        assert verdict.sentences[-1] == "7 texts are not verbatim, and 0 were not"

    def test_many_differences_are_counted(self, service_class):
        questions = [Question(f"q{n}", f"{n}?", "unanswerable", False) for n in range(15)]
        run = evaluate(service_class(TEXTS, {}), questions)
        rows = tuple(replace(r, confidence=0.25) for r in run.rows)
        verdict = again(service_class(TEXTS, {}), replace(run, rows=rows))
        assert verdict.sentences[0].startswith("15 of 15") and verdict.sentences[-1] == "and 5 more"
        assert len(verdict.sentences) == 12

    def test_an_older_run_that_kept_less_is_held_to_what_it_has(self, engine, saved):
        rows = [
            replace(r, served="", facts=tuple(replace(f, evidence=(), wanted=()) for f in r.facts))
            for r in saved.rows
        ]
        older = replace(saved, rows=tuple(rows))
        assert replayed(older, evaluate(engine, QUESTIONS)).passed


class TestBeforeAnythingIsAsked:
    def test_other_documents_are_refused_unless_allowed(self, service_class, script, saved):
        other = service_class({**TEXTS, "c.txt": "More."}, script)
        with pytest.raises(
            UsageError, match=r"different corpora: 2 documents .* 3 documents .*--across-corpora"
        ):
            check_replay(saved, other)
        check_replay(saved, other, across_corpora=True)
        assert other.asked_for == []

    def test_other_questions_are_refused(self, engine, saved):
        with pytest.raises(UsageError, match=r"different question sets: 3 questions .* 2 questions"):
            check_replay(saved, engine, QUESTIONS[:2])
        check_replay(saved, engine, QUESTIONS)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"pincite_run": 1, "kind"', True),
        (b'\n {"pincite_run": 99}', True),
        (b'{"id": "q1"}', False),
        (b"", False),
    ],
)
def test_a_run_is_told_from_a_question_set(tmp_path, content, expected):
    (tmp_path / "file").write_bytes(content)
    assert is_run(tmp_path / "file") is expected
    assert not is_run(tmp_path) and not is_run(tmp_path / "none")
