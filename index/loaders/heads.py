"""Which cells of a table name others, told from what the cells say alone, for files that do not say it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEAD_CHARS = 60
_LABEL_CHARS = 120
_SHARE = 0.6  # of the cells below heads that are figures; a few are always "n/a" or "-"
_FIGURE = re.compile(
    r"[(<>~≈±+−–-]?\s*(?:[£$€]|[A-Z]{3}\s)?\s*[(+−–-]?\d[\d\s.,:/–-]*(?:%|[a-z]{1,3}|bn|million|per cent)?\)?[*†‡]?"
)
_PERIOD = re.compile(
    r"(?:(?:FY|Q[1-4]|H[12]|[A-Z][a-z]{2,8}\.?)\s*)?(?:19|20)\d\d(?:\s*[-–/]\s*(?:\d\d|\d{4}))?|Q[1-4]|H[12]"
)


def is_figure(text: str) -> bool:
    """Whether a cell holds a number, a share or a sum and hardly a word.

    >>> [is_figure(text) for text in ("4,120", "£1.2m", "12%", "(3)", "2015-16", "Q1 results", "Good")]
    [True, True, True, True, True, False, False]
    """
    return bool(_FIGURE.fullmatch(text.strip()))


def first_row_names(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: short words, or periods, above rows of figures.

    Two columns take more to convince: "Staff | 40" under "Area | North" would be two labels with their values.

    >>> first_row_names([["Year", "Referrals"], ["2016", "4,120"], ["2017", "4,310"]])
    True
    >>> first_row_names([["Overall effectiveness", "Inadequate"], ["Leadership", "Inadequate"]])
    False
    >>> first_row_names([["", "2015", "2016"], ["Referrals", "4,120", "4,310"]])
    True
    """
    if len(rows) < 2:
        return False
    first, *below = rows
    heads = [text for text in first[1:] if text]
    wide = len(first) > 2
    if len(heads) < len(first) - 1 or any(len(text) > _HEAD_CHARS for text in first):
        return False
    if len({*heads, first[0]}) < len(heads) + 1 or is_figure(first[0]):
        return False
    periods = all(_PERIOD.fullmatch(text) for text in heads)
    if any(is_figure(text) and not (wide and periods) for text in heads):
        return False
    cells = [text for row in below for text in row[1:] if text]
    figures = sum(map(is_figure, cells))
    if wide:
        words = not any(c.isdigit() for text in heads for c in text)
        return words or (bool(cells) and figures > _SHARE * len(cells))
    dated = all(is_figure(row[0]) for row in below if row and row[0])
    return bool(cells) and figures == len(cells) and (dated or len(below) > 2)


def first_column_names(rows: Sequence[Sequence[str]]) -> bool:
    """Whether each row of two cells is a label with its value.

    >>> first_column_names([["Overall effectiveness", "Inadequate"], ["Leadership", "Good"]])
    True
    >>> first_column_names([["2016", "4,120"]])
    False
    """
    full = [row for row in rows if sum(map(bool, row)) > 1]
    return bool(full) and all(
        len(row) == 2
        and any(c.isalpha() for c in row[0])
        and len(row[0]) <= _LABEL_CHARS
        and not row[0].endswith((".", "!", ";", ","))
        for row in full
    )
