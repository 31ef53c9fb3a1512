"""Rows <-> values: the tables of the embedded store, what a row stands for, and what a filter means in SQL."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace

import numpy as np

from index.embed import Embedding
from index.errors import StoreError
from index.settings import SCHEMA, IndexSettings
from index.store import Entry
from index.types import (
    Block,
    Document,
    DocumentInfo,
    Filter,
    Mention,
    Page,
    Passage,
    Span,
    Speech,
    edition_id,
    passage_id,
)

# One transaction, so that a kill leaves all of it or nothing.
CREATE = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS documents (
    doc_id TEXT PRIMARY KEY, source_id TEXT NOT NULL, title TEXT NOT NULL, sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL, publisher TEXT NOT NULL, voice TEXT NOT NULL, published TEXT NOT NULL,
    url TEXT NOT NULL, licence TEXT NOT NULL, origin TEXT NOT NULL, dated_by TEXT NOT NULL,
    edition INTEGER NOT NULL, superseded_by TEXT NOT NULL,
    source_key TEXT NOT NULL, text TEXT NOT NULL, blocks TEXT NOT NULL, pages TEXT NOT NULL,
    speeches TEXT NOT NULL,
    digest TEXT NOT NULL, -- of the document with its passages and vectors, so that damage shows
    UNIQUE (source_id, edition)
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS newest ON documents (source_id) WHERE superseded_by = '';
CREATE TABLE IF NOT EXISTS aliases (
    name TEXT PRIMARY KEY, doc_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    origin TEXT NOT NULL, source_key TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS aliases_of ON aliases (doc_id);
CREATE TABLE IF NOT EXISTS sources (origin TEXT PRIMARY KEY, note TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS passages (
    -- AUTOINCREMENT: a number is never given twice, so that a stale reader misses a passage, never mistakes it
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    passage_id TEXT NOT NULL UNIQUE,
    doc_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    ordinal INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, text TEXT NOT NULL,
    heading TEXT NOT NULL, page INTEGER, paragraph TEXT, sentences TEXT NOT NULL, page_end INTEGER,
    page_label TEXT, boilerplate INTEGER NOT NULL, voice TEXT NOT NULL, speaker TEXT NOT NULL,
    published TEXT NOT NULL, speeches TEXT NOT NULL, dates TEXT NOT NULL,
    UNIQUE (doc_id, ordinal)
) STRICT;
CREATE INDEX IF NOT EXISTS asides ON passages (number) WHERE boilerplate;
CREATE TABLE IF NOT EXISTS copies (
    number INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE, origin TEXT NOT NULL
) STRICT;
-- What copies were last looked for by; without a reference, so that it is known what went since.
CREATE TABLE IF NOT EXISTS traces (
    number INTEGER PRIMARY KEY, keys BLOB NOT NULL, "when" TEXT NOT NULL, document TEXT NOT NULL,
    ordinal INTEGER NOT NULL, passage_id TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS vectors (
    number INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
    passage BLOB NOT NULL, sentences BLOB NOT NULL
) STRICT;
INSERT OR IGNORE INTO meta VALUES ('schema', '{SCHEMA}');
COMMIT;
"""
INFO = tuple(field.name for field in fields(DocumentInfo) if field.name != "also")
_OWN = (*INFO, "text", "blocks", "pages", "speeches")
_PASSAGE = tuple(field.name for field in fields(Passage) if field.name != "copy_of")
_PARTS = {"blocks": Block, "pages": Page, "speeches": Speech, "sentences": Span, "dates": Mention}
"""Columns that hold a list of values as JSON, an array of fields each."""
_PASSAGE_PARTS = tuple(name for name in _PASSAGE if name in _PARTS)
INFO_COLUMNS = (
    ", ".join(f"documents.{name}" for name in INFO)
    + ", (SELECT json_group_array(name) FROM (SELECT name FROM aliases"
    " WHERE aliases.doc_id = documents.doc_id ORDER BY name))"
)
DOCUMENT_COLUMNS = f"{INFO_COLUMNS}, " + ", ".join(f"documents.{name}" for name in _OWN[len(INFO) :])
PASSAGE_COLUMNS = (
    ", ".join(f'passages."{name}"' for name in _PASSAGE)
    + ", ifnull((SELECT origin FROM copies WHERE copies.number = passages.number), '')"
)


