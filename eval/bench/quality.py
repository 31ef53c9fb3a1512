"""Pincite beside plain searches and txtai on test collections, with the same small model in the same run.

    python -m eval.bench.quality [FOLDER...] [--queries 300] [--json FILE]

Of each BEIR folder it tells nDCG@10. The plain searches see each record whole, its title before its text:
*BM25* is tantivy's (k1 1.2, b 0.75) over English stems, *dense* the cosine of the model's vectors (it reads the
first 256 word pieces), *RRF* the sum of 1 / (60 + rank) over the 1000 best of both (Cormack, Clarke and Büttcher,
SIGIR 2009). *txtai* is its hybrid by its own defaults, in an environment of its own, over the same texts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from eval.beir import Query, rank_documents, read_folder, score_runs
from eval.bench.prepared import (
    Remembering,
    default_scratch,
    indexed,
    key,
    opened,
    read_records,
    sample,
    vectors_of,
)
from eval.intervals import SEED, draws, measured
from eval.types import Measure
from index import Embedder, PinciteError, TransformerEmbedder, words

DEPTH, RRF_K = 1000, 60
PLAIN = ("BM25", "dense", "RRF")
MEASURE = "ndcg@10"
Run = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Result:
    """What a collection showed: each engine's nDCG@10, and Pincite's difference from every other."""

    collection: str
    queries: int = 0
    engines: dict[str, Measure] = field(default_factory=dict)
    differences: dict[str, Measure] = field(default_factory=dict)
    reason: str = ""

    @property
    def best_plain(self) -> str:
        """The best of BM25, dense and RRF."""
        return max(PLAIN, key=lambda name: self.engines[name].value)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 all were measured, 1 one was not, 2 none."""
    options = _parser().parse_args(arguments)
    options.scratch.mkdir(parents=True, exist_ok=True)
    embedder = Remembering(TransformerEmbedder(), options.scratch / "questions.npz")
    peer = None if options.without_peers else txtai(options.peers)
    results = []
    for folder in options.folders or _default_folders():
        _say(f"{folder.name}: indexing and searching")
        try:
            results.append(measure(folder, embedder, options.scratch, options.queries, peer))
        except (PinciteError, OSError) as error:
            results.append(Result(folder.name, reason=str(error)))
        embedder.keep()
    print(as_markdown(results), end="")
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in results], indent=1) + "\n", "utf-8")
    done = sum(not one.reason for one in results)
    return 0 if done == len(results) and done else 1 if done else 2


def measure(folder: Path, embedder: Embedder, scratch: Path, most: int, peer: Peer | None = None) -> Result:
    """All engines on one collection, over the same sample of its answerable queries. UsageError if it is none."""
    queries = sample([query for query in read_folder(folder)[0] if query.answerable], most)
    records = read_records(folder)
    with closing(opened(indexed(folder / "corpus.jsonl", embedder, scratch), embedder)) as service:
        # Ten documents are all that the measure looks at.
        runs = {"Pincite": {query.id: rank_documents(service, query, 10) for query in queries}}
    runs |= plain_runs(records, queries, embedder, scratch)
    reason = ""
    if peer:
        try:
            runs["txtai"] = peer(folder.name, records, queries, scratch)
        except PeerFailedError as error:
            reason = f"txtai: {error}"
            _say(reason)
    return compared(folder.name, {query.id: query.grades for query in queries}, runs)


def compared(collection: str, qrels: Mapping[str, Mapping[str, int]], runs: Mapping[str, Run]) -> Result:
    """Each run's mean nDCG@10 and the paired differences from Pincite's, with bootstrap intervals over queries."""
    scored = {name: score_runs(qrels, run) for name, run in runs.items()}
    values = {name: np.array([rows[q][MEASURE] for q in qrels]) for name, rows in scored.items()}
    own = values["Pincite"]
    return Result(
        collection,
        len(qrels),
        {name: _mean(found) for name, found in values.items()},
        {name: _mean(own - found) for name, found in values.items() if name != "Pincite"},
    )


def plain_runs(
    records: Sequence[tuple[str, str]], queries: Sequence[Query], embedder: Embedder, scratch: Path
) -> dict[str, Run]:
    """The rankings of BM25, of dense vectors and of both by their ranks; ties go to the earlier record."""
    names = [name for name, _ in records]
    by_words = _bm25([text for _, text in records])
    vectors = vectors_of([text for _, text in records], embedder, scratch)
    runs: dict[str, Run] = {name: {} for name in PLAIN}
    for query in queries:
        cosines = np.round(vectors @ embedder.embed_question(query.text), 5)
        rankings = {
            "BM25": by_words(query.text),
            "dense": np.argsort(-cosines, kind="stable")[:DEPTH].tolist(),
        }
        rankings["RRF"] = fused_by_rank(list(rankings.values()))
        for name, ranking in rankings.items():
            runs[name][query.id] = [names[i] for i in ranking[:100]]
    return runs


