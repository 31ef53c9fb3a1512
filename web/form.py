"""The question form: what was filled in, what it offers, and the same as a query string."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import request

from index import VOICES, DocumentInfo
from web import asking, words

LONGEST_LIST = 60
"""More choices than this make a menu nobody can use, and a page that is slow to load."""
ORDERS = ("voice", "time")
"""The orders in which quotations can be read; the first is the usual one."""


@dataclass(frozen=True, slots=True)
class Form:
    """The question form as it was filled in, what it offers, and what is wrong with it by field."""

    question: str = ""
    voices: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    order: str = ORDERS[0]
    errors: dict[str, list[str]] = field(default_factory=dict)
    known_voices: tuple[str, ...] = ()
    known_publishers: tuple[str, ...] = ()
    known_documents: tuple[DocumentInfo, ...] = ()

    @property
    def narrowed(self) -> bool:
        """Whether anything but the question was filled in; the filters are then shown open."""
        return bool(self.voices or self.publishers or self.documents or self.first or self.last)

    def chosen_documents(self) -> list[tuple[str, str]]:
        """The chosen documents as (value, title); what is not known keeps its own name."""
        known = {key: info for info in self.known_documents for key in (info.doc_id, info.source_id)}
        return [(name, words.title_of(known[name]) if name in known else name) for name in self.documents]

    def offered_documents(self) -> list[tuple[str, str]]:
        """The documents to choose from as (id, title) by title; none where they are too many for a menu."""
        if len(self.known_documents) > LONGEST_LIST or self.documents:
            return []
        named = [(info.doc_id, words.title_of(info)) for info in self.known_documents]
        return sorted(named, key=lambda pair: pair[1].casefold())


def form_of(data: dict[str, Any], errors: dict[str, list[str]]) -> Form:
    """The form for this request: `data` as loaded by `schemas.load_form`, and what was wrong with it."""
    infos = asking.service().documents()
    publishers = sorted({info.publisher for info in infos if info.publisher}, key=str.casefold)
    return Form(
        # What was typed is shown again even where it was refused, or it could not be mended.
        question=data.get("q", request.args.get("q", "")),
        voices=tuple(request.args.getlist("voice")),
        publishers=tuple(name for name in request.args.getlist("publisher") if name),
        documents=tuple(name for name in request.args.getlist("document") if name),
        first=request.args.get("from", ""),
        last=request.args.get("to", ""),
        order=order_asked(),
        errors=errors,
        known_voices=tuple(voice for voice in VOICES if any(info.voice == voice for info in infos)),
        known_publishers=tuple(publishers[:LONGEST_LIST]),
        known_documents=tuple(infos),
    )


def order_asked(usual: str = ORDERS[0]) -> str:
    """The order that the address asks for; the usual one where it names none that there is."""
    order = request.args.get("order", "")
    return order if order in ORDERS else usual


def query_of(data: dict[str, Any]) -> dict[str, Any]:
    """Loaded form data as a query string, without what was not filled in."""
    query = {
        "q": data["q"],
        "voice": data.get("voices"),
        "publisher": data.get("publishers"),
        "document": data.get("documents"),
        "from": data.get("published_from"),
        "to": data.get("published_to"),
        "kind": data.get("kinds"),
        **{name: data.get(name) for name in ("about_from", "about_to", "boilerplate", "editions")},
    }
    return {name: value for name, value in query.items() if value}
