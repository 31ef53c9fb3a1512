"""A question set put to a service, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from eval.instruments import Clock, Witness, corpus_of, digest, resampling, warm_up
from eval.metrics import (
    ENOUGH_PERCENT,
    FACT_BUDGETS,
    QUOTE_BUDGET,
    Returned,
    facts_found,
    is_relevant,
    keys_found,
    reciprocal_rank,
)
from eval.provenance import identity_of, provenance_of
from eval.questions import Question, drafts_note
from eval.resolve import resolve
from eval.summary import notes_on, report_of
from eval.types import ERROR, FactRow, Place, QuoteRow, Report, ResolvedFact, ResolvedQuestion, Row
from index import Span, token_spans

if TYPE_CHECKING:
    from eval.engines import Engine
    from index import Hit
    from qa import Answer

HITS = 100
"""Hits asked for: passages of 20 tokens and more then fill the largest budget."""

_NO_VOICE = "other"
"""The voice of a document of which nobody said whose it is."""

OnProgress = Callable[[int, int], None]
"""Called with the number of questions done and of all questions."""


def evaluate(service: Engine, questions: Sequence[Question], *, progress: OnProgress | None = None) -> Report:
    """What a service makes of a question set; a UsageError if the set does not fit its documents."""
    resolved = resolve(questions, service)
    clock, witness = Clock(), Witness(service)
    receipt = warm_up(service, [item.question.question for item in resolved])
    voices = {info.doc_id: info.voice for info in service.documents() if info.voice != _NO_VOICE}
    rows, underfilled = [], 0
    for done, item in enumerate(resolved, 1):
        row, tokens, hits = _row(service, item, voices, clock, witness)
        rows.append(row)
        underfilled += bool(row.facts) and hits == HITS and tokens < max(FACT_BUDGETS)
        if progress:
            progress(done, len(resolved))
    notes = [*notes_on(rows), *drafts_note(questions)]
    if underfilled:
        notes.append(
            f"{underfilled} questions: {HITS} hits did not fill {max(FACT_BUDGETS)} tokens; more might help."
        )
    return report_of(
        "questions",
        rows,
        violations=witness.violations,
        notes=notes,
        settings={
            "questions": identity_of(questions),
            "corpus": corpus_of(service),
            "hits": HITS,
            "budgets": list(FACT_BUDGETS),
            "found_percent": ENOUGH_PERCENT,
            **resampling(),
            **provenance_of(service, receipt),
        },
        timings=clock.timings(),
    )


def _row(
    service: Engine, item: ResolvedQuestion, voices: Mapping[str, str], clock: Clock, witness: Witness
) -> tuple[Row, int, int]:
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
    quotes = quote_rows(question.id, answer, witness, item.facts)
    found_quotes = [
        Returned(Place(quote.doc_id, quote.start, quote.end), _token_spans(quote.text))
        for quote in (answer.quotes if answer else ())
    ]
    by_budget = {budget: facts_found(item.facts, found_hits, budget) for budget in FACT_BUDGETS}
    quoted = facts_found(item.facts, found_quotes, QUOTE_BUDGET)
    words = [quote.text for quote in quotes]
    heard = {quote.voice for quote in quotes}
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
                voiced=_is_voiced(fact, heard, voices),
                evidence=asked.evidence,
                wanted=asked.keys,
            )
            for number, (fact, asked) in enumerate(zip(item.facts, question.facts, strict=True))
        ),
        rr=reciprocal_rank(item.facts, [_place(hit) for hit in hits]) if item.facts else None,
        quotes=quotes,
        quote_tokens=quote_tokens(answer),
        error=error or search_error,
        quote_rr=reciprocal_rank(item.facts, [quote.place for quote in found_quotes]) if item.facts else None,
        must_cite_voices=question.must_cite_voices,
        must_cite_at_least=question.must_cite_at_least,
        served=digest((hit.passage.doc_id, hit.passage.start, hit.passage.end) for hit in hits),
    )
    return row, sum(len(hit.tokens) for hit in found_hits), len(hits)


def _is_voiced(fact: ResolvedFact, heard: set[str], voices: Mapping[str, str]) -> bool | None:
    """Whether one of the voices that state a fact was quoted, be it in other words or on another matter."""
    stating = {voices[place.doc_id] for place in fact.places if place.doc_id in voices}
    return bool(stating & heard) if stating else None


def quote_rows(
    question_id: str, answer: Answer | None, witness: Witness, facts: Sequence[ResolvedFact] = ()
) -> tuple[QuoteRow, ...]:
    """An answer's quotes, each held against its document and against the evidence of the question's facts.

    Citations are held against their documents as well.
    """
    if answer is None:
        return ()
    for citation in answer.citations:
        place = Place(citation.document.doc_id, citation.start, citation.end)
        witness.holds(question_id, f"citation {citation.n}", place, citation.text)
    sources = {citation.document.doc_id: citation.document.source_id for citation in answer.citations}
    rows = []
    for number, quote in enumerate(answer.quotes, 1):
        place = Place(quote.doc_id, quote.start, quote.end)
        rows.append(
            QuoteRow(
                text=quote.text,
                source_id=sources.get(quote.doc_id, quote.doc_id),
                start=quote.start,
                end=quote.end,
                verbatim=witness.holds(question_id, f"quote {number}", place, quote.text),
                voice=quote.voice,
                relevant=is_relevant(place, facts) if facts else None,
            )
        )
    return tuple(rows)


def quote_tokens(answer: Answer | None) -> int:
    """How many tokens an answer's quotes have together."""
    return sum(len(_token_spans(quote.text)) for quote in (answer.quotes if answer else ()))


@lru_cache(maxsize=4096)
def _token_spans(text: str) -> tuple[Span, ...]:
    return tuple(token_spans(text))


def _place(hit: Hit) -> Place:
    return Place(hit.passage.doc_id, hit.passage.start, hit.passage.end)
