"""Who speaks in a passage: whose words a quote is made of, and whether someone whom a question names speaks there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace

from index import Passage, Span, Speech

_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lord|Lady|Baroness|Cllr|Councillor|Mayor|Judge|Justice|Minister"
    r"|President|Senator|Rev|Reverend|Inspector|Superintendent|Sergeant|Constable|Captain|Major|Colonel|General)\.?"
)
_CAPITAL = r"[A-Z\u00c0-\u00de][\w'’-]*[\w]"
_NAME = re.compile(
    rf"(?<![\w'’-])(?:{_TITLE} )*(?P<name>{_CAPITAL}(?: (?:(?:de|van|von|al|bin|[A-Z]\.?) )?{_CAPITAL})*)"
)
# Capitalised at the head of a question and no part of a name; elsewhere "Will" is someone's.
_ASKING = re.compile(
    r"(?:What|Why|How|Where|When|Who|Whom|Whose|Which|Did|Does|Do|Has|Have|Had|Was|Were|Is|Are|Will|Would|Could|Should"
    r"|Can|According|And|But|In|On|By|The|If|Since|After|Before|From|To|Of|As|I)(?: |$)"
)
_DAY = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|(?:Mon|Tues|Wednes|Thurs"
    r"|Fri|Satur|Sun)day|I|The)"
)
_POSSESSIVE = re.compile(r"(?:['’]s|['’])$")
_LEAST = 0.6
"""How much of what is quoted in a span has to be one speaker's for the whole to be called theirs."""


def speeches_in(passage: Passage, span: Span) -> tuple[Speech, ...]:
    """What others than the author say within a span of a passage, cut to it."""
    return tuple(
        replace(speech, start=max(speech.start, span.start), end=min(speech.end, span.end))
        for speech in passage.speeches
        if speech.start < span.end and span.start < speech.end
    )


def speaker_of(passage: Passage, span: Span) -> str:
    """Who says a span, where that is someone else than the document's author; "" where it is the author's.

    It is whoever's words it quotes: most of the span, or all of its direct speech, whose attribution ("said Ann Lee,
    chief executive") may well be longer than what was said. A word or two quoted in the middle of the author's own
    sentence don't make it someone else's. Nobody is named for a span that two people share.
    """
    found = speeches_in(passage, span)
    said, full = Counter[str](), dict[str, str]()
    for speech in found:
        key = speech.speaker.partition(",")[0].casefold()
        said[key] += speech.end - speech.start
        full[key] = max(full.get(key, ""), speech.speaker, key=len)
    if not said:
        return passage.speaker
    key, characters = said.most_common(1)[0]
    # Direct speech stands at one end of what is quoted at least; a full stop or comma may follow it.
    ends = (found[0].start <= span.start, found[-1].end >= span.end - 1)
    direct = any(ends) and sum(said.values()) >= 0.25 * len(span)
    if 2 * characters > len(span) or (direct and characters >= _LEAST * sum(said.values())):
        return full[key] if characters >= _LEAST * sum(said.values()) else passage.speaker
    return passage.speaker


def names_in(question: str) -> Iterator[tuple[int, int, str]]:
    """Where a question names what may be a person, with title, and the name in lower case without it.

    >>> [name for _, _, name in names_in("What did Ms Raman and Will Tuckley's deputy say in May?")]
    ['raman', 'will tuckley']
    """
    for match in _NAME.finditer(question):
        start, end, name = match.start(), match.end(), match["name"]
        if match.start() == 0 and (asking := _ASKING.match(name)):
            start, name = asking.end(), name[asking.end() :]
        bare = _POSSESSIVE.sub("", name)
        if bare and not _DAY.fullmatch(bare):
            yield start, end - len(name) + len(bare), bare.casefold().replace("’", "'")


def speaks(passage: Passage, names: Collection[str]) -> bool:
    """Whether one of these names, as `names_in` gives them, is that of someone who speaks in a passage.

    A full name has to be all there; one word has to be the last of the speaker's name, or all of it.
    """
    if not names:
        return False
    speakers = {speech.speaker for speech in passage.speeches} | (
        {passage.speaker} if passage.speaker else set()
    )
    for speaker in speakers:
        words = speaker.partition(",")[0].casefold().replace("’", "'").split()
        for name in names:
            wanted = name.split()
            if words and (set(wanted) <= set(words) if len(wanted) > 1 else wanted == words[-1:]):
                return True
    return False
