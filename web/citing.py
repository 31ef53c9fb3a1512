"""Citations to paste, by address: of any stretch of any document, in every style.

`/cite/<style>` gives one style as text, `/api/cite` all of them as JSON. Both take what a permalink names:
document, start, end and edition.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, request
from marshmallow import EXCLUDE, RAISE, Schema, fields, validate

from index import NotIndexedError
from qa import CITATION_STYLES, Citation, cite_as
from web import asking
from web.payloads import CitedOut, Responses, problem_responses
from web.schemas import Text

citing = APIBlueprint("citing", __name__, tag="Documents")

_MEDIA = {
    "bibtex": ("application/x-bibtex", "bib"),
    "ris": ("application/x-research-info-systems", "ris"),
}
"""What reference managers open. All other styles are sent as plain text, HTML too: it is there to be copied."""
_BY_STYLE: Responses = {
    "200": {"description": "By style", "content": {"application/json": {"schema": CitedOut}}}
}
_RESPONSES = _BY_STYLE | problem_responses(
    s400="The document has no such characters",
    s404="There is no such document or edition",
    s422="A parameter is missing, unknown or has a value that it cannot have; `errors` names each",
    s503="The index cannot be read",
)


class PlaceQuery(Schema):
    """The place that a permalink names."""

    document = Text(
        required=True, validate=validate.Length(min=1, max=500), metadata={"description": "id or source id"}
    )
    start = fields.Integer(required=True, validate=validate.Range(min=0, max=10**11))
    end = fields.Integer(required=True, validate=validate.Range(min=1, max=10**11))
    edition = Text(
        validate=validate.Regexp("[0-9a-f]{8,64}\\Z"),
        metadata={
            "description": "the beginning of the hash of the edition that is cited; default: the newest"
        },
    )


def cited(document: str, start: int, end: int, edition: str = "") -> Citation:
    """The citation of a place. NotIndexedError if the document, or that edition of it, is not there.

    Another edition's characters are never cited in its place: they would be other words.
    """
    service = asking.service()
    info = service.document(document).info
    if edition and not info.sha256.startswith(edition):
        kept = [other for other in service.editions(info.doc_id) if other.sha256.startswith(edition)]
        if not kept:
            raise NotIndexedError(
                f"no edition of {info.source_id} with a hash that begins with {edition} is kept here; leave edition"
                " out to cite the newest one"
            )
        info = kept[0]
    return service.cite(info.doc_id, start, end)


def styled(citation: Citation, styles: tuple[str, ...] = CITATION_STYLES) -> dict[str, str]:
    """A citation by style, with permalinks to the host that was asked, and today as the day of reading."""
    today = date.today().isoformat()
    return {style: cite_as(style, [citation], site=request.host_url, accessed=today)[0] for style in styles}


@citing.get("/cite/<style>")
@citing.doc(hide=True)
def cite(style: str) -> Response:
    """One citation in one style, to be copied or opened by a reference manager."""
    if style not in CITATION_STYLES:
        abort(404, f"No style of citation has this name. There are {', '.join(CITATION_STYLES)}.")
    schema = PlaceQuery(unknown=EXCLUDE)
    if errors := schema.validate(request.args):
        told = "; ".join(f"{name}: {' '.join(map(str, found))}" for name, found in sorted(errors.items()))
        abort(400, f"A citation needs document, start and end. {told}")
    citation = cited(**schema.load(request.args))
    media, ending = _MEDIA.get(style, ("text/plain", ""))
    response = Response(styled(citation, (style,))[style], content_type=f"{media}; charset=utf-8")
    if ending:
        name = f"{citation.document.doc_id}-{citation.start}-{citation.end}.{ending}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@citing.get("/api/cite")
@citing.input(PlaceQuery, location="query", unknown=RAISE)
@citing.doc(
    summary="Cite a place",
    description="The citation of characters of a document in every style, to be pasted.",
    operation_id="cite",
    responses=_RESPONSES,
)
def cite_in_all(query_data: dict[str, Any]) -> dict[str, Any]:
    """One citation in all styles."""
    return {"styles": styled(cited(**query_data))}
