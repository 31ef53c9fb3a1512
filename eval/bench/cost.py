"""What a question costs over many passages, beyond embedding it: processor time by stage, memory, files.

    python -m eval.bench.cost [--passages 100000] [--questions 100] [--json FILE]

The store is made once and kept. Its texts are sentences of the sample corpus with most of their words swapped
for others of it, so that words are as frequent as in real text and no two passages are alike; its vectors are random
ones around some hundred topics, since what is measured is work and not quality. A passage has 1 to 5 sentences,
2.7 on average, and a document 40 passages, as reports have.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from eval.bench.prepared import SEED, default_scratch
from index import (
    Document,
    DocumentInfo,
    Embeddable,
    Embedding,
    Entry,
    IndexSettings,
    Passage,
    Span,
    Store,
    document_id,
    open_store,
    passage_id,
    sentence_spans,
)
from qa import Service

CORPUS = Path(__file__).parents[1] / "corpus"
DIMENSIONS, TOPICS = 384, 200
PER_DOCUMENT = 40
SENTENCES = (1, 2, 3, 4, 5)
SHARES = (0.15, 0.35, 0.25, 0.15, 0.10)
BATCH = 50
_SETTINGS = IndexSettings("random", "random vectors around topics 1", DIMENSIONS)


class Questions:
    """An embedder that knows the vectors of its questions, so that none is embedded while it is measured."""

    name, fingerprint, dimensions = _SETTINGS.model, _SETTINGS.model_fingerprint, DIMENSIONS

    def __init__(self, number: int) -> None:
        words, random = Words(), np.random.RandomState(SEED)
        topics = _unit(np.random.RandomState(1).randn(TOPICS, DIMENSIONS))
        self.vectors: dict[str, np.ndarray] = {}
        while len(self.vectors) < number:
            text = " ".join(words.sentence(random).split()[:12]).rstrip(".") + "?"
            near = topics[random.randint(TOPICS)] + random.randn(DIMENSIONS) * 0.06
            self.vectors[text] = _unit(near).astype(np.float32)

    def embed(
        self, passages: Sequence[Embeddable], progress: Callable[[int], None] | None = None
    ) -> list[Embedding]:
        raise NotImplementedError("nothing is indexed here but what was made before")

    def embed_question(self, question: str) -> np.ndarray:
        return self.vectors[question]


class Words:
    """Sentences that are made of the sample corpus's."""

    def __init__(self) -> None:
        texts = [
            path.read_text("utf-8") for path in sorted(CORPUS.glob("*")) if path.suffix in (".md", ".txt")
        ]
        found = [text[a:b].split() for text in texts for a, b in sentence_spans(text, 0, len(text))]
        self._sentences = [words for words in found if 8 <= len(words) <= 40]
        self._words = [word for words in self._sentences for word in words]

    def sentence(self, random: np.random.RandomState) -> str:
        """One with two of three of its words swapped for any others, drawn as often as they occur."""
        words = self._sentences[random.randint(len(self._sentences))]
        swapped = random.rand(len(words)) < 0.67
        others = random.randint(0, len(self._words), len(words))
        return " ".join(
            self._words[o] if swap else word for word, swap, o in zip(words, swapped, others, strict=True)
        )


class Timed:
    """A store that counts the processor time of each of its methods, in seconds, by name."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.spent: dict[str, float] = {}

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if not callable(method):
            return method

        def timed(*values: Any, **named: Any) -> Any:
            start = time.process_time()
            result = method(*values, **named)
            spent = time.process_time() - start
            stage = f"{name} of sentences" if named.get("sentences") else name
            self.spent[stage] = self.spent.get(stage, 0.0) + spent
            return result

        return timed


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 within the limit, 1 above it."""
    options = _parser().parse_args(arguments)
    folder = options.scratch / f"cost-{options.passages}"
    if not (folder / "made").is_file():
        print(f"cost: making a store of {options.passages:,} passages in {folder}", file=sys.stderr)
        # In a process of its own: what making it takes is no part of what using it does.
        maker = multiprocessing.get_context("spawn").Process(target=make, args=(folder, options.passages))
        maker.start()
        maker.join()
        if maker.exitcode:
            return 2
    found = measure(folder, options.questions)
    print(as_table(found, options.passages), end="")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    return 1 if found["ms"]["all"] > options.limit else 0


def make(folder: Path, passages: int) -> None:
    """Fills a store; one that was begun is begun anew."""
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
    entries = list_entries(passages)
    with closing(open_store(folder, create=True)) as store:
        batch: list[Entry] = []
        for entry in entries:
            batch.append(entry)
            if len(batch) == BATCH:
                store.put(batch, _SETTINGS)
                batch = []
        if batch:
            store.put(batch, _SETTINGS)
        store.refresh()
    (folder / "made").touch()


