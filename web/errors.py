"""Every failure, in one shape: a problem document (RFC 9457) for programs, a page for people.

Handlers sit on the app and look at the path, because a blueprint never sees an unknown URL under its prefix.
What went wrong on our side is logged under an id, and the id is all that is sent: exception texts hold paths,
prompts and pieces of documents.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from apiflask import APIFlask, HTTPError
from flask import Response, json, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.http import HTTP_STATUS_CODES

from index import NotIndexedError, PinciteError, QuestionError, UsageError

log = logging.getLogger(__name__)

_DETAILS = {
    400: "The request could not be understood.",
    404: "Nothing is found at this address. Check it for a typing mistake.",
    405: "This address exists, but not for this method.",
    413: "The request is too large. A question has at most 2,000 characters.",
    415: "Send JSON, with the header Content-Type: application/json.",
    500: "Something failed on our side. The log says what, under the id given here.",
    503: "The index cannot be read at the moment. The log says why, under the id given here.",
}


def wants_problem() -> bool:
    """Whether a program asks: anything under /api, /healthz, and the .json twin of a page."""
    path = request.path
    return path == "/api" or path.startswith("/api/") or path == "/healthz" or path.endswith(".json")


def problem(
    status: int,
    detail: str,
    *,
    kind: str = "",
    errors: list[dict[str, str]] | None = None,
    error_id: str = "",
) -> Response:
    """A problem document. `kind` names what a program can tell apart beyond the status code."""
    body: dict[str, Any] = {
        "type": f"urn:pincite:problem:{kind}" if kind else "about:blank",
        "title": _title(status),
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    if error_id:
        body["error_id"] = error_id
    return Response(json.dumps(body), status, mimetype="application/problem+json")


def register_errors(app: APIFlask) -> None:
    """Handle every error of an app."""
    app.error_processor(_invalid)
    app.register_error_handler(PinciteError, _ours)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def unreadable(error: Exception) -> Response:
    """503: the store cannot be read. The cause is logged under an id."""
    return _logged(503, error)


def _title(status: int) -> str:
    return HTTP_STATUS_CODES.get(status, "Error")


def _answer(status: int, detail: str, *, kind: str = "", error_id: str = "") -> Response:
    if wants_problem():
        return problem(status, detail, kind=kind, error_id=error_id)
    page = render_template(
        "error.html", status=status, title=_title(status), detail=detail, error_id=error_id
    )
    return Response(page, status, mimetype="text/html")


def _ours(error: PinciteError) -> Response:
    if isinstance(error, QuestionError):
        return _answer(400, str(error), kind="question")
    if isinstance(error, NotIndexedError):
        return _answer(404, str(error), kind="not-indexed")
    if isinstance(error, UsageError):
        return _answer(400, str(error), kind="usage")
    return _logged(503, error)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error, SecurityError):
        # A plain sentence: there is no trusted address that a page's links could be built from.
        detail = (
            "This host name is not served here. Start Pincite with the name that you use, or use localhost."
        )
        return problem(status, detail) if wants_problem() else Response(detail, status, mimetype="text/plain")
    detail = _DETAILS.get(status) or error.description or _title(status)
    # A view's own description is written for the reader; werkzeug's stock texts are about servers.
    if error.description and error.description != type(error).description:
        detail = error.description
    response = _answer(status, detail)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    return _logged(500, error)


def _logged(status: int, error: Exception) -> Response:
    error_id = secrets.token_hex(4)
    log.error("error id=%s status=%d path=%r", error_id, status, request.path, exc_info=error)
    return _answer(status, _DETAILS[status], error_id=error_id)


def _invalid(error: HTTPError) -> Response:
    """What APIFlask hands over: mostly what the schemas found, as {location: {field: messages}}."""
    if not isinstance(error.detail, Mapping) or not error.detail:
        return _answer(error.status_code, error.message or _title(error.status_code))
    found = [
        entry for location, fields in error.detail.items() for entry in _flat(location == "json", fields, ())
    ]
    named = "; ".join(
        f"{entry.get('pointer', entry.get('parameter', ''))}: {entry['detail']}" for entry in found
    )
    return problem(error.status_code, f"The request is not valid. {named}", kind="validation", errors=found)


def _flat(in_body: bool, found: Any, path: tuple[str, ...]) -> Iterator[dict[str, str]]:
    if isinstance(found, Mapping):
        for key, inner in found.items():
            # marshmallow files what concerns the whole value under "_schema".
            yield from _flat(in_body, inner, path if key == "_schema" else (*path, str(key)))
        return
    for message in found if isinstance(found, list) else [found]:
        if in_body:
            pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)
            yield {"detail": str(message), "pointer": f"#{pointer}"}
        else:
            yield {"detail": str(message), "parameter": path[0] if path else ""}
