"""`python -m eval.train.windows`: groups in which some questions have sentences before them instead of paragraphs."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click
from tqdm import tqdm

from eval.train.groups import SHARED, Group, read_groups, sample, without, write_groups
from eval.train.late import Tokens, looking
from index import PinciteError, sentence_spans
from qa import PACKAGED_HEAD, LateHead


@click.command(
    epilog="""
\b
Example: python -m eval.train.windows --out windows.jsonl --without squad2_dev
         python -m eval.train --groups windows.jsonl --out teacher --without squad2_dev
Stopped at any moment, the same command goes on: what the model made of texts is kept in --scratch.
"""
)
@click.option("--head", type=click.Path(path_type=Path), default=PACKAGED_HEAD, metavar="FOLDER",
              help="The head that chooses the windows; default: the one that Pincite comes with.")  # fmt: skip
@click.option("--groups", "data", type=click.Path(path_type=Path), default=SHARED, metavar="FILE",
              help="Groups, .jsonl or .jsonl.xz; default: ../shared/training/groups.jsonl.xz.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE",
              help="Where all drawn groups go, .jsonl.")  # fmt: skip
@click.option("--scratch", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Where token vectors are kept, about 40 KB a window; default: beside --out.")  # fmt: skip
@click.option("--without", "left_out", multiple=True, metavar="COLLECTION",
              help="Leave this collection as it is, to validate on; may be repeated.")  # fmt: skip
@click.option("--pairs", type=click.IntRange(2), default=10_000, show_default=True, metavar="NUMBER")
@click.option("--share", type=click.FloatRange(0, 1), default=0.3, show_default=True, metavar="SHARE",
              help="Of how many groups the passages are cut to windows.")  # fmt: skip
@click.option("--sentences", type=click.IntRange(1, 20), default=3, show_default=True, metavar="NUMBER",
              help="How many sentences a window has at most; drawn anew for each group.")  # fmt: skip
@click.option("--seed", type=int, default=7, show_default=True, metavar="NUMBER")
def main(
    head: Path, data: Path, out: Path, scratch: Path | None, left_out: tuple[str, ...], pairs: int, share: float,
    sentences: int, seed: int,
) -> None:  # fmt: skip
    """Cut the passages of some groups to those of their sentences that look most like an answer."""
    try:
        every = read_groups(data)
        groups = sample(without(every, left_out), pairs, 5, seed)
        chance = random.Random(seed)
        sizes = [chance.randint(1, sentences) if chance.random() < share else 0 for _ in groups]
        texts = {
            text: None
            for group, size in zip(groups, sizes, strict=True)
            if size
            for passage in group.passages
            for text in (group.question, *windows(passage, size))
        }
        out.parent.mkdir(parents=True, exist_ok=True)
        tokens, finder = looking(head, scratch or out.with_name(f"{out.stem}.scratch"))
        with tqdm(total=len(texts), unit="text", desc="reading", mininterval=2) as bar:
            tokens.prepare(texts, bar.update)
        cut = [
            windowed(group, size, tokens, finder) if size else group
            for group, size in zip(groups, sizes, strict=True)
        ]
        write_groups([*cut, *(group for group in every if group.collection in left_out)], out)
    except (PinciteError, OSError) as error:
        click.echo(f"eval.train.windows: {error}", err=True)
        sys.exit(2)


def windows(passage: str, size: int) -> list[str]:
    """All runs of `size` neighbouring sentences; the passage itself if it has no more.

    >>> windows("One came. Two went. Three stayed.", 2)
    ['One came. Two went.', 'Two went. Three stayed.']
    """
    spans = sentence_spans(passage, 0, len(passage))
    if len(spans) <= size:
        return [passage]
    return [passage[spans[at][0] : spans[at + size - 1][1]] for at in range(len(spans) - size + 1)]


def windowed(group: Group, size: int, tokens: Tokens, head: LateHead) -> Group:
    """The group with that window of each passage which the head scores highest for its question.

    Of the answer it is the one that most likely answers, of a negative the one that is hardest. A negative that
    shares a sentence with the window of the answer is left out, as long as another stays; a group in which none
    would stay is left as it is. `tokens` has to be prepared for question and windows.
    """
    found = list(_best(group, size, tokens, head))
    if not group.positive:
        return replace(group, negatives=tuple(dict.fromkeys(found)), scores=())
    positive, *others = found
    said = set(windows(positive, 1))
    negatives = tuple(dict.fromkeys(one for one in others if not said & set(windows(one, 1))))
    return replace(group, positive=positive, negatives=negatives, scores=()) if negatives else group


def _best(group: Group, size: int, tokens: Tokens, head: LateHead) -> Iterator[str]:
    dimensions = len(head.importance)
    (asked,) = tokens.of([group.question], dimensions)
    question = head.of_question(asked)
    for passage in group.passages:
        choice = windows(passage, size)
        scores: Sequence[float] = head.scores(
            question, [head.of_passage(one) for one in tokens.of(choice, dimensions)]
        ).tolist()
        yield choice[max(range(len(choice)), key=scores.__getitem__)]


if __name__ == "__main__":
    main()
