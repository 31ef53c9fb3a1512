"""Which language a document is in, so that a screen reader says its words in the right voice.

py3langid (Lui and Baldwin, "langid.py", ACL 2012) is told whole stretches of text only: on a few words it guesses.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import lru_cache
from typing import Any

from index import Document, DocumentInfo
from web import asking

_READ = 4_000  # characters
_FEWEST_LETTERS = 120
_SURE = 0.99

_lock = threading.Lock()
_known: OrderedDict[str, str] = OrderedDict()
_MOST_KNOWN = 4_096


def language_of(document: Document) -> str:
    """A language code such as "de", or "" where the text is too short or it is not clear.

    >>> from index import DocumentInfo
    >>> info = DocumentInfo("ab", "a.txt", "", "", "")
    >>> language_of(Document(info, "Die Schwellen wurden nicht einheitlich angewandt, und niemand prüfte es. " * 3))
    'de'
    >>> language_of(Document(info, "Die Schwellen"))
    ''
    """
    text = " ".join(document.text[:_READ].split())
    if sum(character.isalpha() for character in text) < _FEWEST_LETTERS:
        return ""
    with _lock:
        language, sure = _identifier().classify(text)
    return language if sure >= _SURE else ""


def language(info: DocumentInfo) -> str:
    """The same for a document of the index, remembered for as long as its content stays."""
    key = f"{info.doc_id}:{info.sha256}"
    with _lock:
        if key in _known:
            return _known[key]
    found = language_of(asking.service().document(info.doc_id))
    with _lock:
        _known[key] = found
        while len(_known) > _MOST_KNOWN:
            _known.popitem(last=False)
    return found


def warm() -> None:
    """Load what tells languages apart, which takes a second, before the first question."""
    _identifier()


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