@dataclass(frozen=True, slots=True)
class State:
    """What the database holds at a moment. Equal states are equal contents, also after a copy was put back:
    the stamp is drawn anew with every change, where a generation may come twice."""

    generation: int
    stamp: str
    settings: IndexSettings | None


def state(db: sqlite3.Connection) -> State:
    meta = dict(db.execute("SELECT key, value FROM meta"))
    try:
        settings = IndexSettings.from_json(meta["settings"]) if "settings" in meta else None
        return State(int(meta.get("generation", 0)), meta.get("stamp", ""), settings)
    except (TypeError, ValueError) as error:
        raise damaged("its settings", error) from error


def advance(db: sqlite3.Connection) -> None:
    """Moves the state on, as the last step of every change."""
    db.executemany(
        "INSERT OR REPLACE INTO meta VALUES (?, ?)",
        [("generation", str(state(db).generation + 1)), ("stamp", secrets.token_hex(8))],
    )


def insert(db: sqlite3.Connection, entry: Entry, dimensions: int) -> None:
    """Stores a document with its passages in place of the one of the same id. ValueError for a wrong width."""
    document = entry.document
    rows = [
        (_passage_row(passage), *_blobs(passage, embedding.passage, embedding.sentences, dimensions))
        for passage, embedding in zip(entry.passages, entry.embeddings, strict=True)
    ]
    own = _row(document, _OWN, document.info)
    db.execute("DELETE FROM documents WHERE doc_id = ?", (document.info.doc_id,))
    db.execute(
        f"INSERT INTO documents ({', '.join(_OWN)}, source_key, digest)"
        f" VALUES ({', '.join('?' * (len(own) + 2))})",
        (*own, entry.source_key, digest((*own, entry.source_key), rows)),
    )
    columns = ", ".join(f'"{name}"' for name in _PASSAGE)
    for row, *vectors in rows:
        number = db.execute(
            f"INSERT INTO passages ({columns}) VALUES ({', '.join('?' * len(row))})", row
        ).lastrowid
        db.execute("INSERT INTO vectors VALUES (?, ?, ?)", (number, *vectors))


def archive(db: sqlite3.Connection, newer: DocumentInfo, dimensions: int) -> int:
    """Makes what is stored of a document an older edition if its content is another; the newer one's number."""
    stored = entry(db, newer.doc_id, dimensions)
    if stored is None:
        return 1
    info = stored.document.info
    if info.sha256 == newer.sha256:
        return info.edition
    older = replace(info, doc_id=edition_id(info), superseded_by=newer.sha256, also=())
    passages = tuple(
        replace(one, doc_id=older.doc_id, passage_id=passage_id(older.doc_id, one.start, one.end), copy_of="")
        for one in stored.passages
    )
    # What was the newest once more is so no longer: its own older edition goes, as it is the same.
    db.execute("DELETE FROM documents WHERE doc_id IN (?, ?)", (info.doc_id, older.doc_id))
    insert(db, replace(stored, document=replace(stored.document, info=older), passages=passages), dimensions)
    return info.edition + 1


