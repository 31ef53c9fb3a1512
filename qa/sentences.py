"""The sentences of the passages that were found, as quotes are chosen among them."""

from __future__ import annotations

from dataclasses import dataclass

from index import Span, count_tokens
from qa.retrieve import Candidate


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a candidate, its length in tokens, and what it is worth as a quote: more is better."""

    candidate: Candidate
    span: Span
    tokens: int
    worth: float

    @property
    def text(self) -> str:
        return text_of(self.candidate, self.span)


def sentences_of(candidate: Candidate) -> list[Sentence]:
    """A candidate's sentences in order, worth nothing as yet."""
    return [
        Sentence(candidate, span, count_tokens(text_of(candidate, span)), 0.0)
        for span in candidate.passage.sentences
    ]


def text_of(candidate: Candidate, span: Span) -> str:
    """What stands at a span of a candidate's document."""
    start = candidate.passage.start
    return candidate.passage.text[span.start - start : span.end - start]
