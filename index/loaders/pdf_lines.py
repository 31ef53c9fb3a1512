"""A PDFium page -> its lines with their places, in few calls: PDFium is fast, each call from Python is not.

PDFium is asked for a page's text at once, for the boxes of each line's runs of type, and for the style of two
or three characters of it. Only a line that a wide gap may part is looked at character by character.
"""

from __future__ import annotations

import ctypes
import math
import re
from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from itertools import repeat

import pypdfium2 as pdfium
from pypdfium2 import raw

from index.loaders.base import clean
from index.loaders.pdf_calls import fast, font_style
from index.loaders.pdf_joined import joined, may_hold_table
from index.loaders.pdf_rules import read_rules
from index.loaders.pdf_types import Cell, Line, Rule

# PDFium ends a line with "\r\n", except after a hyphen: there it puts U+FFFE (formerly U+0002) for hyphen and
# line end together. The text keeps both as printed; joining the word is for embedding and display.
_LINE_END = re.compile("\r\n|\r|\n|[\ufffe\x02](?:\r?\n)?")
_HYPHENS = ("\ufffe", "\x02")

# Wingdings and Symbol have no Unicode of their own and arrive in the private use area. These are the bullets
# that word processors write; one character for one, as printed.
_BULLETS = str.maketrans("\uf06e\uf0a7\uf0b7\uf0d8\uf0fc\uf02d\uf076\uf0a8\uf06f", "■▪•➢✓-❖□□")

# A raised footnote mark before its note: printed apart from the note's first word, never as part of it.
_MARK = re.compile(r"^(\d{1,3}|[*†‡§])(?=[^\W\d])")
_Style = tuple[float, bool, bool, float, bool]
_NO_STYLE: _Style = (0.0, False, False, 0.0, False)
_MARKS = frozenset("0123456789*†‡§[")
_LABEL = re.compile(r"\W{0,2}(?:\d{1,4}|[a-zA-Z]|[ivxlcIVXLC]{1,6})(?:\.\w{1,3}){0,3}\W{0,2}|\W{1,3}")

_GAP = 1.0  # in ems: wider than any space between words, even in a justified line of a narrow column
_MANY = 3  # runs of type in a line
_LOOSE = 0.58  # as _WIDE: a line of running text has less
_WIDE = 0.78  # a line's width per character, in ems, above which a gap may hide in one run of type

_INT, _AT, _DOUBLE = ctypes.c_int, ctypes.c_void_p, ctypes.c_double
_count_rects = fast(raw.FPDFText_CountRects, _INT, _AT, _INT, _INT)
_get_rect = fast(raw.FPDFText_GetRect, _INT, _AT, _INT, _AT, _AT, _AT, _AT)
_get_box = fast(raw.FPDFText_GetCharBox, _INT, _AT, _INT, _AT, _AT, _AT, _AT)
_get_size = fast(raw.FPDFText_GetFontSize, _DOUBLE, _AT, _INT)
_get_matrix = fast(raw.FPDFText_GetMatrix, _INT, _AT, _INT, _AT)
_get_object = fast(raw.FPDFText_GetTextObject, _AT, _AT, _INT)
_get_font = fast(raw.FPDFTextObj_GetFont, _AT, _AT)
_get_index = fast(raw.FPDFText_GetCharIndexFromTextIndex, _INT, _AT, _INT)


# PDFium is used by one thread at a time: see pdf.py.
_RUNS = 1024  # more runs of type than any line has
_RUNS_ARRAY = (ctypes.c_double * (4 * _RUNS))()
_RUNS_AT = [
    [ctypes.addressof(_RUNS_ARRAY) + 32 * number + 8 * side for number in range(_RUNS)] for side in range(4)
]


def read_lines(page: pdfium.PdfPage, limit: int) -> tuple[list[Line], tuple[Rule, ...]]:
    """A page's lines in PDFium's order, without blank ones, seen upright from the top left corner; and the ruling
    lines of a page that may hold a table.

    Raises OverflowError for a page of more than `limit` characters.
    """
    textpage = page.get_textpage()
    try:
        if raw.FPDFText_CountChars(textpage.raw) > limit:
            raise OverflowError("too many characters")
        text = textpage.get_text_range()
        if not text or text.isspace():
            return [], ()
        reader = _Reader(textpage, page, text)
        lines = reader.lines()
        rules = read_rules(page) if may_hold_table(lines) else ()
        down = [rule for rule in rules if not rule.horizontal]
        return joined(reader.parted(lines, down) if down else lines), rules
    finally:
        textpage.close()


