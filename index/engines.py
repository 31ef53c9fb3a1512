"""The two indexes that are derived from the database: read if they are fresh, made anew if not."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from index import derived, rows
from index.database import Database
from index.lexical import LexicalIndex
from index.text import clean
from index.vectors import CONTEXT, VectorIndex

VECTORS, LEXICAL, LOCK = "vectors.faiss", "lexical", "derived.lock"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Engines:
    """Both indexes, made from one state of the database."""

    state: rows.State
    vectors: VectorIndex
    lexical: LexicalIndex


def up_to_date(database: Database, folder: Path) -> Engines:
    """The engines for the present state of the database, on disk for the next one where that may be written."""
    if database.writable:
        try:
            with FileLock(folder / LOCK), database.snapshot() as db:
                # The snapshot is taken under the lock, so that no slow reader puts an older state in place.
                return _on_disk(folder, db)
        except OSError as error:
            log.warning("%s cannot be kept on disk (%s); it is made anew in memory", folder / VECTORS, error)
    with database.snapshot() as db:
        return Engines(rows.state(db), _vectors(db), LexicalIndex.build(None, _texts(db)))


def _on_disk(folder: Path, db: sqlite3.Connection) -> Engines:
    state = rows.state(db)
    vectors, lexical = folder / VECTORS, folder / LEXICAL
    derived.sweep(vectors)
    derived.sweep(lexical)
    found = derived.read(vectors, _origin(state, VectorIndex.FORM), VectorIndex.read)
    if found is None:
        log.info("rebuilding %s", vectors)
        found = _vectors(db)
        derived.replace(vectors, _origin(state, VectorIndex.FORM), found.write)
    words = derived.read(lexical, _origin(state, LexicalIndex.FORM), LexicalIndex.read)
    if words is None:
        log.info("rebuilding %s", lexical)
        derived.replace(
            lexical, _origin(state, LexicalIndex.FORM), lambda to: LexicalIndex.build(to, _texts(db))
        )
        words = LexicalIndex.read(lexical)
    return Engines(state, found, words)


def _origin(state: rows.State, form: str) -> str:
    """What a derived file was made from and by: another generation, or another version of a library, is stale."""
    return f"generation {state.generation} {state.stamp}, {form}"


def _vectors(db: sqlite3.Connection) -> VectorIndex:
    settings = rows.state(db).settings
    dimensions = settings.dimensions if settings else 1
    return VectorIndex.build(
        dimensions,
        rows.vectors(db, "passage", dimensions),
        rows.vectors(db, "sentences", dimensions),
        rows.runs(db),
    )


def _texts(db: sqlite3.Connection) -> Iterator[tuple[int, str, str]]:
    """What is searched by words: a passage's number, its text under the title and headings it stands under, and
    the same with up to two passages on either side of it.
    """
    for first, last in rows.runs(db):
        run = [
            (number, names, clean(text))
            for number, names, text in db.execute(
                "SELECT number, title || ' ' || heading, passages.text FROM passages JOIN documents USING (doc_id)"
                " WHERE number BETWEEN ? AND ? ORDER BY number",
                (first, last),
            )
        ]
        for at, (number, names, text) in enumerate(run):
            around = " ".join(near for _, _, near in run[max(0, at - CONTEXT) : at + CONTEXT + 1])
            yield number, f"{names} {text}", f"{names} {around}"
