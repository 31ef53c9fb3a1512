"""Indexing in the background of a server: one `pincite index` at a time, in a process of its own.

A file that exhausts memory or crashes its reader then takes nothing with it, and the server goes on answering from
the last complete state of the index.
"""

from __future__ import annotations

import json
import logging
import secrets
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Literal

log = logging.getLogger(__name__)

_INDEX = "from web.cli import main; main()"
_TIMEOUT_S = 3_600
_MOST_KEPT = 100
_MOST_WAITING = 20

State = Literal["waiting", "running", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Job:
    """What was given to be indexed, and what has become of it. `summary` is that of `pincite index --json`.

    `hashes` are the sha256 of the files among `names`, in order; an address has "".
    """

    job_id: str
    names: tuple[str, ...]
    state: State
    since: float  # when it came into this state, in seconds of time.monotonic()
    summary: dict[str, Any] | None = None
    hashes: tuple[str, ...] = ()

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed")

    @property
    def seconds(self) -> int:
        """How long it has been in its state."""
        return int(time.monotonic() - self.since)


class QueueFullError(Exception):
    """Too many jobs are waiting."""


class Jobs:
    """Jobs by id; those that ended long ago are forgotten."""

    def __init__(self, location: str, model: str | None = None, command: Sequence[str] = ()) -> None:
        self._command = list(command) or [sys.executable, "-c", _INDEX, "index", "--data", location, "--json"]
        if model:
            self._command += ["--model", model]
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pincite-index")

    def start(self, names: Sequence[str], paths: Sequence[str], hashes: Sequence[str] = ()) -> Job:
        """A new job that indexes `paths`. QueueFullError."""
        job = Job(secrets.token_urlsafe(16), tuple(names), "waiting", time.monotonic(), hashes=tuple(hashes))
        with self._lock:
            if sum(one.state == "waiting" for one in self._jobs.values()) >= _MOST_WAITING:
                raise QueueFullError
            self._jobs[job.job_id] = job
            for old in [key for key, one in self._jobs.items() if one.over][
                : max(0, len(self._jobs) - _MOST_KEPT)
            ]:
                del self._jobs[old]
        self._worker.submit(self._run, job, list(paths))
        return job

    def get(self, job_id: str) -> Job | None:
        """A job as it is now; None if it is not known."""
        with self._lock:
            return self._jobs.get(job_id)

    def _run(self, job: Job, paths: list[str]) -> None:
        self._set(job, "running")
        try:
            done = subprocess.run(
                [*self._command, "--", *paths], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                timeout=_TIMEOUT_S, check=False,
            )  # fmt: skip
            summary = json.loads(done.stdout.splitlines()[-1])
            self._set(job, "failed" if summary["failed"] else "done", summary)
        except (OSError, subprocess.SubprocessError, ValueError, LookupError) as error:
            # What it said may hold paths; the log is where they belong.
            said = done.stderr[-2_000:] if "done" in locals() else ""
            log.error("indexing job id=%s failed: %r %s", job.job_id, error, said)
            self._set(job, "failed")

    def _set(self, job: Job, state: State, summary: dict[str, Any] | None = None) -> None:
        with self._lock:
            self._jobs[job.job_id] = replace(job, state=state, since=time.monotonic(), summary=summary)
