"""The best candidates of a question, ordered anew by a model that reads question and passage together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np

from index import DocumentInfo, Passage, clean, fold
from qa.retrieve import Read, Retrieval


class Reranker(Protocol):
    """What scores a question with passages. Equal `fingerprint`s mean equal scores on one machine with the same
    packages."""

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        """A score for each passage, float64 of shape (n,), finite; higher is better, the scale is the model's."""
        ...


@dataclass(frozen=True, slots=True)
class RerankSettings:
    """How a reranker is heard. Without one nothing of this counts.

    `top` is how many of the best candidates it scores, which decides what a question costs; never a clock, since
    an answer must not depend on how busy a machine is. `weight` from 0 to 1 is its share of their new score where it
    and the order before have nothing to do with each other; with `trust` the share grows by their correlation, and
    shrinks where they contradict each other. docs/reranker.md says how they were chosen.
    """

    top: int = 30
    weight: float = 0.5
    trust: float = 0.0

    def share(self, before: np.ndarray, said: np.ndarray) -> float:
        """The reranker's share for candidates with these scores, (n,) each.

        >>> RerankSettings(2, 0.4, 0.5).share(np.array([2.0, 1.0]), np.array([0.3, 0.1]))
        0.9
        >>> RerankSettings(2, 0.4, 0.5).share(np.array([2.0, 1.0]), np.array([0.1, 0.3]))
        0.0
        """
        if not self.trust:
            return self.weight
        agreement = float(np.mean(standardised(before) * standardised(said)))
        return round(min(1.0, max(0.0, self.weight + self.trust * agreement)), 4)


def as_read(document: DocumentInfo, passage: Passage) -> str:
    """A passage as a reranker reads it: title, headings and text, cleaned. A heading that repeats is left out.

    Training groups are of this form, too: without it "the board" is nobody's board.
    """
    return ". ".join([*_stands_under(document.title, passage.heading), clean(passage.text)])


@lru_cache(maxsize=10_000)
def _stands_under(title: str, heading: str) -> tuple[str, ...]:
    """The title and what a heading adds to it; kept, as many passages stand under the same."""
    parts: dict[str, str] = {}
    for part in (title, *heading.split(" › ")):
        if part := clean(part).rstrip(".:"):
            parts.setdefault(fold(part), part)
    return tuple(parts.values())


def rerank(
    retrieval: Retrieval,
    reranker: Reranker,
    settings: RerankSettings = RerankSettings(),
    stage: str = "rerank",
) -> Retrieval:
    """The same candidates, the best of them ordered by both scores.

    Both are standardised over the best `top`, mixed by its share, and put back on the scale the first had, so that
    spreading over documents weighs as before. What a candidate gains or loses by it is told by `stage`. One that
    the reranker finds worse may fall below those that it did not read.
    """
    best = retrieval.candidates[: settings.top]
    if len(best) < 2 or not (settings.weight or settings.trust):
        return retrieval
    before = np.array([candidate.score for candidate in best])
    said = reranker.scores(retrieval.question, [as_read(one.document, one.passage) for one in best])
    gained = settings.share(before, said) * (before.std() * standardised(said) - (before - before.mean()))
    candidates = [
        replace(
            candidate, reads=(*candidate.reads, Read(stage, round(float(score), 5), round(float(gain), 5)))
        )
        for candidate, gain, score in zip(best, gained, said, strict=True)
    ]
    candidates += retrieval.candidates[settings.top :]
    candidates.sort(key=lambda c: (-c.score, c.passage.passage_id))
    return replace(retrieval, candidates=tuple(candidates))


def standardised(scores: np.ndarray) -> np.ndarray:
    """Scores as standard deviations from their mean; zeros where they are all alike.

    >>> standardised(np.array([1.0, 3.0])).tolist(), standardised(np.array([2.0, 2.0])).tolist()
    ([-1.0, 1.0], [0.0, 0.0])
    """
    deviation = scores.std()
    return (scores - scores.mean()) / deviation if deviation > 1e-9 else np.zeros_like(scores)
