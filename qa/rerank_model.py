"""A cross-encoder of sentence-transformers as a reranker: from a folder, verified, on the processor."""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from index import UsageError
from qa.rerank_files import verify

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

log = logging.getLogger(__name__)

Precision = Literal["float32", "bfloat16"]

MAX_TOKENS = 256
"""What a pair is cut to: a passage of the default size with its title, its headings and a long question."""
_BATCH = 8
_KEPT = 20_000
_ROUNDED = 4
"""Decimals of a score: the fifth changes with the pairs that share a batch, and it is where runtimes part."""
_PROBES = (
    ("who may apply?", "Anyone over eighteen may apply to the board in writing."),
    ("who may apply?", "The bridge was closed for repairs from March until June."),
    ("when was the bridge closed?", "The bridge was closed for repairs from March until June."),
    (
        "what did inspectors find?",
        "Inspectors found that records were late and that staff had too many cases.",
    ),
)
_LONG = (_PROBES[0][0], " ".join(passage for _, passage in _PROBES * 8))
"""Cut to MAX_TOKENS, so that a conversion is compared at either end."""
_MOST_APART = 0.1
"""How far bfloat16 may move the score of a probe from float32, in deviations of the probes or, if larger, in units."""
_RUNTIMES_APART = 1e-4
"""The same for OpenVINO in float32 beside torch in float32: what is off by more is another model."""


