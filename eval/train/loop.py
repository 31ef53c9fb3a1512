"""The training itself: step by step, with checkpoints from which a killed run goes on as if nothing had been."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from eval.train.groups import Group
from eval.train.loss import loss_of
from eval.train.model import Network
from index import UsageError

log = logging.getLogger(__name__)

CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class Training:
    """How is trained. `pairs` in all, `groups` a step; `warm_up` is a share of the steps.

    `end_at`, if not 0, is a step at which to end early: the rate then falls to nothing over the last quarter of
    the steps before it. It may be set when going on from a checkpoint that lies before that quarter, and gives
    the weights that it would have given from the beginning.

    `patience`, if not 0, ends it after so many validations in a row without a better mean reciprocal rank, and the
    weights of the best one are kept.
    """

    pairs: int = 6000
    groups: int = 4
    negatives: int = 4
    learning_rate: float = 5e-5
    warm_up: float = 0.1
    weight_decay: float = 0.01
    frozen: int = 4
    max_tokens: int = 160
    teacher: float = 0.0
    seed: int = 7
    checkpoint_every: int = 25
    validate_every: int = 100
    end_at: int = 0
    patience: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: the loss of each step, the learning curve on groups kept apart, and after which step the weights
    were as they are now. `ended` is False for one that was stopped, and has to go on.
    """

    losses: tuple[float, ...]
    curve: tuple[dict[str, Any], ...]
    kept: int
    ended: bool
    cpu_s: float


def train(
    network: Network,
    batches: Sequence[Sequence[Group]],
    kept_apart: Sequence[Group],
    training: Training,
    folder: Path,
    stop_after: int | None = None,
) -> Outcome:
    """Trains in place, going on from a checkpoint in `folder` if there is one of the same plan.

    `stop_after` ends it after so many steps as a kill would, for tests. A UsageError if the checkpoint is of
    another plan, and where the loss is no number any more.
    """
    import torch
    from tqdm import tqdm

    from eval.train.validate import ranks

    weights = network.trained()
    optimizer = torch.optim.AdamW(
        weights.values(), lr=training.learning_rate, weight_decay=training.weight_decay, fused=True
    )
    state = _State(folder, plan_of(network.base, batches, kept_apart, training), training.end_at)
    planned = len(batches)
    batches = batches[: training.end_at or planned]
    behind = state.load(weights, optimizer)
    losses, curve, cpu = behind.losses, behind.curve, behind.cpu_s
    if losses:
        log.info("going on after step %d of %d", len(losses), len(batches))
    began = time.process_time()
    ended = _ended(len(losses), len(batches), curve, training.patience)
    bar = tqdm(total=len(batches), initial=len(losses), unit="step", desc="training", mininterval=2)
    with bar:
        while not ended:
            step = len(losses)
            for group in optimizer.param_groups:
                pace = _pace(step, planned, training.warm_up) * _ending(step, training.end_at)
                group["lr"] = training.learning_rate * pace
            batch = batches[step]
            optimizer.zero_grad(set_to_none=True)
            pairs = [(group.question, passage) for group in batch for passage in group.passages]
            loss = loss_of(network.logits(pairs), batch, training.teacher)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)
            optimizer.step()
            losses.append(round(float(loss.detach()), 6))
            done = len(losses)
            if not math.isfinite(losses[-1]):
                raise UsageError(
                    f"the loss is no number any more at step {done}; take a lower --learning-rate than"
                    f" {training.learning_rate:g}, and another --out"
                )
            bar.set_postfix(loss=f"{sum(losses[-20:]) / len(losses[-20:]):.3f}", refresh=False)
            bar.update()
            if kept_apart and (done == len(batches) or done % training.validate_every == 0):
                curve.append({"step": done, **ranks(network, kept_apart)})
                tqdm.write(json.dumps(curve[-1]))
                if _best(curve) is curve[-1]:
                    behind.best = {name: tensor.detach().clone() for name, tensor in weights.items()}
            ended = _ended(done, len(batches), curve, training.patience)
            if ended or done % training.checkpoint_every == 0 or done == stop_after:
                behind.cpu_s = cpu + time.process_time() - began
                state.save(weights, optimizer, behind)
            if done == stop_after:
                break
    kept = len(losses)
    if ended and training.patience:
        kept = _best(curve)["step"]
        with torch.no_grad():
            for name, tensor in behind.best.items():
                weights[name].copy_(tensor)
    return Outcome(tuple(losses), tuple(curve), kept, ended, round(cpu + time.process_time() - began, 1))


