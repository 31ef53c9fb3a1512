"""Written dates -> ISO days. dateutil parses them; what is here finds their form and turns them into periods."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from dateutil import parser
from dateutil.relativedelta import relativedelta

MONTHS = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|"
    r"Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
MONTH = rf"{MONTHS}(?![\w’'])"
WEEKDAY = r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thur?s?|Fri|Satur|Sat|Sun)(?:day)?\.?,?\s+(?:the\s+)?)"
DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
YEAR = r"(?:1[6-9]|20)\d\d"
SEASONS = {"spring": (3, 3), "summer": (6, 3), "autumn": (9, 3), "fall": (9, 3), "winter": (12, 3)}
"""The first month and the number of months, as meteorologists count them on the northern half of the world."""

FULL = (
    rf"(?<![\d/.-])(?:{WEEKDAY}?{DAY}\s+(?:of\s+)?{MONTH},?\s+{YEAR}|{WEEKDAY}?{MONTH}\s+(?:the\s+)?{DAY}(?:,\s*|\s+){YEAR}|"
    rf"{YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|{WEEKDAY}?\d{{1,2}}(?:/\d{{1,2}}/|\.\d{{1,2}}\.|-\d{{1,2}}-){YEAR})"
)
"""A day with its month and year."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` to `until`, both inclusive."""

    since: date
    until: date


@cache
def _info() -> parser.parserinfo:
    return parser.parserinfo(dayfirst=True)


def day(written: str) -> date | None:
    """The day that a full date means, day before month in figures; None if there is no such day.

    >>> day("Friday 7th April 2017"), day("12/03/2019"), day("31 February 2019")
    (datetime.date(2017, 4, 7), datetime.date(2019, 3, 12), None)
    """
    written = re.sub(r"(?<=\d)\s+of\b|\bthe\s+", "", written)
    if re.match(r"\d{4}-", written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            return None
    try:
        return parser.parse(written, parserinfo=_info(), default=parser.parse("2000-01-01")).date()
    except (ValueError, OverflowError):
        return None


def month(name: str) -> int:
    """The number of a month.

    >>> month("Sept.")
    9
    """
    number = _info().month(name.rstrip("."))
    if number is None:
        raise ValueError(f"{name!r} is no month")
    return number


def year(number: int) -> Period:
    """All days of a year."""
    return Period(date(number, 1, 1), date(number, 12, 31))


def months(first_year: int, first_month: int, count: int = 1) -> Period:
    """Whole months from the first day of one.

    >>> months(2016, 12, 3).until
    datetime.date(2017, 2, 28)
    """
    first = date(first_year, first_month, 1)
    return Period(first, first + relativedelta(months=count) - timedelta(days=1))


def prefix_period(iso: str) -> Period | None:
    """The days that an ISO date or its prefix allows; None for anything else.

    >>> prefix_period("2017-04").until
    datetime.date(2017, 4, 30)
    """
    match = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", iso[:10])
    if not match:
        return None
    try:
        if match[3]:
            exact = date.fromisoformat(iso[:10])
            return Period(exact, exact)
        return months(int(match[1]), int(match[2])) if match[2] else year(int(match[1]))
    except (ValueError, OverflowError):
        return None
