"""What a sentence claims that another may claim otherwise: a quantity, the date of an event, or that it is so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from index import Mention, Span, words
from qa.differing.clauses import Clause, canonical, clauses
from qa.differing.numbers import Figure
from qa.types import DifferenceKind

_EVENTS_WORDS = """
    merged appointed began started launched ended established created left resigned removed opened closed
    abolished elected died born signed dissolved replaced introduced arrived joined convicted sentenced sworn
    lifted withdrawn revoked completed
"""
_EVENTS = frozenset(canonical(stem) for word in _EVENTS_WORDS.split() for stem in words(word))
"""Things that happen once to whom they happen; inspections, visits and reports come again."""
_AT = re.compile(
    r"\b(?P<cue>in|on|of|since|from|until|till|to|dated?)\s+(?:the\s+)?(?:early\s+|late\s+)?$", re.IGNORECASE
)
_SIDES = {"since": "from", "from": "from", "until": "until", "till": "until"}
_NEGATOR = re.compile(
    r"\b(?:not|never|cannot|failed\s+to|refused\s+to|declined\s+to|neither|\w+n[’']t)\b", re.IGNORECASE
)
_NO_DENIAL = re.compile(
    r"\b(?:not\b.*\buntil|not\s+(?:only|just|all|every|always|necessarily|yet|simply|merely|solely|least|everyone|enough|fully"
    r"|entirely|consistently|sufficiently)|no\s+longer|whether|if|unless|nor|without)\b",
    re.IGNORECASE,
)
_PARTLY = re.compile(
    r"\b(?:some|many|most|few|several|often|sometimes|usually|a\s+(?:number|minority|majority)|half|always|every|all|any|only"
    r"|almost|consistently|fully|entirely|yet|enough|too|more|less|better|worse|can|could|should|would|may|might|must)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_NEAR = 40
"""How many characters around an event and its date tell of what it is the event."""
_LEADING = " \t\n-–—•*\"'“‘"
_NO_STATEMENT = re.compile(r"[|\t]|\?\s*[\"'”’)]*\s*$")


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a sentence says. `span` is where in the sentence: the number, the date, the denial or the clause.

    `clause` is what it is said of. A number has its `figure`; a date its `when`, the `event` and on which `side` of it
    the event lies ("from", "until" or "" for at it); of what is so or not, `denied` is the stem that is denied, ""
    where none is.
    """

    kind: DifferenceKind
    span: Span
    clause: Clause
    figure: Figure | None = None
    when: Mention | None = None
    event: str = ""
    side: str = ""
    denied: str = ""


@lru_cache(maxsize=4_096)
def claims(sentence: str) -> tuple[Claim, ...]:
    """The claims of a sentence, in order; none of a question or of a table's row.

    >>> [(c.kind, c.event or c.denied) for c in claims("Max Roe left in May 2016, but 12 posts were not cut.")]
    [('date', 'leav'), ('polarity', 'cut')]
    """
    if _NO_STATEMENT.search(sentence):
        return ()
    return tuple(claim for clause in clauses(sentence) for claim in _of_clause(sentence, clause))


def _of_clause(sentence: str, clause: Clause) -> Iterator[Claim]:
    text = sentence[clause.span.start : clause.span.end]
    negator = _NEGATOR.search(text)
    own = [date for date in clause.dates if clause.span.start <= date.start < clause.span.end]
    if not negator:
        for figure in clause.figures:
            yield Claim("number", figure.span, clause, figure=figure)
        yield from (claim for date in own if (claim := _dated(text, clause, date)))
    if _NO_DENIAL.search(text) or _PARTLY.search(text):
        return
    if negator is None:
        yield Claim("polarity", clause.span, clause)
    elif len(_NEGATOR.findall(text)) == 1:
        following = words(text[negator.end() :])
        denied = next((stem for stem in map(canonical, following) if stem in clause.about), "")
        if denied:
            start = clause.span.start + negator.start()
            yield Claim("polarity", Span(start, start + len(negator[0])), clause, denied=denied)


def _dated(text: str, clause: Clause, date: Mention) -> Claim | None:
    """The date of the event that is named next to it, said of the words around the two; None of no event, or of a time
    that is none of its ends.
    """
    start, end = date.start - clause.span.start, date.end - clause.span.start
    cue = _AT.search(text[:start])
    if not cue and text[:start].strip(
        _LEADING
    ):  # "4 April 2014: PwC is appointed" has no word before its date
        return None
    events = [
        (max(start - match.end(), match.start() - end), match, event)
        for match in _WORD.finditer(text)
        if (event := canonical(next(iter(words(match[0])), ""))) in _EVENTS & clause.about
    ]
    if not events:
        return None
    # "was removed in 2015 over an election": the date is that of what stands before it, if anything does.
    before = [found for found in events if found[1].end() <= start]
    _, match, event = min(before or events, key=lambda found: (found[0], found[1].start()))
    last = max(end, match.end())
    near = (
        text[max(0, min(start, match.start()) - _NEAR) : last] + text[last : last + _NEAR].partition(",")[0]
    )
    around = set(map(canonical, words(near)))
    return Claim(
        "date",
        Span(date.start, date.end),
        replace(
            clause,
            about=clause.about & around,
            names=clause.names & around,
            reservations=clause.reservations & around,
        ),
        when=date,
        event=event,
        side=_SIDES.get(cue["cue"].lower(), "") if cue else "",
    )
