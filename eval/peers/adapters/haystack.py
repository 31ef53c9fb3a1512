"""Haystack with its defaults: 200 words a chunk, BM25 and dense vectors joined by reciprocal rank fusion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

NAME = "Haystack RRF"
PACKAGES = ("haystack-ai", "sentence-transformers-haystack")


def search(
    documents: list[tuple[str, str]], questions: list[tuple[str, str]], model: str, k: int
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """For each question its id and the chunks found, best first."""
    from haystack import Document
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )

    splitter = DocumentSplitter()
    chunks = splitter.run([Document(content=text, meta={"doc": name}) for name, text in documents])[
        "documents"
    ]
    embedder = SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)
    embedder.warm_up()
    store = InMemoryDocumentStore()
    store.write_documents(embedder.run(chunks)["documents"])
    reader = SentenceTransformersTextEmbedder(model=model, progress_bar=False)
    reader.warm_up()
    keyword, dense = InMemoryBM25Retriever(store, top_k=k), InMemoryEmbeddingRetriever(store, top_k=k)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=k)
    for name, question in questions:
        vector = reader.run(question)["embedding"]
        found = [keyword.run(question)["documents"], dense.run(vector)["documents"]]
        yield name, [_hit(chunk) for chunk in joiner.run(found)["documents"]]


def _hit(chunk: Any) -> dict[str, Any]:
    start = chunk.meta["split_idx_start"]
    return {
        "doc": chunk.meta["doc"],
        "start": start,
        "end": start + len(chunk.content),
        "text": chunk.content,
    }
