"""Runs as files: what was saved is what is read, to the bit, and what is no run is told apart."""

import json
import os
import threading
from dataclasses import replace

import pytest

from eval import Evidence, Fact, Question, evaluate, evaluate_beir
from eval.provenance import code_hash, identity_of, settings_of
from eval.runs import read_run, run_bytes, save_run, update_baseline
from index import UsageError
from qa import AnswerSettings, Settings
from tests.eval.rows import fact, quote, report, row

QUESTION = Question("q1", "How many?", "list", True, (Fact("five", (Evidence("a.txt", 0, 26),), ("five",)),))


@pytest.fixture
def whole():
    """A report that uses every field there is."""
    return report(
        row(
            "q1",
            fact("with \u2028 and “quotes”", at=500, voiced=True),
            fact("never", at=None, quoted=False, keys=None),
            quotes=(quote("a.txt", "Thirty-three.", voice="press", relevant=False), quote(verbatim=False)),
            rr=1 / 3,
            quote_rr=0.1 + 0.2,
            must_cite_voices=("press", "council"),
            must_cite_at_least=2,
        ),
        row("q2"),
        row(
            "q3", answerable=True, status="", confidence=None, ranking={"ndcg@10": 0.5}, documents=("a", "b")
        ),
        row("q4", fact(), status="error", error="too long"),
        violations=["question q1, quote 2: not the text"],
        notes=["A note."],
        timings={"ask_ms": {"p50": 1.5}},
    )


@pytest.fixture
def saved(whole, tmp_path):
    path = tmp_path / "run.jsonl"
    save_run(path, whole)
    return path


class TestRoundTrip:
    def test_everything_but_the_times_comes_back(self, whole, saved):
        assert read_run(saved) == replace(whole, timings={})
        assert saved.read_bytes() == run_bytes(read_run(saved)) == run_bytes(whole)
        assert b"ask_ms" not in saved.read_bytes()

    def test_times_come_back_if_they_were_wanted(self, whole, tmp_path):
        save_run(tmp_path / "run.jsonl", whole, timings=True)
        assert read_run(tmp_path / "run.jsonl") == whole

    def test_evaluated_twice_the_bytes_are_the_same(self, scripted, service_class):
        def once():
            script = {"How many?": scripted(hits=[("a.txt", 0, 26)], quotes=[("a.txt", 0, 26)])}
            return evaluate(service_class({"a.txt": "Five homes were inspected."}, script), [QUESTION])

        assert run_bytes(once()) == run_bytes(once())

    def test_a_run_of_a_collection(self, tmp_path, scripted, service_class):
        (tmp_path / "qrels").mkdir()
        (tmp_path / "queries.jsonl").write_text('{"_id": "a", "text": "a?"}\n')
        (tmp_path / "qrels" / "test.tsv").write_text("a\td1\t1\n")
        service = service_class({"d1": "words"}, {"a?": scripted(hits=[("d1", 0, 5)])})
        made = evaluate_beir(service, tmp_path)
        save_run(tmp_path / "run.jsonl", made)
        assert read_run(tmp_path / "run.jsonl") == replace(made, timings={})

    def test_an_empty_run(self, tmp_path):
        save_run(tmp_path / "run.jsonl", report())
        assert read_run(tmp_path / "run.jsonl").rows == ()

    def test_one_line_a_question_after_the_manifest(self, saved):
        manifest, *rows = [json.loads(line) for line in saved.read_text("utf-8").split("\n")[:-1]]
        assert manifest["pincite_run"] == 1
        assert manifest["settings"]["corpus"]["sha256"] == "c0ffee"
        assert [line["id"] for line in rows] == ["q1", "q2", "q3", "q4"]


class TestManifest:
    def test_it_says_what_made_the_run(self, scripted, service_class):
        class Engine(service_class):
            settings = Settings(answer=AnswerSettings(passages=7))

            def ask(self, *args, **kwargs):
                receipt = {"model": "m", "model_fingerprint": "f", "generation": 12, "passage_tokens": 120}
                return replace(super().ask(*args, **kwargs), receipt=receipt)

        service = Engine({"a.txt": "Five homes were inspected."}, {"How many?": scripted()})
        settings = evaluate(service, [QUESTION]).settings
        assert settings["engine"] == {"model": "m", "model_fingerprint": "f", "passage_tokens": 120}
        assert settings["service"]["answer"]["passages"] == 7
        assert len(settings["code"]["sha256"]) == 64
        assert settings["versions"].keys() >= {"python", "numpy"}
        assert settings["questions"]["count"] == settings["corpus"]["documents"] == 1

    def test_the_code_hash_is_of_this_code(self):
        assert code_hash() == code_hash()

    def test_notes_do_not_change_a_question_set_and_facts_do(self):
        assert identity_of([QUESTION]) == identity_of([replace(QUESTION, note="x", reference="y")])
        assert identity_of([QUESTION]) != identity_of([replace(QUESTION, must_cite_at_least=2)])
        assert identity_of([QUESTION]) != identity_of([replace(QUESTION, facts=())])
        assert identity_of([QUESTION]) != identity_of([QUESTION, QUESTION])

    def test_settings_of_any_engine(self, service_class):
        service = service_class({}, {})
        assert settings_of(service) == {}
        service.settings = {"k": 5}
        assert settings_of(service) == {"k": 5}


def edited(lines, number, change):
    record = json.loads(lines[number])
    change(record)
    return [*lines[:number], json.dumps(record).encode(), *lines[number + 1 :]]


