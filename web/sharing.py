"""A link that shows an answer to someone else: the question, the generation of the index, and what was quoted.

The places of the quotations stand in the link itself. Nothing is stored for it, no secret signs it, and every word
it shows is read from the edition that was quoted: it cannot put words into a document. What it cannot prove is that
the answer of then chose these places; docs/web.md says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from index import DocumentInfo, NotIndexedError
from qa import Answer
from web import asking

_PLACE = re.compile(r"([0-9a-f]{16})\.([0-9a-f]{8})\.(\d{1,11})\.(\d{1,11})", re.ASCII)
_MOST = 40
"""More quotations than this no answer has."""


@dataclass(frozen=True, slots=True)
class SharedQuote:
    """What a link quotes: its words, from the edition that was quoted. No `document`: it is no longer kept."""

    document: DocumentInfo | None
    start: int
    end: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """What a link to an answer tells of it. `changed`: the index is another than it was made from."""

    generation: int
    changed: bool
    quotes: tuple[SharedQuote, ...] = ()


def share_link(answer: Answer, query: dict[str, Any], order: str = "") -> str:
    """The address of an answer as it is now."""
    infos = {citation.document.doc_id: citation.document for citation in answer.citations}
    places = [
        f"{quote.doc_id[:16]}.{infos[quote.doc_id].sha256[:8]}.{quote.start}.{quote.end}"
        for quote in answer.quotes
    ]
    more: dict[str, Any] = {"order": order} if order else {}
    return url_for("pages.ask", **query, **more, generation=asking.generation(), quote=places)


def shared_from(generation: str, places: Sequence[str]) -> Shared | None:
    """What the link that was followed tells; None where it names no generation."""
    if not (generation.isascii() and generation.isdecimal() and len(generation) < 12):
        return None
    changed = int(generation) != asking.generation()
    return Shared(int(generation), changed, tuple(_quotes(places[:_MOST])) if changed else ())


def _quotes(places: Iterable[str]) -> Iterable[SharedQuote]:
    for place in places:
        match = _PLACE.fullmatch(place)
        if match is None:
            continue
        start, end = int(match[3]), int(match[4])
        info = _edition(match[1], match[2])
        if info is None:
            yield SharedQuote(None, start, end)
            continue
        text = asking.service().document(info.doc_id).text
        if start < end <= len(text):
            yield SharedQuote(info, start, end, text[start:end])


def _edition(doc_id: str, beginning: str) -> DocumentInfo | None:
    try:
        editions = asking.service().editions(doc_id)
    except NotIndexedError:
        return None
    return next((info for info in editions if info.sha256.startswith(beginning)), None)
