"""How well groups of collections are ranked that nothing was trained on.

    python -m eval.train.validate [FOLDER]... --without COLLECTION

As a command it compares finished rerankers, of whatever kind, with the one that Pincite comes with and with the cosine
of the index's vectors, on the same groups.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eval.train.groups import SHARED, Group, held_out, read_groups, without
from index import PinciteError, TransformerEmbedder, UsageError
from qa import PACKAGED_HEAD, Reranker, rerankers

if TYPE_CHECKING:
    from eval.train.model import Network

_AT_ONCE = 16


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path), metavar="[FOLDER]...")
@click.option("--groups", "data", type=click.Path(path_type=Path), default=SHARED, metavar="FILE",
              help="Groups, .jsonl or .jsonl.xz; default: ../shared/training/groups.jsonl.xz.")  # fmt: skip
@click.option("--without", "collections", multiple=True, required=True, metavar="COLLECTION",
              help="A collection to rank groups of, one that they were trained without; may be repeated.")  # fmt: skip
@click.option("--kept-apart", type=click.IntRange(1), default=120, show_default=True, metavar="NUMBER",
              help="How many groups, as many of each collection.")  # fmt: skip
@click.option("--negatives", type=click.IntRange(1), default=4, show_default=True, metavar="NUMBER",
              help="How many of a group's negatives.")  # fmt: skip
@click.option("--seed", type=int, default=7, show_default=True, metavar="NUMBER",
              help="With the seed of a training, the groups are those that it was validated on.")  # fmt: skip
def main(
    folders: tuple[Path, ...], data: Path, collections: tuple[str, ...], kept_apart: int, negatives: int, seed: int
) -> None:  # fmt: skip
    """Print the mean reciprocal rank of the answer in groups, by cosine, the usual student and each FOLDER."""
    try:
        every = read_groups(data)
        without(every, collections)  # a name that there is none of is said
        apart = held_out(every, collections, kept_apart, negatives, seed)
        if not apart:
            raise UsageError(
                "no group is left to rank; a higher --kept-apart takes at least one of each collection"
            )
        embedder = TransformerEmbedder()
        click.echo(f"| {len(apart)} groups | MRR | {' | '.join(sorted(collections))} |")
        click.echo("|---|" + "---:|" * (1 + len(collections)))
        click.echo(_row("cosine", summary(apart, [_cosines(group, embedder) for group in apart])))
        for folder in (PACKAGED_HEAD, *folders):
            late, cross_encoder = rerankers(embedder, None, folder)
            reads: Reranker | None = cross_encoder or late
            if reads is None:
                raise UsageError(f"{folder} means no reranker at all; name the folder of one")
            scores = [reads.scores(group.question, group.passages).tolist() for group in apart]
            click.echo(_row(folder.name, summary(apart, scores)))
    except (PinciteError, OSError) as error:
        click.echo(f"eval.train.validate: {error}", err=True)
        sys.exit(2)


def _row(name: str, found: dict[str, Any]) -> str:
    return (
        f"| {name} | {found['mrr']:.3f} | {' | '.join(f'{v:.2f}' for v in found['by_collection'].values())} |"
    )


def _cosines(group: Group, embedder: TransformerEmbedder) -> list[float]:
    asked = embedder.embed_question(group.question)
    return [float(embedder.embed_question(passage) @ asked) for passage in group.passages]


def scored(network: Network, groups: Sequence[Group]) -> list[list[float]]:
    """The scores of each group's passages, in their order."""
    import torch

    found: list[list[float]] = []
    with torch.inference_mode():
        for at in range(0, len(groups), _AT_ONCE):
            part = groups[at : at + _AT_ONCE]
            pairs = [(group.question, passage) for group in part for passage in group.passages]
            scores = network.logits(pairs).float().tolist()
            for group in part:
                found.append(scores[: len(group.passages)])
                scores = scores[len(group.passages) :]
    return found


def ranks(network: Network, groups: Sequence[Group]) -> dict[str, Any]:
    """The mean reciprocal rank of the positive within its group, over all groups and by collection."""
    return summary(groups, scored(network, groups))


def summary(groups: Sequence[Group], scores: Sequence[Sequence[float]]) -> dict[str, Any]:
    """The same of scores that are there already; groups without a positive do not count.

    A tie counts against the positive, and so does what is no number.

    >>> summary([Group("a", "?", "yes", ("no", "or"))], [[0.5, 0.5, 0.1]])
    {'mrr': 0.5, 'by_collection': {'a': 0.5}}
    """
    found: dict[str, list[float]] = {}
    for group, passages in zip(groups, scores, strict=True):
        if group.positive:
            rank = 1 + sum(not score < passages[0] for score in passages[1:])
            found.setdefault(group.collection, []).append(1 / rank)
    every = [value for values in found.values() for value in values]
    return {
        "mrr": round(sum(every) / len(every), 4) if every else None,
        "by_collection": {name: round(sum(v) / len(v), 4) for name, v in sorted(found.items())},
    }


if __name__ == "__main__":
    main()
