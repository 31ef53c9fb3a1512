"""A reranker that compares a question with passages token by token: late interaction.

The vectors of a passage's tokens do not depend on the question, so they are made once and kept; a question costs one
pass over itself and some products of small matrices.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from index import Readings, Store, TokenEmbedder, UsageError
from qa.rerank import as_read
from qa.rerank_files import WEIGHTS, verify

KIND = "late-interaction"
PACKAGED = Path(__file__).with_name("student")
"""The folder of the head that Pincite comes with, for its default model."""

PACKAGED_NAME = "late interaction"
_AT_ONCE = 64
_ROUNDED = 4
_SCALE = 127


@dataclass(frozen=True, slots=True, eq=False)
class LateHead:
    """What was trained: projections of token vectors, and how much each token of a question counts.

    `question` and `passage` are of shape (width, d), `importance` of shape (d,), all float32, for the model whose
    weights have the hash `model_fingerprint`.
    """

    model_fingerprint: str
    question: np.ndarray
    passage: np.ndarray
    importance: np.ndarray

    def of_question(self, tokens: np.ndarray) -> np.ndarray:
        """Unit vectors of a question's tokens times their weight, (n, width); its marks of beginning and end left out.

        The weights are the softmax of the tokens' products with `importance`.
        """
        tokens = tokens[1:-1] if len(tokens) > 2 else tokens
        counts = tokens @ self.importance
        counts = np.exp(counts - counts.max())
        return _unit(tokens @ self.question.T) * (counts / counts.sum())[:, None]

    def of_passage(self, tokens: np.ndarray) -> np.ndarray:
        """Unit vectors of a passage's tokens in 8 bits: int8 of shape (n, width), to be divided by 127."""
        return np.round(_SCALE * _unit(tokens @ self.passage.T)).astype(np.int8)

    def scores(self, question: np.ndarray, passages: Sequence[np.ndarray]) -> np.ndarray:
        """MaxSim (Khattab and Zaharia, SIGIR 2020): the weighted mean, over a question's tokens, of the highest cosine
        with any token of a passage. From -1 to 1, (len(passages),); higher is better.
        """
        starts = np.cumsum([0, *map(len, passages[:-1])])
        cosines = np.concatenate(passages).astype(np.float32) @ question.T / _SCALE
        return np.maximum.reduceat(cosines, starts, axis=0).sum(axis=1)

    def save(self, folder: Path) -> None:
        """Writes `config.json` and the weights into a folder; `rerank_files.seal` makes it whole."""
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        save_file(
            {name: np.ascontiguousarray(getattr(self, name).astype(np.float16)) for name in _TENSORS},
            folder / WEIGHTS,
        )
        told = {"kind": KIND, "model_fingerprint": self.model_fingerprint}
        config = folder / "config.json"
        config.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
        # safetensors lets only the owner read them, and whoever installs Pincite is often another.
        (folder / WEIGHTS).chmod(config.stat().st_mode)


_TENSORS = ("question", "passage", "importance")


def is_late(folder: Path) -> bool:
    """Whether a folder holds such a head, and not a cross-encoder or nothing."""
    try:
        told = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("kind") == KIND


def read_head(folder: Path) -> LateHead:
    """The head in a folder whose hashes were verified. A UsageError for one that does not hold what it should."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        told = json.loads((folder / "config.json").read_text("utf-8"))
        found = {name: value.astype(np.float32) for name, value in load_file(folder / WEIGHTS).items()}
        head = LateHead(str(told["model_fingerprint"]), *(found[name] for name in _TENSORS))
        width, dimensions = head.question.shape
        if head.passage.shape != (width, dimensions) or head.importance.shape != (dimensions,):
            raise ValueError("its matrices do not fit each other")
        if not all(np.isfinite(value).all() for value in found.values()):
            raise ValueError("it holds what is no number")
    except (OSError, KeyError, TypeError, ValueError, SafetensorError) as error:
        raise UsageError(
            f"the reranker in {folder} cannot be read ({error}); make or copy it again"
        ) from error
    return head


class LateReranker:
    """A head in a folder together with the model whose tokens it reads. Safe to share between threads.

    What it made of a passage is kept in `readings`. A UsageError for a folder that is not as it was made, and for the
    head of another model.
    """

    def __init__(
        self, embedder: TokenEmbedder, folder: str | Path = PACKAGED, readings: Readings | None = None
    ) -> None:
        self._folder, self._embedder = Path(folder).absolute(), embedder
        self._readings = readings if readings is not None else Readings()
        self.name = PACKAGED_NAME if self._folder == PACKAGED else str(self._folder)
        self.fingerprint = verify(self._folder)
        self._head = read_head(self._folder)
        if self._head.model_fingerprint != embedder.fingerprint:
            raise UsageError(
                f"the reranker in {self._folder} reads the tokens of another model than that of the index; make one"
                " for it with pincite adapt, or leave --reranker out"
            )
        self._asked: tuple[str, np.ndarray] | None = None
        self._busy = threading.Lock()

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        """The score of each passage, float64 of shape (n,), from -1 to 1, to four places."""
        if not passages:
            return np.zeros(0)
        keys = [self._key(passage) for passage in passages]
        kept = self._readings.get(keys)
        lacking = {key: passage for key, passage in zip(keys, passages, strict=True) if key not in kept}
        if lacking:
            kept |= self._read(lacking)
        width = len(self._head.passage)
        matrices = [np.frombuffer(kept[key], np.int8).reshape(-1, width) for key in keys]
        said = self._head.scores(self._of_question(question), matrices)
        return np.round(said.astype(np.float64), _ROUNDED)

    def read_ahead(self, store: Store, progress: Callable[[int, int], None] | None = None) -> int:
        """Reads every passage of a store that a question can find, so that none has to be read when one is asked, and
        forgets what is no longer there; how many passages it read.

        Stopped at any moment, it goes on where it was. `progress` hears how many of how many are done.
        """
        state = hashlib.sha256(self._of_passages + f"all of {store.counts().generation}".encode()).digest()
        if not self._readings.missing([state]):
            return 0
        texts = {
            self._key(text): text
            for info in store.documents()
            for _, passage in store.passages_of(info.doc_id)
            if not passage.boilerplate
            for text in (as_read(info, passage),)
        }
        missing = self._readings.missing(list(texts))
        for at in range(0, len(missing), _AT_ONCE):
            some = missing[at : at + _AT_ONCE]
            self._read({key: texts[key] for key in some})
            if progress:
                progress(at + len(some), len(missing))
        self._readings.put({state: b"read"})
        self._readings.retain({*texts, state})
        return len(missing)

    def _read(self, passages: dict[bytes, str]) -> dict[bytes, bytes]:
        tokens = self._embedder.embed_tokens(list(passages.values()))
        made = {
            key: self._head.of_passage(found).tobytes() for key, found in zip(passages, tokens, strict=True)
        }
        self._readings.put(made)
        return made

    def _of_question(self, question: str) -> np.ndarray:
        """(n, width); the last one is kept, as it is asked of several lists of passages."""
        with self._busy:
            if self._asked is None or self._asked[0] != question:
                self._asked = (question, self._head.of_question(self._embedder.embed_tokens([question])[0]))
            return self._asked[1]

    def _key(self, passage: str) -> bytes:
        return hashlib.sha256(self._of_passages + passage.encode("utf-8", "replace")).digest()

    @cached_property
    def _of_passages(self) -> bytes:
        """What decides a passage's reading besides the passage: heads that differ in the question's side share them."""
        return hashlib.sha256(self._head.model_fingerprint.encode() + self._head.passage.tobytes()).digest()


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
