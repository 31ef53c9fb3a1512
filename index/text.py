"""Text as a person reads it: for embedding, searching and display, never for storing."""

from __future__ import annotations

import re
import unicodedata

_HYPHENATED = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010][ \t]*(?:\r\n?|\n)[ \t]*(?=[^\W\d_])")
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
    """
    joined = _HYPHENATED.sub("", text).translate(_INVISIBLE)
    # NFKC would also turn "½" into "1⁄2" and "²" into "2": only ligatures are wanted.
    joined = _LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match.group()), joined)
    return _SPACE.sub(" ", joined).strip()


def fold(text: str) -> str:
    """The text reduced to what matters when two texts are compared: case, accents and quote styles go.

    >>> fold("Children’s  Café")
    "children's cafe"
    """
    decomposed = unicodedata.normalize("NFKD", clean(text).translate(_QUOTES))
    # Decomposing brings out capitals ("㎒") and spaces ("´"), and folding case brings out accents ("ǰ").
    folded = unicodedata.normalize("NFKD", decomposed.casefold()).translate(_QUOTES)
    return clean("".join(c for c in folded if not unicodedata.combining(c)))
