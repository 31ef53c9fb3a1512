"""Text as a person reads it: for embedding, searching and display, never for storing."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_HYPHENATED = re.compile(
    r"(?:(?<=([-\u2010]))|(?<![^\W\d_]))([^\W\d_]{1,40})([-\u00ad\u2010])[ \t]*(?:\r\n?|\n)[ \t]*(?=([^\W\d_]{1,40}))"
)
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_SPACE = re.compile(r"\s+")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_QUOTES = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‚": "'",
        "‛": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "–": "-",
        "—": "-",
        "−": "-",
    }
)


def clean(text: str) -> str:
    """The text with hard wraps joined, hyphenation at line ends undone, ligatures and spaces folded.

    >>> clean("The inspec-\\ntion of  ﬁve\\nhomes")
    'The inspection of five homes'
    >>> clean("the multi-\\nagency hub, day-to-\\nday"), clean("safeguard-\\ning")
    ('the multi-agency hub, day-to-day', 'safeguarding')
    """
    joined = _HYPHENATED.sub(_rejoined, text) if "\n" in text or "\r" in text else text
    joined = joined.translate(_INVISIBLE)
    # NFKC would also turn "½" into "1⁄2" and "²" into "2": only ligatures are wanted.
    joined = _LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match.group()), joined)
    return _SPACE.sub(" ", joined).strip()


def _rejoined(match: re.Match[str]) -> str:
    """A word whose hyphen stood at a line's end, with the hyphen if it is one that the word has anywhere."""
    chained, left, hyphen, right = match.groups()
    if hyphen == "\u00ad":
        return left
    if chained or (right[0].isupper() and left[-1].islower()) or _is_compound(left, right):
        return left + hyphen
    return left


_SUFFIXES = frozenset(
    {"able", "ably", "less", "ment", "ments", "ness", "ship", "hood", "wise", "ward", "wards"}
)


@lru_cache(maxsize=10_000)
def _is_compound(left: str, right: str) -> bool:
    """Whether two parts are words by themselves that make none together: "multi" and "agency".

    The tokenizer's vocabulary tells: a common word is one token, and what it parts between the two is no word.
    """
    from index.tokens import token_spans  # heavy, and only needed where a line ends in a hyphen

    if len(right) < 4 or right.lower() in _SUFFIXES:
        return False
    if len(token_spans(f" {left}")) > 1 or len(token_spans(f" {right}")) > 1:
        return False
    return any(span.end == len(left) + 1 for span in token_spans(f" {left}{right}")[:-1])


def fold(text: str) -> str:
    """The text reduced to what matters when two texts are compared: case, accents and quote styles go.

    >>> fold("Children’s  Café")
    "children's cafe"
    """
    decomposed = unicodedata.normalize("NFKD", clean(text).translate(_QUOTES))
    # Decomposing brings out capitals ("㎒") and spaces ("´"), and folding case brings out accents ("ǰ").
    folded = unicodedata.normalize("NFKD", decomposed.casefold()).translate(_QUOTES)
    return clean("".join(c for c in folded if not unicodedata.combining(c)))
