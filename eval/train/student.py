"""`python -m eval.train.student`: the head of late interaction from groups and the model of an index."""

from __future__ import annotations

import logging
import shutil
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from eval.train.card import describe_head
from eval.train.groups import SHARED, held_out, read_groups, sample, without
from eval.train.late import HeadTraining, Tokens, first_head, ranked, train_head
from eval.train.validate import summary
from index import PinciteError, Readings, TransformerEmbedder, UsageError

_DEFAULTS = HeadTraining()
log = logging.getLogger(__name__)


@click.command(
    epilog="""
\b
Example: python -m eval.train.student --out student --without squad2_dev
Stopped at any moment, the same command goes on: what the model made of texts is kept in --scratch.
"""
)
@click.option("--base", type=click.Path(path_type=Path), metavar="FOLDER",
              help="The model of the index; default: all-MiniLM-L6-v2 as it is installed.")  # fmt: skip
@click.option("--groups", "data", type=click.Path(path_type=Path), default=SHARED, metavar="FILE",
              help="Training groups, .jsonl or .jsonl.xz, with a teacher's scores if they have any.")  # fmt: skip
@click.option("--also", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
              help="Train on all groups of this file, too, but those left out; may be repeated.")  # fmt: skip
@click.option("--out", "folder", type=click.Path(path_type=Path), required=True, metavar="FOLDER",
              help="Where the head goes.")  # fmt: skip
@click.option("--scratch", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Where token vectors are kept, about 85 KB a passage; default: beside --out.")  # fmt: skip
@click.option("--without", "left_out", multiple=True, metavar="COLLECTION",
              help="Do not train on this collection but validate on it; may be repeated.")  # fmt: skip
@click.option("--pairs", type=click.IntRange(2), default=10_000, show_default=True, metavar="NUMBER")
@click.option("--kept-apart", type=int, default=240, show_default=True, metavar="NUMBER",
              help="How many groups of the collections left out to validate on.")  # fmt: skip
@click.option(
    "--width", type=click.IntRange(4, 384), default=_DEFAULTS.width, show_default=True, metavar="NUMBER"
)
@click.option("--epochs", type=click.IntRange(0, 50), default=_DEFAULTS.epochs, show_default=True, metavar="NUMBER",
              help="0: only the main directions, without training.")  # fmt: skip
@click.option(
    "--learning-rate", type=float, default=_DEFAULTS.learning_rate, show_default=True, metavar="RATE"
)
@click.option("--teacher", type=click.FloatRange(0, 1), default=_DEFAULTS.teacher, show_default=True,
              metavar="SHARE", help="How much to follow the scores in the groups.")  # fmt: skip
@click.option("--seed", type=int, default=_DEFAULTS.seed, show_default=True, metavar="NUMBER")
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, metavar="NUMBER")
def main(
    base: Path | None, data: Path, also: tuple[Path, ...], folder: Path, scratch: Path | None,
    left_out: tuple[str, ...], pairs: int, kept_apart: int, threads: int, **training: Any,
) -> None:  # fmt: skip
    """Train a head and write its folder: weights, metrics.json, model card, manifest."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        make_head(
            TransformerEmbedder(str(base)) if base else TransformerEmbedder(), data, folder, HeadTraining(**training),
            scratch=scratch or folder.with_name(f"{folder.name}.scratch"), also=also, left_out=left_out,
            pairs=pairs, kept_apart=kept_apart, threads=threads,
        )  # fmt: skip
    except (PinciteError, OSError) as error:
        click.echo(f"eval.train.student: {error}", err=True)
        sys.exit(2)


def make_head(
    embedder: TransformerEmbedder, data: Path, folder: Path, training: HeadTraining, *, scratch: Path,
    also: tuple[Path, ...] = (), left_out: tuple[str, ...] = (), pairs: int = 10_000, kept_apart: int = 240,
    threads: int = 2,
) -> dict[str, Any]:  # fmt: skip
    """Trains and writes `folder`; what was measured on the groups kept apart, before training and after.

    About `pairs` pairs of the groups in `data` are trained on, and all those in the files of `also`.
    A UsageError for a folder that holds a model already.
    """
    import torch

    if (folder / "model.safetensors").exists():
        raise UsageError(f"{folder} holds a model already; name another folder, or delete it")
    torch.set_num_threads(threads)
    groups = read_groups(data)
    taught = sample(without(groups, left_out), pairs, 5, training.seed)
    for more in also:
        taught += [group for group in read_groups(more) if group.collection not in left_out]
    if not taught:
        raise UsageError(f"{data} leaves nothing to train on")
    apart = held_out(groups, left_out, kept_apart, 5, training.seed)
    scratch.mkdir(parents=True, exist_ok=True)
    tokens = Tokens(embedder, Readings(scratch, in_memory=100_000))
    texts = dict.fromkeys(text for group in (*taught, *apart) for text in (group.question, *group.passages))
    log.info("%d groups, %d kept apart, %d texts", len(taught), len(apart), len(texts))
    began = time.process_time()
    with tqdm(total=len(texts), unit="text", desc="reading", mininterval=2) as bar:
        tokens.prepare(texts, bar.update)
    first = first_head(tokens, taught, embedder.fingerprint, training.width, embedder.dimensions)
    with tqdm(total=training.epochs * len(taught), unit="group", desc="training", mininterval=2) as bar:
        head = train_head(first, taught, tokens, training, bar.update)
    measured = {
        "before": summary(apart, ranked(first, apart, tokens)),
        "after": summary(apart, ranked(head, apart, tokens)),
    }
    log.info("%s", measured)
    draft = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    head.save(draft)
    describe_head(
        draft, name=folder.name, embedder=embedder, data=(data, *also), taught=taught, left_out=left_out,
        training={**asdict(training), "threads": threads},
        measured=measured, cpu_s=round(time.process_time() - began, 1),
    )  # fmt: skip
    draft.rename(folder)
    return measured


if __name__ == "__main__":
    main()
