"""What is measured for one question: small pure functions over places and words.

Every measure of a set is a ratio of sums over its questions, or a statistic of how confident the answers are
in those that can be answered and those that cannot: `summary.py` says which rows count and sums them,
`intervals.py` and `calibration.py` add the rest and the uncertainty.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eval.types import Place, ResolvedFact
from index import Span, fold

FACT_BUDGETS = (250, 500, 1000, 2000)
QUOTE_BUDGET = 250
ENOUGH_PERCENT = 60


@dataclass(frozen=True, slots=True)
class Returned:
    """A stretch of a document that was returned, with the characters of each token of its text."""

    place: Place
    tokens: tuple[Span, ...]


def covered(place: Place, by: Iterable[Place]) -> int:
    """How many characters of a place lie in the union of others; overlaps count once.

    >>> covered(Place("a", 10, 20), [Place("a", 0, 13), Place("a", 12, 15), Place("b", 10, 20)])
    5
    """
    total, reached = 0, place.start
    for other in sorted((p for p in by if p.doc_id == place.doc_id), key=lambda p: p.start):
        start, end = max(other.start, reached), min(other.end, place.end)
        if end > start:
            total, reached = total + end - start, end
    return total


def is_found(fact: ResolvedFact, returned: Sequence[Place]) -> bool:
    """Whether at least 60 % of the characters of one of the fact's places was returned.

    A nugget is matched by its text and not by a passage id, as in the TREC question answering track
    (Voorhees, "Overview of the TREC 2003 Question Answering Track"), so cutting passages differently
    changes nothing but what is covered.

    >>> fact = ResolvedFact("", (Place("a", 0, 10),), ())
    >>> is_found(fact, [Place("a", 4, 10)]), is_found(fact, [Place("a", 5, 10)])
    (True, False)
    """
    # In whole numbers: 0.6 has no exact binary form, and 6 of 10 characters have to be enough.
    return any(100 * covered(place, returned) >= ENOUGH_PERCENT * len(place) for place in fact.places)


def is_relevant(quote: Place, facts: Sequence[ResolvedFact]) -> bool:
    """Whether a quote overlaps the evidence of any fact: at least 60 % of the quote is evidence, or of a place.

    Summed over the quotes given to answerable questions it is citation precision, as in Gao et al., "Enabling
    Large Language Models to Generate Text with Citations" (EMNLP 2023), with the evidence in place of a model's
    opinion. Either way, because a short quote out of long evidence supports a fact as a long quote around it
    does. It is a lower bound: evidence lists places that are known to state a fact, and there may be others.

    >>> fact = ResolvedFact("", (Place("a", 10, 30),))
    >>> [is_relevant(Place("a", *span), [fact]) for span in ((12, 16), (0, 90), (0, 20), (5, 40))]
    [True, True, False, True]
    """
    if not len(quote):
        return False
    places = [place for fact in facts for place in fact.places]
    if 100 * covered(quote, places) >= ENOUGH_PERCENT * len(quote):
        return True
    return any(100 * covered(place, [quote]) >= ENOUGH_PERCENT * len(place) for place in places)


def within_budget(returned: Iterable[Returned], budget: int) -> list[Place]:
    """The places that fit into a number of tokens, in the order given; the last one is cut.

    What is returned twice is paid for twice.

    >>> a = Returned(Place("a", 100, 109), (Span(0, 4), Span(4, 9)))
    >>> within_budget([a, a], 3)
    [Place(doc_id='a', start=100, end=109), Place(doc_id='a', start=100, end=104)]
    """
    places: list[Place] = []
    for item in returned:
        if budget <= 0:
            break
        place = item.place
        if len(item.tokens) > budget:
            place = Place(place.doc_id, place.start, place.start + item.tokens[budget - 1].end)
        places.append(place)
        budget -= len(item.tokens)
    return places


def facts_found(facts: Sequence[ResolvedFact], returned: Iterable[Returned], budget: int) -> tuple[bool, ...]:
    """For each fact, whether the first `budget` tokens of what was returned hold it.

    Summed over a set, found facts over all facts: a micro average, in which a question with six facts
    weighs six times one with a single fact. Over hits it is fact recall, over quotes quote recall.
    """
    places = within_budget(returned, budget)
    return tuple(is_found(fact, places) for fact in facts)


def reciprocal_rank(facts: Sequence[ResolvedFact], hits: Sequence[Place]) -> float:
    """1 / r, where the first r hits together are the fewest that hold a fact; 0.0 if all of them do not.

    Voorhees, "The TREC-8 Question Answering Track Report" (1999), with "found" as everywhere here: two
    hits that share a fact between them hold it from the second on, so a finer splitter loses nothing. Over
    quotes instead of hits it is `quote_rr`: how far one has to read for a first answer.

    >>> fact = ResolvedFact("", (Place("a", 0, 10),), ())
    >>> reciprocal_rank([fact], [Place("b", 0, 10), Place("a", 0, 3), Place("a", 3, 8)])
    0.3333333333333333
    """
    documents = {place.doc_id for fact in facts for place in fact.places}
    for rank, hit in enumerate(hits, 1):
        if hit.doc_id in documents and any(is_found(fact, hits[:rank]) for fact in facts):
            return 1 / rank
    return 0.0


def keys_found(keys: Sequence[str], quotes: Iterable[str]) -> bool | None:
    """Whether every key, in any way of writing it, occurs in the quotes; None for a fact without keys.

    A key is a part of a word or phrase ("inconsisten"), looked for inside one quote at a time: no phrase
    is made of the end of one quote and the beginning of the next.

    >>> keys_found(["18|eighteen", "caseload"], ["Eighteen children", "caseloads rose"])
    True
    """
    if not keys:
        return None
    folded = [fold(quote) for quote in quotes]
    return all(any(fold(way) in quote for way in key.split("|") for quote in folded) for key in keys)