class _Reader:
    """Asks PDFium where the lines of one page stand."""

    def __init__(self, textpage: pdfium.PdfTextPage, page: pdfium.PdfPage, text: str) -> None:
        self._text = text
        self._page = ctypes.cast(textpage.raw, ctypes.c_void_p).value
        self._left, self._bottom, self._right, self._top = page.get_bbox()
        self._rotation = page.get_rotation()
        # Characters that PDFium counts but leaves out of the text shift what follows them.
        self._shifted = raw.FPDFText_CountChars(textpage.raw) != len(text)
        self._four = (ctypes.c_double * 4)()
        at = ctypes.addressof(self._four)
        self._ats = (at, at + 8, at + 16, at + 24)
        self._six = (ctypes.c_float * 6)()
        self._six_at = ctypes.addressof(self._six)
        self._last = _NO_STYLE
        self._hurried: list[int] = []  # first characters of the lines whose runs were not all looked at
        # Of each line: first character, text, hyphen at its end.
        self._spans: list[tuple[int, str, bool]] = []
        self._fonts: dict[int, tuple[bool, bool]] = {}  # of this page: a closed page's fonts may be freed

    def lines(self) -> list[Line]:
        """The lines of the page. Gaps within lines of many runs are looked for where there may be a table."""
        text, start = self._text, 0
        for match in _LINE_END.finditer(text):
            self._span(start, match.start(), text[match.start()] in _HYPHENS)
            start = match.end()
        self._span(start, len(text), False)
        samples = self._samples([self._middle(first, bare) for first, bare, _ in self._spans])
        lines = [self._line(*span, one) for span, one in zip(self._spans, samples, strict=True)]
        if self._hurried and may_hold_table(lines):
            hurried = frozenset(self._hurried)
            for number, span in enumerate(self._spans):
                if span[0] in hurried:
                    lines[number] = self._line(*span, samples[number], thorough=True)
        return lines

    def _span(self, start: int, end: int, hyphen: bool) -> None:
        """Note a line that is not blank: its first character, text without blanks around it, and hyphen."""
        found = self._text[start:end]
        bare = found.strip()
        if bare or hyphen:
            self._spans.append((start + found.index(bare[0]) if bare else end, bare, hyphen))

    def _middle(self, first: int, bare: str) -> int:
        """The character of a line whose style is looked at; of a word, as PDFium makes up spaces without a font."""
        middle = len(bare) // 2 if len(bare) > 2 else 0
        while middle < len(bare) - 1 and bare[middle].isspace():
            middle += 1
        return _get_index(self._page, first + middle) if self._shifted else first + middle

    def _line(self, first: int, bare: str, hyphen: bool, one: _Style, thorough: bool = False) -> Line:
        """The line of a span, with the style of its middle. In haste, only the first and the last of its many runs
        are looked at."""
        length = len(bare) or 1
        shown = clean(bare) if bare.isascii() else clean(bare).translate(_BULLETS)
        if hyphen:
            shown += "-"
        begin, last = first, first + length - 1
        if self._shifted:
            begin, last = _get_index(self._page, begin), _get_index(self._page, last)
        count = _count_rects(self._page, begin, last - begin + 1)
        raised = hurried = False
        if (count == 1 or (count > _MANY and not thorough)) and not self._rotation:
            _get_rect(self._page, 0, *self._ats)
            x0, y0, x1, y1 = self._four[:]
            if count > 1:
                hurried = True
                _get_rect(self._page, count - 1, *self._ats)
                x1, y1 = max(x1, self._four[2]), min(y1, self._four[3])
            x0, y0, x1, y1 = x0 - self._left, self._top - y0, x1 - self._left, self._top - y1
            lefts, rights = [x0], [x1]
        else:
            boxes = self._boxes(count)
            lefts, rights = boxes[::4], boxes[2::4]
            x0, y0, x1, y1 = min(lefts), min(boxes[1::4]), max(rights), max(boxes[3::4])
        if count > 1 and length > 2:
            style, raised = self._styled(one, bare, begin, last)
            if raised:
                shown = _MARK.sub(r"\1 ", shown)
        else:  # a line of one run is of one style
            style = one
        self._last = size, bold, italic, base, vertical = style
        if hurried:
            # Or a side heading in larger type, and the text beside it.
            if vertical or x1 - x0 > (_LOOSE * length + _GAP) * size or x1 <= x0 or size > 1.2 * one[0] > 0:
                return self._line(first, bare, hyphen, one, thorough=True)
            self._hurried.append(first)
        if vertical:
            return Line(shown, x0, x1, y0, y1, size, bold, length > 1, raised, italic)
        y0, y1 = base - 0.75 * size, base + 0.25 * size
        cells: tuple[Cell, ...] = ()
        if size and length > 3:
            gap = _GAP * size
            if count < 4 and x1 - x0 > (_WIDE * length + _GAP) * size:
                cells = self._cells(first, bare, size, hyphen)
            elif count > 1:
                found_gaps = [
                    (right, left)
                    for left, right in zip(lefts[1:], rights, strict=False)
                    if left - right > gap
                ]
                if found_gaps and not (
                    len(found_gaps) == 1 and _is_label(bare.split(None, 1)[0], found_gaps[0][0] - x0, size)
                ):
                    cells = self._pieces(first, bare, hyphen, found_gaps, (x0, x1))
            if cells and _is_label(cells[0].text, cells[0].x1 - x0, size) and len(cells) == 2:
                cells = ()
        return Line(shown, x0, x1, y0, y1, size, bold, False, raised, italic, cells)

    def _boxes(self, count: int) -> list[float]:
        """Left, top, right, bottom of each run of type that was counted last, in a row; never an empty list."""
        if not count:
            return [0.0, 0.0, 0.0, 0.0]
        count = min(count, _RUNS)
        # All boxes are written to one array, by a loop that does not run in Python.
        deque(map(_get_rect, repeat(self._page, count), range(count), *_RUNS_AT), maxlen=0)
        found = _RUNS_ARRAY[: 4 * count]
        x, y = self._left, self._top
        if self._rotation or x:
            boxes: list[float] = []
            for at in range(0, 4 * count, 4):
                box = (found[at] - x, y - found[at + 1], found[at + 2] - x, y - found[at + 3])
                boxes += self._turned(box) if self._rotation else box
            return boxes
        found[1::2] = [y - at for at in found[1::2]]
        return found

    def _sample(self, char: int) -> _Style:
        """Of a character: its size in points, bold, italic, its base line, and whether it runs up or down."""
        page = self._page
        thing = _get_object(page, char)
        if not thing or not _get_matrix(page, char, self._six_at):
            return _NO_STYLE
        return self._look(_get_size(page, char), _get_font(thing), *self._six[:])

    def _samples(self, chars: list[int]) -> list[_Style]:
        """What `_sample` says of each of many characters, asked for by loops that do not run in Python."""
        page, count = repeat(self._page), len(chars)
        array = (ctypes.c_float * (6 * count))()
        at = ctypes.addressof(array)
        things = list(map(_get_object, page, chars))
        known = list(map(_get_matrix, page, chars, range(at, at + 24 * count, 24)))
        sizes = map(_get_size, page, chars)
        fonts = map(_get_font, things)  # none for nothing
        numbers = iter(array)
        places = zip(*[numbers] * 6, strict=True)
        return [
            self._look(size, font, *place) if thing and found else _NO_STYLE
            for thing, found, size, font, place in zip(things, known, sizes, fonts, places, strict=True)
        ]

    def _look(
        self, points: float, font: int, a: float, b: float, c: float, d: float, x: float, y: float
    ) -> _Style:
        """The style of a character of so many points in its own space, by its font and its matrix."""
        size = points * (math.hypot(c, d) if c or d < 0 else d)
        style = self._fonts.get(font)
        if style is None:
            style = self._fonts[font] = font_style(font)
        y = self._top - y
        vertical = bool(b) and abs(a) < abs(b)
        if self._rotation:
            x -= self._left
            y = self._turned((x, y, x, y))[1]
            vertical ^= self._rotation in (90, 270)
        return size, style[0], style[1], y, vertical

    def _styled(self, one: _Style, bare: str, begin: int, last: int) -> tuple[_Style, bool]:
        """What `_sample` says of a line of several runs, and whether it begins with a raised mark."""
        usual = self._last
        if one[0] == usual[0] and not one[1] and bare[0] not in _MARKS:
            return one, False  # set as the line before was: no need to look at more of it
        begun = self._sample(begin)
        samples = sorted((begun, one, self._sample(last)))
        # The largest, as footnote marks and small capitals are smaller; but not a dropped initial.
        size = samples[2][0] if samples[2][0] < 1.6 * samples[1][0] else samples[1][0]
        style = (
            size,
            all(sample[1] for sample in samples),
            all(sample[2] for sample in samples),
            sorted(sample[3] for sample in samples)[1],
            sum(sample[4] for sample in samples) > 1,
        )
        return style, bare[0] in _MARKS and begun[0] < 0.8 * size

    def _turned(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """A box as it stands on a page that is shown turned."""
        left, top, right, bottom = box
        width, height = self._right - self._left, self._top - self._bottom
        if self._rotation == 90:
            return height - bottom, left, height - top, right
        if self._rotation == 180:
            return width - right, height - bottom, width - left, height - top
        return top, width - right, bottom, width - left

    def parted(self, lines: list[Line], down: list[Rule]) -> list[Line]:
        """Lines with cells where they cross a rule that runs down: leaders of dots reach from cell to cell."""
        found = []
        for line, (first, bare, hyphen) in zip(lines, self._spans, strict=True):
            middle = (line.y0 + line.y1) / 2
            cuts = [
                rule.at
                for rule in down
                if line.x0 + 3 < rule.at < line.x1 - 3 and rule.start - 2 < middle < rule.end + 2
            ]
            if cuts and not line.vertical:
                line = line._replace(cells=self._cells(first, bare, line.size, hyphen, cuts))
            found.append(line)
        return found

    def _box(self, char: int) -> tuple[float, float, float, float]:
        _get_box(self._page, _get_index(self._page, char) if self._shifted else char, *self._ats)
        left, right, bottom, top = self._four[:]
        box = (left - self._left, self._top - top, right - self._left, self._top - bottom)
        return self._turned(box) if self._rotation else box

    def _pieces(
        self, first: int, bare: str, hyphen: bool, gaps: list[tuple[float, float]], ends: tuple[float, float]
    ) -> tuple[Cell, ...]:
        """The pieces of a line between gaps that are known, each by where it begins and ends."""
        places = [at for at, character in enumerate(bare) if not character.isspace()]
        cells, begin, x0 = [], 0, ends[0]
        for right, left in gaps:
            # The first character that stands behind the gap, in a few steps.
            found = bisect_left(places, (left + right) / 2, key=lambda at: self._box(first + at)[0])
            if found == len(places) or (at := places[found]) <= begin:
                return ()  # not set from left to right
            cells.append(self._cell(first, bare[begin:at], begin, x0, right, False))
            begin, x0 = at, left
        cells.append(self._cell(first, bare[begin:], begin, x0, ends[1], hyphen))
        return tuple(cells)

    def _cell(self, first: int, text: str, at: int, x0: float, x1: float, hyphen: bool) -> Cell:
        char = _get_index(self._page, first + at) if self._shifted else first + at
        return Cell(clean(text).strip().translate(_BULLETS) + "-" * hyphen, x0, x1, self._sample(char)[1])

    def _cells(
        self, first: int, bare: str, size: float, hyphen: bool, cuts: Sequence[float] = ()
    ) -> tuple[Cell, ...]:
        """The pieces of a line between its wide gaps and at places to cut; () if there is but one."""
        gap = _GAP * size
        cells: list[Cell] = []
        begin, x0, reach = 0, 0.0, 0.0
        for at, character in enumerate(bare):
            if character.isspace():
                continue
            box = self._box(first + at)
            if not at:
                x0 = box[0]
            elif box[0] - reach > gap or any(reach - 2 < cut <= box[0] + 2 and x0 < cut - 2 for cut in cuts):
                cells.append(self._cell(first, bare[begin:at], begin, x0, reach, False))
                begin, x0 = at, box[0]
            reach = max(box[2], reach if at else box[2])
        if not cells:
            return ()
        cells.append(self._cell(first, bare[begin:], begin, x0, reach, hyphen))
        return tuple(cells)


def _is_label(text: str, width: float, size: float) -> bool:
    """Whether the first piece of a line is a number or a bullet of what follows it."""
    return width < 3 * size and _LABEL.fullmatch(text) is not None
