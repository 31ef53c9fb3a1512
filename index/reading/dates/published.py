"""When a text says that it was published: "Report published: 7 April 2017", a byline's date, a dateline.

Only the beginning and the end of a text are read, since that is where a document dates itself. A date counts by how
it stands: after a word that says so, alone on a line with at most a name beside it, or as the dateline of the first
paragraphs. Dates of inspections, meetings and updates say when something else happened, and so does a range.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.reading.dates.calendar import FULL, MONTH, WEEKDAY, YEAR, day, month
from index.reading.voices.comments import comments
from index.types import Block, Span

_HEAD, _HEAD_LINES = 4000, 40
_TAIL, _TAIL_LINES = 1500, 15
_PARAGRAPH = 160
_LINE = re.compile(r"[^\r\n]+")
_WHEN = re.compile(
    rf"(?P<full>{FULL})(?!\d|[/-]\d)|(?P<month>{MONTH}),?\s+(?:of\s+)?(?P<month_year>{YEAR})(?!\d)|"
    rf"(?<![\w£$.,/-])(?P<year>{YEAR})(?![\w,/-])"
)
_LABEL = re.compile(
    r"(?:(?:(?:report|article|story|press\srelease|statement|document|first|originally|date|was|news|post|blog)\s)*"
    r"(?:published|posted|issued|released|publication\sdate|date\sof\s(?:publication|issue|release|report|judgment)|"
    r"(?:publication|issue|release|report)\sdate|date\s(?:published|posted|issued|released|of\spublication)|"
    r"date|dated|embargoed\suntil|for\simmediate\srelease)"
    r"(?:\s(?:online|by\s[^\d:\n]{1,60}?))?)"
    r"(?P<join>\s*[:|–—-]\s*|\s+(?:on|in|at)?\s*|\s*,\s*)"
    r"(?:(?:\d{1,2}[:.]\d\d\s*(?:[ap]m)?|(?:GMT|BST|UTC))[,\s]*(?:on\s+)?)?"
    r"(?=(?:the\s)?(?:\d|[JFMASOND][a-z]|[TW][a-z]))",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(r"\b(?:publish|publication|issue|release|post|report)", re.IGNORECASE)
_OPENING = re.compile(r"(?:^|[|·•:;.)\]–—-]\s*|\s{2,}|\t|\d\s)$")
_OTHER = re.compile(
    r"\b(?:inspect\w*|updat\w*|modif\w*|review\w*|revis\w*|amend\w*|meeting|event|deadline|clos\w+|expir\w*|hearing|"
    r"heard|due|next|access\w*|retriev\w*|print(?:ed|out)|copyright|birth|born|died|valid|effective|start\w*|ends?\b|"
    r"from|until|between|since|visit\w*|download\w*|captured|fieldwork|period|year\send\w*|last|archiv\w*|"
    r"appointed|elected|comments?)\b|©|\(c\)",
    re.IGNORECASE,
)
_NAME_BESIDE = re.compile(
    r"(?:by\s+|written\sby\s+|words?:?\s+|author:?\s+|posted\sby\s+|from\s+)?"
    r"(?:[^\W\d_][\w.’'&-]*(?:,\s|\s&\s|\s)?){0,8}",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\s*(?:at|@|,|-|–|\|)?\s*\d{1,2}[:.]\d\d(?::\d\d)?\s*(?:[ap]\.?m\.?)?\s*(?:GMT|BST|UTC|[ECMP][SD]T|[+-]\d{4})?|"
    r"\s*(?:at\s)?\d{1,2}\s?[ap]m",
    re.IGNORECASE,
)
_SEPARATORS = " \t\u00a0|·•,–—-/()[]:."
_PLACE = r"(?:[A-Z][A-Z\s.'’-]{2,30}(?:,\s[A-Z][\w.\s]{1,20})?(?:\s\([\w\s./]{2,30}\))?)"
_DATELINE = re.compile(
    rf"(?:{_PLACE},?\s(?:[–—-]\s)?)?\(?(?P<date>{WEEKDAY}?(?:{FULL}))\)?\s*(?:\([\w\s]{{2,30}}\)\s*)?[–—:-]{{1,2}}\s+(?=\S)"
)


def publication_date(text: str, blocks: tuple[Block, ...] = ()) -> tuple[str, Span] | None:
    """The ISO date, or its prefix, that a text gives for its own publication, and where; None if it gives none.

    A date after "published", "posted" and the like is taken before one that stands by itself, and the beginning of
    the text before its end. The dates of readers' comments are not looked at.

    >>> publication_date("Bridge shut\\n\\nInspected: 1 May 2017\\nPublished: 7 July 2017\\n\\nIt was time.")
    ('2017-07-07', Span(start=46, end=57))
    """
    remarks = comments(text, blocks) if len(text) < 2_000_000 else ()
    stop = remarks[0].start if remarks else len(text)
    head = list(_lines(text, 0, min(_HEAD, stop)))[:_HEAD_LINES]
    tail = list(_lines(text, max(0, stop - _TAIL), stop))[-_TAIL_LINES:]
    if head:
        tail = [line for line in tail if line.start > head[-1].start]
    rows = frozenset(block.start for block in blocks if block.kind == "row")
    head, tail = ([line for line in lines if not _is_record(text, line, rows)] for lines in (head, tail))
    for found in (
        _first(_labelled(text, line) for line in head),
        _first(_labelled(text, line) for line in reversed(tail)),
        _byline(text, head[:15]),
        _first(_dateline(text, line) for line in head[:12]),
        _first(_alone(text, line) for line in reversed(tail[-3:])),
    ):
        if found:
            return found
    return None


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    """The lines between two offsets, without white space around them; a cut line at either end is left out."""
    for match in _LINE.finditer(text, start, end):
        cut = (match.start() == start and start > 0 and text[start - 1] not in "\r\n") or (
            match.end() == end and end < len(text) and text[end] not in "\r\n"
        )
        line = match.group()
        if line.isspace() or (cut and match.start() > 0):
            continue
        first = match.start() + len(line) - len(line.lstrip())
        yield Span(first, match.start() + len(line.rstrip()))


def _is_record(text: str, line: Span, rows: frozenset[int]) -> bool:
    """Whether a line is one row of data, whose date is that of a payment or a visit: "Date: 3 May 2021; Paid: 12".

    A row that says "published" is read as any other line is.
    """
    return (
        line.start in rows
        and ";" in text[line.start : line.end]
        and not _PUBLISHED.search(text, line.start, line.end)
    )


def _first(found: Iterator[tuple[str, Span] | None]) -> tuple[str, Span] | None:
    return next((each for each in found if each), None)


def _labelled(text: str, line: Span) -> tuple[str, Span] | None:
    """A date after a label that opens the line, or follows a border in it."""
    for label in _LABEL.finditer(text, line.start, min(line.end, line.start + 600)):
        before = text[line.start : label.start()]
        if not _OPENING.search(before) and "".join(before.split()):
            continue
        word = re.match(r"\w+", label[0].lower())
        colon = bool(re.search(r"[:|–—-]", label["join"]))
        if (
            word
            and word[0] == "date"
            and "of" not in label[0]
            and not colon
            and "publ" not in label[0].lower()
        ):
            continue  # "Date 3 May" alone is as often an event's
        nearest = re.split(r"[|·•;]|\s{2,}|\.\s", before)[-1]
        if _OTHER.search(nearest) and not re.search(r"\d", nearest):
            continue
        when = _WHEN.match(text, label.end(), line.end)
        if when is None:
            continue
        after = text[when.end() : min(line.end, when.end() + 12)]
        if re.match(r"\s*(?:to|and|until|–|—|-)\s*\d", after) and not _TIME.match(after):
            continue  # a range
        # "published in 2012" is about something else; a year alone needs a label of its own.
        if when["year"] and (not colon or text[when.end() : line.end].strip(" .")):
            continue
        if re.search(r"\b(?:in|at)\s*$", label["join"], re.IGNORECASE) and before:
            continue
        iso = _iso(when)
        if iso:
            return iso, Span(*when.span())
    return None


def _byline(text: str, head: list[Span]) -> tuple[str, Span] | None:
    """The one date that stands alone above the text: a standfirst may come before it, and no second paragraph."""
    long = 0
    found: list[tuple[str, Span]] = []
    for line in head:
        long += len(line) > _PARAGRAPH
        if long > 1:
            break
        if each := _alone(text, line):
            found.append(each)
    # Several such lines are a list of other things: comments, entries, meetings.
    return found[0] if found and len({iso for iso, _ in found}) == 1 else None


def _alone(text: str, line: Span) -> tuple[str, Span] | None:
    """The date of a line that holds nothing else but a name, a time and separators."""
    if len(line) > 120:
        return None
    found = list(_WHEN.finditer(text, line.start, line.end))
    if len(found) != 1 or found[0]["year"]:
        return None
    when = found[0]
    before, after = text[line.start : when.start()], text[when.end() : line.end]
    if _OTHER.search(before) or _OTHER.search(after):
        return None
    timed = _TIME.match(after)
    after = after[timed.end() :] if timed else after
    rest = [part.strip(_SEPARATORS) for part in (before, after)]
    if _TIME.fullmatch(rest[0]):
        rest[0] = ""
    rest[0] = re.sub(r"\s+on$", "", rest[0])
    if sum(bool(part) for part in rest) > 1 or not all(_is_byline(part) for part in rest):
        return None
    if when["month"] and any(rest):
        return None  # "Annual report April 2017" is a title
    iso = _iso(when)
    return (iso, Span(*when.span())) if iso else None


def _is_byline(part: str) -> bool:
    """Whether what stands beside a date is a name: every word of it capitalised, or "by" before it."""
    if not part:
        return True
    if not _NAME_BESIDE.fullmatch(part):
        return False
    words = [
        w
        for w in part.split()
        if w.lower() not in ("by", "and", "of", "the", "&", "for", "at", "in", "written")
    ]
    return len(words) <= 6 and all(word[0].isupper() for word in words) and bool(words)


def _dateline(text: str, line: Span) -> tuple[str, Span] | None:
    """The date that a first paragraph begins with: "LONDON, 7 April 2017 – The council ..."."""
    match = _DATELINE.match(text, line.start, line.end)
    if not match:
        return None
    exact = day(match["date"])
    return (exact.isoformat(), Span(*match.span("date"))) if exact else None


def _iso(when: re.Match[str]) -> str:
    if when["full"]:
        exact = day(when["full"])
        return exact.isoformat() if exact else ""
    if when["month"]:
        return f"{when['month_year']}-{month(when['month']):02}"
    return str(when["year"])