class CrossEncoderReranker:
    """Any CrossEncoder with one output a pair, by its folder. Safe to share between threads.

    Nothing is fetched and no code of the folder is run; weights are read from safetensors only, and the hashes
    of one of ours are verified before that. Scores are logits, to four places, and the last 20,000 are kept.

    The transformer is run by OpenVINO if `openvino` is installed and says the same of a few pairs, else by torch.
    False keeps to torch, whatever is installed. The fingerprint is of the files alone: in float32 the two differ
    in the sixth decimal of a logit, and rounding turns that into a step of 0.0001 for about one score in a hundred,
    so that runs of both are compared to 0.0001 and not to the letter. bfloat16 may move it by a tenth. Where it
    must be told which it was, `runtime` says so.

    `precision` is by the processor unless it is named.
    """

    def __init__(self, folder: str | Path, openvino: bool = True, precision: Precision | None = None) -> None:
        self._folder = Path(folder).absolute()
        self.name = str(self._folder)
        # Before anything is answered: what is wrong with a folder is told at once.
        self.fingerprint = verify(self._folder)
        self._openvino = openvino and openvino_installed()
        self._precision = precision
        self._busy = threading.RLock()
        self._known: OrderedDict[bytes, float] = OrderedDict()

    @cached_property
    def _model(self) -> CrossEncoder:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import torch
        from sentence_transformers import CrossEncoder
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        try:
            model = CrossEncoder(
                str(self._folder), device="cpu", local_files_only=True, trust_remote_code=False,
                model_kwargs={"use_safetensors": True, "dtype": torch.float32},
                activation_fn=torch.nn.Identity(),
            )  # fmt: skip
            outputs = model.num_labels
            model.max_seq_length = min(MAX_TOKENS, model.max_seq_length or MAX_TOKENS)
        # Whatever the libraries raise for weights cut short, another kind of model or a missing tokenizer.
        except Exception as error:
            reason = next(iter(str(error).splitlines()), type(error).__name__)
            raise UsageError(
                f"the reranker in {self._folder} cannot be loaded: give a folder that sentence-transformers saved a"
                f" CrossEncoder in, with safetensors ({reason})"
            ) from error
        if outputs != 1:
            raise UsageError(
                f"the model in {self._folder} gives {outputs} scores a pair; a reranker gives one"
            )
        model.eval()
        half = fast_in_half() if self._precision is None else self._precision == "bfloat16"
        if self._openvino and self._converted(model, half):
            return model
        return self._in_half(model) if half else model

    def _converted(self, model: CrossEncoder, half: bool) -> bool:
        """Whether OpenVINO runs the model from now on: in bfloat16 or else in float32, and never unlike torch."""
        from qa.rerank_openvino import convert

        first: Any = model[0]
        transformer = first.model
        try:
            full = _probed(model)
            ready = convert(model, _PROBES[:2])
            for precision, apart in (("bf16", _MOST_APART), ("f32", _RUNTIMES_APART))[not half :]:
                first.model = ready(precision)
                if first.model.precision == precision and _agree(full, _probed(model), apart):
                    return True
            reason = "its scores are others"
        # Whatever OpenVINO and torch raise for a model that is not traced, not converted or not run.
        except Exception as error:
            reason = next(iter(str(error).splitlines()), type(error).__name__)
        log.warning("OpenVINO cannot run the reranker in %s, so torch does (%s)", self.name, reason)
        first.model = transformer
        return False

    def _in_half(self, model: CrossEncoder) -> CrossEncoder:
        """The model in bfloat16 if it says nearly the same in it, else as it was."""
        import torch

        full = _predict(model, _PROBES)
        weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        model.to(torch.bfloat16)
        if _agree(full, _predict(model, _PROBES), _MOST_APART):
            return model
        log.info("bfloat16 changes the scores of %s too much; it runs in float32", self.name)
        model.to(torch.float32)
        model.load_state_dict(weights)
        return model

    @property
    def runtime(self) -> str:
        """What computes and in which precision, such as "torch float32" or "openvino f32". Loads the model."""
        with self._busy:
            first: Any = self._model[0]
        if precision := getattr(first.model, "precision", None):
            return f"openvino {precision}"
        return f"torch {str(first.model.dtype).removeprefix('torch.')}"

    def warm(self) -> None:
        """Loads the model, so that the first question is answered as fast as the next."""
        with self._busy:
            _predict(self._model, _PROBES[:1])

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        """The logit of each passage, float64 of shape (n,). A UsageError for a model that gives no numbers."""
        keys = [
            hashlib.sha256(f"{len(question)} {question}{passage}".encode()).digest() for passage in passages
        ]
        with self._busy:
            # One whole question at a time, and each passage once: what shares a batch is then always the same.
            new = {key: i for i, key in enumerate(keys) if key not in self._known}
            if new:
                said = _predict(self._model, [(question, passages[i]) for i in new.values()])
                if not np.all(np.isfinite(said)):
                    raise UsageError(f"the reranker in {self._folder} gives scores that are no numbers")
                self._known.update(
                    zip(new, np.round(said.astype(np.float64), _ROUNDED).tolist(), strict=True)
                )
            found = np.array([self._known[key] for key in keys], dtype=np.float64)
            for key in keys:
                self._known.move_to_end(key)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found


def _predict(model: CrossEncoder, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
    """Logits, (n,); pairs of like length share a batch."""

    said: Any = model.predict(list(pairs), batch_size=_BATCH, show_progress_bar=False, convert_to_tensor=True)
    return np.asarray(said.float().numpy().reshape(-1))


def _probed(model: CrossEncoder) -> np.ndarray:
    """Logits of the probes and, in a batch of its own, of a pair as long as any, (5,)."""
    return np.concatenate([_predict(model, _PROBES), _predict(model, [_LONG])])


def _agree(full: np.ndarray, other: np.ndarray, apart: float) -> bool:
    near = np.abs(full - other).max() <= apart * max(1.0, full.std())
    return bool(np.all(np.isfinite(other)) and near)


def openvino_installed() -> bool:
    """Whether there is a package `openvino`; nothing of it is run."""
    return importlib.util.find_spec("openvino") is not None


def fast_in_half() -> bool:
    """Whether bfloat16 is faster than float32 here: where the processor multiplies matrices of it (AMX).

    The dot products of AVX-512 are no reason: on an Intel Xeon that has them without AMX, bfloat16 takes 1.6 times as
    long (docs/reranker.md).
    """
    import torch

    return bool(getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)())
