"""Floors under measures: what makes a build fail when quality falls."""

from __future__ import annotations

import math
from collections.abc import Iterable

from eval.summary import NAMES
from eval.types import Report
from index import UsageError


def parse_floor(text: str) -> tuple[str, float]:
    """A measure's name and the least value it may have.

    >>> parse_floor("fact_recall@1000=0.53")
    ('fact_recall@1000', 0.53)
    """
    name, equals, number = (part.strip() for part in text.partition("="))
    if not equals:
        raise UsageError(
            f'"{text}" is not a floor; write a measure and its least value: fact_recall@1000=0.53'
        )
    if name not in NAMES:
        raise UsageError(f'no measure is called "{name}"; there are {", ".join(NAMES)}')
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    # Measures lie between 0 and 1: "53" for 53 % would fail every build, "-1" none.
    if not 0 <= value <= 1:
        raise UsageError(f'the floor "{text}" needs a number from 0 to 1 after the equals sign')
    return name, value


def crossed(report: Report, floors: Iterable[tuple[str, float]]) -> tuple[str, ...]:
    """A sentence for each measure that lies below its floor; touching it is allowed.

    A floor under something that the report does not hold is a UsageError: it would never fail.
    """
    sentences = []
    for name, floor in floors:
        if name not in report.measures:
            raise UsageError(
                f'"{name}" was not measured here, so it cannot have a floor; '
                f"measured were {', '.join(report.measures)}"
            )
        measure = report.measures[name]
        if measure.value < floor:
            sentences.append(
                f"{name} is {measure.value:.4g}, below its floor of {floor:.4g} "
                f"(95 % interval {measure.low:.3f} to {measure.high:.3f}, {measure.n} questions)"
            )
    return tuple(sentences)
