"""The numbers of a sentence: how much, of what, and how exactly it is said."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from index import Span, words

_UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SIZES = {
    "hundred": 100, "thousand": 1_000, "k": 1_000, "million": 1_000_000, "m": 1_000_000, "mn": 1_000_000,
    "billion": 1_000_000_000, "bn": 1_000_000_000, "dozen": 12,
}  # fmt: skip
_SHARES = {
    "two thirds": 66.7, "three quarters": 75.0, "a third": 33.3, "one third": 33.3, "a quarter": 25.0,
    "one quarter": 25.0, "a half": 50.0, "half": 50.0, "a fifth": 20.0, "one fifth": 20.0, "a tenth": 10.0,
}  # fmt: skip
_WORDED = (
    rf"(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(list(_UNITS)[:9])}))?|{'|'.join(_UNITS)}|an?(?=\s+dozen)"
)
_NUMBER = re.compile(
    rf"""(?<![\w.,/£$€%:-])(?:
        (?P<share>{"|".join(share.replace(" ", "[ -]") for share in _SHARES)})(?=\s+of\b)
        | (?P<one>{"|".join(_UNITS)}|\d{{1,6}})\s+in\s+(?P<every>{"|".join(_UNITS)}|\d{{1,6}})(?![\w,.]*\d)
        | (?P<money>[£$€])?\s?
          (?P<value>\d{{1,3}}(?:,\d{{3}}){{1,4}}(?:\.\d{{1,6}})?|\d{{1,12}}(?:\.\d{{1,6}})?|(?:{_WORDED})\b)
          (?:[\s-]?(?P<size>hundred|thousand|million|billion|dozen|mn|bn|m|k)\b(?!-))?
          (?P<percent>\s?%|\s?per\s?cent\b)?
          (?!\w|[.,:/]\d|\s?(?:am|pm)\b)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_ABOUT = re.compile(r"\b(?:about|around|roughly|approximately|some|circa|an estimated)\s+$", re.IGNORECASE)
_NEARLY = re.compile(r"\b(?:nearly|almost|close to|just under)\s+$", re.IGNORECASE)
_OVER = re.compile(
    r"\b(?:over|more than|at least|above|no fewer than|upwards? of|in excess of)\s+$|[>≥]\s?$", re.IGNORECASE
)
_UNDER = re.compile(
    r"\b(?:under|less than|fewer than|at most|below|up to|no more than|as many as|within|a maximum of)\s+$|[<≤]\s?$",
    re.IGNORECASE,
)
_NO_QUANTITY = re.compile(
    r"(?:\b(?:sections?|paragraphs?|para|pages?|tables?|figures?|articles?|chapters?|part|regulations?|rules?|room|level|grade"
    r"|band|tier|phase|stage|step|item|number|no|aged?|under|over|key stage|question|recommendation|note|version"
    r"|category|ward|zone|class|act|following|these|those|other|first|last|next|all|top)|(?:hundred|thousand)\s+and)\.?\s+$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\s+and\s+(?:\d|[a-z]+(?:een|ty|ve|ee|ne|wo|ur|ix|en|ht)\b)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_AGE = re.compile(r"\s*(?:-|\s)years?[- ]olds?\b|\s*(?:to|–|-|—|or|and)\s*\d", re.IGNORECASE)
_FROM = re.compile(r"\b(?:from|between|ranged|ranging)\s+[£$€]?$", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s+[\w,.%£$€ ]{1,20}\s+(?:and|to)\s+$", re.IGNORECASE)
_TO = re.compile(r"(?:\s+[^\W\d_]+){0,3}\s+(?:to|and)\s+\S*\d", re.IGNORECASE)
_OUT_OF = re.compile(
    rf"\s+(?:out\s+)?of\s+(?:the\s+|its\s+|their\s+|those\s+|these\s+|all\s+)?(?P<whole>\d+|{_WORDED})\b(?!\s*%)",
    re.IGNORECASE,
)
_OF = re.compile(r"\s+of\s+(?:(?:the|its|their|all|our|those|these|his|her)\s+)*", re.IGNORECASE)
_TOKEN = re.compile(r"[ \t\n]+(?:(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*))")
_PLURALS = frozenset(["children", "people", "women", "men", "staff", "police", "youngsters"])
_NEVER_WORDS = """
    was has is its this his hers ours theirs yours does plus across towards perhaps always less unless as us
    whereas afterwards times sometimes besides thus
"""
_NEVER = frozenset(_NEVER_WORDS.split())
_LONGEST_HEAD = 5
_ROUNDED_FROM = 100
"""A whole number of this size or more that ends in noughts may be rounded: 300 may be 333."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number at `span` of its sentence: any value from `low` to `high`, by how exactly it is said.

    `unit` says what kind of quantity it is: "%", a currency, "of 30" for a part of so many, or "" for a count.
    `counted` are the stems of what is counted, the head first; empty where that is not said beside it.
    """

    span: Span
    low: float
    high: float
    unit: str
    counted: tuple[str, ...]

    def agrees(self, other: Figure) -> bool:
        """Whether both may be the same number, said in another way: twelve and 12, £4.2m and £4,230,000."""
        return self.low <= other.high and other.low <= self.high


def figures(sentence: str, taken: tuple[Span, ...] = ()) -> Iterator[Figure]:
    """The quantities in a sentence, in order. `taken` is what is something else: its dates.

    Ages, references ("section 47") and what counts nothing that is named are left out; "one" is, since it is a
    pronoun as often.

    >>> [(f.low, f.unit, f.counted) for f in figures("Twelve of 20 files, and 35% of care leavers, cost £4.2m.")]
    [(12.0, 'of 20', ('file',)), (34.5, '%', ('leaver', 'care')), (4150000.0, '£', ())]
    """
    for match in _NUMBER.finditer(sentence):
        span = Span(*match.span())
        before = sentence[max(0, span.start - 24) : span.start]
        if any(span.start < one.end and one.start < span.end for one in taken):
            continue
        if (_FROM.search(before) and _TO.match(sentence, span.end)) or _BETWEEN.search(before):
            continue  # an end of a range, or what has been since
        if match["share"] or match["every"]:
            share = (
                _SHARES[re.sub(r"[\s-]+", " ", match["share"].lower())]
                if match["share"]
                else 100 * _value(match["one"]) / max(1.0, _value(match["every"]))
            )
            counted = _counted(sentence, span.end, True) or _counted(sentence, span.end)
            yield Figure(span, *_exactly(share, 4.0, before), "%", counted)
            continue
        if not (match["money"] or match["percent"]) and (
            _NO_QUANTITY.search(before)
            or _AGE.match(sentence, span.end)
            or match["value"].lower() in ("one", "1")
            or _YEAR.fullmatch(match["value"])
        ):
            continue
        if match["percent"] and re.match(r"\s*(?:to|–|-|and)\s*\d", sentence[span.end :]):
            continue  # a range is no number
        value, step = _sized(match["value"], (match["size"] or "").lower())
        if match["size"] in ("hundred", "thousand") and _GOES_ON.match(sentence, span.end):
            continue  # "two hundred and ten" is too rare to be read
        if match["percent"]:
            step = step or 1.0
            yield Figure(span, *_exactly(value, step, before), "%", _counted(sentence, span.end, True))
        elif match["money"]:
            yield Figure(span, *_exactly(value, step, before), match["money"], ())
        elif part := _OUT_OF.match(sentence, span.end):
            whole = f"of {_value(part['whole']):g}"
            if counted := _counted(sentence, part.end()):
                yield Figure(span, *_exactly(value, step, before), whole, counted)
        elif not re.search(r"\bof\s+(?:the\s+|its\s+|their\s+)?$", before) and (
            counted := _counted(sentence, span.end)
        ):
            yield Figure(span, *_exactly(value, step, before), "", counted)


def _sized(written: str, size: str) -> tuple[float, float]:
    """A number, and the step to the next that could have been written so: 0 for a number that is exact."""
    times = _SIZES.get(size, 1)
    plain = written.replace(",", "")
    if "." in plain:
        return float(plain) * times, times * 10.0 ** -len(plain.partition(".")[2])
    value = _value(plain) * times
    if times > 12:
        return value, float(times)
    noughts = len(plain) - len(plain.rstrip("0")) if plain.isdigit() else 0
    return value, 10.0**noughts if value >= _ROUNDED_FROM and noughts > 1 else 0.0


def _value(written: str) -> float:
    """A number in digits or words; "a" is one."""
    folded = written.lower().replace(",", "")
    if folded.replace(".", "", 1).isdigit():
        return float(folded)
    parts = re.split(r"[- ]", folded)
    return float(sum(_UNITS.get(part, 0) + _TENS.get(part, 0) for part in parts) or 1)


def _exactly(value: float, step: float, before: str) -> tuple[float, float]:
    """The least and the greatest that may be meant."""
    if _OVER.search(before):
        return value, math.inf
    if _UNDER.search(before):
        return 0.0, value
    if _NEARLY.search(before):
        return 0.9 * value, value
    if _ABOUT.search(before):
        return min(0.9 * value, value - step / 2), max(1.1 * value, value + step / 2)
    if not step and value != int(value):
        step = 0.1
    return value - step / 2, value + step / 2


def _counted(sentence: str, at: int, share: bool = False) -> tuple[str, ...]:
    """The stems of what a number counts, the head first: the first plural of the words that follow it.

    A share has it after "of", and may have none.
    """
    if share:
        of = _OF.match(sentence, at)
        if not of:
            return ()
        at = of.end() - 1
    between: list[str] = []
    while len(between) < _LONGEST_HEAD and (match := _TOKEN.match(sentence, at)):
        word = match["word"]
        low = word.lower()
        if low in _NEVER or not (stems := words(low)):
            return ()
        if low in _PLURALS or (low.endswith("s") and not low.endswith(("ss", "us", "is", "'s", "’s"))):
            # "18 looked-after children": what stands before the head narrows it.
            following = _TOKEN.match(sentence, match.end())
            if following and following["word"].lower() in _PLURALS:
                between += stems
                at = match.end()
                continue
            return (stems[-1], *between, *stems[:-1])
        between += stems
        at = match.end()
    return ()
