"""Connections to the SQLite file: one for each who is at it, snapshots, transactions, and sentences for its errors."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import StoreError

_WAIT_S = 60
_PAUSE_S = 0.02


class Database:
    """A SQLite database that any number of threads may use at once; each use borrows a connection."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self._create = create
        self.writable = os.access(path.parent, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._open = True

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection; each statement sees the present."""
        try:
            db = self._borrow()
            try:
                yield db
            finally:
                self._give_back(db)
        except sqlite3.DatabaseError as error:
            raise StoreError(_sentence(self.path, error)) from error

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """A connection whose statements all see one moment."""
        with self.reading() as db:
            db.execute("BEGIN")
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is kept, or nothing if anything is raised."""
        with self.reading() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")

    def close(self) -> None:
        """Closes what is idle now, and what is in use as soon as it is given back."""
        with self._lock:
            self._open = False
            idle, self._idle = self._idle, []
        for db in idle:
            db.close()

    def _borrow(self) -> sqlite3.Connection:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _give_back(self, db: sqlite3.Connection) -> None:
        if db.in_transaction:
            db.rollback()
        with self._lock:
            if self._open:
                self._idle.append(db)
                return
        db.close()

    def _connect(self) -> sqlite3.Connection:
        if self.writable:
            mode = "mode=rwc" if self._create else "mode=rw"
        elif (log := self.path.with_name(self.path.name + "-wal")).exists() and log.stat().st_size:
            mode = "mode=ro"  # someone is writing, or was killed: what the log holds counts
        else:
            # Without the right to write there can be no log beside the database, which SQLite must then be told.
            mode = "mode=ro&immutable=1"
        db = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?{mode}",
            uri=True,
            timeout=_WAIT_S,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            db.close()
            raise
        return db


def keep_log(db: sqlite3.Connection) -> None:
    """Lets readers and a writer be at the database at once, by a write-ahead log.

    SQLite waits for others with every statement but this one, which it gives up at once while another writes.
    """
    until = time.monotonic() + _WAIT_S
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(_PAUSE_S)


def _sentence(path: Path, error: sqlite3.DatabaseError) -> str:
    """What went wrong and what to do; only damage calls for a copy."""
    kind = getattr(error, "sqlite_errorname", "")
    if kind.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return (
            f"{path} is being written by another process and was not free within {_WAIT_S} s; try again later"
        )
    if kind.startswith("SQLITE_FULL"):
        return f"the disk that holds {path} is full; free some space and try again: what was stored before is kept"
    if kind.startswith("SQLITE_IOERR"):
        return (
            f"{path} cannot be read or written ({error}): the disk is full or failing; free some space or move the"
            " folder, and try again: what was stored before is kept"
        )
    if kind.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return (
            f"{path} may not be opened or written by this user ({error}); change its permissions and those of its"
            " folder, or name another folder with --data"
        )
    if kind.startswith("SQLITE_CONSTRAINT"):
        return f"{path} does not take what was to be stored ({error}); nothing was changed"
    return f"{path} cannot be used ({error}); restore it from a copy, or remove it and index again"
