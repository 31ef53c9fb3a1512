"""Runs of the indexer in processes of their own, to be killed.

`python -m tests.index.indexer` has everything imported and forks a process for each run it is asked for, which
makes a run cost milliseconds where a new Python costs a second. Nothing was run in it before the fork: threads of
FAISS or torch would be missing in the child.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Runner:
    """Starts runs; to be closed, which ends whatever is still at work."""

    def __init__(self) -> None:
        self._forker = subprocess.Popen(
            [sys.executable, "-m", "tests.index.indexer"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._pids: set[int] = set()

    def start(self, out: Path, *args: object) -> Run:
        """A run of `work(*args)` whose output goes to a file."""
        out.write_text("")
        pid = self.ask({"out": str(out), "args": [str(arg) for arg in args]})
        self._pids.add(pid)
        return Run(self, pid, out)

    def ask(self, what: dict) -> int:
        assert self._forker.stdin and self._forker.stdout
        self._forker.stdin.write(json.dumps(what) + "\n")
        self._forker.stdin.flush()
        return json.loads(self._forker.stdout.readline())

    def ended(self, pid: int) -> int | None:
        """The exit code, negative for a signal; None while it is at work."""
        code = self.ask({"poll": pid})
        if code is not None:
            self._pids.discard(pid)
        return code

    def close(self) -> None:
        for pid in list(self._pids):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._forker.communicate(timeout=120)


class Run:
    def __init__(self, runner: Runner, pid: int, out: Path) -> None:
        self._runner, self.pid, self._out = runner, pid, out
        self.code: int | None = None

    def at_work(self) -> bool:
        if self.code is None:
            self.code = self._runner.ended(self.pid)
        return self.code is None

    def wait_for(self, word: str) -> None:
        """Until it says so; what comes before is not what is to be killed."""
        deadline = time.monotonic() + 120
        while True:
            at_work = self.at_work()  # asked first: what has ended by now has said all that it says
            if f"{word}\n" in (said := self._out.read_text()):
                return
            assert at_work and time.monotonic() < deadline, said
            time.sleep(0.002)

    def kill(self) -> bool:
        """Whether it was still at work."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        while self.at_work():
            time.sleep(0.001)
        return self.code == -signal.SIGKILL

    def finish(self) -> str:
        """What it said, when it is done."""
        deadline = time.monotonic() + 240
        while self.at_work():
            assert time.monotonic() < deadline
            time.sleep(0.005)
        assert self.code == 0, self._out.read_text()
        return self._out.read_text()


def work(data: str, docs: str, pause_s: str = "0") -> None:
    """Indexes a folder, slowly; `docs` "-" only opens the store and brings up to date what is derived."""
    import index.build
    import index.engines
    from index import index_paths, locked, open_store
    from tests.hashing import HashingEmbedder

    pause = float(pause_s)
    index.build._BATCH_PASSAGES = 12
    discard = index.engines.derived.discard

    def slow_discard(path: Path) -> None:
        time.sleep(
            pause
        )  # what is derived takes a while to be put in place, so that a kill meets it half done
        discard(path)

    index.engines.derived.discard = slow_discard
    if docs == "create":
        print("creating", flush=True)
        open_store(data, create=True)
        return
    with closing(open_store(data, create=True)) as store:
        if docs == "-":
            print("reading", flush=True)
            store.refresh()
            return
        with locked(Path(data), lambda: print("waiting", flush=True)):
            print("working", flush=True)
            summary = index_paths(store, HashingEmbedder(pause_s=pause), [Path(docs)], prune=True)
            print(f"added {len(summary.added)}, failed {len(summary.failed)}", flush=True)


def main() -> None:
    import index.sqlite  # noqa: F401
    import tests.hashing  # noqa: F401
    from index import count_tokens, sentence_spans, words

    # What takes a while to be loaded, and starts no thread.
    count_tokens("warm"), sentence_spans("Warm. Warmer.", 0, 13), words("warm")
    for line in sys.stdin:
        asked = json.loads(line)
        if "poll" in asked:
            pid, status = os.waitpid(asked["poll"], os.WNOHANG)
            print(json.dumps(os.waitstatus_to_exitcode(status) if pid else None), flush=True)
        elif pid := os.fork():
            print(pid, flush=True)
        else:
            _child(asked["out"], asked["args"])


def _child(out: str, args: list[str]) -> None:
    code = 1
    try:
        file = os.open(out, os.O_WRONLY | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(file, stream)
        work(*args)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
