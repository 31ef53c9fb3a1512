"""What a reranker is worth: everything measured without it and with it, for several depths and shares. A cross-encoder
is measured after the usual student, and a head of late interaction in the student's place.

    python -m eval.train.measure RERANKER [--set QUESTIONS DOCUMENTS]... [--collection FOLDER]... [--json FILE]

Each pair of a cross-encoder is scored once and kept, so that a depth or a share more costs only the search. Beside each
gain stands its 95 % interval, of the bootstrap over questions that both searches were asked. For each collection the
table says too what the depth and share give that are best on all *other* collections: nothing is chosen on what it is
measured by, and question sets choose nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, astuple, dataclass
from pathlib import Path

import numpy as np

from eval.bench.ablation import HITS, Pairs, Scorer, of_collection, of_questions
from eval.bench.prepared import Remembering, default_scratch, indexed
from eval.intervals import ratio
from eval.types import Measure
from index import Embedder, PinciteError, TransformerEmbedder, UsageError, open_store
from qa import Reranker, RerankSettings, Service, Settings, rerankers

DEPTHS = (10, 20, 30)
WEIGHTS = (0.25, 0.5, 0.75, 1.0)
TRUSTS = (0.0,)


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
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(self._known), "utf-8")
        beside.replace(self._path)


@dataclass(frozen=True, slots=True)
class Column:
    """What was measured over one source: without the reranker, and what is gained by how it is heard."""

    name: str
    chooses: bool
    before: Measure
    gains: dict[RerankSettings, Measure]


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 measured, 2 nothing to measure or a source that cannot be read."""
    options = _parser().parse_args(arguments)
    try:
        options.scratch.mkdir(parents=True, exist_ok=True)
        if options.json and not options.json.parent.is_dir():
            raise UsageError(f"{options.json} is in no folder that exists")
        embedder = Remembering(TransformerEmbedder(), options.scratch / "questions.npz")
        if not (options.set or options.collection):
            raise UsageError("name a question set with --set or a collection with --collection")
        _, cross_encoder = rerankers(embedder, None, options.reranker)
        reranker = Kept(cross_encoder, options.scratch) if cross_encoder else None
        columns = _columns(options, embedder, reranker)
    except (PinciteError, OSError) as error:
        print(f"measure: {error}", file=sys.stderr)
        return 2
    embedder.keep()
    print(as_markdown(columns), end="")
    if reranker and reranker.pairs:
        print(
            f"\n{1000 * reranker.cpu_s / reranker.pairs:.1f} ms of CPU a pair, {reranker.pairs} pairs scored."
        )
    if options.json:
        told = [
            {
                "name": column.name,
                "before": asdict(column.before),
                "gains": [{**asdict(heard), **asdict(gain)} for heard, gain in column.gains.items()],
            }
            for column in columns
        ]
        options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    return 0


def _columns(options: argparse.Namespace, embedder: Embedder, reranker: Kept | None) -> list[Column]:
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
    data: Path, asked: Mapping[str, str], score: Scorer, embedder: Embedder, reranker: Kept | None,
    options: argparse.Namespace, *, chooses: bool,
) -> list[Column]:  # fmt: skip
    """The columns of one source; without a cross-encoder those of a head. The deepest goes first, so that every pair is
    scored in the same batches.
    """
    late, _ = rerankers(embedder, data, None if reranker else options.reranker)
    usual = None if reranker and options.without_student else late

    def scores(heard: RerankSettings | None) -> dict[str, Pairs]:
        settings = Settings()
        if heard:
            settings = Settings(rerank=heard) if reranker else Settings(tokens=heard)
        reads = reranker if heard else None
        first = usual if heard or (reranker and not options.against_fusion) else None
        with closing(Service(open_store(data), embedder, settings, reads, first)) as service:
            found = {key: service.search(text, k=HITS) for key, text in asked.items()}
        return score(found)

    before = scores(None)
    gains = {
        heard: {name: gain(before[name], pairs) for name, pairs in scores(heard).items()}
        for top in sorted(options.top or DEPTHS, reverse=True)
        for weight in options.weight or WEIGHTS
        for trust in options.trust or TRUSTS
        for heard in (RerankSettings(top, weight, trust),)
    }
    if reranker:
        reranker.keep()
    return [
        Column(name, chooses, ratio(pairs), {heard: found[name] for heard, found in gains.items()})
        for name, pairs in before.items()
    ]


