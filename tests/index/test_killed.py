"""kill -9 at any moment: the last complete state stays readable, and the next run completes it."""

from __future__ import annotations

import itertools
import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index import Filter, NotIndexedError, open_store
from tests.hashing import HashingEmbedder
from tests.index.indexer import Run, Runner

Start = Callable[..., Run]
DOCUMENTS = 60
PAUSE_S = 0.03
WORDS = (
    "board",
    "child",
    "threshold",
    "inspection",
    "leader",
    "worker",
    "report",
    "care",
    "adoption",
    "review",
)
LEFT = {
    "derived.lock", "index.lock", "lexical", "lexical.seal", "pincite.db", "vectors.faiss", "vectors.faiss.seal",
}  # fmt: skip


def write_corpus(folder: Path) -> None:
    rng = random.Random(20)
    folder.mkdir()
    for i in range(DOCUMENTS - 20):
        paragraphs = [" ".join(rng.choices(WORDS, k=12)).capitalize() + "." for _ in range(rng.randint(1, 5))]
        (folder / f"{i:02}.txt").write_text("\n\n".join(paragraphs))
    lines = [f'{{"_id": "r{i}", "text": "{" ".join(rng.choices(WORDS, k=9))}."}}\n' for i in range(20)]
    (folder / "records.jsonl").write_text("".join(lines))


def contents(folder: Path):
    """Everything that is stored but the numbers, which count the attempts too."""
    embedder = HashingEmbedder()
    with closing(open_store(folder)) as store:
        assert store.check() == []
        found = {}
        for info in store.documents():
            stored = store.passages_of(info.doc_id)
            numbers = [number for number, _ in stored]
            document = store.document(info.doc_id)
            assert all(document.text[p.start : p.end] == p.text for _, p in stored)
            vector = embedder.embed_question(document.text)
            similarities = store.similarities(vector, numbers)
            found[info.source_id] = (document, [p for _, p in stored], similarities)
        best = [
            (store.passages([s.number])[s.number].passage_id, round(s.score, 5))
            for s in store.best("board threshold", 500, Filter())
        ]
        assert len({name for name, _ in best}) == len(best)
        return found, sorted(best), store.counts().passages


