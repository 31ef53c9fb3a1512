"""Whether what was quoted is still there, and whether it would be quoted again: `pincite verify`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web.commands.options import as_json_option, location_options, reranker_option
from web.commands.printing import print_json, print_plain, say

if TYPE_CHECKING:
    from index import Document, Selector, Store
    from qa import Receipt, Service

_WORDS = {
    "same": "at the same place",
    "moved": "moved, unchanged",
    "changed": "TEXT CHANGED",
    "gone": "GONE from the document",
    "document_gone": "DOCUMENT GONE from the index",
}


@dataclass(frozen=True, slots=True)
class _Saved:
    """What a line of the file holds: a question's quotes, as (source id, beginning of the hash, selector), and the
    receipt if it is one.
    """

    question: str
    question_id: Any
    quotes: list[tuple[str, str, Selector]]
    receipt: Receipt | None = None


@click.command(
    epilog="""
\b
Example: pincite ask "Why were thresholds inconsistent?" --json > answer.json
         pincite verify answer.json
         pincite ask "Why were thresholds inconsistent?" --receipt receipt.json
         pincite verify receipt.json
"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@location_options
@reranker_option
@as_json_option
def verify(file: Path, location: str, reranker: str | None, as_json: bool) -> None:
    """Say where the quotations of an answer stand now.

    FILE is what `ask --json` printed or `ask --receipt` wrote, one answer a line. Each quotation is looked for in
    the newest edition of its document, or in the same file under another name: it is at the same place, moved, its
    text has changed, it is gone, or the document is. Exits with 1 if any text has changed or is gone.

    The question of a receipt is asked again, too. Exits with 1 if a quotation is not at the same place, the answer
    would be another, or the receipt is not as it was written.
    """
    from index import open_store
    from qa import Service

    saved = list(_saved(file))
    bad = lost = 0
    with ExitStack() as opened:
        store = opened.enter_context(closing(open_store(location)))
        service = (
            opened.enter_context(closing(Service.open(location, reranker=reranker)))
            if any(one.receipt for one in saved)
            else None
        )
        for one in saved:
            found = [_found(store, *quote) for quote in one.quotes]
            missing = sum(quote["status"] not in ("same", "moved") for quote in found)
            told: dict[str, Any] = {"id": one.question_id, "question": one.question, "quotes": found}
            if one.receipt and service:
                told |= _replayed(service, one.receipt)
                stands = all(quote["status"] == "same" for quote in found)
                told["same"] = stands and told["answer"]["same"] and one.receipt.sealed
            lost += missing
            bad += not told.get("same", not missing)
            if as_json:
                print_json(told)
            else:
                _print(told)
    quotes = sum(len(one.quotes) for one in saved)
    say(f"{quotes - lost} of {quotes} quotations stand as they were quoted")
    if any(one.receipt for one in saved):
        say(f"{len(saved) - bad} of {len(saved)} receipts hold today")
    sys.exit(1 if bad else 0)


def _print(told: dict[str, Any]) -> None:
    print_plain(told["question"])
    for one in told["quotes"]:
        print_plain(f"  {_WORDS[one['status']]}: {one['source_id']} “{one['text']}”")
    if "answer" not in told:
        return
    if not told["sealed"]:
        print_plain("  RECEIPT ALTERED: its digest is not that of its contents")
    print_plain(f"  the answer would be {'the same' if told['answer']['same'] else 'ANOTHER'} today")
    for difference in told["answer"]["differences"]:
        print_plain(f"    {difference}")
    for difference in told["since"]:
        print_plain(f"  since then: {difference}")


def _replayed(service: Service, receipt: Receipt) -> dict[str, Any]:
    """What comes of asking a receipt's question again."""
    from qa import compare_receipt, make_receipt

    answer = service.ask(receipt.question, question_id=receipt.question_id, filter=receipt.filter)
    now = make_receipt(
        answer, service, service.settings, filter=receipt.filter, made="", version=version("pincite")
    )
    differs, since = compare_receipt(receipt, now)
    return {"answer": {"same": not differs, "differences": differs}, "since": since, "sealed": receipt.sealed}


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


def _saved(file: Path) -> Iterator[_Saved]:
    """The answers and receipts of a file. UsageError for anything else."""
    from index import UsageError

    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            contents = json.loads(line)
            if isinstance(contents, dict) and type(contents.get("receipt", {})) is not dict:
                yield _of_receipt(contents)
            else:
                yield _of_answer(contents)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, UsageError) as error:
            plain = isinstance(error, ValueError | UsageError)
            detail = str(error) if plain else f"{type(error).__name__}: {error}"
            raise UsageError(
                f"{file}:{number} is no answer of pincite ask --json and no receipt ({detail}); save one with:"
                ' pincite ask "..." --json > answer.json'
            ) from error


def _of_receipt(contents: dict[str, Any]) -> _Saved:
    from qa import read_receipt

    receipt = read_receipt(contents)
    quotes = [(quote.source_id, quote.sha256, quote.selector) for quote in receipt.quotes]
    return _Saved(receipt.question, receipt.question_id, quotes, receipt)


def _of_answer(answer: dict[str, Any]) -> _Saved:
    from index import from_json

    sources = {
        citation["n"]: (citation["document"]["source_id"], _edition(citation))
        for citation in answer["citations"]
    }
    quotes = [(*sources[quote["citation"]], from_json(quote["selector"])) for quote in answer["quotes"]]
    return _Saved(str(answer["question"]), answer.get("id"), quotes)
