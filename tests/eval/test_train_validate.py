"""Finished rerankers on the same groups: by cosine, by the usual student, by a cross-encoder; faults are sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from eval.train.validate import main
from tests.tiny_reranker import base_model

MEETING = "The board met in May to hear the inspectors."


@pytest.fixture
def groups(tmp_path: Path) -> Path:
    """Twelve groups that a search has right, of two collections, and one without an answer."""
    places = ["harbour", "library", "museum", "school", "theatre", "market"]
    records = [
        {"collection": name, "question": f"What colour is the {place}?", "positive": f"The {place} is green.",
         "negatives": [MEETING, f"Lunch was served at noon on day {n}."]}
        for name in ("a", "b")
        for n, place in enumerate(places)
    ]  # fmt: skip
    records.append({"collection": "a", "question": "Why?", "positive": "", "negatives": [MEETING]})
    path = tmp_path / "groups.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), "utf-8")
    return path


def test_a_row_each_on_the_same_groups(groups: Path, tmp_path: Path) -> None:
    folder = base_model(tmp_path / "random", spread=0.5)
    said = CliRunner().invoke(
        main, [str(folder), "--groups", str(groups), "--without", "a", "--without", "b", "--kept-apart", "8"]
    )
    assert said.exit_code == 0, said.output
    head, _, cosine, student, random = said.output.splitlines()
    assert head == "| 8 groups | MRR | a | b |"
    assert cosine == "| cosine | 1.000 | 1.00 | 1.00 |" and student == "| student | 1.000 | 1.00 | 1.00 |"
    # One of random weights has no reason to put each answer first.
    name, mrr = (cell.strip() for cell in random.strip("|").split("|")[:2])
    assert name == "random" and 1 / 3 <= float(mrr) < 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--without", "c"], "no group is of c"),
        (["--without", "a", "--without", "b", "--kept-apart", "1"], "no group"),
    ],
)
def test_nothing_to_rank_is_said(options: list[str], said: str, groups: Path) -> None:
    result = CliRunner().invoke(main, ["--groups", str(groups), *options])
    assert result.exit_code == 2 and said in result.output and "Traceback" not in result.output


@pytest.mark.parametrize("folder", ["none", "nowhere"])
def test_a_folder_that_is_no_reranker_is_said(folder: str, groups: Path) -> None:
    result = CliRunner().invoke(main, [folder, "--groups", str(groups), "--without", "a"])
    assert result.exit_code == 2 and folder in result.output and isinstance(result.exception, SystemExit)
