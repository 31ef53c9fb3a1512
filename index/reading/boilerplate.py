"""Marks text that belongs to the publisher's site or to the print, and not to what the document says.

A small model that can be read: each block gets points for what it says (index.reading.boilerplate_cues), for its form
and for its place; from one point on it is boilerplate. Then blocks take their neighbours along: a heading with
all that stands under it, and short lines between two that are marked. Contents, summaries that repeat the
opening, and the small print of wrapped text have rules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from index.reading.boilerplate_cues import ABOUT, COMMENTS, CUES, LINK_TEXT, LISTING, REACH, REACHES, STAMP
from index.reading.contents import contents
from index.reading.small_print import repeats_opening, small_print
from index.types import Block

_ENOUGH = 1.0
_EDGE = 0.4  # what a place among the last or first lines adds to a block that has some point already
_EDGE_FAMILIES = frozenset(
    (
        "offer",
        "menu",
        "page",
        "company",
        "terms",
        "rights",
        "format",
        "invitation",
        "phone",
        "e-mail",
        "address",
        "postcode",
    )
)
_PROSE_WORDS = 12
_LONG_WORDS = 40
_LONG_CHARACTERS = 1_200  # longer blocks are text, whatever they mention
_BETWEEN = 8  # short lines that two marked blocks take along
_FEW_BLOCKS = 4  # in a text of fewer no place is an edge
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")
_LAST_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A block with what is seen of it. `points` are by family of cues."""

    block: Block
    text: str
    words: int
    points: dict[str, float]

    @property
    def ends(self) -> bool:
        return bool(_SENTENCE_END.search(self.text[-6:]))

    @property
    def prose(self) -> bool:
        return self.words >= _PROSE_WORDS and self.ends

    @property
    def short(self) -> bool:
        return self.words < _PROSE_WORDS and not self.ends

    def score(self, *, edge: bool) -> float:
        """The points in all. A long text needs more of them, and one at the edge of the document fewer."""
        total = sum(self.points.values())
        if edge and any(family in _EDGE_FAMILIES for family in self.points):
            total += _EDGE
        return total - 0.2 * max(0, self.words - _LONG_WORDS) / 20


