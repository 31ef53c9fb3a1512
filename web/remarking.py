"""The form under an answer: whether it answers. Kept only where the site says so (`serve --feedback`)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from apiflask import APIBlueprint
from flask import abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from index import QuestionError
from web import asking
from web.feedback import LONGEST_NOTE, VERDICTS, Feedback, Remark
from web.form import query_of
from web.schemas import filter_from, load_form

remarking = APIBlueprint("remarking", __name__, enable_openapi=False)


def register_feedback(app: Any, feedback: Feedback | None) -> None:
    """Let an app keep remarks; without `feedback` there is no such form."""
    if feedback is not None:
        app.extensions["pincite-feedback"] = feedback
        app.register_blueprint(remarking)


@remarking.post("/feedback")
def remark() -> Response:
    """Keeps a remark on the answer to a question as it is now, and leads back to it."""
    _check_origin()
    data, errors = load_form(request.form)
    verdict, wrong = request.form.get("verdict", ""), request.form.get("wrong", "")
    if errors or verdict not in VERDICTS:
        abort(400, f"A remark needs a question, and a verdict: {', '.join(VERDICTS)}.")
    try:
        answer = asking.ask_once(data["q"], filter_from(data))
    except QuestionError as error:
        abort(400, str(error))
    documents = {citation.n: citation.document.source_id for citation in answer.citations}
    quotes = tuple((documents[quote.citation], quote.text) for quote in answer.quotes)
    number = int(wrong) if wrong.isascii() and wrong.isdecimal() and len(wrong) < 4 else 0
    kept = current_app.extensions["pincite-feedback"].add(
        Remark(
            answer.question, verdict, answer.status, quotes, asking.generation(),
            number if verdict == "wrong-quote" and number <= len(quotes) else 0,
            request.form.get("note", "").strip()[:LONGEST_NOTE],
        )
    )  # fmt: skip
    if not kept:
        abort(503, "So many remarks are kept that no more are taken. Tell whoever runs this site.")
    return redirect(url_for("pages.ask", **query_of(data), thanks=1, _anchor="feedback"), 303)


def _check_origin() -> None:
    """Refuse what another site made a browser send. There is no cookie to steal; a token may be remembered, though.

    Browsers say where a request comes from in Sec-Fetch-Site, older ones in Origin; a program says neither.
    """
    site = request.headers.get("Sec-Fetch-Site", "")
    origin = request.headers.get("Origin", "")
    foreign = (
        site not in ("same-origin", "none") if site else origin and urlsplit(origin).netloc != request.host
    )
    if foreign:
        abort(403, "This was sent by another site. Use the form on the page of the answer.")
