"""Looking for damage: whether a database holds what was put there, and every offset is true."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator

from index import rows
from index.errors import StoreError
from index.types import Document, Passage, in_order


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
        f"SELECT {rows.DOCUMENT_COLUMNS}, source_key, digest FROM documents ORDER BY source_id, edition"
    ):
        stored = [
            (tuple(columns[:-1]), own, sentences)
            for own, sentences, *columns in rows.passages_with_vectors(db, row[0])
        ]
        try:
            yield from _wrong_document(
                rows.document(row), [rows.passage((*columns, "")) for columns, _, _ in stored]
            )
        except StoreError as error:
            yield str(error)
        own = (*row[: len(rows.INFO)], *row[len(rows.INFO) + 1 :])  # without other names, which come and go
        if rows.digest((*own, source_key), stored) != digest:
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
