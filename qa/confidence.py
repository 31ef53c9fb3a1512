"""Do these hits answer? One number from 0 to 1, from a few things that a person could check."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass

from index import words
from qa.question import content_words
from qa.retrieve import Retrieval

_BEST = 3
"""Among how many of the best candidates the one is sought that has most of the question's words."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer, each from 0 to 1.

    `sentence` and `passage`: the highest cosines among the candidates. `covered`: the share of the question's
    content words, the rarer weighing more, that one of the best candidates has.
    """

    sentence: float
    passage: float
    covered: float


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """A logistic model over Evidence, with thresholds: below `refuse` the documents do not say, below
    `partial` it is not certain that they do.

    Fitted on public collections by `python -m eval.fit_confidence`; docs/retrieval.md has the figures.
    """

    sentence: float = 5.8
    passage: float = 4.72
    covered: float = 1.35
    intercept: float = -6.31
    refuse: float = 0.2
    partial: float = 0.5

    def confidence(self, evidence: Evidence | None) -> float:
        """The probability that the documents answer, to four places; 0 without any candidate."""
        if evidence is None:
            return 0.0
        weights = (self.sentence, self.passage, self.covered)
        z = self.intercept + sum(w * x for w, x in zip(weights, astuple(evidence), strict=True))
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, z)))), 4)


def weigh(retrieval: Retrieval, frequencies: Mapping[str, int], passages: int) -> Evidence | None:
    """The evidence for a question; None without candidates.

    `frequencies` says how many of all `passages` each of the question's content words occurs in.
    """
    if not retrieval.candidates:
        return None
    asked = content_words(retrieval.question)
    weights = {word: math.log(1 + passages / (frequencies.get(word, 0) + 0.5)) for word in asked}
    shares = []
    for candidate in retrieval.candidates[:_BEST]:
        present = set(
            words(f"{candidate.document.title} {candidate.passage.heading} {candidate.passage.text}")
        )
        shares.append(sum(weight for word, weight in weights.items() if word in present))
    return Evidence(
        sentence=max(c.similarity.best_sentence for c in retrieval.candidates),
        passage=max(c.similarity.passage for c in retrieval.candidates),
        covered=max(shares) / (sum(weights.values()) or 1.0),
    )
