"""What a question demands of whatever answers it: the names, years and numbers it speaks of, and a kind of answer.

A passage about the same thing is near in meaning whether or not it says what was asked: "how many were there in 2018"
is near to all that is said of them. So the nearest sentence counts for an answer only if it has the kind of thing
that was asked for, and stands in a passage that speaks of the same names, years and numbers. Plain patterns over
English; the kinds are those of expected answer types in question answering (Li and Roth, COLING 2002).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index import DocumentInfo, Passage, sentence_spans, words
from qa.speakers import names_in
from qa.understand import is_body

_COUNT = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    "|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen|once|twice"
    "|single|none|zero"
)
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_ASKS = {
    "percentage": r"\b(?:what|which) (?:\w+ )?(?:percentage|proportion|share|per ?cent|fraction|rate)\b"
    r"|\bhow (?:large|big|high) a (?:share|proportion)\b",
    "amount of money": r"\bhow much\b.*\b(?:costs?|pa(?:y|id)|spen[dt]|charged?|funding|invest(?:ed)?|worth|price"
    r"|budget|salary|fined?|fees?|money|earn(?:ed|s)?|s(?:e|o)ll?d?|donated?)\b"
    r"|\b(?:salary|salaries|budget|price|costs?|fees?|fine|rent|wages?)\b",
    "length of time": r"\bhow (?:long|old)\b|\bfor how many (?:years|months|weeks|days|hours)\b",
    "number": r"\bhow (?:many|much|often|far|tall|big|large|high|fast|deep|wide|heavy)\b"
    r"|\bwhat (?:was|is|were|are)? ?(?:the )?(?:total |average )?(?:number|population|size|score|amount"
    r"|maximum|minimum)\b",
    "date": r"^(?:and )?when\b|\b(?:since|until|by|from) when\b"
    r"|\b(?:what|which) (?:year|date|day|month|decade|century)\b",
    "name": r"\bwhat (?:is|was|are|were) (?:the |their |its )?(?:\w+ ){0,3}names?\b|^name\b"
    r"|^who (?:is|was|are|were) (?:the|its|their|our|my)\b",
}
_ASKED = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _ASKS.items()}
_GIVEN = {
    "percentage": re.compile(
        rf"\d\s?(?:%|per ?cent)|\b(?:{_COUNT}) per ?cent|\b(?:half|third|quarter|majority|fifth|most)\b", re.I
    ),
    "amount of money": re.compile(
        r"[£$€]\s?\d|\b\d[\d,.]*\s?(?:m|bn|k|million|billion)?\s?(?:pounds|dollars|euros|pence|cents)\b", re.I
    ),
    "length of time": re.compile(
        rf"\b(?:\d[\d,.]*|{_COUNT}|an?|several|few|half)[\s-](?:and a half |more |full |working )?"
        r"(?:second|minute|hour|day|week|month|year|decade|centur)",
        re.I,
    ),
    "number": re.compile(rf"\d|\b(?:{_COUNT}|half|quarter|third|no|all|every|both|several|few|many)\b", re.I),
    "date": re.compile(
        rf"\b(?:1\d|20)\d\d\b|\b(?:{_MONTH}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|century|\d{{1,2}}(?:st|nd|rd|th)"
        r"|yesterday|today|tomorrow|week|month|year|summer|autumn|winter|spring)s?\b",
        re.I,
    ),
}
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)? )?(?:{_MONTH})(?: \d{{4}})?|\b(?:19|20)\d\d\b(?:[-–/]\d\d(?:\d\d)?)?"
)
"""What a number, a percentage or a length of time is not."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"\b\d[\d,.]*\b")
_ORDINAL = re.compile(r"\b(?:third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b")
_SENTENCE_END = re.compile(r"[.?!:]\s*$")
_ASKING_WORD = (
    r"(?:(?:for|by|in|from|since|until|at|of|to|on) )?(?:how|what|which|when|who|whom|whose|where|why)\b"
)
_CLAUSE = re.compile(rf"[?;]\s+|,?\s+(?:and|or|but)\s+(?={_ASKING_WORD})", re.IGNORECASE)
"""Where one question ends and the next begins in what is asked in one breath."""