def gain(before: Pairs, after: Pairs) -> Measure:
    """How much a ratio has grown, with its interval: the same questions, of which each found something of as much.

    >>> gain([(0, 1), (1, 3)], [(1, 1), (1, 3)]).value
    0.25
    """
    return ratio([(new - old, of) for (old, of), (new, _) in zip(before, after, strict=True)])


def best_of_others(columns: Sequence[Column], column: Column) -> RerankSettings | None:
    """How to hear it so that it gains most on the mean of all other columns that choose; None without others."""
    others = [other for other in columns if other.chooses and other.name != column.name]
    if not others:
        return None
    return max(
        column.gains,
        key=lambda at: (
            round(sum(other.gains[at].value for other in others), 6),
            *(-part for part in astuple(at)),
        ),
    )


def as_markdown(columns: Sequence[Column]) -> str:
    """The table in points: what each source has without the reranker, and what each setting adds, with its interval."""
    lines = [
        f"| in points | {' | '.join(column.name for column in columns)} | mean of collections |",
        "|---|" + "---:|" * (len(columns) + 1),
        f"| without | {' | '.join(f'{100 * column.before.value:.1f}' for column in columns)} | |",
    ]
    for at in sorted(columns[0].gains, key=astuple):
        cells = [_cell(column.gains[at]) for column in columns]
        lines.append(
            f"| top {at.top}, weight {_share(at)} | {' | '.join(cells)} | {_mean(columns, [at] * len(columns))} |"
        )
    if sum(column.chooses for column in columns) > 1:
        chosen = [best_of_others(columns, column) for column in columns]
        cells = [
            f"{_cell(column.gains[at])} by {at.top}, {_share(at)}" if at else ""
            for column, at in zip(columns, chosen, strict=True)
        ]
        lines.append(f"| chosen on the others | {' | '.join(cells)} | {_mean(columns, chosen)} |")
    return "\n".join(lines) + "\n"


def _mean(columns: Sequence[Column], heard: Sequence[RerankSettings | None]) -> str:
    """The mean gain of the collections, each by a setting of its own; empty where there is none."""
    gains = [
        column.gains[at].value for column, at in zip(columns, heard, strict=True) if column.chooses and at
    ]
    return f"{100 * sum(gains) / len(gains):+.1f}" if gains else ""


def _cell(gain: Measure) -> str:
    """A gain in points.

    >>> _cell(Measure(0.026, -0.001, 0.05, 60))
    '+2.6 (-0.1 to +5.0)'
    """
    return f"{100 * gain.value:+.1f} ({100 * gain.low:+.1f} to {100 * gain.high:+.1f})"


def _share(heard: RerankSettings) -> str:
    """The share of the new score, r being how far it agrees with the order before.

    >>> _share(RerankSettings(10, 0.4, 0.2)), _share(RerankSettings(10, 0.5))
    ('0.4+0.2r', '0.5')
    """
    return f"{heard.weight:g}" + (f"+{heard.trust:g}r" if heard.trust else "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval.train.measure", description=__doc__.splitlines()[0])
    parser.add_argument(
        "reranker", type=Path, metavar="RERANKER", help="the folder of a cross-encoder or a head"
    )
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
    parser.add_argument("--trust", type=float, action="append", metavar="T",
                        help="how much the weight grows with agreement; may be repeated (0)")  # fmt: skip
    parser.add_argument("--without-student", action="store_true",
                        help="let a cross-encoder reorder what fusion alone has found")  # fmt: skip
    parser.add_argument("--against-fusion", action="store_true",
                        help="count as gain of a cross-encoder what the student before it gains, too")  # fmt: skip
    parser.add_argument("--scratch", type=Path, default=default_scratch(), metavar="DIR",
                        help="where indexes, vectors and scores are kept (default: %(default)s)")  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table as JSON, with intervals")
    return parser


if __name__ == "__main__":
    sys.exit(main())
