"""The silence matrix: which document says what each question asks for, and which never addresses it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from index import Counts, DocumentInfo, Filter
from qa.cite import permalink
from qa.payload import document_payload
from qa.question import check_question
from qa.types import Answer, Citation, Quote

Says = Literal["says", "partly", "silent"]

_SAYS: dict[str, Says] = {"answered": "says", "partial": "partly", "not_in_documents": "silent"}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one document says to one question: with its best quote and that quote's citation, unless it is silent.

    It is what asking the question of that document alone gives, by the same thresholds.
    """

    status: Says
    confidence: float
    quote: Quote | None = None
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A question, and a cell for each of the matrix's documents, in their order."""

    question: str
    question_id: str | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Questions by documents. `documents` are ordered by source id, `rows` as the questions were given."""

    documents: tuple[DocumentInfo, ...]
    rows: tuple[Row, ...]

    def silent(self, row: Row) -> tuple[DocumentInfo, ...]:
        """The documents that never address a row's question."""
        return tuple(
            info for info, cell in zip(self.documents, row.cells, strict=True) if cell.status == "silent"
        )


class Asked(Protocol):
    """What answers: a Service."""

    def documents(self) -> list[DocumentInfo]: ...

    def counts(self, filter: Filter = ...) -> Counts: ...

    def ask(self, question: str, *, question_id: str | None = ..., filter: Filter = ...) -> Answer: ...


def matrix(
    service: Asked,
    questions: Sequence[str],
    filter: Filter = Filter(),
    *,
    ids: Sequence[str | None] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Matrix:
    """Every question asked of every document that the filter lets through. QuestionError before any is asked.

    `ids` names the questions, if they have names. `progress` is told of cells done and all of them. A service
    embeds a question once and not once a document; the rest of a cell's cost is a search of that document.
    """
    asked = [check_question(question) for question in questions]
    names = [*ids, *[None] * (len(asked) - len(ids))]
    chosen = tuple(
        info
        for info in service.documents()
        if (not filter.documents or {info.doc_id, info.source_id, *info.also} & filter.documents)
        and service.counts(_only(filter, info)).passages
    )
    rows = []
    for n, (question, name) in enumerate(zip(asked, names, strict=True)):
        cells = []
        for m, info in enumerate(chosen):
            cells.append(_cell(service.ask(question, question_id=name, filter=_only(filter, info))))
            progress(n * len(chosen) + m + 1, len(asked) * len(chosen))
        rows.append(Row(question, name, tuple(cells)))
    return Matrix(chosen, tuple(rows))


def matrix_payload(found: Matrix) -> dict[str, Any]:
    """A matrix as JSON: `documents`, and `questions` with a cell for each of them by its id."""
    return {
        "documents": [document_payload(info) for info in found.documents],
        "questions": [
            {
                "id": row.question_id,
                "question": row.question,
                "silent": [info.source_id for info in found.silent(row)],
                "cells": [
                    _cell_payload(info, cell) for info, cell in zip(found.documents, row.cells, strict=True)
                ],
            }
            for row in found.rows
        ],
    }


def _only(where: Filter, info: DocumentInfo) -> Filter:
    return replace(where, documents=frozenset({info.doc_id}))


def _cell(answer: Answer) -> Cell:
    if answer.status == "not_in_documents" or not answer.quotes:
        return Cell("silent", answer.confidence)
    quote = answer.quotes[0]  # what answers first stands first
    citation = next(citation for citation in answer.citations if citation.n == quote.citation)
    place = replace(citation, url=permalink(citation.document, quote.start, quote.end))
    return Cell(_SAYS[answer.status], answer.confidence, quote, place)


def _cell_payload(info: DocumentInfo, cell: Cell) -> dict[str, Any]:
    told: dict[str, Any] = {"document": info.doc_id, "status": cell.status, "confidence": cell.confidence}
    if cell.quote is None or cell.citation is None:
        return told | {"quote": None}
    return told | {
        "quote": {
            "text": cell.quote.text,
            "start": cell.quote.start,
            "end": cell.quote.end,
            "voice": cell.quote.voice,
            "speaker": cell.quote.speaker,
            "page": cell.citation.page,
            "page_label": cell.citation.page_label,
            "paragraph": cell.citation.paragraph,
            "heading": cell.citation.heading,
            "url": cell.citation.url,
        }
    }
