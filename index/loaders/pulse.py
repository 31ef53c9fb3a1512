"""A sign of life that a loader gives while it does what may rightly take long, such as OCR page after page."""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[float], None]] = []


def beat(more_s: float = 0.0) -> None:
    """Says that work goes on: the time that a file may take is counted anew from here, plus `more_s` for a step
    that has a limit of its own.
    """
    for listener in _listeners:
        listener(more_s)


def listen(listener: Callable[[float], None]) -> None:
    """Calls `listener` at every beat, for as long as the process lives."""
    _listeners.append(listener)
