"""From groups and a base model to the folder of a reranker."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from eval.train.card import describe
from eval.train.groups import batched, held_out, read_groups, sample, without
from eval.train.loop import CHECKPOINT, Outcome, Training, train
from eval.train.model import load_base
from index import TransformerEmbedder, UsageError

log = logging.getLogger(__name__)


def make(
    base: Path | None,
    data: Path,
    folder: Path,
    training: Training,
    *,
    left_out: Sequence[str] = (),
    kept_apart: int = 0,
    threads: int = 2,
    half: bool = False,
    stop_after: int | None = None,
) -> Outcome:
    """Trains and writes `folder`: weights, tokenizer, metrics.json, README.md and manifest.

    Goes on from a checkpoint in `folder`, which is deleted when all is written. A UsageError for a folder that
    holds a finished model already. `stop_after` is for tests: no model is written then.
    """
    import torch

    # The checkpoint goes last: with it, a model is one that a kill left unfinished.
    if (folder / "model.safetensors").exists() and not (folder / CHECKPOINT).exists():
        raise UsageError(f"{folder} holds a model already; name another folder, or delete it")
    base = base or TransformerEmbedder().folder
    groups = read_groups(data)
    others = without(groups, left_out)
    taught = sample(others, training.pairs, training.negatives, training.seed)
    if not taught:
        raise UsageError(f"{data} leaves nothing to train on")
    apart = held_out(groups, left_out, kept_apart, training.negatives, training.seed)
    if training.patience and not apart:
        raise UsageError(
            "patience is for what a validation says; leave a collection out by --without, and keep enough of its"
            " groups apart"
        )
    batches = batched(taught, training.groups, training.seed)
    torch.set_num_threads(threads)
    network = load_base(base, training.max_tokens, training.frozen, training.seed)
    log.info(
        "%d groups, %d pairs, %d steps; %d groups kept apart",
        len(taught), sum(len(group.passages) for group in taught), len(batches), len(apart),
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    outcome = train(network, batches, apart, training, folder, stop_after)
    if not outcome.ended:
        return outcome
    if half:
        network.model.half()
    network.save(folder)
    describe(
        folder, base=base, data=data,
        taught=[group for batch in batches[: len(outcome.losses)] for group in batch],
        left_out=left_out, kept_apart=apart, training=training, outcome=outcome, name=folder.name,
        threads=threads, half=half,
    )  # fmt: skip
    (folder / CHECKPOINT).unlink()
    log.info("%s is written", folder)
    return outcome
