"""Questions on their way to the service: the one place that times and logs them."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from flask import current_app

from index import Filter

if TYPE_CHECKING:
    from qa import Answer, SearchResult, Service

log = logging.getLogger(__name__)


def service() -> Service:
    """The service that this app was made with."""
    found: Service = current_app.extensions["pincite"]
    return found


def ask(question: str, question_id: str | None, chosen: Filter) -> Answer:
    """The answer. Raises QuestionError. One INFO line says what became of it, and not what was asked."""
    began = time.perf_counter()
    answer = service().ask(question, question_id=question_id, filter=chosen)
    _log("ask", question_id, answer.status, answer, len(answer.citations), began)
    return answer


def search(question: str, question_id: str | None, chosen: Filter, k: int) -> SearchResult:
    """The `k` best passages. Raises QuestionError."""
    began = time.perf_counter()
    result = service().search(question, k=k, question_id=question_id, filter=chosen)
    _log("search", question_id, "found" if result.hits else "nothing", result, 0, began)
    return result


def _log(what: str, question_id: str | None, status: str, found: Any, citations: int, began: float) -> None:
    elapsed_ms = (time.perf_counter() - began) * 1000
    # %r: an id is the caller's own text, and a newline in it would forge a line of the log.
    log.info(
        "%s id=%r status=%s hits=%d citations=%d ms=%.1f",
        what, question_id, status, len(found.hits), citations, elapsed_ms,
    )  # fmt: skip
