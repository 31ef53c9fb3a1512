"""A question set put to a service, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING

from eval.instruments import Clock, Witness, corpus_of, resampling, sha256, warm_up
from eval.metrics import (
    ENOUGH_PERCENT,
    FACT_BUDGETS,
    QUOTE_BUDGET,
    Returned,
    facts_found,
    keys_found,
    reciprocal_rank,
)
from eval.questions import Question
from eval.resolve import resolve
from eval.summary import costs_of, measures_by_type, measures_of, notes_on
from eval.types import ERROR, FactRow, Place, QuoteRow, Report, ResolvedQuestion, Row
from index import Span, token_spans

if TYPE_CHECKING:
    from index import Hit
    from qa import Answer, Service

HITS = 100
"""Hits asked for: passages of 20 tokens and more then fill the largest budget."""

OnProgress = Callable[[int, int], None]
"""Called with the number of questions done and of all questions."""


def evaluate(
    service: Service, questions: Sequence[Question], *, progress: OnProgress | None = None
) -> Report:
    """What a service makes of a question set; a UsageError if the set does not fit its documents."""
    resolved = resolve(questions, service)
    clock, witness = Clock(), Witness(service)
    warm_up(service, [item.question.question for item in resolved])
    rows, underfilled = [], 0
    for done, item in enumerate(resolved, 1):
        row, tokens, hits = _row(service, item, clock, witness)
        rows.append(row)
        underfilled += bool(row.facts) and hits == HITS and tokens < max(FACT_BUDGETS)
        if progress:
            progress(done, len(resolved))
    notes = list(notes_on(rows))
    if underfilled:
        notes.append(
            f"{underfilled} questions: {HITS} hits did not fill {max(FACT_BUDGETS)} tokens; more might help."
        )
    return Report(
        kind="questions",
        measures=measures_of(rows),
        by_type=measures_by_type(rows),
        costs=costs_of(rows),
        rows=tuple(rows),
        violations=tuple(witness.violations),
        notes=tuple(notes),
        settings={
            "questions": {"count": len(questions), "sha256": sha256([asdict(q) for q in questions])},
            "corpus": corpus_of(service),
            "hits": HITS,
            "budgets": list(FACT_BUDGETS),
            "found_percent": ENOUGH_PERCENT,
            **resampling(),
        },
        timings=clock.timings(),
    )


def _row(service: Service, item: ResolvedQuestion, clock: Clock, witness: Witness) -> tuple[Row, int, int]:
    """A question's row, with the number of tokens and of hits that came back."""
    question = item.question
    name, text = question.id, question.question
    answer, error = clock.attempt("ask", name, text, lambda: service.ask(text, question_id=name))
    result, search_error = clock.attempt(
        "search", name, text, lambda: service.search(text, k=HITS, question_id=name)
    )
    hits: Sequence[Hit] = result.hits if result else ()
    found_hits = [Returned(_place(hit), _token_spans(hit.passage.text)) for hit in hits]
    for hit in hits:
        witness.holds(question.id, f"hit {hit.rank}", _place(hit), hit.passage.text)
    quotes = quote_rows(question.id, answer, witness)
    found_quotes = [
        Returned(Place(quote.doc_id, quote.start, quote.end), _token_spans(quote.text))
        for quote in (answer.quotes if answer else ())
    ]
    by_budget = {budget: facts_found(item.facts, found_hits, budget) for budget in FACT_BUDGETS}
    quoted = facts_found(item.facts, found_quotes, QUOTE_BUDGET)
    words = [quote.text for quote in quotes]
    row = Row(
        id=question.id,
        question=question.question,
        type=question.type,
        answerable=question.answerable,
        status=answer.status if answer else ERROR,
        confidence=answer.confidence if answer else 0.0,
        facts=tuple(
            FactRow(
                fact=fact.fact,
                found={budget: found[number] for budget, found in by_budget.items()},
                quoted=quoted[number],
                keys=keys_found(fact.keys, words),
            )
            for number, fact in enumerate(item.facts)
        ),
        rr=reciprocal_rank(item.facts, [_place(hit) for hit in hits]) if item.facts else None,
        quotes=quotes,
        quote_tokens=quote_tokens(answer),
        error=error or search_error,
    )
    return row, sum(len(hit.tokens) for hit in found_hits), len(hits)


def quote_rows(question_id: str, answer: Answer | None, witness: Witness) -> tuple[QuoteRow, ...]:
    """An answer's quotes, each held against its document; citations are held against theirs as well."""
    if answer is None:
        return ()
    for citation in answer.citations:
        place = Place(citation.document.doc_id, citation.start, citation.end)
        witness.holds(question_id, f"citation {citation.n}", place, citation.text)
    sources = {citation.document.doc_id: citation.document.source_id for citation in answer.citations}
    return tuple(
        QuoteRow(
            text=quote.text,
            source_id=sources.get(quote.doc_id, quote.doc_id),
            start=quote.start,
            end=quote.end,
            verbatim=witness.holds(
                question_id, f"quote {number}", Place(quote.doc_id, quote.start, quote.end), quote.text
            ),
        )
        for number, quote in enumerate(answer.quotes, 1)
    )


def quote_tokens(answer: Answer | None) -> int:
    """How many tokens an answer's quotes have together."""
    return sum(len(_token_spans(quote.text)) for quote in (answer.quotes if answer else ()))


@lru_cache(maxsize=4096)
def _token_spans(text: str) -> tuple[Span, ...]:
    return tuple(token_spans(text))


def _place(hit: Hit) -> Place:
    return Place(hit.passage.doc_id, hit.passage.start, hit.passage.end)
