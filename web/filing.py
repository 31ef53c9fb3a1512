"""An answer to be filed: the evidence pack as Markdown, HTML or Word, and the receipt."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import metadata

from apiflask import APIBlueprint
from flask import Response, abort, request

from index import Filter
from qa import PACK_FORMATS, Answer, make_pack, make_receipt, write_pack
from web import asking
from web.schemas import filter_from, load_form

filing = APIBlueprint("filing", __name__, enable_openapi=False)

_MEDIA = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@filing.get("/pack/<form>")
def pack(form: str) -> Response:
    """The evidence pack of the answer to the question in the address, as a file."""
    if form not in PACK_FORMATS:
        abort(404, f"There is no pack of this form; there are {', '.join(PACK_FORMATS)}.")
    answer, _ = _asked()
    site = request.host_url.rstrip("/")
    written = write_pack(form, [make_pack(answer, asking.service())], made=_now(), site=site)
    return _file(written, _MEDIA.get(form, "application/octet-stream"), f"answer.{form}")


@filing.get("/receipt.json")
def receipt() -> Response:
    """The receipt of the answer: what `pincite verify` needs to say whether it still holds."""
    answer, where = _asked()
    service = asking.service()
    made = make_receipt(
        answer, service, service.settings, filter=where, made=_now(), version=metadata.version("pincite")
    )
    written = json.dumps(made, ensure_ascii=False) + "\n"
    return _file(written.encode(), "application/json", "receipt.json")


def _asked() -> tuple[Answer, Filter]:
    data, errors = load_form(request.args)
    if errors:
        abort(400, " ".join(text for texts in errors.values() for text in texts))
    where = filter_from(data)
    return asking.ask_once(data["q"], where), where  # QuestionError has a handler


def _file(written: bytes, media: str, name: str) -> Response:
    response = Response(written, content_type=media)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
