"""What a question asks for besides its subject: whose words, and of which time. No language model: a small
vocabulary of the bodies that speak about public life, the publishers of the corpus, and how English attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from index import DocumentInfo, Mention, Passage, mentions
from qa.speakers import names_in, speaks

_BODIES = {
    "inspectorate": "ofsted|cqc|hmicfrs|hmic|hmi|estyn|inspectorates?|inspectors?|watchdogs?|regulators?|auditors?"
    "|ombudsman|(?:inspection|official|inspectors'|inspector's) reports?|visiting team",
    "council": "councils?|town hall|local authority|local authorities|authority|borough|county hall|city hall"
    "|mayors?|cabinet|councillors?|chief executive|press office",
    "government": "government|ministers?|whitehall|downing street|home office|secretary of state"
    "|department (?:for|of) [a-z]+|commissioners?|prime minister",
    "court": "courts?|judges?|tribunals?|coroners?|magistrates?",
    "press": "press|newspapers?|papers|journalists?|reporters?|magazines?|media|editorials?|articles?",
    "law": "lawyers?|solicitors?|barristers?|law firms?|blog|bloggers?|law centres?",
    "charity": "charity|charities|campaigners?|voluntary (?:groups?|organisations?|sector)",
    "public": "readers?|comment(?:er|ator)s?|comments|people who commented|members of the public|residents"
    "|the public|local people",
}
"""What people call those who speak, by voice."""

_SAYING = """
    accept account accuse acknowledge add admire admit allege announce apologise argue ask assert  believe blame
    boast call claim comment complain conclude confess consider contend credit criticise dispute declare defend
    demand deny describe discover emphasise estimate expect explain express fear feel find highlight identify
    insist judge justify maintain mention note notice observe order praise predict promise propose pin rate reckon
    recommend record regard reject report request respond reveal say see speak state stress suggest take talk tell
    think treat urge use value view voice want warn welcome worry write
"""
_IRREGULAR = (
    "said|spoke|told|thought|found|felt|saw|wrote|written|gave|gives?|took|put|puts|dug|dig|held|pinned|has? to say"
    "|ha(?:s|ve|d) to say"
)
_SAY = "(?:{})".format(
    "|".join(
        [_IRREGULAR, *(rf"{verb.removesuffix('e')}(?:e|es|ed|ing|s)?" if verb.endswith("e") else
                       rf"{verb.removesuffix('y')}(?:y|ies|ied|ying|ys)?" if verb.endswith("y") else
                       rf"{verb}(?:s|ed|ing)?" for verb in _SAYING.split())]
    )
)  # fmt: skip
_WHO = r"(?:(?:the|their|its|our|any|each|every|these|those|an?|own|local|national|trade|lead|independent|new) )*«\d+»"
_ALL = rf"((?:both )?{_WHO}(?:(?:, and|, or|,| and| or) {_WHO})*)"
_BETWEEN = (
    r"(?: (?:it|them|him|her)sel(?:f|ves)| both| each| also| still| later| ever| actually| really| first| now"
    r"| then| so)*"
)
_ACCOUNT = (
    "account|accounts|view|views|version|side|explanation|response|reply|statement|claims?|verdict|argument|opinion"
    "|words|take|findings?|criticisms?|reports?|letter|press release|comments?|reaction|judgement|judgment|position"
    "|story|reasons?|assessment|evidence|figures"
)
_ASKED = [
    re.compile(pattern)
    for pattern in (
        rf"\b(?:according to|as told by|in the (?:words|eyes|view|opinion) of|from the (?:side|viewpoint) of) {_ALL}",
        rf"{_ALL}(?:'s|s'|')? (?:own )?(?:{_ACCOUNT})\b",
        rf"\b(?:do|does|did|has|have|had|would|could|is|are|was|were) {_ALL}{_BETWEEN} {_SAY}\b",
        rf"(?:^|[,.;:?] |\b(?:that|what|which|why|how|where|when|and|but) ){_ALL}{_BETWEEN} {_SAY}\b",
        rf"{_ALL} (?:itself|themselves)\b",
        rf"\b{_SAY} by {_ALL}",
        rf"\bagainst {_ALL}(?:'s|s'|')?(?:$|[.?,])",
        rf"\bare {_ALL} .*\b(?:at odds|agreed)\b",
        rf"\bd(?:o|id) {_ALL}{_BETWEEN} (?:dis)?agree\b",
        rf"^(?:which|what) {_WHO}{_BETWEEN} {_SAY}\b".replace(_WHO, f"({_WHO})"),
    )
]
_OWN = re.compile(rf"\b(?:its|their|his|her) own (?:{_ACCOUNT}|admission|telling)\b")
_NUMBERS = {
    word: i
    for i, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1
    )
}
_LATER = re.compile(
    rf"\b(?:(\d{{1,2}})|({'|'.join(_NUMBERS)})|an?) years? (before|earlier|on|later|after(?:wards)?)\b"
)
_OPEN = re.compile(r"\b(since|after|from|before|until|till|up to)(?: the| about)?\s*$")


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time, ISO days, both inclusive; an empty one is open on that side."""

    since: str = ""
    until: str = ""

    def meets(self, date: Mention) -> bool:
        """Whether a date lies in it, at least in part; ISO days or their prefixes."""
        return (not self.since or date.until >= self.since[: len(date.until)]) and (
            not self.until or date.since <= self.until
        )


