"""Quotes along time: whether a question asks how something changed, and an answer in the order of publication."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from qa.types import Answer, Order, Quote, Telling
from qa.understand import Understanding

_CHANGE = re.compile(
    r"\b(?:what|how|anything|which|much)\b.*\bchanged\b|\bhow (?:has|have|had|did|does|is|are) .*\bchang(?:e|es|ing)\b"
    r"|\bwhat (?:has |had |is |are )?chang(?:es|ed|ing)\b"
    r"|\bhow (?:has|have|had|did)\b.*\b(?:move|evolve|develop|progress|shift|improve|deteriorate|worsen|rise|risen|fall"
    r"|fallen|grow|grown)d?(?:ed)?\b"
    r"|\b(?:over (?:time|the (?:years|months|decades|period))|year (?:by|on|after) year|timeline|chronology"
    r"|chronological(?:ly)?|sequence of events|in what order|(?:which|who|what) came first|become of|became of"
    r"|what (?:has |had )?happened (?:since|between|after|from|next|then))\b",
    re.IGNORECASE,
)


def asks_for_change(question: str, understood: Understanding) -> bool:
    """Whether a question is about how something went on: it says so, or it names several times.

    >>> asks_for_change("What changed after the inspection?", Understanding())
    True
    """
    return len(set(understood.periods)) > 1 or bool(_CHANGE.search(question))


def in_order(answer: Answer, order: Order | None = None) -> Answer:
    """The answer with its quotes in an order, its own by default, and its citations numbered in that order.

    Along time is by date of publication, the earliest first and the undated last; what was published on one day is in
    the order of the times that it speaks of, as far as it names any.
    """
    order = order or answer.order
    if order != "time":
        return replace(answer, order=order)
    quotes = sorted(answer.quotes, key=lambda quote: (not quote.published, quote.published, _since(quote)))
    numbers = {old: new for new, old in enumerate(dict.fromkeys(quote.citation for quote in quotes), 1)}
    citations = [replace(one, n=numbers[one.n]) for one in answer.citations if one.n in numbers]
    return replace(
        answer,
        quotes=tuple(replace(quote, citation=numbers[quote.citation]) for quote in quotes),
        citations=tuple(sorted(citations, key=lambda one: one.n)),
        differences=tuple(
            replace(one, one=_renumbered(one.one, numbers), other=_renumbered(one.other, numbers))
            for one in answer.differences
        ),
        summary=answer.summary
        and replace(
            answer.summary,
            sentences=tuple(
                replace(one, citations=tuple(numbers.get(n, n) for n in one.citations))
                for one in answer.summary.sentences
            ),
        ),
        order=order,
    )


def _renumbered(telling: Telling, numbers: Mapping[int, int]) -> Telling:
    """One side of a difference with its new number; those that the answer does not cite keep theirs."""
    n = numbers.get(telling.citation.n, telling.citation.n)
    return replace(telling, quote=replace(telling.quote, citation=n), citation=replace(telling.citation, n=n))


def _since(quote: Quote) -> str:
    """The beginning of the earliest time that a quote speaks of; after all others where it names none."""
    return min((date.since for date in quote.about), default="~")
