"""The embedded store: a folder with a SQLite database, which is the truth, and two indexes derived from it."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import tempfile
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
from filelock import FileLock

from index import derived
from index.errors import MismatchError, NotIndexedError, StoreError
from index.lexical import LexicalIndex
from index.settings import SCHEMA, IndexSettings
from index.store import Counts, Entry, Scored, Similarity, mismatch
from index.text import clean
from index.types import Block, Document, DocumentInfo, Filter, Page, Passage, Span, in_order
from index.vectors import VectorIndex

log = logging.getLogger(__name__)

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS documents (
    doc_id TEXT PRIMARY KEY, source_id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL, publisher TEXT NOT NULL, voice TEXT NOT NULL, published TEXT NOT NULL,
    url TEXT NOT NULL, licence TEXT NOT NULL, origin TEXT NOT NULL,
    source_key TEXT NOT NULL, text TEXT NOT NULL, blocks TEXT NOT NULL, pages TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS passages (
    -- AUTOINCREMENT: a number is never given twice, so that a stale reader misses a passage, never mistakes it
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    passage_id TEXT NOT NULL UNIQUE,
    doc_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    ordinal INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, text TEXT NOT NULL,
    heading TEXT NOT NULL, page INTEGER, paragraph TEXT, sentences TEXT NOT NULL,
    UNIQUE (doc_id, ordinal)
) STRICT;
CREATE TABLE IF NOT EXISTS vectors (
    number INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
    passage BLOB NOT NULL, sentences BLOB NOT NULL
) STRICT;
"""
_INFO = tuple(field.name for field in fields(DocumentInfo))
_INFO_COLUMNS = ", ".join(f"documents.{name}" for name in _INFO)
_PASSAGE_COLUMNS = (
    'passage_id, doc_id, ordinal, start, "end", passages.text, heading, page, paragraph, passages.sentences'
)


@dataclass(frozen=True, slots=True)
class _Derived:
    generation: int
    vectors: VectorIndex
    lexical: LexicalIndex


