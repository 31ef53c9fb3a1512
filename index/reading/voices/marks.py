"""Where quotation marks open and close in a paragraph: straight and curly, nested, misplaced or missing.

A curly mark says what it does; a straight one is read from the white space beside it. A closing mark of another
style than the opening one closes it all the same, since printed text mixes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARK = re.compile("[\"“”„«»‘’']")
_DOUBLE_OPEN, _DOUBLE_CLOSE = "“„«", "”»"
_BEFORE_OPEN = frozenset(" \t\r\n\u00a0\u202f([{—–-/")
_AFTER_CLOSE = frozenset(" \t\r\n\u00a0\u202f.,;:!?)]}—–-/…'’\"")
_LONGEST_SINGLE = 5000
_STOPS = frozenset(".,!?…;:—–-")


@dataclass(frozen=True, slots=True)
class Quoted:
    """Text between quotation marks, which are part of it. `opened` and `closed` say which of the two are there."""

    start: int
    end: int
    single: bool = False
    opened: bool = True
    closed: bool = True


def quoted(text: str, start: int, end: int, *, carried: bool = False) -> list[Quoted]:
    """The outermost quotations of a paragraph, in order. `carried`: one was open where the paragraph before ended.

    The last one may not be closed. A closing mark that nothing opened ends a quotation that began with the
    paragraph.

    >>> [(q.start, q.end) for q in quoted('“One,” he said. “Two ‘and a half’.”', 0, 35)]
    [(0, 6), (16, 35)]
    """
    found: list[Quoted] = []
    stack: list[tuple[str, int]] = []  # style, where
    skip_to = start
    barren = start  # up to where no single quotation was found to close
    for match in _MARK.finditer(text, start, end):
        at, mark = match.start(), match.group()
        if at < skip_to:
            continue
        if mark in "‘’'":
            if not stack and mark != "’" and _opens(text, at, start, end):
                close = _single_close(text, at, end) if at >= barren else None
                if close is not None:
                    found.append(Quoted(at, close, single=True))
                    skip_to = close
                    continue
                barren = max(barren, at + _LONGEST_SINGLE)
                if at == start or text[max(start, at - 8) : at].rstrip().endswith(":"):
                    rest_has_double = re.compile('["“”]').search(text, at, end)
                    if not rest_has_double:
                        found.append(Quoted(at, end, single=True, closed=False))
                        return found
            elif not stack and not found and mark == "’" and carried and _ends_single(text, at, end):
                found.append(Quoted(start, at + 1, single=True, opened=False))
            continue
        style = "straight" if mark == '"' else "curly"
        opening = mark in _DOUBLE_OPEN or (
            style == "straight" and _straight_opens(text, at, start, end, stack)
        )
        if opening:
            stack.append((style, at))
        elif stack:
            styles = [s for s, _ in stack]
            # A mark of another style closes what is open; one of the same closes what was left open inside it.
            depth = len(styles) - 1 - styles[::-1].index(style) if style in styles else len(styles) - 1
            opened_at = stack[depth][1]
            del stack[depth:]
            if not stack:
                found.append(Quoted(opened_at, at + 1))
        elif not found and (carried or _ends_sentence(text, at)):
            found.append(Quoted(start, at + 1, opened=False))
    if stack:
        found.append(Quoted(stack[0][1], end, closed=False))
    return found


def mask(text: str, start: int, end: int, quotes: list[Quoted]) -> str:
    """A paragraph with its quotations blanked, as long as before, so that no word in them is taken for the author's.

    The last character within the marks stays: it says whether a sentence ends there.
    """
    pieces: list[str] = []
    at = start
    for quote in quotes:
        pieces.append(text[at : quote.start])
        inner = quote.end - quote.start
        tail = text[quote.end - 2 : quote.end] if quote.closed and inner > 2 else ""
        pieces.append("\x00" * (inner - len(tail)) + tail)
        at = quote.end
    pieces.append(text[at:end])
    return "".join(pieces)


def _opens(text: str, at: int, start: int, end: int) -> bool:
    before = text[at - 1] if at > start else " "
    after = text[at + 1] if at + 1 < end else " "
    return before in _BEFORE_OPEN and not after.isspace() and (after.isalpha() or after in '"“£$…[(')


def _straight_opens(text: str, at: int, start: int, end: int, stack: list[tuple[str, int]]) -> bool:
    before = text[at - 1] if at > start else " "
    after = text[at + 1] if at + 1 < end else " "
    free_before = before.isspace() or before in "([{—–-/:'‘"
    free_after = (after in _AFTER_CLOSE and after not in "…'’") or after.isspace()
    if free_before and not free_after:
        # `6' 2"` and `5"-wide` aside, a mark with a space before it and none after opens.
        return True
    if free_after and not free_before:
        return False
    return not any(style == "straight" for style, _ in stack) and not before.isdigit()


def _single_close(text: str, at: int, end: int) -> int | None:
    """Where a single quotation that opens at `at` ends. "s' " is more often a plural's apostrophe than an end."""
    weak = None
    limit = min(end, at + _LONGEST_SINGLE)
    for i in range(at + 1, limit):
        if text[i] not in "'’" or not _ends_single(text, i, end):
            continue
        before = text[i - 1]
        if before in _STOPS or before in '"”)]':
            return i + 1
        plural = before == "s" and i + 2 < end and text[i + 1].isspace() and text[i + 2].islower()
        if not plural:
            return i + 1
        weak = weak or i + 1
    return weak


def _ends_single(text: str, at: int, end: int) -> bool:
    before = text[at - 1]
    after = text[at + 1] if at + 1 < end else " "
    return not before.isspace() and (after.isspace() or after in _AFTER_CLOSE)


def _ends_sentence(text: str, at: int) -> bool:
    return at > 0 and text[at - 1] in ".!?…"
