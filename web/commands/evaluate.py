"""Measuring quality, for people and for a build that has to fail when it falls."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.commands.options import location_options, model_option
from web.commands.printing import print_errors, say

if TYPE_CHECKING:
    from eval import Report

_BEIR_FILES = ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv")


@click.command(
    "eval", epilog="Example: pincite eval questions.jsonl --data casebook --floor fact_recall@1000=0.6"
)
@click.argument("path", type=click.Path(path_type=Path), metavar="SET")
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE",
              help="Write the measures to a file as well.")  # fmt: skip
@click.option("--floor", "floors", multiple=True, metavar="MEASURE=VALUE",
              help="Fail (exit code 1) when a measure is below this; may be repeated.")  # fmt: skip
@click.option("--details", is_flag=True, help="List the facts that were missed.")
@location_options
@model_option
def evaluate(
    path: Path,
    json_file: Path | None,
    floors: tuple[str, ...],
    details: bool,
    location: str,
    model: str | None,
) -> None:
    """Measure quality by a question set.

    SET is a question set (.jsonl) on the documents of the index, or a folder in the BEIR layout, whose corpus
    is indexed on the fly and thrown away.
    """
    from eval import as_json, as_table, crossed, parse_floor

    # A typing error is told before minutes of work.
    limits = [parse_floor(floor) for floor in floors]
    if not path.exists():
        raise click.BadParameter(f"{path}: no such file or folder", param_hint="SET")
    if json_file is not None and (json_file.is_dir() or not json_file.absolute().parent.is_dir()):
        raise click.BadParameter(f"{json_file} is not a file in a folder that exists", param_hint="--json")
    if path.is_dir():
        report, failed = _evaluate_beir(path, model)
    else:
        report, failed = _evaluate_set(path, location, model), False
    click.echo(as_table(report, verbose=details))
    if json_file is not None:
        json_file.write_text(json.dumps(as_json(report), indent=1, ensure_ascii=False) + "\n", "utf-8")
    wrong = [*crossed(report, limits), *report.violations]
    for sentence in wrong:
        say(sentence)
    sys.exit(1 if wrong or failed else 0)


def _evaluate_set(path: Path, location: str, model: str | None) -> Report:
    from eval import evaluate, read_questions
    from qa import Service
    from web.progress import Counter

    questions = read_questions(path)
    with closing(Service.open(location, model)) as service, Counter("questions") as counter:
        return evaluate(service, questions, progress=counter)


def _evaluate_beir(folder: Path, model: str | None) -> tuple[Report, bool]:
    """The report, and whether some of the corpus could not be read."""
    import tempfile

    from eval import evaluate_beir
    from index import DEFAULT_MODEL, TransformerEmbedder, index_paths, open_store
    from qa import Service
    from web.progress import Bar, Counter

    if missing := [name for name in _BEIR_FILES if not (folder / name).is_file()]:
        raise click.BadParameter(
            f"{folder} holds no {' and no '.join(missing)}; give a folder in the BEIR layout",
            param_hint="SET",
        )
    with tempfile.TemporaryDirectory() as scratch, closing(open_store(scratch, create=True)) as store:
        embedder = TransformerEmbedder(model or DEFAULT_MODEL)
        with Bar() as bar:
            summary = index_paths(store, embedder, [folder / _BEIR_FILES[0]], progress=bar)
        print_errors(summary.failed)
        with Counter("queries") as counter:
            return evaluate_beir(Service(store, embedder), folder, progress=counter), bool(summary.failed)