def entry(db: sqlite3.Connection, doc_id: str, dimensions: int) -> Entry | None:
    """What is stored of a document, as it was put; None if it is not there."""
    row = db.execute(
        f"SELECT {DOCUMENT_COLUMNS}, source_key FROM documents WHERE doc_id = ?", (doc_id,)
    ).fetchone()
    if row is None:
        return None
    passages, embeddings = [], []
    for own, sentences, *columns in passages_with_vectors(db, doc_id):
        passages.append(passage(columns))
        try:
            matrix = np.frombuffer(sentences, "<f4").reshape(-1, dimensions)
            embeddings.append(Embedding(np.frombuffer(own, "<f4"), matrix))
        except ValueError as error:
            raise damaged(f"the vectors of passage {columns[0]}", error) from error
    return Entry(document(row[:-1]), tuple(passages), tuple(embeddings), row[-1])


def passages_with_vectors(db: sqlite3.Connection, doc_id: str) -> sqlite3.Cursor:
    return db.execute(
        f"SELECT vectors.passage, vectors.sentences, {PASSAGE_COLUMNS} FROM passages JOIN vectors USING (number)"
        " WHERE doc_id = ? ORDER BY ordinal",
        (doc_id,),
    )


def info(row: Sequence) -> DocumentInfo:
    """From INFO_COLUMNS."""
    *own, also = row
    return DocumentInfo(**dict(zip(INFO, own, strict=True)), also=tuple(json.loads(also)))


def document(row: Sequence) -> Document:
    """From DOCUMENT_COLUMNS."""
    at = len(INFO) + 1
    try:
        _expect(str, *(value for name, value in zip(INFO, row, strict=False) if name != "edition"))
        _expect(str, row[at])
        parts = [_parts(name, value) for name, value in zip(_OWN[at:], row[at + 1 :], strict=True)]
        return Document(info(row[:at]), row[at], *parts)
    except (TypeError, ValueError) as error:
        raise damaged(str(row[1]), error) from error


def passage(row: Sequence) -> Passage:
    """From PASSAGE_COLUMNS."""
    named = dict(zip(_PASSAGE, row, strict=False))
    try:
        _expect(
            str, *(named[name] for name in ("passage_id", "doc_id", "text", "heading", "voice", "speaker"))
        )
        _expect(int, *(named[name] for name in ("ordinal", "start", "end", "boilerplate")))
        for name in _PASSAGE_PARTS:
            named[name] = _parts(name, named[name])
        named["boilerplate"] = bool(named["boilerplate"])
        return Passage(**named, copy_of=row[-1])
    except (TypeError, ValueError) as error:
        raise damaged(f"passage {named['passage_id']}", error) from error


def vectors(db: sqlite3.Connection, column: str, dimensions: int) -> Iterator[tuple[int, np.ndarray]]:
    """Each passage's number and its matrix (n, d): of its own vector ("passage") or of its "sentences"."""
    for number, blob in db.execute(f"SELECT number, {column} FROM vectors ORDER BY number"):
        try:
            yield number, np.frombuffer(blob, "<f4").reshape(-1, dimensions)
        except ValueError as error:
            raise damaged(f"the vectors of passage {number}", error) from error


def runs(db: sqlite3.Connection) -> Iterator[tuple[int, int]]:
    """(first, last) numbers of passages that stand together in a document, boilerplate aside, in order.

    A document's passages are numbered in one go, so within it numbers follow each other without a gap.
    """
    yield from db.execute(
        "SELECT min(number), max(number) FROM (SELECT number, doc_id, number - row_number() OVER"
        " (PARTITION BY doc_id, boilerplate ORDER BY number) AS run, boilerplate FROM passages)"
        " GROUP BY doc_id, boilerplate, run ORDER BY 1"
    )


