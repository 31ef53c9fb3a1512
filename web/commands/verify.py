"""Whether what was quoted is still there: `pincite verify`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web.commands.options import as_json_option, location_options
from web.commands.printing import print_json, print_plain, say

if TYPE_CHECKING:
    from index import Document, Selector, Store

_WORDS = {
    "same": "at the same place",
    "moved": "moved, unchanged",
    "changed": "TEXT CHANGED",
    "gone": "GONE from the document",
    "document_gone": "DOCUMENT GONE from the index",
}


@click.command(
    epilog="""
\b
Example: pincite ask "Why were thresholds inconsistent?" --json > answer.json
         pincite verify answer.json
"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@location_options
@as_json_option
def verify(file: Path, location: str, as_json: bool) -> None:
    """Say where the quotations of an answer stand now.

    FILE is what `ask --json` printed, one answer a line. Each quotation is looked for in the newest edition of
    its document, or in the same file under another name: it is at the same place, moved, its text has changed,
    it is gone, or the document is. Exits with 1 if any text has changed or is gone.
    """
    from index import open_store

    answers = list(_answers(file))
    lost = 0
    with closing(open_store(location)) as store:
        for answer in answers:
            found = [_found(store, *quote) for quote in answer["quotes"]]
            lost += sum(one["status"] not in ("same", "moved") for one in found)
            if as_json:
                print_json({"id": answer["id"], "question": answer["question"], "quotes": found})
                continue
            print_plain(answer["question"])
            for one in found:
                print_plain(f"  {_WORDS[one['status']]}: {one['source_id']} “{one['text']}”")
    quotes = sum(len(answer["quotes"]) for answer in answers)
    say(f"{quotes - lost} of {quotes} quotations stand as they were quoted")
    sys.exit(1 if lost else 0)


def _found(store: Store, source_id: str, edition: str, selector: Selector) -> dict[str, Any]:
    from index import NotIndexedError, resolve

    document: Document | None
    try:
        document = store.document(source_id)
        if document.info.superseded_by:
            document = store.document(document.info.source_id)
    except NotIndexedError:
        # The same file may still be there under another name: two names, one document.
        named = [info for info in store.documents() if edition and info.sha256.startswith(edition)]
        document = store.document(named[0].doc_id) if named else None
    told: dict[str, Any] = {
        "source_id": document.info.source_id if document else source_id,
        "text": selector.exact,
        "status": "document_gone",
        "start": None,
        "end": None,
    }
    if document is None:
        return told
    place = resolve(selector, document.text)
    span = (None, None) if place.status == "gone" else (place.start, place.end)
    return told | {"status": place.status, "start": span[0], "end": span[1]}


def _edition(citation: dict[str, Any]) -> str:
    """The beginning of the hash of the edition that a citation's address names; "" if it names none."""
    from urllib.parse import parse_qs, urlsplit

    (edition,) = parse_qs(urlsplit(str(citation.get("url", ""))).query).get("edition", [""])[:1]
    return edition if len(edition) >= 8 else ""


def _answers(file: Path) -> Iterator[dict[str, Any]]:
    """Question, and source and selector of each quote, of every answer in a file. UsageError for anything else."""
    from index import UsageError, from_json

    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            answer = json.loads(line)
            sources = {
                citation["n"]: (citation["document"]["source_id"], _edition(citation))
                for citation in answer["citations"]
            }
            quotes = [
                (*sources[quote["citation"]], from_json(quote["selector"])) for quote in answer["quotes"]
            ]
            yield {"id": answer.get("id"), "question": str(answer["question"]), "quotes": quotes}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            detail = f"{type(error).__name__}: {error}" if not isinstance(error, ValueError) else str(error)
            raise UsageError(
                f"{file}:{number} is no answer of pincite ask --json ({detail}); save one with:"
                ' pincite ask "..." --json > answer.json'
            ) from error
