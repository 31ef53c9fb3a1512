"""A passage -> the days and periods it speaks of, for filters and timelines.

Patterns decide where a date stands, so that "2017 children" and "section 2017" are none; a year alone counts only
where the words around it make it one. What is relative ("last month") needs the day of publication, and is left
alone without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from index.reading.dates.calendar import (
    DAY,
    FULL,
    MONTH,
    SEASONS,
    WEEKDAY,
    YEAR,
    Period,
    day,
    month,
    months,
    year,
)
from index.reading.dates.relative import RELATIVE, relative
from index.types import Mention

_TO = r"(?:\s*(?:–|—|-|to|until|till|and|through)\s*)"
_DASH = r"\s?[–—-]\s?"
_SEASON = "|".join(SEASONS)
# What makes a number before it a count and no year: "in 2012 cases", "from 1900 to 2000 pupils".
_COUNTED = (
    r"(?!\s*(?:%|per\s?cent|percent|(?:of\s+(?:the|these|those|them|our|all)|more|other|new|different|separate|such|"
    r"children|people|men|women|pupils|students|patients|residents|homes|households|families|cases|instances|"
    r"occasions|schools|words|pages|places|jobs|beds|respondents|adults|staff|hours|hrs|miles|metres|meters|km|kg|"
    r"pounds|dollars|euros|million|billion|thousand|units|copies|items|visits|referrals|assessments|inspections|"
    r"deaths|votes|members|workers|employees|responses)\b(?![’'])))"
)
_BARE = rf"(?<![\w£$€#.,/:-])(?:{YEAR})(?![\w%/:°]|[.,]\d|-\d)"
_IN = (
    r"\b(?P<cue>[Ii]n|[Ss]ince|[Bb]y|[Uu]ntil|[Tt]ill|[Ff]rom|[Dd]uring|[Bb]efore|[Aa]fter|[Tt]hroughout|[Aa]round|"
    r"[Ee]arly|[Ll]ate|[Mm]id|of|[Ff]or|[Tt]o|[Tt]he\syear|[Bb]etween|[Ii]n\s(?:early|late|mid|about|around))(?:\s|-)"
)
_NAMED = (
    r"(?i:report|inspection|review|act|budget|census|survey|election|judgement|judgment|audit|plan|strategy|"
    r"referendum|programme|conference|season|edition|statement|riots?|strike|flood|fire|ofsted|figures?|data|"
    r"results?|recommendations?|findings?|agreement|guidance|regulations|accounts|settlement|summit|olympics|crisis)"
)
_RANGE_GOES_ON = re.compile(r"\s+(?:to|and)\s+[£$€]?\d")
_AND_YEAR = re.compile(rf"(?:,|,?\sand|\sor)\s(?P<cued>{_BARE}){_COUNTED}")

_Read = Callable[["re.Match[str]"], "Period | None"]


def _range_of_days(match: re.Match[str]) -> Period | None:
    """ "10 to 21 June 2019", "23 January to 16 February 2017", "3 May 2016 to 4 June 2017"."""
    last = day(f"{match['d2']} {match['m2']} {match['y2']}")
    first = day(f"{match['d1']} {match['m1'] or match['m2']} {match['y1'] or match['y2']}")
    if first and last and first > last and not match["y1"]:  # "20 December to 3 January 2018"
        first = day(f"{match['d1']} {match['m1'] or match['m2']} {int(match['y2']) - 1}")
    return Period(first, last) if first and last and first <= last else None


def _range_of_months(match: re.Match[str]) -> Period | None:
    until = months(int(match["yb"]), month(match["mb"])).until
    since = date(int(match["ya"] or match["yb"]), month(match["ma"]), 1)
    if since > until and not match["ya"]:
        since = since.replace(year=since.year - 1)
    return Period(since, until) if since <= until else None


def _range_of_years(match: re.Match[str]) -> Period | None:
    first, last = int(match["yf"]), int(match["yt"])
    return Period(date(first, 1, 1), date(last, 12, 31)) if first < last <= first + 400 else None


def _split_year(match: re.Match[str]) -> Period | None:
    """ "2015-16": a financial year from April where it is said so or nothing is, an academic one from September."""
    first = int(match["sy"])
    if int(match["sz"]) % 100 != (first + 1) % 100:
        return None
    kind = (match["kind"] or match["kind2"] or "").lower()
    if "academic" in kind or "school" in kind:
        return months(first, 9, 12)
    if kind:
        return months(first, 4, 12)
    return Period(date(first, 1, 1), date(first + 1, 12, 31))


def _decade(match: re.Match[str]) -> Period | None:
    first = int(match["dec"])
    part = (match["part"] or "").lower()
    offset, span = {"early": (0, 4), "mid": (3, 4), "late": (6, 4)}.get(part, (0, 10))
    return Period(date(first + offset, 1, 1), date(first + offset + span - 1, 12, 31))


def _season(match: re.Match[str]) -> Period | None:
    first, count = SEASONS[match["season"].lower()]
    return months(int(match["season_year"]), first, count)


def _quarter(match: re.Match[str]) -> Period | None:
    name = (match["q"] or match["quarter"]).lower()
    number = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "final": 4}.get(name) or int(name)
    return months(int(match["qy"]), 3 * number - 2, 3)


def _cued(match: re.Match[str]) -> Period | None:
    """ "in 2012", but not the first half of "from 1900 to 2000 pupils"."""
    opens_range = match["cue"].lower() in ("from", "between") and _RANGE_GOES_ON.match(
        match.string, match.end()
    )
    return None if opens_range else year(int(match["cued"]))


def _full(match: re.Match[str]) -> Period | None:
    exact = day(match["full"])
    return Period(exact, exact) if exact else None


_FORMS: tuple[tuple[str, _Read], ...] = (
    (
        rf"{WEEKDAY}?(?P<d1>{DAY})(?:\s+(?:of\s+)?(?P<m1>{MONTH}))?(?:,?\s+(?P<y1>{YEAR}))?{_TO}{WEEKDAY}?"
        rf"(?P<d2>{DAY})\s+(?:of\s+)?(?P<m2>{MONTH}),?\s+(?P<y2>{YEAR})(?!\d)",
        _range_of_days,
    ),
    (rf"(?P<full>{FULL})(?!\d|/)", _full),
    (
        rf"(?P<ma>{MONTH})(?:,?\s+(?P<ya>{YEAR}))?{_TO}(?P<mb>{MONTH}),?\s+(?:of\s+)?(?P<yb>{YEAR})(?![\d-])",
        _range_of_months,
    ),
    (
        rf"(?P<mon>{MONTH}),?\s+(?:of\s+)?(?P<mon_year>{YEAR})(?![\d%/]|[.,]\d)",
        lambda m: months(int(m["mon_year"]), month(m["mon"])),
    ),
    (rf"\b(?i:(?P<season>{_SEASON}))(?:\sterm)?(?:\s+of)?\s+(?P<season_year>{YEAR})(?![\d/-])", _season),
    (
        rf"(?:\bQ(?P<q>[1-4])|\b(?i:(?P<quarter>first|second|third|fourth|last|final)\squarter)(?:\s+of)?)\s+"
        rf"(?P<qy>{YEAR})(?!\d)",
        _quarter,
    ),
    (
        rf"(?:(?P<kind>(?i:financial|fiscal|tax|budget|academic|school))\s(?i:year)s?\s(?:of\s|in\s)?)?"
        rf"(?<![\w£$€#.,/:-])(?P<sy>{YEAR})(?:[–—/-])(?P<sz>\d\d(?:\d\d)?)(?![\w%/:°–—-]|[.,]\d)"
        rf"(?:\s(?P<kind2>(?i:financial|fiscal|tax|budget|academic|school))\s(?i:year))?",
        _split_year,
    ),
    (
        rf"(?:\b(?i:between|from)\s+)(?P<yf>{_BARE})\s+(?:and|to|until|till)\s+(?P<yt>{_BARE}){_COUNTED}",
        _range_of_years,
    ),
    (
        rf"(?<![\w£$€#.,/:-])(?P<yf>{YEAR})(?:[–—-]|\sto\s)(?P<yt>{YEAR})(?![\w%/:°–—-]|[.,]\d){_COUNTED}",
        _range_of_years,
    ),
    (r"(?:\b(?P<part>(?i:early|mid|late))[\s-])?(?<![\w£$€.,-])(?P<dec>(?:1[6-9]|20)\d0)[’']?s\b", _decade),
    (rf"{_IN}(?P<cued>{_BARE}){_COUNTED}", _cued),
    (rf"\((?P<bracketed>{YEAR})\)", lambda m: year(int(m["bracketed"]))),
    (rf"(?P<naming>{_BARE})(?=\s(?:[A-Za-z]+\s)?{_NAMED}\b)(?!\s[Aa]ct\b)", lambda m: year(int(m["naming"]))),
)


def _renamed(pattern: str, n: int) -> str:
    """A pattern whose groups have names of their own among all the patterns."""
    return re.sub(r"\(\?P<(\w+)>", rf"(?P<\1_{n}>", pattern)


_ANY = re.compile("|".join(f"(?P<form_{n}>{_renamed(p, n)})" for n, (p, _) in enumerate(_FORMS)))
_EACH = tuple((re.compile(pattern), read) for pattern, read in _FORMS)
_SINCE = re.compile(r"\b[Ss]ince\s+(?:the\s+|about\s+|early\s+|late\s+|at\sleast\s+)?$")
_WORTH_A_LOOK = re.compile(rf"{YEAR}|{RELATIVE.pattern}")
_NOT_A_DATE = re.compile(
    r"(?:(?:section|sections|paragraph|para|page|pages|room|no|number|ref|reference|tel|telephone|phone|fax|call|"
    r"figure|table|appendix|chapter|regulation|article|clause|rule|version|form|isbn|line|extension|ext)\.?:?\s*|"
    r"[£$€#+]\s?|\d[\s,.]|/)$",
    re.IGNORECASE,
)


def mentions(text: str, start: int, end: int, published: str = "") -> tuple[Mention, ...]:
    """The dates and periods that characters `start` to `end` of a text speak of, in order and without overlap.

    `published` is the ISO date of the document or its prefix: what is relative is counted from it, as far as it is
    exact enough, and "since 2015" runs until then. Dates in figures are read day first.

    >>> [(m.since, m.until) for m in mentions("In 2012 it was good; by 7 April 2017 it was not.", 0, 48)]
    [('2012-01-01', '2012-12-31'), ('2017-04-07', '2017-04-07')]
    """
    passage = text[start:end]
    if not _WORTH_A_LOOK.search(passage):
        return ()
    found = list(_absolute(passage, published))
    taken = [(mention.start, mention.end) for mention in found]
    for a, b, period in relative(passage, published):
        if not any(a < y and x < b for x, y in taken):
            found.append(_mention(a, b, period))
    found.sort(key=lambda mention: mention.start)
    return tuple(Mention(m.start + start, m.end + start, m.since, m.until) for m in found)


def _absolute(passage: str, published: str) -> Iterator[Mention]:
    at = 0
    while match := _ANY.search(passage, at):
        own, period = _read(passage, match)
        if period is None or own is None:
            at = match.start() + 1
            continue
        yield _since(passage, own, period, published)
        at = own.end()
        while "cued" in own.groupdict() and (own := _AND_YEAR.match(passage, at)):  # "in 2012, 2013 and 2014"
            yield _mention(*own.span("cued"), year(int(own["cued"])))
            at = own.end()


def _read(passage: str, match: re.Match[str]) -> tuple[re.Match[str] | None, Period | None]:
    """The first form that makes sense of what begins there: "2012-17" may be a range where it is no split year."""
    first = next(i for i in range(len(_FORMS)) if match[f"form_{i}"] is not None)
    for pattern, read in _EACH[first:]:
        own = pattern.match(passage, match.start())
        if own and not _NOT_A_DATE.search(passage[max(0, own.start() - 14) : own.start()]):
            try:
                period = read(own)
            except (ValueError, OverflowError):
                continue
            if period is not None:
                return own, period
    return None, None


def _since(passage: str, match: re.Match[str], period: Period, published: str) -> Mention:
    groups = match.groupdict()
    cue = groups.get("cue")
    # "in 2012": the year alone is the date. "since 2015": all the time since.
    start = match.start("cued") if cue is not None else match.start()
    if groups.get("bracketed"):
        start, end = match.span("bracketed")
    else:
        end = match.end()
    before = passage[max(0, start - 20) : start]
    opened = _SINCE.search(before)
    if opened and len(published) == 10 and published > period.since.isoformat():
        return Mention(start - len(opened[0]), end, period.since.isoformat(), published)
    return Mention(start, end, period.since.isoformat(), period.until.isoformat())


def _mention(start: int, end: int, period: Period) -> Mention:
    return Mention(start, end, period.since.isoformat(), period.until.isoformat())
