"""The silence matrix: which document says what each question asks for, and which never addresses it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from index import Counts, DocumentInfo, Filter
from qa.cite import permalink
from qa.payload import document_payload
from qa.question import check_question
from qa.types import Answer, Citation, Quote, SearchResult

Says = Literal["says", "partly", "silent"]

BEHIND = 0.5
"""How far behind the best passage of all documents one of a document that says it may be, in standard deviations of the
candidates' scores. docs/filing.md says how it was chosen."""
_READ = 200
"""Among how many passages of all documents each one's best is sought; what comes later is further behind than that."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one document says to one question: with its best quote and that quote's citation, unless it is silent.

    A document is silent if asked alone it does not answer. It *says* if it does and has one of the passages that come
    first when all are asked; else it speaks of the matter and *partly* answers at most, and `note` says why: a
    document on the same subject has a sentence near enough to nearly any question.
    """

    status: Says
    confidence: float
    quote: Quote | None = None
    citation: Citation | None = None
    note: str = ""


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

    def search(self, question: str, *, k: int = ..., filter: Filter = ...) -> SearchResult: ...


def matrix(
    service: Asked,
    questions: Sequence[str],
    filter: Filter = Filter(),
    *,
    ids: Sequence[str | None] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Matrix:
    """Every question asked of every document that the filter lets through, alone and against the others.

    QuestionError before any is asked.

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
        near = _near(service.search(question, k=_READ, filter=filter))
        for m, info in enumerate(chosen):
            answer = service.ask(question, question_id=name, filter=_only(filter, info))
            cells.append(_cell(answer, info.doc_id in near))
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


def _near(found: SearchResult) -> set[str]:
    """The documents with a passage that is not far behind the best of all."""
    # The first hit of a document has lost nothing to the spread over documents, and hits come by score.
    return {hit.document.doc_id for hit in found.hits if round(found.hits[0].score - hit.score, 5) <= BEHIND}


def _cell(answer: Answer, near: bool) -> Cell:
    if answer.status == "not_in_documents" or not answer.quotes:
        return Cell("silent", answer.confidence)
    quote = answer.quotes[0]  # what answers first stands first
    citation = next(citation for citation in answer.citations if citation.n == quote.citation)
    place = replace(citation, url=permalink(citation.document, quote.start, quote.end))
    if answer.status == "partial":
        return Cell("partly", answer.confidence, quote, place, "not all of the question is found here")
    if not near:
        return Cell("partly", answer.confidence, quote, place, "other documents have passages much nearer")
    return Cell("says", answer.confidence, quote, place)


def _cell_payload(info: DocumentInfo, cell: Cell) -> dict[str, Any]:
    told: dict[str, Any] = {
        "document": info.doc_id, "status": cell.status, "confidence": cell.confidence, "note": cell.note,
    }  # fmt: skip
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
