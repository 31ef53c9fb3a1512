"""Work that takes too long in this process ends by itself, and costs itself only."""

from __future__ import annotations

import re
import signal
import threading
import time
from contextlib import closing

import pytest

from index import Limits, index_paths, open_store
from index.deadline import TooLongError, deadline
from tests.hashing import HashingEmbedder
from tests.index.samples import FINDING


def forever() -> None:
    while True:
        pass


def backtracking() -> None:
    re.match(r"(a+)+b", "a" * 60)


@pytest.mark.parametrize("work", [forever, backtracking])
def test_work_is_interrupted(work):
    before = signal.getsignal(signal.SIGALRM)
    started = time.monotonic()
    with pytest.raises(TooLongError, match=r"took longer than 0\.2 s"), deadline(0.2):
        work()
    assert time.monotonic() - started < 10
    assert signal.getsignal(signal.SIGALRM) is before and signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_what_is_done_in_time_is_left_alone():
    with deadline(0.3):
        pass
    time.sleep(0.4)  # nothing goes off afterwards
    with pytest.raises(KeyError), deadline(5):
        raise KeyError
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_an_alarm_of_someone_else_goes_on():
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with deadline(10):
            pass
        end = time.monotonic() + 10
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
def test_a_text_that_takes_too_long_to_cut_is_told_and_the_others_are_kept(tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.txt").write_text(FINDING)
    (docs / "huge.txt").write_text((FINDING + " ") * 1_000)
    (docs / "z.txt").write_text(f"{FINDING} And so on.")
    with closing(open_store(tmp_path / "data", create=True)) as store:
        assert len(index_paths(store, HashingEmbedder(), [docs]).added) == 3
        (docs / "huge.txt").write_text((FINDING + " ") * 60_000)
        (docs / "z.txt").write_text(f"{FINDING} And so forth.")
        summary = index_paths(store, HashingEmbedder(), [docs], limits=Limits(max_seconds=4))
        assert summary.changed == ["z.txt"] and summary.unchanged == ["a.txt"]
        (failed,) = summary.failed
        assert failed.where == str(docs / "huge.txt")
        assert failed.reason == (
            "cutting its text into passages took longer than 4 s, which is the limit; split it, or raise the limit"
        )
        # What was stored of it before is still there, and the next run tries again.
        assert len(store.documents()) == 3 and store.check() == []
        assert index_paths(store, HashingEmbedder(), [docs], limits=Limits(max_seconds=4)).failed


@pytest.mark.parametrize(
    "unit", ["The panel found that visits were late. ", "word ", "a", "7f3k+/", "\u05e9\u0301"]
)
def test_the_time_and_memory_that_one_long_line_takes_grow_with_its_length(unit):
    """Ten times the text, about ten times the work; quadratic work would be a hundred times as much."""
    import tracemalloc

    from index import Document, DocumentInfo, document_id, split
    from index.reading.annotate import annotate, dated

    def work(size: int) -> tuple[float, int]:
        text = (unit * (size // len(unit) + 1))[:size]
        document = annotate(Document(DocumentInfo(document_id("x"), "x", "x", "", "text/plain"), text))
        started = time.process_time()
        dated(document, split(document))
        took = time.process_time() - started
        tracemalloc.start()
        passages = split(document)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert all(text[p.start : p.end] == p.text for p in passages)
        return took, peak

    work(10_000)  # what is loaded once is loaded now
    small, _ = min(work(10_000), work(10_000))
    large, peak = work(100_000)
    assert large < 35 * max(small, 0.005)
    assert peak < 100_000 * 150
