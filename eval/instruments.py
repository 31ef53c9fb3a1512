"""What an evaluation is watched with: a clock, a witness for quotations, the identity of a corpus."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from eval.types import Place
from index import NotIndexedError, QuestionError

if TYPE_CHECKING:
    from eval.engines import Engine, Texts


class Witness:
    """Holds texts against the documents they are said to come from and remembers every false one."""

    def __init__(self, service: Engine) -> None:
        self.violations: list[str] = []
        self._text = lru_cache(maxsize=64)(lambda doc_id: service.document(doc_id).text)

    def holds(self, question_id: str, what: str, place: Place, text: str) -> bool:
        """Whether `document.text[start:end] == text`, and there is a text at all."""
        try:
            found = (
                self._text(place.doc_id)[place.start : place.end] if 0 <= place.start < place.end else None
            )
        except NotIndexedError:
            found = None
        if found != text:
            where = f"{place.doc_id} from {place.start} to {place.end}"
            self.violations.append(f"question {question_id}, {what}: not the text of document {where}")
        return found == text


class Clock:
    """Times every call apart from what it returned, so that only timings differ between two runs."""

    def __init__(self) -> None:
        self._wall: dict[str, list[tuple[float, str, str]]] = {}
        self._cpu: dict[str, list[float]] = {}

    def attempt(
        self, what: str, question_id: str, question: str, call: Callable[[], Any]
    ) -> tuple[Any | None, str]:
        """What a call returned, or None and the reason why the question was turned away."""
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            result, error = call(), ""
        except QuestionError as refusal:
            result, error = None, str(refusal)
        cpu_ms, wall_ms = 1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - wall)
        self._wall.setdefault(what, []).append((wall_ms, question_id, question))
        self._cpu.setdefault(what, []).append(cpu_ms)
        return result, error

    def timings(self) -> dict[str, Any]:
        """Percentiles by kind of call, and the five slowest."""
        from eval.intervals import percentiles

        timings: dict[str, Any] = {}
        for what, walls in self._wall.items():
            for name, values in (
                (f"{what}_ms", [wall[0] for wall in walls]),
                (f"{what}_cpu_ms", self._cpu[what]),
            ):
                p50, p95, most = percentiles(values, (50, 95, 100))
                timings[name] = {"p50": p50, "p95": p95, "max": most}
        slowest = [(*wall, what) for what, walls in self._wall.items() for wall in walls]
        timings["slowest"] = [
            {"id": name, "question": text, "call": what, "ms": round(ms, 3)}
            for ms, name, text, what in sorted(slowest, reverse=True)[:5]
        ]
        return timings


def warm_up(service: Engine, questions: Iterable[str]) -> dict[str, Any]:
    """Ask once without a clock: loading a model is not part of answering a question. The answer's receipt."""
    for question in questions:
        try:
            return service.ask(question).receipt
        except QuestionError:
            continue
    return {}


def corpus_of(service: Texts) -> dict[str, Any]:
    """What was searched: its size, and a hash that changes when any document does."""
    documents = sorted((info.source_id, info.sha256) for info in service.documents())
    return {"documents": len(documents), "sha256": sha256(documents)}


def digest(served: Iterable[Any]) -> str:
    """A short hash of what was served, in its order; empty for nothing."""
    served = list(served)
    return sha256(served)[:16] if served else ""


def resampling() -> dict[str, int]:
    """How intervals are drawn."""
    from eval.intervals import RESAMPLES, SEED

    return {"resamples": RESAMPLES, "seed": SEED}


def sha256(value: Any) -> str:
    """The hash of a value that JSON can hold."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
