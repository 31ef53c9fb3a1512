"""The values of an evaluation, from resolved evidence to the report. Frozen, no input or output."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from eval.questions import Evidence, Question

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
    """What became of one fact: found in the hits by token budget, in the quotes, by its keys.

    `quoted` is None where the question was not asked, only searched for; `keys` also where the fact has none.
    `voiced`: whether a voice that states it is among those quoted; None where its documents have no voice.
    `evidence` and `wanted` are the places and the keys that were looked for, as the question set has them, so
    that a run can be replayed without the set.
    """

    fact: str
    found: dict[int, bool]
    quoted: bool | None
    keys: bool | None
    voiced: bool | None = None
    evidence: tuple[Evidence, ...] = ()
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A quote as it was served; `verbatim` says whether the document holds it there.

    `relevant`: whether it overlaps the evidence of a fact enough; None where there is no evidence to hold it
    against.
    """

    text: str
    source_id: str
    start: int
    end: int
    verbatim: bool
    voice: str = ""
    relevant: bool | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one question. Every measure is computed from rows and from nothing else.

    `status` is empty when the question was searched for but not asked; `error` says why one failed.
    `rr` looks for a fact in the hits, `quote_rr` in the quotes. `ranking` holds the measures of a BEIR query;
    `documents` the source ids served, best first. `must_cite_*` is what the question asks of its quotes.
    `served` is a short hash of what the search served, place by place in order: the same, the same was found.
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
    quote_rr: float | None = None
    must_cite_voices: tuple[str, ...] = ()
    must_cite_at_least: int = 0
    served: str = ""

    @property
    def refused(self) -> bool:
        return self.status == "not_in_documents"

    @property
    def failed(self) -> bool:
        """Whether the question was turned away, asked or searched for."""
        return self.status == ERROR or bool(self.error)

    @property
    def cited(self) -> tuple[str, ...]:
        """The source ids of the documents quoted, each once."""
        return tuple(dict.fromkeys(quote.source_id for quote in self.quotes))

    @property
    def voices(self) -> tuple[str, ...]:
        """The voices quoted, each once."""
        return tuple(dict.fromkeys(quote.voice for quote in self.quotes if quote.voice))


@dataclass(frozen=True, slots=True)
class Bin:
    """A point of the reliability curve: the questions whose confidence lies between `low` and `high`.

    `confidence` is their mean confidence and `answerable` the share that can be answered: equal when the
    confidence is calibrated.
    """

    low: float
    high: float
    n: int
    confidence: float
    answerable: float


@dataclass(frozen=True, slots=True)
class Report:
    """An evaluation. All but `timings` is the same for the same corpus, settings and questions.

    In `measures` higher is better and all lie between 0 and 1, so each can have a floor; `costs` are counts of
    what was given to read, neither good nor bad in themselves. `violations` are texts that their document does
    not hold where it is said to: any is a fault. `reliability` is the curve behind the measure `calibration`.
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
    reliability: tuple[Bin, ...] = ()
