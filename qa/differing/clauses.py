"""A sentence in its clauses, and what each is about: its words, names, times and reservations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from index import Mention, Span, mentions, words
from qa.differing.numbers import Figure, figures
from qa.question import content_words

_BREAK = re.compile(
    r"\s*[;:]\s+|\s+[–—-]\s+|,\s+(?:and|but|while|whereas|although|though|with|against|compared|up from|down from"
    r"|which|who|where|when|after|before)\s+|\s+(?:while|whereas|although|but|compared|up from|down from)\s+",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"^\s*(?:[^,.;:]{2,60}?\s(?:said|says|stated|states|found|finds|reported|reports|noted|notes|heard|claims?|claimed|counted"
    r"|recorded|wrote|writes|confirmed|admitted|say|believes?)\s+that\s|[^,.;:]{2,40}?\s(?:said|says|stated|claimed|claims)\s+"
    r"(?=\S+\s\S+\s\S+)|According\s+to\s+[^,]{2,60},)"
    r"|,\s+(?:the\s+|its\s+)?[^,.;:]{2,40}?\s(?:said|says|stated|found|finds|wrote|reported|noted|told)\b[^,;:]{0,20}$"
    r"|,\s+(?:said|says|according\s+to)\s+[^,;:]{2,60}$",
    re.IGNORECASE,
)
"""Who tells it: no part of what is told."""
_SAME = """
    merge merged merger join joined amalgamate combine combined; appoint appointed appointment; begin began
    begun start started commence launch launched; end ended finish finished; establish established create
    created; leave left resign resigned quit departed; remove removed removal oust ousted sacked dismissed;
    open opened opening; close closed closure shut; abolish abolished abolition scrapped; elect elected
    election; die died death; pay paid; sell sold; tell told; hold held; meet met; send sent; build built;
    spend spent; lose lost; keep kept; lead led; fall fell fallen; rise rose risen; grow grew grown; draw
    drew drawn; write wrote written; speak spoke spoken; choose chose chosen; break broke broken; drive
    drove driven; see saw seen; know knew known; bring brought; buy bought; catch caught; teach taught;
    think thought; seek sought; fight fought; win won; run ran; sink sank sunk; bear born; understand
    understood; feel felt; begin began begun; fly flew flown; steal stole stolen; approve approved approval
    agree agreed agreement
"""
"""Words for one event, group by group. Few, since whatever is taken for the same may be shown as a difference."""
_CANONICAL = {
    stem: words(group.split()[0])[0]
    for group in _SAME.split(";")
    for word in group.split()
    for stem in words(word)
}

_RESERVATIONS_WORDS = """
    target aim goal plan planned expect expected forecast estimate estimated projected budget limit maximum
    minimum average mean median national nationally england country neighbours neighbouring statistical
    additional extra new further other another remaining previous previously earlier later initially
    originally first last next second third each every per would could may might will shall should must if
    unless proposed ask asked asking recommended required intended hoped only total overall allegedly claimed
    likely possible possibly potentially monthly weekly annually daily again still already interim permanent
    temporary deputy assistant joint vice draft final
"""
_RESERVATIONS = frozenset(stem for word in _RESERVATIONS_WORDS.split() for stem in words(word))
_LIGHT_WORDS = """
    say said says state stated report reported reports find found show showed shown note noted record recorded
    number numbers figure figures stand stood amount amounted according year years time times include
    including become became make made take took give given go went come came describe described confirm
    confirmed statement article account zero hundred thousand million billion dozen ten twelve twenty thirty
    forty fifty sixty seventy eighty ninety eleven thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen two three four five six seven eight nine per cent percent third quarter half failed refused
    declined never neither
"""
_LIGHT = frozenset(stem for word in _LIGHT_WORDS.split() for stem in words(word))
"""Words that make no point another one: those for telling and being, and for numbers."""
_COMMON_CAPITALS_WORDS = """
    i the a an it its they he she we you this that these those there in on at of for by to from and but or as
    if when while after before since until during although mr mrs ms miss dr sir dame lord lady cllr
    councillor january february march april may june july august september october november december monday
    tuesday wednesday thursday friday saturday sunday
