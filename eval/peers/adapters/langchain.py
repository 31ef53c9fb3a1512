"""LangChain with its defaults: recursive splitting, dense vectors and BM25 joined by its ensemble retriever."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

NAME = "LangChain ensemble"
PACKAGES = ("langchain-classic", "langchain-community", "langchain-core", "langchain-text-splitters")


def search(
    documents: list[tuple[str, str]], questions: list[tuple[str, str]], model: str, k: int
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """For each question its id and the chunks found, best first."""
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_core.documents import Document
    from langchain_core.vectorstores import InMemoryVectorStore
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    # 4,000 characters are the class's own default; 1,000 with 200 is what every tutorial of theirs sets.
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    chunks = splitter.split_documents(
        [Document(page_content=text, metadata={"doc": name}) for name, text in documents]
    )
    store = InMemoryVectorStore(HuggingFaceEmbeddings(model_name=model))
    store.add_documents(chunks)
    keyword = BM25Retriever.from_documents(chunks, k=k)
    dense = store.as_retriever(search_kwargs={"k": k})
    ensemble = EnsembleRetriever(retrievers=[keyword, dense], weights=[0.5, 0.5])
    for name, question in questions:
        yield name, [_hit(chunk) for chunk in ensemble.invoke(question)[:k]]


def _hit(chunk: Any) -> dict[str, Any]:
    start = chunk.metadata["start_index"]
    return {
        "doc": chunk.metadata["doc"],
        "start": start,
        "end": start + len(chunk.page_content),
        "text": chunk.page_content,
    }
