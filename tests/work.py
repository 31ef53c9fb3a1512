"""That work grows in step with its input, told without a clock.

How long something takes is no test: that depends on the machine and on what else it does, and has its place in the
benchmarks. How many lines of Python run is the same each time, so that work which grows with the square of its
input shows on small inputs. What native code and regular expressions do shows only in time: on an input so large
that linear work takes a second and squared work minutes or hours, a guard that lies far from both tells them apart.
"""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any

import pytest

_AGAIN = 0.5


@contextmanager
def ends(cpu_s: float = 30) -> Iterator[None]:
    """Fails the test when this process has worked for so many seconds in the block and is not through.

    Its own processor time counts, not the clock's: what else the machine does adds none to it. Python and regular
    expressions are interrupted at once, other native code when it returns. The timer is not that of
    `index.deadline`, which may be at work within. For the main thread; whoever sleeps is not noticed.
    """

    def fail(number: int, frame: FrameType | None) -> None:
        pytest.fail(f"at work for {cpu_s:g} s of processor time and not through")

    before = signal.signal(signal.SIGPROF, fail)
    # Again and again: what is raised while Python runs a finaliser is lost.
    signal.setitimer(signal.ITIMER_PROF, cpu_s, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def steps(work: Callable[[], object]) -> int:
    """How many lines, calls and returns of Python it takes; loops within one line count each time round."""
    count = 0

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    before, collected = sys.gettrace(), gc.isenabled()
    gc.disable()  # what is called back when garbage is collected is no part of it
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
        if collected:
            gc.enable()
    return count


def grows_in_step(work: Callable[[Any], object], make: Callable[[int], Any], size: int) -> bool:
    """Whether four times the input takes about four times the steps; squared work would take sixteen times as many.

    `make(size)` is what `work` is given, which may find it changed: it is made anew each time.
    """
    work(make(size))  # what is loaded or compiled once is so now
    small, large = (steps(partial(work, make(n))) for n in (size, 4 * size))
    print(f"{small} steps for {size}, {large} for {4 * size}")
    return large <= 5 * small + 200
