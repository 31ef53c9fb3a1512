"""The sentences of the passages that were found, as quotes are chosen among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index import Span, count_tokens
from qa.retrieve import Candidate


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a candidate, its length in tokens, and what it is worth as a quote: more is better.

    `gap` is how many tokens more it is when it is quoted in one with the next sentence of its passage.
    """

    candidate: Candidate
    span: Span
    tokens: int
    worth: float
    gap: int = 0

    @property
    def text(self) -> str:
        return text_of(self.candidate, self.span)


def sentences_of(candidate: Candidate) -> list[Sentence]:
    """A candidate's sentences in order, worth nothing as yet."""
    spans = candidate.passage.sentences
    tokens = [count_tokens(text_of(candidate, span)) for span in spans]
    gaps = [
        count_tokens(text_of(candidate, Span(one.start, other.end))) - sum(tokens[i : i + 2])
        for i, (one, other) in enumerate(pairwise(spans))
    ]
    return [
        Sentence(candidate, span, n, 0.0, gap) for span, n, gap in zip(spans, tokens, [*gaps, 0], strict=True)
    ]


def quoted_tokens(sentences: Sequence[Sentence]) -> int:
    """How long these are as quotes, of which those that follow each other may become one."""
    there = {(one.candidate.passage.passage_id, one.span.start) for one in sentences}
    total = 0
    for one in sentences:
        passage = one.candidate.passage
        following = next((span.start for span in passage.sentences if span.start > one.span.start), -1)
        total += one.tokens + one.gap * ((passage.passage_id, following) in there)
    return total


def text_of(candidate: Candidate, span: Span) -> str:
    """What stands at a span of a candidate's document."""
    start = candidate.passage.start
    return candidate.passage.text[span.start - start : span.end - start]
