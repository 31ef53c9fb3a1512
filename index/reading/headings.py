"""Which lines of a plain text are headings, and how deep."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.reading.contents import title_key
from index.reading.lines import Line

_WORDS = 16
_CHARACTERS = 120
_TITLE_WORDS = 40
_TITLE_CHARACTERS = 290
_NUMBER = re.compile(r"[\[(]?\d[\d.]*[\])]?[ \t\u00a0]+")
_UPPER = re.compile(r"[\W\d_]*[^\W\d_a-z]")
_STATES = re.compile(
    r"(?<!that )(?<!which )(?<!who )\b(?:is|are|was|were|has|have|had|will|must|should|can"
    r"|could|may|might|do|does|did|be)\b|n['’]t\b"
)
_ASKS = re.compile(
    r"[\W\d_]*(?:question\b|wh(?:at|y|o|om|ose|en|ere|ich|ether)\b|how\b|if\b|before\b"
    r"|after\b|things\b)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[^:]{1,40}:\s+\S")
_VALUE = re.compile(r":\s*(?:[\d£$€+(]|https?:|www\.|\S+@)", re.IGNORECASE)
_DATE = re.compile(
    r"(?-i:By (?:[A-Z][\w.'’-]*\s?(?:and )?){1,6})(?:,.{1,40})?|"
    r"(?:(?:posted|published|updated|dated)\W+(?:on\W+)?)?(?:(?:mon|tues|wednes|thurs|fri"
    r"|satur|sun)day,?\s+)?"
    r"(?:\d{1,2}(?:st|nd|rd|th)?\s+[^\W\d]{3,9}|[^\W\d]{3,9}\s+\d{1,2}),?\s+\d{4}\W*"
    r"(?:\d{1,2}[:.]\d\d.{0,6})?(?:by\s.{1,60})?",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\d{4}\W.{0,6}\d{1,2}[:.]\d\d|\b\d{1,2}[:.]\d\d\s*[ap]\.?m\b|\b(?:minutes?|hours?"
    r"|days?|weeks?) ago\b",
    re.IGNORECASE,
)
# What is said of the heading above and is no heading of its own: the grades and verdicts of inspections and audits.
_VERDICT = re.compile(
    r"\W*(?:outstanding|(?:very |fairly )?good|satisfactory|fair|poor|weak|adequate"
    r"|inadequate|excellent|unsatisfactory"
    r"|requires? improvement(?: to be good)?|(?:fully |partially |partly |not )?(?:met"
    r"|achieved|compliant)"
    r"|non-compliant|pass(?:ed)?|fail(?:ed)?|red|amber|green|low|medium|high|yes|no|none"
    r"|n/?a|not applicable|completed?"
    r"|in progress|agreed|accepted|rejected|approved|noted)(?: with "
    r"(?:some )?[\w ]{1,30})?\W*",
    re.IGNORECASE,
)
_MATTER = re.compile(
    r"(?:foreword|preface|introduction|acknowledge?ments|conclusions?|references"
    r"|bibliography|glossary|notes|index)\W*",
    re.IGNORECASE,
)
_DIVISION = re.compile(
    r"(?:part|chapter|section|volume|book|annex|appendix|schedule)\s+(?:[\divxlc]{1,6}"
    r"|[A-Z]|one|two|three|four|five|six)\b",
    re.IGNORECASE,
)

# Ranks of a heading's looks, from the outermost in.
_OUTER, _RULED, _RULED_LIGHT, _CAPITALS, _NUMBERED, _PLAIN, _REPEATED, _UNLISTED, _LEAD = range(9)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A block of lines that might be a heading. `ruled` is the character that underlines it, if any."""

    lines: Sequence[Line]
    text: str
    ruled: str = ""

    @property
    def label(self) -> bool:
        """Whether it reads "Lead inspector: A. Name"."""
        return bool(_LABEL.match(self.text))

    @property
    def large(self) -> bool:
        """Whether it is broken over lines that had room: it was printed in larger type than the text."""
        return len(self.lines) > 1 and max(line.indent + len(line.text) for line in self.lines) <= 60

    @property
    def title(self) -> str:
        """The text without the number before it."""
        return _NUMBER.sub("", self.text, count=1) if self.lines[0].number else self.text


def is_heading(
    this: Candidate, last: Candidate | None, following: Candidate | None, width: int, *, listed: bool
) -> bool:
    """Whether a block is a heading: short, set apart, no sentence, no label with its value, and not the end.

    `listed` says that list items follow; the line that leads to them may end in a colon.
    """
    if following is None or this.lines[0].mark or this.lines[0].cells or len(this.lines) > 8:
        return False
    if this.ruled:
        return len(this.text) <= 2 * _CHARACTERS
    if last is None and _is_title(this, following):
        return True
    title, first = this.title, this.lines[0]
    if len(title) > _CHARACTERS or len(title.split()) > _WORDS:
        return False
    leads = listed and title.endswith(":") and first.gap and not this.label
    if (re.search(r"[.,;:…]$", title) and not leads) or not _UPPER.match(title) or this.lines[-1].dangles:
        return False
    if not re.search(r"[^\W\d_]{2}", title) or (following.lines[0].lower and not following.lines[0].indent):
        return False
    if _is_stated(title) or _DATE.fullmatch(title) or _CLOCK.search(title) or _VERDICT.fullmatch(title):
        return False
    if this.label and (_VALUE.search(title) or any(near and near.label for near in (last, following))):
        return False
    if first.number:
        counted = (
            last is not None and _successor(last.lines[0].number) == first.number and len(last.lines) == 1
        )
        return not counted and _is_numbered_heading(this, following)
    return _is_set_apart(this, following, width)