def compiled(where: Filter) -> tuple[str, dict[str, str]]:
    """A condition on `passages JOIN documents` that is true when `where.admits`, and the values to bind."""
    conditions, values = ["TRUE"], {}
    if not where.boilerplate:
        conditions.append("NOT boilerplate")
    if not where.editions:
        conditions.append("superseded_by = ''")
    for name, column, wanted in (
        ("voices", "ifnull(nullif(passages.voice, ''), documents.voice)", where.voices),
        ("publishers", "publisher", where.publishers),
        ("kinds", "media_type", where.kinds),
    ):
        if wanted:
            conditions.append(f"{column} IN (SELECT value FROM json_each(:{name}))")
            values[name] = among(wanted)
    if where.documents:
        listed = "(SELECT value FROM json_each(:documents))"
        conditions.append(
            f"(documents.doc_id IN {listed} OR source_id IN {listed}"
            f" OR documents.doc_id IN (SELECT doc_id FROM aliases WHERE name IN {listed}))"
        )
        values["documents"] = among(where.documents)
    published = "ifnull(nullif(passages.published, ''), documents.published)"
    for name, comparison, bound in (
        ("since", ">=", where.published_from),
        ("until", "<=", where.published_to),
    ):
        if bound:
            conditions.append(
                f"{published} <> '' AND substr({published}, 1, length(:{name}))"
                f" {comparison} substr(:{name}, 1, length({published}))"
            )
            values[name] = bound
    if where.about_from or where.about_to:
        # A mention is [start, end, since, until]; its days are whole, the bounds may be months or years.
        conditions.append(
            "EXISTS (SELECT 1 FROM json_each(passages.dates) AS date WHERE"
            " substr(date.value ->> 3, 1, length(:about_from)) >= :about_from AND"
            " (:about_to = '' OR substr(date.value ->> 2, 1, length(:about_to)) <= :about_to))"
        )
        values |= {"about_from": where.about_from, "about_to": where.about_to}
    return " AND ".join(conditions), values


def among(values: Collection[str] | Collection[int]) -> str:
    """Values as one parameter, to be read with json_each: their number has no limit."""
    return json.dumps(list(values))


def _expect(kind: type, *values: object) -> None:
    """TypeError for anything else: a flipped bit can turn a text into bytes, and a number into nothing."""
    for value in values:
        if not isinstance(value, kind):
            raise TypeError(f"{type(value).__name__} in place of {kind.__name__}")


def damaged(what: str, error: Exception) -> StoreError:
    return StoreError(
        f"{what} cannot be read from the database ({error}); restore it from a copy, or index anew"
    )


def _parts(name: str, value: object) -> tuple:
    """The values that a column of JSON holds."""
    if value == "[]":  # as most are, and a question reads some hundred rows
        return ()
    _expect(str, value)
    return tuple(_PARTS[name](*fields) for fields in json.loads(str(value)))


def _row(value: Document | Passage, columns: Sequence[str], info: DocumentInfo | None = None) -> tuple:
    """A value's columns, lists as JSON."""
    row = []
    for name in columns:
        field = getattr(info if info is not None and name in INFO else value, name)
        if name in _PARTS:
            field = json.dumps([astuple(part) for part in field])
        row.append(int(field) if isinstance(field, bool) else field)  # as it is read again, for the digest
    return tuple(row)


def _passage_row(passage: Passage) -> tuple:
    return _row(passage, _PASSAGE)


def _blobs(passage: Passage, own: np.ndarray, sentences: np.ndarray, dimensions: int) -> tuple[bytes, bytes]:
    wanted = (dimensions,), (len(passage.sentences), dimensions)
    # No row of no width: numpy writes an empty matrix in several shapes.
    if own.shape != wanted[0] or (sentences.shape != wanted[1] and sentences.size + len(passage.sentences)):
        raise ValueError(
            f"passage {passage.passage_id} needs vectors of shapes {wanted}, not {own.shape} and {sentences.shape}"
        )
    return own.astype("<f4").tobytes(), sentences.astype("<f4").tobytes()


def digest(row: tuple, passages: list[tuple[tuple, bytes, bytes]]) -> str:
    # By repr, what damage turned into another type has a digest too.
    digest = hashlib.sha256(json.dumps(row, default=repr).encode())
    for columns, own, sentences in passages:
        digest.update(json.dumps(columns, default=repr).encode())
        digest.update(own)
        digest.update(sentences)
    return digest.hexdigest()
