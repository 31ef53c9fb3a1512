"""Training groups: a question, the passage that answers it if any does, and passages that do not."""

from __future__ import annotations

import json
import lzma
import math
import random
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from index import UsageError

SHARED = Path(__file__).resolve().parents[3] / "shared" / "training" / "groups.jsonl.xz"
"""Public groups beside the project; docs/reranker.md says what they are."""


@dataclass(frozen=True, slots=True)
class Group:
    """One question with the passages it is trained on.

    `positive` is empty for a question that no passage answers. `scores`, if any, are a teacher's scores of
    `passages`, in that order.
    """

    collection: str
    question: str
    positive: str
    negatives: tuple[str, ...]
    scores: tuple[float, ...] = ()

    @property
    def passages(self) -> tuple[str, ...]:
        """The positive first, where there is one."""
        return (self.positive, *self.negatives) if self.positive else self.negatives

    @property
    def characters(self) -> int:
        """A guess at what it costs, made without a tokenizer: the length of its longest pair."""
        return len(self.question) + max(map(len, self.passages))


def read_groups(path: Path) -> list[Group]:
    """The groups of a `.jsonl` or `.jsonl.xz` file, in its order; a UsageError names the first bad line."""
    try:
        return list(_read(path))
    except (OSError, lzma.LZMAError, EOFError) as error:
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 at byte {error.start}") from error


def _read(path: Path) -> Iterator[Group]:
    with (
        lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8")
    ) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                group = _group(json.loads(line))
            except (ValueError, TypeError):
                group = None
            if group is None:
                raise UsageError(
                    f'{path}, line {number}: needs {{"collection", "question", "positive", "negatives"}}, the first'
                    " three texts (positive may be null) and the last a list of texts, at least one; and of"
                    ' "scores", if there are any, a number for each passage'
                )
            yield group


def _group(record: Any) -> Group | None:
    if not isinstance(record, dict):
        return None
    texts = (record.get("collection"), record.get("question"), record.get("positive") or "")
    negatives = record.get("negatives")
    scores = record.get("scores") or []
    if (
        not all(isinstance(text, str) for text in texts)
        or not texts[0]
        or not texts[1]
        or not isinstance(negatives, list)
        or not negatives
        or not all(isinstance(text, str) and text for text in negatives)
        or not isinstance(scores, list)
        or len(scores) not in (0, len(negatives) + bool(texts[2]))
    ):
        return None
    numbers = tuple(map(float, scores))
    if not all(map(math.isfinite, numbers)):
        return None
    return Group(texts[0], texts[1], texts[2], tuple(negatives), numbers)


def write_groups(groups: Iterable[Group], out: Path) -> None:
    """Writes groups to a `.jsonl` file, whole or not at all."""
    beside = out.with_name(f"{out.name}.new")
    with beside.open("w", encoding="utf-8") as lines:
        for group in groups:
            lines.write(json.dumps(asdict(group), ensure_ascii=False) + "\n")
    beside.replace(out)


def without(groups: Sequence[Group], collections: Collection[str]) -> list[Group]:
    """The groups of all other collections; a UsageError for a collection that there is none of."""
    known = {group.collection for group in groups}
    if unknown := sorted(set(collections) - known):
        raise UsageError(f"no group is of {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    return [group for group in groups if group.collection not in collections]


def held_out(
    groups: Sequence[Group], collections: Collection[str], number: int, negatives: int, seed: int
) -> list[Group]:
    """About `number` groups to validate on: as many of each collection, and only those that a ranking can be right
    about.
    """
    apart: list[Group] = []
    for name in sorted(collections):
        of_it = [group for group in groups if group.collection == name and group.positive]
        apart += sample(of_it, 1 << 30, negatives, seed)[: number // len(collections)]
    return apart


def sample(groups: Sequence[Group], pairs: int, negatives: int, seed: int) -> list[Group]:
    """Groups that hold about `pairs` pairs together, each with at most so many negatives, in random order.

    A collection's share grows with the square root of its size, so that the largest does not decide alone.
    None is taken twice; when there are no more, it ends with fewer.
    """
    chance = random.Random(seed)
    by_collection: dict[str, list[Group]] = {}
    for group in groups:
        by_collection.setdefault(group.collection, []).append(group)
    weights = {name: len(found) ** 0.5 for name, found in sorted(by_collection.items())}
    for name in weights:
        chance.shuffle(by_collection[name])
    taken: list[Group] = []
    while pairs > 0 and weights:
        name = chance.choices(list(weights), list(weights.values()))[0]
        group = by_collection[name].pop()
        if not by_collection[name]:
            del weights[name]
        taken.append(cut(group, negatives, chance))
        pairs -= len(taken[-1].passages)
    return taken


def cut(group: Group, negatives: int, chance: random.Random) -> Group:
    """The group with at most so many of its negatives, and their scores."""
    if len(group.negatives) <= negatives:
        return group
    kept = sorted(chance.sample(range(len(group.negatives)), negatives))
    first = 1 if group.positive else 0
    scores = (*group.scores[:first], *(group.scores[first + i] for i in kept)) if group.scores else ()
    return replace(group, negatives=tuple(group.negatives[i] for i in kept), scores=scores)


def batched(groups: Sequence[Group], size: int, seed: int) -> list[list[Group]]:
    """Batches of groups of like length, in random order.

    Sorted only within windows of sixteen batches, so that a batch is not of one collection each time.
    """
    window = 16 * size
    batches = []
    for at in range(0, len(groups), window):
        alike = sorted(groups[at : at + window], key=lambda group: group.characters)
        batches += [alike[i : i + size] for i in range(0, len(alike), size)]
    random.Random(seed + 1).shuffle(batches)
    return batches
