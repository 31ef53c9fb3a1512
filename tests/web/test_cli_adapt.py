"""pincite adapt: what it prints, keeps and leaves alone."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import eval as package
from eval import Adaptation, Measure, MeasureChange
from qa import ADAPTED_HEAD, PACKAGED_HEAD, read_head
from tests.web.command import run

FOUND = Adaptation(
    head=read_head(PACKAGED_HEAD), helped=True, reason="the gain is more than chance", questions=90, held_out=30,
    before=0.6, after=0.65, gain=Measure(0.05, 0.01, 0.09, 20), kinds={"heading": (0.6, 0.65, 30)}, measures=(),
    anew=False, taught=False, seed=7, seconds=12.0,
)  # fmt: skip


@pytest.fixture
def data(casebook: Path, tmp_path: Path) -> Path:
    """A copy of the index, since something is kept with it."""
    return Path(shutil.copytree(casebook, tmp_path / "data"))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Has the training find what a test wrote down, or raise it; what it was called with is remembered."""

    def use(found: Adaptation | type[BaseException]) -> list[tuple[Any, ...]]:
        calls: list[tuple[Any, ...]] = []

        def adapt(store: Any, embedder: Any, questions: Any, *, teacher: Any, progress: Any) -> Adaptation:
            calls.append((store.location, questions, teacher))
            progress("groups trained on", 1, 2)
            progress("questions of the set", 1, 2)
            if isinstance(found, type):
                raise found
            return found

        monkeypatch.setattr(package, "adapt", adapt)
        return calls

    return use


def receipt(data: Path) -> Any:
    answer = run("ask", "Why were thresholds inconsistent?", "--json", "--data", data)
    assert answer.exit_code == 0, answer.stderr
    return json.loads(answer.stdout)["receipt"]["late"]


def test_what_helped_is_kept_used_and_taken_back(data: Path, told: Any) -> None:
    told(FOUND)
    usual = receipt(data)
    tried = run("adapt", "--dry-run", "--json", "--data", data)
    assert tried.exit_code == 0 and json.loads(tried.stdout)["kept"] is False
    assert json.loads(tried.stdout)["helped"] is True and not (data / ADAPTED_HEAD).exists()
    done = run("adapt", "--data", data)
    assert done.exit_code == 0 and f"kept with the index in {data}" in done.stderr
    assert "30 questions that were left out, MRR" in done.stdout
    assert "gain +0.050, 95 % interval +0.010 to +0.090" in done.stdout
    assert receipt(data) == str(data / ADAPTED_HEAD) != usual
    assert "usual reranker is back" in run("adapt", "--reset", "--data", data).stderr
    assert receipt(data) == usual
    assert "nothing changes" in run("adapt", "--reset", "--data", data).stderr


def test_what_did_not_help_is_not_kept(data: Path, told: Any) -> None:
    told(replace(FOUND, helped=False, reason="the gain may be chance",
                 measures=(MeasureChange("fact_recall@500", 0.5, 0.4, 1.0, 9, "same"),)))  # fmt: skip
    done = run("adapt", "--data", data)
    assert done.exit_code == 0 and "nothing was kept: the gain may be chance" in done.stderr
    assert "fact_recall@500 of the set" in done.stdout
    assert not (data / ADAPTED_HEAD).exists()


def test_an_interrupted_one_changes_nothing(data: Path, told: Any) -> None:
    told(KeyboardInterrupt)
    done = run("adapt", "--data", data)
    assert done.exit_code == 1 and "stopped; nothing was changed" in done.stderr
    assert not (data / ADAPTED_HEAD).exists()


def test_it_runs_with_a_question_set_and_real_training(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = package.adapt
    monkeypatch.setattr(package, "adapt", lambda *given, **more: real(*given, most=44, **more))
    question = {"id": "q", "question": "Why were thresholds inconsistent?", "type": "why", "answerable": False,
                "reference": "", "facts": []}  # fmt: skip
    with (Path(__file__).parents[2] / "eval" / "sets" / "casebook.jsonl").open() as lines:
        some = [next(lines) for _ in range(3)]
    questions = tmp_path / "set.jsonl"
    questions.write_text("".join(some) + json.dumps(question) + "\n", "utf-8")
    done = run("adapt", questions, "--json", "--dry-run", "--data", data)
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert [one["name"] for one in told["measures"]] == ["fact_recall@500", "fact_recall@1000"]
    assert told["held_out"] >= 10 and told["kept"] is False and not (data / ADAPTED_HEAD).exists()


def test_what_cannot_be_done_is_told(data: Path, tmp_path: Path) -> None:
    for arguments, code, sentence in (
        (("--data", tmp_path / "none"), 2, "pincite index"),
        (("--store", f"sqlite:{data}"), 2, "is no folder"),
        (("--data", data, "--teacher", tmp_path), 2, "is no reranker"),
        (("--data", data, "--reset", "--dry-run"), 2, "give it alone"),
        ((tmp_path / "no-set.jsonl", "--data", data), 2, "no-set.jsonl"),
    ):
        done = run("adapt", *arguments)
        assert (done.exit_code, sentence in done.stderr) == (code, True), done.stderr
