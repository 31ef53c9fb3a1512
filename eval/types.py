"""The values of an evaluation, from resolved evidence to the report. Frozen, no input or output."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from eval.questions import Question

ERROR = "error"
"""A row's status when the question itself was turned away: neither an answer nor a refusal."""


@dataclass(frozen=True, slots=True)
class Place:
    """Characters `start` to `end` (exclusive) of one document."""

    doc_id: str
    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class ResolvedFact:
    """A fact with every place that states it; finding one is enough."""

    fact: str
    places: tuple[Place, ...]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResolvedQuestion:
    """A question whose evidence was found in the documents it will be asked of."""

    question: Question
    facts: tuple[ResolvedFact, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A value, its 95 % interval and the number of questions behind it."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class FactRow:
    """What became of one fact: found in the hits by token budget, in the quotes, by its keys (None: none)."""

    fact: str
    found: dict[int, bool]
    quoted: bool
    keys: bool | None


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A quote as it was served; `verbatim` says whether the document holds it there."""

    text: str
    source_id: str
    start: int
    end: int
    verbatim: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one question. Every measure is computed from rows and from nothing else.

    `status` is empty when the question was searched for but not asked; `error` says why one failed.
    `ranking` holds the measures of a BEIR query; `documents` the source ids served, best first.
    """

    id: str
    question: str
    type: str
    answerable: bool
    status: str = ""
    confidence: float | None = None
    facts: tuple[FactRow, ...] = ()
    rr: float | None = None
    quotes: tuple[QuoteRow, ...] = ()
    quote_tokens: int = 0
    ranking: dict[str, float] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    error: str = ""

    @property
    def refused(self) -> bool:
        return self.status == "not_in_documents"


@dataclass(frozen=True, slots=True)
class Report:
    """An evaluation. All but `timings` is the same for the same corpus, settings and questions.

    In `measures` higher is better and all lie between 0 and 1, so each can have a floor; `costs` are what
    it took. `violations` are texts that their document does not hold where it is said to: any is a fault.
    """

    kind: str
    measures: dict[str, Measure]
    by_type: dict[str, dict[str, Measure]]
    costs: dict[str, Measure]
    rows: tuple[Row, ...]
    violations: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    timings: dict[str, Any] = field(default_factory=dict)
