"""Readers' comments under an article, told by structure alone: headers of a name and a date, one after another.

A header is a line such as "2. Ann Lee April 11, 2017 at 4:06 pm #" or "Ann Lee says:" above a line with a date.
Under a heading that opens a section of comments one header is enough; elsewhere a header needs more than a name and
a date (a time of day, "#", "Reply", "says"), and there must be two, since minutes and news lists have such lines too.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass

from dateutil import parser

from index.types import Block, Speech

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
_DATE = (
    rf"(?P<date>{_DAY}(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+\d{{4}}|\d{{4}}-\d\d-\d\d|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{4}}))"
)
_AGO = r"(?P<ago>(?:an?|\d{1,3})\s+(?:second|minute|hour|day|week|month|year)s?\s+ago|yesterday|just now)"
_TIME = (
    r"(?P<time>(?:[T,@|·•–—-]|\s|\bat\b)*\d{1,2}[:.]\d\d(?::\d\d)?\s*(?:[ap]\.?m\.?)?"
    r"(?:\s*\(?(?:GMT|BST|UTC|[ECMP][SD]T)\)?)?|\s*,?\s*(?:at\s+)?\d{1,2}\s*[ap]\.?m\.?)?"
)
_TAIL = (
    r"(?P<tail>(?:\s*(?:#\d*|¶|reply|permalink|link|report(?: (?:abuse|comment))?|flag|like|share|edit|quote|"
    r"log in to reply|↩|says|said|wrote|[|·•:\[\]()\d–—-]))*)\s*$"
)
_BULLET = r"\s*(?:#?\d{1,4}[.):]?\s+|[•·▪◦●‣–—*+-]\s+)?"
_NAME = r"(?P<name>[^\s:.,;|][^\n|•·]{0,59}?)"
_SAYS = r"(?P<says>\s+(?:says?|said|wrote|writes|commented|replied)\b)?"
_REPLYING = r"(?:\s*(?:,|→|>|in)?\s*(?:in\s+)?repl(?:y|ied|ying)\s+to\s+@?[^\n]{1,60}?)?"
_WHEN = rf"(?:{_DATE}{_TIME}|{_AGO})"

_HEADER = re.compile(
    rf"{_BULLET}(?P<posted>(?:(?:comment|posted|reply|left|written)\s+)?by:?\s+)?{_NAME}{_SAYS}{_REPLYING}"
    rf"[\s,|•·:–—()-]*(?:(?:posted\s+)?on\s+)?{_WHEN}{_REPLYING}{_TAIL}",
    re.IGNORECASE,
)
_NAME_LINE = re.compile(rf"{_BULLET}(?P<posted>by:?\s+)?{_NAME}{_SAYS}{_REPLYING}\s*:?\s*$", re.IGNORECASE)
_WHEN_LINE = re.compile(rf"\s*(?:posted\s+)?(?:on\s+)?{_WHEN}{_TAIL}", re.IGNORECASE)
_OPENS = re.compile(
    r"\s*(?:\(?\d[\d,]*\)?\s+(?:\w+\s+)?(?:comments?|responses?|replies|thoughts?)\b.{0,160}|"
    r"(?:\w+\s+){0,2}comments?\s*:?\s*(?:\(?\d[\d,]*\)?)?|"
    r"(?:one|two|three)\s+(?:comments?|responses?|thoughts?|replies)\b.{0,160}|"
    r"(?:responses|replies|discussion|join the discussion|join the conversation|have your say|readers[’'] comments|"
    r"comments? (?:on|from|by|section)\b.{0,120}))\s*$",
    re.IGNORECASE,
)
_CLOSES = re.compile(
    r"\s*(?:leave (?:a|your) (?:reply|comment)|add (?:a|your) comment|post (?:a|your) comment|write a comment|"
    r"comments? (?:are|is) (?:now )?closed|log in to (?:comment|reply|post)|you must (?:be )?log|sign in to comment|"
    r"cancel reply|your e-?mail address will not|related (?:articles|stories|posts|content|news)|"
    r"(?:more|most) (?:from|on|read|popular|viewed)\b|read (?:more|next)|recent (?:posts|comments)|you may also like|"
    r"previous (?:post|article)|next (?:post|article)|older (?:posts|comments)|newer (?:posts|comments)|"
    r"share this|subscribe|sign up|newsletter|about (?:us|this site)|contact us|privacy policy|terms (?:of|and)|©|"
    r"copyright\b).{0,120}$",
    re.IGNORECASE,
)
_LINE = re.compile(r"[^\r\n]+")
_HEADER_CHARACTERS = 200
_SIGN = re.compile(r"[^\W\d]|[#¶↩]")  # in a header's tail; a bare figure is as often a page number
_RUNNING = 3  # lines that say the same, to the minute, are a page's header or footer
# Beside words that say what a date is of: the last line of a letterhead, with its postal code.
_NO_NAME = re.compile(
    r"\b(?:published|updated|posted on|inspection|date|deadline|meeting|modified|reviewed|comments?|responses?|"
    r"printed|accessed|copyright|between|from|until|since)\b|[?!“”\"]|^\d+$|"
    r"^(?:on|in|at|by|the|to|and|or|of|for|till?)\b|^page(?: \d|$)|"
    r"\b[A-Z]{2}\s+\d{5}\b|\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Header:
    start: int
    end: int
    name: str
    published: str
    strong: bool  # it says more than a name and a date
    indent: int
    minute: str = ""  # its name, day and time of day, where it tells them all


def comments(text: str, blocks: tuple[Block, ...]) -> tuple[Speech, ...]:
    """The readers' comments of a text in order, each from its header to its end, without what follows the section.

    `published` is the ISO day of the header, or empty where it says "2 days ago" only.

    >>> body = "A story.\\n\\n2 comments\\n\\nAnn Lee 3 May 2017 at 9:15\\nWell said.\\n\\nBo 4 May 2017 at 10:00\\nNo."
    >>> [(s.speaker, s.published) for s in comments(body, ())]
    [('Ann Lee', '2017-05-03'), ('Bo', '2017-05-04')]
    """
    opens, closes, headers = _scan(text, blocks)
    if not headers:
        return ()
    kept: list[_Header] = []
    section = -1
    for header in headers:
        i = bisect_left(opens, header.start)
        opened = opens[i - 1] if i else -1
        inside = opened >= 0 and _none_between(closes, opened, header.start)
        # Between the section's heading and its first header there is no article, only a line or two.
        near = opened == section or header.start - opened < 1500
        if inside and near:
            section = opened
            kept.append(header)
        elif header.strong:
            kept.append(header)
    if any(header.strong for header in kept):  # a site heads its comments in one way
        kept = [header for header in kept if header.strong]
    if section < 0 and len(kept) < 2:
        return ()
    return tuple(_speeches(text, blocks, kept, sorted([*opens, *closes])))


def header_end(text: str, start: int) -> int:
    """Where the header of a comment ends, which is one line or two; `start` is that of the comment."""
    near = _LINE.finditer(text, start, start + 2 * _HEADER_CHARACTERS + 100)
    lines = [match for match in near if not match.group().isspace()]
    if len(lines) > 1 and not _HEADER.match(lines[0].group().strip()):
        return lines[1].start() + len(lines[1].group().rstrip())
    return lines[0].start() + len(lines[0].group().rstrip()) if lines else start


def _none_between(places: list[int], start: int, end: int) -> bool:
    i = bisect_left(places, start)
    return i == len(places) or places[i] >= end


def _scan(text: str, blocks: tuple[Block, ...]) -> tuple[list[int], list[int], list[_Header]]:
    """Where sections of comments open and close, and every line or pair of lines that can head a comment."""
    opens: list[int] = []
    closes: list[int] = []
    headers: list[_Header] = []
    last: tuple[int, str] | None = None  # the line before: where it starts, what it says
    taken = -1
    for match in _LINE.finditer(text):
        line = match.group()
        if not line or line.isspace():
            continue
        stripped = line.strip()
        if len(stripped) > _HEADER_CHARACTERS:
            last = None
            continue
        start = match.start() + len(line) - len(line.lstrip())
        indent = start - match.start()
        if _OPENS.match(stripped):
            opens.append(start)
        elif _CLOSES.match(stripped):
            closes.append(start)
        header = None
        if any(character.isdigit() for character in stripped) or "ago" in stripped or "yesterday" in stripped:
            found = _HEADER.match(stripped)
            if found and _is_name(found["name"]):
                header = _header(start, match.end(), indent, found, found)
            elif last and last[0] > taken and (when := _WHEN_LINE.match(stripped)):
                above = _NAME_LINE.match(last[1])
                if above and _is_name(above["name"]):
                    header = _header(last[0], match.end(), indent, above, when)
        if header:
            taken = header.start
            headers.append(header)
            last = None
        else:
            last = (start, stripped)
    said = Counter(header.minute for header in headers)
    opened = frozenset(opens)
    headers = [h for h in headers if h.start not in opened and not (h.minute and said[h.minute] >= _RUNNING)]
    return opens, closes, headers


def _header(start: int, end: int, indent: int, named: re.Match[str], when: re.Match[str]) -> _Header:
    """A header from what matched its name and what matched its date; both may be one match."""
    posted = named.re is _HEADER and bool(named["posted"])
    strong = bool(named["says"] or posted or _SIGN.search(when["tail"]) or when["time"])
    name, day = _name(named["name"]), _day(when)
    minute = f"{name}|{day}|{when['time'].strip()}" if day and when["time"] else ""
    return _Header(start, end, name, day, strong, indent, minute)


def _is_name(name: str) -> bool:
    return len(name.split()) <= 7 and not _NO_NAME.search(name) and any(c.isalpha() for c in name)


def _name(name: str) -> str:
    return re.sub(r"\s+(?:says?|said|wrote|on|at)$", "", name.strip(" ,:;-–—(|"))


def _day(found: re.Match[str]) -> str:
    if not found["date"]:
        return ""
    try:
        return parser.parse(found["date"], dayfirst=not found["date"][:4].isdigit()).date().isoformat()
    except (ValueError, OverflowError):
        return ""


def _speeches(
    text: str, blocks: tuple[Block, ...], headers: list[_Header], borders: list[int]
) -> list[Speech]:
    # What belongs to the page and not to a comment ends the last one: furniture, and a heading of its own.
    stops = [
        b.start for b in blocks if b.kind == "furniture" or b.boilerplate or (b.kind == "heading" and b.level)
    ]
    firsts = {header.start for header in headers}
    found: list[Speech] = []
    for i, header in enumerate(headers):
        following = headers[i + 1].start if i + 1 < len(headers) else len(text)
        last = i + 1 == len(headers)
        end = following
        for border in borders[bisect_left(borders, header.end) :][:1]:
            end = min(end, border)
        if last and end == following:
            end = _last_end(text, header, stops, firsts)
        body = text[header.end : end]
        end = header.end + len(body.rstrip(" \t\r\n\u00a0•·◦*-"))
        end = _without_number(text, header.end, end)
        if text[header.end : end].strip():
            found.append(Speech(header.start, end, header.name, "public", header.published))
    return found


def _without_number(text: str, start: int, end: int) -> int:
    """The end of a comment without the next one's list number, where that stands on a line of its own."""
    match = re.search(r"\n\s*#?\d{1,4}[.)]?\s*$", text[max(start, end - 12) : end])
    return max(start, end - 12) + match.start() if match and end < len(text) else end


def _last_end(text: str, header: _Header, stops: list[int], firsts: set[int]) -> int:
    """Where the last comment ends: where lines are indented less than its own, or else at a heading or furniture."""
    lines = [m for m in _LINE.finditer(text, header.end) if not m.group().isspace()]
    indents = [len(m.group()) - len(m.group().lstrip()) for m in lines]
    end = len(text)
    if indents and indents[0] > header.indent:
        for line, indent in zip(lines, indents, strict=True):
            if indent <= header.indent:
                end = line.start()
                break
    for stop in stops[bisect_left(stops, header.end) :]:
        if stop not in firsts:
            return min(end, stop) if text[header.end : stop].strip() else end
    return end