"""
_COMMON_CAPITALS = frozenset(_COMMON_CAPITALS_WORDS.split())
_CAPITAL = re.compile(r"(?<![\w’'-])[A-Z\u00c0-\u00de][\w&]*(?:['’-](?!s\b)[\w]+)*")
_NUMERIC = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence, at `span` of it.

    `about` are the stems of its content words, those for one event alike, without names, numbers and who tells it;
    `names` the stems of capitalised words; `figures` its numbers; `dates` the times that it or, failing that, its
    sentence names; `reservations` words that make a number another one: "target", "average", "would".
    """

    span: Span
    about: frozenset[str]
    names: frozenset[str]
    figures: tuple[Figure, ...]
    dates: tuple[Mention, ...]
    reservations: frozenset[str]


def clauses(sentence: str) -> Iterator[Clause]:
    """The clauses of a sentence, in order.

    >>> [sorted(c.about) for c in clauses("The merger was in 2013, while Labour blames cuts.")]
    [['merg'], ['blame', 'cut']]
    """
    dates = mentions(sentence, 0, len(sentence))
    numbers = tuple(figures(sentence, tuple(Span(date.start, date.end) for date in dates)))
    named = _names(sentence)
    at = 0
    for end, following in [*((m.start(), m.end()) for m in _BREAK.finditer(sentence)), (len(sentence),) * 2]:
        if any(
            not sentence[date.end : end].strip() and not sentence[at : date.start].strip() for date in dates
        ):
            continue  # "4 April 2014: PwC is appointed": the date is that of what follows
        if sentence[at:end].strip():
            yield _clause(sentence, Span(at, end), dates, numbers, named)
        at = following


@lru_cache(maxsize=1_024)
def stems_of(text: str) -> frozenset[str]:
    """All the stems of a text, those for one event alike."""
    found = words(text)
    return frozenset(found) | set(map(canonical, found))


def canonical(stem: str) -> str:
    """A stem, or the one that stands for its event: "left" and "resigned" are one."""
    return _CANONICAL.get(stem, stem)


def _clause(
    sentence: str,
    span: Span,
    dates: tuple[Mention, ...],
    numbers: tuple[Figure, ...],
    named: tuple[Span, ...],
) -> Clause:
    own = tuple(date for date in dates if span.start <= date.start < span.end)
    figured = tuple(number for number in numbers if span.start <= number.span.start < span.end)
    told = [
        Span(span.start + m.start(), span.start + m.end())
        for m in _TOLD.finditer(sentence[span.start : span.end])
    ]
    text = sentence[span.start : span.end]
    for blank in (*(Span(date.start, date.end) for date in own), *(number.span for number in figured), *told):
        start, end = blank.start - span.start, min(blank.end, span.end) - span.start
        text = text[:start] + " " * (end - start) + text[end:]
    names = frozenset(
        canonical(stem)
        for one in named
        if span.start <= one.start < span.end and text[one.start - span.start] != " "
        for stem in words(sentence[one.start : one.end])
    )
    stems = [stem for stem in content_words(text) if not _NUMERIC.search(stem)]
    return Clause(
        span,
        frozenset(canonical(stem) for stem in stems if stem not in _RESERVATIONS | _LIGHT) - names,
        names,
        figured,
        own or dates,
        frozenset(words(text)) & _RESERVATIONS,
    )


def _names(sentence: str) -> tuple[Span, ...]:
    """Where capitalised words stand, which are names; at the head of the sentence only a singular without article."""
    found = []
    for match in _CAPITAL.finditer(sentence):
        word = match[0].lower()
        opens = not sentence[: match.start()].strip(" \t\n\"'“‘(")
        plural = word.endswith("s") and not word.endswith(("ss", "us", "is"))
        if word not in _COMMON_CAPITALS and not (
            opens and (plural or not content_words(word) or _LIGHT.issuperset(words(word)))
        ):
            found.append(Span(*match.span()))
    return tuple(found)