class TestDamage:
    @pytest.mark.parametrize(
        ("damage", "complaint"),
        [
            (lambda lines: [], "line 1: this is not a run of Pincite: not JSON"),
            (lambda lines: [b'{"id": 1}'], 'line 1: this is not a run of Pincite: it does not begin with a line'),
            (lambda lines: [b"[1]"], "line 1: this is not a run of Pincite: it does not"),
            (lambda lines: [b"q1 Q0 d1 1 0.5 tag"], "line 1: this is not a run of Pincite"),
            (lambda lines: [b"\xff\xfe"], "line 1: this is not a run of Pincite"),
            (lambda lines: edited(lines, 0, lambda m: m.update(pincite_run=2)),
             "line 1: the run is of format 2 and this Pincite reads 1: update it"),
            (lambda lines: edited(lines, 0, lambda m: m.update(pincite_run=True)), "line 1: this is not a run"),
            (lambda lines: edited(lines, 0, lambda m: m.pop("settings")), 'line 1: "settings" is missing or not'),
            (lambda lines: edited(lines, 0, lambda m: m.update(notes=[1])), 'line 1: "notes" holds something'),
            (lambda lines: edited(lines, 0, lambda m: m.update(kind="x")), "line 1: \"kind\" is 'x'"),
            (lambda lines: edited(lines, 0, lambda m: m.update(timings=1)), 'line 1: "timings" is not'),
            (lambda lines: lines[:2] + lines[3:], "line 1: it tells of 4 questions, and 3 are there"),
            (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "line 1: the questions are not those"),
            (lambda lines: [*lines[:2], lines[2][:50], *lines[3:]], "line 3: damaged: not JSON"),
            (lambda lines: [*lines[:2], b"", *lines[2:]], "line 3: damaged: not JSON"),
            (lambda lines: [*lines[:2], b"[]", *lines[3:]], "line 3: it is not a JSON object"),
            (lambda lines: edited(lines, 1, lambda r: r.update(confidence="high")),
             'line 2: confidence is "high" and not a float'),
            (lambda lines: edited(lines, 1, lambda r: r.update(answerable=1)),
             "line 2: answerable is 1 and not a bool"),
            (lambda lines: edited(lines, 1, lambda r: r.update(colour="red")),
             'line 2: a question has an unknown field "colour"'),
            (lambda lines: edited(lines, 1, lambda r: r.pop("id")), "line 2: id is missing"),
            (lambda lines: edited(lines, 1, lambda r: r["facts"][1].pop("quoted")),
             "line 2: facts[1].quoted is missing"),
            (lambda lines: edited(lines, 1, lambda r: r["quotes"][0].update(start=1.5)),
             "line 2: quotes[0].start is 1.5 and not a int"),
            (lambda lines: edited(lines, 1, lambda r: r["facts"][0].update(found={"many": True})), "line 2: invalid"),
            (lambda lines: edited(lines, 1, lambda r: r.update(rr=0.25)), "line 1: the questions are not those"),
            (lambda lines: [lines[0], lines[1].replace(b'"confidence": 0.75', b'"confidence": NaN'), *lines[2:]],
             "line 2: damaged: not JSON (NaN is not a number)"),
            (lambda lines: [lines[0], lines[1].replace(b'"confidence": 0.75', b'"confidence": 1e999'), *lines[2:]],
             "line 2: confidence is Infinity and not a float"),
        ],
    )  # fmt: skip
    def test_a_file_that_is_not_what_was_saved_is_told_by_file_and_line(self, saved, damage, complaint):
        lines = saved.read_bytes().split(b"\n")[:-1]
        saved.write_bytes(b"".join(line + b"\n" for line in damage(lines)))
        with pytest.raises(UsageError) as caught:
            read_run(saved)
        assert f"{saved}, {complaint}" in str(caught.value)

    def test_a_file_cut_off_anywhere_is_noticed(self, saved):
        raw = saved.read_bytes()
        for end in range(0, len(raw), 37):
            saved.write_bytes(raw[:end])
            with pytest.raises(UsageError, match=r"run\.jsonl, line \d"):
                read_run(saved)

    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(UsageError, match=r"none\.jsonl cannot be read"):
            read_run(tmp_path / "none.jsonl")


class TestSaving:
    def test_what_cannot_be_written_leaves_the_old_file(self, saved, whole, tmp_path):
        before = saved.read_bytes()
        unfit = replace(whole, settings={"now": object()})
        with pytest.raises(TypeError):
            update_baseline(saved, unfit)
        assert saved.read_bytes() == before
        assert list(tmp_path.iterdir()) == [saved]

    def test_a_baseline_is_replaced_and_keeps_its_rights(self, saved, tmp_path):
        saved.chmod(0o640)
        update_baseline(saved, report(row("q9")))
        assert [r.id for r in read_run(saved).rows] == ["q9"]
        assert saved.stat().st_mode & 0o777 == 0o640
        assert list(tmp_path.iterdir()) == [saved]

    def test_a_link_stays_a_link(self, saved, tmp_path):
        link = tmp_path / "latest.jsonl"
        link.symlink_to(saved.name)
        save_run(link, report(row("q9")))
        assert link.is_symlink() and [r.id for r in read_run(saved).rows] == ["q9"]

    def test_what_is_no_file_is_written_to_and_not_replaced(self, whole, tmp_path):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        read = []
        reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
        reader.start()
        save_run(pipe, whole)
        reader.join()
        assert read == [run_bytes(whole)] and pipe.is_fifo()

    def test_a_folder_is_told(self, whole, tmp_path):
        with pytest.raises(UsageError, match=r"cannot be written to .*: Is a directory"):
            save_run(tmp_path, whole)

    def test_a_folder_that_is_not_there_is_named(self, tmp_path):
        with pytest.raises(UsageError, match=r"cannot be written to .*none"):
            save_run(tmp_path / "none" / "run.jsonl", report())
