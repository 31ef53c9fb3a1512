"""Work that takes too long in this process ends by itself, and costs itself only."""

from __future__ import annotations

import re
import signal
import threading
import time
import tracemalloc
from contextlib import closing, nullcontext

import pytest

import index.cutting
from index import Document, DocumentInfo, Limits, Passage, document_id, index_paths, open_store, split
from index.deadline import TooLongError, deadline
from index.reading.annotate import annotate, dated
from tests.hashing import HashingEmbedder
from tests.index.samples import FINDING
from tests.work import ends, grows_in_step


def forever() -> None:
    while True:
        pass


def backtracking() -> None:
    re.match(r"(a+)+b", "a" * 60)


@pytest.mark.parametrize("work", [forever, backtracking])
def test_work_is_interrupted(work):
    before = signal.getsignal(signal.SIGALRM)
    with ends(), pytest.raises(TooLongError, match=r"took longer than 0\.2 s"), deadline(0.2):
        work()
    assert signal.getsignal(signal.SIGALRM) is before and signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_what_is_done_in_time_is_left_alone():
    for error in (None, KeyError):
        with nullcontext() if error is None else pytest.raises(error), deadline(60):
            assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 60
            if error:
                raise error
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0), "nothing goes off afterwards"


def test_an_alarm_of_someone_else_goes_on():
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with deadline(60):
            pass
        end = time.monotonic() + 60
        while not rung and time.monotonic() < end:
            time.sleep(0.01)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert rung


def test_in_another_thread_there_is_no_limit_and_no_error():
    done = []

    def work() -> None:
        with deadline(0.01):
            time.sleep(0.05)
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


# Raised while a callback of the collector runs (Hypothesis has one here), the exception is lost and raised again later.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_text_that_takes_too_long_to_cut_is_told_and_the_others_are_kept(tmp_path, monkeypatch):
    def slowly(document: Document, passage_tokens: int) -> list[Passage]:
        while len(document.text) > 200_000:
            pass
        return split(document, passage_tokens)

    monkeypatch.setattr(index.cutting, "split", slowly)
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.txt").write_text(FINDING)
    (docs / "huge.txt").write_text(FINDING + " And more.")
    (docs / "z.txt").write_text(f"{FINDING} And so on.")
    with closing(open_store(tmp_path / "data", create=True)) as store:
        assert len(index_paths(store, HashingEmbedder(), [docs]).added) == 3
        (docs / "huge.txt").write_text((FINDING + " ") * 5_000)
        (docs / "z.txt").write_text(f"{FINDING} And so forth.")
        summary = index_paths(store, HashingEmbedder(), [docs], limits=Limits(max_seconds=2))
        assert summary.changed == ["z.txt"] and summary.unchanged == ["a.txt"]
        (failed,) = summary.failed
        assert failed.where == str(docs / "huge.txt")
        assert failed.reason == (
            "cutting its text into passages took longer than 2 s, which is the limit; split it, or raise the limit"
        )
        # What was stored of it before is still there, and the next run tries again.
        assert len(store.documents()) == 3 and store.check() == []
        assert index_paths(store, HashingEmbedder(), [docs], limits=Limits(max_seconds=2)).failed


@pytest.mark.parametrize(
    "unit", ["The panel found that visits were late. ", "word ", "a", "7f3k+/", "\u05e9\u0301"]
)
def test_the_work_and_memory_that_one_long_line_takes_grow_with_its_length(unit):
    def line(size: int) -> Document:
        text = (unit * (size // len(unit) + 1))[:size]
        return Document(DocumentInfo(document_id("x"), "x", "x", "", "text/plain"), text)

    def work(given: Document) -> None:
        document = annotate(given)
        dated(document, split(document))

    assert grows_in_step(work, line, 8_000)
    size = 40_000
    document = annotate(line(size))
    tracemalloc.start()
    with ends():
        passages = split(document)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        dated(document, passages)
    assert all(document.text[p.start : p.end] == p.text for p in passages)
    assert peak < size * 400
