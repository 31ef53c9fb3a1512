"""What the bench of a reranker's runtimes reckons, by hand, and that it runs where OpenVINO is."""

from __future__ import annotations

import importlib.util
import re
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
    told = as_table(torch, openvino).splitlines()
    # Medians of 1, 2, 4 and of .5, .8, 2.4 seconds for two pairs each.
    assert told[1].split() == ["torch", "float32", "1.0", "1000.0", "2000.0"]
    assert told[2].split() == ["openvino", "f32", "3.0", "400.0", "1000.0"]
    # Of .5, .4, .6, where the medians' ratio would be .4; and of .25, .5, .25.
    assert told[3] == (
        "OpenVINO takes 0.50 of torch's time (0.40 to 0.60 in 3 rounds of 2 pairs), 0.25 of its processor time"
    )
    assert told[4] == "1 of 6 scores are not the same, at most 0.0001 apart"


def test_it_runs_or_says_why_not(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main([str(folder), "--pairs", "3", "--rounds", "2"])
    told = capsys.readouterr()
    if importlib.util.find_spec("openvino") is None:
        assert code == 2 and "pip install -e '.[openvino]'" in told.err and not told.out
    else:
        assert code == 0 and re.search(r"in 2 rounds of 3 pairs.*\n\d of 6 scores", told.out)


def test_what_is_no_reranker_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none")]) == 2
    assert "is not a folder" in capsys.readouterr().err
