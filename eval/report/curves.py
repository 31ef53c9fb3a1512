"""The numbers behind the plots: what is drawn, said in words and tabled is computed here, once."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.types import Bin, Measure, Report

if TYPE_CHECKING:
    from eval.compare import Comparison

CURVE = "fact_recall@"
HISTOGRAM_BINS = 20
TYPE_SERIES = (
    ("facts found", ("fact_recall@1000",)),
    ("facts quoted", ("quote_recall@250",)),
    ("rightly answered or refused", ("answered", "refusal_recall")),
)
"""What is plotted for each type: a name and the measures it may be, the first one that the type has."""


@dataclass(frozen=True, slots=True)
class BudgetPoint:
    """Fact recall at a budget of tokens, and what it was before, if there is a baseline."""

    tokens: int
    measure: Measure
    old: float | None


@dataclass(frozen=True, slots=True)
class TypeRow:
    """A type of question with a measure, or none, for each of TYPE_SERIES."""

    name: str
    questions: int
    measures: tuple[Measure | None, ...]


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many answerable and unanswerable questions got a confidence between each two edges."""

    edges: tuple[float, ...]
    answerable: tuple[int, ...]
    unanswerable: tuple[int, ...]


def budget_curve(report: Report, comparison: Comparison | None) -> tuple[BudgetPoint, ...]:
    """Fact recall by budget; empty where it was measured at fewer than two."""
    old = {change.name: change.old for change in comparison.measures} if comparison else {}
    points = sorted(
        (
            BudgetPoint(int(name.removeprefix(CURVE)), measure, old.get(name))
            for name, measure in report.measures.items()
            if name.startswith(CURVE) and name.removeprefix(CURVE).isdecimal()
        ),
        key=lambda point: point.tokens,
    )
    return tuple(points) if len(points) > 1 else ()


def type_rows(report: Report) -> tuple[TypeRow, ...]:
    """The types of questions, in the report's order."""
    return tuple(
        TypeRow(
            kind,
            sum(row.type == kind for row in report.rows),
            tuple(_first(measures, names) for _, names in TYPE_SERIES),
        )
        for kind, measures in report.by_type.items()
    )


def histogram(report: Report) -> Histogram | None:
    """Confidence by answerability, in bins of equal width; None where nothing was asked."""
    sides: dict[bool, list[int]] = {True: [0] * HISTOGRAM_BINS, False: [0] * HISTOGRAM_BINS}
    judged = [(row.answerable, row.confidence) for row in report.rows if row.confidence is not None]
    for answerable, confidence in judged:
        # Rounded, as 0.3 * 20 must fall into the bin that starts at 0.3.
        place = math.floor(round(confidence * HISTOGRAM_BINS, 9))
        sides[answerable][min(HISTOGRAM_BINS - 1, max(0, place))] += 1
    edges = tuple(number / HISTOGRAM_BINS for number in range(HISTOGRAM_BINS + 1))
    return Histogram(edges, tuple(sides[True]), tuple(sides[False])) if judged else None


def share_interval(point: Bin) -> tuple[float, float]:
    """The 95 % interval of a bin's share of answerable questions (Wilson, JASA 1927).

    >>> low, high = share_interval(Bin(0.0, 0.1, 10, 0.05, 0.5))
    >>> round(low, 4), round(high, 4)
    (0.2366, 0.7634)
    """
    z2 = 1.959964**2
    share, n = point.answerable, point.n
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    # At a share of 0 or 1 rounding may put the share itself outside.
    return min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half))


def _first(measures: dict[str, Measure], names: Iterable[str]) -> Measure | None:
    return next((measures[name] for name in names if name in measures), None)
