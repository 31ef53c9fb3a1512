"""`pincite ask`: answers for people, for programs and for files."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from web.commands.printing import print_answer, print_json, print_plain, say
from web.commands.questions import EPILOG, put, question_options

if TYPE_CHECKING:
    from index import Filter
    from qa import Order, Pack, Service


class Styles(click.Choice[str]):
    """The styles of citation, without importing what they need before one is asked for."""

    def __init__(self) -> None:
        super().__init__(("plain", "markdown", "html", "oscola", "apa", "bibtex", "ris"))


class Forms(click.Choice[str]):
    """The forms of an evidence pack, likewise."""

    def __init__(self) -> None:
        super().__init__(("md", "html", "docx"))


@click.command(epilog=EPILOG.format("ask"))
@question_options
@click.option(
    "--cite", "style", type=Styles(), help="Print citations in this style; bibtex and ris print nothing else."
)
@click.option("--format", "form", type=Forms(),
              help="Print an evidence pack: the quotes, what stands around each, and the sources.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Where the evidence pack goes; default: stdout.")  # fmt: skip
@click.option("--receipt", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write what each answer rests on, one a line; pincite verify FILE asks again.")  # fmt: skip
@click.option("--summary", is_flag=True,
              help="Send the quotes to the language model that PINCITE_LLM_URL, _MODEL and _KEY name, and print what"
              " of its summary they bear out.")  # fmt: skip
@click.option("--order", type=click.Choice(("answer", "time")),
              help="Put what answers first first, or go along time; default: time where a question asks what"
              " changed.")  # fmt: skip
@site_option
@location_options
@model_option
@reranker_option
@filter_options
@as_json_option
def ask(
    question: str | None, file: Path | None, style: str | None, form: str | None, output: Path | None,
    receipt: Path | None, summary: bool, order: Order | None, site: str, location: str, model: str | None,
    reranker: str | None, where: Filter, as_json: bool,
) -> None:  # fmt: skip
    """Answer a question in quotations, with citations.

    Or say that the documents do not seem to answer it, and show what comes nearest.
    """
    from qa import (
        DATA_STYLES,
        answer_payload,
        cite_as,
        in_order,
        language_model_of,
        make_pack,
        make_receipt,
        summarised,
        write_pack,
    )

    if form and (as_json or style):
        raise click.UsageError(
            "--format prints an evidence pack: leave --json and --cite out, or run ask twice"
        )
    if output and not form:
        raise click.UsageError("--output is for an evidence pack: say which with --format md, html or docx")
    if form == "docx" and not output and sys.stdout.isatty():
        raise click.UsageError(
            "a Word document is nothing to read in a terminal: name a file with --output FILE"
        )
    for path in (output, receipt):
        check_place(path)
    language_model = language_model_of(os.environ) if summary else None
    if summary and not language_model:
        raise click.UsageError("--summary needs a language model: set PINCITE_LLM_URL and PINCITE_LLM_MODEL")
    if summary and form:
        raise click.UsageError("an evidence pack holds quotes only: leave --summary out, or run ask twice")
    made = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    packs: list[Pack] = []
    receipts: list[dict[str, Any]] = []

    def one(service: Service, text: str, name: str | None) -> None:
        asked = service.ask(text, question_id=name, filter=where)
        answer = in_order(asked, order)
        if language_model:
            answer = summarised(answer, language_model)
            if answer.summary and answer.summary.problem:
                say(answer.summary.problem)
        told = cite_as(style, answer.citations, site=site, accessed=made[:10]) if style else ()
        if receipt:
            receipts.append(
                make_receipt(
                    asked, service, service.settings, filter=where, made=made, version=version("pincite")
                )
            )
        if form:
            packs.append(make_pack(answer, service))
        elif as_json:
            payload = answer_payload(answer)
            for citation, words in zip(payload["citations"], told, strict=False):
                citation["cited"] = words
            print_json(payload)
        elif style in DATA_STYLES:
            print_plain("\n".join(told).rstrip("\n"))
        else:
            print_answer(answer, told)

    failed = put(one, question, file, location, model, reranker, where, as_json, headings=not form)
    if receipt:
        write_whole(
            receipt, "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in receipts).encode()
        )
    if form:
        written = write_pack(form, packs, made=made, site=site)
        if output:
            write_whole(output, written)
        else:
            click.echo(written, nl=False)
    sys.exit(1 if failed else 0)
