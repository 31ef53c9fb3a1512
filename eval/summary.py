"""Measures of a set, computed from its rows. Which rows count for a measure is written here and only here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from eval.metrics import FACT_BUDGETS, QUOTE_BUDGET
from eval.types import ERROR, Measure, Row

Pair = tuple[float, float]


def _fact_recall(budget: int) -> Callable[[Row], Pair | None]:
    return lambda row: (sum(f.found[budget] for f in row.facts), len(row.facts)) if row.facts else None


def _quote_recall(row: Row) -> Pair | None:
    return (sum(fact.quoted for fact in row.facts), len(row.facts)) if row.facts else None


def _key_recall(row: Row) -> Pair | None:
    keyed = [fact.keys for fact in row.facts if fact.keys is not None]
    return (sum(keyed), len(keyed)) if keyed else None


def _verbatim(row: Row) -> Pair | None:
    return (sum(quote.verbatim for quote in row.quotes), len(row.quotes)) if row.quotes else None


def _answered(row: Row) -> Pair | None:
    answered = row.status in ("answered", "partial")
    return (answered, 1) if row.answerable and row.status else None


def _refusal_recall(row: Row) -> Pair | None:
    return (row.refused, 1) if not row.answerable and row.status else None


def _refusal_precision(row: Row) -> Pair | None:
    return (row.refused and not row.answerable, row.refused) if row.status else None


def _ranking(name: str) -> Callable[[Row], Pair | None]:
    return lambda row: (row.ranking[name], 1) if name in row.ranking else None


AUROC = "refusal_auroc"
PRECISION = "refusal_precision"
RANKING = ("ndcg@10", "recall@10", "recall@100", "rr@10")
RATIOS: dict[str, Callable[[Row], Pair | None]] = {
    **{f"fact_recall@{budget}": _fact_recall(budget) for budget in FACT_BUDGETS},
    f"quote_recall@{QUOTE_BUDGET}": _quote_recall,
    "key_recall": _key_recall,
    "rr": lambda row: (row.rr, 1) if row.rr is not None else None,
    PRECISION: _refusal_precision,
    "refusal_recall": _refusal_recall,
    "answered": _answered,
    "verbatim": _verbatim,
    **{name: _ranking(name) for name in RANKING},
}
"""Each measure that is a ratio of sums, as what a row adds above and below; None: the row does not count."""

_REFUSAL = list(RATIOS).index(PRECISION)
NAMES = (*list(RATIOS)[:_REFUSAL], AUROC, *list(RATIOS)[_REFUSAL:])
"""Every measure there is, in the order in which reports show them."""


def measures_of(rows: Sequence[Row]) -> dict[str, Measure]:
    """Every measure that the rows allow. One that nothing was asked for is absent, never a made-up number.

    refusal_precision counts refusals: without any it is 0.0, and it is absent from a set that has no
    unanswerable question.
    """
    from eval.intervals import auroc

    measures = {name: measure for name in RATIOS if (measure := _ratio(name, rows))}
    judged = [(row.answerable, row.confidence) for row in rows if row.confidence is not None]
    positives = [confidence for answerable, confidence in judged if answerable]
    negatives = [confidence for answerable, confidence in judged if not answerable]
    if positives and negatives:
        measures[AUROC] = auroc(positives, negatives)
    if not negatives:
        measures.pop(PRECISION, None)
    return {name: measures[name] for name in NAMES if name in measures}


def measures_by_type(rows: Sequence[Row]) -> dict[str, dict[str, Measure]]:
    """The same for each type of question, in alphabetical order, without what compares types."""
    return {
        kind: {
            name: measure
            for name in RATIOS
            if name != PRECISION and (measure := _ratio(name, [row for row in rows if row.type == kind]))
        }
        for kind in sorted({row.type for row in rows if row.type})
    }


def costs_of(rows: Sequence[Row]) -> dict[str, Measure]:
    """What answers cost to read: tokens of quotes, a mean over the questions that were given quotes."""
    from eval.intervals import ratio

    pairs = [(row.quote_tokens, 1) for row in rows if row.quotes]
    return {"quote_tokens": ratio(pairs)} if pairs else {}


def notes_on(rows: Sequence[Row]) -> Iterator[str]:
    """What a reader of the numbers has to know about them."""
    asked = [row for row in rows if row.status]
    if asked and all(row.answerable for row in asked):
        yield "No unanswerable questions: refusal is not measured."
    elif asked and not any(row.answerable for row in asked):
        yield "No answerable questions: refusal_auroc and recall are not measured."
    if any(not row.answerable for row in asked) and not any(row.refused for row in asked):
        yield "Nothing was refused: refusal_precision is 0 by definition."
    if asked and not any(row.quotes for row in asked):
        yield "Nothing was quoted: verbatim is not measured."
    turned_away = [row.id for row in rows if row.status == ERROR or row.error]
    if turned_away:
        listed = ", ".join(turned_away[:5]) + (", …" if len(turned_away) > 5 else "")
        yield f"{len(turned_away)} questions were turned away and count as nothing found: {listed}."


def _ratio(name: str, rows: Sequence[Row]) -> Measure | None:
    from eval.intervals import ratio

    pairs = [pair for row in rows if (pair := RATIOS[name](row)) is not None]
    return ratio(pairs) if pairs else None
