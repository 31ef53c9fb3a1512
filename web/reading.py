"""The documents: their list, and each as it reads, with its cited words marked and its printed pages beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, render_template, request, url_for

from index import VOICES, Document, DocumentInfo, NotIndexedError, QuestionError, describe, document_id, fold
from qa import permalink
from web import asking, sheets, words
from web.answering import grouped, in_context, reading_order, shown
from web.conditional import conditional
from web.form import order_asked, query_of
from web.highlight import ViewBlock, places_of, view_blocks
from web.language import language_of
from web.payloads import listed
from web.schemas import filter_from, load_form

reading = APIBlueprint("reading", __name__, enable_openapi=False)

PER_PAGE = 100
_HASH_CHARACTERS = 8
"""What a permalink gives of a file's hash; fewer would make one file pass for another."""
_LONGEST_SEARCH = 200
_MOST_MATCHES = 500


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list of documents, under the voices that speak in them; `total` is of all that match."""

    groups: tuple[tuple[str, tuple[DocumentInfo, ...]], ...]
    total: int
    page: int
    pages: int
    find: str
    voice: str
    voices: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """Where a cited place stands among the quotations of an answer; addresses, "" where there is none."""

    question: str
    position: int
    total: int
    previous: str
    next: str
    back: str


@reading.get("/documents")
@conditional
def documents() -> str:
    """All documents, under the voices that speak in them, a hundred at a time."""
    listing = _listing()
    everything = asking.service().status()["documents"]
    return render_template(
        "documents.html", listing=listing, everything=everything, links=_page_links(listing)
    )


@reading.get("/documents.json")
@conditional
def documents_twin() -> dict[str, Any]:
    """The same page of the list as data."""
    listing = _listing()
    infos = [info for _, group in listing.groups for info in group]
    return {
        "total": listing.total, "page": listing.page, "pages": listing.pages,
        "documents": [listed(info, url_for(".document", doc_id=info.doc_id)) for info in infos],
        "links": {name: url.replace("/documents", "/documents.json", 1) for name, url in _page_links(listing).items()},
    }  # fmt: skip


@reading.get("/documents/<doc_id>")
@conditional
def document(doc_id: str) -> str:
    """A document as it reads, with the cited span and what is searched for marked."""
    named, renamed = _named(doc_id)
    found, newer = _edition(named)
    span = None if newer and not found.info.superseded_by else _span(len(found.text))
    newest_url = url_for(".document", doc_id=document_id(found.info.source_id))
    if span and found.info.superseded_by:
        info, place = asking.service().locate(found.info.doc_id, describe(found.text, *span))
        newer = words.resolution_words(place.status)
        if place.status != "gone":
            newest_url = permalink(info, place.start, place.end)
    find = request.args.get("find", "").strip()[:_LONGEST_SEARCH]
    matches = places_of(found.text, find, _MOST_MATCHES + 1)
    more, matches = len(matches) > _MOST_MATCHES, matches[:_MOST_MATCHES]
    leaves = _leaves(view_blocks(found, *(span or (0, 0)), matches))
    return render_template(
        "document.html", document=found, info=found.info, leaves=leaves, span=span, newer=newer,
        newest_url=newest_url, renamed=renamed, find=find, matches=len(matches), more_matches=more,
        kept=[(name, value) for name, value in request.args.items(multi=True) if name != "find"],
        trail=_trail(found.info, span) if span else None, sheets=sheets.has_sheets(found.info),
        cited_page=_page_of(found, span[0]) if span else None, language=language_of(found),
    )  # fmt: skip


@reading.get("/documents/<doc_id>.json")
@conditional
def document_twin(doc_id: str) -> dict[str, Any]:
    """A document as data: its text, which all offsets refer to, and what is known of its parts."""
    named, _ = _named(doc_id)
    found, newer = _edition(named)
    if newer and not found.info.superseded_by:
        abort(404, newer)
    span = _span(len(found.text))
    cited = {"start": span[0], "end": span[1], "text": found.text[slice(*span)]} if span else None
    return listed(found.info, url_for(".document", doc_id=found.info.doc_id)) | {
        "sha256": found.info.sha256, "edition": found.info.edition, "also": list(found.info.also),
        "superseded_by": found.info.superseded_by or None, "language": language_of(found) or None, "cited": cited,
        "text": found.text,
        "pages": [{"number": p.number, "label": p.label, "start": p.start, "end": p.end} for p in found.pages],
        "blocks": [
            {"kind": b.kind, "level": b.level, "start": b.start, "end": b.end, "boilerplate": b.boilerplate}
            for b in found.blocks
        ],
        "speeches": [
            {"start": s.start, "end": s.end, "speaker": s.speaker, "voice": s.voice, "published": s.published}
            for s in found.speeches
        ],
    }  # fmt: skip


@reading.get("/documents/<doc_id>/pages/<int(max=100000):number>.png")
def sheet(doc_id: str, number: int) -> Response:
    """A page of a PDF as it was printed, with the cited words marked where they are found on it."""
    found, newer = _edition(asking.service().document(doc_id))
    span = None if newer else _span(len(found.text))
    cited = sheets.words_on(found, number, *span) if span else ""
    tag = sheets.sheet_tag(found, number, cited)
    if not sheets.has_sheets(found.info):
        abort(
            404,
            "The original file is not where it was read, or has changed since: only its text can be shown.",
        )
    if request.if_none_match.contains(tag):
        response = Response(status=304)
    else:
        try:
            picture = sheets.sheet(found, number, cited)
        except sheets.SheetError as error:
            abort(422, str(error))
        if picture is None:
            abort(404, f"This document has no page {number}.")
        response = Response(picture, mimetype="image/png")
    response.set_etag(tag)
    return response


def _listing() -> Listing:
    """What the address asks for of the list: `find`, `voice` and `page`."""
    find, voice = request.args.get("find", "").strip()[:_LONGEST_SEARCH], request.args.get("voice", "")
    wanted = fold(find).split()
    infos = [
        info
        for info in asking.service().documents()
        if all(
            word in fold(f"{info.title} {info.publisher} {info.source_id} {info.published}")
            for word in wanted
        )
    ]
    counts = tuple((one, n) for one in VOICES if (n := sum(info.voice == one for info in infos)))
    ordered = [info for one in VOICES for info in infos if info.voice == one and voice in ("", one)]
    pages = max(1, -(-len(ordered) // PER_PAGE))
    asked = request.args.get("page", "1")
    page = min(int(asked), pages) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
    page = max(page, 1)
    here = ordered[(page - 1) * PER_PAGE : page * PER_PAGE]
    groups = tuple((one, tuple(info for info in here if info.voice == one)) for one in VOICES)
    return Listing(
        tuple(group for group in groups if group[1]), len(ordered), page, pages, find, voice, counts
    )


def _page_links(listing: Listing) -> dict[str, str]:
    """Addresses of the pages before and after."""
    query: dict[str, Any] = {
        name: value for name, value in (("find", listing.find), ("voice", listing.voice)) if value
    }
    links = {}
    if listing.page > 1:
        links["previous"] = url_for(".documents", **query, page=listing.page - 1)
    if listing.page < listing.pages:
        links["next"] = url_for(".documents", **query, page=listing.page + 1)
    return links


def _leaves(blocks: list[ViewBlock]) -> list[list[ViewBlock]]:
    """Blocks page by page; those of a document without pages in portions that a browser can lay out one by one."""
    leaves: list[list[ViewBlock]] = []
    paged = any(block.page for block in blocks)
    for i, block in enumerate(blocks):
        if not leaves or (block.page if paged else i % PER_PAGE == 0):
            leaves.append([])
        leaves[-1].append(block)
    return leaves


def _page_of(found: Document, start: int) -> int | None:
    return next((page.number for page in found.pages if page.start <= start < page.end), None)


def _trail(info: DocumentInfo, span: tuple[int, int]) -> Trail | None:
    """The way along the quotations of the answer that led here; None if no question stands in the address."""
    data, errors = load_form(request.args)
    if errors or not request.args.get("q", "").strip():
        return None
    try:
        answer = asking.ask_once(data["q"], filter_from(data))
    except QuestionError:
        return None
    query, order = query_of(data), order_asked()
    quotations = reading_order(grouped(shown(answer), order))
    more = query | ({"order": order} if order != "voice" else {})
    here = [(one.quote.doc_id, one.quote.start, one.quote.end) for one in quotations]
    at = here.index((info.doc_id, *span)) if (info.doc_id, *span) in here else -1

    def address(i: int) -> str:
        if at < 0 or not 0 <= i < len(quotations):
            return ""
        one = quotations[i]
        return in_context(one.citation.document, one.quote.start, one.quote.end, more)

    anchor = f"quote-{at + 1}" if at >= 0 else None
    back = url_for("pages.ask", **more, _anchor=anchor)
    return Trail(answer.question, at + 1, len(quotations), address(at - 1), address(at + 1), back)


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
