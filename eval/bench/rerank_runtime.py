"""What a pair costs a reranker by torch and by OpenVINO, in each precision, and how far scores are apart.

    python -m eval.bench.rerank_runtime FOLDER [--pairs 16] [--rounds 5]

Each round asks all of them, in turns, another question of the sample set about the same passages of the sample
corpus, so that a busy machine slows them alike and nothing is remembered. What is not installed or not run here is
left out. A ratio, to torch in float32, is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.bench.prepared import sample
from eval.questions import read_questions
from index import Document, PinciteError, read_documents, split
from qa import CrossEncoderReranker, Precision

_SAMPLES = Path(__file__).resolve().parents[1]


_RUNTIMES: tuple[tuple[bool, Precision], ...] = (
    (False, "float32"), (False, "bfloat16"), (True, "float32"), (True, "bfloat16"),
)  # fmt: skip
_SAME = 1e-9
_Round = tuple[float, float, np.ndarray]
"""Seconds of the clock, of the processor, and scores."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds to load, conversion and its check included, and of each round: seconds of the clock and of the
    processor, and scores, (pairs,).
    """

    runtime: str
    load_s: float
    clock_s: tuple[float, ...]
    processor_s: tuple[float, ...]
    scores: tuple[np.ndarray, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 measured, 2 no reranker."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.bench.rerank_runtime", description=__doc__.splitlines()[0]
    )
    parser.add_argument("folder", type=Path, help="a reranker")
    parser.add_argument("--pairs", type=int, default=16, help="passages that a question is read with (16)")
    parser.add_argument("--rounds", type=int, default=5, help="questions that are measured (5)")
    asked = parser.parse_args(arguments)
    try:
        found = measure(asked.folder, max(asked.pairs, 1), max(asked.rounds, 1))
    except PinciteError as error:
        print(f"eval.bench.rerank_runtime: {error}", file=sys.stderr)
        return 2
    print(as_table(found))
    return 0


def measure(folder: Path, pairs: int, rounds: int) -> list[Cost]:
    """By torch in float32, and then by all else that runs it here. A UsageError for what is no reranker."""
    passages = sample(_passages(), pairs)
    # One more than is measured, for what is made ready only when it is needed.
    questions = sample(
        [question.question for question in read_questions(_SAMPLES / "sets" / "casebook.jsonl").questions],
        rounds + 1,
    )
    CrossEncoderReranker(folder, openvino=False).warm()  # imports and reading from disk are nobody's
    rerankers: dict[str, CrossEncoderReranker] = {}
    loads = []
    for openvino, precision in _RUNTIMES:
        reranker = CrossEncoderReranker(folder, openvino, precision)
        start = time.perf_counter()
        reranker.warm()
        took = time.perf_counter() - start
        # What cannot be had is what there was before: it says so by its runtime.
        if rerankers.setdefault(reranker.runtime, reranker) is reranker:
            loads.append(took)
    measured: dict[str, list[_Round]] = {runtime: [] for runtime in rerankers}
    for n, question in enumerate(questions):
        for runtime in list(rerankers)[:: 1 if n % 2 else -1]:
            measured[runtime].append(_round(rerankers[runtime], question, passages))
    return [
        Cost(runtime, load, *zip(*told[1:], strict=True))
        for (runtime, told), load in zip(measured.items(), loads, strict=True)
    ]


def as_table(costs: Sequence[Cost]) -> str:
    """A row each: what it costs, its ratios to the first, and how many rounded scores are not the first's."""
    first, pairs = costs[0], costs[0].scores[0].size
    lines = [
        f"{len(first.clock_s)} rounds of {pairs} pairs; ratios are to {first.runtime}",
        f"{'':16}{'load s':>8}{'ms a pair':>12}{'processor ms':>14}{'ratio':>8}{'from':>7}{'to':>7}"
        f"{'processor':>11}{'other scores':>14}{'at most apart':>15}",
    ]
    for cost in costs:
        clock = _ratios(cost.clock_s, first.clock_s)
        processor = _ratios(cost.processor_s, first.processor_s)
        apart = np.abs(np.array(cost.scores) - np.array(first.scores))
        lines.append(
            f"{cost.runtime:16}{cost.load_s:8.1f}{1000 * statistics.median(cost.clock_s) / pairs:12.1f}"
            f"{1000 * statistics.median(cost.processor_s) / pairs:14.1f}"
            f"{statistics.median(clock):8.2f}{min(clock):7.2f}{max(clock):7.2f}{statistics.median(processor):11.2f}"
            f"{f'{np.count_nonzero(apart > _SAME)} of {apart.size}':>14}{apart.max():15.4f}"
        )
    return "\n".join(lines)


def _ratios(over: Sequence[float], under: Sequence[float]) -> list[float]:
    return [a / b for a, b in zip(over, under, strict=True)]


def _round(reranker: CrossEncoderReranker, question: str, passages: Sequence[str]) -> _Round:
    clock, processor = time.perf_counter(), time.process_time()
    scores = reranker.scores(question, passages)
    return time.perf_counter() - clock, time.process_time() - processor, scores


def _passages() -> list[str]:
    """Those of the sample corpus that are written in Markdown, in the default size and with their titles."""
    return [
        f"{document.info.title}. {passage.text}"
        for path in sorted((_SAMPLES / "corpus").glob("*.md"))
        for document in read_documents(path, path.name)
        if isinstance(document, Document)
        for passage in split(document)
    ]


if __name__ == "__main__":
    sys.exit(main())