class SqliteStore:
    """The default Store. One process may write at a time, any number may read meanwhile."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.folder = folder
        self._path = folder / "pincite.db"
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._connecting = threading.Lock()
        self._refreshing = threading.Lock()
        self._derived: _Derived | None = None
        if create:
            folder.mkdir(parents=True, exist_ok=True)
        elif not self._path.is_file():
            raise NotIndexedError(
                f"{folder} holds no index; make one with: pincite index FOLDER --data {folder}"
            )
        self._writable = os.access(folder, os.W_OK)
        with self._reading() as db:
            if create:
                db.execute("PRAGMA journal_mode = WAL")
                db.executescript(_TABLES)
                db.execute("INSERT OR IGNORE INTO meta VALUES ('schema', ?)", (str(SCHEMA),))
            self._check_schema(db)

    @property
    def location(self) -> str:
        return str(self.folder)

    # Reading the truth

    @property
    def settings(self) -> IndexSettings | None:
        with self._reading() as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'settings'").fetchone()
        return IndexSettings.from_json(row[0]) if row else None

    def counts(self, doc_ids: Collection[str] | None = None) -> Counts:
        among = "" if doc_ids is None else "WHERE doc_id IN (SELECT value FROM json_each(?1))"
        values = () if doc_ids is None else (json.dumps(list(doc_ids)),)
        with self._reading() as db:
            documents, passages = db.execute(
                f"SELECT (SELECT count(*) FROM documents {among}), (SELECT count(*) FROM passages {among})",
                values,
            ).fetchone()
            return Counts(documents, passages, _generation(db))

    def documents(self, doc_ids: Collection[str] | None = None) -> list[DocumentInfo]:
        among = "" if doc_ids is None else "WHERE doc_id IN (SELECT value FROM json_each(?))"
        values = () if doc_ids is None else (json.dumps(list(doc_ids)),)
        with self._reading() as db:
            rows = db.execute(f"SELECT {_INFO_COLUMNS} FROM documents {among} ORDER BY source_id", values)
            return [DocumentInfo(*row) for row in rows]

    def source_keys(self) -> dict[str, str]:
        with self._reading() as db:
            return dict(db.execute("SELECT doc_id, source_key FROM documents"))

    def document(self, name: str) -> Document:
        with self._reading() as db:
            row = db.execute(
                f"SELECT {_INFO_COLUMNS}, text, blocks, pages FROM documents WHERE doc_id = ?1 OR source_id = ?1"
                " ORDER BY doc_id = ?1 DESC",
                (name,),
            ).fetchone()
        if row is None:
            raise NotIndexedError(f"no document {name!r} is indexed; pincite documents lists what is")
        *info, text, blocks, pages = row
        return Document(
            info=DocumentInfo(*info),
            text=text,
            blocks=tuple(Block(*block) for block in json.loads(blocks)),
            pages=tuple(Page(*page) for page in json.loads(pages)),
        )

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        with self._reading() as db:
            rows = db.execute(
                f"SELECT number, {_PASSAGE_COLUMNS} FROM passages WHERE number IN (SELECT value FROM json_each(?))",
                (json.dumps(list(numbers)),),
            )
            return {number: _passage(row) for number, *row in rows}

    def passages_of(self, doc_id: str) -> list[tuple[int, Passage]]:
        with self._reading() as db:
            rows = db.execute(
                f"SELECT number, {_PASSAGE_COLUMNS} FROM passages WHERE doc_id = ? ORDER BY ordinal",
                (doc_id,),
            )
            return [(number, _passage(row)) for number, *row in rows]

    # Changing the truth

    def put(self, entries: Sequence[Entry], settings: IndexSettings) -> None:
        with self._writing() as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'settings'").fetchone()
            if row is None:
                db.execute("INSERT INTO meta VALUES ('settings', ?)", (settings.to_json(),))
            elif differences := IndexSettings.from_json(row[0]).differences(settings):
                raise MismatchError(mismatch(self.location, differences))
            for entry in entries:
                _insert(db, entry)

    def remove(self, doc_ids: Sequence[str]) -> int:
        with self._writing() as db:
            return sum(db.execute("DELETE FROM documents WHERE doc_id = ?", (d,)).rowcount for d in doc_ids)

    # Searching what is derived

    def nearest(self, vector: np.ndarray, k: int, where: Filter, *, sentences: bool = False) -> list[Scored]:
        found = self._fresh().vectors.nearest(vector, k, sentences=sentences, only=self._admitted(where))
        return [Scored(number, score) for number, score in found]

    def best(self, question: str, k: int, where: Filter) -> list[Scored]:
        found = self._fresh().lexical.best(question, k, only=self._admitted(where))
        return [Scored(number, score) for number, score in found]

    def similarities(self, vector: np.ndarray, numbers: Sequence[int]) -> list[Similarity | None]:
        found = self._fresh().vectors.similarities(vector, numbers)
        return [None if one is None else Similarity(one[0], tuple(one[1].tolist())) for one in found]

    def relevances(self, question: str, numbers: Sequence[int]) -> np.ndarray:
        return self._fresh().lexical.relevances(question, numbers)

    def frequencies(self, words: Sequence[str]) -> dict[str, int]:
        return self._fresh().lexical.frequencies(words)

    def refresh(self) -> None:
        self._fresh()

    def _admitted(self, where: Filter) -> list[int] | None:
        """The numbers of the passages that a filter lets through; None for all."""
        if not where:
            return None
        admitted = [info.doc_id for info in self.documents() if where.admits(info)]
        with self._reading() as db:
            rows = db.execute(
                "SELECT number FROM passages WHERE doc_id IN (SELECT value FROM json_each(?))",
                (json.dumps(admitted),),
            )
            return [number for (number,) in rows]

    def _fresh(self) -> _Derived:
        """What is derived from the present generation: from memory, else from disk, else made anew."""
        with self._refreshing, self._reading() as db:
            db.execute("BEGIN")  # one snapshot for the generation and all that is read for it
            generation = _generation(db)
            if self._derived is None or self._derived.generation != generation:
                self._derived = None  # frees the old one before the new one is read
                self._derived = self._load_or_build(db, generation)
            return self._derived

    def _load_or_build(self, db: sqlite3.Connection, generation: int) -> _Derived:
        vectors, lexical = self.folder / "vectors.faiss", self.folder / "lexical"
        if not self._writable:
            # A folder that may only be read is served all the same; what is derived then lives in memory.
            with tempfile.TemporaryDirectory() as folder:
                return _Derived(generation, self._vectors(db), _write_lexical(db, Path(folder) / "lexical"))
        with FileLock(self.folder / "derived.lock"):
            if not derived.is_fresh(vectors, generation):
                log.info("rebuilding %s", vectors)
                derived.replace(vectors, generation, self._vectors(db).write)
            if not derived.is_fresh(lexical, generation):
                log.info("rebuilding %s", lexical)
                derived.replace(lexical, generation, lambda folder: _write_lexical(db, folder))
            return _Derived(generation, VectorIndex.read(vectors), LexicalIndex.read(lexical))

    def _vectors(self, db: sqlite3.Connection) -> VectorIndex:
        settings = db.execute("SELECT value FROM meta WHERE key = 'settings'").fetchone()
        dimensions = IndexSettings.from_json(settings[0]).dimensions if settings else 1
        rows = db.execute("SELECT number, passage, sentences FROM vectors ORDER BY number")
        return VectorIndex.build(
            dimensions,
            (
                (number, np.frombuffer(own, "<f4"), np.frombuffer(sentences, "<f4").reshape(-1, dimensions))
                for number, own, sentences in rows
            ),
        )

    # Looking for damage

    def check(self) -> list[str]:
        wrong: list[str] = []
        with self._reading() as db:
            db.execute("BEGIN")
            wrong += [
                f"the database is damaged: {row[0]}"
                for row in db.execute("PRAGMA integrity_check(10)")
                if row[0] != "ok"
            ]
            wrong += [
                f"the database has a dangling row in {row[0]}"
                for row in db.execute("PRAGMA foreign_key_check")
            ]
            (bare,) = db.execute(
                "SELECT count(*) FROM passages LEFT JOIN vectors USING (number) WHERE vectors.number IS NULL"
            ).fetchone()
            if bare:
                wrong.append(f"{bare} passages have no vector")
            names = [row[0] for row in db.execute("SELECT doc_id FROM documents ORDER BY source_id")]
            count = db.execute("SELECT count(*) FROM passages").fetchone()[0]
        for name in names:
            wrong += self._check_document(self.document(name))
        fresh = self._fresh()
        for kind, size in (("vectors.faiss", len(fresh.vectors)), ("lexical", len(fresh.lexical))):
            if size != count:
                wrong.append(f"{kind} holds {size} passages where the database holds {count}")
        return wrong

    def _check_document(self, document: Document) -> Iterator[str]:
        name = document.info.source_id
        passages = [passage for _, passage in self.passages_of(document.info.doc_id)]
        if not in_order(passages) or [p.ordinal for p in passages] != list(range(len(passages))):
            yield f"{name}: its passages are out of order"
        for passage in passages:
            if document.text[passage.start : passage.end] != passage.text:
                yield f"{name}: passage {passage.passage_id} is not the text at its offsets"
            if any(not passage.start <= s.start < s.end <= passage.end for s in passage.sentences):
                yield f"{name}: passage {passage.passage_id} has a sentence outside itself"

    # Connections

    def close(self) -> None:
        with self._refreshing, self._connecting:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._local = threading.local()
            self._derived = None

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        db = getattr(self._local, "db", None)
        try:
            if db is None:
                db = self._local.db = self._connect()
            yield db
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"{self._path} cannot be used ({error}); restore it from a copy, or remove it and index again"
            ) from error
        finally:
            if db is not None and db.in_transaction:
                db.rollback()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that moves the generation on."""
        with self._reading() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute(
                "INSERT INTO meta VALUES ('generation', '1')"
                " ON CONFLICT DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)"
            )
            db.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        # Without the right to write there can be no log beside the database, which SQLite must then be told.
        mode = "mode=rwc" if self._writable else "mode=ro&immutable=1"
        db = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?{mode}",
            uri=True,
            timeout=60,
            isolation_level=None,
            check_same_thread=False,
        )
        with self._connecting:
            self._connections.append(db)
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        return db

    def _check_schema(self, db: sqlite3.Connection) -> None:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'passages'").fetchone():
            raise NotIndexedError(f"{self._path} is not an index of Pincite; name another folder with --data")
        (form,) = db.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
        if form != str(SCHEMA):
            raise StoreError(
                f"{self._path} is of form {form}, and this version reads form {SCHEMA}; index anew"
            )


