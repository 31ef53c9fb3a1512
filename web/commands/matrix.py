"""`pincite matrix`: which document says what each question asks for, and which is silent."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.commands.files import check_place, write_whole
from web.commands.options import (
    as_json_option,
    filter_options,
    location_options,
    model_option,
    reranker_option,
    site_option,
)
from web.commands.printing import print_json, print_plain, say
from web.commands.question_file import Line, read_lines

if TYPE_CHECKING:
    from index import Filter
    from qa import Matrix


@click.command(
    epilog="""
\b
Examples: pincite matrix --questions questions.jsonl
          pincite matrix --questions questions.jsonl --voice inspectorate --html matrix.html
"""
)
@click.option("--questions", "file", type=click.Path(path_type=Path), metavar="FILE", required=True,
              help='A .jsonl file of lines {"id", "question"}.')  # fmt: skip
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write a line for each cell, for a spreadsheet.")  # fmt: skip
@click.option("--html", "html_file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write a page in which each cell opens its quote.")  # fmt: skip
@site_option
@location_options
@model_option
@reranker_option
@filter_options
@as_json_option
def matrix(
    file: Path, csv_file: Path | None, html_file: Path | None, site: str, location: str, model: str | None,
    reranker: str | None, where: Filter, as_json: bool,
) -> None:  # fmt: skip
    """Say which document is silent on which question.

    Every question is asked of every document alone. One that answers says so, if it has a passage not far behind
    the best of all; else it answers partly at most.
    """
    from qa import Service, matrix_payload
    from qa import matrix as ask_all
    from web.commands.matrix_files import as_csv, as_html
    from web.progress import Counter

    for path in (csv_file, html_file):
        check_place(path)
    lines = list(_checked(read_lines(file)))
    good = [line for line in lines if not line.problem]
    for line in lines:
        if line.problem:
            say(f"{file}, line {line.number}: {line.problem}")
    if not good:
        raise click.UsageError(f'{file} has no question; write a line {{"id": "q1", "question": "Why?"}}')
    with closing(Service.open(location, model, reranker=reranker)) as service, Counter("cells") as progress:
        found = ask_all(
            service,
            [line.question for line in good],
            where,
            ids=[line.name for line in good],
            progress=progress,
        )
    if not found.documents:
        say("no document passes these filters; pincite documents lists what there is")
    if as_json:
        print_json(matrix_payload(found))
    else:
        for text in _table(found):
            print_plain(text)
    if csv_file:
        write_whole(csv_file, as_csv(found, site).encode("utf-8-sig"))
    if html_file:
        write_whole(html_file, as_html(found, site).encode())
    sys.exit(1 if len(good) < len(lines) else 0)


def _checked(lines: Iterator[Line]) -> Iterator[Line]:
    """The lines, with what is wrong with a question that cannot be searched for."""
    from dataclasses import replace

    from index import QuestionError
    from qa import check_question

    for line in lines:
        try:
            yield line if line.problem else replace(line, question=check_question(line.question))
        except QuestionError as error:
            yield replace(line, problem=str(error))


_MARKS = {"says": "+", "partly": "~", "silent": "."}


def _table(found: Matrix) -> Iterator[str]:
    """The matrix in characters, its documents by number, then what each document says."""
    from index import clean
    from qa import place_words

    names = [row.question_id or str(n) for n, row in enumerate(found.rows, 1)]
    widest = max(map(len, names), default=0)
    width = len(str(len(found.documents))) + 1
    yield " " * widest + "".join(f"{n:>{width}}" for n in range(1, len(found.documents) + 1))
    for name, row in zip(names, found.rows, strict=True):
        yield f"{name:<{widest}}" + "".join(f"{_MARKS[cell.status]:>{width}}" for cell in row.cells)
    yield "\n+ says   ~ partly   . silent\n"
    for n, info in enumerate(found.documents, 1):
        about = ", ".join(clean(part) for part in (info.publisher, info.title, info.published) if part)
        yield f"{n:>{width}}  {about} [{info.source_id}]"
    for name, row in zip(names, found.rows, strict=True):
        yield f"\n{name}  {row.question}"
        for n, cell in enumerate(row.cells, 1):
            if cell.quote and cell.citation:
                place = place_words(cell.citation) or f"characters {cell.quote.start} to {cell.quote.end}"
                yield f"{n:>{width}}  {cell.status} ({cell.confidence:.2f}): “{clean(cell.quote.text)}” ({place})"
                if cell.note:
                    yield f"{'':>{width}}  {cell.note}"
        if not found.silent(row):
            yield f"{'':>{width}}  no document is silent"
        elif len(found.silent(row)) == len(found.documents):
            yield f"{'':>{width}}  every document is silent"
