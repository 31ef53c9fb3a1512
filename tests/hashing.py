"""An embedder whose vectors can be worked by hand: a text's vector counts its words, each in a place of its hash."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence

import numpy as np

from index import Embeddable, Embedding, words


class HashingEmbedder:
    """Deterministic and quick. `embedded` counts the passages asked for; `pause_s` is slept before each batch."""

    name = "hashing"
    dimensions = 32

    def __init__(self, fingerprint: str = "hashing-32", pause_s: float = 0.0) -> None:
        self.fingerprint = fingerprint
        self.pause_s = pause_s
        self.embedded = 0

    def embed(
        self, passages: Sequence[Embeddable], progress: Callable[[int], None] | None = None
    ) -> list[Embedding]:
        time.sleep(self.pause_s)
        self.embedded += len(passages)
        if progress and passages:
            half = len(passages) // 2
            progress(half)
            progress(len(passages) - half)
        return [
            Embedding(
                self.embed_question(passage.text),
                np.array(
                    [self.embed_question(passage.text[s.start : s.end]) for s in passage.sentences],
                    dtype=np.float32,
                ).reshape(-1, self.dimensions),
            )
            for passage in passages
        ]

    def embed_question(self, question: str) -> np.ndarray:
        vector = np.zeros(self.dimensions, dtype=np.float32)
        vector[0] = 1e-3  # a text without words has a direction too
        for word in words(question):
            vector[hashlib.sha256(word.encode()).digest()[0] % self.dimensions] += 1
        return (vector / np.linalg.norm(vector)).astype(np.float32)
