"""What a cross-encoder is worth after the usual reranker: everything measured without it and with it, for several
depths and weights.

    python -m eval.train.measure RERANKER [--set QUESTIONS DOCUMENTS]... [--collection FOLDER]... [--json FILE]

Each pair is scored once and kept, so that a depth or a weight more costs only the search. For each collection the
table says too what the depth and weight give that are best on all *other* collections: nothing is chosen on what
it is measured by, and question sets choose nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from eval.bench.ablation import HITS, Scorer, Scores, of_collection, of_questions
from eval.bench.prepared import Remembering, default_scratch, indexed
from eval.types import Measure
from index import Embedder, PinciteError, TransformerEmbedder, UsageError, open_store
from qa import CrossEncoderReranker, Reranker, RerankSettings, Service, Settings, rerankers

DEPTHS = (10, 20, 30)
WEIGHTS = (0.25, 0.5, 0.75, 1.0)


class Kept:
    """A reranker whose scores are kept in a file; counts what scoring the new ones cost."""

    def __init__(self, reranker: Reranker, scratch: Path) -> None:
        self._reranker = reranker
        self.name, self.fingerprint = reranker.name, reranker.fingerprint
        self._path = scratch / f"scores-{reranker.fingerprint[:12]}.json"
        self._known: dict[str, float] = (
            json.loads(self._path.read_text("utf-8")) if self._path.is_file() else {}
        )
        self.pairs, self.cpu_s = 0, 0.0

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        keys = [f"{question}\n{passage}" for passage in passages]
        new = [i for i, key in enumerate(keys) if key not in self._known]
        if new:
            start = time.process_time()
            said = self._reranker.scores(question, [passages[i] for i in new])
            self.cpu_s += time.process_time() - start
            self.pairs += len(new)
            self._known.update({keys[i]: float(score) for i, score in zip(new, said, strict=True)})
        return np.array([self._known[key] for key in keys])

    def keep(self) -> None:
        self._path.write_text(json.dumps(self._known), "utf-8")


@dataclass(frozen=True, slots=True)
class Column:
    """What was measured over one source: without the reranker, and by (depth, weight)."""

    name: str
    chooses: bool
    before: Measure
    after: dict[tuple[int, float], Measure]


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 measured, 2 nothing to measure or a source that cannot be read."""
    options = _parser().parse_args(arguments)
    options.scratch.mkdir(parents=True, exist_ok=True)
    embedder = Remembering(TransformerEmbedder(), options.scratch / "questions.npz")
    try:
        if not (options.set or options.collection):
            raise UsageError("name a question set with --set or a collection with --collection")
        reranker = Kept(CrossEncoderReranker(options.reranker), options.scratch)
        columns = _columns(options, embedder, reranker)
    except (PinciteError, OSError) as error:
        print(f"measure: {error}", file=sys.stderr)
        return 2
    embedder.keep()
    print(as_markdown(columns), end="")
    if reranker.pairs:
        print(
            f"\n{1000 * reranker.cpu_s / reranker.pairs:.1f} ms of CPU a pair, {reranker.pairs} pairs scored."
        )
    if options.json:
        told = [
            {
                "name": column.name,
                "before": asdict(column.before),
                "after": [{"top": n, "weight": w, **asdict(m)} for (n, w), m in column.after.items()],
            }
            for column in columns
        ]
        options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    return 0


def _columns(options: argparse.Namespace, embedder: Embedder, reranker: Kept) -> list[Column]:
    columns: list[Column] = []
    for questions, documents in options.set or ():
        data = indexed(Path(documents), embedder, options.scratch)
        with closing(Service(open_store(data), embedder)) as service:
            asked, score = of_questions(Path(questions).stem, Path(questions), service)
        columns += _measured(data, asked, score, embedder, reranker, options, chooses=False)
    for folder in options.collection or ():
        data = indexed(folder / "corpus.jsonl", embedder, options.scratch)
        asked, score = of_collection(folder, options.queries)
        columns += _measured(data, asked, score, embedder, reranker, options, chooses=True)
    return columns


