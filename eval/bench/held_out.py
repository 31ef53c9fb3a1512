"""What the pipeline finds on questions that its settings were not chosen on.

    python -m eval.bench.held_out QUESTIONS DOCUMENTS [--rounds 200] [--json FILE]

All settings of a grid answer every question once. Then, again and again, the questions are parted in two at random:
the setting that finds most facts in one half is measured on the other. Beside the mean of that stands what the
settings as they are find on the same halves, so that the two can be compared.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np

from eval.bench.ablation import BUDGETS, HITS, returned_of
from eval.bench.prepared import SEED, Remembering, default_scratch, indexed, opened
from eval.metrics import facts_found
from eval.questions import read_questions
from eval.resolve import resolve
from eval.types import ResolvedQuestion
from index import Embedder, PinciteError, TransformerEmbedder
from qa import RetrievalSettings, Settings

GRID = {
    "words_context_weight": (0.5, 0.75),
    "feedback": (0.0, 0.6),
    "source": (0.0, 1.0, 2.0),
    "period": (0.0, 1.0),
    "spread": (0.0, 0.3),
}
"""The values tried of each of the RetrievalSettings that were ever chosen by looking at questions."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Fact recall at each of BUDGETS: of settings chosen on the other half, and of those that are built in, with the
    5th and 95th of a hundred halves.
    """

    chosen: tuple[float, ...]
    built_in: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 measured, 2 a source that cannot be read."""
    options = _parser().parse_args(arguments)
    options.scratch.mkdir(parents=True, exist_ok=True)
    embedder = Remembering(TransformerEmbedder(), options.scratch / "questions.npz")
    try:
        data = indexed(options.documents, embedder, options.scratch)
        found, facts = counted(data, options.questions, embedder, grid())
    except (PinciteError, OSError) as error:
        print(f"held_out: {error}", file=sys.stderr)
        return 2
    embedder.keep()
    result = halves(found, facts, options.rounds)
    print(as_markdown(result, len(found)), end="")
    if options.json:
        options.json.write_text(
            json.dumps({f: getattr(result, f) for f in HeldOut.__slots__}, indent=1) + "\n"
        )
    return 0


def grid() -> list[RetrievalSettings]:
    """The settings that are built in, and all others of the GRID."""
    tried = [
        replace(RetrievalSettings(), **dict(zip(GRID, values, strict=True)))  # type: ignore[arg-type]
        for values in product(*GRID.values())
    ]
    return [RetrievalSettings(), *(one for one in tried if one != RetrievalSettings())]


def counted(
    data: Path, questions: Path, embedder: Embedder, settings: Sequence[RetrievalSettings]
) -> tuple[np.ndarray, np.ndarray]:
    """How many facts each setting finds for each question at each budget, (s, q, b), and how many there are, (q,)."""
    with closing(opened(data, embedder)) as service:
        asked = [item for item in resolve(read_questions(questions), service) if item.facts]
    found = np.array([_found(data, asked, embedder, one) for one in settings])
    return found, np.array([len(item.facts) for item in asked])


def _found(
    data: Path, asked: Sequence[ResolvedQuestion], embedder: Embedder, settings: RetrievalSettings
) -> list[list[int]]:
    with closing(opened(data, embedder, Settings(retrieval=settings))) as service:
        hits = [returned_of(service.search(item.question.question, k=HITS)) for item in asked]
    return [
        [sum(facts_found(item.facts, one, budget)) for budget in BUDGETS]
        for item, one in zip(asked, hits, strict=True)
    ]


def halves(found: np.ndarray, facts: np.ndarray, rounds: int) -> HeldOut:
    """Chooses on one half and measures on the other, so many times; the first of the settings are those built in.

    The best setting is the one with the highest recall over all budgets, the earlier one of equals.
    """
    random = np.random.RandomState(SEED)
    chosen, built_in = [], []
    for _ in range(rounds):
        order = random.permutation(len(facts))
        ours, theirs = order[: len(order) // 2], order[len(order) // 2 :]
        best = int(np.argmax(found[:, ours].sum(axis=(1, 2))))
        chosen.append(found[best, theirs].sum(axis=0) / facts[theirs].sum())
        built_in.append(found[0, theirs].sum(axis=0) / facts[theirs].sum())
    low, high = np.percentile(np.array(chosen), (5, 95), axis=0)
    return HeldOut(
        _plain(np.mean(chosen, axis=0)), _plain(np.mean(built_in, axis=0)), _plain(low), _plain(high)
    )


def _plain(values: np.ndarray) -> tuple[float, ...]:
    return tuple(np.round(values, 4).tolist())


def as_markdown(result: HeldOut, settings: int) -> str:
    """The two lines, in points."""

    def cells(values: Sequence[float]) -> str:
        return " | ".join(f"{100 * value:.1f}" for value in values)

    spans = " | ".join(
        f"{100 * a:.1f} to {100 * b:.1f}" for a, b in zip(result.low, result.high, strict=True)
    )
    return (
        f"| fact recall on the other half | {' | '.join(f'@{budget}' for budget in BUDGETS)} |\n"
        f"|---|{'---:|' * len(BUDGETS)}\n"
        f"| best of {settings} settings on one half | {cells(result.chosen)} |\n"
        f"| in 90 of 100 halves | {spans} |\n"
        f"| as built in | {cells(result.built_in)} |\n"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m eval.bench.held_out", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("questions", type=Path, metavar="QUESTIONS", help="a question set")
    parser.add_argument("documents", type=Path, metavar="DOCUMENTS", help="the folder that it is about")
    parser.add_argument("--rounds", type=int, default=200, help="how many times to part the questions (200)")
    parser.add_argument("--scratch", type=Path, default=default_scratch(), metavar="DIR",
                        help="where indexes and vectors are kept for the next run (default: %(default)s)")  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
