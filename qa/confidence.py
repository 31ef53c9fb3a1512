"""Do these hits answer? One number from 0 to 1, from one thing that a person could check."""

from __future__ import annotations

import math
from dataclasses import dataclass

from qa.demands import demands_of
from qa.retrieve import Retrieval

_READ = 10
"""Among how many of the best candidates a sentence is sought that has what the question demands."""
_LACKING = 0.5
"""What the likeness of a sentence is worth that has not."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer, from 0 to 1.

    `fitting`: the highest cosine of a sentence that has what the question demands (qa/demands.py), or half the
    highest of any.
    """

    fitting: float


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """A logistic model over Evidence, with thresholds: below `refuse` the documents do not say, below
    `partial` it is not certain that they do. It takes three of four questions to have an answer.

    Fitted by `python -m eval.fit_confidence`; docs/retrieval.md has the figures.
    """

    fitting: float = 11.36
    intercept: float = -4.6
    refuse: float = 0.35
    partial: float = 0.5

    def confidence(self, evidence: Evidence | None) -> float:
        """The probability that the documents answer, to four places; 0 without any candidate."""
        if evidence is None:
            return 0.0
        z = self.intercept + self.fitting * evidence.fitting
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, z)))), 4)


def weigh(retrieval: Retrieval) -> Evidence | None:
    """The evidence for a question; None without candidates."""
    if not retrieval.candidates:
        return None
    nearest = max(candidate.similarity.best_sentence for candidate in retrieval.candidates)
    return Evidence(min(1.0, max(0.0, _LACKING * nearest, _fitting(retrieval))))


def _fitting(retrieval: Retrieval) -> float:
    """The highest cosine of a sentence that has what is demanded, in a passage that does; 0 without one."""
    demands = demands_of(retrieval.question)
    best = 0.0
    for candidate in retrieval.candidates[:_READ]:
        passage, similarity = candidate.passage, candidate.similarity
        if similarity.best_sentence <= best or demands.missing(passage, candidate.document):
            continue
        for span, cosine in zip(passage.sentences, similarity.sentences, strict=True):
            sentence = passage.text[span.start - passage.start : span.end - passage.start]
            if cosine > best and demands.met_by(sentence):
                best = cosine
    return best
