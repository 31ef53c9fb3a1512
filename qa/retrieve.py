"""Question -> hits: dense vectors, best sentences, context and BM25, fused by score; what the question asks for
besides its subject weighs in, and what the best passages have in common; spread over documents.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np

from index import DocumentInfo, Filter, Hit, Passage, Similarity, Store
from qa.acronyms import definitions, other_names
from qa.understand import Understanding, understand

ENGINES = ("passage", "sentence", "context", "bm25", "bm25_context")
"""What is fused, by the names of the scores in a hit."""


@dataclass(frozen=True, slots=True)
class RetrievalSettings:
    """How hits are ranked. Few and plain on purpose; docs/retrieval.md says how each was chosen.

    `pool` is how many candidates each of the three searches brings. The fused score is the weighted mean of
    scores that were standardised over the candidates: of `passage`, `sentence` and `context` vectors, of the
    passage's `words` (BM25) and of those with its neighbours' (`words_context`). `source` is what a passage
    gains that is of a voice or publisher the question asks for, `period` what it gains or loses by the time it
    speaks of, and `spread` what each further passage of one document costs (times the logarithm of how many
    came before it), all in standard deviations. `feedback` is how far the question's vector is then moved to
    the centroid of the best `feedback_passages`, 1 being as much as the question itself. The best `part_passages` of
    each part of a comparison are raised to `part_margin` standard deviations below the best of all. With `acronyms`,
    words are also searched for by what the corpus says that acronyms stand for.
    """

    pool: int = 100
    passage_weight: float = 1.0
    sentence_weight: float = 1.0
    context_weight: float = 1.0
    words_weight: float = 0.75
    words_context_weight: float = 0.75
    source: float = 2.0
    period: float = 1.0
    spread: float = 0.3
    acronyms: bool = True
    feedback: float = 0.6
    feedback_passages: int = 5
    part_passages: int = 3
    part_margin: float = 0.5


@dataclass(frozen=True, slots=True)
class Read:
    """What a reranker made of a candidate at a stage ("tokens", "rerank"): its score on the reranker's own scale, and
    what the candidate gains or loses by it.
    """

    stage: str
    score: float
    gain: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that a search brought, with what each engine makes of it.

    `fused` is what the engines make of it together; `score` adds what it gains or loses by whose words it is
    (`source`), by its time (`period`), by how much it is like the best (`feedback`) and as one of the best of a part of
    a comparison (`part`). Higher is better.
    `shares` is what each of ENGINES adds to `fused`, `moved` its cosine with the question after feedback.
    `reads` is what rerankers made of it, in the order in which they read it.
    """

    passage: Passage
    document: DocumentInfo
    similarity: Similarity
    bm25: float
    fused: float
    bm25_context: float = 0.0
    source: float = 0.0
    period: float = 0.0
    shares: tuple[float, ...] = ()
    reads: tuple[Read, ...] = ()
    feedback: float = 0.0
    moved: float = 0.0
    part: float = 0.0

    @property
    def score(self) -> float:
        """What it is ranked by."""
        gained = sum(read.gain for read in self.reads)
        return round(self.fused + self.source + self.period + self.feedback + self.part + gained, 5)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """All candidates of a question, best first, not yet spread over documents."""

    question: str
    candidates: tuple[Candidate, ...]
    understood: Understanding = field(default_factory=Understanding)