def mark_boilerplate(text: str, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks with `boilerplate` set where they are, those split of which only the last sentence is.

    Blocks that are marked already stay so; furniture and footnotes are left alone. Time grows with the text.
    """
    units = [_unit(text, block) for block in blocks if block.kind not in ("furniture", "heads", "note")]
    if not units:
        return blocks
    marked = [unit.block.boilerplate or unit.score(edge=False) >= _ENOUGH for unit in units]
    for i in contents([unit.text if unit.words < 30 else "" for unit in units]):
        marked[i] = True
    for i in small_print(text, [unit.block for unit in units]):
        marked[i] = True
    _mark_edges(units, marked)
    _mark_sections(units, marked)
    _mark_edges(units, marked)  # what was marked may have bared an edge
    _mark_between(units, marked)
    _mark_summary(units, marked)
    found = {id(unit.block): flag for unit, flag in zip(units, marked, strict=True)}
    result: list[Block] = []
    for block in blocks:
        if found.get(id(block)):
            result.append(replace(block, boilerplate=True))
        else:
            result += _parts(text, block)
    return tuple(result)


def _unit(text: str, block: Block) -> _Unit:
    if block.end - block.start > _LONG_CHARACTERS:
        shown = text[block.start : block.start + 200] + " … " + text[block.end - 200 : block.end]
        return _Unit(block, " ".join(shown.split()), 10 * _LONG_WORDS, {})
    shown = " ".join(text[block.start : block.end].split())
    words = shown.count(" ") + 1
    points: dict[str, float] = {}
    for cue in CUES:
        if words <= cue.words and cue.weight > points.get(cue.family, 0.0) and cue.pattern.search(shown):
            points[cue.family] = cue.weight
    reach = sum(len(match.group()) for match in REACH.finditer(shown)) if points.keys() & REACHES else 0
    if reach >= 0.6 * len(shown):
        points["nothing else"] = 0.3
    if points and words <= 30 and re.search(r"\S \| \S", shown):
        points["bars"] = 0.3
    if _is_tag_list(shown, words):
        points["list"] = 0.6
    if points and words > _LONG_WORDS and not _is_mostly(points.keys(), shown):
        points = {}
    return _Unit(block, shown, words, points)


def _is_mostly(families: Collection[str], shown: str) -> bool:
    """Whether the sentences of a paragraph that hold cues of these families make up half of it."""
    cues = [cue.pattern for cue in CUES if cue.family in families]
    held = sum(len(s) for s in _LAST_SENTENCE.split(shown) if any(cue.search(s) for cue in cues))
    return held >= 0.5 * len(shown)


def _is_tag_list(shown: str, words: int) -> bool:
    """Whether a text is four or more short terms between commas, and no sentence."""
    terms = shown.split(",")
    return (
        len(terms) >= 4
        and words <= 60
        and not re.search(r"[.!?:;]", shown)
        and all(0 < len(term.split()) <= 5 for term in terms)
        and not re.search(r"\b(?:and|is|are|was|were|the|has|have)\b", shown)
    )


def _mark_edges(units: Sequence[_Unit], marked: list[bool]) -> None:
    """Mark from both ends inwards, until text begins: there half a cue is enough."""
    if len(units) < _FEW_BLOCKS:
        return
    stamps = max((i for i, unit in enumerate(units) if _is_stamp(unit) and not marked[i]), default=-1)
    comments = next(
        (i for i, unit in enumerate(units[: stamps + 1]) if "comment form" in unit.points), len(units)
    )
    for order in (range(len(units)), range(len(units) - 1, -1, -1)):
        tail = order.step < 0
        for i in order:
            unit = units[i]
            edge = (tail and i < comments) or bool(unit.points.keys() & {"menu", "offer", "page"})
            points = unit.score(edge=edge) + (_EDGE if tail and "list" in unit.points else 0.0)
            marked[i] = marked[i] or points >= _ENOUGH
            if not marked[i] and unit.prose:
                break


def _mark_sections(units: Sequence[_Unit], marked: list[bool]) -> None:
    """Mark the links under a heading that announces them, what is said about the author at the end, and a
    heading under which all is marked."""
    last = max((i for i, unit in enumerate(units) if unit.prose and not marked[i]), default=-1)
    for i, unit in enumerate(units):
        at = i + 1
        if marked[i] and unit.short and unit.points.keys() & LISTING:
            while at < len(units) and _is_link(units[at]):
                marked[at] = True
                at += 1
        about = ABOUT.fullmatch(unit.text) if unit.short and unit.block.kind == "heading" else None
        while about and at < len(units) and units[at].block.kind != "heading" and not marked[at]:
            at += 1
        # Of the author anywhere; of an organisation only where nothing but boilerplate follows.
        if (
            about
            and i + 1 < at <= i + 3
            and (at > last or about["who"] is None)
            and _names(about["who"], units[i + 1])
        ):
            marked[i:at] = [True] * (at - i)
    for i in range(len(units) - 2, -1, -1):
        heading = units[i].block
        if (
            heading.kind != "heading"
            or marked[i]
            or not marked[i + 1]
            or units[i + 1].block.kind == "heading"
        ):
            continue
        at = i + 1
        while at < len(units) and units[at].block.kind != "heading" and marked[at]:
            at += 1
        ended = at == len(units) or (
            units[at].block.kind == "heading" and units[at].block.level <= heading.level
        )
        marked[i] = ended and units[i].short and bool(units[i].points)


def _is_link(unit: _Unit) -> bool:
    """Whether a block may be a link in a list: a title, no sentence and no heading."""
    fits = unit.words <= 20 and unit.text[-1] not in ".;:" and unit.block.kind != "heading"
    return fits and not _is_stamp(unit)


def _names(who: str | None, unit: _Unit) -> bool:
    """Whether a paragraph speaks of what its heading is about, or of us."""
    opening = unit.text[:200].casefold()
    return who is None or who.casefold() in opening or opening.startswith("we ")


def _is_stamp(unit: _Unit) -> bool:
    """Whether a line is of a comment: a name, a date, a time."""
    return bool(STAMP.search(unit.text))


def _mark_between(units: Sequence[_Unit], marked: list[bool]) -> None:
    """Mark the short lines between two marked blocks: the items of an offer, the lines of an address.

    Not among comments, where names stand between prompts, and no title near the top.
    """
    last = -1
    body = False
    for i, unit in enumerate(units):
        body = body or (unit.prose and not marked[i])
        if marked[i]:
            between = units[last + 1 : i]
            fits = last >= 0 and 0 < len(between) <= _BETWEEN
            if fits and all(body or (u.words <= 3 and u.block.kind != "heading") for u in between):
                marked[last + 1 : i] = [True] * len(between)
            last = i
            if "comment form" in unit.points and COMMENTS.search(unit.text):
                last = -1
        elif not unit.short or _is_stamp(unit):
            last = -1


def _mark_summary(units: Sequence[_Unit], marked: list[bool]) -> None:
    """Mark a last paragraph that repeats the opening, where only boilerplate follows it."""
    left = [i for i, flag in enumerate(marked) if not flag]
    if len(left) < 8 or left[-1] == len(units) - 1:
        return
    opening = " ".join(units[i].text for i in left[:3])
    if units[left[-1]].prose and repeats_opening(units[left[-1]].text, opening):
        marked[left[-1]] = True


def _parts(text: str, block: Block) -> list[Block]:
    """A block, split from its last sentence where that is a link's text only."""
    if block.kind in ("heading", "furniture", "heads", "note", "row"):
        return [block]
    tail = max(block.start, block.end - 120)
    breaks = list(_LAST_SENTENCE.finditer(text, tail, block.end))
    if breaks and LINK_TEXT.fullmatch(text, breaks[-1].end(), block.end):
        first = replace(block, end=breaks[-1].start() + len(breaks[-1].group().rstrip()))
        return [first, replace(block, start=breaks[-1].end(), boilerplate=True)]
    return [block]
