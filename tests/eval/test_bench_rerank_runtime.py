"""What the bench of a reranker's runtimes reckons, by hand, and that it runs."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from eval.bench.rerank_runtime import Cost, as_table, main
from tests.tiny_reranker import base_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return base_model(tmp_path_factory.mktemp("reranker"), spread=0.5)


def test_ratios_are_of_the_same_round() -> None:
    scores = (np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0]))
    torch = Cost("torch float32", 1.0, (1.0, 2.0, 4.0), (2.0, 4.0, 8.0), scores)
    moved = (np.array([1.0001, 2.0]), *scores[1:])
    openvino = Cost("openvino f32", 3.0, (0.5, 0.8, 2.4), (0.5, 2.0, 2.0), moved)
    told = [line.split() for line in as_table([torch, openvino]).splitlines()]
    # Medians of 1, 2, 4 and of .5, .8, 2.4 seconds for two pairs each; of the ratios .5, .4, .6, where the medians'
    # ratio would be .4; and of .25, .5, .25.
    assert told[2] == ["torch", "float32", "1.0", "1000.0", "2000.0", *["1.00"] * 4, "0", "of", "6", "0.0000"]
    assert told[3] == ["openvino", "f32", "3.0", "400.0", "1000.0", "0.50", "0.40", "0.60", "0.25",
                       "1", "of", "6", "0.0001"]  # fmt: skip


def test_it_measures_what_runs_here(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder), "--pairs", "3", "--rounds", "2"]) == 0
    told = capsys.readouterr().out.splitlines()
    runtimes = [line[:16].strip() for line in told[2:]]
    assert told[0].startswith("2 rounds of 3 pairs") and runtimes[0] == "torch float32"
    assert ("openvino f32" in runtimes) == (importlib.util.find_spec("openvino") is not None)
    assert len(set(runtimes)) == len(runtimes)


def test_what_is_no_reranker_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none")]) == 2
    assert "is not a folder" in capsys.readouterr().err