def _generation(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
    return int(row[0]) if row else 0


def _insert(db: sqlite3.Connection, entry: Entry) -> None:
    document = entry.document
    db.execute("DELETE FROM documents WHERE doc_id = ?", (document.info.doc_id,))
    db.execute(
        f"INSERT INTO documents ({', '.join(_INFO)}, source_key, text, blocks, pages)"
        f" VALUES ({', '.join('?' * (len(_INFO) + 4))})",
        (
            *astuple(document.info),
            entry.source_key,
            document.text,
            json.dumps([astuple(block) for block in document.blocks]),
            json.dumps([astuple(page) for page in document.pages]),
        ),
    )
    for passage, embedding in zip(entry.passages, entry.embeddings, strict=True):
        number = db.execute(
            f"INSERT INTO passages ({_PASSAGE_COLUMNS.replace('passages.', '')}) VALUES (?,?,?,?,?,?,?,?,?,?)",
            (
                passage.passage_id,
                passage.doc_id,
                passage.ordinal,
                passage.start,
                passage.end,
                passage.text,
                passage.heading,
                passage.page,
                passage.paragraph,
                json.dumps([astuple(span) for span in passage.sentences]),
            ),
        ).lastrowid
        own, sentences = embedding.passage.astype("<f4"), embedding.sentences.astype("<f4")
        db.execute("INSERT INTO vectors VALUES (?, ?, ?)", (number, own.tobytes(), sentences.tobytes()))


def _passage(row: list) -> Passage:
    *columns, sentences = row
    return Passage(*columns, sentences=tuple(Span(*span) for span in json.loads(sentences)))


def _write_lexical(db: sqlite3.Connection, folder: Path) -> LexicalIndex:
    folder.mkdir(parents=True)
    rows = db.execute(
        "SELECT number, title || ' ' || heading, passages.text FROM passages JOIN documents USING (doc_id)"
        " ORDER BY number"
    )
    return LexicalIndex.build(folder, ((number, f"{names} {clean(text)}") for number, names, text in rows))
