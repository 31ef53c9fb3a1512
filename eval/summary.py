"""Measures of a set, computed from its rows. Which rows count for a measure is written here and only here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from eval.expectations import expectations
from eval.metrics import FACT_BUDGETS, QUOTE_BUDGET
from eval.types import Measure, Report, Row

Pair = tuple[float, float]


def _fact_recall(budget: int) -> Callable[[Row], Pair | None]:
    def pair(row: Row) -> Pair | None:
        # A run made with other budgets has nothing to say about this one.
        counted = [fact.found[budget] for fact in row.facts if budget in fact.found]
        return (sum(counted), len(counted)) if counted else None

    return pair


def _quote_recall(row: Row) -> Pair | None:
    asked = [fact.quoted for fact in row.facts if fact.quoted is not None]
    return (sum(asked), len(asked)) if asked else None


def _key_recall(row: Row) -> Pair | None:
    keyed = [fact.keys for fact in row.facts if fact.keys is not None]
    return (sum(keyed), len(keyed)) if keyed else None


def _citation_precision(row: Row) -> Pair | None:
    judged = [quote.relevant for quote in row.quotes if quote.relevant is not None]
    return (sum(judged), len(judged)) if row.answerable and judged else None


def _voice_recall(row: Row) -> Pair | None:
    voiced = [fact.voiced for fact in row.facts if fact.voiced is not None]
    return (sum(voiced), len(voiced)) if row.type == "attribution" and voiced else None


def _multi_documents(row: Row) -> Pair | None:
    return (len(row.cited) > 1, 1) if row.type == "multi" and row.answerable and row.status else None


def _must_cite(row: Row) -> Pair | None:
    met = [is_met for is_met, _ in expectations(row, row.quotes)]
    return (sum(met), len(met)) if met and row.status else None


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


AUROC, AUPRC, CALIBRATION = "refusal_auroc", "refusal_auprc", "calibration"
PRECISION = "refusal_precision"
RANKING = ("ndcg@10", "recall@10", "recall@100", "rr@10")
RATIOS: dict[str, Callable[[Row], Pair | None]] = {
    **{f"fact_recall@{budget}": _fact_recall(budget) for budget in FACT_BUDGETS},
    f"quote_recall@{QUOTE_BUDGET}": _quote_recall,
    "key_recall": _key_recall,
    "citation_precision": _citation_precision,
    "rr": lambda row: (row.rr, 1) if row.rr is not None else None,
    "quote_rr": lambda row: (row.quote_rr, 1) if row.quote_rr is not None else None,
    "voice_recall": _voice_recall,
    "multi_documents": _multi_documents,
    "must_cite": _must_cite,
    PRECISION: _refusal_precision,
    "refusal_recall": _refusal_recall,
    "answered": _answered,
    "verbatim": _verbatim,
    **{name: _ranking(name) for name in RANKING},
}
"""Each measure that is a ratio of sums, as what a row adds above and below; None: the row does not count.

What each means is told where its rows are made: `metrics.py` for facts, quotes and ranks, `beir.py` for the
ranking of documents. `voice_recall` is over the facts of attribution questions, `multi_documents` the share of
questions of type multi whose quotes are of two documents or more, `must_cite` the share of what questions ask
of their quotes (each voice, and the number of documents) that is met.
"""

_REFUSAL = list(RATIOS).index(PRECISION)
NAMES = (*list(RATIOS)[:_REFUSAL], AUROC, AUPRC, CALIBRATION, *list(RATIOS)[_REFUSAL:])
"""Every measure there is, in the order in which reports show them."""


def report_of(
    kind: str,
    rows: Sequence[Row],
    *,
    violations: Sequence[str] = (),
    notes: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
    timings: Mapping[str, Any] | None = None,
) -> Report:
    """The report on rows: all that is computed, computed from them, and the rest as it is given."""
    from eval.calibration import reliability_of

    judged = [(row.confidence, row.answerable) for row in rows if row.confidence is not None]
    return Report(
        kind=kind,
        measures=measures_of(rows),
        by_type=measures_by_type(rows),
        costs=costs_of(rows),
        rows=tuple(rows),
        violations=tuple(violations),
        notes=tuple(notes),
        settings=dict(settings or {}),
        timings=dict(timings or {}),
        reliability=reliability_of(judged),
    )


def measures_of(rows: Sequence[Row]) -> dict[str, Measure]:
    """Every measure that the rows allow. One that nothing was asked for is absent, never a made-up number.

    refusal_precision counts refusals: without any it is 0.0, and it is absent from a set that has no
    unanswerable question.
    """
    from eval.calibration import calibration
    from eval.intervals import auroc, average_precision

    measures = {name: measure for name in RATIOS if (measure := _ratio(name, rows))}
    judged = [(row.confidence, row.answerable) for row in rows if row.confidence is not None]
    positives = [confidence for confidence, answerable in judged if answerable]
    negatives = [confidence for confidence, answerable in judged if not answerable]
    if positives and negatives:
        measures[AUROC] = auroc(positives, negatives)
        measures[AUPRC] = average_precision([-c for c in negatives], [-c for c in positives])
        measures[CALIBRATION] = calibration(judged)
    if not negatives:
        measures.pop(PRECISION, None)
    return {name: measures[name] for name in NAMES if name in measures}


def counted(old: Sequence[Row], new: Sequence[Row], name: str) -> int:
    """How many questions a measure rests on, counting those that count in either of two runs."""
    pair = RATIOS.get(name, lambda row: None if row.confidence is None else (row.confidence, 1.0))
    return sum(pair(row) is not None or pair(other) is not None for row, other in zip(old, new, strict=True))


def measures_by_type(rows: Sequence[Row]) -> dict[str, dict[str, Measure]]:
    """The same for each type of question, in alphabetical order, without what compares answerable and not."""
    return {
        kind: {
            name: measure
            for name in RATIOS
            if name != PRECISION and (measure := _ratio(name, [row for row in rows if row.type == kind]))
        }
        for kind in sorted({row.type for row in rows if row.type})
    }


def costs_of(rows: Sequence[Row]) -> dict[str, Measure]:
    """What a reader was given: tokens, quotes, documents and voices, means over the questions with quotes."""
    from eval.intervals import ratio

    quoted = [row for row in rows if row.quotes]
    if not quoted:
        return {}
    costs = {
        "quote_tokens": ratio([(row.quote_tokens, 1) for row in quoted]),
        "quotes": ratio([(len(row.quotes), 1) for row in quoted]),
        "documents_cited": ratio([(len(row.cited), 1) for row in quoted]),
    }
    if any(row.voices for row in quoted):
        costs["voices"] = ratio([(len(row.voices), 1) for row in quoted])
    return costs


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
    turned_away = [row.id for row in rows if row.failed]
    if turned_away:
        listed = ", ".join(turned_away[:5]) + (", …" if len(turned_away) > 5 else "")
        yield f"{len(turned_away)} questions were turned away and count as nothing found: {listed}."


def _ratio(name: str, rows: Sequence[Row]) -> Measure | None:
    from eval.intervals import ratio

    pairs = [pair for row in rows if (pair := RATIOS[name](row)) is not None]
    return ratio(pairs) if pairs else None
