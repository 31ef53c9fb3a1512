"""Documents in, passages out: everything that touches files, models, vectors or a database."""

import os

# Idle threads of OpenMP spin by default, which on a busy machine halves what torch and FAISS get done. It is
# read when they are loaded, so it is set before anything can load them.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# NumPy's matrices are small here: a second thread of its library mostly waits, and that it does at full speed.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from index.build import index_paths
from index.embed import DEFAULT_MODEL, Embeddable, Embedder, Embedding, TokenEmbedder, TransformerEmbedder
from index.errors import (
    LoadError,
    MismatchError,
    NotIndexedError,
    PinciteError,
    QuestionError,
    StoreError,
    UsageError,
)
from index.fetching.fetch import FetchSettings
from index.lexical import words
from index.loaders import KINDS, Limits, read_documents
from index.loaders.fields import iso_date
from index.lock import locked
from index.reading.dates import mentions
from index.reading.lists import listing
from index.reading.structure import infer_blocks
from index.readings import Readings
from index.selectors import Resolution, Selector, describe, from_json, resolve
from index.settings import IndexSettings
from index.split import PASSAGE_TOKENS, sentence_spans, split
from index.store import Alias, Counts, Entry, Scored, Similarity, Store, open_store
from index.summary import Progress, Summary
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
from index.watch import changes

__all__ = [
    "DEFAULT_MODEL", "KINDS", "PASSAGE_TOKENS", "VOICES", "Alias", "Block", "Counts", "Document",
    "DocumentInfo", "Embeddable", "Embedder", "Embedding", "Entry", "FetchSettings", "Filter", "Hit",
    "IndexSettings", "Limits", "LoadError", "Mention", "MismatchError", "NotIndexedError", "Page",
    "Passage", "PinciteError", "Progress", "QuestionError", "Readings", "Resolution", "Scored",
    "Selector", "Similarity", "Span", "Speech", "Store", "StoreError", "Summary", "TokenEmbedder",
    "TransformerEmbedder", "UsageError", "changes", "clean", "count_tokens", "describe", "document_id",
    "fold", "from_json", "index_paths", "infer_blocks", "iso_date", "listing", "locked", "mentions",
    "open_store", "passage_id", "read_documents", "resolve", "sentence_spans", "split", "token_spans",
    "words",
]  # fmt: skip
