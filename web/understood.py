"""How a question was understood, in sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa import Understanding, long_date
from web import words
from web.schemas import first_day, last_day

_LENGTHS = (4, 7, 10)  # characters of a year, a month and a day


def understood_words(understood: Understanding, question: str) -> list[str]:
    """Whose words, of what time, compared or not, under what other names; a sentence each, at least one.

    >>> understood_words(Understanding(), "Why?")
    ['It asks for nobody’s words in particular, and of no particular time.']
    >>> asked = Understanding(voices=frozenset({"council"}), names=frozenset({"ann lee"}))
    >>> for sentence in understood_words(asked, "What did Ann Lee and the council say?"):
    ...     print(sentence)
    It asks for the words of Ann Lee and the voice “Council”: theirs come first.
    It compares: each of the 2 has its share of the quotations.
    """
    found = []
    whose = [_as_asked(name, question) for name in sorted(understood.names)]
    whose += sorted(understood.publishers, key=str.casefold)
    whose += [f"the voice “{words.voice_label(voice)}”" for voice in sorted(understood.voices)]
    if whose:
        found.append(f"It asks for the words of {_listed(whose)}: theirs come first.")
    when = [_period(one.since, one.until) for one in understood.periods]
    if when:
        found.append(f"It asks about {_listed(when)}: what speaks of that time comes before what does not.")
    if not found:
        found.append("It asks for nobody’s words in particular, and of no particular time.")
    if parts := len(understood.parts()):
        found.append(f"It compares: each of the {parts} has its share of the quotations.")
    if understood.also:
        found.append(
            f"The documents have other names for it, which were searched for too: {_listed(understood.also)}."
        )
    return found


def _as_asked(name: str, question: str) -> str:
    """A name as the question spells it; names are understood in lower case."""
    match = re.search(re.escape(name), question.replace("’", "'"), re.I)
    return question[match.start() : match.end()] if match else name.title()


def _period(since: str, until: str) -> str:
    """A stretch of time as people write it.

    >>> _period("2017-01-01", "2017-12-31"), _period("2017-04-01", "2017-04-30"), _period("2017-04-07", "2017-04-07")
    ('2017', 'April 2017', '7 April 2017')
    >>> _period("2014-01-01", ""), _period("", "2018-12-31"), _period("2014-01-01", "2018-03-31")
    ('the time from 2014 on', 'the time up to 2018', '2014 to March 2018')
    """
    first = next((since[:n] for n in _LENGTHS if first_day(since[:n]) == since), since)
    last = next((until[:n] for n in _LENGTHS if last_day(until[:n]) == until), until)
    if not until:
        return f"the time from {long_date(first)} on"
    if not since:
        return f"the time up to {long_date(last)}"
    return long_date(first) if first == last else f"{long_date(first)} to {long_date(last)}"


def _listed(names: Sequence[str]) -> str:
    """
    >>> _listed(["a"]), _listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