@pytest.fixture(scope="module")
def docs(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("killed") / "docs"
    write_corpus(folder)
    return folder


@pytest.fixture(scope="module")
def start(tmp_path_factory) -> Iterator[Start]:
    """start(data, docs, pause_s): the indexer in a process of its own."""
    folder, count = tmp_path_factory.mktemp("said"), itertools.count()
    with closing(Runner()) as runner:

        def start(data: Path, docs: Path | str, pause_s: float = PAUSE_S) -> Run:
            return runner.start(folder / str(next(count)), data, docs, pause_s)

        yield start


@pytest.fixture(scope="module")
def whole(docs, start):
    """What an undisturbed run makes, and how long it works."""
    data = docs.parent / "whole"
    run = start(data, docs)
    run.wait_for("working")
    began = time.monotonic()
    assert f"added {DOCUMENTS}, failed 0" in run.finish()
    took_s = time.monotonic() - began  # where to look for moments to kill it at, no more
    expected = contents(data)
    assert len(expected[0]) == DOCUMENTS
    return expected, took_s


def test_killed_at_random_moments(docs, whole, start, tmp_path):
    expected, took_s = whole
    rng = random.Random(21)
    data = tmp_path / "data"
    killed = partial = deriving = tries = 0
    complete = False
    while (killed < 12 or partial < 2 or partial + deriving < 5) and (tries := tries + 1) < 120:
        if complete:
            shutil.rmtree(data)  # a kill needs something to interrupt
        run = start(data, docs)
        run.wait_for("working")
        time.sleep(rng.uniform(0, took_s * 0.8))
        killed += run.kill()
        deriving += any(path.name.endswith(".draft") for path in data.iterdir())
        documents, _, _ = contents(data)
        partial += 0 < len(documents) < DOCUMENTS
        assert all(documents[name] == expected[0][name] for name in documents), "whole documents or none"
        complete = len(documents) == DOCUMENTS
    assert partial >= 2 and partial + deriving >= 5, (partial, deriving)
    assert "failed 0" in start(data, docs, 0).finish()
    assert contents(data) == expected
    assert {path.name for path in data.iterdir()} == LEFT
    assert not (data / ".lexical.draft").exists()


def test_killed_while_files_are_derived(docs, whole, start, tmp_path):
    """A reader that rebuilds what is derived is killed at each step of it; the next one does it anew."""
    expected, _ = whole
    data = tmp_path / "data"
    start(data, docs, 0).finish()
    rng = random.Random(22)
    killed = half_made = tries = 0
    while (killed < 6 or half_made < 3) and (tries := tries + 1) < 120:
        for name in ("vectors.faiss", "vectors.faiss.seal", "lexical.seal"):
            (data / name).unlink(missing_ok=True)
        run = start(data, "-")
        run.wait_for("reading")
        time.sleep(rng.uniform(0, 0.25))
        killed += run.kill()
        half_made += {path.name for path in data.iterdir()} != LEFT
        if rng.random() < 0.5:
            assert contents(data) == expected
            assert {path.name for path in data.iterdir()} == LEFT
    assert killed >= 6 and half_made >= 3, (killed, half_made)
    assert contents(data) == expected
    assert {path.name for path in data.iterdir()} == LEFT


def test_killed_before_there_is_anything(docs, whole, start, tmp_path):
    """From the first instant on, what is there opens, or says that nothing is there yet."""
    data = tmp_path / "data"
    rng = random.Random(23)
    killed = tries = 0
    while killed < 8 and (tries := tries + 1) < 200:
        shutil.rmtree(data, ignore_errors=True)
        run = start(data, "create", 0)
        run.wait_for("creating")
        time.sleep(rng.uniform(0, 0.015))
        killed += run.kill()
        try:
            with closing(open_store(data)) as store:
                assert store.check() == []
        except NotIndexedError as error:
            assert "pincite index" in str(error)
    assert killed >= 8
    start(data, docs, 0).finish()
    assert contents(data) == whole[0]


# Two at once


def test_two_indexers_at_once(docs, whole, start, tmp_path):
    data = tmp_path / "data"
    first = start(data, docs)
    first.wait_for("working")
    second = start(data, docs)
    second.wait_for("waiting")
    assert first.at_work()
    assert f"added {DOCUMENTS}, failed 0" in first.finish()
    assert "working" in (said := second.finish()) and "added 0, failed 0" in said
    assert contents(data) == whole[0]
    assert {path.name for path in data.iterdir()} == LEFT


def test_two_indexers_from_the_first_instant(docs, whole, start, tmp_path):
    data = tmp_path / "data"
    runs = [start(data, docs) for _ in range(3)]
    said = [run.finish() for run in runs]
    assert sum("waiting" in words for words in said) == 2
    assert sum(f"added {DOCUMENTS}" in words for words in said) == 1
    assert contents(data) == whole[0]


def test_the_lock_is_free_when_its_holder_is_killed(docs, whole, start, tmp_path):
    data = tmp_path / "data"
    first = start(data, docs, 5)
    first.wait_for("working")
    second = start(data, docs, 0)
    second.wait_for("waiting")
    assert first.kill()
    assert f"added {DOCUMENTS}, failed 0" in second.finish()
    assert contents(data) == whole[0]


def test_a_reader_beside_an_indexer(docs, whole, start, tmp_path):
    """Questions are answered while files come in, each from one whole state."""
    data = tmp_path / "data"
    run = start(data, docs, 0.2)
    run.wait_for("working")
    seen = []
    with closing(open_store(data)) as store:
        while run.at_work():
            numbers = [s.number for s in store.best("board", 10, Filter())]
            assert len(store.passages(numbers)) == len(numbers), "nothing is ever removed here"
            seen.append(store.counts().documents)
        run.finish()
        assert store.check() == []
    assert seen == sorted(seen) and len(set(seen)) > 2
    assert contents(data) == whole[0]
