"""`pincite ask`: answers for people, for programs and for files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.commands.options import (
    as_json_option,
    filter_options,
    location_options,
    model_option,
    reranker_option,
    site_option,
)
from web.commands.printing import print_answer, print_json, print_plain
from web.commands.questions import EPILOG, put, question_options

if TYPE_CHECKING:
    from index import Filter
    from qa import Service


class Styles(click.Choice[str]):
    """The styles of citation, without importing what they need before one is asked for."""

    def __init__(self) -> None:
        super().__init__(("plain", "markdown", "html", "oscola", "apa", "bibtex", "ris"))


@click.command(epilog=EPILOG.format("ask"))
@question_options
@click.option(
    "--cite", "style", type=Styles(), help="Print citations in this style; bibtex and ris print nothing else."
)
@site_option
@location_options
@model_option
@reranker_option
@filter_options
@as_json_option
def ask(
    question: str | None, file: Path | None, style: str | None, site: str, location: str, model: str | None,
    reranker: str | None, where: Filter, as_json: bool,
) -> None:  # fmt: skip
    """Answer a question in quotations, with citations.

    Or say that the documents do not seem to answer it, and show what comes nearest.
    """
    from datetime import date

    from qa import DATA_STYLES, answer_payload, cite_as

    def one(service: Service, text: str, name: str | None) -> None:
        answer = service.ask(text, question_id=name, filter=where)
        told = cite_as(style, answer.citations, site=site, accessed=date.today().isoformat()) if style else ()
        if as_json:
            payload = answer_payload(answer)
            for citation, words in zip(payload["citations"], told, strict=False):
                citation["cited"] = words
            print_json(payload)
        elif style in DATA_STYLES:
            print_plain("\n".join(told).rstrip("\n"))
        else:
            print_answer(answer, told)

    sys.exit(1 if put(one, question, file, location, model, reranker, where, as_json) else 0)
