"""/matrix: which document says what each question asks for, and which never addresses it."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from index import Filter, QuestionError
from qa import Matrix, matrix, matrix_payload
from web import asking
from web.conditional import conditional
from web.errors import problem
from web.form import Form, form_of, query_of
from web.schemas import filter_from, load_form

silence = APIBlueprint("silence", __name__, enable_openapi=False)

MOST_CELLS = 120
"""Each cell is a search of one document; more than these are for the command line, which can take its time."""


@silence.get("/matrix")
@conditional
def page() -> str | tuple[str, int]:
    """What each document says to each question in the address, one question a line."""
    questions, form, where, error = _asked()
    found: Matrix | None = None
    if questions and not error:
        found, error = _found(questions, where)
    told = render_template(
        "matrix.html", form=form, found=found, error=error, questions="\n".join(questions), cells=MOST_CELLS,
        as_json=url_for(".twin", **(query_of_form(form) | {"q": questions})) if found else "",
    )  # fmt: skip
    return (told, 400) if error else told


@silence.get("/matrix.json")
@conditional
def twin() -> dict[str, Any] | Response:
    """The same as data."""
    questions, _, where, error = _asked()
    if not questions:
        error = error or "Ask at least one question: /matrix.json?q=Why"
    found: Matrix | None = None
    if not error:
        found, error = _found(questions, where)
    return matrix_payload(found) if found else problem(400, error, kind="question")


def query_of_form(form: Form) -> dict[str, Any]:
    """What a form narrows to, as a query string."""
    data, _ = load_form(MultiDict([(k, v) for k, v in request.args.items(multi=True) if k != "q"]))
    return {name: value for name, value in query_of(data).items() if name != "q"}


def _asked() -> tuple[list[str], Form, Filter, str]:
    """The questions, the form, the filter, and what is wrong with them."""
    lines = [line.strip() for text in request.args.getlist("q") for line in text.splitlines()]
    questions = list(dict.fromkeys(line for line in lines if line))
    data, errors = load_form(request.args)
    errors.pop("q", None)
    wrong = " ".join(text for texts in errors.values() for text in texts)
    return questions, form_of(data, errors), Filter() if errors else filter_from(data), wrong


def _found(questions: list[str], where: Filter) -> tuple[Matrix | None, str]:
    """The matrix, or what is wrong with the questions."""
    cells = len(questions) * asking.service().counts(where).documents
    if cells > MOST_CELLS:
        return None, (
            f"That would be {cells:,} cells, and this page shows at most {MOST_CELLS}. Ask fewer questions, narrow the"
            " documents, or use the command line: pincite matrix."
        )
    try:
        return matrix(asking.service(), questions, where), ""
    except QuestionError as error:
        return None, str(error)
