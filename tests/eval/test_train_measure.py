"""Measuring a reranker: nothing chosen on what it is measured by, each pair scored once, a table to read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from eval.train.measure import Column, Kept, as_markdown, best_of_others, gain, main
from eval.types import Measure
from qa import PACKAGED_HEAD, RerankSettings, Service
from tests.tiny_reranker import base_model


def column(name: str, before: float, after: dict[RerankSettings, float], *, chooses: bool = True) -> Column:
    gains = {at: Measure(value - before, -0.1, 0.5, 5) for at, value in after.items()}
    return Column(name, chooses, Measure(before, 0, 1, 5), gains)


LIGHT, HEAVY = RerankSettings(10, 0.25), RerankSettings(10, 1.0)
A = column("a", 0.5, {LIGHT: 0.6, HEAVY: 0.9})
B = column("b", 0.5, {LIGHT: 0.6, HEAVY: 0.5})
C = column("c", 0.5, {LIGHT: 0.6, HEAVY: 0.4})
SET = column("set", 0.5, {LIGHT: 0.1, HEAVY: 0.9}, chooses=False)


def test_a_collection_is_measured_by_what_is_best_on_the_others() -> None:
    # For a: the others gain .1 + .1 by the light weight and 0 - .1 by the heavy one. For c: .2 against .4.
    assert best_of_others([A, B, C, SET], A) == LIGHT
    assert best_of_others([A, B, C, SET], C) == HEAVY
    # A question set is measured by what is best on all collections (.3 and .3 tie: the lighter), and chooses nothing.
    assert best_of_others([A, B, C, SET], SET) == LIGHT
    assert best_of_others([A, SET], A) is None


def test_the_table_shows_gains_in_points() -> None:
    table = as_markdown([A, B, C, SET])
    assert "| without | 50.0 | 50.0 | 50.0 | 50.0 | |" in table
    by_chance = "(-10.0 to +50.0)"
    assert (
        f"| top 10, weight 1 | +40.0 {by_chance} | +0.0 {by_chance} | -10.0 {by_chance} | +40.0 {by_chance} | +10.0 |"
        in table
    )
    # What was chosen: light, light (.1 + .1 against .4 - .1: heavy), heavy; the mean is over collections alone.
    *cells, mean = (
        table.splitlines()[-1].removeprefix("| chosen on the others | ").removesuffix(" |").split(" | ")
    )
    assert [cell.replace(f" {by_chance}", "") for cell in cells] == [
        "+10.0 by 10, 0.25", "+0.0 by 10, 1", "-10.0 by 10, 1", "-40.0 by 10, 0.25",
    ]  # fmt: skip
    assert mean == "+0.0"


def test_the_interval_is_of_what_each_question_gained() -> None:
    # Both searches find much or little of the same questions: that all gain alike leaves no doubt.
    found = gain([(0, 4), (1, 4), (3, 4)], [(1, 4), (2, 4), (4, 4)])
    assert (found.value, found.low, found.high, found.n) == (0.25, 0.25, 0.25, 3)
    doubtful = gain([(0, 4), (4, 4)], [(4, 4), (2, 4)])
    assert doubtful.value == 0.25 and doubtful.low == -0.5 and doubtful.high == 1.0


class Counting:
    name = "counting"
    fingerprint = "0123456789abcdef"

    def __init__(self) -> None:
        self.asked = 0

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        self.asked += len(passages)
        return np.array([float(len(passage)) for passage in passages])


def test_each_pair_is_scored_once_even_by_the_next_run(tmp_path: Path) -> None:
    counting = Counting()
    kept = Kept(counting, tmp_path)
    assert kept.scores("q", ["a", "bb"]).tolist() == [1.0, 2.0]
    assert kept.scores("q", ["bb", "ccc"]).tolist() == [2.0, 3.0] and counting.asked == kept.pairs == 3
    kept.keep()
    assert Kept(counting, tmp_path).scores("q", ["ccc", "a"]).tolist() == [3.0, 1.0] and counting.asked == 3
    assert Kept(counting, tmp_path).scores("other", ["a"]).tolist() == [1.0] and counting.asked == 4


@pytest.fixture
def doors(tmp_path: Path) -> Path:
    """A collection that every search has right."""
    folder = tmp_path / "doors"
    (folder / "qrels").mkdir(parents=True)
    places = ["harbour", "library", "museum", "school"]
    records = [{"_id": place, "title": "", "text": f"The {place} is green."} for place in places]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    queries = [{"_id": place, "text": f"What colour is the {place}?"} for place in places]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), "utf-8")
    (folder / "qrels" / "test.tsv").write_text("".join(f"{place}\t{place}\t1\n" for place in places), "utf-8")
    return folder


def test_a_collection_and_a_set_are_measured(
    doors: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reranker = base_model(tmp_path / "reranker", spread=0.5)
    told = tmp_path / "told.json"
    command = [str(reranker), "--collection", str(doors), "--scratch", str(tmp_path / "scratch"), "--top", "3",
               "--weight", "0.001", "--weight", "1", "--json", str(told)]  # fmt: skip
    assert main(command) == 0
    table = capsys.readouterr().out
    # So light a weight moves nothing; the engines find each place by its name.
    assert (
        "| without | 100.0 | |" in table and "| top 3, weight 0.001 | +0.0 (+0.0 to +0.0) | +0.0 |" in table
    )
    assert "12 pairs scored" in table and "ms of CPU a pair" in table
    (one,) = json.loads(told.read_text("utf-8"))
    assert one["name"] == "doors nDCG@10" and one["before"]["value"] == 1.0
    random = next(found for found in one["gains"] if found["weight"] == 1)
    assert random["top"] == 3 and random["low"] <= random["value"] < 0.0
    assert main(command) == 0 and "pairs scored" not in capsys.readouterr().out


def test_a_head_is_measured_in_the_students_place(
    doors: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [str(PACKAGED_HEAD), "--collection", str(doors), "--scratch", str(tmp_path / "scratch"), "--top", "3",
               "--weight", "0.4", "--trust", "0", "--trust", "0.2"]  # fmt: skip
    assert main(command) == 0
    table = capsys.readouterr().out
    assert "| without | 100.0 | |" in table and "pairs scored" not in table
    for share in ("0.4", "0.4+0.2r"):
        assert f"| top 3, weight {share} | +0.0 (+0.0 to +0.0) | +0.0 |" in table


@pytest.mark.parametrize(
    ("options", "before", "after"),
    [([], True, True), (["--against-fusion"], False, True), (["--without-student"], False, False)],
)
def test_what_a_cross_encoder_is_measured_after_and_against(
    options: list[str],
    before: bool,
    after: bool,
    doors: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reranker = base_model(tmp_path / "reranker", spread=0.5)
    students: list[bool] = []

    class Watched(Service):
        def __init__(self, store, embedder, settings, reads, first) -> None:  # type: ignore[no-untyped-def]
            students.append(first is not None)
            super().__init__(store, embedder, settings, reads, first)

    monkeypatch.setattr("eval.train.measure.Service", Watched)
    assert main([str(reranker), "--collection", str(doors), "--scratch", str(tmp_path / "scratch"), "--top", "3",
                 "--weight", "1", *options]) == 0  # fmt: skip
    assert students == [before, after]


def test_nothing_to_measure_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "--scratch", str(tmp_path)]) == 2
    assert "name a question set" in capsys.readouterr().err
    assert main([str(tmp_path / "none"), "--collection", str(tmp_path), "--scratch", str(tmp_path)]) == 2
    assert "not a folder" in capsys.readouterr().err
