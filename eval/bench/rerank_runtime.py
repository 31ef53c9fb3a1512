"""What a pair costs a reranker by torch and by OpenVINO, side by side, and how far their scores are apart.

    python -m eval.bench.rerank_runtime FOLDER [--pairs 16] [--rounds 5]

Each round asks both, in turns, another question of the sample set about the same passages of the sample corpus, so
that a busy machine slows both alike and nothing is remembered. The ratio is the median of the rounds' ratios.
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
from index import Document, PinciteError, UsageError, read_documents, split
from qa import CrossEncoderReranker

_SAMPLES = Path(__file__).resolve().parents[1]


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
    """The exit code: 0 measured, 2 no reranker or nothing to compare it by."""
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
    print(as_table(*found))
    return 0


def measure(folder: Path, pairs: int, rounds: int) -> tuple[Cost, Cost]:
    """By torch and by OpenVINO. A UsageError for what is no reranker, or is not run by OpenVINO here."""
    rerankers = [CrossEncoderReranker(folder, openvino=openvino) for openvino in (False, True)]
    passages = sample(_passages(), pairs)
    # One more than is measured, for what is made ready only when it is needed.
    questions = sample(
        [question.question for question in read_questions(_SAMPLES / "sets" / "casebook.jsonl").questions],
        rounds + 1,
    )
    CrossEncoderReranker(folder, openvino=False).warm()  # imports and reading from disk are nobody's
    loads = []
    for reranker in rerankers:
        start = time.perf_counter()
        reranker.warm()
        loads.append(time.perf_counter() - start)
    if not rerankers[1].runtime.startswith("openvino"):
        raise UsageError(
            "OpenVINO does not run this reranker here: pip install -e '.[openvino]', or see what was logged"
        )
    measured: tuple[list[_Round], list[_Round]] = ([], [])
    for n, question in enumerate(questions):
        for which in (0, 1) if n % 2 else (1, 0):
            measured[which].append(_round(rerankers[which], question, passages))
    torch, openvino = (
        Cost(reranker.runtime, load, *zip(*told[1:], strict=True))
        for reranker, load, told in zip(rerankers, loads, measured, strict=True)
    )
    return torch, openvino


def as_table(torch: Cost, openvino: Cost) -> str:
    """Both, their ratio by clock and by processor, and how many rounded scores are not the same."""
    pairs = torch.scores[0].size
    lines = [f"{'':16}{'load s':>8}{'ms a pair':>12}{'processor ms':>14}"]
    lines += [
        f"{cost.runtime:16}{cost.load_s:8.1f}{1000 * statistics.median(cost.clock_s) / pairs:12.1f}"
        f"{1000 * statistics.median(cost.processor_s) / pairs:14.1f}"
        for cost in (torch, openvino)
    ]
    clock, processor = (
        _ratios(openvino.clock_s, torch.clock_s),
        _ratios(openvino.processor_s, torch.processor_s),
    )
    apart = np.abs(np.array(torch.scores) - np.array(openvino.scores))
    return "\n".join(
        [
            *lines,
            f"OpenVINO takes {statistics.median(clock):.2f} of torch's time ({min(clock):.2f} to {max(clock):.2f}"
            f" in {len(clock)} rounds of {pairs} pairs), {statistics.median(processor):.2f} of its processor time",
            f"{np.count_nonzero(apart > _SAME)} of {apart.size} scores are not the same,"
            f" at most {apart.max():.4f} apart",
        ]
    )


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
