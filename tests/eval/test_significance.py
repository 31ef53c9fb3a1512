"""The test of two runs against brute force, against SciPy, and against what can be worked by hand."""

import doctest
import importlib
import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import permutation_test

from eval import significance
from eval.significance import TOSSES, holm, paired_p
from eval.summary import NAMES, measures_of
from tests.eval.rows import fact, row


@pytest.mark.parametrize("name", ["significance", "calibration", "settings", "gate", "compare"])
def test_examples_in_docstrings(name):
    assert not doctest.testmod(importlib.import_module(f"eval.{name}")).failed


def found(number, *, at):
    return row(f"q{number}", fact(at=at))


def test_by_hand():
    # Three of five questions lose their fact. Of eight tosses only two give as large a difference: none
    # swapped, and all three.
    old = [found(n, at=250) for n in range(5)]
    new = [found(n, at=None if n < 3 else 250) for n in range(5)]
    assert paired_p(old, new, "fact_recall@250") == 2 / 8
    assert paired_p(new, old, "fact_recall@250") == 2 / 8
    # One more that wins: |lost - won| = 2 or more in 2 * (1 + 4) of 16.
    old.append(found(5, at=None))
    new.append(found(5, at=250))
    assert paired_p(old, new, "fact_recall@250") == 10 / 16


def test_without_a_change_chance_would_always_do():
    rows = [found(n, at=250) for n in range(5)]
    assert {paired_p(rows, rows, name) for name in measures_of([*rows, row("q9")])} == {1.0}


def test_agrees_with_scipy_when_all_tosses_are_made():
    chance = random.Random(3)
    old = [row(f"q{n}", fact(), rr=1 / chance.randint(1, 5)) for n in range(12)]
    new = [replace(r, rr=1 / chance.randint(1, 5)) for r in old]
    scores = np.array([r.rr for r in old]), np.array([r.rr for r in new])
    expected = permutation_test(
        scores,
        lambda a, b, axis: (b - a).mean(axis=axis),
        permutation_type="samples",
        n_resamples=np.inf,
        vectorized=True,
    )
    assert paired_p(old, new, "rr") == pytest.approx(expected.pvalue, abs=1e-12)


def damaged_rows(seed, n):
    """Two runs of n questions that differ in most of what can be measured."""
    chance = random.Random(seed)

    def one(number):
        facts = [
            fact(f"f{i}", at=chance.choice([250, 1000, None]), quoted=chance.random() < 0.5)
            for i in range(number % 3)
        ]
        refused = chance.random() < 0.4
        return row(
            f"q{number}",
            *facts,
            rr=1 / chance.randint(1, 4) if facts else None,
            confidence=chance.choice([0.1, 0.25, 0.5, 0.75, 0.9]),
            status="not_in_documents" if refused else "answered",
            quotes=() if refused else row("x", fact()).quotes * chance.randint(1, 3),
        )

    return [one(number) for number in range(n)], [one(number) for number in range(n)]


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_brute_force_in_every_measure(seed):
    """Whole rows swapped in every way, and every measure computed anew from them."""
    old, new = damaged_rows(seed, 5)
    for name in measures_of(old).keys() & measures_of(new).keys():
        differences = []
        for swapped in itertools.product([False, True], repeat=5):
            a = [y if s else x for s, x, y in zip(swapped, old, new, strict=True)]
            b = [x if s else y for s, x, y in zip(swapped, old, new, strict=True)]
            was, now = value(a, name), value(b, name)
            differences.append(now - was)
        extreme = sum(abs(d) >= abs(differences[0]) - 1e-9 for d in differences)
        # Swapping a question that did not change doubles both counts and leaves the share.
        assert paired_p(old, new, name) == pytest.approx(extreme / 2**5, abs=1e-12), name


def value(rows, name):
    """A measure without its interval, which would take most of the time."""
    from eval.calibration import calibration
    from eval.intervals import auroc, average_precision, ratio
    from eval.summary import RATIOS

    if name in RATIOS:
        pairs = [pair for r in rows if (pair := RATIOS[name](r)) is not None]
        return ratio(pairs, resamples=1).value if pairs else 0.0
    positives = [r.confidence for r in rows if r.answerable]
    negatives = [r.confidence for r in rows if not r.answerable]
    if name == "refusal_auroc":
        return auroc(positives, negatives, resamples=1).value
    if name == "refusal_auprc":
        return average_precision([-c for c in negatives], [-c for c in positives], resamples=1).value
    return calibration([(r.confidence, r.answerable) for r in rows], resamples=1).value


def test_drawn_tosses_come_near_the_exact_share_and_are_the_same_twice(monkeypatch):
    old, new = damaged_rows(1, 13)
    exact = {name: paired_p(old, new, name) for name in ("rr", "refusal_auroc", "calibration")}
    # With as few tosses allowed, they are drawn; the seed is fixed.
    monkeypatch.setattr(significance, "TOSSES", 4000)
    drawn = {name: paired_p(old, new, name) for name in exact}
    assert drawn == pytest.approx(exact, abs=0.03)
    assert drawn == {name: paired_p(old, new, name) for name in exact}


def test_a_hundred_losses_are_never_impossible():
    old = [found(n, at=250) for n in range(100)]
    new = [found(n, at=None) for n in range(100)]
    assert paired_p(old, new, "fact_recall@250") == 1 / (TOSSES + 1)


def test_chance_alone_is_rarely_significant():
    """Two runs that are equally good differ at 5 % in about one case of twenty: here in 300 pairs of runs."""
    chance = random.Random(7)
    alarms = 0
    for _ in range(300):
        pairs = [(chance.random() < 0.7, chance.random() < 0.7) for _ in range(40)]
        old = [found(n, at=250 if a else None) for n, (a, _) in enumerate(pairs)]
        new = [found(n, at=250 if b else None) for n, (_, b) in enumerate(pairs)]
        alarms += paired_p(old, new, "fact_recall@250") <= 0.05
    assert 1 <= alarms <= 24  # 15 expected at most; 24 is 2.4 standard deviations more


class TestHolm:
    def test_by_hand(self):
        # .01 * 4; .02 * 3; .03 * 2 would be less than the one before; .5 * 1.
        corrected = holm({"a": 0.03, "b": 0.01, "c": 0.5, "d": 0.02})
        assert corrected == {"a": 0.06, "b": 0.04, "c": 0.5, "d": 0.06}

    def test_no_more_than_one_and_nothing_of_nothing(self):
        assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}
        assert holm({}) == {}


def test_every_name_can_be_tested():
    old, new = damaged_rows(2, 6)
    for name in NAMES:
        assert 0 < paired_p(old, new, name) <= 1