def _best(curve: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The first of the points that are highest."""
    return max(curve, key=lambda point: point["mrr"])


def _ended(done: int, steps: int, curve: Sequence[dict[str, Any]], patience: int) -> bool:
    """Whether all steps are done, or the last so many points of the curve brought nothing better.

    >>> curve = [{"mrr": 0.5}, {"mrr": 0.7}, {"mrr": 0.7}, {"mrr": 0.6}]
    >>> _ended(40, 90, curve, 2), _ended(40, 90, curve, 3), _ended(90, 90, curve, 0), _ended(0, 90, [], 2)
    (True, False, True, False)
    """
    return done >= steps or bool(patience and curve and curve.index(_best(curve)) < len(curve) - patience)


def plan_of(
    base: str, batches: Sequence[Sequence[Group]], kept_apart: Sequence[Group], training: Training
) -> str:
    """A hash of all that decides the weights: those at the beginning, the batches in order, what is validated on, and
    the settings.
    """
    shaping = {k: v for k, v in asdict(training).items() if not k.endswith(("_every", "end_at", "patience"))}
    digest = hashlib.sha256(json.dumps([base, shaping], sort_keys=True).encode())
    for batch in (*batches, kept_apart):
        for group in batch:
            digest.update(json.dumps([group.question, *group.passages, *group.scores]).encode())
    return digest.hexdigest()


def _pace(step: int, steps: int, warm_up: float) -> float:
    """The share of the learning rate at a step: up in a line, down in a line.

    >>> [_pace(step, 10, 0.2) for step in (0, 1, 2, 9)]
    [0.5, 1.0, 1.0, 0.125]
    """
    rising = max(1, round(warm_up * steps))
    return min((step + 1) / rising, (steps - step) / max(1, steps - rising))


def _ending(step: int, end_at: int) -> float:
    """What is left of the rate at a step of a training that ends early.

    >>> [_ending(step, 8) for step in (0, 5, 6, 7)], _ending(7, 0)
    ([1.0, 1.0, 1.0, 0.5], 1.0)
    """
    return min(1.0, 4 * (end_at - step) / end_at) if end_at else 1.0


@dataclass(slots=True)
class _Behind:
    """What a run has behind it: losses, curve, the weights at its best point, processor time."""

    losses: list[float] = field(default_factory=list)
    curve: list[dict[str, Any]] = field(default_factory=list)
    best: dict[str, Any] = field(default_factory=dict)
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _State:
    """The checkpoint of a plan in a folder; written beside the old one and then put in its place."""

    folder: Path
    plan: str
    end_at: int

    def load(self, weights: dict[str, Any], optimizer: Any) -> _Behind:
        """What the checkpoint has behind it; its weights and the optimizer's state are put where they belong."""
        import torch

        file = self.folder / CHECKPOINT
        if not file.is_file():
            return _Behind()
        held = torch.load(file, weights_only=True)
        if held["plan"] != self.plan:
            raise UsageError(
                f"{file} is of a training with another base, other data or settings; name another folder, or delete it"
            )
        before = held.get("end_at", 0)
        for end in {before, self.end_at} if before != self.end_at else ():
            if end and 4 * len(held["losses"]) > 3 * end:
                raise UsageError(
                    f"{file} has {len(held['losses'])} steps behind it, and an end at step {end} begins before that;"
                    f" end it as it was begun, with --end-at {before}, or name another folder"
                )
        with torch.no_grad():
            for name, tensor in weights.items():
                tensor.copy_(held["weights"][name])
        optimizer.load_state_dict(held["optimizer"])
        torch.set_rng_state(held["chance"])
        return _Behind(list(held["losses"]), json.loads(held["curve"]), held["best"], float(held["cpu_s"]))

    def save(self, weights: dict[str, Any], optimizer: Any, behind: _Behind) -> None:
        import torch

        self.folder.mkdir(parents=True, exist_ok=True)
        beside = self.folder / f"{CHECKPOINT}.new"
        torch.save(
            {
                "plan": self.plan,
                "end_at": self.end_at,
                "weights": {name: tensor.detach() for name, tensor in weights.items()},
                "best": behind.best,
                "optimizer": optimizer.state_dict(),
                "chance": torch.get_rng_state(),
                "losses": behind.losses,
                "curve": json.dumps(behind.curve),
                "cpu_s": behind.cpu_s,
            },
            beside,
        )
        with beside.open("rb+") as written:
            os.fsync(written.fileno())
        beside.replace(self.folder / CHECKPOINT)
