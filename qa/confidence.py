"""Do these hits answer? One number from 0 to 1, from a few things that a person could check."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass

from index import words
from qa.question import content_words
from qa.retrieve import Retrieval

_NUMBER = re.compile(r"\d[\d,.]*")
_BEST = 3
"""How many of the best candidates are read together as the evidence."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer. Shares are of the question's content words, the rarer weighing more.

    `sentence` and `passage`: highest cosines among the candidates. `covered`: share of the words in the best
    single candidate of the first three; `covered_together`: in the three together. `unknown`: share that no
    passage has. `numbers`: share of the question's numbers that the three lack (0 if it has none).
    """

    sentence: float
    passage: float
    covered: float
    covered_together: float
    unknown: float
    numbers: float


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """A logistic model over Evidence: coefficients in its order, and the thresholds on what comes out.

    Below `refuse` the answer is "not_in_documents", below `partial` it is "partial". docs/retrieval.md says
    on what the coefficients were fitted and how they did on collections held out.
    """

    coefficients: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    intercept: float = 0.0
    refuse: float = 0.35
    partial: float = 0.5

    def confidence(self, evidence: Evidence | None) -> float:
        """The probability that the documents answer, to four places; 0 without any candidate."""
        if evidence is None:
            return 0.0
        z = self.intercept + sum(c * x for c, x in zip(self.coefficients, astuple(evidence), strict=True))
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, z)))), 4)


def weigh(retrieval: Retrieval, frequencies: Mapping[str, int], passages: int) -> Evidence | None:
    """The evidence for a question; None without candidates.

    `frequencies` says how many of all `passages` each of the question's content words occurs in.
    """
    if not retrieval.candidates:
        return None
    asked = content_words(retrieval.question)
    weights = {word: math.log(1 + passages / (frequencies.get(word, 0) + 0.5)) for word in asked}
    whole = sum(weights.values()) or 1.0
    best = retrieval.candidates[:_BEST]
    texts = [f"{c.document.title} {c.passage.heading} {c.passage.text}" for c in best]
    found = [set(words(text)) for text in texts]
    together = set().union(*found)
    numbers = {number.rstrip(".,") for number in _NUMBER.findall(retrieval.question)}
    shown = {number.rstrip(".,") for text in texts for number in _NUMBER.findall(text)}

    def share(of: set[str]) -> float:
        return sum(weight for word, weight in weights.items() if word in of) / whole

    return Evidence(
        sentence=max(c.similarity.best_sentence for c in retrieval.candidates),
        passage=max(c.similarity.passage for c in retrieval.candidates),
        covered=max(share(words_of) for words_of in found),
        covered_together=share(together),
        unknown=share({word for word in asked if not frequencies.get(word)}),
        numbers=len(numbers - shown) / len(numbers) if numbers else 0.0,
    )
