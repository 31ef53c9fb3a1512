"""Files read in a process of their own, so that one that hangs, crashes or swallows memory costs itself only."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Self

from index.errors import LoadError
from index.loaders import extract_here
from index.loaders.base import Extract, Limits

_AT_HOME = {"plain": 1 << 62, "html": 200_000, "markdown": 100_000, "csv_table": 200_000}
"""Formats that are read in this process up to so many bytes: they are neither native code nor packed."""

# Only the loaders: what else `index` brings, NumPy before all, would make every start four times as long.
_START = """
import sys, types
sys.path[:0] = {path}
package = types.ModuleType("index")
package.__path__ = [{folder!r}]
sys.modules["index"] = package
from index.loaders.worker import serve
serve({descriptor}, {parent}, {memory})
"""
_GRACE = 1.25
"""How much later than a loader itself may look at the clock it is ended from outside."""
_START_S = 60


class Guard:
    """An Extractor with a hard limit of time and memory. Its process is started when the first file needs it and
    serves all that follow; it is to be closed. It is not for several threads at once.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._ready = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(self, module: str, data: bytes, where: str, limits: Limits) -> Extract:
        """What a format's module makes of a file. LoadError if it takes too long, or ends the process.

        Every other error of the module is raised as a LoadError, too.
        """
        if len(data) <= _AT_HOME.get(module, 0):
            return extract_here(module, data, where, limits)
        connection = self._started(limits)
        answer: tuple[object, ...] | None
        try:
            connection.send((module, data, where, limits))
            answer = self._answer(connection, limits)
        except (EOFError, OSError):
            raise LoadError(where, f"cannot be read: {self._ended()}; it seems damaged") from None
        except BaseException:  # Ctrl-C: whatever it is at is wanted no more
            self.close()
            raise
        if answer is None:
            self.close()
            raise LoadError(
                where,
                f"took longer to read than the limit of {limits.max_seconds:g} s; split it, or raise the limit",
            )
        match answer:
            case ("read", Extract() as extract):
                return extract
            case ("refused", str() as place, str() as reason, (int() | None) as line):
                raise LoadError(place, reason, line=line)
            case ("memory",):
                raise LoadError(
                    where, f"needs more memory than the limit of {limits.max_memory:,} bytes; split it"
                )
            case (_, name, detail):
                raise LoadError(where, f"cannot be read: it seems damaged ({name}: {detail})")
        raise LoadError(where, "cannot be read: its reader gave no answer")

    def start(self, limits: Limits) -> None:
        """Starts the process without waiting for it, for those who know that it will be needed."""
        if self._process is not None:
            return
        here, there = Pipe()
        script = _START.format(
            path=json.dumps([path for path in sys.path if path]),
            folder=os.path.dirname(os.path.dirname(os.path.abspath(__file__))),  # noqa: PTH100, PTH120
            descriptor=there.fileno(),
            parent=os.getpid(),
            memory=limits.max_memory,
        )
        self._process = subprocess.Popen(
            # -P: nothing is imported from the working directory, which may hold what was downloaded. In a session
            # of its own, so that Ctrl-C is for us alone, and a loader's helpers (tesseract) can be ended with it.
            [sys.executable, "-P", "-c", script],
            stdin=subprocess.DEVNULL,
            pass_fds=(there.fileno(),),
            start_new_session=True,
        )
        there.close()
        self._connection, self._ready = here, False

    def close(self) -> None:
        """Ends the process, and all that it has started."""
        process, self._process = self._process, None
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()

    def _started(self, limits: Limits) -> Connection:
        self.start(limits)
        connection = self._connection
        if connection is None:
            raise RuntimeError("the reader was not started")
        if not self._ready:
            if not connection.poll(_START_S):
                self.close()
                raise RuntimeError(f"the process that reads files did not start within {_START_S} s")
            try:
                connection.recv()
            except EOFError:
                raise RuntimeError(f"the process that reads files did not start: {self._ended()}") from None
            self._ready = True
        return connection

    def _answer(self, connection: Connection, limits: Limits) -> tuple[object, ...] | None:
        """What the process says of a file; None if it says nothing within the limit."""
        allowed = limits.max_seconds * _GRACE
        deadline = time.monotonic() + allowed
        while connection.poll(max(0.0, deadline - time.monotonic())):
            answer = connection.recv()
            if answer[0] != "beat":
                return tuple(answer)
            deadline = time.monotonic() + allowed + answer[1]
        return None

    def _ended(self) -> str:
        """How the process ended that should still be there."""
        process = self._process
        code = process.wait(timeout=5) if process else 0
        self.close()
        if code is not None and code < 0:
            with contextlib.suppress(ValueError):
                return f"its reader crashed ({signal.Signals(-code).name})"
        return f"its reader ended with exit code {code}"