def fused_by_rank(rankings: Sequence[Sequence[int]]) -> list[int]:
    """Reciprocal rank fusion.

    >>> fused_by_rank([[7, 3], [3, 5]])
    [3, 7, 5]
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, 1):
            scores[item] = scores.get(item, 0.0) + 1 / (RRF_K + rank)
    return sorted(scores, key=lambda item: (-round(scores[item], 9), item))


def _bm25(texts: Sequence[str]) -> Callable[[str], list[int]]:
    """A search over texts by tantivy's BM25."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", stored=False, indexed=True, fast=True)
    builder.add_text_field("text", stored=False, tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(64_000_000, 1)
    for number, text in enumerate(texts):
        writer.add_document(tantivy.Document(number=number, text=" ".join(words(text))))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(question: str) -> list[int]:
        stems = list(dict.fromkeys(words(question)))
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", stem, "freq")) for stem in stems
        ]
        hits = searcher.search(tantivy.Query.boolean_query(terms), limit=DEPTH, count=False).hits
        numbers = searcher.fast_field_values("number", [address for _, address in hits])
        found = zip(((score or 0.0) for score, _ in hits), (int(n or 0) for n in numbers), strict=True)
        return [number for _, number in sorted(found, key=lambda pair: (-round(pair[0], 5), pair[1]))]

    return search


class PeerFailedError(Exception):
    """A peer could not be installed or run; the message is the reason."""


Peer = Callable[[str, Sequence[tuple[str, str]], Sequence[Query], Path], Run]


def txtai(cache: Path | None) -> Peer:
    """What runs txtai over records; its run files are kept."""
    from eval.peers.__main__ import default_model
    from eval.peers.environments import PeerError, default_cache, python_of
    from eval.peers.running import run_peer, write_questions

    def run(
        collection: str, records: Sequence[tuple[str, str]], queries: Sequence[Query], scratch: Path
    ) -> Run:
        named = key(json.dumps([*records]), json.dumps([[q.id, q.text] for q in queries]))
        kept = scratch / f"txtai-{collection}-{named}.jsonl"
        if not kept.is_file():
            texts, asked, out = (
                scratch / f"{collection}.{end}" for end in ("texts.jsonl", "asked.jsonl", "part")
            )
            texts.write_text("".join(json.dumps({"_id": n, "text": t}) + "\n" for n, t in records), "utf-8")
            write_questions([(query.id, query.text) for query in queries], asked)
            try:
                python = python_of("txtai", cache or default_cache())
                run_peer("txtai", python, texts, asked, default_model(), 100, out)
            except PeerError as error:
                raise PeerFailedError(str(error)) from error
            out.replace(kept)
        lines = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
        return {line["id"]: list(dict.fromkeys(hit["doc"] for hit in line["hits"])) for line in lines}

    return run


def as_markdown(results: Sequence[Result]) -> str:
    """The table side by side: points of nDCG@10, then how far Pincite is above the best plain one and txtai."""
    done = [one for one in results if not one.reason]
    names = list(dict.fromkeys(name for one in done for name in one.engines))
    lines = [
        f"| nDCG@10, in points | queries | {' | '.join(names)} | above the best plain one | above txtai |",
        "|---|" + "---:|" * (len(names) + 3),
    ]
    for one in done:
        cells = [f"{100 * one.engines[name].value:.1f}" if name in one.engines else "–" for name in names]
        gains = [_gain(one.differences.get(name)) for name in (one.best_plain, "txtai")]
        lines.append(f"| {one.collection} | {one.queries} | {' | '.join(cells)} | {' | '.join(gains)} |")
    if done:
        means = [_points([one.engines[name].value for one in done if name in one.engines]) for name in names]
        above = _points([one.differences[one.best_plain].value for one in done], "+.1f")
        peers = _points(
            [one.differences["txtai"].value for one in done if "txtai" in one.differences], "+.1f"
        )
        lines.append(f"| mean | | {' | '.join(means)} | {above} | {peers} |")
    lines += ["", *(f"- {one.collection} was not measured: {one.reason}" for one in results if one.reason)]
    return "\n".join(lines).rstrip() + "\n"


def _gain(measure: Measure | None) -> str:
    if measure is None:
        return "–"
    return f"{100 * measure.value:+.1f} ({100 * measure.low:+.1f} to {100 * measure.high:+.1f})"


def _points(values: Sequence[float], form: str = ".1f") -> str:
    return format(100 * sum(values) / len(values), form) if values else "–"


def _mean(values: np.ndarray) -> Measure:
    state = np.random.RandomState(SEED)
    resampled = np.concatenate([values[drawn].mean(axis=1) for drawn in draws(len(values), 1000, state)])
    return measured(float(values.mean()), resampled, len(values))


def _default_folders() -> Iterator[Path]:
    root = Path("../shared/collections")
    found = sorted(path for path in root.glob("*") if path.is_dir())
    if not found:
        _say(f"{root} holds no collections; name folders in the BEIR layout")
    return iter(found)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval.bench.quality", description=__doc__.splitlines()[0])
    parser.add_argument(
        "folders", nargs="*", type=Path, metavar="FOLDER", help="a collection in the BEIR layout"
    )
    parser.add_argument(
        "--queries", type=int, default=300, help="at most so many queries each; 0 for all (300)"
    )
    parser.add_argument(
        "--without-peers", action="store_true", help="leave txtai out, which has to be installed"
    )
    parser.add_argument("--peers", type=Path, metavar="DIR", help="where the peers' environments are kept")
    parser.add_argument("--scratch", type=Path, default=default_scratch(), metavar="DIR",
                        help="where indexes and vectors are kept for the next run (default: %(default)s)")  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results as JSON, with intervals")
    return parser


def _say(sentence: str) -> None:
    print(f"quality: {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
