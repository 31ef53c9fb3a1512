"""Questions made of a sentence by rules about English word order; no language model, and no knowledge of a subject.

Each rule keeps the order of words wherever English allows it ("Six visits took place" -> "How many visits took
place?"), because a rule that has to inflect verbs goes wrong. What fits no rule gives no question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_UNITS = re.findall(
    r"\w+",
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty",
)
_TENS = re.findall(r"\w+", "twenty thirty forty fifty sixty seventy eighty ninety hundred")
_DIGITS = {word: str(number) for number, word in enumerate(_UNITS, 2)}
MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"

_WORD = f"(?:{'|'.join(sorted({*_UNITS, *_TENS}, key=len, reverse=True))})"
_NUMBER = rf"(?P<number>\d[\d,]*(?:\.\d+)?|{_WORD}(?:-{_WORD}|-one)?)"
_ROUGHLY = "(?:(?:about|around|some|nearly|almost|over|more than|at least|only|just|fewer than|up to) )?"
_SHARE = r"(?P<number>\d+(?:\.\d+)?(?:%| per ?cent)|half|a third|a quarter|two thirds|three quarters)"
_DATE = rf"(?P<date>(?:\d{{1,2}} )?{MONTH}(?: (?:19|20)\d\d)?|(?:19|20)\d\d)"
_VERB = re.compile(
    r"\b(?:was|were|is|are|had|have|has|did|do|does|could|would|will|can|may|might|must|took|made|came|went|left"
    r"|gave|found|held|said|rose|fell|saw|met|spent|lost|kept|paid|sent|led|began|became|grew|won|\w+ed)\b"
)
_CLAUSE = re.compile(r"[,;:(—–](?!\d)| - | but | although | while | whereas ")
# What only makes sense beside the sentence before it; a question stands alone.
LEANS = re.compile(
    r"\b(?:he|she|they|it|this|these|those|that one|such|we|our|us|i|you|your|him|them|here|there|too|also|both"
    r"|another|others?|former|latter|same|however|then|so|not|as well)\b",
    re.IGNORECASE,
)
_OPENS_BADLY = re.compile(r"(?:That|Nor|And|But|Or|Nobody|Nothing|None|No)\b")
MARKUP = re.compile(r"[*_`|<>{}\[\]“”\"]|https?:")
_SUBJECT = r"(?P<subject>(?:[\w'’%-]+ ){0,7}?[\w'’%-]+)"
_SAYING = "(?:said|says|argued|argues|warned|claimed|claims|admitted|estimated|complained|believed|insisted)"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question made of a sentence. `keys` are the answer's own words; `check` tells what to look at."""

    kind: str
    question: str
    keys: tuple[str, ...]
    check: str


Lower = Callable[[str], str]
"""Lowers the first letter of a phrase that no longer opens a sentence, unless it is a name."""


def questions_of(sentence: str, lower: Lower) -> Iterator[Asked]:
    """The questions that a sentence answers, as far as the rules see any.

    >>> [asked.question for asked in questions_of("Six monitoring visits took place in 2018.", str.lower)]
    ['How many monitoring visits took place in 2018?']
    """
    words = sentence.split()
    if not 5 <= len(words) <= 45 or MARKUP.search(sentence) or _OPENS_BADLY.match(sentence):
        return
    if not re.search(r"[.!]$", sentence):
        return
    for rule in _RULES:
        asked = rule(sentence.rstrip(".!"), lower)
        if asked and _stands_alone(asked):
            yield asked


def _stands_alone(asked: Asked) -> bool:
    inner = re.sub(r"^(?:When|Why) was it that ", "", asked.question)
    inner = re.sub(r"\b(?:were|was|are|is|been) there\b", "", inner)
    plain = asked.question.casefold()
    return (
        4 <= len(asked.question.split()) <= 32
        and not LEANS.search(inner)
        and not any(way in plain for key in asked.keys for way in key.split("|"))
    )


def _how_many(sentence: str, lower: Lower) -> Asked | None:
    """Of "Eighteen children were known ...": how many children were known ...?"""
    match = re.match(rf"{_ROUGHLY}{_NUMBER} (?P<rest>[a-z].*)", sentence, re.IGNORECASE)
    if not match or re.match(r"(?:19|20)\d\d$", match["number"]):
        return None
    rest = _clause(match["rest"])
    first, _, _ = rest.partition(" ")
    if _VERB.fullmatch(first) or first in ("of", "in", "on", "per", "and", "or", "to", "million", "billion"):
        return None
    if re.match(r"(?:\S+ )?(?:ago|later|after|before|earlier|on)\b", rest) or not _has_verb(rest):
        return None
    return _counted(f"How many {rest}?", match["number"])


def _what_share(sentence: str, lower: Lower) -> Asked | None:
    """Of "Half of the workforce had been ...": what share of the workforce had been ...?"""
    match = re.match(rf"{_ROUGHLY}{_SHARE} of (?P<rest>.*)", sentence, re.IGNORECASE)
    if not match:
        return None
    rest = _clause(match["rest"])
    return _counted(f"What share of {rest}?", match["number"]) if _has_verb(rest) else None


