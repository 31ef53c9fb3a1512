"""What the benchmarks share: indexes that are made once and kept, questions embedded once, samples by a seed."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from eval.questions import json_lines, raise_all
from index import (
    Embeddable,
    Embedder,
    Embedding,
    IndexSettings,
    TokenEmbedder,
    UsageError,
    index_paths,
    open_store,
)
from qa import Service, Settings, rerankers

SEED = 20170407
Item = TypeVar("Item")


def default_scratch() -> Path:
    """Where indexes and vectors are kept between runs, outside the repository: all of it can be made again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pincite" / "bench"


def sample(items: Sequence[Item], most: int) -> list[Item]:
    """At most so many items, drawn by a fixed seed, in their order; all of them if `most` is 0.

    >>> sample("abcdef", 3) == sample("abcdef", 3), sample("abc", 0)
    (True, ['a', 'b', 'c'])
    """
    if not 0 < most < len(items):
        return list(items)
    return [items[i] for i in sorted(random.Random(SEED).sample(range(len(items)), most))]


def read_records(folder: Path) -> list[tuple[str, str]]:
    """Every record of a BEIR folder's corpus.jsonl: its id, and its title and text on lines of their own."""
    problems: list[str] = []
    found = [
        (str(record["_id"]), f"{record.get('title') or ''}\n{record['text']}".strip())
        for _, record in json_lines(folder / "corpus.jsonl", problems)
    ]
    raise_all(problems, f"{folder} is not a test collection")
    return found


class Remembering:
    """An embedder that embeds each question once, and keeps the vectors in a file when told to."""

    def __init__(self, embedder: Embedder, path: Path | None = None) -> None:
        self._embedder, self._path = embedder, path
        self.name, self.fingerprint, self.dimensions = (
            embedder.name,
            embedder.fingerprint,
            embedder.dimensions,
        )
        self._known: dict[str, np.ndarray] = {}
        if path and path.is_file():
            with np.load(path) as kept:
                self._known = dict(zip(kept["questions"].tolist(), kept["vectors"], strict=True))

    def embed(
        self, passages: Sequence[Embeddable], progress: Callable[[int], None] | None = None
    ) -> list[Embedding]:
        return self._embedder.embed(passages, progress)

    def embed_question(self, question: str) -> np.ndarray:
        if question not in self._known:
            self._known[question] = self._embedder.embed_question(question)
        return self._known[question]

    def embed_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """As the embedder does; a UsageError from one that has no tokens to give."""
        if not isinstance(self._embedder, TokenEmbedder):
            raise UsageError(f"{self.name} gives no vectors of tokens")
        return self._embedder.embed_tokens(texts)

    def keep(self) -> None:
        """Writes the vectors down."""
        if self._path and self._known:
            beside = self._path.with_suffix(".new.npz")
            np.savez(beside, questions=np.array(list(self._known)), vectors=np.stack([*self._known.values()]))
            beside.replace(self._path)


def indexed(source: Path, embedder: Embedder, scratch: Path) -> Path:
    """The folder of an index of a file or folder, made or brought up to date; a run that was killed goes on.

    Another model, splitter or stored form has another folder. What else the code makes of a document is not
    looked at: after such a change the folder is to be removed.
    """
    settings = IndexSettings(embedder.name, embedder.fingerprint, embedder.dimensions)
    data = scratch / f"{_named(source)}-{key(source.absolute().as_posix(), settings.to_json())}"
    with_store = open_store(data, create=True)
    try:
        index_paths(with_store, embedder, [source], prune=True)
    finally:
        with_store.close()
    return data


def opened(data: Path, embedder: Embedder, settings: Settings | None = None) -> Service:
    """A service over a kept index."""
    late, _ = rerankers(embedder, data)
    return Service(open_store(data), embedder, settings or Settings(), late=late)


def vectors_of(texts: Sequence[str], embedder: Embedder, scratch: Path) -> np.ndarray:
    """The unit vector of each text as a whole, (n, d), as far as the model reads; kept in a file."""
    path = scratch / f"texts-{key(embedder.fingerprint, json.dumps(list(texts)))}.npy"
    if path.is_file():
        return np.asarray(np.load(path))
    found = np.stack([one.passage for one in embedder.embed([Embeddable(text) for text in texts])])
    partly = path.with_suffix(".part.npy")
    np.save(partly, found)
    shutil.move(partly, path)
    return found


def key(*parts: str) -> str:
    """Twelve digits that stand for some texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _named(source: Path) -> str:
    return source.parent.name if source.name == "corpus.jsonl" else source.name
