"""Groups: read with their faults named, sampled by collection, batched by length; the loss worked by hand."""

from __future__ import annotations

import json
import lzma
import math
from collections import Counter
from pathlib import Path

import pytest

from eval.train.groups import Group, batched, cut, read_groups, sample, without
from eval.train.loss import loss_of
from index import UsageError

GOOD = {"collection": "c", "question": "q?", "positive": "yes", "negatives": ["no", "or"]}


def written(path: Path, *records: object) -> Path:
    path.write_text("\n".join(json.dumps(record) for record in records), "utf-8")
    return path


def groups_of(collection: str, number: int, negatives: int = 4) -> list[Group]:
    return [
        Group(collection, f"{collection} {n}?", "yes", tuple(f"no {n} {i}" for i in range(negatives)))
        for n in range(number)
    ]


def test_groups_are_read_from_either_form(tmp_path: Path) -> None:
    plain = written(tmp_path / "groups.jsonl", GOOD, {**GOOD, "positive": None, "scores": [1, 2]})
    packed = tmp_path / "groups.jsonl.xz"
    packed.write_bytes(lzma.compress(plain.read_bytes()))
    first, second = read_groups(packed)
    assert [first, second] == read_groups(plain)
    assert first.passages == ("yes", "no", "or")
    assert second.passages == ("no", "or") and second.scores == (1.0, 2.0)


@pytest.mark.parametrize(
    "change",
    [
        {"question": ""}, {"negatives": []}, {"negatives": "no"}, {"negatives": ["no", 3]}, {"positive": 3},
        {"scores": [1.0]}, {"scores": ["a", "b", "c"]}, {"collection": None},
        {"scores": [1.0, None, 0.5]}, {"scores": [1.0, float("nan"), 0.5]},
    ],
)  # fmt: skip
def test_a_bad_line_is_named(change: dict[str, object], tmp_path: Path) -> None:
    path = written(tmp_path / "groups.jsonl", GOOD, {**GOOD, **change})
    with pytest.raises(UsageError, match=r"groups.jsonl, line 2: needs"):
        read_groups(path)


@pytest.mark.parametrize("content", [b"\xfd7zXZ\x00 cut short", b""])
def test_a_file_that_cannot_be_unpacked_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "groups.jsonl.xz"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="cannot be read"):
        read_groups(path)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_groups(tmp_path / "none.jsonl")


def test_a_share_grows_with_the_square_root_of_a_collection() -> None:
    groups = [*groups_of("large", 3600), *groups_of("small", 400)]
    taken = sample(groups, 2000, 4, seed=1)
    shares = Counter(group.collection for group in taken)
    # Roots are 60 and 20: three quarters and a quarter of 400 groups, give or take what chance does.
    assert sum(shares.values()) == 400 and 60 < shares["small"] < 140
    assert len({group.question for group in taken}) == 400
    assert taken == sample(groups, 2000, 4, seed=1) != sample(groups, 2000, 4, seed=2)


def test_a_sample_ends_when_there_is_no_more() -> None:
    assert len(sample(groups_of("a", 3), 1000, 4, seed=1)) == 3


def test_cut_negatives_keep_their_scores() -> None:
    import random

    group = Group("c", "q?", "yes", ("a", "b", "c"), (9.0, 1.0, 2.0, 3.0))
    taken = cut(group, 2, random.Random(4))
    told = dict(zip(group.passages, group.scores, strict=True))
    assert len(taken.negatives) == 2 and taken.scores == tuple(told[one] for one in taken.passages)


def test_batches_hold_every_group_once_and_like_lengths() -> None:
    groups = [Group("c", "q?", "x" * n, ("no",)) for n in range(1, 201)]
    batches = batched(groups, 4, seed=1)
    assert sorted(len(group.positive) for batch in batches for group in batch) == list(range(1, 201))
    assert all(max(len(g.positive) for g in b) - min(len(g.positive) for g in b) <= 4 for b in batches)


def test_a_collection_left_out_is_gone() -> None:
    groups = [*groups_of("a", 2), *groups_of("b", 2)]
    assert {group.collection for group in without(groups, ["a"])} == {"b"}


def test_the_loss_by_hand() -> None:
    import torch

    group = Group("c", "q?", "yes", ("no",))
    # Scores 1 and 0. Softmax: log(1 + e^-1) = .3133. Binary: (log(1 + e^-1) + log 2) / 2 = .5032, half of it
    # .2516. Together .5649. Without a positive, scores 0 and 0: half of log 2 = .3466.
    assert float(loss_of(torch.tensor([1.0, 0.0]), [group])) == pytest.approx(0.5649, abs=1e-4)
    none = Group("c", "q?", "", ("no", "or"))
    assert float(loss_of(torch.zeros(2), [none])) == pytest.approx(0.3466, abs=1e-4)
    both = float(loss_of(torch.tensor([1.0, 0.0, 0.0, 0.0]), [group, none]))
    assert both == pytest.approx((0.5649 + 0.3466) / 2, abs=1e-4)


def test_a_teacher_who_agrees_costs_nothing() -> None:
    import torch

    group = Group("c", "q?", "yes", ("no",), (3.0, 1.0))
    # Softmaxes do not see what is added to all: 5 and 3 say what 3 and 1 say.
    assert float(loss_of(torch.tensor([5.0, 3.0]), [group], teacher=1.0)) == pytest.approx(0, abs=1e-6)
    # 0 and 0 against 2 and 0: p = e^2 / (1 + e^2) = .8808; KL = p log 2p + (1 - p) log 2(1 - p) = .3278.
    p = math.exp(2) / (1 + math.exp(2))
    divergence = p * math.log(2 * p) + (1 - p) * math.log(2 * (1 - p))
    assert float(loss_of(torch.zeros(2), [group], teacher=1.0)) == pytest.approx(divergence, abs=1e-5)
