"""Questions put to the index, one at a time or a file of them; and `pincite search`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web.commands.explaining import explained, stage_lines, understood, understood_line
from web.commands.options import (
    as_json_option,
    filter_options,
    location_options,
    model_option,
    reranker_option,
)
from web.commands.printing import print_hits, print_json, print_plain, say
from web.commands.question_file import Line, read_lines

if TYPE_CHECKING:
    from index import Filter
    from qa import Service

EPILOG = """
\b
Examples: pincite {0} "Why were thresholds inconsistent?" --voice inspectorate
          pincite {0} --questions questions.jsonl --json > results.jsonl
"""


def question_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds QUESTION and --questions; the command receives them as `question` and `file`."""
    command = click.option("--questions", "file", type=click.Path(path_type=Path), metavar="FILE",
                           help='Take every line {"id", "question"} of a .jsonl file; one line out for each.')(
                           command)  # fmt: skip
    return click.argument("question", required=False)(command)


@click.command(epilog=EPILOG.format("search"))
@question_options
@click.option("-k", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many passages.")
@click.option(
    "--explain", is_flag=True, help="Say of each why it ranks where it does: what every stage adds."
)
@location_options
@model_option
@reranker_option
@filter_options
@as_json_option
def search(
    question: str | None, file: Path | None, k: int, explain: bool, location: str, model: str | None,
    reranker: str | None, where: Filter, as_json: bool,
) -> None:  # fmt: skip
    """Find the passages nearest to a question."""
    from qa import search_payload

    def one(service: Service, text: str, name: str | None) -> None:
        result = service.search(text, k=k, question_id=name, filter=where)
        if as_json:
            payload = search_payload(result)
            if explain:
                payload["understood"] = understood(result)
                for hit, stages in zip(payload["hits"], explained(result), strict=True):
                    hit["explain"] = stages
            print_json(payload)
        elif explain:
            print_plain(f"{understood_line(result)}\n")
            print_hits(result.hits, [stage_lines(stages) for stages in explained(result)])
        else:
            print_hits(result.hits)

    sys.exit(1 if put(one, question, file, location, model, reranker, where, as_json) else 0)


def put(
    one: Callable[[Service, str, str | None], None],
    question: str | None,
    file: Path | None,
    location: str,
    model: str | None,
    reranker: str | None,
    where: Filter,
    as_json: bool,
    headings: bool = True,
) -> int:
    """Puts a question, or each of a file's, to the service; a bad line of the file costs only itself. How many did.

    `headings` says whether each question of a file is printed before its answer.
    """
    from qa import Service, check_question

    if (question is None) == (file is None):
        raise click.UsageError("give either a question or --questions FILE")
    if question is not None:
        check_question(
            question
        )  # here and not only in the service: a slip is told before the model is loaded
    lines = read_lines(file) if file else None
    with closing(Service.open(location, model, reranker=reranker)) as service:
        if where and not service.counts(where).passages:
            say("no document passes these filters; pincite documents lists what there is")
        if lines is None:
            one(service, question or "", None)
            return 0
        return sum(not _put_line(one, service, line, file, as_json, headings) for line in lines)


def _put_line(
    one: Callable[[Service, str, str | None], None], service: Service, line: Line, file: Path | None, as_json: bool,
    headings: bool,
) -> bool:  # fmt: skip
    """Whether the line could be answered; if not, one line of JSON says so in its place, and so does stderr."""
    from index import QuestionError

    problem = line.problem
    if not problem:
        if headings and not as_json:
            click.secho(f"== {line.name or line.number}: {line.question}\n", bold=True)
        try:
            one(service, line.question, line.name)
            return True
        except QuestionError as error:
            problem = str(error)
    if as_json:
        print_json({"id": line.name, "question": line.question, "error": problem})
    say(f"{file}, line {line.number}: {problem}")
    return False