@dataclass(frozen=True, slots=True)
class Understanding:
    """Whose words a question asks for, as voices, names of publishers and of people, and of which times."""

    voices: frozenset[str] = frozenset()
    publishers: frozenset[str] = frozenset()
    periods: tuple[Period, ...] = ()
    names: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()
    """What the corpus calls by another name: acronyms that the question uses, spelt out, and the reverse."""

    def asks_for(self, info: DocumentInfo, passage: Passage) -> bool:
        """Whether a passage is by one of those whose words are asked for, or quotes them."""
        by_another = bool(passage.voice)  # a reader's comment is not its publisher's
        return (
            (passage.voice or info.voice) in self.voices
            or (not by_another and info.publisher in self.publishers)
            or speaks(passage, self.names)
        )

    def parts(self) -> list[Understanding]:
        """What a question compares, one by one: the times it names, or those whose words it asks for, if several."""
        whose = [
            *(Understanding(voices=frozenset({voice})) for voice in sorted(self.voices)),
            *(Understanding(publishers=frozenset({name})) for name in sorted(self.publishers)),
            *(Understanding(names=frozenset({name})) for name in sorted(self.names)),
        ]
        when = [Understanding(periods=(period,)) for period in self.periods]
        return [part for parts in (whose, when) if len(parts) > 1 for part in parts]

    def meets(self, info: DocumentInfo, passage: Passage) -> bool:
        """Whether a passage is by one of those whose words are asked for, or of the time asked about."""
        return self.asks_for(info, passage) or self.in_time(info, passage) == 1

    def in_time(self, info: DocumentInfo, passage: Passage) -> int:
        """1 if a passage speaks of a time that is asked about or was published in it, -1 if it was published
        before all of them, and so cannot know; else 0.
        """
        published = passage.published or info.published
        if not self.periods:
            return 0
        spoken = [*passage.dates, *([Mention(0, 0, published, published)] if published else [])]
        if any(period.meets(date) for period in self.periods for date in spoken):
            return 1
        early = published and all(
            period.since and published < period.since[: len(published)] for period in self.periods
        )
        return -1 if early else 0


def understand(question: str, publishers: Mapping[str, str]) -> Understanding:
    """What a question asks for. `publishers` are those of the corpus, each with its voice.

    >>> understand("Why did staff leave, in the council's own account?", {}).voices
    frozenset({'council'})
    >>> understand("Was the council short of money in 2017?", {}).periods
    (Period(since='2017-01-01', until='2017-12-31'),)
    >>> understand("What did the chief executive Ann Lee say?", {}).names
    frozenset({'ann lee'})
    >>> sorted(understand("What did Post and the watchdog say?", {"Post": "press"}).publishers)
    ['Post']
    """
    asked = list(_asked(question.replace("’", "'"), tuple(sorted(publishers))))
    named = frozenset(name for kind, name in asked if kind == "publisher")
    voices = frozenset(name for kind, name in asked if kind == "voice")
    people = frozenset(name for kind, name in asked if kind == "name")
    # A body that is itself a publisher here is asked for by name; its voice then says nothing more.
    voices -= {publishers[name] for name in named}
    return Understanding(voices, named, tuple(_periods(question)), people)


