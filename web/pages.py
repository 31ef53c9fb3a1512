"""The pages a person reads. Every one has a stable address and works without JavaScript; none is shipped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from apiflask import APIBlueprint
from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from index import VOICES, Document, DocumentInfo, NotIndexedError, QuestionError, describe, document_id
from qa import permalink
from web import asking, words
from web.highlight import view_blocks
from web.schemas import filter_from, load_form

pages = APIBlueprint("pages", __name__, enable_openapi=False)

_HASH_CHARACTERS = 8
"""What a permalink gives of a file's hash; fewer would make one file pass for another."""
_LONGEST_LIST = 60
"""More choices than this make a menu nobody can use, and a page that is slow to load."""


@dataclass(frozen=True, slots=True)
class Form:
    """The question form as it was filled in, what it offers, and what is wrong with it by field."""

    question: str = ""
    voices: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
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


@pages.get("/")
def home() -> str:
    """The question form and what is indexed."""
    data, errors = load_form(request.args)
    return render_template("home.html", form=_form(data, errors), status=asking.service().status())


@pages.get("/ask")
def ask() -> str | Response | tuple[str, int]:
    """The answer to the question in the address."""
    if "q" not in request.args:
        return redirect(url_for("pages.home"))
    data, errors = load_form(request.args)
    if not errors:
        try:
            answer = asking.ask(data["q"], None, filter_from(data))
        except QuestionError as error:
            errors = {"q": [str(error)]}
        else:
            as_json = url_for("api.ask_by_link", **_query(data))
            return render_template("ask.html", form=_form(data, {}), answer=answer, as_json=as_json)
    return render_template("ask.html", form=_form(data, errors), answer=None), 400


@pages.get("/documents")
def documents() -> str:
    """All documents, under the voices that speak in them."""
    infos = asking.service().documents()
    groups = [(voice, [info for info in infos if info.voice == voice]) for voice in VOICES]
    return render_template("documents.html", total=len(infos), groups=[group for group in groups if group[1]])


@pages.get("/documents/<doc_id>")
def document(doc_id: str) -> str:
    """A document as it reads, with the cited span marked."""
    named, renamed = _named(doc_id)
    found, newer = _edition(named)
    span = None if newer and not found.info.superseded_by else _span(len(found.text))
    newest_url = url_for("pages.document", doc_id=document_id(found.info.source_id))
    if span and found.info.superseded_by:
        info, place = asking.service().locate(found.info.doc_id, describe(found.text, *span))
        newer = words.resolution_words(place.status)
        if place.status != "gone":
            newest_url = permalink(info, place.start, place.end)
    blocks = view_blocks(found, *(span or (0, 0)))
    return render_template(
        "document.html", document=found, info=found.info, blocks=blocks, span=span, newer=newer,
        newest_url=newest_url, renamed=renamed,
    )  # fmt: skip


def _named(doc_id: str) -> tuple[Document, str]:
    """The document of an address; or the same file under another name, with a word on that.

    NotIndexedError if neither is indexed. Where one file was read under two names, and the one that is cited is
    gone, the other still holds the very words: the address names them by the beginning of the file's hash.
    """
    try:
        return asking.service().document(doc_id), ""
    except NotIndexedError:
        wanted = request.args.get("edition", "")
        same = [info for info in asking.service().documents() if info.sha256.startswith(wanted)]
        if len(wanted) < _HASH_CHARACTERS or not same:
            raise
    return asking.service().document(same[0].doc_id), (
        "The document that this address cites is no longer indexed under that name. This is the same file, byte for"
        f" byte, under the name {same[0].source_id}."
    )


def _edition(found: Document) -> tuple[Document, str]:
    """The edition that the address asks for, if it is kept, or the newest with a word on that.

    A citation's offsets are those of its own edition: in another they would mark other words.
    """
    wanted = request.args.get("edition", "")
    if not wanted or found.info.sha256.startswith(wanted):
        return found, ""
    for info in asking.service().editions(found.info.doc_id):
        if info.sha256.startswith(wanted):
            return asking.service().document(info.doc_id), ""
    return found, (
        "The words that this address cites are those of an older edition, which is not kept here. This is the"
        " newest one: look for them in it before you rely on them."
    )


def _span(length: int) -> tuple[int, int] | None:
    """The cited span that the address names. A wrong one is refused: marking other words would misquote."""
    given = request.args.get("start"), request.args.get("end")
    if given == (None, None):
        return None
    # isdecimal alone would let other scripts' digits and a million of them through.
    if not all(text and text.isascii() and text.isdecimal() and len(text) < 12 for text in given):
        abort(400, "A citation needs both start and end, as numbers of characters, like ?start=120&end=310.")
    start, end = int(given[0] or 0), int(given[1] or 0)
    if not start < end <= length:
        abort(400, f"This document has characters 0 to {length}; {start} to {end} is no stretch of it.")
    return start, end


def _form(data: dict[str, Any], errors: dict[str, list[str]]) -> Form:
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
        errors=errors,
        known_voices=tuple(voice for voice in VOICES if any(info.voice == voice for info in infos)),
        known_publishers=tuple(publishers[:_LONGEST_LIST]),
        known_documents=tuple(infos),
    )


def _query(data: dict[str, Any]) -> dict[str, Any]:
    """Loaded form data as the query string that the JSON endpoint takes."""
    return {
        "q": data["q"],
        "voice": data.get("voices"),
        "publisher": data.get("publishers"),
        "document": data.get("documents"),
        "from": data.get("published_from"),
        "to": data.get("published_to"),
        "kind": data.get("kinds"),
        **{name: data.get(name) for name in ("about_from", "about_to", "boilerplate", "editions")},
    }
