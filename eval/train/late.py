"""Training the head of late interaction: three small matrices over token vectors that a model has made.

The model itself stays as it is, so that each text passes through it once, and an epoch over thousands of groups takes
seconds.
"""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from eval.train.groups import Group
from eval.train.loss import loss_of
from index import Readings, TokenEmbedder, TransformerEmbedder, UsageError
from qa import LateHead, read_head

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

_AT_ONCE = 64
_FOR_COMPONENTS = 600
"""Passages from which the first projection is made."""


@dataclass(frozen=True, slots=True)
class HeadTraining:
    """How a head is trained: `width` of its vectors, `epochs` over the groups, `batch` groups a step.

    `teacher` from 0 to 1 is how much the scores in the groups count instead of their labels. With `question_only`
    the side of the passages stays, and with it all that was made of passages before.
    """

    width: int = 64
    epochs: int = 2
    batch: int = 8
    learning_rate: float = 3e-4
    teacher: float = 0.0
    question_only: bool = False
    seed: int = 7


class Tokens:
    """Token vectors of texts, (n, d) in 16 bits, made once and kept in `readings`: a killed run goes on."""

    def __init__(self, embedder: TokenEmbedder, readings: Readings) -> None:
        self._embedder, self._readings = embedder, readings

    def prepare(self, texts: Iterable[str], progress: Callable[[int], None] | None = None) -> None:
        """Makes what is not kept yet. `progress` hears how many more texts are there."""
        keys = {self._key(text): text for text in texts}
        missing = self._readings.missing(list(keys))
        if progress:
            progress(len(keys) - len(missing))
        for at in range(0, len(missing), _AT_ONCE):
            some = missing[at : at + _AT_ONCE]
            found = self._embedder.embed_tokens([keys[key] for key in some])
            made = {key: one.astype(np.float16).tobytes() for key, one in zip(some, found, strict=True)}
            if not self._readings.put(made) and not self._readings.get(missing[:1]):
                raise UsageError("token vectors cannot be kept; free space, or name another --scratch")
            if progress:
                progress(len(some))

    def of(self, texts: Sequence[str], dimensions: int) -> list[np.ndarray]:
        """What `prepare` made of texts, float32 of shape (n, dimensions) each."""
        keys = [self._key(text) for text in texts]
        kept = self._readings.get(keys)
        return [
            np.frombuffer(kept[key], np.float16).reshape(-1, dimensions).astype(np.float32) for key in keys
        ]

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(
            f"{self._embedder.fingerprint} tokens {text}".encode("utf-8", "replace")
        ).digest()


def looking(head: Path, scratch: Path) -> tuple[Tokens, LateHead]:
    """A head to look for passages with, and the token vectors that it needs, kept in `scratch`.

    A UsageError for a head of another model than the default.
    """
    embedder, finder = TransformerEmbedder(), read_head(head)
    if finder.model_fingerprint != embedder.fingerprint:
        raise UsageError(f"{head} is a head for another model than {embedder.name}; name one for it")
    scratch.mkdir(parents=True, exist_ok=True)
    return Tokens(embedder, Readings(scratch, in_memory=0)), finder


def first_head(
    tokens: Tokens, groups: Sequence[Group], fingerprint: str, width: int, dimensions: int
) -> LateHead:
    """A head that was not trained: the `width` main directions of passages' tokens, every token counting alike."""
    texts = list(dict.fromkeys(passage for group in groups for passage in group.passages))[:_FOR_COMPONENTS]
    vectors = np.concatenate(tokens.of(texts, dimensions))
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    projection = np.ascontiguousarray(directions[:, ::-1][:, :width].T, dtype=np.float32)
    return LateHead(fingerprint, projection, projection, np.zeros(dimensions, np.float32))


def train_head(
    head: LateHead,
    groups: Sequence[Group],
    tokens: Tokens,
    training: HeadTraining = HeadTraining(),
    progress: Callable[[int], None] | None = None,
) -> LateHead:
    """The head after training; the same from the same groups and seed on one machine. `progress` hears of each group.

    The loss is that of the cross-encoders, of cosines times a scale and plus a shift that are learnt, too.
    """
    import torch

    torch.manual_seed(training.seed)
    question, passage = (torch.tensor(side, requires_grad=True) for side in (head.question, head.passage))
    importance = torch.tensor(head.importance, requires_grad=True)
    scale, shift = torch.tensor(3.0, requires_grad=True), torch.tensor(-0.4, requires_grad=True)
    learnt = [[question] if training.question_only else [question, passage], [importance], [scale, shift]]
    rates = [training.learning_rate * times for times in (1, 3, 10)]
    optimizer = torch.optim.AdamW(
        [{"params": some, "lr": rate} for some, rate in zip(learnt, rates, strict=True)], weight_decay=0.0
    )
    taught = [group for group in groups if len(group.passages) > 1]
    steps = training.epochs * -(-len(taught) // training.batch)
    chance, step = random.Random(training.seed), 0
    for _ in range(training.epochs):
        chance.shuffle(taught)
        for at in range(0, len(taught), training.batch):
            some = taught[at : at + training.batch]
            step += 1
            pace = min(1.0, 10 * step / steps) * (1 - (step - 1) / steps)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * pace
            cosines = torch.cat([_maxsim(group, tokens, question, passage, importance) for group in some])
            loss = loss_of((cosines + shift) * scale.exp(), some, training.teacher)
            if not torch.isfinite(loss):
                raise UsageError(
                    f"the loss is no number any more; take a lower learning rate than {training.learning_rate:g}"
                )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if progress:
                progress(len(some))
    return replace(
        head,
        question=question.detach().numpy(),
        passage=passage.detach().numpy(),
        importance=importance.detach().numpy(),
    )


def _maxsim(
    group: Group, tokens: Tokens, question: torch.Tensor, passage: torch.Tensor, importance: torch.Tensor
) -> torch.Tensor:
    """The scores of a group's passages, (n,), as LateHead has them but in full precision."""
    import torch
    from torch.nn.functional import normalize

    dimensions = len(importance)
    asked, *read = (torch.from_numpy(one) for one in tokens.of([group.question, *group.passages], dimensions))
    asked = asked[1:-1] if len(asked) > 2 else asked
    weights = torch.softmax(asked @ importance, 0)
    cosines = normalize(torch.cat(read) @ passage.T, dim=1) @ normalize(asked @ question.T, dim=1).T
    best = [part.max(dim=0).values for part in cosines.split([len(one) for one in read])]
    return torch.stack(best) @ weights


def ranked(head: LateHead, groups: Sequence[Group], tokens: Tokens) -> list[list[float]]:
    """The scores of each group's passages by a head as it is used, in 8 bits."""
    dimensions = len(head.importance)
    found = []
    for group in groups:
        asked, *read = tokens.of([group.question, *group.passages], dimensions)
        found.append(head.scores(head.of_question(asked), [head.of_passage(one) for one in read]).tolist())
    return found
