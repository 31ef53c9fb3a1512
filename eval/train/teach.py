"""`python -m eval.train.teach`: groups with a teacher's scores, from which a student is trained."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import click
from tqdm import tqdm

from eval.train.groups import SHARED, Group, read_groups, sample, without
from index import PinciteError, UsageError
from qa import CrossEncoderReranker, Reranker

_TEACHER = "teacher"


@click.command(
    epilog="""
\b
Example: python -m eval.train.teach rerankers/teacher --out taught.jsonl --without squad2_dev
Stopped at any moment, the same command goes on with the next group.
"""
)
@click.argument("teacher", type=click.Path(path_type=Path), metavar="FOLDER")
@click.option("--groups", "data", type=click.Path(path_type=Path), default=SHARED, metavar="FILE",
              help="Groups, .jsonl or .jsonl.xz; default: ../shared/training/groups.jsonl.xz.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE",
              help="Where the groups go with their scores, .jsonl.")  # fmt: skip
@click.option("--without", "left_out", multiple=True, metavar="COLLECTION",
              help="Do not score this collection, but keep its groups to validate on; may be repeated.")  # fmt: skip
@click.option("--pairs", type=click.IntRange(2), default=3000, show_default=True, metavar="NUMBER")
@click.option("--seed", type=int, default=7, show_default=True, metavar="NUMBER")
def main(teacher: Path, data: Path, out: Path, left_out: tuple[str, ...], pairs: int, seed: int) -> None:
    """Score the passages of groups by the cross-encoder in FOLDER."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        every = read_groups(data)
        groups = sample(without(every, left_out), pairs, 5, seed)
        apart = [group for group in every if group.collection in left_out]
        with tqdm(total=len(groups) + len(apart), unit="group", desc="scoring", mininterval=2) as bar:
            for _ in teach(CrossEncoderReranker(teacher), groups, out, apart):
                bar.update()
    except (PinciteError, OSError) as error:
        click.echo(f"eval.train.teach: {error}", err=True)
        sys.exit(2)


def teach(
    teacher: Reranker, groups: Sequence[Group], out: Path, apart: Sequence[Group] = ()
) -> Iterator[Group]:
    """Writes the groups with the teacher's scores, a line each, and yields them; those that the file has are not scored
    again. After them come those `apart`, as they are, for the training to be validated on.

    A UsageError for a file that begins with other groups, or with another teacher's scores.
    """
    plan, done = [*groups, *apart], _begun(out, teacher)
    if [_plain(group) for group in done] != [_plain(group) for group in plan[: len(done)]]:
        raise UsageError(f"{out} holds other groups; name another file, or delete it")
    yield from done
    with out.open("a", encoding="utf-8") as lines:
        for at, group in enumerate(plan[len(done) :], len(done)):
            if at < len(groups):
                group = replace(group, scores=tuple(teacher.scores(group.question, group.passages).tolist()))
            told = {**asdict(group), _TEACHER: teacher.fingerprint}
            lines.write(json.dumps(told, ensure_ascii=False) + "\n")
            lines.flush()
            yield group


def _plain(group: Group) -> Group:
    return replace(group, scores=())


def _begun(out: Path, teacher: Reranker) -> list[Group]:
    """What the file holds of a teacher; a last line that a kill cut short is taken off."""
    if not out.is_file():
        return []
    text = out.read_text("utf-8", errors="replace")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        out.write_text(whole, "utf-8")
    found = read_groups(out) if whole else []
    if {json.loads(line).get(_TEACHER) for line in whole.splitlines()} - {teacher.fingerprint}:
        raise UsageError(
            f"{out} holds other groups, or another teacher's scores; name another file, or delete it"
        )
    return found


if __name__ == "__main__":
    main()
