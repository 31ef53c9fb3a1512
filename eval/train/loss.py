"""What is made small: listwise softmax over each group, with binary cross-entropy, and a teacher's view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eval.train.groups import Group

if TYPE_CHECKING:
    import torch

BINARY = 0.5
"""Weight of the binary cross-entropy: it gives scores a zero, which a softmax alone leaves open."""


def loss_of(logits: torch.Tensor, groups: Sequence[Group], teacher: float = 0.0) -> torch.Tensor:
    """The mean loss over groups; `logits` are the scores of their passages, one after another.

    For a group with a positive: -log softmax of its score, plus half the mean binary cross-entropy; for one
    without, only the latter. `teacher` from 0 to 1 is how much of the loss is instead the listwise divergence
    KL(teacher || student) of softmaxes, for groups that have a teacher's scores.
    """
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, kl_div, log_softmax

    losses = []
    at = 0
    for group in groups:
        scores = logits[at : at + len(group.passages)]
        at += len(group.passages)
        labels = torch.zeros_like(scores)
        if group.positive:
            labels[0] = 1.0
        loss = BINARY * binary_cross_entropy_with_logits(scores, labels)
        if group.positive:
            loss = loss - log_softmax(scores, 0)[0]
        if teacher and group.scores:
            told = log_softmax(torch.tensor(group.scores, dtype=scores.dtype), 0)
            divergence = kl_div(log_softmax(scores, 0), told, reduction="sum", log_target=True)
            loss = (1 - teacher) * loss + teacher * divergence
        losses.append(loss)
    return torch.stack(losses).mean()
