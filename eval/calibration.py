"""Is confidence what it claims to be? The reliability curve and how far it lies from the diagonal.

A confidence is calibrated when, of the questions given 0.7, seven in ten can be answered. Expected calibration
error (Naeini et al., AAAI 2015; Guo et al., "On Calibration of Modern Neural Networks", ICML 2017) is the mean
distance between confidence and the share answerable, over ten bins of equal width, each weighted by its
questions. Equal width and not equal mass: the edges are then the same for every run, so that two runs can be
compared question by question. The measure is 1 - ECE, so that higher is better and it can have a floor. With
few questions in a bin ECE comes out too high (Kumar et al., NeurIPS 2019): compare it between runs of one set.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from eval.types import Bin, Measure

if TYPE_CHECKING:
    import numpy as np

BINS = 10

Judged = tuple[float, bool]
"""A question's confidence, and whether it can be answered."""


def bin_of(confidence: float) -> int:
    """The number of a confidence's bin: each holds its lower edge, the last both.

    >>> [bin_of(c) for c in (0.0, 0.1, 0.29, 0.3, 1.0)]
    [0, 1, 2, 3, 9]
    """
    # 0.29 * 10 is 2.9 and 0.3 * 10 is 3, but 0.7 - 0.1 and its like fall short by the last bit.
    return min(BINS - 1, max(0, math.floor(round(confidence * BINS, 9))))


def reliability_of(judged: Sequence[Judged]) -> tuple[Bin, ...]:
    """The points of the reliability curve, from left to right; bins without questions have none.

    >>> [(p.low, p.high, p.n, p.confidence, p.answerable) for p in reliability_of([(0.25, False), (0.21, True)])]
    [(0.2, 0.3, 2, 0.23, 0.5)]
    """
    points = []
    for number in range(BINS):
        inside = [(c, answerable) for c, answerable in judged if bin_of(c) == number]
        if inside:
            n = len(inside)
            points.append(
                Bin(
                    low=number / BINS,
                    high=(number + 1) / BINS,
                    n=n,
                    confidence=round(math.fsum(c for c, _ in inside) / n, 12),
                    answerable=round(sum(answerable for _, answerable in inside) / n, 12),
                )
            )
    return tuple(points)


def calibration(
    judged: Sequence[Judged], *, resamples: int | None = None, seed: int | None = None
) -> Measure:
    """1 - ECE with its bootstrap interval; questions are resampled whole, answerable or not.

    The error of a bin is |sum of (answerable - confidence)| over its questions, divided by all questions: the
    same as the weighted distance of its point from the diagonal.

    >>> calibration([(0.8, True), (0.8, True), (0.3, False), (0.3, True)]).value  # 1 - (0.4 + 0.4) / 4
    0.8
    """
    import numpy as np

    from eval.intervals import RESAMPLES, SEED, counts_of, draws, measured

    if not judged:
        raise ValueError("calibration needs at least one question")
    gaps = gaps_by_bin(judged)
    n = len(judged)
    state = np.random.RandomState(SEED if seed is None else seed)
    resampled = [
        1 - np.abs(counts_of(drawn, n) @ gaps).sum(axis=1) / n
        for drawn in draws(n, RESAMPLES if resamples is None else resamples, state)
    ]
    value = 1 - math.fsum(abs(math.fsum(column)) for column in gaps.T) / n
    return measured(value, np.concatenate(resampled), n)


def gaps_by_bin(judged: Sequence[Judged]) -> np.ndarray:
    """An array (n, bins) with each question's answerable - confidence in the column of its bin, else 0."""
    import numpy as np

    gaps = np.zeros((len(judged), BINS))
    for row, (confidence, answerable) in enumerate(judged):
        gaps[row, bin_of(confidence)] = float(answerable) - confidence
    return gaps
