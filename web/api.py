"""The JSON endpoints: the same answers as the pages, as data.

APIFlask validates input with the schemas and writes /api/openapi.json from them; the answers themselves are
`qa`'s payloads, untouched.
"""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, request, url_for
from marshmallow import RAISE, Schema

from qa import answer_payload, search_payload
from web import asking
from web.errors import unreadable
from web.payloads import AnswerOut, DocumentsOut, HealthOut, Responses, SearchOut, listed, problem_responses
from web.schemas import AskIn, QuestionQuery, SearchQuery, filter_from

api = APIBlueprint("api", __name__, tag="Questions")

_INVALID = problem_responses(
    s400="The question cannot be searched for: it is empty, too long, or of stop words only",
    s422="A field is missing, unknown or has a value that it cannot have; `errors` names each",
    s503="The index cannot be read",
)
_INVALID_BODY = _INVALID | problem_responses(
    s413="The body is larger than 64 kB", s415="The body is not declared as JSON"
)


@api.before_request
def _only_json() -> None:
    """Refuse a body that is not JSON before a schema sees it: an unread body would look like an empty one."""
    if request.method != "POST":
        return
    if not request.is_json:
        abort(415)
    try:
        body = request.get_json()
    except RecursionError:
        abort(400, "The JSON body is nested too deeply.")
    if not isinstance(body, dict):
        abort(400, 'The body has to be a JSON object: {"question": "..."}.')


def _ok(description: str, schema: type[Schema]) -> Responses:
    return {"200": {"description": description, "content": {"application/json": {"schema": schema}}}}


@api.post("/api/ask")
@api.input(AskIn, location="json")
@api.doc(
    summary="Ask a question",
    description="The answer in quotations, each cited to the character.",
    operation_id="ask",
    responses=_ok("A cited answer", AnswerOut) | _INVALID_BODY,
)
def ask(json_data: dict[str, Any]) -> dict[str, Any]:
    """The answer to the question in the body."""
    chosen = filter_from(json_data.get("filter", {}))
    return answer_payload(asking.ask(json_data["question"], json_data.get("question_id"), chosen))


@api.get("/api/ask")
@api.input(QuestionQuery, location="query", unknown=RAISE)
@api.doc(
    summary="Ask a question by link",
    description="As POST /api/ask, for an address that can be shared.",
    operation_id="askByLink",
    responses=_ok("A cited answer", AnswerOut) | _INVALID,
)
def ask_by_link(query_data: dict[str, Any]) -> dict[str, Any]:
    """The answer to the question in the query string."""
    return answer_payload(asking.ask(query_data["q"], query_data.get("question_id"), filter_from(query_data)))


@api.get("/api/search")
@api.input(SearchQuery, location="query", unknown=RAISE)
@api.doc(
    summary="Search for passages",
    description="The passages nearest to a question, best first, whether or not they answer it.",
    operation_id="search",
    responses=_ok("Passages", SearchOut) | _INVALID,
)
def search(query_data: dict[str, Any]) -> dict[str, Any]:
    """The passages nearest to the question."""
    chosen = filter_from(query_data)
    return search_payload(
        asking.search(query_data["q"], query_data.get("question_id"), chosen, query_data["k"])
    )


@api.get("/api/documents")
@api.doc(
    summary="List the documents",
    operation_id="documents",
    tags=["Documents"],
    responses=_ok("All documents", DocumentsOut) | problem_responses(s503="The index cannot be read"),
)
def documents() -> dict[str, Any]:
    """All documents that are indexed."""
    infos = asking.service().documents()
    return {"documents": [listed(info, url_for("reading.document", doc_id=info.doc_id)) for info in infos]}


@api.get("/healthz")
@api.doc(
    summary="Health",
    operation_id="health",
    tags=["Service"],
    responses=_ok("It answers", HealthOut) | problem_responses(s503="The index cannot be read"),
)
def health() -> dict[str, Any] | Response:
    """Whether the index can be read, and what is in it."""
    try:
        status = asking.service().status()
    except Exception as error:  # whatever stops the store from being read, a monitor should see one thing
        return unreadable(error)
    return {"status": "ok"} | {key: status[key] for key in ("documents", "passages", "generation", "model")}
