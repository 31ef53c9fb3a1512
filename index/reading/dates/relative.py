"""Dates that only the day of publication makes one: "last month", "two years ago", "in June", "on 22 July"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from index.reading.dates.calendar import DAY, MONTH, WEEKDAY, YEAR, Period, month, months, prefix_period, year

_NUMBERS = re.findall(
    r"\w+",
    """a an one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty""",
)
_COUNTS = {word: max(1, i - 1) for i, word in enumerate(_NUMBERS)}
_NUMBER = rf"(?:{'|'.join(_NUMBERS)}|\d{{1,2}})"

RELATIVE = re.compile(
    rf"\b(?:(?P<which>[Ll]ast|[Tt]his|[Nn]ext)\s(?P<unit>week|month|year)\b(?!\s(?:of|in)\s)|"
    rf"(?P<count>(?i:{_NUMBER}))\s(?P<ago_unit>days?|weeks?|months?|years?)\s(?P<ago>ago|earlier\sthis)\b|"
    rf"(?P<single>[Yy]esterday|[Tt]oday|[Tt]omorrow)\b(?![’'])|"
    rf"(?P<a>{WEEKDAY}?{DAY})(?:\s(?P<ma>{MONTH}))?(?:\s?(?:–|-|to|and|until)\s?)(?P<b>{DAY})\s(?P<mb>{MONTH})"
    rf"(?!,?\s(?:of\s)?{YEAR})|"
    rf"(?P<d>{WEEKDAY}?{DAY})\s(?:of\s)?(?P<dm>{MONTH})(?!,?\s(?:of\s)?{YEAR})|"
    rf"(?P<usm>{MONTH})\s(?P<usd>{DAY})(?![\w,.:/-]*\d)(?!,?\s{YEAR})|"
    rf"(?i:in|since|by|until|last|during|from|of|late|early|mid|next|this)[\s-](?P<m>{MONTH})"
    rf"(?!,?\s+(?:of\s+)?{YEAR}|\s(?:{DAY})(?!\d)|\s[A-Z]))"
)
_FUTURE = re.compile(
    r"\b(?:will|next|due|by|until|plans?|planned|planning|expected|scheduled|shall|upcoming|coming|later|going\sto|to\sbe|"
    r"deadline|from|forthcoming)\b[^.!?;]*$",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:last|was|were|had|since|ago|did|found|took|began|left|held|said)\b[^.!?;]*$", re.IGNORECASE
)


def relative(passage: str, published: str) -> Iterator[tuple[int, int, Period]]:
    """Where a passage speaks of a time relative to its publication, and which days that is.

    A day or month without a year is the last one up to the publication, or the next one where the sentence looks
    ahead ("will", "due"). Nothing is told that `published` is not exact enough for.

    >>> [(str(p.since), str(p.until)) for _, _, p in relative("Two years ago, and in March.", "2019-07-22")]
    [('2017-01-01', '2017-12-31'), ('2019-03-01', '2019-03-31')]
    """
    known = prefix_period(published)
    if known is None:
        return
    precision = min(len(published), 10)  # 4: year, 7: month, 10: day
    for match in RELATIVE.finditer(passage):
        try:
            period = _period(match, passage, known.since, precision)
        except (ValueError, OverflowError):
            continue
        if period is not None:
            start = match.start("m") if match["m"] else match.start()
            yield start, match.end(), period


def _period(match: re.Match[str], passage: str, now: date, precision: int) -> Period | None:
    if match["unit"]:
        step = {"last": -1, "this": 0, "next": 1}[match["which"].lower()]
        return _unit(match["unit"], step, now, precision)
    if match["count"]:
        count = _COUNTS.get(match["count"].lower()) or int(match["count"])
        return _unit(match["ago_unit"].rstrip("s"), -count, now, precision) if match["ago"] == "ago" else None
    if match["single"]:
        step = {"yesterday": -1, "today": 0, "tomorrow": 1}[match["single"].lower()]
        return _unit("day", step, now, precision)
    if precision < 7:
        return None
    before = passage[max(0, match.start() - 160) : match.start() + 5]
    ahead = bool(_FUTURE.search(before)) and not _PAST.search(before)
    if match["m"]:
        cue = match[0][:4].lower()
        return _month(month(match["m"]), now, ahead=ahead or cue == "next", past=cue == "last")
    if precision < 10:
        return None
    if match["b"]:
        last = _day(match["b"], match["mb"], now, ahead=ahead)
        first = _number(match["a"])
        since = date(last.year, month(match["ma"] or match["mb"]), first)
        if since > last:
            since = since.replace(year=since.year - 1)
        return Period(since, last)
    exact = _day(match["d"] or match["usd"], match["dm"] or match["usm"], now, ahead=ahead)
    return Period(exact, exact)


def _unit(unit: str, step: int, now: date, precision: int) -> Period | None:
    if unit == "year":
        return year(now.year + step)
    if unit == "month":
        then = now + relativedelta(months=step)
        return months(then.year, then.month) if precision >= 7 else None
    if precision < 10:
        return None
    if unit == "week":
        monday = now - timedelta(days=now.weekday()) + timedelta(weeks=step)
        return Period(monday, monday + timedelta(days=6))
    exact = now + timedelta(days=step)
    return Period(exact, exact)


def _number(written: str) -> int:
    found = re.search(r"\d{1,2}", written)
    if found is None:
        raise ValueError(written)
    return int(found[0])


def _day(written: str, name: str, now: date, *, ahead: bool) -> date:
    number = _number(written)
    this = date(now.year, month(name), number)
    # A few days ahead is more often a date about to come than one of a year ago.
    if ahead:
        return this if this >= now else this.replace(year=now.year + 1)
    return this if this <= now + timedelta(days=31) else this.replace(year=now.year - 1)


def _month(number: int, now: date, *, ahead: bool, past: bool) -> Period:
    this = now.year
    if ahead and not past and number < now.month:
        this += 1
    elif (number > now.month and not ahead) or (past and number >= now.month):
        this -= 1
    return months(this, number)
