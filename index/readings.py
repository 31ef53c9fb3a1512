"""What a model made of texts, kept by hash beside an index so that it is made once; may be removed at any time."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import sqlite3

log = logging.getLogger(__name__)

NAME = "readings.db"
_WAIT_S = 5
_DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT")

_Found = TypeVar("_Found")


class Readings:
    """Bytes by key: the last `in_memory` in memory, all of them in a file where there is a folder that may be written.

    A cache and never the only copy: a file that is damaged, locked or may not be written costs time, and no answer.
    Safe to share between threads, and the file between processes.
    """

    def __init__(self, folder: Path | None = None, in_memory: int = 10_000) -> None:
        self._in_memory = in_memory
        self._path = folder / NAME if folder is not None else None
        self._known: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """What is kept under these keys."""
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
        missing = [key for key in keys if key not in found]
        if missing:
            nothing: dict[bytes, bytes] = {}
            found |= self._use(lambda db: _read(db, missing), nothing)
        self._remember(found)
        return found

    def put(self, made: Mapping[bytes, bytes]) -> bool:
        """Keeps more; whether the file has them, too."""
        self._remember(made)

        def write(db: sqlite3.Connection) -> bool:
            db.executemany("INSERT OR REPLACE INTO readings VALUES (?, ?)", made.items())
            return True

        return self._use(write, False, write=True)

    def missing(self, keys: Sequence[bytes]) -> list[bytes]:
        """Those of the keys under which the file has nothing, each once, in order."""
        nothing: set[bytes] = set()
        kept = self._use(_keys, nothing)
        return [key for key in dict.fromkeys(keys) if key not in kept]

    def retain(self, keys: Collection[bytes]) -> int:
        """Removes from the file what is under other keys; how many there were."""

        def remove(db: sqlite3.Connection) -> int:
            gone = _keys(db).difference(keys)
            db.executemany("DELETE FROM readings WHERE key = ?", [(key,) for key in gone])
            return len(gone)

        return self._use(remove, 0, write=True) if self._path and self._path.exists() else 0

    def _remember(self, made: Mapping[bytes, bytes]) -> None:
        with self._lock:
            for key, value in made.items():
                self._known[key] = value
                self._known.move_to_end(key)
            while len(self._known) > self._in_memory:
                self._known.popitem(last=False)

    def _use(
        self, work: Callable[[sqlite3.Connection], _Found], otherwise: _Found, *, write: bool = False
    ) -> _Found:
        """What `work` makes of the file in one transaction; `otherwise` where the file cannot be had."""
        import sqlite3

        if self._path is None or not (write or self._path.exists()):
            return otherwise
        # Not read-only: what a kill left half-written is rolled back by whoever opens it next, a reader, too.
        mode = "rwc" if write else "rw"
        try:
            with closing(
                sqlite3.connect(
                    f"{self._path.absolute().as_uri()}?mode={mode}",
                    uri=True,
                    timeout=_WAIT_S,
                    isolation_level=None,
                )
            ) as db:
                db.execute("BEGIN IMMEDIATE" if write else "BEGIN")
                if write:
                    db.execute(
                        "CREATE TABLE IF NOT EXISTS readings (key BLOB PRIMARY KEY, value BLOB NOT NULL)"
                    )
                found = work(db)
                db.execute("COMMIT")
                return found
        except sqlite3.Error as error:
            log.info("%s cannot be used (%s); what it would hold is made again", self._path, error)
            if write and getattr(error, "sqlite_errorname", "") in _DAMAGED:
                self._path.unlink(missing_ok=True)
            return otherwise


def _read(db: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    rows = (db.execute("SELECT key, value FROM readings WHERE key = ?", (key,)).fetchone() for key in keys)
    return dict(row for row in rows if row)


def _keys(db: sqlite3.Connection) -> set[bytes]:
    return {key for (key,) in db.execute("SELECT key FROM readings")}
