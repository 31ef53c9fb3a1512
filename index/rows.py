"""Rows <-> values: the tables of the embedded store, what a row stands for, and what a filter means in SQL."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import astuple, dataclass, fields

import numpy as np

from index.errors import StoreError
from index.settings import SCHEMA, IndexSettings
from index.store import Entry
from index.types import Block, Document, DocumentInfo, Filter, Page, Passage, Span, in_order

# One transaction, so that a kill leaves all of it or nothing.
CREATE = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS documents (
    doc_id TEXT PRIMARY KEY, source_id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL, publisher TEXT NOT NULL, voice TEXT NOT NULL, published TEXT NOT NULL,
    url TEXT NOT NULL, licence TEXT NOT NULL, origin TEXT NOT NULL,
    source_key TEXT NOT NULL, text TEXT NOT NULL, blocks TEXT NOT NULL, pages TEXT NOT NULL,
    digest TEXT NOT NULL -- of the document with its passages and vectors, so that damage shows
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
INSERT OR IGNORE INTO meta VALUES ('schema', '{SCHEMA}');
COMMIT;
"""
_INFO = tuple(field.name for field in fields(DocumentInfo))
INFO_COLUMNS = ", ".join(f"documents.{name}" for name in _INFO)
DOCUMENT_COLUMNS = f"{INFO_COLUMNS}, documents.text, blocks, pages"
PASSAGE_COLUMNS = (
    'passage_id, passages.doc_id, ordinal, start, "end", passages.text, heading, page, paragraph,'
    " passages.sentences"
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
    own = (
        *astuple(document.info),
        document.text,
        json.dumps([astuple(block) for block in document.blocks]),
        json.dumps([astuple(page) for page in document.pages]),
    )
    db.execute("DELETE FROM documents WHERE doc_id = ?", (document.info.doc_id,))
    db.execute(
        f"INSERT INTO documents ({', '.join(_INFO)}, text, blocks, pages, source_key, digest)"
        f" VALUES ({', '.join('?' * (len(own) + 2))})",
        (*own, entry.source_key, _digest((*own, entry.source_key), rows)),
    )
    for row, *vectors in rows:
        number = db.execute(
            f"INSERT INTO passages ({PASSAGE_COLUMNS.replace('passages.', '')}) VALUES (?,?,?,?,?,?,?,?,?,?)",
            row,
        ).lastrowid
        db.execute("INSERT INTO vectors VALUES (?, ?, ?)", (number, *vectors))


def document(row: tuple) -> Document:
    """From DOCUMENT_COLUMNS."""
    *info, text, blocks, pages = row
    try:
        _expect(str, *row)
        return Document(
            info=DocumentInfo(*info),
            text=text,
            blocks=tuple(Block(*block) for block in json.loads(blocks)),
            pages=tuple(Page(*page) for page in json.loads(pages)),
        )
    except (TypeError, ValueError) as error:
        raise damaged(str(info[1]), error) from error


def passage(row: list) -> Passage:
    """From PASSAGE_COLUMNS."""
    name, doc_id, ordinal, start, end, text, heading, page, paragraph, sentences = row
    try:
        _expect(str, name, doc_id, text, heading, sentences)
        _expect(int, ordinal, start, end)
        spans = tuple(Span(*span) for span in json.loads(sentences))
        return Passage(name, doc_id, ordinal, start, end, text, heading, page, paragraph, spans)
    except (TypeError, ValueError) as error:
        raise damaged(f"passage {name}", error) from error


def vectors(db: sqlite3.Connection, column: str, dimensions: int) -> Iterator[tuple[int, np.ndarray]]:
    """Each passage's number and its matrix (n, d): of its own vector ("passage") or of its "sentences"."""
    for number, blob in db.execute(f"SELECT number, {column} FROM vectors ORDER BY number"):
        try:
            yield number, np.frombuffer(blob, "<f4").reshape(-1, dimensions)
        except ValueError as error:
            raise damaged(f"the vectors of passage {number}", error) from error


def compiled(where: Filter) -> tuple[str, dict[str, str]]:
    """A condition on `documents` that is true when `where.admits`, and the values to bind."""
    conditions, values = ["TRUE"], {}
    for name, column, wanted in (
        ("voices", "voice IN", where.voices),
        ("publishers", "publisher IN", where.publishers),
    ):
        if wanted:
            conditions.append(f"{column} (SELECT value FROM json_each(:{name}))")
            values[name] = among(wanted)
    if where.documents:
        listed = "(SELECT value FROM json_each(:documents))"
        conditions.append(f"(doc_id IN {listed} OR source_id IN {listed})")
        values["documents"] = among(where.documents)
    for name, comparison, bound in (
        ("since", ">=", where.published_from),
        ("until", "<=", where.published_to),
    ):
        if bound:
            conditions.append(
                f"published <> '' AND substr(published, 1, length(:{name}))"
                f" {comparison} substr(:{name}, 1, length(published))"
            )
            values[name] = bound
    return " AND ".join(conditions), values


def among(values: Collection[str] | Collection[int]) -> str:
    """Values as one parameter, to be read with json_each: their number has no limit."""
    return json.dumps(list(values))


def wrong(db: sqlite3.Connection) -> Iterator[str]:
    """What is wrong with the database, a sentence each."""
    for (said,) in db.execute("PRAGMA integrity_check(10)"):
        if said != "ok":
            yield f"the database is damaged: {said}"
    for row in db.execute("PRAGMA foreign_key_check"):
        yield f"the database has a dangling row in {row[0]}"
    (bare,) = db.execute(
        "SELECT count(*) FROM passages LEFT JOIN vectors USING (number) WHERE vectors.number IS NULL"
    ).fetchone()
    if bare:
        yield f"{bare} passages have no vector"
    for *row, source_key, digest in db.execute(
        f"SELECT {DOCUMENT_COLUMNS}, source_key, digest FROM documents ORDER BY source_id"
    ):
        passages = db.execute(
            f"SELECT vectors.passage, vectors.sentences, {PASSAGE_COLUMNS} FROM passages JOIN vectors USING (number)"
            " WHERE doc_id = ? ORDER BY ordinal",
            (row[0],),
        )
        rows = [(tuple(columns), own, sentences) for own, sentences, *columns in passages]
        try:
            yield from _wrong_document(
                document(tuple(row)), [passage(list(columns)) for columns, _, _ in rows]
            )
        except StoreError as error:
            yield str(error)
        if _digest((*row, source_key), rows) != digest:
            yield f"{row[1]}: what is stored of it is not what was put there; remove it and index it again"


def _wrong_document(document: Document, passages: list[Passage]) -> Iterator[str]:
    info, name = document.info, document.info.source_id
    as_read = info.media_type in ("text/plain", "text/markdown")  # stored to the byte
    if as_read and hashlib.sha256(document.text.encode()).hexdigest() != info.sha256:
        yield f"{name}: its text is not that of the file with the hash {info.sha256}"
    if not in_order(passages) or [p.ordinal for p in passages] != list(range(len(passages))):
        yield f"{name}: its passages are out of order"
    for passage in passages:
        if document.text[passage.start : passage.end] != passage.text:
            yield f"{name}: passage {passage.passage_id} is not the text at its offsets"
        if any(not passage.start <= s.start < s.end <= passage.end for s in passage.sentences):
            yield f"{name}: passage {passage.passage_id} has a sentence outside itself"


def _expect(kind: type, *values: object) -> None:
    """TypeError for anything else: a flipped bit can turn a text into bytes, and a number into nothing."""
    for value in values:
        if not isinstance(value, kind):
            raise TypeError(f"{type(value).__name__} in place of {kind.__name__}")


def damaged(what: str, error: Exception) -> StoreError:
    return StoreError(
        f"{what} cannot be read from the database ({error}); restore it from a copy, or index anew"
    )


def _passage_row(passage: Passage) -> tuple:
    return (
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
    )


def _blobs(passage: Passage, own: np.ndarray, sentences: np.ndarray, dimensions: int) -> tuple[bytes, bytes]:
    wanted = (dimensions,), (len(passage.sentences), dimensions)
    # No row of no width: numpy writes an empty matrix in several shapes.
    if own.shape != wanted[0] or (sentences.shape != wanted[1] and sentences.size + len(passage.sentences)):
        raise ValueError(
            f"passage {passage.passage_id} needs vectors of shapes {wanted}, not {own.shape} and {sentences.shape}"
        )
    return own.astype("<f4").tobytes(), sentences.astype("<f4").tobytes()


def _digest(row: tuple, passages: list[tuple[tuple, bytes, bytes]]) -> str:
    # By repr, what damage turned into another type has a digest too.
    digest = hashlib.sha256(json.dumps(row, default=repr).encode())
    for columns, own, sentences in passages:
        digest.update(json.dumps(columns, default=repr).encode())
        digest.update(own)
        digest.update(sentences)
    return digest.hexdigest()
