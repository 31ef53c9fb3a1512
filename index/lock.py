"""The lock that keeps two indexers from one folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import UsageError


def locked(folder: Path, waiting: Callable[[], None], timeout_s: float = -1) -> FileLock:
    """The lock that one indexer of a folder holds at a time, taken; `waiting` is called if another holds it.

    The system lets go of it when its holder dies, however it dies. UsageError after `timeout_s` of waiting.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "index.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting()
            lock.acquire(timeout=timeout_s)
    except Timeout:
        raise UsageError(f"another pincite index is still at work in {folder}; try again later") from None
    except OSError as error:
        raise UsageError(
            f"{folder} may not be written ({error.strerror or error}); change its permissions, or name another"
            " folder with --data"
        ) from error
    return lock
