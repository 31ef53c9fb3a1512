"""Measuring quality, for people and for a build that has to fail when it falls."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web.commands.measuring import Measured
from web.commands.options import location_options, model_option, reranker_option
from web.commands.printing import say

if TYPE_CHECKING:
    from eval import GateSettings, Report, Verdict

Texts = dict[Path | None, Callable[[], str]]
"""What is to be written where; a file that nobody named is None."""

_PROJECT = Path("pyproject.toml")


def _file(option: str, name: str, help: str) -> Any:
    return click.option(option, name, type=click.Path(path_type=Path), metavar="FILE", help=help)


@click.command(
    "eval",
    epilog="""
\b
A first baseline, then the gate, as a build runs it:
  pincite eval questions.yaml --baseline baseline.jsonl --update-baseline
  pincite eval questions.yaml --baseline baseline.jsonl --markdown summary.md
A saved run, shown again as a page, and asked again:
  pincite eval questions.yaml --save-run monday.jsonl
  pincite eval monday.jsonl --html monday.html
  pincite eval --replay monday.jsonl

\b
Exit codes: 0 passed; 1 the gate or the replay failed, or a file could not be
read; 2 it could not be measured as asked. The settings of the gate are read
from [tool.pincite.gate] in ./pyproject.toml, or from --gate FILE.
""",
)
@click.argument("path", type=click.Path(path_type=Path), metavar="[SET]", required=False)
@click.option("--floor", "floors", multiple=True, metavar="MEASURE=VALUE",
              help="Fail when a measure is below this; may be repeated.")  # fmt: skip
@_file("--baseline", "baseline", "Fail when something got worse than in this saved run.")
@click.option("--update-baseline", is_flag=True, help="Write this run to --baseline instead.")
@_file(
    "--replay", "replay", "Ask a saved run again, with its settings; fail unless all answers are the same."
)
@click.option(
    "--across-corpora", is_flag=True, help="Compare or replay although documents or questions differ."
)
@_file("--gate", "gate", "Settings of the gate, TOML.")
@_file("--save-run", "run_file", "Write the run: to be a baseline, compared, shown or replayed.")
@_file("--json", "json_file", "Write measures and questions as JSON.")
@_file("--markdown", "markdown", "Write a summary for a CI page.")
@_file("--junit", "junit", "Write JUnit XML, a question a test case.")
@_file("--html", "html", "Write a page with plots, in one file.")
@_file("--run", "results", "Measure another engine by its results: TREC, or JSON Lines as ask --json prints.")
@click.option("--endpoint", metavar="URL",
              help="Measure an engine that answers over HTTP as pincite serve does.")  # fmt: skip
@click.option("--details", is_flag=True, help="List missed facts, wrong refusals and all changed questions.")
@location_options
@model_option
@reranker_option
def evaluate(
    path: Path | None, floors: tuple[str, ...], baseline: Path | None, update_baseline: bool,
    replay: Path | None, across_corpora: bool, gate: Path | None, run_file: Path | None, json_file: Path | None,
    markdown: Path | None, junit: Path | None, html: Path | None, results: Path | None, endpoint: str | None,
    details: bool, location: str, model: str | None, reranker: str | None,
) -> None:  # fmt: skip
    """Measure quality by a question set, and fail when it falls.

    \b
    SET is one of
      a question set (.jsonl or .yaml), asked of the index in --data;
      a folder in the BEIR layout, indexed on the fly and thrown away;
      a run that --save-run wrote: judged and shown again, nothing is asked.
    With --replay it may be left out: a run holds its questions.
    """
    from eval import as_json, as_table, is_run, judge, read_run, replayed

    # What is mistyped is told before minutes of work.
    settings = _gate_settings(gate, floors)
    saved = path is not None and is_run(path)
    if path is None and replay is None:
        raise click.UsageError(
            "name a question set, a BEIR folder or a saved run as SET, or give --replay RUN"
        )
    if path is not None and not path.exists():
        raise click.BadParameter(f"{path}: no such file or folder", param_hint="SET")
    if results and endpoint:
        raise click.UsageError("--run and --endpoint each name an engine; give one of them")
    if saved and (results or endpoint or replay):
        raise click.UsageError(
            f"{path} is a saved run, of which nothing is asked; give a question set with it"
            if not replay
            else f"{path} is a saved run and no question set; to ask it again: --replay {path}"
        )
    if replay and (floors or baseline or gate):
        raise click.UsageError(
            "--replay holds every answer against its run; judge by floors or a baseline apart"
        )
    if update_baseline and not baseline:
        raise click.UsageError("--update-baseline writes the file that --baseline names; give both")
    _check_places({"--json": json_file, "--save-run": run_file, "--markdown": markdown, "--junit": junit,
                   "--html": html, "--baseline": baseline if update_baseline else None})  # fmt: skip
    held_against = read_run(baseline) if baseline and not update_baseline else None
    again = read_run(replay) if replay else None

    measured = Measured(location, model, results, endpoint, again, across_corpora, reranker)
    unread = False
    if saved and path is not None:
        report = read_run(path)
    elif path is not None and path.is_dir():
        report, unread = measured.by_collection(path)
    else:
        report = measured.by_set(path)
    if again is not None:
        verdict = replayed(again, report, across_corpora=across_corpora)
    else:
        verdict = judge(report, held_against, settings, across_corpora=across_corpora)
    click.echo(as_table(report, verdict, verbose=details))
    texts = {**_rendered(report, verdict, markdown, junit, html),
             json_file: lambda: json.dumps(as_json(report), indent=1, ensure_ascii=False) + "\n"}  # fmt: skip
    written = _write(texts) & _write_run(run_file, report)
    _say_verdict(verdict)
    if again is not None and verdict.passed:
        say(f"all {len(again.rows)} answers are those of {replay}")
    if update_baseline and _write_run(baseline, report):
        say(f"{baseline} is now the baseline")
    elif update_baseline:
        written = False
    sys.exit(0 if verdict.passed and written and not unread else 1)


@click.command(epilog="Example: pincite compare last-release.jsonl this-one.jsonl")
@click.argument("old", type=click.Path(path_type=Path), metavar="RUN_A")
@click.argument("new", type=click.Path(path_type=Path), metavar="RUN_B")
@click.option("--across-corpora", is_flag=True, help="Compare runs on other documents or questions.")
@_file("--gate", "gate", "Settings of the gate, TOML; default: ./pyproject.toml.")
@_file("--markdown", "markdown", "Write a summary for a CI page.")
@_file("--junit", "junit", "Write JUnit XML, a question a test case.")
@_file("--html", "html", "Write a page with plots, in one file.")
def compare(
    old: Path, new: Path, across_corpora: bool, gate: Path | None, markdown: Path | None, junit: Path | None,
    html: Path | None,
) -> None:  # fmt: skip
    """Compare two saved runs.

    Says what changed between two runs that `pincite eval --save-run` wrote, and whether it is more than chance;
    exit code 1 when the second is worse.
    """
    from eval import as_table, judge, read_run

    settings = _gate_settings(gate, ())
    _check_places({"--markdown": markdown, "--junit": junit, "--html": html})
    before, after = read_run(old), read_run(new)
    verdict = judge(after, before, settings, across_corpora=across_corpora)
    click.echo(as_table(after, verdict))
    written = _write(_rendered(after, verdict, markdown, junit, html))
    _say_verdict(verdict)
    sys.exit(0 if verdict.passed and written else 1)


def _check_places(files: Mapping[str, Path | None]) -> None:
    """Misuse for an option whose file cannot be written where it is."""
    for option, file in files.items():
        if file is None:
            continue
        if file.is_dir() or not file.absolute().parent.is_dir():
            raise click.BadParameter(f"{file} is not a file in a folder that exists", param_hint=option)
        if not os.access(file if file.exists() else file.absolute().parent, os.W_OK):
            raise click.BadParameter(
                f"{file} may not be written; change its permissions, or name another", param_hint=option
            )


def _rendered(
    report: Report, verdict: Verdict, markdown: Path | None, junit: Path | None, html: Path | None
) -> Texts:
    from eval import as_html, as_junit, as_markdown

    return {
        markdown: lambda: as_markdown(report, verdict),
        junit: lambda: as_junit(report, verdict),
        html: lambda: as_html(report, verdict),
    }


def _write(texts: Texts) -> bool:
    """Whether every text could be written; after minutes of work, one that cannot be costs no other."""
    written = True
    for file, text in texts.items():
        if file is not None:
            try:
                file.write_text(text(), "utf-8")
            except OSError as error:
                say(f"{file} cannot be written: {error.strerror or error}")
                written = False
    return written


def _write_run(file: Path | None, report: Report) -> bool:
    from eval import save_run
    from index import UsageError

    try:
        if file is not None:
            save_run(file, report)
    except UsageError as error:
        say(str(error))
        return False
    return True


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
