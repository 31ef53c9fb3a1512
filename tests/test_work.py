"""The guards of the tests themselves: what grows too fast and what does not end is found."""

from __future__ import annotations

import re
import signal
import sys

import pytest

from index.deadline import TooLongError, deadline
from tests.work import ends, grows_in_step, steps


def forever() -> None:
    while True:
        pass


@pytest.mark.parametrize("work", [forever, lambda: re.match(r"(a+)+b", "a" * 60)], ids=["loop", "pattern"])
def test_what_does_not_end_fails(work) -> None:
    before = signal.getsignal(signal.SIGPROF)
    with pytest.raises(pytest.fail.Exception, match=r"at work for 0\.1 s"), ends(0.1):
        work()
    assert signal.getsignal(signal.SIGPROF) is before and signal.getitimer(signal.ITIMER_PROF) == (0, 0)


def test_a_deadline_within_is_another() -> None:
    with ends(20), pytest.raises(TooLongError), deadline(0.1):
        forever()


def test_steps_are_the_same_each_time() -> None:
    before = sys.gettrace()
    assert steps(lambda: sum(n for n in range(50))) == steps(lambda: sum(n for n in range(50))) > 50
    assert sys.gettrace() is before


@pytest.mark.parametrize(
    ("work", "linear"),
    [
        (lambda given: [n + 1 for n in given], True),
        (lambda given: sorted(given), True),
        (lambda given: [n for n in given if any(m == n for m in given)], False),
        (lambda given: [[m for m in given if m > n] for n in given], False),
        (lambda given: [max(given[:n], default=0) for n in given], True),  # native code takes no steps
    ],
)
def test_what_grows_with_the_square_is_told(work, linear) -> None:
    assert grows_in_step(work, lambda n: list(range(n)), 60) is linear
