"""The embedded store: a folder with a SQLite database, which is the truth, and two indexes derived from it."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, replace
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from index import checks, rows
from index.database import Database, keep_log
from index.engines import LEXICAL, VECTORS, Engines, up_to_date
from index.errors import MismatchError, NotIndexedError, StoreError, UsageError
from index.settings import SCHEMA, IndexSettings
from index.sqlite_traces import Traces
from index.store import Alias, Counts, Entry, Scored, Similarity, mismatch
from index.types import Document, DocumentInfo, Filter, Passage

_KEPT = 16
_DESCRIBED = 4_096
"""With more documents than this in memory, those that were not asked for last are forgotten."""
Value = TypeVar("Value")
_Admitted = tuple[frozenset[int] | None, frozenset[int]]


class _Memo(Generic[Value]):
    """What was found out for a filter, remembered until the state changes; questions come with few filters."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: rows.State | None = None
        self._values: dict[Filter, Value] = {}

    def get(self, state: rows.State, where: Filter) -> Value | None:
        with self._lock:
            return self._values.get(where) if state == self._state else None

    def keep(self, state: rows.State, where: Filter, value: Value) -> Value:
        with self._lock:
            if state != self._state or len(self._values) >= _KEPT:
                self._state, self._values = state, {}
            self._values[where] = value
        return value


