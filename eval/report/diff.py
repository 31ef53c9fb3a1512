"""Quotes of two runs, word by word: which words both have, and which only one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from eval.report.text import clean
from eval.types import QuoteRow

_ALIKE = 0.3
"""Quotes of one document with this share of words in common (difflib's ratio) are held against each other."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a quote, and whether the other run's quote has them too."""

    text: str
    shared: bool


@dataclass(frozen=True, slots=True)
class MarkedQuote:
    """A quote in pieces; joined, they are its text."""

    quote: QuoteRow
    pieces: tuple[Piece, ...]

    @property
    def same(self) -> bool:
        """Whether the other run quoted exactly this."""
        return all(piece.shared for piece in self.pieces)


def mark_quotes(
    old: Sequence[QuoteRow], new: Sequence[QuoteRow]
) -> tuple[tuple[MarkedQuote, ...], tuple[MarkedQuote, ...]]:
    """Both runs' quotes, each held against the one of the other run that is most like it."""
    marked_old = {n: MarkedQuote(quote, (Piece(clean(quote.text), False),)) for n, quote in enumerate(old)}
    marked_new = {n: MarkedQuote(quote, (Piece(clean(quote.text), False),)) for n, quote in enumerate(new)}
    for i, j in _pairs(old, new):
        before, after = mark_words(clean(old[i].text), clean(new[j].text))
        marked_old[i], marked_new[j] = MarkedQuote(old[i], before), MarkedQuote(new[j], after)
    return tuple(marked_old.values()), tuple(marked_new.values())


def mark_words(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Two texts in pieces, by difflib over words; white space belongs to the word before it.

    >>> mark_words("six homes closed", "five homes")[1]
    (Piece(text='five ', shared=False), Piece(text='homes', shared=True))
    """
    before, after = _words(old), _words(new)
    shared_before, shared_after = [False] * len(before), [False] * len(after)
    matcher = SequenceMatcher(None, _bare(before), _bare(after), autojunk=False)
    for block in matcher.get_matching_blocks():
        shared_before[block.a : block.a + block.size] = [True] * block.size
        shared_after[block.b : block.b + block.size] = [True] * block.size
    return _pieces(before, shared_before), _pieces(after, shared_after)


def _pairs(old: Sequence[QuoteRow], new: Sequence[QuoteRow]) -> list[tuple[int, int]]:
    ratios = []
    for i, before in enumerate(old):
        for j, after in enumerate(new):
            if before.source_id == after.source_id:
                ratio = 1.0 if before.text == after.text else _ratio(before.text, after.text)
                ratios.append((-ratio, abs(before.start - after.start), i, j))
    pairs: list[tuple[int, int]] = []
    for negative, _, i, j in sorted(ratios):
        if -negative >= _ALIKE and all(i != a and j != b for a, b in pairs):
            pairs.append((i, j))
    return pairs


def _ratio(old: str, new: str) -> float:
    return SequenceMatcher(None, _bare(_words(old)), _bare(_words(new)), autojunk=False).ratio()


def _words(text: str) -> list[str]:
    return re.findall(r"\s*\S+\s*", text) or ([text] if text else [])


def _bare(words: list[str]) -> list[str]:
    return [word.strip() for word in words]


def _pieces(words: list[str], shared: list[bool]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for word, is_shared in zip(words, shared, strict=True):
        if pieces and pieces[-1].shared == is_shared:
            pieces[-1] = Piece(pieces[-1].text + word, is_shared)
        else:
            pieces.append(Piece(word, is_shared))
    return tuple(pieces)
