"""The sidecar `sources.csv`: what people know about files that the files do not say."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from index.errors import LoadError
from index.loaders.fields import field_error
from index.types import DocumentInfo

NAME = "sources.csv"
_MAX_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One line of a `sources.csv`. An empty field says nothing; `file` is relative to the folder it lies in.

    `line`, from 1, is where it stands, for messages: two rows that say the same are equal wherever they stand.
    """

    file: str
    title: str = ""
    publisher: str = ""
    voice: str = ""
    published: str = ""
    url: str = ""
    licence: str = ""
    line: int = field(default=0, compare=False, repr=False)


_COLUMNS = tuple(column.name for column in fields(SourceRow) if column.compare)


def read_sources(folder: Path) -> tuple[dict[str, SourceRow], list[LoadError]]:
    """The good rows by their `file`, and an error with its line for each bad one. No sidecar: nothing.

    `file` is written with "/" and without a leading "./", so that it equals a document's source id.
    """
    path = folder / NAME
    where = str(path)
    try:
        if path.stat().st_size > _MAX_BYTES:
            return {}, [
                LoadError(where, f"is larger than {_MAX_BYTES:,} bytes; it should be one line a document")
            ]
        data = path.read_bytes()
    except FileNotFoundError:
        return {}, []
    except OSError as error:
        return {}, [
            LoadError(
                where, f"cannot be read: {error.strerror or error}; check what it is and who may read it"
            )
        ]
    return parse_sources(data, where)


def parse_sources(data: bytes, where: str) -> tuple[dict[str, SourceRow], list[LoadError]]:
    """The same of a sidecar's bytes, which `where` names in errors."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason = (
            f"is not UTF-8: byte {data[error.start]:#04x} at position {error.start:,}; save it as CSV UTF-8"
        )
        return {}, [LoadError(where, reason, line=line)]

    rows: dict[str, SourceRow] = {}
    lines: dict[str, int] = {}
    errors: list[LoadError] = []
    for line, outcome in _rows(text):
        if isinstance(outcome, SourceRow) and (first := lines.get(outcome.file)):
            outcome = f"file {outcome.file!r} is already on line {first}, which was kept; drop one of them"
        if isinstance(outcome, str):
            errors.append(LoadError(where, outcome, line=line))
        else:
            rows[outcome.file], lines[outcome.file] = outcome, line
    return rows, errors


def apply(row: SourceRow, info: DocumentInfo) -> DocumentInfo:
    """`info` with every field that the row fills in."""
    told = {name: value for name in _COLUMNS[1:] if (value := getattr(row, name))}
    if row.published:
        told["dated_by"] = NAME
    return replace(info, **told) if told else info


def merged(outer: SourceRow | None, inner: SourceRow | None) -> SourceRow | None:
    """What two rows say together; where both do, the second has the word."""
    if outer is None or inner is None:
        return inner or outer
    return replace(inner, **{name: getattr(inner, name) or getattr(outer, name) for name in _COLUMNS[1:]})


def gathered(tables: Mapping[str, Mapping[str, SourceRow]]) -> dict[str, SourceRow]:
    """The rows of a folder and of the folders in it, by path from the former, out of a table for each folder.

    "" is the folder itself. Where several speak of one file, the nearest to it has the word.
    """
    rows: dict[str, SourceRow] = {}
    for folder in sorted(tables, key=lambda folder: (folder.count("/"), folder != "", folder)):
        for name, row in tables[folder].items():
            full = f"{folder}/{name}" if folder else name
            both = merged(rows.get(full), replace(row, file=full))
            rows |= {full: both} if both else {}
    return rows


def _rows(text: str) -> Iterator[tuple[int, SourceRow | str]]:
    """Each row with its first line: the row, or a sentence on what is wrong with it."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            # After a broken quotation mark nothing tells where the next row begins.
            yield line, f"is not CSV: {error}; correct the quotation marks (the rows after it were not read)"
            return
        if cells is None:
            if not header:
                yield 1, f"has no header line; begin it with {','.join(_COLUMNS)}"
            return
        if any(cell.strip() for cell in cells):
            if header:
                yield line, _row(header, cells, line)
            else:
                header = [cell.strip().lower() for cell in cells]
                if problem := _header_error(header):
                    yield line, problem
                if "file" not in header:
                    return
        line = reader.line_num + 1


def _header_error(header: list[str]) -> str:
    if "file" not in header:
        return f"has no column 'file'; the first line names the columns: {','.join(_COLUMNS)}"
    if unknown := [name for name in header if name not in _COLUMNS]:
        shown = ", ".join(map(repr, unknown))
        return f"unknown column {shown} was left out; the columns are {','.join(_COLUMNS)}"
    if twice := {name for name in header if header.count(name) > 1}:
        return f"column {', '.join(sorted(twice))} appears twice and its last was used; drop one"
    return ""


def _row(header: list[str], cells: list[str], line: int) -> SourceRow | str:
    if len(cells) > len(header):
        extra = f"has {len(cells)} fields where the header names {len(header)}"
        return f"{extra}; put a field that contains a comma in quotation marks"
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name in _COLUMNS}
    row["file"] = row.get("file", "").replace("\\", "/").removeprefix("./")
    if not row["file"]:
        return "has no file name; fill in the column 'file'"
    for name, value in row.items():
        if "\0" in value:
            return f"{name} holds a NUL character; remove it"
        if problem := field_error(name, value):
            return problem
    return SourceRow(**row, line=line)
