"""Training a reranker: killed and resumed to the same weights, and better for it; bad input named."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.train.__main__ import main as train
from eval.train.loop import CHECKPOINT, Training
from eval.train.run import make
from index import TransformerEmbedder, UsageError
from qa.rerank_files import verify
from tests.tiny_reranker import base_model, groups_file

ROOT = Path(__file__).resolve().parents[2]
TRAINING = Training(
    pairs=400, learning_rate=3e-4, frozen=0, max_tokens=48, checkpoint_every=5, validate_every=15
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return base_model(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return groups_file(tmp_path_factory.mktemp("data") / "groups.jsonl")


@pytest.fixture(scope="module")
def trained(base: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained") / "whole"
    make(base, data, folder, TRAINING, left_out=["gates"], kept_apart=20)
    return folder


@pytest.fixture(autouse=True)
def _threads() -> Iterator[None]:
    """Training sets how many threads torch has; the tests after it get back what they had."""
    import torch

    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def weights(folder: Path) -> str:
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def test_training_makes_it_better_on_a_collection_that_it_never_saw(trained: Path) -> None:
    told = json.loads((trained / "metrics.json").read_text("utf-8"))
    assert told["data"]["without"] == ["gates"] and set(told["data"]["groups"]) == {"doors"}
    assert told["loss"]["last"] < told["losses"][0]
    # By chance the positive is first, second ... fifth alike: (1 + 1/2 + 1/3 + 1/4 + 1/5) / 5 = .457.
    assert told["curve"][-1]["mrr"] > 0.7
    assert [point["step"] for point in told["curve"]] == [15, told["steps"]]


def test_the_folder_says_what_it_is(trained: Path, base: Path, data: Path) -> None:
    card = (trained / "README.md").read_text("utf-8")
    for path in (base / "model.safetensors", data):
        assert hashlib.sha256(path.read_bytes()).hexdigest() in card
    assert "Not trained on: gates." in card
    held = json.loads((trained / "pincite-reranker.json").read_text("utf-8"))["files"]
    assert held["model.safetensors"] == weights(trained) and "tokenizer.json" in held
    assert not (trained / CHECKPOINT).exists()


def saved_weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return dict(load_file(folder / "model.safetensors"))


def torch_weights(checkpoint: Path) -> dict[str, Any]:
    import torch

    return dict(torch.load(checkpoint, weights_only=True)["weights"])


def test_stopped_and_resumed_it_has_the_same_weights(
    trained: Path, base: Path, data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "stopped"
    for steps in (3, 7):
        make(base, data, folder, TRAINING, left_out=["gates"], kept_apart=20, stop_after=steps)
        assert not (folder / "model.safetensors").exists()
    make(base, data, folder, TRAINING, left_out=["gates"], kept_apart=20)
    assert weights(folder) == weights(trained)
    losses = [json.loads((one / "metrics.json").read_text("utf-8"))["losses"] for one in (folder, trained)]
    assert losses[0] == losses[1]


def test_killed_in_the_middle_it_goes_on_from_its_checkpoint(
    base: Path, data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # Long enough that it cannot end before it is killed, and killed for good: SIGKILL runs no handler.
    options = ["--base", base, "--groups", data, "--pairs", "400", "--frozen", "1", "--max-tokens", "48"]
    options += ["--checkpoint-every", 4]
    command = [*map(str, options), "--out"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    slow = "import eval.train.loop as l, time, sys; real = l.loss_of\n"
    slow += "l.loss_of = lambda *a: (time.sleep(0.2), real(*a))[1]\n"
    slow += "from eval.train.__main__ import main; main(sys.argv[1:])"
    killed = tmp_path / "killed"
    process = subprocess.Popen(
        [sys.executable, "-c", slow, *command, str(killed)], env=environment, cwd=tmp_path,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        until = time.monotonic() + 600
        while not (killed / CHECKPOINT).exists() and time.monotonic() < until and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL and (killed / CHECKPOINT).exists()
    assert not (killed / "model.safetensors").exists()
    with caplog.at_level("INFO"):
        train([*command, str(killed)], standalone_mode=False)
    assert "going on after step 4 of" in caplog.text
    make(base, data, tmp_path / "whole", Training(pairs=400, frozen=1, max_tokens=48))
    assert weights(killed) == weights(tmp_path / "whole")


def test_it_may_be_told_to_end_early_while_it_goes_on(base: Path, data: Path, tmp_path: Path) -> None:
    early = replace(TRAINING, end_at=12)
    whole = make(base, data, tmp_path / "whole", early)
    make(base, data, tmp_path / "late", TRAINING, stop_after=9)  # three quarters of twelve
    resumed = make(base, data, tmp_path / "late", early)
    assert len(whole.losses) == 12 and resumed.losses == whole.losses
    assert weights(tmp_path / "late") == weights(tmp_path / "whole")
    told = json.loads((tmp_path / "late" / "metrics.json").read_text("utf-8"))
    assert told["steps"] == 12 and 4 * 12 * 4 < told["data"]["pairs"] <= 5 * 4 * 12
    make(base, data, tmp_path / "too late", TRAINING, stop_after=10)
    with pytest.raises(UsageError, match="an end at step 12 begins before that"):
        make(base, data, tmp_path / "too late", early)


def test_it_ends_where_nothing_better_comes_and_keeps_the_best(
    base: Path, data: Path, tmp_path: Path
) -> None:
    # A rate at which it soon unlearns what it has learnt.
    impatient = replace(TRAINING, learning_rate=0.05, warm_up=0.3, validate_every=2, patience=2)
    whole = make(base, data, tmp_path / "whole", impatient, left_out=["gates"], kept_apart=20)
    found = [point["mrr"] for point in whole.curve]
    assert len(whole.losses) < 20 and found.index(max(found)) == len(found) - 3
    assert whole.kept == 2 * (found.index(max(found)) + 1) == len(whole.losses) - 4
    stopped = tmp_path / "stopped"
    make(base, data, stopped, impatient, left_out=["gates"], kept_apart=20, stop_after=whole.kept + 1)
    resumed = make(base, data, stopped, impatient, left_out=["gates"], kept_apart=20)
    assert resumed.curve == whole.curve and weights(stopped) == weights(tmp_path / "whole")
    best = make(
        base, data, tmp_path / "best", impatient, left_out=["gates"], stop_after=whole.kept, kept_apart=20
    )
    assert not best.ended
    held = torch_weights(tmp_path / "best" / CHECKPOINT)
    assert all((kept == held[name]).all() for name, kept in saved_weights(stopped).items() if name in held)
    assert not (stopped / CHECKPOINT).exists() and verify(stopped)
    with pytest.raises(UsageError, match="leave a collection out"):
        make(base, data, tmp_path / "unwatched", impatient)


def test_frozen_layers_stay_as_they_were(base: Path, data: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    make(base, data, tmp_path / "out", Training(pairs=60, frozen=1, max_tokens=48, learning_rate=1e-2))
    before, after = (load_file(folder / "model.safetensors") for folder in (base, tmp_path / "out"))
    same = {name for name in before if name in after and (before[name] == after[name]).all()}
    changed = set(before) - same
    assert {name for name in before if "embeddings" in name or "layer.0." in name} <= same
    assert any("layer.1." in name for name in changed) and "classifier.weight" in changed


def test_half_precision_is_half_the_size(trained: Path, base: Path, data: Path, tmp_path: Path) -> None:
    training = Training(pairs=10, frozen=2, max_tokens=48)
    make(base, data, tmp_path / "half", training, half=True)
    size = (tmp_path / "half" / "model.safetensors").stat().st_size
    assert size < 0.6 * (trained / "model.safetensors").stat().st_size


def test_a_teacher_is_followed(base: Path, tmp_path: Path) -> None:
    # The teacher says the opposite of the labels: who follows it alone ranks the positive last.
    data = groups_file(tmp_path / "taught.jsonl")
    lines = [json.loads(line) for line in data.read_text("utf-8").splitlines()]
    taught = [{**line, "scores": [-4.0, 1.0, 1.0, 1.0, 1.0]} for line in lines if line["positive"]]
    data.write_text("\n".join(map(json.dumps, taught)), "utf-8")
    training = Training(
        pairs=400, learning_rate=3e-4, frozen=0, max_tokens=48, teacher=1.0, validate_every=100
    )
    outcome = make(base, data, tmp_path / "out", training, left_out=["gates"], kept_apart=20)
    assert outcome.curve[-1]["mrr"] < 0.35


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"left_out": ["parks"]}, "no group is of parks; there are doors, gates"),
        ({"left_out": ["doors", "gates"]}, "leaves nothing to train on"),
    ],
)
def test_what_cannot_be_trained_on_is_said(
    change: dict[str, list[str]], sentence: str, base: Path, data: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=sentence):
        make(base, data, tmp_path / "out", TRAINING, left_out=change["left_out"])
    assert not (tmp_path / "out").exists()


def test_the_small_model_that_is_installed_can_be_a_base() -> None:
    from eval.train.model import load_base

    network = load_base(TransformerEmbedder().folder, 32, 2, 1)
    names = network.trained()
    assert "classifier.weight" in names and not any("layer.1." in n or "embeddings" in n for n in names)
    scores = network.logits([("who?", "The board. " * 40), ("who?", "No."), ("", "")])
    assert scores.shape == (3,) and len(set(scores.tolist())) == 3


def test_a_finished_model_is_not_written_over(trained: Path, base: Path, data: Path) -> None:
    before = weights(trained)
    with pytest.raises(UsageError, match="holds a model already"):
        make(base, data, trained, TRAINING)
    assert weights(trained) == before


def test_a_checkpoint_of_another_plan_is_refused(base: Path, data: Path, tmp_path: Path) -> None:
    make(base, data, tmp_path / "out", TRAINING, stop_after=2)
    with pytest.raises(UsageError, match="of a training with another base, other data or settings"):
        make(base, data, tmp_path / "out", Training(pairs=120, frozen=0, max_tokens=48))
    with pytest.raises(UsageError, match="of a training with another base, other data or settings"):
        make(base_model(tmp_path / "wide", spread=0.5), data, tmp_path / "out", TRAINING)
    make(base, data, tmp_path / "apart", TRAINING, left_out=["gates"], kept_apart=20, stop_after=2)
    with pytest.raises(UsageError, match="of a training with another base, other data or settings"):
        make(base, data, tmp_path / "apart", TRAINING, left_out=["gates"], kept_apart=10)


def test_killed_while_the_model_is_written_it_is_written_again(
    base: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as then, pytest.raises(KeyboardInterrupt):
        then.setattr("eval.train.run.describe", killed)
        make(base, data, tmp_path / "out", TRAINING)
    assert (tmp_path / "out" / "model.safetensors").exists()
    make(base, data, tmp_path / "out", TRAINING)
    assert verify(tmp_path / "out")


def test_a_training_that_runs_away_is_stopped(base: Path, data: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no number any more at step .* lower --learning-rate than 1e"):
        make(base, data, tmp_path / "out", replace(TRAINING, learning_rate=1e30, warm_up=0.01))
    assert not (tmp_path / "out" / "model.safetensors").exists()


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "no model.safetensors"), (b"cut short", "cannot be loaded")]
)
def test_a_base_that_is_no_model_is_named(
    content: bytes | None, reason: str, base: Path, data: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    if content is not None:
        for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
            (broken / name).write_bytes((base / name).read_bytes())
        (broken / "model.safetensors").write_bytes(content)
    with pytest.raises(UsageError, match=reason):
        make(broken, data, tmp_path / "out", TRAINING)
