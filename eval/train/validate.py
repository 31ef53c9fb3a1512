"""How well a network ranks groups of collections that it is not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eval.train.groups import Group

if TYPE_CHECKING:
    from eval.train.model import Network

_AT_ONCE = 16


def scored(network: Network, groups: Sequence[Group]) -> list[list[float]]:
    """The scores of each group's passages, in their order."""
    import torch

    found: list[list[float]] = []
    with torch.inference_mode():
        for at in range(0, len(groups), _AT_ONCE):
            part = groups[at : at + _AT_ONCE]
            pairs = [(group.question, passage) for group in part for passage in group.passages]
            scores = network.logits(pairs).float().tolist()
            for group in part:
                found.append(scores[: len(group.passages)])
                scores = scores[len(group.passages) :]
    return found


def ranks(network: Network, groups: Sequence[Group]) -> dict[str, Any]:
    """The mean reciprocal rank of the positive within its group, over all groups and by collection."""
    return summary(groups, scored(network, groups))


def summary(groups: Sequence[Group], scores: Sequence[Sequence[float]]) -> dict[str, Any]:
    """The same of scores that are there already; groups without a positive do not count.

    A tie counts against the positive, and so does what is no number.

    >>> summary([Group("a", "?", "yes", ("no", "or"))], [[0.5, 0.5, 0.1]])
    {'mrr': 0.5, 'by_collection': {'a': 0.5}}
    """
    found: dict[str, list[float]] = {}
    for group, passages in zip(groups, scores, strict=True):
        if group.positive:
            rank = 1 + sum(not score < passages[0] for score in passages[1:])
            found.setdefault(group.collection, []).append(1 / rank)
    every = [value for values in found.values() for value in values]
    return {
        "mrr": round(sum(every) / len(every), 4) if every else None,
        "by_collection": {name: round(sum(v) / len(v), 4) for name, v in sorted(found.items())},
    }