def is_body(name: str) -> bool:
    """Whether a name is what people call one of those who speak about public life: "Whitehall", "the Mayor"."""
    return any(re.fullmatch(pattern, name.lower()) for pattern in _BODIES.values())


def _asked(question: str, publishers: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Those whose words are asked for: ("voice", "publisher" or "name", name)."""
    text = question.lower()
    found: list[tuple[str, str]] = []
    marked, at = "", 0
    for start, end, who in _named(question, text, publishers):
        marked += f"{text[at:start]}«{len(found)}»"
        found.append(who)
        at = end
    marked += text[at:]
    for pattern in _ASKED:
        for match in pattern.finditer(marked):
            yield from (found[int(n)] for n in re.findall(r"«(\d+)»", match.group(1)))
    if (own := _OWN.search(marked)) and (before := re.findall(r"«(\d+)»", marked[: own.start()])):
        yield found[int(before[-1])]


def _named(
    question: str, text: str, publishers: tuple[str, ...]
) -> Iterator[tuple[int, int, tuple[str, str]]]:
    """Where a question names bodies, publishers and people, in order and apart; `text` is its lower case.

    A person's office belongs to the name it stands before: "the chief executive Ann Lee".
    """
    bodies = [
        (*match.span(), ("publisher", publishers[int(kind[1:])]) if kind[1:].isdigit() else ("voice", kind))
        for match in _speakers(publishers).finditer(text)
        if (kind := match.lastgroup or "")
    ]
    people = []
    if len(text) == len(question):  # a few letters of other scripts grow in lower case
        for start, end, name in names_in(question):
            own = end - len(name)  # before it stands a title
            if not any(first < end and own < last for first, last, _ in bodies):
                office = [one for one in bodies if start - 1 <= one[1] < own]
                bodies = [one for one in bodies if one not in office]
                people.append((min([start, *(one[0] for one in office)]), end, ("name", name)))
    yield from sorted([*bodies, *people])


@lru_cache(maxsize=8)
def _speakers(publishers: tuple[str, ...]) -> re.Pattern[str]:
    """Finds whoever may speak, the longest name first."""
    names = [
        (re.escape(name.lower().replace("’", "'")), f"p{i}")
        for i, name in enumerate(publishers)
        if len(name) > 2
    ]
    names.sort(key=lambda pair: -len(pair[0]))
    parts = [f"(?P<{group}>{pattern})" for pattern, group in names]
    parts += [f"(?P<{voice}>{pattern})" for voice, pattern in _BODIES.items()]
    return re.compile(rf"\b(?:{'|'.join(parts)})\b")


def _dates(question: str) -> list[Mention]:
    """The dates in a question. A number that can be a year is one here, where a report may count 2017 children."""
    found = list(mentions(question, 0, len(question)))
    for bare in re.finditer(r"\b(?:19|20)\d\d\b", question):
        if not any(date.start < bare.end() and bare.start() < date.end for date in found):
            found.append(Mention(*bare.span(), f"{bare[0]}-01-01", f"{bare[0]}-12-31"))
    return sorted(found, key=lambda date: date.start)


def _periods(question: str) -> Iterator[Period]:
    """The times that a question names, in order."""
    last: Mention | None = None
    for last in _dates(question):
        side = _OPEN.search(question[: last.start].lower())
        word = side.group(1) if side else ""
        if word in ("since", "after") or (word == "from" and " to " not in question[last.end : last.end + 4]):
            yield Period(since=last.since)
        elif word in ("before", "until", "till", "up to"):
            yield Period(until=last.until)
        else:
            yield Period(last.since, last.until)
    if last is not None and (step := _LATER.search(question.lower())):
        years = int(step.group(1) or _NUMBERS.get(step.group(2), 1))
        year = int(last.since[:4]) + (-years if step.group(3) in ("before", "earlier") else years)
        yield Period(f"{year:04}-01-01", f"{year:04}-12-31")
