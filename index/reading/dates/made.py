"""Whether the day on which a file was made tells when its text was published."""

from __future__ import annotations

import re
from datetime import date

from index.reading.dates.calendar import FULL, day

_FULL = re.compile(FULL)
_DAYS = 100


def made_with_its_text(made: str, text: str) -> str:
    """The month ("2024-08") in which a file was made, if its text bears out that it is no later copy; else "".

    A scan, or a file that was converted, is made years after it was published. What is made when it is published
    mostly speaks of a day shortly before: an inspection, a meeting, its own date. Only the month is given, as days
    go by between the making and the publishing.
    """
    try:
        last = date.fromisoformat(made)
    except ValueError:
        return ""
    for found in _FULL.finditer(text):
        spoken_of = day(found[0])
        if spoken_of and 0 <= (last - spoken_of).days <= _DAYS:
            return made[:7]
    return ""
