"""What a reader should make of a row or a change: the judgements that every format shares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from eval.expectations import unmet_expectations
from eval.report.text import count
from eval.types import ERROR, FactRow, Report, Row

if TYPE_CHECKING:
    from eval.compare import QuestionChange

_DIRECTIONS = ("worse", "mixed", "better", "changed")

FOUND_AT = 1000
"""The budget of tokens within which a fact has to be found."""

STATUSES = {
    "answered": "answered",
    "partial": "answered in part",
    "not_in_documents": "refused",
    ERROR: "turned away",
    "": "not asked",
}
"""What a status says in a sentence."""


def summary(report: Report) -> str:
    """What was evaluated, in one line."""
    answerable = sum(row.answerable for row in report.rows)
    documents = report.settings.get("corpus", {}).get("documents")
    over = "" if documents is None else f", {count(documents, 'document')}"
    questions = count(len(report.rows), "question")
    return f"{questions} ({answerable} answerable, {len(report.rows) - answerable} not){over}"


def found(fact: FactRow) -> bool:
    """Whether a fact was found in time; where that budget was not measured, whether it was at all."""
    return fact.found.get(FOUND_AT, any(fact.found.values()))


def fault(row: Row) -> str | None:
    """Why nothing was right about a question, or None. Parts that were missed are no fault: see `unmet`."""
    if row.failed:
        return f"turned away: {row.error}" if row.error else "turned away"
    if not row.answerable:
        return "answered, though the documents do not say" if row.status and not row.refused else None
    if row.refused:
        return "refused, though the documents say"
    if row.facts and not any(found(fact) or fact.quoted for fact in row.facts):
        return f"none of its facts was found within {FOUND_AT} tokens, nor quoted"
    if row.ranking.get("rr@10") == 0:
        return "no relevant document among the first ten"
    return None


def unmet(row: Row) -> tuple[str, ...]:
    """A sentence for each thing asked of a question that did not come."""
    sentences = []
    for fact in row.facts:
        if not found(fact):
            sentences.append(f"not found within {FOUND_AT} tokens: {fact.fact}")
        if fact.quoted is False:
            sentences.append(f"not quoted: {fact.fact}")
        if fact.keys is False:
            sentences.append(f"key words not in the quotes: {fact.fact}")
    if row.status and row.answerable:
        sentences += unmet_expectations(row, row.quotes)
    for number, quote in enumerate(row.quotes, 1):
        if not quote.verbatim:
            sentences.append(
                f"quote {number} is not the text of {quote.source_id} from {quote.start} to {quote.end}"
            )
    return tuple(sentences)


def worst_first(rows: Iterable[Row]) -> list[Row]:
    """Rows by how much is wrong: turned away, untrue quotes, wholly wrong, then by the share of facts missed."""
    return sorted(rows, key=_rank)


def direction(change: QuestionChange, answerable: bool) -> str:
    """ "worse", "mixed", "better" or "changed" (neither better nor worse).

    First by whether to answer was right and to refuse was: who asks sees that before any fact.
    """
    stood = _standing(change.new_status, answerable) - _standing(change.old_status, answerable)
    if stood:
        return "worse" if stood < 0 else "better"
    return {(True, True): "mixed", (True, False): "worse", (False, True): "better"}.get(
        (bool(change.lost), bool(change.won)), "changed"
    )


def directions(report: Report, changes: Iterable[QuestionChange]) -> list[tuple[str, QuestionChange]]:
    """Changes with their directions: the worse first, then the mixed, the better and the others."""
    answerable = {row.id: row.answerable for row in report.rows}
    judged = [(direction(change, answerable.get(change.id, True)), change) for change in changes]
    return sorted(judged, key=lambda pair: _DIRECTIONS.index(pair[0]))


def tally(judged: Iterable[tuple[str, QuestionChange]]) -> str:
    """How many of each, in words.

    >>> tally([])
    'no question changed'
    """
    kinds = [kind for kind, _ in judged]
    words = {"changed": "other quotes only"}
    parts = [f"{kinds.count(kind)} {words.get(kind, kind)}" for kind in _DIRECTIONS if kind in kinds]
    return f"{count(len(kinds), 'question')} changed: {', '.join(parts)}" if kinds else "no question changed"


def what_changed(change: QuestionChange) -> tuple[str, ...]:
    """A sentence for each difference between two runs of a question: the losses first."""
    sentences = [f"worse: {told}" for told in change.lost] + [f"better: {told}" for told in change.won]
    was, now = (STATUSES.get(status, status) for status in (change.old_status, change.new_status))
    told = f"{now}, was {was}"
    if was != now and told not in change.lost + change.won:
        sentences.insert(0, told)
    return tuple(sentences) or ("other quotes, with the same facts",)


def _standing(status: str, answerable: bool) -> int:
    if status == ERROR:
        return 0
    return 2 if not status or (status == "not_in_documents") != answerable else 1


def _rank(row: Row) -> tuple[int, float, float]:
    untrue = any(not quote.verbatim for quote in row.quotes)
    wrong = 0 if row.failed else 1 if untrue else 2 if fault(row) else 3
    facts = len(row.facts) or 1
    missed = sum(not found(fact) for fact in row.facts) / facts
    return wrong, -missed, -sum(fact.quoted is False for fact in row.facts) / facts
