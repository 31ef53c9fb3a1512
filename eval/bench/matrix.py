"""How far to trust a cell of the silence matrix: held against the documents that hold a question's evidence.

    python -m eval.bench.matrix eval/sets/casebook.jsonl [--data DIR] [--most N]

A document addresses a question if it holds one alternative of one of its facts' evidence. A set names what its author
knew of, so a document may address a question that it is not named for: what is measured of "says" is a lower bound.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from eval.bench.prepared import sample
from eval.intervals import auroc
from eval.questions import read_questions
from eval.resolve import resolve
from eval.types import Measure, ResolvedQuestion
from index import PinciteError
from qa import Matrix, Service, matrix

STATUSES = ("says", "partly", "silent")


@dataclass(frozen=True, slots=True)
class Trust:
    """Of each status, how many cells have it and how many of these documents hold evidence; how well confidence tells
    one from the other; and milliseconds a cell.
    """

    cells: dict[str, tuple[int, int]]
    auroc: Measure | None
    ms: float


def trust(found: Matrix, questions: Sequence[ResolvedQuestion], ms: float = 0.0) -> Trust:
    """A matrix of the questions, in their order, held against their evidence."""
    counts = {status: [0, 0] for status in STATUSES}
    confidences: dict[bool, list[float]] = {True: [], False: []}
    for row, question in zip(found.rows, questions, strict=True):
        holding = {place.doc_id for fact in question.facts for place in fact.places}
        for info, cell in zip(found.documents, row.cells, strict=True):
            holds = info.doc_id in holding
            counts[cell.status][0] += 1
            counts[cell.status][1] += holds
            confidences[holds].append(cell.confidence)
    both = all(confidences.values())
    return Trust(
        {status: (n, held) for status, (n, held) in counts.items()},
        auroc(confidences[True], confidences[False]) if both else None,
        ms,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 measured, 2 a source that cannot be read."""
    parser = argparse.ArgumentParser(description="How far to trust a cell of the silence matrix.")
    parser.add_argument("set", metavar="QUESTIONS")
    parser.add_argument("--data", default="pincite-data", metavar="DIR")
    parser.add_argument("--most", type=int, default=0, metavar="N", help="a sample of the questions; 0: all")
    options = parser.parse_args(arguments)
    try:
        questions = sample(list(read_questions(options.set)), options.most)
        with closing(Service.open(options.data)) as service:
            resolved = resolve(questions, service)
            service.warm()
            began = time.perf_counter()
            found = matrix(service, [question.question for question in questions])
            cells = len(found.rows) * len(found.documents)
            measured = trust(found, resolved, 1000 * (time.perf_counter() - began) / max(1, cells))
    except PinciteError as error:
        print(f"eval.bench.matrix: {error}", file=sys.stderr)
        return 2
    for line in lines(measured):
        print(line)
    return 0


def lines(measured: Trust) -> list[str]:
    """What is measured, as a table."""
    told = ["| cell | cells | of which the document holds evidence |", "|---|---|---|"]
    told += [f"| {status} | {n} | {held} |" for status, (n, held) in measured.cells.items()]
    if measured.auroc:
        told.append(
            f"\nAUROC {measured.auroc.value:.3f} ({measured.auroc.low:.3f} to {measured.auroc.high:.3f})"
        )
    return [*told, f"{measured.ms:.0f} ms a cell"]


if __name__ == "__main__":
    sys.exit(main())
