"""Do these hits answer? One number from 0 to 1, from a few things that a person could check."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass

from index import words
from qa.demands import demands_of
from qa.question import content_words
from qa.retrieve import Retrieval

_BEST = 3
"""Among how many of the best candidates the one is sought that has most of the question's words."""
_READ = 10
"""Among how many a sentence is sought that has what the question demands."""
_LACKING = 0.5
"""What the likeness of a sentence is worth that has not."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer, each from 0 to 1.

    `fitting`: the highest cosine of a sentence that has what the question demands (qa/demands.py), or half the
    highest of any. `covered`: the share of the question's content words, the rarer weighing more, that one of the
    best candidates has.
    """

    fitting: float
    covered: float


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """A logistic model over Evidence, with thresholds: below `refuse` the documents do not say, below
    `partial` it is not certain that they do. It takes three of four questions to have an answer.

    Fitted by `python -m eval.fit_confidence`; docs/retrieval.md has the figures.
    """

    fitting: float = 7.56
    covered: float = 1.58
    intercept: float = -3.52
    refuse: float = 0.4
    partial: float = 0.5

    def confidence(self, evidence: Evidence | None) -> float:
        """The probability that the documents answer, to four places; 0 without any candidate."""
        if evidence is None:
            return 0.0
        weights = (self.fitting, self.covered)
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
    nearest = max(candidate.similarity.best_sentence for candidate in retrieval.candidates)
    return Evidence(
        fitting=min(1.0, max(0.0, _LACKING * nearest, _fitting(retrieval))),
        covered=max(shares) / (sum(weights.values()) or 1.0),
    )


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


def unmet(retrieval: Retrieval) -> list[str]:
    """What the question demands and none of the best candidates has, in words: "2018", "a number"."""
    demands = demands_of(retrieval.question)
    best = retrieval.candidates[:_READ]
    missing = [set(demands.missing(candidate.passage, candidate.document)) for candidate in best]
    never = set.intersection(*missing) if missing else set()
    named = [one for one in (*demands.names, *demands.years, *demands.numbers) if one in never]
    sentences = [
        candidate.passage.text[span.start - candidate.passage.start : span.end - candidate.passage.start]
        for candidate in best
        for span in candidate.passage.sentences
    ]
    if demands.kind and not any(map(demands.met_by, sentences)):
        named.append(f"{'an' if demands.kind[0] in 'aeiou' else 'a'} {demands.kind}")
    return named
