"""Links between copies in the embedded store, and what is kept to find them when documents come and go."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from index import rows
from index.copies import Place
from index.database import Database
from index.store import Trace

_PRINTED = (
    "SELECT number FROM passages JOIN documents USING (doc_id) WHERE superseded_by = '' AND NOT boilerplate"
)


class Traces:
    """That part of SqliteStore."""

    _database: Database

    def link(
        self,
        copies: Mapping[int, str],
        traces: Mapping[int, Trace] = MappingProxyType({}),
        gone: Collection[int] = (),
    ) -> None:
        with self._database.writing() as db:
            db.execute(
                "DELETE FROM traces WHERE number IN (SELECT value FROM json_each(?))", (rows.among(gone),)
            )
            db.executemany(
                "INSERT OR REPLACE INTO traces VALUES (?, ?, ?, ?, ?, ?)",
                ((number, trace.keys, *trace.place) for number, trace in traces.items()),
            )
            if copies == dict(db.execute("SELECT number, origin FROM copies")):
                return
            db.execute("DELETE FROM copies")
            db.executemany("INSERT INTO copies VALUES (?, ?)", copies.items())
            rows.advance(db)

    def links(self) -> dict[int, str]:
        with self._database.reading() as db:
            return dict(db.execute("SELECT number, origin FROM copies"))

    def untraced(self) -> tuple[list[int], list[int]]:
        with self._database.snapshot() as db:
            new = db.execute(f"{_PRINTED} AND number NOT IN (SELECT number FROM traces) ORDER BY number")
            gone = db.execute(f"SELECT number FROM traces WHERE number NOT IN ({_PRINTED})")
            return [number for (number,) in new], [number for (number,) in gone]

    def trace_keys(self) -> dict[int, bytes]:
        with self._database.reading() as db:
            return dict(db.execute("SELECT number, keys FROM traces"))

    def traces(self, numbers: Collection[int]) -> dict[int, Trace]:
        with self._database.reading() as db:
            found = db.execute(
                'SELECT number, keys, "when", document, ordinal, passage_id FROM traces'
                " WHERE number IN (SELECT value FROM json_each(?))",
                (rows.among(numbers),),
            )
            return {number: Trace(Place(*place), keys) for number, keys, *place in found}
