"""`python -m eval.train.mine`: groups with the negatives that the model of today finds hardest."""

from __future__ import annotations

import logging
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np
from tqdm import tqdm

from eval.train.groups import SHARED, Group, read_groups, sample, without, write_groups
from eval.train.late import Tokens, looking
from index import PinciteError, words
from qa import PACKAGED_HEAD, LateHead

log = logging.getLogger(__name__)

CANDIDATES = 60
"""Passages nearest to a question by their vectors, of which the head chooses."""

LIMIT = 0.95
"""A passage that nobody judged is a negative only if it scores less than this share of what the answer scores: what
comes above it is as likely another answer (Moreira et al., NV-Retriever, 2024: TopK-PercPos)."""

_SHINGLE = 5
_SHARED_WITH_ANSWER = 0.2
"""With more of its runs of five words in the answer a passage is a window of the same paragraph, and may hold it."""


@click.command(
    epilog="""
\b
Example: python -m eval.train.mine --out mined.jsonl --without squad2_dev
Stopped at any moment, the same command goes on: what the model made of texts is kept in --scratch.
"""
)
@click.option("--head", type=click.Path(path_type=Path), default=PACKAGED_HEAD, metavar="FOLDER",
              help="The head that looks for negatives; default: the one that Pincite comes with.")  # fmt: skip
@click.option("--groups", "data", type=click.Path(path_type=Path), default=SHARED, metavar="FILE",
              help="Groups, .jsonl or .jsonl.xz; default: ../shared/training/groups.jsonl.xz.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE",
              help="Where the groups go with their new negatives, .jsonl.")  # fmt: skip
