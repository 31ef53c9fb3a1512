"""A limit of time for work in this process that nothing else could end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_AGAIN = 0.5


class TooLongError(Exception):
    """The work within a deadline took longer than it allows."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raises TooLongError within the block when it is at work for longer than so many seconds.

    Pure Python and regular expressions are interrupted at once, other native code when it returns. Only the main
    thread can be interrupted: in another one, and where there are no such signals, there is no limit.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        raise TooLongError(f"took longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, end)
    # Again and again: an exception is lost that is raised while Python runs a finaliser.
    left, _ = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:  # an alarm that someone else has set goes on
            signal.setitimer(signal.ITIMER_REAL, left)
