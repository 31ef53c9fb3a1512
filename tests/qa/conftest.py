"""A service over the sample corpus, and candidates made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index import DocumentInfo, Passage, Similarity, Span, document_id, passage_id, sentence_spans
from qa import Service
from qa.retrieve import Candidate


@pytest.fixture(scope="session")
def service(casebook: Path) -> Iterator[Service]:
    with closing(Service.open(casebook)) as service:
        yield service


@pytest.fixture
def candidate() -> Callable[..., Candidate]:
    """candidate("a.txt", "One. Two.", score=1.0, cosines=(0.1, 0.2)): a passage that is its whole document."""

    def make(
        source: str, text: str, score: float = 0.0, cosines: tuple[float, ...] = (), start: int = 0
    ) -> Candidate:
        doc_id = document_id(source)
        spans = tuple(Span(start + a, start + b) for a, b in sentence_spans(text, 0, len(text)))
        passage = Passage(
            passage_id(doc_id, start, start + len(text)),
            doc_id,
            0,
            start,
            start + len(text),
            text,
            sentences=spans,
        )
        cosines = cosines or (0.0,) * len(spans)
        info = DocumentInfo(doc_id, source, source, "", "text/plain", voice="press")
        return Candidate(passage, info, Similarity(max(cosines, default=0.0), cosines, 0.0), 0.0, score)

    return make
