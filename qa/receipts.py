"""Receipts: all that an answer rested on, written down so that it can be asked again and held against the present.

docs/receipt.schema.json describes the form; `RECEIPT_VERSION` grows when a program that reads it would have to change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any, Protocol

from index import Document, DocumentInfo, Filter, Hit, Selector, UsageError, from_json
from qa.cite import reference
from qa.payload import document_payload
from qa.types import Answer

RECEIPT_VERSION = 1


class Documents(Protocol):
    """Where documents are read: a Service, or a Store."""

    def document(self, name: str) -> Document: ...


@dataclass(frozen=True, slots=True)
class QuotedPlace:
    """A quote of a receipt: its document's source id and sha256, and the words with where they stood."""

    source_id: str
    sha256: str
    selector: Selector


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it was read. `sealed` says whether it is as it was written: its digest is that of its contents."""

    question: str
    question_id: str | None
    filter: Filter
    quotes: tuple[QuotedPlace, ...]
    contents: Mapping[str, Any]
    sealed: bool


def make_receipt(
    answer: Answer, documents: Documents, settings: Any, *, filter: Filter, made: str, version: str
) -> dict[str, Any]:
    """The receipt of an answer, ready for JSON. `settings` is the dataclass by which it was answered, `made` the
    time as ISO 8601, `version` that of Pincite.
    """
    citations = {citation.n: citation for citation in answer.citations}
    used = [citation.document for citation in answer.citations] + [hit.document for hit in answer.hits]
    contents: dict[str, Any] = {
        "receipt": RECEIPT_VERSION,
        "made": made,
        "pincite": version,
        "id": answer.question_id,
        "question": answer.question,
        "filter": _filter_json(filter),
        "status": answer.status,
        "confidence": answer.confidence,
        "explanation": answer.explanation,
        "quotes": [
            {
                "text": quote.text,
                "document": quote.doc_id,
                "start": quote.start,
                "end": quote.end,
                "sha256": _hash(quote.text),
                "voice": quote.voice,
                "speaker": quote.speaker,
                "reference": reference(citations[quote.citation]),
                "permalink": citations[quote.citation].url,
                "selector": quote.selector.as_json() if quote.selector else [],
            }
            for quote in answer.quotes
        ],
        "withheld": answer.withheld,
        "hits": [_hit_json(hit) for hit in answer.hits],
        "documents": [
            _document_json(info, documents.document(info.doc_id).text)
            for info in {info.doc_id: info for info in used}.values()
        ],
        "searched": asdict(answer.searched),
        "index": dict(answer.receipt),
        "settings": {"fingerprint": fingerprint(settings), "values": _plain(settings)},
    }
    return contents | {"digest": _digest(contents)}


def read_receipt(contents: Any) -> Receipt:
    """A receipt from what JSON gave. UsageError for what is none, or is of a later version."""
    if not isinstance(contents, dict) or "receipt" not in contents:
        raise UsageError('it has no "receipt" with a version')
    version = contents["receipt"]
    if type(version) is not int or not 1 <= version <= RECEIPT_VERSION:
        raise UsageError(
            f"it is a receipt of version {version!r}, and this Pincite reads up to {RECEIPT_VERSION}: use a later one"
        )
    try:
        documents = {info["id"]: info for info in contents["documents"]}
        quotes = tuple(
            QuotedPlace(
                str(documents[quote["document"]]["source_id"]),
                str(documents[quote["document"]]["sha256"]),
                from_json(quote["selector"]),
            )
            for quote in contents["quotes"]
        )
        for one in (*contents["quotes"], *contents["hits"]):
            _ = one["document"], one["start"], one["end"]  # compare_receipt relies on them
        _ = (
            contents["status"],
            contents["confidence"],
            contents["index"].items(),
            contents["settings"]["fingerprint"],
        )
        question, name = contents["question"], contents["id"]
        if not isinstance(question, str) or not isinstance(name, str | None):
            raise UsageError("its question or its id is no text")
        chosen = _filter_of(contents["filter"])
        sealed = contents.get("digest") == _digest({k: v for k, v in contents.items() if k != "digest"})
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UsageError(f"it is no whole receipt ({type(error).__name__}: {error})") from error
    return Receipt(question, name, chosen, quotes, contents, sealed)


def compare_receipt(receipt: Receipt, now: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What of an answer is another today, and what else is: two lists of sentences, the first empty if it is the same.

    `now` is the receipt of the same question, asked again. An answer is the same when it has the same status and
    the same words from the same sources in the same order; places, ranks, scores and settings may
    say why not.
    """
    was = receipt.contents
    differs, else_ = [], []
    if was["status"] != now["status"]:
        differs.append(f"the status was {was['status']} and is {now['status']}")
    before, after = _said(was), _said(now)
    lost = [said for said in before if said not in after]
    new = [said for said in after if said not in before]
    differs += [f"no longer quoted: {source}: “{_short(text)}”" for source, text in lost]
    differs += [f"newly quoted: {source}: “{_short(text)}”" for source, text in new]
    if not lost and not new and before != after:
        differs.append("the quotes stand in another order")
    if was["confidence"] != now["confidence"]:
        else_.append(f"the confidence was {was['confidence']} and is {now['confidence']}")
    ranks = [(_source(was, hit), hit["start"], hit["end"]) for hit in was["hits"]]
    ranks_now = [(_source(now, hit), hit["start"], hit["end"]) for hit in now["hits"]]
    if ranks != ranks_now:
        moved = sum(a != b for a, b in zip(ranks, ranks_now, strict=False)) + abs(len(ranks) - len(ranks_now))
        else_.append(f"{moved} of {max(len(ranks), len(ranks_now))} ranks are held by other passages")
    for name in sorted({*was["index"], *now["index"]}):
        if was["index"].get(name) != now["index"].get(name):
            else_.append(f"index: {name} was {was['index'].get(name)} and is {now['index'].get(name)}")
    if was["settings"]["fingerprint"] != now["settings"]["fingerprint"]:
        else_.append("the settings by which questions are answered are others")
    if was.get("pincite") != now["pincite"]:
        else_.append(f"Pincite was {was.get('pincite')} and is {now['pincite']}")
    return differs, else_