@click.option("--scratch", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Where token vectors are kept, about 85 KB a passage; default: beside --out.")  # fmt: skip
@click.option("--without", "left_out", multiple=True, metavar="COLLECTION",
              help="Leave this collection as it is, to validate on; may be repeated.")  # fmt: skip
@click.option("--pairs", type=click.IntRange(2), default=10_000, show_default=True, metavar="NUMBER")
@click.option("--negatives", type=click.IntRange(1, 50), default=5, show_default=True, metavar="NUMBER",
              help="How many a group has, the hardest first.")  # fmt: skip
@click.option("--random", "at_random", is_flag=True,
              help="Draw them instead of looking for the hardest, to compare with.")  # fmt: skip
@click.option("--seed", type=int, default=7, show_default=True, metavar="NUMBER")
def main(
    head: Path, data: Path, out: Path, scratch: Path | None, left_out: tuple[str, ...], pairs: int, negatives: int,
    at_random: bool, seed: int,
) -> None:  # fmt: skip
    """Look for harder negatives of each question, among the passages of all drawn groups of its collection."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        every = read_groups(data)
        groups = sample(without(every, left_out), pairs, 5, seed)
        out.parent.mkdir(parents=True, exist_ok=True)
        tokens, finder = looking(head, scratch or out.with_name(f"{out.stem}.scratch"))
        texts = dict.fromkeys(text for group in groups for text in (group.question, *group.passages))
        with tqdm(total=len(texts), unit="text", desc="reading", mininterval=2) as bar:
            tokens.prepare(texts, bar.update)
        with tqdm(total=len(groups), unit="group", desc="mining", mininterval=2) as bar:
            harder = []
            for group in mined(groups, every, tokens, finder, negatives, seed if at_random else None):
                harder.append(group)
                bar.update()
        write_groups([*harder, *(group for group in every if group.collection in left_out)], out)
        own = {(group.collection, group.question, one) for group in groups for one in group.negatives}
        found = sum((g.collection, g.question, one) not in own for g in harder for one in g.negatives)
        log.info("%d groups, %d negatives found anew", len(groups), found)
    except (PinciteError, OSError) as error:
        click.echo(f"eval.train.mine: {error}", err=True)
        sys.exit(2)


@dataclass(frozen=True, slots=True)
class _Pool:
    """All passages of a collection's groups, with unit vectors (n, d) and what the head made of each."""

    passages: tuple[str, ...]
    vectors: np.ndarray
    read: tuple[np.ndarray, ...]


def mined(
    groups: Sequence[Group], every: Sequence[Group], tokens: Tokens, head: LateHead, negatives: int,
    at_random: int | None = None,
) -> Iterator[Group]:  # fmt: skip
    """Each group with the wrong passages that the head scores highest, collection by collection; with a seed
    `at_random`, with any wrong ones, and none of its own.

    A wrong passage scores less than the answer by a margin, and answers the question in no group of `every`; if it is
    none of the group's own negatives, it shares little of the answer's wording, too. Where there are too few, the
    group's own that score least fill them up. Groups without a positive keep their own. `tokens` has to be prepared for
    every question and passage of `groups`.
    """
    chance = None if at_random is None else random.Random(at_random)
    answers: dict[tuple[str, str], set[str]] = {}
    for group in every:
        answers.setdefault((group.collection, group.question), set()).add(group.positive)
    for name in dict.fromkeys(group.collection for group in groups):
        of_it = [group for group in groups if group.collection == name]
        pool = _pool(of_it, tokens, head)
        for group in of_it:
            right = answers.get((name, group.question), set())
            yield _harder(group, pool, right, tokens, head, negatives, chance)


def _pool(groups: Sequence[Group], tokens: Tokens, head: LateHead) -> _Pool:
    passages = tuple(dict.fromkeys(passage for group in groups for passage in group.passages))
    vectors, read = [], []
    for passage in passages:
        (made,) = tokens.of([passage], len(head.importance))
        vectors.append(_direction(made))
        read.append(head.of_passage(made))
    return _Pool(passages, np.stack(vectors), tuple(read))


def _harder(
    group: Group, pool: _Pool, right: set[str], tokens: Tokens, head: LateHead, negatives: int,
    chance: random.Random | None,
) -> Group:  # fmt: skip
    (asked,) = tokens.of([group.question], len(head.importance))
    if chance and group.positive:
        drawn = chance.sample(pool.passages, min(CANDIDATES, len(pool.passages)))
        wanted = {group.positive, *drawn} - {*group.negatives}
    else:
        near = np.argsort(-(pool.vectors @ _direction(asked)), kind="stable")[:CANDIDATES]
        wanted = {*group.passages, *(pool.passages[i] for i in near if group.positive)}
    at = [i for i, passage in enumerate(pool.passages) if passage in wanted]
    said = head.scores(head.of_question(asked), [pool.read[i] for i in at]).tolist()
    scores = dict(zip((pool.passages[i] for i in at), said, strict=True))
    limit = LIMIT * scores[group.positive] if group.positive else np.inf
    answer = _shingles(group.positive)
    below = [
        passage
        for passage in scores.keys() - right
        if scores[passage] < limit
        and (passage in group.negatives or not _overlaps(_shingles(passage), answer))
    ]
    above = [
        passage
        for passage in group.negatives
        if scores.get(passage, -np.inf) >= limit and passage not in right
    ]
    hardest = sorted(below, key=lambda passage: (-scores[passage], passage))
    if chance:
        chance.shuffle(hardest)
    least = sorted(above, key=lambda passage: (scores[passage], passage))
    return replace(group, negatives=tuple([*hardest, *least][:negatives]) or group.negatives, scores=())


def _direction(tokens: np.ndarray) -> np.ndarray:
    """The unit vector of a text, as models that pool by mean have it."""
    mean = tokens.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12))


def _shingles(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return set(zip(*(found[k:] for k in range(_SHINGLE)), strict=False))


def _overlaps(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> bool:
    return len(one & other) > _SHARED_WITH_ANSWER * max(1, min(len(one), len(other)))


if __name__ == "__main__":
    main()
