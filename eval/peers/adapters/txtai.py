"""txtai with its defaults: paragraphs, and its hybrid of BM25 and dense vectors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

NAME = "txtai hybrid"
PACKAGES = ("txtai",)


def search(
    documents: list[tuple[str, str]], questions: list[tuple[str, str]], model: str, k: int
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """For each question its id and the paragraphs found, best first."""
    from txtai import Embeddings
    from txtai.pipeline import Segmentation

    segment = Segmentation(paragraphs=True)
    parts = [(name, part) for name, text in documents for part in segment(text)]
    embeddings = Embeddings(path=model, hybrid=True)
    embeddings.index([(number, part, None) for number, (_, part) in enumerate(parts)])
    for name, question in questions:
        found = [parts[number] for number, _ in embeddings.search(question, k)]
        # Its segments have their white space cleaned, so they are found again by their words.
        yield name, [{"doc": doc, "text": part} for doc, part in found]
