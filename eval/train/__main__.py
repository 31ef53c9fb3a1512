"""`python -m eval.train`: a reranker from groups and a base model."""

from __future__ import annotations

import os

# Before torch is loaded: threads that wait by spinning halve the speed of a machine that does other things, too.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import logging
import sys
from pathlib import Path
from typing import Any

import click

from eval.train.groups import SHARED
from eval.train.loop import Training
from eval.train.run import make
from index import PinciteError

_DEFAULTS = Training()


@click.command(
    epilog="""
\b
Example: python -m eval.train --base all-mpnet-base-v2 --out teacher --without squad2_dev
Stopped at any moment, the same command goes on from its last checkpoint.
"""
)
@click.option("--base", type=click.Path(path_type=Path), metavar="FOLDER",
              help="The base model; default: all-MiniLM-L6-v2 as it is installed.")  # fmt: skip
@click.option("--groups", "data", type=click.Path(path_type=Path), default=SHARED, metavar="FILE",
              help="Training groups, .jsonl or .jsonl.xz; default: ../shared/training/groups.jsonl.xz.")  # fmt: skip
@click.option("--out", "folder", type=click.Path(path_type=Path), required=True, metavar="FOLDER",
              help="Where the model goes.")  # fmt: skip
@click.option("--without", "left_out", multiple=True, metavar="COLLECTION",
              help="Do not train on this collection but validate on it; may be repeated.")  # fmt: skip
@click.option("--kept-apart", type=int, default=45, show_default=True, metavar="NUMBER",
              help="How many groups of the collections left out to validate on.")  # fmt: skip
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, metavar="NUMBER",
              help="Weights are the same only with the same number.")  # fmt: skip
@click.option("--half", is_flag=True, help="Save the weights in 16 bits: half the size.")
@click.option("--pairs", type=click.IntRange(2), default=_DEFAULTS.pairs, show_default=True, metavar="NUMBER")
@click.option("--frozen", type=click.IntRange(0), default=_DEFAULTS.frozen, show_default=True, metavar="LAYERS",
              help="How many of the first layers, with the embeddings, stay as they are.")  # fmt: skip
@click.option("--max-tokens", type=click.IntRange(16, 512), default=_DEFAULTS.max_tokens, show_default=True,
              metavar="NUMBER", help="What a pair is cut to.")  # fmt: skip
@click.option("--teacher", type=click.FloatRange(0, 1), default=_DEFAULTS.teacher, show_default=True,
              metavar="SHARE", help="How much to follow the scores in the groups.")  # fmt: skip
@click.option(
    "--learning-rate", type=float, default=_DEFAULTS.learning_rate, show_default=True, metavar="RATE"
)
@click.option("--end-at", type=click.IntRange(0), default=0, metavar="STEP",
              help="End early, the rate falling over the last quarter; may be said of a run that goes on.")  # fmt: skip
@click.option("--patience", type=click.IntRange(0), default=0, metavar="VALIDATIONS",
              help="End after so many validations without a better one, and keep the weights of the best.")  # fmt: skip
@click.option("--seed", type=int, default=_DEFAULTS.seed, show_default=True, metavar="NUMBER")
@click.option("--checkpoint-every", type=click.IntRange(1), default=_DEFAULTS.checkpoint_every, show_default=True,
              metavar="STEPS")  # fmt: skip
@click.option("--validate-every", type=click.IntRange(1), default=_DEFAULTS.validate_every, show_default=True,
              metavar="STEPS")  # fmt: skip
def main(
    base: Path | None, data: Path, folder: Path, left_out: tuple[str, ...], kept_apart: int, threads: int,
    half: bool, **training: Any,
) -> None:  # fmt: skip
    """Train a reranker and write its folder: weights, metrics.json, model card, manifest."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        make(base, data, folder, Training(**training), left_out=left_out, kept_apart=kept_apart,
             threads=threads, half=half)  # fmt: skip
    except (PinciteError, OSError) as error:
        click.echo(f"eval.train: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
