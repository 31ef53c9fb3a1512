"""Question -> hits: dense vectors, best sentences and BM25, fused by score, spread over documents."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index import DocumentInfo, Filter, Hit, Passage, Similarity, Store


@dataclass(frozen=True, slots=True)
class RetrievalSettings:
    """How hits are ranked. Few and plain on purpose; docs/retrieval.md says how each was chosen.

    `pool` is how many candidates each of the three searches brings. The weights are for scores that were
    standardised over the candidates; `spread` is what each further passage of one document costs (times the
    logarithm of how many came before it), in standard deviations.
    """

    pool: int = 200
    passage_weight: float = 1.0
    sentence_weight: float = 1.0
    words_weight: float = 0.75
    spread: float = 0.3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that a search brought, with what each engine makes of it. `score`: fused, higher is better."""

    passage: Passage
    document: DocumentInfo
    similarity: Similarity
    bm25: float
    score: float


@dataclass(frozen=True, slots=True)
class Retrieval:
    """All candidates of a question, best first, not yet spread over documents."""

    question: str
    candidates: tuple[Candidate, ...]


def retrieve(
    store: Store,
    vector: np.ndarray,
    question: str,
    where: Filter = Filter(),
    settings: RetrievalSettings = RetrievalSettings(),
) -> Retrieval:
    """The candidates for a question and its unit vector (d,): what three searches bring, scored by all three."""
    found = [
        store.nearest(vector, settings.pool, where),
        store.nearest(vector, settings.pool, where, sentences=True),
        store.best(question, settings.pool, where),
    ]
    numbers = sorted({scored.number for engine in found for scored in engine})
    passages = store.passages(numbers)
    documents = {info.doc_id: info for info in store.documents({p.doc_id for p in passages.values()})}
    similarities = dict(zip(numbers, store.similarities(vector, numbers), strict=True))
    bm25 = dict(zip(numbers, store.relevances(question, numbers).tolist(), strict=True))
    # An indexer at work may have removed a passage since it was found: what cannot be read is not shown.
    known = [
        (passages[n], similarity, bm25[n])
        for n in numbers
        if (similarity := similarities[n]) is not None and n in passages and passages[n].doc_id in documents
    ]
    scores = _fuse([s for _, s, _ in known], [b for _, _, b in known], settings)
    candidates = [
        Candidate(passage, documents[passage.doc_id], similarity, words, float(score))
        for (passage, similarity, words), score in zip(known, scores, strict=True)
    ]
    candidates.sort(key=lambda c: (-c.score, c.passage.passage_id))
    return Retrieval(question, tuple(candidates))


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
                    "bm25": round(candidate.bm25, 5),
                    "fused": candidate.score,
                },
            )
        )
    return tuple(hits)


def _fuse(
    similarities: Sequence[Similarity], bm25: Sequence[float], settings: RetrievalSettings
) -> np.ndarray:
    """One score for each candidate: the weighted mean of the engines' standardised scores, (n,).

    Rounded to five places: the sixth changes with the order in which a processor adds.
    """
    signals = (
        (settings.passage_weight, [s.passage for s in similarities]),
        (settings.sentence_weight, [s.best_sentence for s in similarities]),
        (settings.words_weight, bm25),
    )
    total = np.zeros(len(similarities))
    for weight, values in signals:
        total += weight * _standardise(np.asarray(values, dtype=np.float64))
    return np.round(total / sum(weight for weight, _ in signals), 5)


def _standardise(scores: np.ndarray) -> np.ndarray:
    """Scores as standard deviations from their mean; zeros where they are all alike."""
    if not len(scores):
        return scores
    deviation = scores.std()
    return (scores - scores.mean()) / deviation if deviation > 1e-9 else np.zeros_like(scores)
