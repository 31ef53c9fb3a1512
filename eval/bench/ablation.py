"""What each stage of retrieval is worth: everything measured again with one stage removed in turn.

    python -m eval.bench.ablation [--set QUESTIONS DOCUMENTS]... [--collection FOLDER]... [--json FILE]

A stage is removed by giving it no weight. A set is a file of questions with the file or folder that it is about;
it shows fact recall at 500, 1000 and 2000 tokens. A collection in the BEIR layout shows nDCG@10. Beside them
stands the processor time of a search beyond embedding its question.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from eval.beir import read_folder, score_runs
from eval.bench.prepared import Remembering, default_scratch, indexed, opened, sample
from eval.intervals import ratio
from eval.metrics import Returned, facts_found
from eval.questions import read_questions
from eval.resolve import resolve
from eval.types import Measure, Place
from index import Embedder, PinciteError, TransformerEmbedder, UsageError, token_spans
from qa import RerankSettings, RetrievalSettings, SearchResult, Service, Settings

BUDGETS = (500, 1000, 2000)
HITS = 100
POOLS = (50, 100, 200, 400)
FULL = "everything"
STAGES = {
    "passage": "passage_weight",
    "sentence": "sentence_weight",
    "context": "context_weight",
    "words": "words_weight",
    "words_context": "words_context_weight",
    "source": "source",
    "period": "period",
    "feedback": "feedback",
    "share of each part": "part_passages",
    "spread": "spread",
}
"""The field of RetrievalSettings by which each stage is removed."""

Pairs = list[tuple[float, float]]
"""For each question what was found and of how much, so that a ratio can be made of them."""
Scorer = Callable[[Mapping[str, SearchResult]], dict[str, Pairs]]


@dataclass(frozen=True, slots=True)
class Line:
    """A variant of the pipeline: its measures by column, such as "dev @500", and milliseconds a question."""

    variant: str
    measures: dict[str, Measure]
    ms: float


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 measured, 2 nothing to measure or a source that cannot be read."""
    options = _parser().parse_args(arguments)
    options.scratch.mkdir(parents=True, exist_ok=True)
    embedder = Remembering(TransformerEmbedder(), options.scratch / "questions.npz")
    try:
        if not (options.set or options.collection):
            raise UsageError("name a question set with --set or a collection with --collection")
        tables = [
            measure(*source, embedder, options.scratch)
            for source in _sources(options, embedder, options.scratch)
        ]
    except (PinciteError, OSError) as error:
        print(f"ablation: {error}", file=sys.stderr)
        return 2
    embedder.keep()
    lines = joined(tables)
    print(as_markdown(lines), end="")
    if options.json:
        options.json.write_text(json.dumps([asdict(line) for line in lines], indent=1) + "\n", "utf-8")
    return 0


def variants() -> dict[str, Settings]:
    """The pipeline as it is, without each stage, and with other pools of candidates."""
    usual = RetrievalSettings()
    removed = {f"without {name}": replace(usual, **{field: 0.0}) for name, field in STAGES.items()}  # type: ignore[arg-type]
    pools = {f"pool {pool}": replace(usual, pool=pool) for pool in POOLS if pool != usual.pool}
    return {
        FULL: Settings(),
        **{name: Settings(retrieval=settings) for name, settings in (removed | pools).items()},
        "without tokens": Settings(tokens=RerankSettings(top=0)),
    }


def measure(
    data: Path, asked: Mapping[str, str], score: Scorer, embedder: Embedder, scratch: Path
) -> list[Line]:
    """Every variant over one index. `asked` are the questions by id, of which `score` then gets the results."""
    lines = []
    for question in asked.values():
        embedder.embed_question(question)
    for name, settings in variants().items():
        with closing(opened(data, embedder, settings)) as service:
            service.search(next(iter(asked.values())))  # the first one reads the indexes
            start = time.process_time()
            results = {key: service.search(text, k=HITS) for key, text in asked.items()}
            spent = time.process_time() - start
        measures = {column: ratio(pairs) for column, pairs in score(results).items()}
        lines.append(Line(name, measures, 1000 * spent / len(asked)))
    return lines