def _measured(
    data: Path, asked: Mapping[str, str], score: Scorer, embedder: Embedder, reranker: Kept,
    options: argparse.Namespace, *, chooses: bool,
) -> list[Column]:  # fmt: skip
    """The columns of one source. The deepest goes first, so that every pair is scored in the same batches."""

    def scores(settings: Settings, heard: Kept | None) -> Scores:
        late, _ = rerankers(embedder, data)
        with closing(Service(open_store(data), embedder, settings, heard, late)) as service:
            found = {key: service.search(text, k=HITS) for key, text in asked.items()}
        return score(found)

    before = scores(Settings(), None)
    after = {
        (top, weight): scores(Settings(rerank=RerankSettings(top, weight)), reranker)
        for top in sorted(options.top or DEPTHS, reverse=True)
        for weight in options.weight or WEIGHTS
    }
    reranker.keep()
    return [
        Column(name, chooses, measure, {at: found[name] for at, found in after.items()})
        for name, measure in before.items()
    ]


def best_of_others(columns: Sequence[Column], column: Column) -> tuple[int, float] | None:
    """The depth and weight that gain most on the mean of all other columns that choose; None without others."""
    others = [other for other in columns if other.chooses and other.name != column.name]
    if not others:
        return None
    return max(
        column.after,
        key=lambda at: (round(sum(o.after[at].value - o.before.value for o in others), 6), -at[0], -at[1]),
    )


def as_markdown(columns: Sequence[Column]) -> str:
    """The table in points: what each source has without the reranker, and what each setting adds."""
    lines = [
        f"| in points | {' | '.join(column.name for column in columns)} | mean of collections |",
        "|---|" + "---:|" * (len(columns) + 1),
        f"| without | {' | '.join(f'{100 * column.before.value:.1f}' for column in columns)} | |",
    ]
    choosing = [column for column in columns if column.chooses]
    for at in sorted(columns[0].after):
        gains = [100 * (column.after[at].value - column.before.value) for column in columns]
        mean = [gain for gain, column in zip(gains, columns, strict=True) if column.chooses]
        cells = [*(f"{gain:+.1f}" for gain in gains), f"{sum(mean) / len(mean):+.1f}" if mean else ""]
        lines.append(f"| top {at[0]}, weight {at[1]:g} | {' | '.join(cells)} |")
    if len(choosing) > 1:
        chosen = [best_of_others(columns, column) for column in columns]
        gains = [
            100 * (column.after[at].value - column.before.value) if at else 0.0
            for column, at in zip(columns, chosen, strict=True)
        ]
        mean = [gain for gain, column in zip(gains, columns, strict=True) if column.chooses]
        cells = [
            f"{gain:+.1f} ({at[0]}, {at[1]:g})" if at else "" for gain, at in zip(gains, chosen, strict=True)
        ]
        lines.append(f"| chosen on the others | {' | '.join(cells)} | {sum(mean) / len(mean):+.1f} |")
    return "\n".join(lines) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval.train.measure", description=__doc__.splitlines()[0])
    parser.add_argument("reranker", type=Path, metavar="RERANKER", help="the folder of a reranker")
    parser.add_argument("--set", nargs=2, action="append", metavar=("QUESTIONS", "DOCUMENTS"),
                        help="a question set and the file or folder that it is about; may be repeated")  # fmt: skip
    parser.add_argument("--collection", type=Path, action="append", metavar="FOLDER",
                        help="a collection in the BEIR layout; may be repeated")  # fmt: skip
    parser.add_argument(
        "--queries", type=int, default=60, help="at most so many queries of each; 0 for all (60)"
    )
    parser.add_argument("--top", type=int, action="append", metavar="N", help="a depth; may be repeated")
    parser.add_argument(
        "--weight", type=float, action="append", metavar="W", help="a weight; may be repeated"
    )
    parser.add_argument("--scratch", type=Path, default=default_scratch(), metavar="DIR",
                        help="where indexes, vectors and scores are kept (default: %(default)s)")  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table as JSON, with intervals")
    return parser


if __name__ == "__main__":
    sys.exit(main())
