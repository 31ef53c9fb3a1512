"""The JSON of an answer or a search, as other programs write it, read back as values.

The shape is what `pincite ask --json` and `search --json` print; another engine may leave out what it does not
have. What a record must not do is lie about its form: `problems_in` lists that, before anything is measured.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from eval.engines.anchor import Anchor
from index import Hit, Passage
from qa import Answer, Citation, Quote, Searched, Status

STATUSES: tuple[Status, ...] = ("answered", "partial", "not_in_documents")


def problems_in(record: Any) -> Iterator[str]:
    """Everything in a decoded record that is not of the form, each as the end of a sentence."""
    if not isinstance(record, dict):
        yield "not a JSON object"
        return
    status, confidence = record.get("status"), record.get("confidence")
    if status is not None and status not in STATUSES:
        yield f'"status" is {status!r}, not one of {", ".join(STATUSES)}'
    if confidence is not None and not (_is_number(confidence) and 0 <= confidence <= 1):
        yield f'"confidence" is {confidence!r}, not a number from 0 to 1'
    for kind in ("hits", "quotes", "citations"):
        items = record.get(kind)
        if items is None:
            continue
        if not isinstance(items, list):
            yield f'"{kind}" is not a list'
            continue
        for number, item in enumerate(items, 1):
            yield from (f"{kind} {number}: {problem}" for problem in _item_problems(item, kind))


def _item_problems(item: Any, kind: str) -> Iterator[str]:
    if not isinstance(item, dict):
        yield "not a JSON object"
        return
    named = item.get("document", item.get("doc"))
    if isinstance(named, Mapping):
        named = named.get("source_id") or named.get("id")
    if (kind != "quotes" or "citation" not in item) and not (isinstance(named, str) and named):
        yield 'names no document: write "doc", or "document" with a "source_id"'
    if item.get("text") is not None and not isinstance(item["text"], str):
        yield '"text" is not a string'
    elif kind != "hits" and not (item.get("text") or "").strip():
        yield '"text" is empty or missing'
    start, end = item.get("start"), item.get("end")
    if (start is None) != (end is None):
        yield 'gives one of "start" and "end"; give both or neither'
    elif start is not None and not (_is_offset(start) and _is_offset(end) and start < end):
        yield f'"start" {start!r} and "end" {end!r} are not whole numbers from 0 in that order'
    score = item.get("score")
    if score is not None and not _is_number(score):
        yield f'"score" is {score!r}, not a number'


def hits_of(record: Mapping[str, Any], anchor: Anchor) -> tuple[Hit, ...]:
    """The hits of a record, in the order served; ranks count from 1 whatever the record says."""
    taken: set[tuple[str, int, int]] = set()
    hits = []
    for rank, item in enumerate(record.get("hits") or (), 1):
        place = anchor.place(item, taken, as_served=False)
        passage = Passage(
            f"{place.doc_id}:{place.start}-{place.end}",
            place.doc_id,
            rank,
            place.start,
            place.end,
            place.text,
        )
        hits.append(Hit(rank, float(item.get("score") or 1 / rank), passage, place.info))
    return tuple(hits)


def answer_of(
    record: Mapping[str, Any], anchor: Anchor, question: str, name: str | None, documents: int
) -> Answer:
    """The answer of a record, with its quotes where the documents hold them.

    Without a status, quotes make an answer and their absence a refusal; without a confidence it is 1 or 0.
    """
    cited = {item.get("n"): item for item in record.get("citations") or ()}
    taken: set[tuple[str, int, int]] = set()
    quotes, citations = [], []
    for number, item in enumerate(record.get("quotes") or (), 1):
        source = cited.get(item.get("citation"), {})
        named = item.get("document", item.get("doc", source.get("document", source.get("doc"))))
        place = anchor.place({**item, "document": named}, taken, as_served=True)
        voice = item.get("voice") if isinstance(item.get("voice"), str) else place.info.voice
        quotes.append(Quote(place.text, number, voice or "other", place.doc_id, place.start, place.end))
        citations.append(Citation(number, place.info, place.start, place.end, place.text))
    status: Status = record.get("status") or ("answered" if quotes else "not_in_documents")
    confidence = record.get("confidence")
    return Answer(
        question=question,
        status=status,
        confidence=float(status != "not_in_documents") if confidence is None else float(confidence),
        quotes=tuple(quotes),
        citations=tuple(citations),
        searched=Searched(documents, 0),
        hits=(),  # measured are those of a search
        question_id=name,
        receipt=dict(record["receipt"]) if isinstance(record.get("receipt"), dict) else {},
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_offset(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