def list_entries(passages: int) -> Iterator[Entry]:
    """Documents of up to 40 passages each, the same every time."""
    words, random = Words(), np.random.RandomState(SEED)
    topics = _unit(np.random.RandomState(1).randn(TOPICS, DIMENSIONS))
    for first in range(0, passages, PER_DOCUMENT):
        name = f"document-{first // PER_DOCUMENT:06}.txt"
        doc_id, text, made, embeddings = document_id(name), "", [], []
        for ordinal in range(min(PER_DOCUMENT, passages - first)):
            start, spans = len(text), []
            for _ in range(random.choice(SENTENCES, p=SHARES)):
                sentence = words.sentence(random)
                spans.append(Span(len(text), len(text) + len(sentence)))
                text += sentence + " "
            end = spans[-1].end
            made.append(
                Passage(passage_id(doc_id, start, end), doc_id, ordinal, start, end, text[start:end],
                        sentences=tuple(spans))
            )  # fmt: skip
            own = topics[random.randint(TOPICS)] + random.randn(DIMENSIONS) * 0.06
            parts = own + random.randn(len(spans), DIMENSIONS) * 0.05
            embeddings.append(Embedding(_unit(own).astype(np.float32), _unit(parts).astype(np.float32)))
        info = DocumentInfo(doc_id, name, f"Report {first}", doc_id, "text/plain", publisher="Council",
                            voice="council", published="2017-04-07")  # fmt: skip
        yield Entry(Document(info, text), tuple(made), tuple(embeddings), doc_id)


def measure(folder: Path, questions: int) -> dict[str, Any]:
    """Milliseconds of processor time a question by stage, megabytes in memory and on disk.

    As many questions are answered as are searched for; the stages are those of answering.
    """
    embedder = Questions(2 * questions + 1)
    before = _memory("VmRSS")
    with closing(open_store(folder)) as store:
        timed = Timed(store)
        service = Service(timed, embedder)  # type: ignore[arg-type]
        warm, *asked = embedder.vectors
        service.ask(warm)
        timed.spent.clear()
        each = [_ms(service.ask, question) for question in asked[:questions]]
        total = sum(each) / len(each)
        stages = {
            name: 1000 * spent / len(each)
            for name, spent in sorted(timed.spent.items(), key=lambda pair: -pair[1])
        }
        searched = [_ms(service.search, question) for question in asked[questions:]]
    files = {
        path.name: sum(p.stat().st_size for p in ([path] if path.is_file() else path.iterdir())) / 1e6
        for path in sorted(folder.iterdir())
    }
    return {
        "ms": {
            **stages,
            "the rest": total - sum(stages.values()),
            "all": total,
            "of this a search": sum(searched) / len(searched),
            "median": float(np.median(each)),
            "p95": float(np.percentile(each, 95)),
        },
        "mb": {"before opening": before, "after": _memory("VmRSS"), "peak": _memory("VmHWM")},
        "files_mb": {name: size for name, size in files.items() if size > 0.1},
    }  # fmt: skip


def as_table(found: dict[str, Any], passages: int) -> str:
    """The figures for people."""
    lines = [f"{'ms of processor time a question':36} {'mean':>9}"]
    lines += [f"{name:36} {value:9.1f}" for name, value in found["ms"].items()]
    memory = found["mb"]
    per_million = (memory["peak"] - memory["before opening"]) / passages * 1e6
    lines += ["", *(f"memory {name:29} {value:9.0f} MB" for name, value in memory.items())]
    lines += [f"memory per million passages {'':8} {per_million:9.0f} MB"]
    lines += ["", *(f"file {name:31} {size:9.1f} MB" for name, size in found["files_mb"].items())]
    return "\n".join(lines) + "\n"


def _ms(asked: Callable[[str], object], question: str) -> float:
    start = time.process_time()
    asked(question)
    return 1000 * (time.process_time() - start)


def _memory(field: str) -> float:
    """Megabytes of this process, from /proc; 0 where there is none."""
    try:
        lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:")), 0.0)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval.bench.cost", description=__doc__.splitlines()[0])
    parser.add_argument("--passages", type=int, default=100_000, help="how many passages (100000)")
    parser.add_argument("--questions", type=int, default=100, help="how many questions are asked (100)")
    parser.add_argument(
        "--limit", type=float, default=60.0, help="milliseconds that a question may take (60)"
    )
    parser.add_argument("--scratch", type=Path, default=default_scratch(), metavar="DIR",
                        help="where the store is kept for the next run (default: %(default)s)")  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