def of_questions(name: str, path: Path, service: Service) -> tuple[dict[str, str], Scorer]:
    """The questions of a set that have facts, and what scores their hits. UsageError if the set does not fit."""
    resolved = [item for item in resolve(read_questions(path), service) if item.facts]

    def score(results: Mapping[str, SearchResult]) -> dict[str, Pairs]:
        returned = {key: returned_of(result) for key, result in results.items()}
        return {
            f"{name} @{budget}": [
                (sum(facts_found(item.facts, returned[item.question.id], budget)), len(item.facts))
                for item in resolved
            ]
            for budget in BUDGETS
        }

    return {item.question.id: item.question.question for item in resolved}, score


def returned_of(result: SearchResult) -> list[Returned]:
    """The hits of a search, as their facts are counted."""
    return [
        Returned(
            Place(hit.passage.doc_id, hit.passage.start, hit.passage.end),
            tuple(token_spans(hit.passage.text)),
        )
        for hit in result.hits
    ]


def of_collection(folder: Path, most: int) -> tuple[dict[str, str], Scorer]:
    """A sample of a collection's answerable queries, and what scores their hits."""
    queries = sample([query for query in read_folder(folder)[0] if query.answerable], most)

    def score(results: Mapping[str, SearchResult]) -> dict[str, Pairs]:
        runs = {
            key: list(dict.fromkeys(hit.document.source_id for hit in result.hits))
            for key, result in results.items()
        }
        scored = score_runs({query.id: query.grades for query in queries}, runs)
        return {f"{folder.name} nDCG@10": [(scored[query.id]["ndcg@10"], 1) for query in queries]}

    return {query.id: query.text for query in queries}, score


def joined(tables: Sequence[Sequence[Line]]) -> list[Line]:
    """One line a variant, with the columns of all sources and the mean of their times."""
    return [
        Line(
            same[0].variant,
            {name: measure for line in same for name, measure in line.measures.items()},
            sum(line.ms for line in same) / len(same),
        )
        for same in zip(*tables, strict=True)
    ]


def as_markdown(lines: Sequence[Line]) -> str:
    """The table in points: of the whole pipeline what it reaches, of every other variant the difference from it."""
    full = lines[0].measures
    table = [
        f"| in points | {' | '.join(full)} | ms CPU |",
        "|---|" + "---:|" * (len(full) + 1),
    ]
    for line in lines:
        cells = [
            f"{100 * found.value:.1f}"
            if line is lines[0]
            else f"{100 * (found.value - full[name].value):+.1f}"
            for name, found in line.measures.items()
        ]
        table.append(f"| {line.variant} | {' | '.join(cells)} | {line.ms:.0f} |")
    return "\n".join(table) + "\n"


def _sources(
    options: argparse.Namespace, embedder: Embedder, scratch: Path
) -> Iterator[tuple[Path, dict[str, str], Scorer]]:
    for questions, documents in options.set or ():
        data = indexed(Path(documents), embedder, scratch)
        with closing(opened(data, embedder)) as service:
            yield data, *of_questions(Path(questions).stem, Path(questions), service)
    for folder in options.collection or ():
        data = indexed(folder / "corpus.jsonl", embedder, scratch)
        yield data, *of_collection(folder, options.queries)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m eval.bench.ablation", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--set", nargs=2, action="append", metavar=("QUESTIONS", "DOCUMENTS"),
                        help="a question set and the file or folder that it is about; may be repeated")  # fmt: skip
    parser.add_argument("--collection", type=Path, action="append", metavar="FOLDER",
                        help="a collection in the BEIR layout; may be repeated")  # fmt: skip
    parser.add_argument(
        "--queries", type=int, default=300, help="at most so many queries of each; 0 for all (300)"
    )
    parser.add_argument("--scratch", type=Path, default=default_scratch(), metavar="DIR",
                        help="where indexes and vectors are kept for the next run (default: %(default)s)")  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table as JSON, with intervals")
    return parser


if __name__ == "__main__":
    sys.exit(main())