class SqliteStore(Traces):
    """The default Store. One process may write at a time, any number may read meanwhile."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.folder = folder
        self._folder = folder.absolute()  # where it was, when the process goes elsewhere
        path = self._folder / "pincite.db"
        try:
            if create:
                folder.mkdir(parents=True, exist_ok=True)
            found = path.is_file()
        except OSError as error:
            raise UsageError(
                f"{folder} cannot hold an index ({error.strerror}); name another folder with --data"
            ) from error
        if not create and not found:
            raise NotIndexedError(
                f"{folder} holds no index; make one with: pincite index FOLDER --data {folder}"
            )
        self._database = Database(path, create=create)
        self._engines: Engines | None = None
        self._refreshing = threading.Lock()
        self._published: _Memo[dict[str, str]] = _Memo()
        self._counted: _Memo[Counts] = _Memo()
        self._admitting: _Memo[_Admitted] = _Memo()
        self._described: _Memo[dict[str, DocumentInfo]] = _Memo()
        try:
            self._open(create)
        except BaseException:
            self._database.close()
            raise

    def _open(self, create: bool) -> None:
        path = self._database.path
        with self._database.reading() as db:
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if create and not tables:
                keep_log(db)
                db.executescript(rows.CREATE)
            elif not tables:
                raise NotIndexedError(
                    f"{path} is empty; fill it with: pincite index FOLDER --data {self.folder}"
                )
            elif not {"meta", "documents", "passages", "vectors"} <= tables:
                raise NotIndexedError(f"{path} is not an index of Pincite; name another folder with --data")
            (form,) = db.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() or ("unknown",)
            if form != str(SCHEMA):
                raise StoreError(
                    f"{path} is of form {form}, and this version reads form {SCHEMA}; remove it and index again"
                )

    @property
    def location(self) -> str:
        return str(self.folder)

    def close(self) -> None:
        with self._refreshing:
            self._database.close()
            self._engines = None

    # Reading the truth

    @property
    def settings(self) -> IndexSettings | None:
        with self._database.reading() as db:
            return rows.state(db).settings

    def counts(self, where: Filter = Filter()) -> Counts:
        with self._database.snapshot() as db:
            state = rows.state(db)
            if (known := self._counted.get(state, where)) is not None:
                return known
            condition, values = rows.compiled(where)
            admitted = f"FROM passages JOIN documents USING (doc_id) WHERE {condition}"
            (passages,) = db.execute(f"SELECT count(*) {admitted}", values).fetchone()
            # Without a filter a document counts that has no passage, too.
            among = f"doc_id IN (SELECT doc_id {admitted})" if where else "superseded_by = ''"
            documents, first, last = db.execute(
                "SELECT count(*), min(nullif(published, '')), max(nullif(published, '')) FROM documents"
                f" WHERE {among}",
                values if where else {},
            ).fetchone()
        counts = Counts(documents, passages, state.generation, first or "", last or "")
        return self._counted.keep(state, where, counts)

    def documents(self, doc_ids: Collection[str] | None = None) -> list[DocumentInfo]:
        if doc_ids is None:
            return self._infos("superseded_by = '' ORDER BY source_id, edition", {})
        # A question's candidates come from some hundred documents, and the next one's from many of the same.
        with self._database.snapshot() as db:
            state = rows.state(db)
            known = self._described.get(state, Filter()) or {}
            if unknown := [name for name in doc_ids if name not in known]:
                listed = db.execute(
                    f"SELECT {rows.INFO_COLUMNS} FROM documents WHERE doc_id IN (SELECT value FROM json_each(?))",
                    (rows.among(unknown),),
                )
                fresh = {info.doc_id: info for info in map(rows.info, listed)}
                self._described.keep(state, Filter(), (known if len(known) < _DESCRIBED else {}) | fresh)
                known = known | fresh
        found = {name: known[name] for name in doc_ids if name in known}
        return sorted(found.values(), key=lambda info: (info.source_id, info.edition))

    def editions(self, source_id: str) -> list[DocumentInfo]:
        return self._infos("source_id = :name ORDER BY edition DESC", {"name": source_id})

    def _infos(self, condition: str, values: dict[str, str]) -> list[DocumentInfo]:
        with self._database.reading() as db:
            found = db.execute(f"SELECT {rows.INFO_COLUMNS} FROM documents WHERE {condition}", values)
            return [rows.info(row) for row in found]

    def publishers(self) -> dict[str, str]:
        with self._database.snapshot() as db:
            state = rows.state(db)
            if (known := self._published.get(state, Filter())) is not None:
                return known
            found = db.execute(
                "SELECT publisher, voice FROM documents WHERE superseded_by = '' AND publisher <> ''"
                " GROUP BY publisher, voice ORDER BY count(*), voice"
            )
            return self._published.keep(state, Filter(), dict(found.fetchall()))

    def source_keys(self) -> dict[str, str]:
        with self._database.reading() as db:
            return dict(db.execute("SELECT doc_id, source_key FROM documents WHERE superseded_by = ''"))

    def aliases(self) -> list[Alias]:
        with self._database.reading() as db:
            found = db.execute("SELECT name, doc_id, origin, source_key FROM aliases ORDER BY name")
            return [Alias(*row) for row in found]

    def sources(self) -> dict[str, str]:
        with self._database.reading() as db:
            return dict(db.execute("SELECT origin, note FROM sources"))

    def document(self, name: str) -> Document:
        with self._database.reading() as db:
            row = db.execute(
                f"SELECT {rows.DOCUMENT_COLUMNS} FROM documents WHERE doc_id = ?1 OR source_id = ?1"
                " OR doc_id = (SELECT doc_id FROM aliases WHERE name = ?1)"
                " ORDER BY doc_id = ?1 DESC, source_id = ?1 DESC, edition DESC",
                (name,),
            ).fetchone()
        if row is None:
            raise NotIndexedError(f"no document {name!r} is indexed; pincite documents lists what is")
        return rows.document(row)

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        wanted = rows.among([int(number) for number in numbers])
        with self._database.reading() as db:
            found = db.execute(
                f"SELECT number, {rows.PASSAGE_COLUMNS} FROM passages"
                " WHERE number IN (SELECT value FROM json_each(?))",
                (wanted,),
            )
            return {number: rows.passage(row) for number, *row in found}

    def passages_of(self, doc_id: str) -> list[tuple[int, Passage]]:
        with self._database.reading() as db:
            found = db.execute(
                f"SELECT number, {rows.PASSAGE_COLUMNS} FROM passages WHERE doc_id = ? ORDER BY ordinal",
                (doc_id,),
            )
            return [(number, rows.passage(row)) for number, *row in found]

    # Changing the truth

    def put(self, entries: Sequence[Entry], settings: IndexSettings) -> None:
        with self._database.writing() as db:
            known = rows.state(db).settings
            if known is None:
                db.execute("INSERT INTO meta VALUES ('settings', ?)", (settings.to_json(),))
            elif differences := known.differences(settings):
                raise MismatchError(mismatch(self.location, differences))
            for entry in entries:
                info = entry.document.info
                info = replace(info, edition=rows.archive(db, info, settings.dimensions))
                document = replace(entry.document, info=info)
                rows.insert(db, replace(entry, document=document), settings.dimensions)
            rows.advance(db)

    def alias(self, aliases: Sequence[Alias]) -> None:
        with self._database.writing() as db:
            db.executemany("INSERT OR REPLACE INTO aliases VALUES (?, ?, ?, ?)", map(astuple, aliases))
            rows.advance(db)

    def unalias(self, names: Sequence[str]) -> int:
        with self._database.writing() as db:
            forgotten = sum(
                db.execute("DELETE FROM aliases WHERE name = ?", (name,)).rowcount for name in names
            )
            if forgotten:
                rows.advance(db)
            return forgotten

    def note_sources(self, notes: Mapping[str, str]) -> None:
        with self._database.writing() as db:
            db.executemany("INSERT OR REPLACE INTO sources VALUES (?, ?)", notes.items())
            db.execute("DELETE FROM sources WHERE note = ''")

    def remove(self, doc_ids: Sequence[str]) -> int:
        # Of the newest edition, the older ones go with it: who removes a source wants none of it kept.
        with self._database.writing() as db:
            removed = 0
            for name in doc_ids:
                removed += db.execute("SELECT count(*) FROM documents WHERE doc_id = ?", (name,)).fetchone()[
                    0
                ]
                db.execute(
                    "DELETE FROM documents WHERE doc_id = ?1 OR source_id ="
                    " (SELECT source_id FROM documents WHERE doc_id = ?1 AND superseded_by = '')",
                    (name,),
                )
            if removed:
                rows.advance(db)
            return removed

    # Searching what is derived

    def nearest(self, vector: np.ndarray, k: int, where: Filter, *, sentences: bool = False) -> list[Scored]:
        engines = self._fresh()
        if engines.state.settings is None:
            return []  # nothing was ever stored, so no width is wrong
        only, but = self._admitted(engines.state, where)
        found = engines.vectors.nearest(vector, k, sentences=sentences, only=only, but=but)
        return [Scored(number, score) for number, score in found]

    def best(self, question: str, k: int, where: Filter) -> list[Scored]:
        engines = self._fresh()
        only, but = self._admitted(engines.state, where)
        found = engines.lexical.best(question, k, only=only, but=but)
        return [Scored(number, score) for number, score in found]

    def similarities(self, vector: np.ndarray, numbers: Sequence[int]) -> list[Similarity | None]:
        engines = self._fresh()
        if engines.state.settings is None:
            return [None] * len(numbers)
        found = engines.vectors.similarities(vector, numbers)
        return [None if one is None else Similarity(one[0], tuple(one[1].tolist()), one[2]) for one in found]

    def centroid(self, numbers: Sequence[int]) -> np.ndarray:
        return self._fresh().vectors.centroid(numbers)

    def relevances(self, question: str, numbers: Sequence[int]) -> np.ndarray:
        return self._fresh().lexical.relevances(question, numbers)

    def frequencies(self, words: Sequence[str]) -> dict[str, int]:
        return self._fresh().lexical.frequencies(words)

    def refresh(self) -> None:
        self._fresh()

    def _admitted(self, state: rows.State, where: Filter) -> _Admitted:
        """The numbers of the passages that a filter lets through, or None for all but some, and those."""
        if (known := self._admitting.get(state, where)) is not None:
            return known
        condition, values = rows.compiled(where)
        if not where:  # most passages: it is cheaper to say which are not searched
            condition = f"NOT ({condition})"
        with self._database.reading() as db:
            found = frozenset(
                number
                for (number,) in db.execute(
                    f"SELECT number FROM passages JOIN documents USING (doc_id) WHERE {condition}", values
                )
            )
        return self._admitting.keep(state, where, (found, frozenset()) if where else (None, found))

    def _fresh(self) -> Engines:
        """What is derived from the present state: from memory, else from disk, else made anew."""
        with self._refreshing:
            with self._database.reading() as db:
                present = rows.state(db)
            if self._engines is None or self._engines.state != present:
                self._engines = None  # frees the old ones before new ones are read
                self._engines = up_to_date(self._database, self._folder)
            return self._engines

    # Looking for damage

    def check(self) -> list[str]:
        try:
            with self._database.snapshot() as db:
                wrong = list(checks.wrong(db))
                state = rows.state(db)
                (count,) = db.execute("SELECT count(*) FROM passages").fetchone()
            if wrong:
                return wrong  # what would be derived from it could not be trusted either
            engines = self._fresh()
        except StoreError as error:
            return [str(error)]
        # When another process has stored more meanwhile, there is nothing to compare with.
        sizes = ((VECTORS, len(engines.vectors)), (LEXICAL, len(engines.lexical)))
        return [
            f"{self._folder / name} holds {size} passages where the database holds {count};"
            " remove it, and it is made anew"
            for name, size in sizes
            if engines.state == state and size != count
        ]
