"""Answers and search results as the JSON that DESIGN.md promises; the one place that knows its shape."""

from __future__ import annotations

from typing import Any

from index import DocumentInfo, Hit, Selector
from qa.timeline import in_order
from qa.types import Answer, Citation, Quote, SearchResult, Summary, Telling
from qa.understand import Understanding


def search_payload(result: SearchResult) -> dict[str, Any]:
    """What `search --json` and GET /api/search give."""
    return {"id": result.question_id, "question": result.question, "hits": [_hit(hit) for hit in result.hits]}


def answer_payload(answer: Answer) -> dict[str, Any]:
    """What `ask --json` and POST /api/ask give: the quotes in the answer's own order."""
    answer = in_order(answer)
    return {
        "id": answer.question_id,
        "question": answer.question,
        "status": answer.status,
        "confidence": answer.confidence,
        "explanation": answer.explanation,
        "quotes": [_quote(quote) for quote in answer.quotes],
        "citations": [_citation(citation) for citation in answer.citations],
        "searched": {
            "documents": answer.searched.documents,
            "passages": answer.searched.passages,
            "from": answer.searched.first or None,
            "to": answer.searched.last or None,
        },
        "hits": [_hit(hit) for hit in answer.hits],
        "timings_ms": answer.timings_ms,
        "receipt": answer.receipt,
        "withheld": answer.withheld,
        "understood": understood_payload(answer.understood),
        "order": answer.order,
        "differences": [
            {"kind": one.kind, "sides": [_telling(side) for side in (one.one, one.other)]}
            for one in answer.differences
        ],
        **({"summary": _summary(answer.summary)} if answer.summary else {}),
    }


def _quote(quote: Quote) -> dict[str, Any]:
    return {
        "text": quote.text,
        "citation": quote.citation,
        "voice": quote.voice,
        "label": quote.label,
        "start": quote.start,
        "end": quote.end,
        "speaker": quote.speaker,
        "published": quote.published,
        "about": [{"from": date.since or None, "to": date.until or None} for date in quote.about],
        "selector": _selector(quote.selector),
        "speeches": [{"start": s.start, "end": s.end, "speaker": s.speaker} for s in quote.speeches],
    }


def _telling(side: Telling) -> dict[str, Any]:
    """One side of a difference, with its citation whole: the answer may not cite it."""
    return {
        **_quote(side.quote),
        "value": {"text": side.value, "start": side.at.start, "end": side.at.end},
        "citation": _citation(side.citation),
    }


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "sentences": [{"text": one.text, "citations": list(one.citations)} for one in summary.sentences],
        "removed": summary.removed,
        "why": list(summary.why),
        "model": summary.model,
        "problem": summary.problem,
    }


def understood_payload(understood: Understanding) -> dict[str, Any]:
    """Whose words and what times a question was understood to ask for; times as ISO days, None where open."""
    return {
        "voices": sorted(understood.voices),
        "publishers": sorted(understood.publishers),
        "names": sorted(understood.names),
        "periods": [{"from": one.since or None, "to": one.until or None} for one in understood.periods],
        "also": list(understood.also),
    }


def document_payload(info: DocumentInfo) -> dict[str, Any]:
    """A document in a hit or a citation."""
    return {
        "id": info.doc_id,
        "source_id": info.source_id,
        "title": info.title,
        "publisher": info.publisher,
        "voice": info.voice,
        "published": info.published,
        "url": info.url,
    }


def _hit(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    return {
        "rank": hit.rank,
        "score": hit.score,
        "document": document_payload(hit.document),
        "start": passage.start,
        "end": passage.end,
        "page": passage.page,
        "paragraph": passage.paragraph,
        "heading": passage.heading,
        "text": passage.text,
        "page_end": passage.page_end,
        "page_label": passage.page_label,
        "voice": passage.voice or hit.document.voice,
        "speaker": passage.speaker,
        "published": passage.published or hit.document.published,
        "copy_of": passage.copy_of or None,
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "n": citation.n,
        "document": document_payload(citation.document),
        "start": citation.start,
        "end": citation.end,
        "page": citation.page,
        "paragraph": citation.paragraph,
        "heading": citation.heading,
        "text": citation.text,
        "url": citation.url,
        "page_end": citation.page_end,
        "page_label": citation.page_label,
        "voice": citation.voice or citation.document.voice,
        "speaker": citation.speaker,
        "published": citation.published,
        "copy_of": citation.copy_of or None,
        "selector": _selector(citation.selector),
    }


def _selector(selector: Selector | None) -> list[dict[str, Any]]:
    """A place as the Web Annotation Data Model's text quote and text position selectors."""
    return selector.as_json() if selector else []
