"""haiku.rag with its defaults: docling's hybrid chunks of 256 tokens, sqlite-vec and FTS5 joined by rank fusion.

Two defaults of its need a server or a download, and are replaced by the nearest that needs neither: the model
is the same small one as everywhere here in place of one behind Ollama (no reranker, which is one as well), and
chunks are counted in cl100k tokens in place of o200k ones.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAME = "haiku.rag"
PACKAGES = ("haiku.rag", "docling-core", "sqlite-vec")

_PATTERN = (  # of cl100k_base, from tiktoken_ext/openai_public.py
    r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$"""
    r"""|\s*[\r\n]|\s+(?!\S)|\s"""
)


def search(
    documents: list[tuple[str, str]], questions: list[tuple[str, str]], model: str, k: int
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """For each question its id and the chunks found, best first."""
    import asyncio

    yield from asyncio.run(_search(documents, questions, model, k))


async def _search(
    documents: list[tuple[str, str]], questions: list[tuple[str, str]], model: str, k: int
) -> list[tuple[str, list[dict[str, Any]]]]:
    _without_servers(model)
    from haiku.rag.client import HaikuRAG

    found = []
    async with HaikuRAG(":memory:", skip_validation=True) as client:
        for name, text in documents:
            await client.create_document(text, uri=name)
        for name, question in questions:
            hits = await client.search(question, limit=k)
            found.append((name, [{"doc": hit.document_uri, "text": _bare(hit.content)} for hit, _ in hits]))
    return found


def _bare(content: str) -> str:
    """A chunk without the fences that docling puts around what it takes for code, which no document holds."""
    return "\n".join(line for line in content.split("\n") if line.strip() != "```")


def _without_servers(model: str) -> None:
    """Put our model behind haiku.rag's own interface, before what asks for one is imported."""
    with contextlib.suppress(ImportError):
        # Not every Python lets SQLite load the extension that holds the vectors; this one's does.
        sys.modules["sqlite3"] = importlib.import_module("pysqlite3")
    os.environ |= {"RERANK_PROVIDER": "", "EMBEDDINGS_MODEL": model, "EMBEDDINGS_VECTOR_DIM": "384"}
    import tiktoken
    from sentence_transformers import SentenceTransformer
    from tiktoken.load import load_tiktoken_bpe

    spec = importlib.util.find_spec("tiktoken_ext")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    paths = [Path(folder) / "data" / "cl100k_base.tiktoken" for folder in folders]
    ranks = load_tiktoken_bpe(str(next(path for path in paths if path.is_file())))
    encoding = tiktoken.Encoding("cl100k_base", pat_str=_PATTERN, mergeable_ranks=ranks, special_tokens={})
    tiktoken.encoding_for_model = lambda model_name: encoding
    import haiku.rag.embeddings
    from haiku.rag.embeddings.base import EmbedderBase

    transformer = SentenceTransformer(model)

    class Local(EmbedderBase):
        async def embed(self, text: str) -> list[float]:
            return [float(value) for value in transformer.encode(text)]

    haiku.rag.embeddings.get_embedder = lambda: Local(model, 384)
