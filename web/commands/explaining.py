"""Why a hit ranks where it does: what each stage measured, and what it adds to the score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index import Hit
    from qa import Answer, SearchResult

STAGES = {
    "passage": "cosine of the passage",
    "sentence": "cosine of its best sentence",
    "context": "cosine with what leads up to it",
    "bm25": "words",
    "bm25_context": "words, with its neighbours'",
    "source": "by whom the question asks for",
    "period": "of the time asked about",
    "feedback": "like the best, feedback",
    "part": "best of a part of the comparison",
    "tokens": "token by token",
    "rerank": "read by the reranker",
    "spread": "hits of its document before it",
}
"""What a stage is called, by the name of its score."""


def explained(result: SearchResult | Answer) -> list[dict[str, Any]]:
    """For each hit its stages, {name: {"raw", "share"}}, and the `total` that the shares make: the score.

    `raw` is a cosine, a BM25 score, 1, 0 or -1 for `source` and `period`, and for `spread` how many hits of the
    document came before; `share` is in standard deviations over the candidates.
    """
    taken: Counter[str] = Counter()
    found = []
    for hit in result.hits:
        stages = {
            name: {"raw": _raw(hit, name, taken[hit.document.doc_id]), "share": round(share, 5)}
            for name, share in hit.shares.items()
        }
        taken[hit.document.doc_id] += 1
        found.append({**stages, "total": hit.score})
    return found


def understood(result: SearchResult) -> dict[str, Any]:
    """Whose words and what times the question was understood to ask for."""
    from qa import understood_payload

    return understood_payload(result.understood)


def understood_line(result: SearchResult) -> str:
    """The same in a sentence for people."""
    asked = result.understood
    whose = [*sorted(asked.voices), *sorted(asked.publishers), *sorted(asked.names)]
    parts = [
        f"the words of {', '.join(whose)}" if whose else "",
        "the time " + ", ".join(f"{one.since or '…'} to {one.until or '…'}" for one in asked.periods)
        if asked.periods
        else "",
    ]
    said = " and ".join(part for part in parts if part)
    also = f" Searched for {', '.join(asked.also)} too." if asked.also else ""
    return (
        f"Understood to ask for {said}." if said else "Understood to ask for no one's words and no time."
    ) + also


def stage_lines(explanation: dict[str, Any]) -> Iterator[str]:
    """One line a stage, and the total last."""
    for name, stage in explanation.items():
        if name == "total":
            yield f"   {'':32} {'':>9}  {stage:+.3f} in all"
        else:
            raw = stage["raw"]
            shown = str(raw) if isinstance(raw, int) else f"{raw:.3f}"
            yield f"   {STAGES.get(name, name):32} {shown:>9}  {stage['share']:+.3f}"


def _raw(hit: Hit, name: str, before: int) -> float | int:
    if name == "spread":
        return before
    if name in ("source", "period"):
        return (hit.shares[name] > 0) - (hit.shares[name] < 0)
    return hit.scores.get(name, 0.0)
