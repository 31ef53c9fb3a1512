"""`python -m eval.train.teach`: groups with a teacher's scores, from which a student is trained."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import click
from tqdm import tqdm

from eval.train.groups import SHARED, Group, read_groups, sample, without
from index import PinciteError, UsageError
from qa import CrossEncoderReranker, Reranker


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
              help="Leave this collection out; may be repeated.")  # fmt: skip
@click.option("--pairs", type=click.IntRange(2), default=3000, show_default=True, metavar="NUMBER")
@click.option("--seed", type=int, default=7, show_default=True, metavar="NUMBER")
def main(teacher: Path, data: Path, out: Path, left_out: tuple[str, ...], pairs: int, seed: int) -> None:
    """Score the passages of groups by the cross-encoder in FOLDER."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        groups = sample(without(read_groups(data), left_out), pairs, 5, seed)
        with tqdm(total=len(groups), unit="group", desc="scoring", mininterval=2) as bar:
            for _ in teach(CrossEncoderReranker(teacher), groups, out):
                bar.update()
    except PinciteError as error:
        click.echo(f"eval.train.teach: {error}", err=True)
        sys.exit(2)


def taught(teacher: Reranker, group: Group) -> Group:
    """The group with the teacher's scores of its passages."""
    return replace(group, scores=tuple(teacher.scores(group.question, group.passages).tolist()))


def teach(teacher: Reranker, groups: list[Group], out: Path) -> Iterator[Group]:
    """Writes the groups with their scores, a line each, and yields them; those that the file has are not scored again.

    A UsageError for a file that begins with other groups.
    """
    done = _whole_lines(out)
    if [replace(group, scores=()) for group in done] != groups[: len(done)]:
        raise UsageError(f"{out} holds other groups; name another file, or delete it")
    yield from done
    with out.open("a", encoding="utf-8") as lines:
        for group in groups[len(done) :]:
            found = taught(teacher, group)
            lines.write(json.dumps(asdict(found), ensure_ascii=False) + "\n")
            lines.flush()
            yield found


def _whole_lines(out: Path) -> list[Group]:
    """What the file holds; a last line that a kill cut short is taken off."""
    if not out.is_file():
        return []
    text = out.read_text("utf-8", errors="replace")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        out.write_text(whole, "utf-8")
    return read_groups(out) if whole else []


if __name__ == "__main__":
    main()
