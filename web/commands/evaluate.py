"""Measuring quality, for people and for a build that has to fail when it falls."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web.commands.options import location_options, model_option
from web.commands.printing import print_errors, say

if TYPE_CHECKING:
    from eval import GateSettings, Report, Verdict

_BEIR_FILES = ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv")
_PROJECT = Path("pyproject.toml")


def _file(option: str, name: str, help: str) -> Any:
    return click.option(option, name, type=click.Path(path_type=Path), metavar="FILE", help=help)


@click.command(
    "eval",
    epilog="""
\b
Examples: pincite eval questions.jsonl --data casebook --floor fact_recall@1000=0.6
          pincite eval questions.jsonl --baseline baseline.jsonl --markdown summary.md

The settings of the gate are read from [tool.pincite.gate] in ./pyproject.toml, or from --gate FILE.
""",
)
@click.argument("path", type=click.Path(path_type=Path), metavar="SET")
@click.option("--floor", "floors", multiple=True, metavar="MEASURE=VALUE",
              help="Fail (exit code 1) when a measure is below this; may be repeated.")  # fmt: skip
@_file("--baseline", "baseline", "Fail when something got worse than in this run.")
@click.option("--update-baseline", is_flag=True, help="Write the run to --baseline, in place of failing.")
@click.option("--across-corpora", is_flag=True, help="Compare with a run on other documents or questions.")
@_file("--gate", "gate", "Settings of the gate, TOML; default: ./pyproject.toml.")
@_file("--json", "json_file", "Write the measures to a file as well.")
@_file("--save-run", "run_file", "Write the run, to be compared with later ones.")
@_file("--markdown", "markdown", "Write a summary for a CI page.")
@_file("--junit", "junit", "Write JUnit XML, a question a test case.")
@_file("--html", "html", "Write a page with plots, in one file.")
@_file(
    "--run", "engine_file", "Measure another engine by its results: TREC, or JSON Lines as ask --json prints."
)
@click.option(
    "--endpoint", metavar="URL", help="Measure an engine that answers over HTTP as pincite serve does."
)
@click.option("--details", is_flag=True, help="List the facts that were missed.")
@location_options
@model_option
def evaluate(
    path: Path, floors: tuple[str, ...], baseline: Path | None, update_baseline: bool, across_corpora: bool,
    gate: Path | None, json_file: Path | None, run_file: Path | None, markdown: Path | None, junit: Path | None,
    html: Path | None, engine_file: Path | None, endpoint: str | None, details: bool, location: str,
    model: str | None,
) -> None:  # fmt: skip
    """Measure quality by a question set.

    SET is a question set (.jsonl or .yaml) on the documents of the index, or a folder in the BEIR layout, whose
    corpus is indexed on the fly and thrown away.
    """
    from eval import (
        as_html,
        as_json,
        as_junit,
        as_markdown,
        as_table,
        judge,
        read_run,
        save_run,
    )
    from eval import update_baseline as write_baseline

    # What is mistyped is told before minutes of work.
    settings = _gate_settings(gate, floors)
    if not path.exists():
        raise click.BadParameter(f"{path}: no such file or folder", param_hint="SET")
    if engine_file and endpoint:
        raise click.UsageError("--run and --endpoint each name an engine; give one of them")
    if update_baseline and not baseline:
        raise click.UsageError("--update-baseline writes the file that --baseline names; give both")
    outputs = (("--json", json_file), ("--save-run", run_file), ("--markdown", markdown), ("--junit", junit),
               ("--html", html), ("--baseline", baseline if update_baseline else None))  # fmt: skip
    for option, file in outputs:
        if file is not None and (file.is_dir() or not file.absolute().parent.is_dir()):
            raise click.BadParameter(f"{file} is not a file in a folder that exists", param_hint=option)
    held_against = read_run(baseline) if baseline and not update_baseline else None

    measure = _measure_collection if path.is_dir() else _measure_set
    report, unread = measure(path, location, model, engine_file, endpoint)
    verdict = judge(report, held_against, settings, across_corpora=across_corpora)
    click.echo(as_table(report, verdict, verbose=details))
    for file, write in (
        (json_file, lambda: json.dumps(as_json(report), indent=1, ensure_ascii=False) + "\n"),
        (markdown, lambda: as_markdown(report, verdict)),
        (junit, lambda: as_junit(report, verdict)),
        (html, lambda: as_html(report, verdict)),
    ):
        if file is not None:
            file.write_text(write(), "utf-8")
    if run_file is not None:
        save_run(run_file, report)
    _say_verdict(verdict)
    if update_baseline and baseline is not None:
        write_baseline(baseline, report)
        say(f"{baseline} is now the baseline")
    sys.exit(1 if unread or not verdict.passed else 0)


@click.command(epilog="Example: pincite compare last-release.jsonl this-one.jsonl")
@click.argument("old", type=click.Path(path_type=Path), metavar="RUN_A")
@click.argument("new", type=click.Path(path_type=Path), metavar="RUN_B")
@click.option("--across-corpora", is_flag=True, help="Compare runs on other documents or questions.")
@_file("--gate", "gate", "Settings of the gate, TOML; default: ./pyproject.toml.")
@_file("--markdown", "markdown", "Write a summary for a CI page.")
@_file("--html", "html", "Write a page with plots, in one file.")
def compare(
    old: Path, new: Path, across_corpora: bool, gate: Path | None, markdown: Path | None, html: Path | None
) -> None:
    """Compare two saved runs.

    Says what changed between two runs that `pincite eval --save-run` wrote, and whether it is more than chance;
    exit code 1 when the second is worse.
    """
    from eval import as_html, as_markdown, as_table, judge, read_run

    settings = _gate_settings(gate, ())
    before, after = read_run(old), read_run(new)
    verdict = judge(after, before, settings, across_corpora=across_corpora)
    click.echo(as_table(after, verdict))
    if markdown is not None:
        markdown.write_text(as_markdown(after, verdict), "utf-8")
    if html is not None:
        html.write_text(as_html(after, verdict), "utf-8")
    _say_verdict(verdict)
    sys.exit(0 if verdict.passed else 1)


def _gate_settings(file: Path | None, floors: tuple[str, ...]) -> GateSettings:
    """The settings of a file, or of the project in this folder if it has any, with the floors that were typed."""
    from eval import GateSettings, parse_floor, read_gate_settings

    if file is None and _PROJECT.is_file():
        file = _PROJECT
    settings = read_gate_settings(file) if file else GateSettings()
    return replace(settings, floors={**settings.floors, **dict(map(parse_floor, floors))})


def _say_verdict(verdict: Verdict) -> None:
    """The reasons on stderr too, unless a person sees both: the table ends with them."""
    if sys.stdout.isatty() and sys.stderr.isatty():
        return
    for sentence in verdict.sentences:
        say(sentence)


def _measure_set(
    path: Path, location: str, model: str | None, engine_file: Path | None, endpoint: str | None
) -> tuple[Report, bool]:
    """The report on a question set; the documents are read from the index, whoever answers."""
    from eval import EndpointEngine, RunFileEngine, evaluate, read_questions, told
    from index import open_store
    from qa import Service
    from web.progress import Counter

    questions = read_questions(path)
    with ExitStack() as stack:
        if engine_file or endpoint:
            store = stack.enter_context(closing(open_store(location)))
            engine = (
                RunFileEngine(store, engine_file) if engine_file else EndpointEngine(store, endpoint or "")
            )
            counter = stack.enter_context(Counter("questions"))
            return told(evaluate(engine, questions, progress=counter), engine), False
        service = stack.enter_context(closing(Service.open(location, model)))
        return evaluate(service, questions, progress=stack.enter_context(Counter("questions"))), False


def _measure_collection(
    folder: Path, location: str, model: str | None, engine_file: Path | None, endpoint: str | None
) -> tuple[Report, bool]:
    """The report on a BEIR folder, and whether some of its corpus could not be read."""
    import tempfile

    from eval import EndpointEngine, RunFileEngine, evaluate_beir, told
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
        unread = bool(summary.failed)
        with Counter("queries") as counter:
            if engine_file or endpoint:
                engine = (
                    RunFileEngine(store, engine_file)
                    if engine_file
                    else EndpointEngine(store, endpoint or "")
                )
                return told(evaluate_beir(engine, folder, progress=counter), engine), unread
            return evaluate_beir(Service(store, embedder), folder, progress=counter), unread
