"""A cross-encoder run by OpenVINO: the scores of torch, or torch itself; nothing is told to anyone."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index import UsageError
from qa import CrossEncoderReranker
from qa import rerank_model as module
from tests.tiny_reranker import PLACES, SIZES, base_model

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "What colour is the harbour?"
# Of one word and of more than the 64 tokens that the tiny model reads; more than fill a batch.
PASSAGES = [
    *(f"The {place} is {SIZES[n % 4]}. " * (1 + 3 * n) for n, place in enumerate(PLACES)),
    "museum",
    "",
]

needs_openvino = pytest.mark.skipif(
    not module.openvino_installed(), reason="openvino is not installed: pip install -e '.[openvino]'"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return base_model(tmp_path_factory.mktemp("reranker"), spread=0.5)


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor without bfloat16, wherever the tests are run."""
    monkeypatch.setattr(module, "fast_in_half", lambda: False)


@pytest.fixture
def by_torch(folder: Path, full: None) -> np.ndarray:
    return CrossEncoderReranker(folder, openvino=False).scores(QUESTION, PASSAGES)


def test_without_the_package_torch_runs(
    folder: Path, by_torch: np.ndarray, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    reranker = CrossEncoderReranker(folder)
    assert reranker.runtime == "torch float32"
    assert reranker.scores(QUESTION, PASSAGES).tolist() == by_torch.tolist()
    assert not caplog.records


def test_a_package_that_is_broken_leaves_it_to_torch_and_says_so_once(
    folder: Path, by_torch: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    (tmp_path / "openvino.py").write_text("raise OSError('a library of it is missing\\nby name')\n", "utf-8")
    for name in [name for name in sys.modules if name.partition(".")[0] == "openvino"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    reranker = CrossEncoderReranker(folder)
    assert reranker.scores(QUESTION, PASSAGES).tolist() == by_torch.tolist()
    assert reranker.runtime == "torch float32"
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        f"OpenVINO cannot run the reranker in {folder}, so torch does (a library of it is missing)"
    ]


def test_bfloat16_of_torch_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_APART", 9.0)
    assert CrossEncoderReranker(folder, openvino=False, precision="bfloat16").runtime == "torch bfloat16"


@needs_openvino
def test_openvino_says_what_torch_says_of_any_number_and_length(
    folder: Path, by_torch: np.ndarray, full: None, caplog: pytest.LogCaptureFixture
) -> None:
    reranker = CrossEncoderReranker(folder)
    assert reranker.runtime == "openvino f32" and not caplog.records
    found = reranker.scores(QUESTION, PASSAGES)
    assert found.dtype == np.float64 and found.shape == (len(PASSAGES),)
    # One step of the last place that is kept, and no tie where there was none.
    assert np.abs(found - by_torch).max() < 1.5e-4 and np.ptp(found) > 0.1
    assert found.argsort().tolist() == by_torch.argsort().tolist()
    alone = CrossEncoderReranker(folder)
    for passage, score in zip(PASSAGES, found, strict=True):
        assert alone.scores(QUESTION, [passage]) == pytest.approx([score], abs=1.5e-4)
    assert reranker.scores(QUESTION, []).shape == (0,)


@needs_openvino
def test_the_fingerprint_is_of_the_files_and_scores_repeat(folder: Path, full: None) -> None:
    first, second = CrossEncoderReranker(folder), CrossEncoderReranker(folder)
    assert first.fingerprint == CrossEncoderReranker(folder, openvino=False).fingerprint
    assert first.scores(QUESTION, PASSAGES).tolist() == second.scores(QUESTION, PASSAGES).tolist()


@needs_openvino
def test_scores_that_are_others_leave_it_to_torch(
    folder: Path, by_torch: np.ndarray, full: None, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    from qa import rerank_openvino

    real = rerank_openvino.Converted.forward
    # Right for pairs as short as what it was converted by, wrong for longer ones: what bad tracing looks like.
    monkeypatch.setattr(
        rerank_openvino.Converted,
        "forward",
        lambda self, **given: {
            name: scores + 0.01 * (given["input_ids"].shape[1] > 60)
            for name, scores in real(self, **given).items()
        },
    )
    reranker = CrossEncoderReranker(folder)
    assert reranker.scores(QUESTION, PASSAGES).tolist() == by_torch.tolist()
    assert reranker.runtime == "torch float32"
    assert [record.getMessage() for record in caplog.records] == [
        f"OpenVINO cannot run the reranker in {folder}, so torch does (its scores are others)"
    ]


@needs_openvino
@pytest.mark.parametrize(("apart", "runtime"), [(9.0, "openvino bf16"), (-1.0, "openvino f32")])
def test_bfloat16_is_checked_before_it_is_used(
    apart: float, runtime: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa import rerank_openvino

    class Told(rerank_openvino.Converted):
        """What it was asked for, even by a processor that has no bfloat16."""

        def __init__(self, compiled: object, *rest: object) -> None:
            super().__init__(compiled, *rest)  # type: ignore[arg-type]
            asked.append(self.precision)
            self.precision = ("bf16", "f32")[len(asked) - 1]

    asked: list[str] = []
    monkeypatch.setattr(rerank_openvino, "Converted", Told)
    monkeypatch.setattr(module, "_MOST_APART", apart)
    assert CrossEncoderReranker(folder, precision="bfloat16").runtime == runtime
    assert len(asked) == (1 if apart > 0 else 2)


@needs_openvino
def test_what_the_processor_does_not_have_is_not_claimed(folder: Path) -> None:
    import torch

    if torch.cpu._is_avx512_bf16_supported():  # every processor with AMX has these, too
        pytest.skip("this processor has bfloat16")
    assert CrossEncoderReranker(folder, precision="bfloat16").runtime == "openvino f32"


@needs_openvino
def test_it_has_as_many_threads_as_torch(folder: Path, full: None) -> None:
    import torch

    from qa.rerank_openvino import convert

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        model = CrossEncoderReranker(folder, openvino=False)._model
        ready = convert(model, module._PROBES[:2])("f32")
    finally:
        torch.set_num_threads(before)
    assert ready._compiled.get_property("INFERENCE_NUM_THREADS") == 1
    assert not ready._compiled.get_property("ENABLE_CPU_PINNING")


@needs_openvino
def test_threads_share_one(folder: Path, full: None) -> None:
    reranker = CrossEncoderReranker(folder)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: reranker.scores(QUESTION, PASSAGES).tolist(), range(8)))
    assert all(scores == found[0] for scores in found)


@needs_openvino
def test_scores_that_are_no_numbers_are_refused(tmp_path: Path, full: None) -> None:
    from safetensors.numpy import load_file, save_file

    weights = base_model(tmp_path / "broken") / "model.safetensors"
    held = load_file(weights)
    held["classifier.bias"] = np.full_like(held["classifier.bias"], np.nan)
    save_file(held, weights, metadata={"format": "pt"})
    with pytest.raises(UsageError, match="no numbers"):
        CrossEncoderReranker(weights.parent).scores(QUESTION, PASSAGES)


_ALONE = """
import logging, sys
logging.basicConfig(level=logging.INFO, format="%(name)s %(message)s")
from qa import CrossEncoderReranker
reranker = CrossEncoderReranker(sys.argv[1])
reranker.scores("who?", ["anyone", "the board"])
assert reranker.runtime.startswith("openvino"), reranker.runtime
assert not any(name.startswith("openvino_telemetry.") for name in sys.modules)
assert logging.getLogger().level == logging.INFO and len(logging.getLogger().handlers) == 1
"""


@needs_openvino
def test_nothing_is_told_to_anyone(folder: Path, tmp_path: Path) -> None:
    """In a home of its own, where OpenVINO would make itself an identity first; and not a line is said."""
    settings = {
        name: value for name, value in os.environ.items() if name not in ("CI", "TF_BUILD", "JENKINS_URL")
    }
    done = subprocess.run(
        [sys.executable, "-c", _ALONE, str(folder)],
        cwd=ROOT, env={**settings, "HOME": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "" and "openvino" not in done.stderr.lower() and "loss_type" not in done.stderr
    assert not (tmp_path / "intel").exists()
