"""Whether all is well, from a few things that cost little; `pincite check` looks at everything."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from index import QuestionError
from web import asking, words

log = logging.getLogger(__name__)

_LOOKED_AT = 3
"""Documents whose passages are compared with their text; each state of the index has others looked at."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, and what was found, as a sentence."""

    name: str
    well: bool
    found: str


def health() -> list[Check]:
    """What was looked at, one by one. Never fails: what cannot be looked at is not well, and the log says why."""
    looked: tuple[tuple[str, Callable[[], tuple[bool, str]]], ...] = (
        ("database", _database),
        ("passages", _passages),
        ("search", _search),
    )
    return [_looked(name, look) for name, look in looked]


def _looked(name: str, look: Callable[[], tuple[bool, str]]) -> Check:
    try:
        return Check(name, *look())
    except Exception as error:  # whatever it is, a page about health has to come
        log.error("health of %s: %r", name, error)
        return Check(name, False, "This could not be looked at; the log of the server says why.")


def _database() -> tuple[bool, str]:
    status, infos = asking.service().status(), asking.service().documents()
    documents, passages = words.counted(len(infos), "document"), words.counted(status["passages"], "passage")
    if len(infos) != status["documents"]:
        return False, f"The database lists {documents} and counts {status['documents']:,}: run pincite check."
    return True, f"The database can be read: {documents}, {passages}."


def _passages() -> tuple[bool, str]:
    service = asking.service()
    infos = sorted(service.documents(), key=lambda info: info.doc_id)
    at = asking.generation() * _LOOKED_AT % (len(infos) or 1)
    chosen = [*infos[at:], *infos[:at]][:_LOOKED_AT]
    looked = 0
    for info in chosen:
        text = service.document(info.doc_id).text
        for passage in service.passages(info.doc_id):
            looked += 1
            if text[passage.start : passage.end] != passage.text:
                return (
                    False,
                    f"A passage of {info.source_id} is not the text at its place: run pincite check.",
                )
    seen = f"{words.counted(looked, 'passage')} of {words.counted(len(chosen), 'document')}"
    return True, f"{seen} looked at: each is the very text at its place."


def _search() -> tuple[bool, str]:
    service = asking.service()
    infos = sorted(service.documents(), key=lambda info: info.doc_id)
    if not infos:
        return True, "There is nothing to search yet."
    info = infos[asking.generation() % len(infos)]
    try:
        found = service.search(words.title_of(info)[:200])
    except QuestionError:  # a title of words that every text has
        return True, "No title was found to search for."
    if not found.hits:
        return False, "A search for the title of a document found nothing: run pincite check."
    return True, f"A search for the title of a document took {found.timings_ms.get('total', 0):.0f} ms."
