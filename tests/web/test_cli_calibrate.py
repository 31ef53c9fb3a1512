"""pincite calibrate: the confidence fitted to questions of one's own, and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from eval.calibrate import fit
from qa import ConfidenceModel, Evidence, kept_confidence
from tests.web.command import run

SET = [
    *(("Where do the", f"{what} stand?", True) for what in ("houses", "boats", "trees", "lamps", "gates", "mills")),
    *(("How is", f"{what} grown?", False) for what in ("rice", "maize", "flax", "hemp", "wheat", "barley")),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = "".join(f"The {what} of the town stand by the river.\n\n" for _, what, good in SET if good)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "town.txt").write_text(text.replace(" stand?", ""))
    evidence = [{"doc": "town.txt", "quote": "by the river"}]
    lines = [
        {"id": f"q{i}", "question": f"{head} {tail}", "type": "t", "answerable": good, "reference": "x",
         "facts": [{"fact": "f", "keys": [], "evidence": evidence}] if good else []}
        for i, (head, tail, good) in enumerate(SET)
    ]  # fmt: skip
    (tmp_path / "set.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return tmp_path


def test_a_fitted_confidence_is_kept_used_and_forgotten(folder: Path) -> None:
    data = ("--data", str(folder / "data"))
    assert run("index", str(folder / "docs"), *data).exit_code == 0
    question = "Where do the boats stand?"
    before = json.loads(run("ask", question, "--json", *data).stdout)["confidence"]

    tried = run("calibrate", str(folder / "set.jsonl"), "--dry-run", "--json", *data)
    assert tried.exit_code == 0 and json.loads(tried.stdout)["kept"] is False
    assert kept_confidence(folder / "data") is None

    done = run("calibrate", str(folder / "set.jsonl"), *data)
    assert done.exit_code == 0, done.stderr
    assert "12 questions" in done.stdout and "calibration error" in done.stdout
    model = kept_confidence(folder / "data")
    assert model is not None and asdict(model) == json.loads(tried.stdout)["model"]
    after = json.loads(run("ask", question, "--json", *data).stdout)["confidence"]
    assert after != before

    assert "usual confidence is back" in run("calibrate", "--reset", *data).stderr
    assert json.loads(run("ask", question, "--json", *data).stdout)["confidence"] == before
    assert "nothing changes" in run("calibrate", "--reset", *data).stderr


def test_what_cannot_be_fitted_is_told(folder: Path) -> None:
    data = ("--data", str(folder / "data"))
    run("index", str(folder / "docs"), *data)
    few = folder / "few.jsonl"
    few.write_text("\n".join((folder / "set.jsonl").read_text().splitlines()[:8]) + "\n")
    told = run("calibrate", str(few), *data)
    assert told.exit_code == 2 and "6 answerable and 2 unanswerable" in told.stderr
    assert run("calibrate", *data).exit_code == 2
    (folder / "data" / "confidence.json").write_text('{"fitting": 1}')
    told = run("ask", "Where do the boats stand?", *data)
    assert told.exit_code == 2 and "confidence.json does not hold a confidence model" in told.stderr


def test_the_fit_moves_the_threshold_between_what_has_an_answer_and_what_has_none() -> None:
    good, bad = Evidence(0.42), Evidence(0.3)
    usual = ConfidenceModel()
    assert usual.confidence(bad) < usual.refuse
    model = fit([good] * 8 + [bad] * 8, [True] * 8 + [False] * 8)
    assert model.confidence(bad) < model.refuse <= model.confidence(good)
    assert model.partial >= model.refuse


def test_scores_that_are_upside_down_are_not_turned_round() -> None:
    good, bad = Evidence(0.2), Evidence(0.8)
    model = fit([good] * 6 + [bad] * 6, [True] * 6 + [False] * 6)
    assert model.confidence(bad) >= model.confidence(good)