@dataclass(frozen=True, slots=True)
class Demands:
    """What an answer needs: a `kind` of thing ("" for any), every word of `names`, one of `years`, all `numbers`."""

    kind: str = ""
    names: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    def missing(self, passage: Passage, info: DocumentInfo) -> list[str]:
        """The names, years and numbers that a passage, under its title and headings, does not speak of."""
        text = f"{info.title} {passage.heading} {passage.text}"
        said = set(words(f"{text} {info.publisher} {passage.speaker}"))
        dated = {(passage.published or info.published)[:4], *(date.since[:4] for date in passage.dates)}
        absent = [name for name in self.names if not said.issuperset(words(name))]
        if self.years and not any(year in dated or year in text for year in self.years):
            absent += self.years
        return absent + [number for number in self.numbers if number not in text.lower()]

    def met_by(self, sentence: str) -> bool:
        """Whether a sentence has the kind of thing that is asked for."""
        if not self.kind:
            return True
        if self.kind == "name":
            asked = {part for name in self.names for part in name.lower().split()}
            return any(not asked.issuperset(name.split()) for _, _, name in names_in(sentence))
        if self.kind not in ("date", "amount of money"):
            sentence = _DATE.sub(" ", sentence)
        return bool(_GIVEN[self.kind].search(sentence))


def demands_of(question: str) -> Demands:
    """What a question demands.

    >>> demands_of("How many children did Hackney look after in 2018?")
    Demands(kind='number', names=('Hackney',), years=('2018',), numbers=())
    """
    question = _asking(question.replace("’", "'"))
    numbers = [number.rstrip(".,") for number in _NUMBER.findall(question)]
    years = [number for number in numbers if _YEAR.fullmatch(number)]
    others = [number for number in numbers if number not in years] + _ORDINAL.findall(question.lower())
    return Demands(
        _kind(question), tuple(_names(question)), tuple(dict.fromkeys(years)), tuple(dict.fromkeys(others))
    )


def kinds_of(question: str) -> tuple[str, ...]:
    """The kinds of things that the parts of a question ask for, in their order.

    >>> kinds_of("When was it opened, and how much did it cost? Who paid?")
    ('date', 'amount of money')
    """
    return tuple(dict.fromkeys(kind for clause in clauses_of(question) if (kind := _kind(clause))))


def clauses_of(question: str) -> tuple[str, ...]:
    """The questions that are asked in one breath.

    >>> clauses_of("When was it opened, and how much did it cost?")
    ('When was it opened', 'how much did it cost?')
    """
    return tuple(map(str.strip, _CLAUSE.split(_asking(question.replace("’", "'")))))


def _kind(question: str) -> str:
    return next((kind for kind, pattern in _ASKED.items() if pattern.search(question)), "")


def _asking(text: str) -> str:
    """What is asked, without the story that was told before it: nobody else speaks of its names and numbers."""
    sentences = [text[a:b] for a, b in sentence_spans(text, 0, len(text))]
    return " ".join([s for s in sentences if s.endswith("?")] or sentences[-1:])


def _names(question: str) -> Sequence[str]:
    """The names in a question, as it writes them; bodies that go by many names ("the council") are none."""
    found = []
    for start, end, _ in names_in(question):
        name, before = question[start:end], question[:start]
        # A capital at the head of a sentence makes no name of one word, unless it has another: "MPs".
        opens = not before.strip() or bool(_SENTENCE_END.search(before))
        if opens and " " not in name and not any(letter.isupper() for letter in name[1:]):
            continue
        if not is_body(name):
            found.append(name)
    return list(dict.fromkeys(found))
