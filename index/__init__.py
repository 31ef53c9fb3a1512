"""Documents in, passages out: everything that touches files, models, vectors or a database."""

import os

# Idle threads of OpenMP spin by default, which on a busy machine halves what torch and FAISS get done. It is
# read when they are loaded, so it is set before anything can load them.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from index.build import Progress, Summary, index_paths
from index.embed import DEFAULT_MODEL, Embeddable, Embedder, Embedding, TransformerEmbedder
from index.errors import (
    LoadError,
    MismatchError,
    NotIndexedError,
    PinciteError,
    QuestionError,
    StoreError,
    UsageError,
)
from index.lexical import words
from index.loaders import KINDS
from index.loaders.fields import iso_date
from index.lock import locked
from index.settings import IndexSettings
from index.split import sentence_spans, split
from index.store import Alias, Counts, Entry, Scored, Similarity, Store, open_store
from index.structure import infer_blocks
from index.text import clean, fold
from index.tokens import count_tokens, token_spans
from index.types import (
    VOICES,
    Block,
    Document,
    DocumentInfo,
    Filter,
    Hit,
    Mention,
    Page,
    Passage,
    Span,
    Speech,
    document_id,
    passage_id,
)

__all__ = [
    "DEFAULT_MODEL", "KINDS", "VOICES", "Alias", "Block", "Counts", "Document", "DocumentInfo",
    "Embeddable", "Embedder", "Embedding", "Entry", "Filter", "Hit", "IndexSettings", "LoadError",
    "Mention", "MismatchError", "NotIndexedError", "Page", "Passage", "PinciteError", "Progress",
    "QuestionError", "Scored", "Similarity", "Span", "Speech", "Store", "StoreError", "Summary",
    "TransformerEmbedder", "UsageError", "clean", "count_tokens", "document_id", "fold", "index_paths",
    "infer_blocks", "iso_date", "locked", "open_store", "passage_id", "sentence_spans", "split",
    "token_spans", "words",
]  # fmt: skip