def _is_title(this: Candidate, following: Candidate) -> bool:
    """Whether the first block is the document's title, which may be long and may be a sentence without its stop."""
    words = len(this.text.split())
    ends = this.text[-1] in ".,;:…"
    apart = following.lines[0].gap or len(this.lines) > 2
    fits = 2 <= words <= _TITLE_WORDS and len(this.text) <= _TITLE_CHARACTERS
    return apart and fits and not ends and not this.lines[0].opens and bool(_UPPER.match(this.text))


def _is_stated(title: str) -> bool:
    """Whether a title states something: then it can be quoted, and has to be a paragraph to be found."""
    return bool(_STATES.search(title)) and "?" not in title and not _ASKS.match(title)


def _is_numbered_heading(this: Candidate, following: Candidate) -> bool:
    """Whether a short numbered line is a heading and not one of a list: what follows is no next item."""
    number, after = this.lines[0].number, following.lines[0].number
    if not after or after.startswith(number + ".") or len(following.text) > 2 * _CHARACTERS:
        return this.lines[0].gap or following.lines[0].gap
    return False if _successor(number) == after else this.lines[0].gap


def _successor(number: str) -> str:
    head, _, last = number.rpartition(".")
    if not last.isdigit():
        return ""
    return f"{head}.{int(last) + 1}" if head else str(int(last) + 1)


def _is_set_apart(this: Candidate, following: Candidate, width: int) -> bool:
    first, after = this.lines[0], following.lines[0]
    if first.indent > 2 or (first.indent and not (first.gap and after.gap)):
        return False
    if width and any(len(line.text) >= 0.8 * width for line in this.lines[:-1]):
        return False
    if first.gap and after.gap:
        return True
    if width:
        # In wrapped text a heading may stand right above its paragraph, but never fills the line.
        return len(this.lines[-1].text) < 0.8 * width
    # A line to each paragraph and no room between them: a short line above a long one.
    return (first.gap or len(this.text) <= 60) and len(following.text) > 2 * max(len(this.text), 60)


def thin_out(flags: list[bool], candidates: Sequence[Candidate]) -> None:
    """Take back headings that stand in long rows: no person writes five titles and no text.

    Rows without room between them, such as addresses, are taken back from three on, unless text or a list
    stands right below.
    """
    at = 0
    while at < len(flags):
        end = at
        while end < len(flags) and flags[end]:
            end += 1
        tight = [i for i in range(at + 1, end) if not candidates[i].lines[0].gap]
        below = candidates[end].lines[0] if end < len(candidates) else None
        held = (
            below is not None and not below.gap and (below.opens or below.indent > 0 or len(below.text) > 60)
        )
        if end - at >= 5:
            flags[at:end] = [bool(candidates[i].ruled) for i in range(at, end)]
        elif len(tight) >= 2 + held:
            for i in tight:
                flags[i] = flags[i - 1] = False
        at = max(end, at + 1)


def levels(
    titles: Sequence[Candidate], listed: frozenset[str], *, titled: bool, stacked: Sequence[bool]
) -> list[int]:
    """The depth of each heading, from 1: by number where it has one, else by how it looks beside the others.

    `listed` are the keys of those in the table of contents, `stacked` says which follow another heading
    directly, `titled` that the first is the document's own title. A title that recurs ("Summary") belongs to
    the part that it stands in.
    """
    counts = Counter(title_key(candidate.text) for candidate in titles)
    stack: list[tuple[tuple[int, int], int]] = []
    found: list[int] = []
    for i, candidate in enumerate(titles):
        if titled and i == 0:
            found.append(1)
            continue
        rank = _rank(candidate, counts, listed)
        if rank[0] == _PLAIN and counts[title_key(candidate.text)] > 1:
            open_ = any(r[0] == _REPEATED for r, _ in stack)
            rank = (_REPEATED, 0) if stack and (stacked[i] or open_) else rank
        while stack and stack[-1][0] >= rank:
            stack.pop()
        level = stack[-1][1] + 1 if stack else 1 + titled
        stack.append((rank, level))
        found.append(level)
    return found


def _rank(candidate: Candidate, counts: Counter[str], listed: frozenset[str]) -> tuple[int, int]:
    text, key = candidate.text, title_key(candidate.text)
    if candidate.ruled:
        return (_RULED if candidate.ruled in "=#*" else _RULED_LIGHT), 0
    if candidate.lines[0].number:
        return _NUMBERED, candidate.lines[0].number.count(".")
    if _DIVISION.match(text) or _MATTER.fullmatch(text):
        return _OUTER if _DIVISION.match(text) else _RULED, 0
    if text.upper() == text and len(re.sub(r"[\W\d_]", "", text)) > 3:
        return _CAPITALS, 0
    if text.endswith(":"):
        return _LEAD, 0
    if counts[key] >= 3:
        return _REPEATED, 0
    return (_UNLISTED, 0) if listed and key not in listed and not candidate.large else (_PLAIN, 0)


def in_sequence(numbers: Sequence[str]) -> bool:
    """Whether plain numbers count up through a text, as those of pages do."""
    values = [int(number) for number in numbers]
    return len(values) >= 3 and all(a < b for a, b in pairwise(values))
