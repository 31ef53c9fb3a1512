"""Whether two claims are about the same point, and if so whether they contradict each other.

What is not surely the same point is another one: to say of two sources that they differ where they don't is worse than
to leave it to the reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from index import DocumentInfo, Mention, Passage, Span, mentions, words
from qa.differing.claims import Claim, claims
from qa.differing.clauses import canonical, stems_of

Weight = Callable[[str], float]
"""How much a stem tells of what a sentence is about: the rarer, the more."""

_LIKE = {"number": 0.6, "date": 0.55, "polarity": 0.75}
"""How much of what two clauses speak of has to be shared: twice the weight of what is over that of both (Dice)."""
_UNDATED = 0.15
"""How much more where nothing says that both speak of one time."""
_ONE_OCCASION_DAYS = 92
"""What is published further apart, and names no time, may speak of another."""
_ONE_EVENT_DAYS = 730
"""Dates further apart are of two events."""
_AFTER = re.compile(r"\b([^\W\d_]+)\s+(?=(?:(?:as|to|the|an?|its|their|of)\s+){0,2}([^\W\d_]+))")
_INDEFINITE = re.compile(r"\b(?:an?|another)\s+([^\W\d_]+(?:\s+[^\W\d_]+)?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence at `span` of its document, with what stands around it: the stems of its passage, headings, title,
    publisher and speaker, and the times that those speak of.
    """

    passage: Passage
    document: DocumentInfo
    span: Span

    @property
    def text(self) -> str:
        return self.passage.text[self.span.start - self.passage.start : self.span.end - self.passage.start]

    @property
    def published(self) -> str:
        """The day on which it was said, or its prefix; "" where nothing says."""
        return self.passage.published or self.document.published

    @property
    def origin(self) -> str:
        """What repeats another in nearly the same words has one origin with it."""
        return self.passage.copy_of or self.passage.passage_id

    @property
    def source(self) -> tuple[str, str]:
        """What parts and editions of one source have alike."""
        info = self.document
        return (info.publisher, info.title) if info.title else ("", info.source_id)

    def around(self) -> str:
        """The text that a reader would take the sentence's subject and time from."""
        info, passage = self.document, self.passage
        return f"{passage.text}\n{passage.heading}\n{info.title}\n{info.publisher}\n{passage.speaker}"


def contradict(one: Said, a: Claim, other: Said, b: Claim, weight: Weight = lambda stem: 1.0) -> bool:
    """Whether two claims, each with the sentence it is from, are about the same point and cannot both be right."""
    if a.kind != b.kind or one.origin == other.origin or one.source == other.source:
        return False
    if a.clause.reservations != b.clause.reservations:
        return False
    if a.kind == "number" and not _other_number(one, a, other, b):
        return False
    if a.kind == "date" and not _other_date(one, a, other, b):
        return False
    if a.kind == "polarity" and not _other_way(a, b):
        return False
    if not _same_names(one, a, other, b, both=a.kind == "date"):
        return False
    least = _LIKE[a.kind]
    if a.kind != "date":
        when = _same_time(one, a, other, b)
        if when is False:
            return False
        least += _UNDATED * (when is None)
    return _likeness(one, a, other, b, weight) >= least and not _contrast(one, a, other, b)


def _other_number(one: Said, a: Claim, other: Said, b: Claim) -> bool:
    """Whether two quantities of the same kind of thing differ, and neither passage also has the other's."""
    if a.figure is None or b.figure is None or a.figure.unit != b.figure.unit or a.figure.agrees(b.figure):
        return False
    if a.figure.counted[:1] != b.figure.counted[:1]:
        return False
    # "18 social workers" are not "12 workers" unless the other speaks of social workers too.
    if not (
        stems_of(other.text).issuperset(map(canonical, a.figure.counted))
        and stems_of(one.text).issuperset(map(canonical, b.figure.counted))
    ):
        return False
    return not (_has_number(one, b) or _has_number(other, a))


def _has_number(said: Said, claim: Claim) -> bool:
    """Whether a passage has a number that may be the one of a claim."""
    own = claim.figure
    return own is not None and any(
        found.figure is not None and found.figure.unit == own.unit and found.figure.agrees(own)
        for sentence in _sentences(said)
        for found in claims(sentence)
    )


def _other_date(one: Said, a: Claim, other: Said, b: Claim) -> bool:
    """Whether two dates of one event differ, and neither passage also has the other's."""
    if a.when is None or b.when is None or a.event != b.event or a.side != b.side:
        return False
    days = _days_between(a.when.since, a.when.until, b.when.since, b.when.until)
    if not 0 < days <= _ONE_EVENT_DAYS:
        return False
    # A passage that has the other's date for it, too, knows of it.
    for said, wanted in ((one, b), (other, a)):
        known = (
            found
            for sentence in _sentences(said)
            for found in claims(sentence)
            if found.event == wanted.event
        )
        if any(found.when and wanted.when and _meet(found.when, wanted.when) for found in known):
            return False
    # "A manager was appointed" tells of one, and the next time of another, where nobody is named.
    shared = (a.clause.about & b.clause.about) - {a.event}
    return bool(a.clause.names & b.clause.names) or not any(
        canonical(stem) in shared
        for said, claim in ((one, a), (other, b))
        for match in _INDEFINITE.finditer(said.text[claim.clause.span.start : claim.clause.span.end])
        for stem in words(match[1])
    )


