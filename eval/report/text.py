"""Other people's words, made fit for a terminal, a table cell or an XML file."""

from __future__ import annotations

import re

# What XML 1.0 cannot hold, what a terminal would obey, and halves of characters, which no file can hold.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """The text with a replacement character for each that cannot be shown.

    >>> clean("red: \\x1b[31m")
    'red: �[31m'
    """
    return _UNPRINTABLE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """The same on one line, with single spaces."""
    return " ".join(clean(text).split())


def short(text: str, width: int = 80) -> str:
    """The same, cut to a width."""
    text = one_line(text)
    return text if len(text) <= width else text[: width - 1] + "…"


def signed(change: float) -> str:
    """A change with its sign; none is 0.000 and never -0.000.

    >>> signed(-0.0001), signed(0.25)
    ('0.000', '+0.250')
    """
    text = f"{change:+.3f}"
    return text[1:] if float(text) == 0 else text


def chance(p: float) -> str:
    """A p-value as papers print it.

    >>> chance(0.0002), chance(0.04)
    ('<0.001', '0.040')
    """
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def count(number: int, noun: str) -> str:
    """A number with its noun.

    >>> count(1, "question"), count(2, "question")
    ('1 question', '2 questions')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
