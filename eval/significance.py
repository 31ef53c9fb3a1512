"""Would chance do? The paired randomisation test over questions, and Holm's correction over measures.

If two runs were equally good, which of a question's two results came from which run would be a coin's toss. So
the tosses are made: for every question that changed, its two results are swapped or not, the difference of the
measure is computed anew, and p is the share of tosses with a difference at least as large, either way, as the
one observed (Fisher's test as recommended for retrieval by Smucker, Allan and Carterette, "A Comparison of
Statistical Significance Tests for Information Retrieval Evaluation", CIKM 2007). All tosses are made where
there are at most 10,000 (13 questions that changed); else 10,000 are drawn with a fixed seed, and the observed
one counts as one of them, so that p is never 0 (Phipson and Smyth, 2010).

What is swapped is a question's whole result. For a ratio of sums that is its pair of numbers, so that the test
is of the ratio itself and a question with six facts weighs what it weighs in the measure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from scipy.stats import rankdata

from eval.calibration import gaps_by_bin
from eval.intervals import SEED, average_precisions, blocks
from eval.summary import AUPRC, AUROC, CALIBRATION, RATIOS
from eval.types import Row

TOSSES = 10_000
_SAME = 1e-9
"""Differences closer than this are the same: sums differ in their last bits with the order of addition."""

Difference = Callable[[np.ndarray], np.ndarray]
"""The new measure minus the old for each row of swaps (r, changed), where True swaps a question's results."""


def paired_p(old: Sequence[Row], new: Sequence[Row], name: str) -> float:
    """The two-sided p-value of a measure's change; `old` and `new` hold the same questions in the same order."""
    if name in RATIOS:
        changed, difference = _ratio(old, new, name)
    else:
        changed, difference = _of_confidence(old, new, name)
    if not changed:
        return 1.0
    observed = abs(difference(np.zeros((1, changed), dtype=bool))[0])
    extreme = sum(int((np.abs(difference(swaps)) >= observed - _SAME).sum()) for swaps in _swaps(changed))
    if 2**changed <= TOSSES:
        return float(extreme / 2**changed)
    return (extreme + 1) / (TOSSES + 1)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """The p-values corrected so that the chance of any false alarm among them stays below alpha.

    Holm, "A Simple Sequentially Rejective Multiple Test Procedure", 1979: the smallest of m is multiplied by
    m, the next by m - 1 and so on, none less than the one before.

    >>> holm({"a": 0.01, "b": 0.04, "c": 0.03})
    {'a': 0.03, 'b': 0.06, 'c': 0.06}
    """
    corrected: dict[str, float] = {}
    least = 0.0
    for before, name in enumerate(sorted(p_values, key=lambda name: (p_values[name], name))):
        least = max(least, min(1.0, (len(p_values) - before) * p_values[name]))
        corrected[name] = round(least, 12)
    return {name: corrected[name] for name in p_values}


def _ratio(old: Sequence[Row], new: Sequence[Row], name: str) -> tuple[int, Difference]:
    """How many questions changed, and the difference of a ratio of sums when some of them are swapped."""
    # A question that does not count in a run adds nothing to it, above or below.
    before = np.array([RATIOS[name](row) or (0, 0) for row in old], dtype=float).reshape(-1, 2)
    after = np.array([RATIOS[name](row) or (0, 0) for row in new], dtype=float).reshape(-1, 2)
    moved = (after - before)[(before != after).any(axis=1)]
    was, now = before.sum(axis=0), after.sum(axis=0)

    def difference(swaps: np.ndarray) -> np.ndarray:
        shift = swaps @ moved
        return _divide(now - shift) - _divide(was + shift)

    return len(moved), difference


def _divide(sums: np.ndarray) -> np.ndarray:
    above, below = sums[:, 0], sums[:, 1]
    return np.divide(above, below, out=np.zeros_like(above), where=below > _SAME)


def _of_confidence(old: Sequence[Row], new: Sequence[Row], name: str) -> tuple[int, Difference]:
    """The same for what compares the confidence in answerable questions with that in the others."""
    pairs = [
        (row.confidence, other.confidence, row.answerable)
        for row, other in zip(old, new, strict=True)
        if row.confidence is not None and other.confidence is not None
    ]
    before = np.array([pair[0] for pair in pairs])
    after = np.array([pair[1] for pair in pairs])
    answerable = np.array([pair[2] for pair in pairs])
    changed = np.flatnonzero(before != after)
    if name == CALIBRATION:
        gaps_before = gaps_by_bin([(c, a) for c, _, a in pairs])
        gaps_after = gaps_by_bin([(c, a) for _, c, a in pairs])
        moved = (gaps_after - gaps_before)[changed]

        def of_gaps(swaps: np.ndarray) -> np.ndarray:
            shift = swaps @ moved
            was, now = gaps_before.sum(axis=0) + shift, gaps_after.sum(axis=0) - shift
            return np.asarray((np.abs(was).sum(axis=1) - np.abs(now).sum(axis=1)) / len(pairs))

        return len(changed), of_gaps
    statistic = {AUROC: _areas, AUPRC: lambda c, a: average_precisions(-c, ~a)}[name]

    def of_ranks(swaps: np.ndarray) -> np.ndarray:
        was = np.repeat(before[None], len(swaps), axis=0)
        now = np.repeat(after[None], len(swaps), axis=0)
        was[:, changed] = np.where(swaps, after[changed], before[changed])
        now[:, changed] = np.where(swaps, before[changed], after[changed])
        return statistic(now, answerable) - statistic(was, answerable)

    return len(changed), of_ranks


def _areas(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The area under the ROC curve of each row of scores, by the ranks of its positives (Mann and Whitney)."""
    positives, negatives = int(labels.sum()), int((~labels).sum())
    ranks = rankdata(scores, axis=1)[:, labels].sum(axis=1)
    return np.asarray((ranks - positives * (positives + 1) / 2) / (positives * negatives))


def _swaps(changed: int) -> Iterator[np.ndarray]:
    """All ways to swap so many questions, or 10,000 drawn ones, a block at a time: (r, changed) booleans."""
    if 2**changed <= TOSSES:
        yield (np.arange(2**changed)[:, None] >> np.arange(changed)) & 1 == 1
        return
    state = np.random.RandomState(SEED)
    for rows in blocks(changed, TOSSES):
        yield state.randint(0, 2, size=(rows, changed)) == 1
