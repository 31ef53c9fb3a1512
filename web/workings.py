"""How questions are answered here, in words: every setting by what it does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from qa import Settings

_LABELS = {
    "retrieval": {
        "pool": "Passages that each of three searches brings",
        "passage_weight": "Weight of the meaning of a passage",
        "sentence_weight": "Weight of the meaning of its best sentence",
        "context_weight": "Weight of the meaning of what leads up to it",
        "words_weight": "Weight of its words",
        "words_context_weight": "Weight of its words and its neighbours’",
        "source": "Gain where the question asks for whose words these are",
        "period": "Gain where it speaks of the time asked about, loss where it cannot know",
        "spread": "Cost of each further passage of one document",
        "acronyms": "Search for what acronyms stand for, too",
        "feedback": "How far the question moves to what the best passages have in common",
        "feedback_passages": "Best passages that it learns from",
        "part_passages": "Passages of each part of a comparison that are raised",
        "part_margin": "How far below the best they then stand",
    },
    "answer": {
        "quote_tokens": "Longest answer, in tokens",
        "passages": "Passages that are quoted from",
        "part_passages": "Passages for each part of a comparison",
        "sentence_weight": "Weight of a sentence’s own meaning",
        "spread": "Cost of each further sentence of one document",
        "margin": "How much less than the best a quotation may be worth",
        "shortest_tokens": "Shortest sentence that is quoted, in tokens",
    },
    "confidence": {
        "fitting": "Weight of the nearest sentence that has what is asked for",
        "intercept": "Where it starts from",
        "refuse": "Below this the documents do not say",
        "partial": "Below this it is not certain that they do",
    },
    "tokens": {
        "top": "Passages that are compared",
        "weight": "Its share of their score",
        "trust": "How much the share grows where it agrees with the order before",
    },
    "rerank": {
        "top": "Passages that it reads",
        "weight": "Its share of their score",
        "trust": "How much the share grows where it agrees with the order before",
    },
}
_TITLES = {
    "retrieval": "Finding passages",
    "answer": "Choosing quotations",
    "confidence": "Saying whether the documents answer",
    "tokens": "Comparing token by token",
    "rerank": "Reading again (reranker)",
}


def workings(
    settings: Settings, reranker: str | None, late: str | None = None
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Settings in groups: a title, and what each does with its value. Those of rerankers only where there is one."""
    given = asdict(settings)
    groups = []
    for key, title in _TITLES.items():
        labels, values = _LABELS[key], given.pop(key)
        if (key == "rerank" and not reranker) or (key == "tokens" and not late):
            continue
        groups.append(
            (title, _lines((labels.get(name, _plain(name)), value) for name, value in values.items()))
        )
    plain = ((_plain(name), value) for name, value in given.items() if not isinstance(value, dict))
    groups[0][1].extend(_lines(plain))
    return groups


def _lines(found: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    return [(label, _value(value)) for label, value in found]


def _plain(name: str) -> str:
    return {"hits": "Passages that are shown"}.get(name, name.replace("_", " ").capitalize())


def _value(value: Any) -> str:
    """A value as it reads.

    >>> [_value(one) for one in (True, 0.3, 100, 1000, 2.0)]
    ['yes', '0.3', '100', '1,000', '2']
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (
        f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)
    )
