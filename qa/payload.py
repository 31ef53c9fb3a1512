"""Answers and search results as the JSON that DESIGN.md promises; the one place that knows its shape."""

from __future__ import annotations

from typing import Any

from index import DocumentInfo, Hit, Selector
from qa.types import Answer, Citation, SearchResult, Summary


def search_payload(result: SearchResult) -> dict[str, Any]:
    """What `search --json` and GET /api/search give."""
    return {"id": result.question_id, "question": result.question, "hits": [_hit(hit) for hit in result.hits]}


def answer_payload(answer: Answer) -> dict[str, Any]:
    """What `ask --json` and POST /api/ask give."""
    return {
        "id": answer.question_id,
        "question": answer.question,
        "status": answer.status,
        "confidence": answer.confidence,
        "explanation": answer.explanation,
        "quotes": [
            {"text": quote.text, "citation": quote.citation, "voice": quote.voice,
             "start": quote.start, "end": quote.end, "speaker": quote.speaker, "selector": _selector(quote.selector),
             "speeches": [{"start": s.start, "end": s.end, "speaker": s.speaker} for s in quote.speeches]}
            for quote in answer.quotes
        ],
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
        **({"summary": _summary(answer.summary)} if answer.summary else {}),
    }  # fmt: skip


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "sentences": [{"text": one.text, "citations": list(one.citations)} for one in summary.sentences],
        "removed": summary.removed,
        "why": list(summary.why),
        "model": summary.model,
        "problem": summary.problem,
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