def fingerprint(settings: Any) -> str:
    """The sha256 of settings: equal ones have equal fingerprints, on every machine."""
    return _digest(_plain(settings))


def _said(contents: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(_source(contents, quote), " ".join(quote["text"].split())) for quote in contents["quotes"]]


def _source(contents: Mapping[str, Any], place: Mapping[str, Any]) -> str:
    for info in contents["documents"]:
        if info["id"] == place["document"]:
            return str(info["source_id"])
    return str(place["document"])


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:117].rstrip() + "…"


def _hit_json(hit: Hit) -> dict[str, Any]:
    return {
        "rank": hit.rank,
        "score": hit.score,
        "document": hit.document.doc_id,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "page": hit.passage.page,
        "paragraph": hit.passage.paragraph,
        "scores": dict(hit.scores),
    }


def _document_json(info: DocumentInfo, text: str) -> dict[str, Any]:
    return {
        **document_payload(info),
        "edition": info.edition,
        "sha256": info.sha256,
        "text_sha256": _hash(text),
        "characters": len(text),
    }


def _filter_json(where: Filter) -> dict[str, Any]:
    """What a filter asks for; nothing for what lets everything through."""
    values = {field.name: getattr(where, field.name) for field in fields(where)}
    return {name: _plain(value) for name, value in values.items() if value}


def _filter_of(found: Mapping[str, Any]) -> Filter:
    """The filter that was written. TypeError or ValueError for anything else."""
    known = {field.name: getattr(Filter(), field.name) for field in fields(Filter)}
    values: dict[str, Any] = {}
    for name, value in found.items():
        usual = known.get(name)
        if isinstance(usual, frozenset):
            values[name] = frozenset(str(one) for one in value)
        elif usual is not None and type(value) is type(usual):
            values[name] = value
        else:
            raise ValueError(f"no filter {name!r} with the value {value!r} is known")
    return Filter(**values)


def _plain(value: Any) -> Any:
    """A value as JSON has it; sets in order."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(str(one) for one in value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _digest(contents: Any) -> str:
    """The sha256 of JSON with its keys in order and no white space (RFC 8785 but for the spelling of numbers)."""
    return _hash(json.dumps(contents, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