def _other_way(a: Claim, b: Claim) -> bool:
    """Whether just one of two claims is denied, by the denial of a word that the other has."""
    return bool(a.denied) != bool(b.denied) and (a.denied or b.denied) in a.clause.about & b.clause.about


def _same_names(one: Said, a: Claim, other: Said, b: Claim, both: bool) -> bool:
    """Whether each names whom the other may mean. With `both`, one of them alone may name more."""
    spare = [clause.names - stems_of(said.around()) for clause, said in ((a.clause, other), (b.clause, one))]
    return not all(spare) if both else not any(spare)


def _same_time(one: Said, a: Claim, other: Said, b: Claim) -> bool | None:
    """Whether two claims speak of one time; None where nothing says so, or otherwise."""
    if a.clause.dates and b.clause.dates:
        return any(_meet(x, y) for x in a.clause.dates for y in b.clause.dates)
    if a.clause.dates or b.clause.dates:
        dates, said = (a.clause.dates, other) if a.clause.dates else (b.clause.dates, one)
        around = said.around()
        return any(_meet(x, y) for x in dates for y in mentions(around, 0, len(around)))
    mine, theirs = (mentions(said.around(), 0, len(said.around())) for said in (one, other))
    if mine and theirs and not any(_meet(x, y) for x in mine for y in theirs):
        return False
    if not (one.published and other.published):
        return None
    return _days_between(one.published, one.published, other.published, other.published) <= _ONE_OCCASION_DAYS


def _likeness(one: Said, a: Claim, other: Said, b: Claim, weight: Weight) -> float:
    """How much of what two clauses speak of is shared, from 0 to 1; 0 where that is too little to tell a point by.

    What one does not share counts half if the other's passage has it. What is counted is no part of it.
    """
    mine, theirs = (
        (claim.clause.about | claim.clause.names)
        - set(map(canonical, claim.figure.counted if claim.figure else ()))
        for claim in (a, b)
    )
    shared = mine & theirs
    if len(shared) < {"number": 1 if a.figure and a.figure.counted else 2, "date": 2, "polarity": 3}[a.kind]:
        return 0.0
    here, there = stems_of(one.around()), stems_of(other.around())
    names = (a.clause.names | b.clause.names) if a.kind == "date" else frozenset()
    common = 2 * sum(map(weight, shared))
    apart = sum(weight(stem) * (0.5 if stem in there else 1.0) for stem in mine - theirs - names)
    apart += sum(weight(stem) * (0.5 if stem in here else 1.0) for stem in theirs - mine - names)
    return common / (common + apart)


def _contrast(one: Said, a: Claim, other: Said, b: Claim) -> bool:
    """Whether the two put different words before, or after, a word that they share: "interim director", "permanent
    director". Of an event, what follows may be put in another way, unless it says what somebody was made.
    """
    first, second = _order(one, a), _order(other, b)
    if a.kind == "date" and (
        _made(one, a) - stems_of(other.around()) or _made(other, b) - stems_of(one.around())
    ):
        return True
    for before in (True, False) if a.kind != "date" else (True,):
        mine, theirs = (_neighbours(found, before) for found in (first, second))
        for stem in (mine.keys() & theirs.keys()) - {a.event}:
            x, y = mine[stem], theirs[stem]
            if x and y and not x & y and not (x & set(second)) and not (y & set(first)):
                return True
    return False


def _made(said: Said, claim: Claim) -> set[str]:
    """What stands right after an event: "elected leader", "joined the board"."""
    text = said.text[claim.clause.span.start : claim.clause.span.end]
    after = _AFTER.findall(text)
    return {
        canonical(stem)
        for event, word in after
        if claim.event in map(canonical, words(event))
        for stem in words(word)
    } & claim.clause.about


def _order(said: Said, claim: Claim) -> list[str]:
    text = said.text[claim.clause.span.start : claim.clause.span.end]
    known = claim.clause.about | claim.clause.names
    return [stem for stem in map(canonical, words(text)) if stem in known]


def _neighbours(stems: list[str], before: bool) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for left, right in pairwise(stems):
        found.setdefault(right if before else left, set()).add(left if before else right)
    return found


def _sentences(said: Said) -> Iterable[str]:
    passage = said.passage
    return (passage.text[s.start - passage.start : s.end - passage.start] for s in passage.sentences)


def _meet(one: Mention, other: Mention) -> bool:
    return one.since <= other.until and other.since <= one.until


def _days_between(since: str, until: str, other_since: str, other_until: str) -> int:
    """The days from the end of the earlier to the beginning of the later; 0 where they meet. ISO days or prefixes."""
    first, second = sorted(((_first(since), _last(until)), (_first(other_since), _last(other_until))))
    return max(0, (second[0] - first[1]).days)


def _first(day: str) -> date:
    return date.fromisoformat(day + "0001-01-01"[len(day) :])


def _last(day: str) -> date:
    """The last day of a prefix; of every month the 28th, which is near enough."""
    return date.fromisoformat(day + "9999-12-28"[len(day) :])
