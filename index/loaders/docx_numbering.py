"""The numbers that Word prints before paragraphs: it counts them when it shows a document and writes none down.

After ECMA-376 part 1, 17.9: a paragraph, or its style, names an instance of a list (`w:num`) and a level; the
instance names the list's abstract definition, which says how each level counts and looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from docx.oxml.ns import qn
from lxml import etree

from index.loaders.docx_xml import is_on, value

_LEVELS = 9
_MOST_LETTERS = 780  # "zz…" grows by a letter every 26; nobody reads thirty of them
_MOST_ROMAN = 3_999
_TEMPLATE_CHARS = 200
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


class Label(NamedTuple):
    """What stands before a paragraph: `text` as printed ("3.14", "(a)"), empty for a bullet or nothing.

    `arabic` says that its own number is written in figures, `gap` what parts it from the paragraph.
    """

    text: str = ""
    bullet: bool = False
    arabic: bool = False
    gap: str = " "


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 0
    form: str = "decimal"
    template: str = ""
    gap: str = " "
    legal: bool = False
    restarts: int | None = None  # the level, from 1, at or above which this one begins again; 0: none
    style: str = ""
    pictured: bool = False


class _List(NamedTuple):
    """An instance of a list: the definition whose counters it shares, its levels, and where it starts anew."""

    counters: str
    levels: Mapping[int, _Level]
    starts: Mapping[int, int]


class _Wish(NamedTuple):
    """What a style says of numbering: list and level, if it says so, and the styles that a level may be tied to."""

    number: str = ""
    level: int | None = None
    styles: tuple[str, ...] = ()


class Numbering:
    """Counts the numbered paragraphs of a document; they are to be asked about in order, each once."""

    def __init__(self, numbering: etree._Element | None, styles: Mapping[str, etree._Element]) -> None:
        self._styles = styles
        usual = (
            key for key, one in styles.items()
            if one.get(qn("w:default")) in ("1", "true") and one.get(qn("w:type")) == "paragraph"
        )  # fmt: skip
        self._default = next(usual, "")
        self._wishes: dict[str, _Wish] = {}
        self._lists = _lists(numbering)
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def label(self, properties: etree._Element | None) -> Label | None:
        """What Word prints before the paragraph with these properties (`w:pPr`); None for one of no list."""
        style = self._default if properties is None else value(properties, "w:pStyle") or self._default
        wish = self._wish(style)
        own = None if properties is None else properties.find(qn("w:numPr"))
        number, level = wish.number, None
        if own is not None:
            number = value(own, "w:numId") or number
            level = _whole(value(own, "w:ilvl"))
            if level is None and value(own, "w:numId"):
                level = 0 if number != wish.number else None
        found = self._lists.get(number)
        if found is None:  # also "0", by which a paragraph leaves its style's list
            return None
        if level is None:
            tied = (key for name in wish.styles for key, at in found.levels.items() if at.style == name)
            level = next(tied, wish.level or 0)
        level = min(level, _LEVELS - 1)
        return _shown(found, level, self._count(number, found, level))

    def _wish(self, style: str) -> _Wish:
        if style in self._wishes:
            return self._wishes[style]
        number, level = "", None
        names: list[str] = []
        name = style
        while name in self._styles and name not in names:  # a broken file's style may be based on itself
            names.append(name)
            own = self._styles[name].find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if own is not None:
                level = _whole(value(own, "w:ilvl")) if level is None else level
                number = value(own, "w:numId") or ""
                if number:
                    break
            name = value(self._styles[name], "w:basedOn") or ""
        self._wishes[style] = _Wish(number, level, tuple(names))
        return self._wishes[style]

    def _count(self, number: str, found: _List, level: int) -> dict[int, int]:
        """The counters after one more paragraph of a level; levels that had none yet show where they start."""
        counts = self._counts.setdefault(found.counters, {})
        first = (number, level) not in self._begun
        self._begun.add((number, level))
        if first and level in found.starts:
            counts[level] = found.starts[level]
        elif level in counts:
            counts[level] += 1
        else:
            counts[level] = _level(found, level).start
        for deeper in range(level + 1, _LEVELS):
            restarts = _level(found, deeper).restarts
            if restarts is None or level < restarts:
                counts.pop(deeper, None)
        starts = {at: found.starts.get(at, _level(found, at).start) for at in range(_LEVELS)}
        return starts | counts


def _level(found: _List, level: int) -> _Level:
    return found.levels.get(level, _Level(template=""))


def _shown(found: _List, level: int, counts: Mapping[int, int]) -> Label:
    own = _level(found, level)
    if own.form == "bullet" or own.pictured:
        return Label(bullet=True)

    def written(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        form = _level(found, at).form
        return numeral(counts[at], "decimal" if own.legal and form != "none" else form)

    text = re.sub("%([1-9])", written, own.template)
    text = " ".join(text.split())
    return Label(text, arabic=own.form in ("decimal", "decimalZero") or own.legal, gap=own.gap)


def numeral(number: int, form: str) -> str:
    """A number as one of Word's formats writes it; in figures where the format is unknown.

    >>> numeral(28, "lowerLetter"), numeral(14, "upperRoman"), numeral(7, "decimalZero"), numeral(22, "ordinal")
    ('bb', 'XIV', '07', '22nd')
    """
    if form in ("none", "bullet"):
        return ""
    if form in ("lowerLetter", "upperLetter") and 0 < number <= _MOST_LETTERS:
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters if form == "lowerLetter" else letters.upper()
    if form in ("lowerRoman", "upperRoman") and 0 < number <= _MOST_ROMAN:
        roman = ""
        for value, sign in _ROMAN:
            roman += sign * (number // value)
            number %= value
        return roman if form == "lowerRoman" else roman.upper()
    if form == "decimalZero":
        return f"{number:02}"
    if form == "ordinal":
        tail = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{tail}"
    return str(number)


def _lists(numbering: etree._Element | None) -> dict[str, _List]:
    """The instances of lists by their number; without a definition there is none."""
    if numbering is None:
        return {}
    abstracts = {
        one.get(qn("w:abstractNumId"), ""): one for one in numbering.iterchildren(qn("w:abstractNum"))
    }
    named = {value(one, "w:styleLink"): key for key, one in abstracts.items() if value(one, "w:styleLink")}
    defined: dict[str, dict[int, _Level]] = {}
    found: dict[str, _List] = {}
    for num in numbering.iterchildren(qn("w:num")):
        number, key = num.get(qn("w:numId"), ""), value(num, "w:abstractNumId") or ""
        if number in ("", "0") or key not in abstracts:
            continue
        # A definition may only point to a style, whose definition it then is.
        key = named.get(value(abstracts[key], "w:numStyleLink") or None, key)
        if key not in defined:
            defined[key] = dict(_levels(abstracts[key]))
        levels, starts = dict(defined[key]), {}
        for override in num.iterchildren(qn("w:lvlOverride")):
            at = _whole(override.get(qn("w:ilvl")))
            if at is None or at >= _LEVELS:
                continue
            levels.update((at, level) for _, level in _levels(override))
            start = _whole(value(override, "w:startOverride"))
            if start is not None:
                starts[at] = start
                levels[at] = replace(levels.get(at, _Level()), start=start)
        found[number] = _List(key, levels, starts)
    return found


def _levels(definition: etree._Element) -> Iterator[tuple[int, _Level]]:
    for level in definition.iterchildren(qn("w:lvl")):
        at = _whole(level.get(qn("w:ilvl")))
        if at is None or at >= _LEVELS:
            continue
        yield (
            at,
            _Level(
                start=_whole(value(level, "w:start")) or 0,
                form=value(level, "w:numFmt") or "decimal",
                template=(value(level, "w:lvlText") or "")[:_TEMPLATE_CHARS],
                gap="" if value(level, "w:suff") == "nothing" else " ",
                legal=is_on(level.find(qn("w:isLgl"))),
                restarts=_whole(value(level, "w:lvlRestart")),
                style=value(level, "w:pStyle") or "",
                pictured=level.find(qn("w:lvlPicBulletId")) is not None,
            ),
        )


def _whole(value: str | None) -> int | None:
    return int(value) if value and re.fullmatch("[0-9]{1,9}", value) else None
