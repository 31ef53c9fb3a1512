"""Measures of a set with their uncertainty. The one module of the arithmetic that imports NumPy.

Intervals are 95 % percentile intervals of the bootstrap (Efron and Tibshirani, "An Introduction to the
Bootstrap", 1993, chapter 13): questions are what was sampled from the world, so questions are resampled.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from eval.types import Measure

RESAMPLES = 1000
SEED = 20170407
_CELLS = 4_000_000
"""Numbers drawn at a time: 32 MB, however many questions there are."""


def ratio(pairs: Sequence[tuple[float, float]], *, resamples: int = RESAMPLES, seed: int = SEED) -> Measure:
    """The sum of the first numbers over the sum of the second, one pair a question.

    Where nothing is to be divided by (no refusals at all), the ratio is 0.0 and never NaN.

    >>> ratio([(1, 2), (3, 3)])
    Measure(value=0.8, low=0.5, high=1.0, n=2)
    """
    if not pairs:
        raise ValueError("a ratio needs at least one question")
    above, below = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    resampled = [
        _divide(above[drawn].sum(axis=1), below[drawn].sum(axis=1))
        for drawn in draws(len(pairs), resamples, np.random.RandomState(seed))
    ]
    value = float(_divide(np.array([math.fsum(above)]), np.array([math.fsum(below)]))[0])
    return measured(value, np.concatenate(resampled), len(pairs))


def auroc(
    positives: Sequence[float], negatives: Sequence[float], *, resamples: int = RESAMPLES, seed: int = SEED
) -> Measure:
    """The chance that a random positive scores above a random negative, ties counting half.

    The area under the ROC curve (Hanley and McNeil, 1982), by scikit-learn; in resamples by its rank form,
    which is the same number. Positives and negatives are resampled apart, as in pROC (Robin et al., 2011),
    so that every resample has both.

    >>> auroc([0.9, 0.5], [0.5, 0.1]).value
    0.875
    """
    from sklearn.metrics import roc_auc_score

    if not positives or not negatives:
        raise ValueError("AUROC needs at least one positive and one negative")
    labels = [1] * len(positives) + [0] * len(negatives)
    value = float(roc_auc_score(labels, [*positives, *negatives]))
    ordered = np.sort(np.array(negatives, dtype=float))
    # For each positive: how many negatives lie below it, and how many do not lie above.
    below = np.searchsorted(ordered, positives, side="left")
    not_above = np.searchsorted(ordered, positives, side="right")
    state = np.random.RandomState(seed)
    resampled = []
    widest = max(len(positives), len(negatives))
    for rows in blocks(widest, resamples):
        drawn = state.randint(0, len(positives), size=(rows, len(positives)))
        counts = counts_of(state.randint(0, len(negatives), size=(rows, len(negatives))), len(negatives))
        up_to = np.concatenate([np.zeros((rows, 1), dtype=int), counts.cumsum(axis=1)], axis=1)
        # Half-wins as whole numbers: the sum is exact, whatever the order of addition.
        half_wins = np.take_along_axis(up_to, below[drawn], 1) + np.take_along_axis(
            up_to, not_above[drawn], 1
        )
        resampled.append(half_wins.sum(axis=1) / (2 * len(positives) * len(negatives)))
    return measured(value, np.concatenate(resampled), len(labels))


def average_precision(
    positives: Sequence[float], negatives: Sequence[float], *, resamples: int = RESAMPLES, seed: int = SEED
) -> Measure:
    """The area under the precision-recall curve, as the mean precision at each positive.

    The step-wise estimate, not the trapezoid, which is too high (Davis and Goadrich, "The Relationship Between
    Precision-Recall and ROC Curves", ICML 2006; Boyd et al., ECML 2013), by scikit-learn. What ties is taken
    together. By chance it is the share of positives. For refusals the unanswerable questions are the positives
    and the negated confidence is the score. Resampled as AUROC is, so that share stays what it is.

    >>> average_precision([0.9, 0.4], [0.5, 0.1]).value
    0.833333333333
    """
    from sklearn.metrics import average_precision_score

    if not positives or not negatives:
        raise ValueError("average precision needs at least one positive and one negative")
    scores = np.array([*positives, *negatives], dtype=float)
    labels = np.arange(len(scores)) < len(positives)
    value = float(average_precision_score(labels, scores))
    state = np.random.RandomState(seed)
    resampled = []
    for rows in blocks(len(scores), resamples):
        drawn = np.concatenate(
            [
                state.randint(0, len(positives), size=(rows, len(positives))),
                len(positives) + state.randint(0, len(negatives), size=(rows, len(negatives))),
            ],
            axis=1,
        )
        resampled.append(average_precisions(scores[drawn], labels))
    return measured(value, np.concatenate(resampled), len(scores))


def average_precisions(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The average precision of each row of scores (r, n), where labels (n,) say which columns are positive.

    >>> average_precisions(np.array([[0.9, 0.4, 0.5, 0.1]]), np.array([True, True, False, False])).round(3)
    array([0.833])
    """
    n = scores.shape[1]
    order = np.argsort(-scores, axis=1, kind="stable")
    ranked = np.take_along_axis(scores, order, 1)
    positive = labels[order]
    precision = positive.cumsum(axis=1) / np.arange(1, n + 1)
    # Whoever shares a score is returned together: each counts with the precision at the last of them.
    last = np.where(np.diff(ranked, axis=1, append=-np.inf) != 0, np.arange(n), n)
    last = np.minimum.accumulate(last[:, ::-1], axis=1)[:, ::-1]
    found = np.take_along_axis(precision, last, 1)
    return np.asarray((found * positive).sum(axis=1) / labels.sum())


def percentiles(values: Sequence[float], at: Sequence[float]) -> tuple[float, ...]:
    """Percentiles, linear between neighbours.

    >>> percentiles([1.0, 2.0, 3.0], (50, 95))
    (2.0, 2.9)
    """
    return tuple(round(float(value), 6) for value in np.percentile(np.array(values), at))


def measured(value: float, resampled: np.ndarray, n: int) -> Measure:
    """A value with the 95 % percentile interval of its resamples."""
    low, high = np.percentile(resampled, (2.5, 97.5))
    # The last bits of a sum depend on the processor; at twelve digits two machines print the same.
    return Measure(round(value, 12), round(float(low), 12), round(float(high), 12), n)


def draws(n: int, resamples: int, state: np.random.RandomState) -> Iterator[np.ndarray]:
    """Numbers below n, n of them for each resample, a block of resamples at a time."""
    # RandomState and not a Generator: NumPy froze its stream (NEP 19), so an upgrade moves no interval.
    for rows in blocks(n, resamples):
        yield state.randint(0, n, size=(rows, n))


def blocks(n: int, resamples: int) -> Iterator[int]:
    """How many of the resamples of n numbers to draw at a time."""
    size = max(1, _CELLS // n)
    for first in range(0, resamples, size):
        yield min(size, resamples - first)


def counts_of(drawn: np.ndarray, n: int) -> np.ndarray:
    """How often each of n was drawn, row by row."""
    rows = len(drawn)
    flat = (drawn + n * np.arange(rows)[:, None]).ravel()
    return np.bincount(flat, minlength=rows * n).reshape(rows, n)


def _divide(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.zeros_like(above, dtype=float), where=below != 0)
