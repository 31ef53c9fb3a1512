"""LlamaIndex with its defaults: nodes of up to 1,024 tokens, dense vectors alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

NAME = "LlamaIndex"
PACKAGES = ("llama-index-core", "llama-index-embeddings-huggingface")


def search(
    documents: list[tuple[str, str]], questions: list[tuple[str, str]], model: str, k: int
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """For each question its id and the nodes found, best first."""
    from llama_index.core import Document, VectorStoreIndex
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    index = VectorStoreIndex.from_documents(
        [
            Document(
                text=text,
                metadata={"doc": name},
                # The name of a document is ours, to find its text again; it is no part of what is embedded.
                excluded_embed_metadata_keys=["doc"],
                excluded_llm_metadata_keys=["doc"],
            )
            for name, text in documents
        ],
        embed_model=HuggingFaceEmbedding(model_name=model),
    )
    retriever = index.as_retriever(similarity_top_k=k)
    for name, question in questions:
        yield name, [_hit(found.node) for found in retriever.retrieve(question)]


def _hit(node: Any) -> dict[str, Any]:
    return {
        "doc": node.metadata["doc"],
        "start": node.start_char_idx,
        "end": node.end_char_idx,
        "text": node.text,
    }
