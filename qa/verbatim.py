"""Whether words stand in a document where they are said to: what every quote has to pass before it is shown."""

from __future__ import annotations

import re
import unicodedata

_SPACE = re.compile(r"\s+")
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_MARKS = str.maketrans({mark: style[0] for style in ("'‘’‚‛", '"“”„«»') for mark in style})


def located(text: str, start: int, end: int, words: str) -> str | None:
    """The document's own characters `start` to `end`, if they say what is claimed; None if they do not.

    White space, ligatures and the style of quotation marks may differ, for extraction and typing change these; any
    other character more, less or otherwise is another statement. What is returned is the document's spelling.

    >>> located('She said “it is ﬁne”.', 0, 21, 'She said "it is fine".')
    'She said “it is ﬁne”.'
    >>> located("It was not safe.", 0, 16, "It was safe.") is None
    True
    """
    if not 0 <= start < end <= len(text):
        return None
    found = text[start:end]
    return found if found == words or _folded(found) == _folded(words) else None


def _folded(text: str) -> str:
    """Not stripped: a span that begins one character early or ends one late has to differ."""
    plain = _LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    return _SPACE.sub(" ", plain.translate(_MARKS))
