"""The lines of a plain text, with what their shape alone says: indent, gap, bullet, number, end of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

BLANK = " \t\u00a0\ufeff\f\v"
"""What a person sees as nothing: stripped from the edges of every line."""

BULLET = re.compile(r"[ \t]*(?:[•·▪◦●‣–—*+\uf0b7-]|\(?(?:[a-z]|[ivx]{1,4})[.)])[ \t\u00a0]+(?=\S)")
"""A mark that opens a list item and is no part of it. Numbers are part: they can be cited."""

_LINE = re.compile(r"[^\r\n]+")
_NUMBER = re.compile(
    r"(\d{1,3}(?:\.\d{1,3}){1,4}\.?|\d{1,3}[.)]|\[\d{1,4}\]|\(\d{1,3}\)|\d{1,3}(?=\t"
    r"|[ \u00a0]{2,}[^\W\d_]))[ \t\u00a0]+(?=\S)"
)
_BARE_NUMBER = re.compile(r"(\d{1,3})[ \u00a0](?=[\"'“‘]?[A-Z])")
_CELLS = re.compile(r"\S(?:[ \u00a0]{3,}|\t+|[ \t]\|[ \t])\S")
_DRAWN = re.compile(r"(?:[-=_*~#+|.·•–—][ \t]*){3,}")
_CLOSERS = "\"'”’»)]}* \t"
_DANGLING = re.compile(
    r"(?:^|\W)(?:an?|the|of|from|with|into|between|than|as|its|their|his|her|our)$",
    re.IGNORECASE,
)
_HYPHENATED = re.compile(r"[^\W\d_][-\u00ad\u2010]$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank. `start` and `end` leave out the white space around it.

    `gap` says that blank lines lie before it, or the top of the text. `number` is "27", "3.14" or "" and
    belongs to a numbered paragraph, item or heading; `mark` is how many characters a bullet takes.
    """

    start: int
    end: int
    indent: int
    text: str
    gap: bool
    mark: int = 0
    number: str = ""

    @property
    def opens(self) -> bool:
        """Whether it opens an item or a numbered paragraph."""
        return bool(self.mark or self.number)

    @property
    def lower(self) -> bool:
        """Whether its first character is a small letter, as in the middle of a sentence."""
        return self.text[0].islower()

    @property
    def ends_sentence(self) -> bool:
        return self.text[-12:].rstrip(_CLOSERS)[-1:] in tuple(".!?…:;")

    @property
    def dangles(self) -> bool:
        """Whether it ends in a word that no sentence and no heading ends in."""
        return bool(_DANGLING.search(self.text[-12:]))

    @property
    def hyphenated(self) -> bool:
        return bool(_HYPHENATED.search(self.text[-2:]))

    @property
    def drawn(self) -> bool:
        """Whether it draws a rule and says nothing."""
        return len(self.text) < 500 and bool(_DRAWN.fullmatch(self.text))

    @property
    def cells(self) -> bool:
        """Whether wide gaps, tabs or bars divide it into the cells of a table."""
        return len(self.text) < 500 and bool(_CELLS.search(self.text))


def read_lines(text: str) -> list[Line]:
    """The lines of a text that are not blank."""
    lines = list(_lines(text))
    running = _running(lines)
    return [
        Line(line.start, line.end, line.indent, line.text, line.gap, 0, running[i]) if i in running else line
        for i, line in enumerate(lines)
    ]


def _lines(text: str) -> Iterator[Line]:
    last = 0
    for match in _LINE.finditer(text):
        whole = match.group()
        stripped = whole.strip(BLANK)
        if not stripped or stripped.isspace():
            continue
        indent = len(whole) - len(whole.lstrip(BLANK))
        start = match.start() + indent
        between = text[last : match.start()]
        gap = (
            last == 0
            or between.replace("\r\n", "\n").replace("\r", "\n").count("\n") > 1
            or "\f" in between
            or "\f" in whole[:indent]
        )
        number = _NUMBER.match(stripped)
        bullet = None if number else BULLET.match(stripped)
        yield Line(
            start,
            start + len(stripped),
            indent,
            stripped,
            gap,
            mark=bullet.end() if bullet else 0,
            number=number[1].strip("[]().") if number else "",
        )
        last = match.end()


def _running(lines: list[Line]) -> dict[int, str]:
    """Lines that a bare number opens ("27 The council"), where these numbers count up through the text.

    Any sentence may begin with a number: only three or more that follow each other are those of paragraphs.
    """
    bare = {i: m[1] for i, line in enumerate(lines) if line.gap and (m := _BARE_NUMBER.match(line.text))}
    steps = sum(int(b) == int(a) + 1 for a, b in pairwise(bare.values()))
    return bare if steps >= 2 and steps * 3 >= (len(bare) - 1) * 2 else {}


def wrap_width(lines: list[Line]) -> int:
    """The column at which lines are wrapped, or 0 when each paragraph is one line.

    Wrapped text has many lines just short of one length and none much beyond it, and a sentence somewhere
    that goes on in the next line.
    """
    lengths = sorted(line.indent + len(line.text) for line in lines)
    if len(lengths) < 2:
        return 0
    width = lengths[-1 - len(lengths) // 20]  # the longest but for one in twenty
    near = sum(0.8 * width <= length <= 1.1 * width for length in lengths)
    beyond = sum(length > 1.25 * width for length in lengths)
    adjacent = sum(not line.gap for line in lines[1:])
    flows = any(not line.gap and line.lower and not last.ends_sentence for last, line in pairwise(lines))
    wrapped = 30 <= width <= 130 and near >= len(lines) / 4 and beyond <= len(lines) / 50
    return width if wrapped and flows and adjacent >= len(lines) / 4 else 0