def retrieve(
    store: Store,
    vector: np.ndarray,
    question: str,
    where: Filter = Filter(),
    settings: RetrievalSettings = RetrievalSettings(),
) -> Retrieval:
    """The candidates for a question and its unit vector (d,): what three searches bring, scored by all three.

    What is said by those whom the question asks for is searched for apart as well, so that a long report does
    not keep a short statement out; and once more by words if the passages found know other names for what the
    question names.
    """
    asked = question
    understood = understand(question, store.publishers())
    scopes = _scopes(where, understood)
    found = {
        scored.number
        for among in scopes
        for engine in (
            store.nearest(vector, settings.pool, among),
            store.nearest(vector, settings.pool, among, sentences=True),
            store.best(question, settings.pool, among),
        )
        for scored in engine
    }
    passages = store.passages(sorted(found))
    if settings.acronyms and (also := other_names(question, definitions(p.text for p in passages.values()))):
        understood = replace(understood, also=tuple(also))
        question = " ".join([question, *also])
        more = {scored.number for among in scopes for scored in store.best(question, settings.pool, among)}
        passages |= store.passages(sorted(more - found))
        found |= more
    numbers = sorted(found)
    documents = {info.doc_id: info for info in store.documents({p.doc_id for p in passages.values()})}
    similarities = dict(zip(numbers, store.similarities(vector, numbers), strict=True))
    bm25 = dict(zip(numbers, store.relevances(question, numbers), strict=True))
    # An indexer at work may have removed a passage since it was found: what cannot be read is not shown.
    numbers = [n for n in numbers if similarities[n] and n in passages and passages[n].doc_id in documents]
    about = [documents[passages[number].doc_id] for number in numbers]
    near = [similarity for number in numbers if (similarity := similarities[number])]
    shares = _shares(near, np.array([bm25[n] for n in numbers]).reshape(-1, 2), settings)
    fused = _fused(shares)
    source = [
        settings.source * understood.asks_for(info, passages[number])
        for number, info in zip(numbers, about, strict=True)
    ]
    period = [
        settings.period * understood.in_time(info, passages[number])
        for number, info in zip(numbers, about, strict=True)
    ]
    scores = fused + np.array(source) + np.array(period)
    moved, feedback = _feedback(store, vector, numbers, scores, near, shares, settings)
    candidates = [
        Candidate(
            passages[number],
            info,
            similarity,
            float(bm25[number][0]),
            float(fused[i]),
            float(bm25[number][1]),
            source=source[i],
            period=period[i],
            shares=tuple(shares[i].tolist()),
            feedback=float(feedback[i]),
            moved=float(moved[i]),
        )
        for i, (number, info, similarity) in enumerate(zip(numbers, about, near, strict=True))
    ]
    candidates.sort(key=_by_score)
    candidates = _shared_out(candidates, understood.parts(), settings)
    return Retrieval(asked, tuple(candidates), understood)


def _feedback(
    store: Store,
    vector: np.ndarray,
    numbers: Sequence[int],
    scores: np.ndarray,
    near: Sequence[Similarity],
    shares: np.ndarray,
    settings: RetrievalSettings,
) -> tuple[np.ndarray, np.ndarray]:
    """What a question makes of the candidates that has learnt from the best of them: each one's cosine with it, and
    what that adds to its score; both (n,).

    The best passages have words and subjects that the question lacks: its vector is moved to their centroid, and
    what this changes in the shares of `passage` and `context` is the feedback (Rocchio, 1971; of dense vectors:
    Li et al., TOIS 2023). Sentences and words are compared with the question as it was asked.
    """
    if not (settings.feedback and len(numbers)):
        return np.array([one.passage for one in near]), np.zeros(len(numbers))
    # Candidates are in the order of their numbers, so that ties are broken the same way every time.
    best = np.argsort(-np.round(scores, 5), kind="stable")[: settings.feedback_passages]
    moved = vector + settings.feedback * store.centroid([numbers[i] for i in best])
    again = store.similarities(moved / np.linalg.norm(moved), numbers)
    # A passage that was removed meanwhile stays where it was.
    found = [new or old for new, old in zip(again, near, strict=True)]
    passage = np.array([one.passage for one in found])
    added = (
        _weighed(settings.passage_weight, passage, settings)
        + _weighed(settings.context_weight, [one.context for one in found], settings)
        - shares[:, ENGINES.index("passage")]
        - shares[:, ENGINES.index("context")]
    )
    return passage, np.round(added, 5)


def _shared_out(
    candidates: list[Candidate], parts: Sequence[Understanding], settings: RetrievalSettings
) -> list[Candidate]:
    """The candidates, best first, with the best of each part of a comparison near the top: however much is said of
    2012, what is said of 2017 has its share of the list.
    """
    raised: dict[str, float] = {}
    for part in parts:
        of_part = (c for c in candidates if part.meets(c.document, c.passage))
        for candidate in islice(of_part, settings.part_passages):
            lacking = candidates[0].score - settings.part_margin - candidate.score
            raised[candidate.passage.passage_id] = round(max(lacking, 0.0), 5)
    shared = [replace(c, part=raised.get(c.passage.passage_id, 0.0)) if raised else c for c in candidates]
    return sorted(shared, key=_by_score)