def _how_many_had(sentence: str, lower: Lower) -> Asked | None:
    """Of "It was looking after 333 children on ...": how many children was it looking after on ...?"""
    match = re.match(
        rf"{_SUBJECT} (?P<aux>was|were|is|are|had|have|has) (?P<verb>\w+(?:ing|ed|en)(?: (?:after|up|out|for|with))?)"
        rf" {_ROUGHLY}{_NUMBER} (?P<noun>(?:[a-z'’-]+ ){{0,2}}?[a-z'’-]+)"
        r"(?P<rest>(?: (?:on|in|at|by|for|with|from|to|of|between|since|during|who|that|under|outside) .*)?)$",
        _clause(sentence),
    )
    if not match or _has_verb(match["subject"]):
        return None
    question = (
        f"How many {match['noun']} {match['aux']} {lower(match['subject'])} {match['verb']}{match['rest']}?"
    )
    return _counted(question, match["number"])


def _how_many_there(sentence: str, lower: Lower) -> Asked | None:
    """Of "There were 401 children with a plan on ...": how many children with a plan were there on ...?"""
    match = re.match(
        rf"There (?P<aux>were|are) {_ROUGHLY}{_NUMBER} (?P<what>[a-z].*?)"
        rf"(?P<when> (?:on|in|at|by|since) (?:(?:early|late|the end of|the) )?(?:\d|{MONTH}).*)?$",
        _clause(sentence),
    )
    if not match:
        return None
    return _counted(f"How many {match['what']} {match['aux']} there{match['when'] or ''}?", match["number"])


def _when(sentence: str, lower: Lower) -> Asked | None:
    """Of "The rules were tightened in 2004": when were the rules tightened? Else: when was it that ...?"""
    match = re.match(
        rf"{_SUBJECT} (?P<be>was|were) (?P<rest>[^,;:()]+?) (?:on|in) {_DATE}$", _clause(sentence)
    )
    counted = match and re.match(_ROUGHLY + _NUMBER, match["subject"], re.IGNORECASE)
    if match and not counted and not _has_verb(match["subject"]) and not re.search(r"\d{4}", match["rest"]):
        return _dated(f"When {match['be']} {lower(match['subject'])} {match['rest']}?", match["date"])
    match = re.match(rf"(?:On|In) {_DATE},? (?P<main>\S.*)", sentence)
    if match:
        main = _clause(match["main"])
        if (
            _has_verb(main)
            and not re.search(r"\b(?:is|are|has|have|will)\b", main)
            and "," not in match["date"]
        ):
            return _dated(f"When was it that {main}?", match["date"])
    return None


def _why(sentence: str, lower: Lower) -> Asked | None:
    """Of "The visit was late because ...": why was the visit late? Of "was put down to": what was put down to?"""
    match = re.match(rf"{_SUBJECT} (?P<be>was|were|is|are) (?P<rest>[^,;:()]+?),? because\b", sentence)
    if match and not _has_verb(match["subject"]):
        return _caused(f"Why {match['be']} {lower(match['subject'])} {match['rest']}?")
    match = re.match(r"(?P<main>[^,;:()]+?),? because\b", sentence)
    if match and _has_verb(match["main"]) and not re.search(r"\b(?:is|are|has|have)\b", match["main"]):
        return _caused(f"Why was it that {lower(match['main'])}?")
    match = re.match(
        rf"{_SUBJECT} (?P<be>was|were) (?:largely |mainly |partly )?(?P<verb>put down|attributed|due|linked) to\b",
        sentence,
    )
    if match and not _has_verb(match["subject"]):
        return _caused(f"What {match['be']} {lower(match['subject'])} {match['verb']} to?")
    return None


def _who(sentence: str, lower: Lower) -> Asked | None:
    """Of "David Holmes said that ...": who said that ...?"""
    match = re.match(
        rf"(?P<who>[A-Z][^,;:()]{{2,60}}?)(?:, [^,]{{3,60}},)? (?P<said>{_SAYING}) that (?P<what>.+)",
        sentence,
    )
    if not match or _has_verb(match["who"]) or LEANS.search(match["who"]):
        return None
    who = re.sub(r"^(?:the|a|an) ", "", match["who"].casefold())
    return Asked(
        "attribution", f"Who {match['said']} that {_clause(match['what'])}?", (who,),
        "is it clear to a stranger what was said, and did nobody else say it?",
    )  # fmt: skip


_RULES = (_how_many, _what_share, _how_many_had, _how_many_there, _when, _why, _who)


def _counted(question: str, number: str) -> Asked:
    number = number.casefold()
    ways = [number]
    if number.endswith("%"):
        ways.append(number.replace("%", " per cent"))
    ways += [digits for word, digits in _DIGITS.items() if word == number]
    ways += [word for word, digits in _DIGITS.items() if digits == number]
    return Asked(
        "number", question, ("|".join(ways),), "does the question say of what, where and as of when?"
    )


def _dated(question: str, date: str) -> Asked:
    return Asked("temporal", question, (date.casefold(),), "do other documents date it differently?")


def _caused(question: str) -> Asked:
    return Asked("why", question, (), "does the quote name the cause, and do others name another?")


def _clause(text: str) -> str:
    """A text up to where its first clause ends."""
    return _CLAUSE.split(text, maxsplit=1)[0].strip()


def _has_verb(text: str) -> bool:
    return bool(_VERB.search(text))
