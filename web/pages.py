"""Where a person asks: the form, the answer, and the same along time. All of it works without JavaScript."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from index import QuestionError
from qa import Answer, answer_payload
from web import asking
from web.answering import grouped, in_context, reading_order, shown, stages
from web.conditional import conditional, conditional_on
from web.errors import problem
from web.form import form_of, order_asked, query_of
from web.payloads import listed
from web.schemas import filter_from, load_form
from web.sharing import share_link, shared_from
from web.timeline import entries, years

pages = APIBlueprint("pages", __name__, enable_openapi=False)


@pages.get("/")
@conditional_on(asking.examples)
def home() -> str:
    """The question form and what is indexed."""
    data, errors = load_form(request.args)
    status = asking.service().status()
    return render_template("home.html", form=form_of(data, errors), status=status, examples=asking.examples())


@pages.get("/index.json")
@conditional_on(asking.examples)
def home_twin() -> dict[str, Any]:
    """What the first page tells, as data."""
    service = asking.service()
    infos = service.documents()
    return service.status() | {
        "voices": sorted({info.voice for info in infos}),
        "publishers": sorted({info.publisher for info in infos if info.publisher}),
        "examples": list(asking.examples()),
        "links": {name: url_for(f"{name}_twin") for name in ("reading.documents", "overview.status")},
    }


@pages.get("/ask")
@conditional
def ask() -> str | Response | tuple[str, int]:
    """The answer to the question in the address."""
    if "q" not in request.args:
        return redirect(url_for("pages.home"))
    data, answer, errors = _asked()
    if answer is None:
        return render_template("ask.html", form=form_of(data, errors), answer=None), 400
    # A question of how something changed is answered along time, unless the address says otherwise.
    usual, query = "time" if answer.order == "time" else "voice", query_of(data)
    order = order_asked(usual)
    named = query | ({"order": "voice"} if usual != "voice" else {})
    more = named | {"order": order} if order != "voice" else named
    groups = grouped(shown(answer), order)
    return render_template(
        "ask.html", form=form_of(data, {}), answer=answer, groups=groups, stages=stages(answer), order=order,
        plain_query=query, query=more,
        shared=shared_from(request.args.get("generation", ""), request.args.getlist("quote")),
        share=share_link(answer, query, more.get("order", "")), as_json=url_for(".ask_twin", **query),
        now=url_for(".ask", **more), timeline=url_for(".timeline", **query), in_context=in_context,
        numbers={
            (one.quote.doc_id, one.quote.start, one.quote.end): n
            for n, one in enumerate(reading_order(groups), 1)
        },
        orders={"voice": url_for(".ask", **named), "time": url_for(".ask", **query, order="time")},
    )  # fmt: skip


@pages.get("/ask.json")
@conditional
def ask_twin() -> dict[str, Any] | Response:
    """The same answer as data."""
    data, answer, errors = _asked()
    if answer is None:
        return _invalid(errors)
    query = query_of(data)
    links = {"page": url_for(".ask", **query), "share": share_link(answer, query)}
    return answer_payload(answer) | {"links": links}


@pages.get("/timeline")
@conditional
def timeline() -> str | tuple[str, int]:
    """What was quoted and found for a question, along time."""
    if not request.args.get("q", "").strip():
        return render_template("timeline.html", form=form_of({}, {}), answer=None, years=[])
    data, answer, errors = _asked()
    if answer is None:
        return render_template("timeline.html", form=form_of(data, errors), answer=None, years=[]), 400
    query = query_of(data)
    return render_template(
        "timeline.html", form=form_of(data, {}), answer=answer, years=years(entries(answer)), query=query,
        answer_url=url_for(".ask", **query), as_json=url_for(".timeline_twin", **query), in_context=in_context,
    )  # fmt: skip


@pages.get("/timeline.json")
@conditional
def timeline_twin() -> dict[str, Any] | Response:
    """The same as data, the earliest first and the undated last."""
    _, answer, errors = _asked()
    if answer is None:
        return _invalid(errors)
    return {
        "question": answer.question,
        "status": answer.status,
        "entries": [
            {
                "published": one.published or None, "quoted": one.quoted, "voice": one.voice,
                "speaker": one.speaker, "text": one.text, "start": one.start, "end": one.end,
                "document": listed(one.document, url_for("reading.document", doc_id=one.document.doc_id)),
            }
            for one in entries(answer)
        ],
    }  # fmt: skip


def _asked() -> tuple[dict[str, Any], Answer | None, dict[str, list[str]]]:
    """What the address asks, the answer, and what is wrong with the question where there is none."""
    data, errors = load_form(request.args)
    if not errors:
        try:
            return data, asking.ask_once(data["q"], filter_from(data)), {}
        except QuestionError as error:
            errors = {"q": [str(error)]}
    return data, None, errors


def _invalid(errors: dict[str, list[str]]) -> Response:
    found = [{"detail": text, "parameter": name} for name, texts in errors.items() for text in texts]
    return problem(400, " ".join(entry["detail"] for entry in found), kind="question", errors=found)