def _by_score(candidate: Candidate) -> tuple[float, str]:
    return -candidate.score, candidate.passage.passage_id


def _scopes(where: Filter, understood: Understanding) -> list[Filter]:
    """Where to search: all that the filter admits, and of it what those say whom the question asks for."""
    scopes = [where]
    voices = understood.voices & where.voices if where.voices else understood.voices
    publishers = understood.publishers & where.publishers if where.publishers else understood.publishers
    if voices and voices != where.voices:
        scopes.append(replace(where, voices=voices))
    if publishers and publishers != where.publishers:
        scopes.append(replace(where, publishers=publishers))
    return scopes


def spread(
    retrieval: Retrieval, k: int, settings: RetrievalSettings = RetrievalSettings()
) -> tuple[Hit, ...]:
    """The k hits to show: by score, but each further passage of one document has to be better by a little.

    Scores fall from hit to hit. Greedy; a candidate's score only falls while others are taken, so that a heap
    whose top is still right holds the next one.
    """
    taken: Counter[str] = Counter()
    heap = [(-c.score, c.passage.passage_id, 0, i) for i, c in enumerate(retrieval.candidates)]
    heapq.heapify(heap)
    hits: list[Hit] = []
    while heap and len(hits) < k:
        score, name, counted, i = heapq.heappop(heap)
        candidate = retrieval.candidates[i]
        before = taken[candidate.document.doc_id]
        if before != counted:
            score = -round(candidate.score - settings.spread * math.log1p(before), 5)
            heapq.heappush(heap, (score, name, before, i))
            continue
        taken[candidate.document.doc_id] += 1
        hits.append(
            Hit(
                rank=len(hits) + 1,
                score=-score,
                passage=candidate.passage,
                document=candidate.document,
                scores={
                    "passage": round(candidate.similarity.passage, 5),
                    "sentence": round(candidate.similarity.best_sentence, 5),
                    "context": round(candidate.similarity.context, 5),
                    "bm25": round(candidate.bm25, 5),
                    "bm25_context": round(candidate.bm25_context, 5),
                    "fused": candidate.fused,
                    "source": candidate.source,
                    "period": candidate.period,
                    "feedback": round(candidate.moved, 5),
                    "spread": (lost := round(-score - candidate.score, 5)),
                    **{read.stage: read.score for read in candidate.reads},
                },
                shares={
                    **dict(zip(ENGINES, candidate.shares, strict=False)),
                    "source": candidate.source,
                    "period": candidate.period,
                    "feedback": candidate.feedback,
                    "part": candidate.part,
                    **{read.stage: read.gain for read in candidate.reads},
                    "spread": lost,
                },
            )
        )
    return tuple(hits)


def _shares(similarities: Sequence[Similarity], bm25: np.ndarray, settings: RetrievalSettings) -> np.ndarray:
    """What each engine adds to each candidate's score, (n, 5): its standardised score by its share of all weights.

    `bm25` is (n, 2), as a store gives it.
    """
    signals = (
        (settings.passage_weight, [s.passage for s in similarities]),
        (settings.sentence_weight, [s.best_sentence for s in similarities]),
        (settings.context_weight, [s.context for s in similarities]),
        (settings.words_weight, bm25[:, 0]),
        (settings.words_context_weight, bm25[:, 1]),
    )
    return np.column_stack([_weighed(weight, values, settings) for weight, values in signals])


def _weighed(weight: float, scores: Sequence[float] | np.ndarray, settings: RetrievalSettings) -> np.ndarray:
    """Standardised scores by their weight's share of all weights, (n,)."""
    total = (
        settings.passage_weight + settings.sentence_weight + settings.context_weight
        + settings.words_weight + settings.words_context_weight
    )  # fmt: skip
    return weight / total * _standardise(np.asarray(scores, dtype=np.float64))


def _fused(shares: np.ndarray) -> np.ndarray:
    """One score for each candidate: the weighted mean of the engines' standardised scores, (n,).

    Rounded to five places: the sixth changes with the order in which a processor adds.
    """
    return np.round(shares.sum(axis=1), 5)


def _standardise(scores: np.ndarray) -> np.ndarray:
    """Scores as standard deviations from their mean; zeros where they are all alike."""
    if not len(scores):
        return scores
    deviation = scores.std()
    return (scores - scores.mean()) / deviation if deviation > 1e-9 else np.zeros_like(scores)
