"""Saved runs on the command line: shown again without asking, and asked again."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from tests.web.command import run
from tests.web.test_cli_eval import RECORDS
from tests.web.test_cli_eval import beir as beir


@pytest.fixture(scope="module")
def questions(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first six questions of the sample set, and one that must be refused."""
    lines = (corpus.parent / "sets" / "casebook.jsonl").read_text("utf-8").splitlines()
    refused = next(line for line in lines if not json.loads(line)["answerable"])
    path = tmp_path_factory.mktemp("set") / "set.jsonl"
    path.write_text("\n".join([*lines[:6], refused]) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def saved(questions: Path, casebook: Path) -> Path:
    path = questions.with_name("saved.jsonl")
    result = run("eval", questions, "--data", casebook, "--save-run", path)
    assert (result.exit_code, result.stderr) == (0, "")
    return path


def tampered(saved: Path, path: Path) -> Path:
    """The run as if one answer had been less sure of itself."""
    from dataclasses import replace

    from eval import read_run, save_run

    report = read_run(saved)
    first, *others = report.rows
    save_run(
        path, replace(report, rows=(replace(first, confidence=round(first.confidence - 0.01, 4)), *others))
    )
    return path


class TestShownAgain:
    def test_every_report_is_made_of_a_run_without_an_index(self, saved: Path, tmp_path: Path) -> None:
        files = {option: tmp_path / option for option in ("json", "markdown", "junit", "html", "save-run")}
        options = [word for option, file in files.items() for word in (f"--{option}", file)]
        result = run("eval", saved, *options, "--data", tmp_path / "none")
        assert (result.exit_code, result.stderr) == (0, "")
        assert "fact_recall@1000" in result.stdout and "gate passed" in result.stdout
        assert json.loads(files["json"].read_text())["measures"]["verbatim"]["value"] == 1
        assert files["markdown"].read_text().startswith("## ✅ Gate passed")
        assert '<testsuite name="questions" tests="7"' in files["junit"].read_text()
        assert "<h1" in files["html"].read_text()
        assert files["save-run"].read_bytes() == saved.read_bytes()
        assert not (tmp_path / "none").exists()

    def test_it_is_judged_as_a_new_run_is(self, saved: Path, tmp_path: Path) -> None:
        below = run("eval", saved, "--floor", "calibration=1")
        assert below.exit_code == 1 and "below its floor of 1" in below.stderr
        old = tampered(saved, tmp_path / "old.jsonl")
        held = run("eval", saved, "--baseline", old)
        assert held.exit_code == 0 and "against the baseline" in held.stdout
        accepted = run("eval", saved, "--baseline", tmp_path / "new.jsonl", "--update-baseline")
        assert accepted.exit_code == 0 and (tmp_path / "new.jsonl").read_bytes() == saved.read_bytes()

    def test_one_that_was_changed_is_refused(self, saved: Path, tmp_path: Path) -> None:
        changed = tmp_path / "changed.jsonl"
        changed.write_text(saved.read_text("utf-8").replace('"answered"', '"partial"', 1), "utf-8")
        result = run("eval", changed)
        assert result.exit_code == 2 and "the file was changed" in result.stderr


class TestReplay:
    def test_the_same_answers_pass(self, saved: Path, casebook: Path, tmp_path: Path) -> None:
        again = tmp_path / "again.jsonl"
        result = run("eval", "--replay", saved, "--data", casebook, "--save-run", again)
        assert result.exit_code == 0, result.stderr
        assert result.stderr == f"pincite: all 7 answers are those of {saved}\n"
        assert "against the run" in result.stdout and result.stdout.rstrip().endswith("replay passed")
        assert "settings, code and versions are those of the run." in result.stdout
        assert again.read_bytes() == saved.read_bytes()

    def test_with_its_set_and_every_report(
        self, saved: Path, questions: Path, casebook: Path, tmp_path: Path
    ) -> None:
        old = tampered(saved, tmp_path / "old.jsonl")
        files = [tmp_path / name for name in ("m", "j", "h")]
        result = run(
            "eval", questions, "--replay", old, "--data", casebook,
            "--markdown", files[0], "--junit", files[1], "--html", files[2],
        )  # fmt: skip
        assert result.exit_code == 1
        first, second = result.stderr.splitlines()
        assert first == "pincite: 1 of 7 answers are not those of the run"
        told = re.fullmatch(r"pincite: c001: confidence (0\.\d+), was (0\.\d+)", second)
        assert told and float(told[1]) - float(told[2]) == pytest.approx(0.01)
        assert "REPLAY FAILED" in result.stdout
        markdown, junit, html = (file.read_text("utf-8") for file in files)
        assert markdown.startswith("## ❌ Replay failed")
        assert '<testsuite name="replay" tests="2" failures="2"' in junit
        assert "The replay failed" in html and "Against the run" in html

    def test_the_settings_of_the_run_answer(self, saved: Path, casebook: Path, tmp_path: Path) -> None:
        """A run with other settings than the present ones is the same again, because they are set back."""
        from eval import evaluate, read_run, save_run
        from eval.replay import questions_of
        from qa import AnswerSettings, Service, Settings

        service = Service.open(casebook, settings=Settings(answer=AnswerSettings(quote_tokens=60)))
        try:
            report = evaluate(service, questions_of(read_run(saved)))
        finally:
            service.close()
        assert report.rows != read_run(saved).rows
        save_run(tmp_path / "short.jsonl", report)
        result = run("eval", "--replay", tmp_path / "short.jsonl", "--data", casebook)
        assert result.exit_code == 0, result.stderr

    def test_other_documents_are_refused_before_anything_is_asked(
        self, saved: Path, casebook: Path, tmp_path: Path
    ) -> None:
        from index import open_store

        fewer = Path(shutil.copytree(casebook, tmp_path / "fewer"))
        store = open_store(fewer)
        # A document that no evidence of these questions is in.
        (info,) = [info for info in store.documents() if info.source_id == "press-2019-turnaround.html"]
        store.remove([info.doc_id])
        store.refresh()
        store.close()
        refused = run("eval", "--replay", saved, "--data", fewer)
        assert refused.exit_code == 2 and refused.stdout == ""
        assert "The runs are of different corpora: 14 documents" in refused.stderr
        allowed = run("eval", "--replay", saved, "--data", fewer, "--across-corpora")
        assert allowed.exit_code in (0, 1) and "different corpora" in allowed.stdout

    def test_other_questions_are_refused(
        self, saved: Path, questions: Path, casebook: Path, tmp_path: Path
    ) -> None:
        fewer = tmp_path / "fewer.jsonl"
        fewer.write_text("\n".join(questions.read_text("utf-8").splitlines()[:3]) + "\n", "utf-8")
        result = run("eval", fewer, "--replay", saved, "--data", casebook)
        assert result.exit_code == 2 and "different question sets: 7 questions" in result.stderr

    def test_a_collection_is_replayed_with_its_folder(self, beir: Path, tmp_path: Path) -> None:
        saved = tmp_path / "beir.jsonl"
        assert run("eval", beir, "--save-run", saved).exit_code == 0
        again = run("eval", beir, "--replay", saved)
        assert again.exit_code == 0 and "all 2 answers are those of" in again.stderr
        alone = run("eval", "--replay", saved)
        assert alone.exit_code == 2 and "give the folder as well" in alone.stderr

    @pytest.mark.parametrize(
        ("more", "says"),
        [
            (["--floor", "rr=0.1"], "--replay holds every answer against its run"),
            (["--baseline", "SAVED"], "--replay holds every answer against its run"),
            (["SAVED"], "is a saved run and no question set; to ask it again: --replay"),
        ],
    )
    def test_what_does_not_go_together(self, saved: Path, more: list[str], says: str) -> None:
        result = run("eval", "--replay", saved, *(str(saved) if word == "SAVED" else word for word in more))
        assert result.exit_code == 2 and says in " ".join(result.stderr.split())

    def test_neither_set_nor_replay(self, saved: Path) -> None:
        nothing = run("eval")
        assert (
            nothing.exit_code == 2 and "name a question set, a BEIR folder or a saved run" in nothing.stderr
        )
        asked = run("eval", saved, "--endpoint", "http://127.0.0.1:1")
        assert asked.exit_code == 2 and "is a saved run, of which nothing is asked" in asked.stderr


def test_a_corpus_is_not_embedded_for_another_engine(
    beir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import index

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a model was asked for")

    monkeypatch.setattr(index, "TransformerEmbedder", never)
    monkeypatch.setattr(index, "index_paths", never)
    results = tmp_path / "results.trec"
    results.write_text("q1 Q0 rivers 1 2 t\nq1 Q0 roads 2 1 t\nq2 Q0 schools 1 1 t\n")
    written = tmp_path / "report.json"
    result = run("eval", beir, "--run", results, "--json", written)
    assert (result.exit_code, result.stderr) == (0, "")
    report = json.loads(written.read_text())
    assert report["measures"]["rr@10"]["value"] == 0.5
    assert report["settings"]["corpus"]["documents"] == len(RECORDS)
    with (beir / "corpus.jsonl").open("a") as file:
        file.write("{broken\n")
    broken = run("eval", beir, "--run", results)
    assert broken.exit_code == 1 and "corpus.jsonl, line 4: is not JSON" in broken.stderr


@pytest.mark.parametrize("option", ["--json", "--html", "--save-run"])
def test_a_file_that_cannot_be_written_costs_no_other(saved: Path, tmp_path: Path, option: str) -> None:
    """As with a disk that fills while the work is done: it is told afterwards, and the rest is kept."""
    if not Path("/dev/full").is_char_device():
        pytest.skip("this system has no /dev/full, which takes nothing")
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    result = run("eval", saved, option, full, "--markdown", tmp_path / "m.md", "--junit", tmp_path / "j.xml")
    assert result.exit_code == 1 and "cannot be written" in result.stderr and str(full) in result.stderr
    assert Path("/dev/full").is_char_device()
    assert (tmp_path / "m.md").stat().st_size and (tmp_path / "j.xml").stat().st_size


def test_a_file_that_may_not_be_written_is_told_before_the_work(saved: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.html"
    kept.write_text("mine")
    kept.chmod(0o444)
    if os.access(kept, os.W_OK):
        pytest.skip("this user may write everything")
    result = run("eval", saved, "--html", kept)
    assert result.exit_code == 2 and f"{kept} may not be written" in result.stderr and result.stdout == ""
