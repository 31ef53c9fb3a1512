"""Questions on their way to the service: the one place that times and logs them."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from flask import current_app

from index import Filter

if TYPE_CHECKING:
    from flask import Flask

    from qa import Answer, SearchResult, Service
    from web.examples import Examples

log = logging.getLogger(__name__)


_MOST_KEPT = 64


class _Kept:
    """The answers given last, by what they were asked with."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Any, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Any) -> Answer | None:
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def put(self, key: Any, answer: Answer) -> None:
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > _MOST_KEPT:
                self._answers.popitem(last=False)


def register(app: Flask, answers_from: Service, examples: Examples) -> None:
    """Make an app answer from a service, and offer example questions."""
    app.extensions["pincite"] = answers_from
    app.extensions["pincite-examples"] = examples
    app.extensions["pincite-answers"] = _Kept()


def service() -> Service:
    """The service that this app was made with."""
    found: Service = current_app.extensions["pincite"]
    return found


def examples() -> tuple[str, ...]:
    """The questions that the first page offers now."""
    offered: Examples = current_app.extensions["pincite-examples"]
    return offered.offered()


def ask(question: str, question_id: str | None, chosen: Filter) -> Answer:
    """The answer. Raises QuestionError. One INFO line says what became of it, and not what was asked."""
    began = time.perf_counter()
    answer = service().ask(question, question_id=question_id, filter=chosen)
    _log("ask", question_id, answer.status, answer, len(answer.citations), began)
    return answer


def ask_once(question: str, chosen: Filter) -> Answer:
    """The answer for a page. One that was given in this state of the index is given again: pages lead to pages."""
    kept: _Kept = current_app.extensions["pincite-answers"]
    key = (generation(), question, chosen)
    found = kept.get(key)
    if found is None:
        found = ask(question, None, chosen)
        kept.put(key, found)
    return found


def generation() -> int:
    """The state of the index as a number, which grows with every change."""
    return int(service().status()["generation"])


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
