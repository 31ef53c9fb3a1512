"""JSON Lines in the BEIR layout: one record a line is one document. Streamed, never whole in memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from index.errors import LoadError
from index.loaders.base import Limits, as_title, has_text
from index.loaders.fields import field_error, iso_day
from index.types import Document, DocumentInfo, document_id

MEDIA_TYPE = "application/x-ndjson"
_FIELDS = ("publisher", "voice", "published", "url", "licence")


class _BadLineError(Exception):
    """What is wrong with a line, as a sentence; `read` makes it a LoadError with the line's number."""


def read(file: BinaryIO, where: str, origin: str, limits: Limits) -> Iterator[Document | LoadError]:
    """A Document or a LoadError for each line that is not blank. OSError passes through."""
    seen: dict[str, int] = {}
    number = 0
    for number, raw in enumerate(_lines(file, limits.max_bytes), 1):
        try:
            if raw is None:
                raise _BadLineError(
                    f"is longer than the limit of {limits.max_bytes:,} bytes; split the record"
                )
            line = raw[:-1].removesuffix(b"\r") if raw.endswith(b"\n") else raw
            if not line.removeprefix(b"\xef\xbb\xbf").strip():
                continue
            record = _parse(line)
            document = _document(record, hashlib.sha256(line).hexdigest(), origin)
            if first := seen.get(document.info.source_id):
                shown = repr(document.info.source_id)
                raise _BadLineError(
                    f"_id {shown} is already that of line {first}, which was kept; rename or drop one"
                )
            seen[document.info.source_id] = number
        except _BadLineError as error:
            yield LoadError(where, str(error), line=number)
        else:
            yield document
    if not number:
        yield LoadError(where, "has no text: the file is empty (0 bytes); remove or replace it")
    elif not seen:
        yield LoadError(where, "holds no record that can be read; each line is one object with _id and text")


def _lines(file: BinaryIO, limit: int) -> Iterator[bytes | None]:
    """Each line with its line end; None for one over `limit`, which is skipped without being held."""
    while line := file.readline(limit + 2):
        if len(line.rstrip(b"\r\n")) <= limit:
            yield line
            continue
        while not line.endswith(b"\n") and (line := file.readline(1 << 20)):
            pass
        yield None


def _parse(line: bytes) -> dict[str, Any]:
    """The object on a line; _BadLineError with a sentence otherwise."""
    try:
        text = line.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        byte = f"byte {line[error.start]:#04x} at position {error.start:,} of the line"
        raise _BadLineError(f"is not UTF-8: {byte}; convert the file to UTF-8") from error
    try:
        record = json.loads(text)
    except json.JSONDecodeError as error:
        raise _BadLineError(f"is not JSON: {error.msg} at column {error.colno}; correct the line") from error
    except (ValueError, RecursionError) as error:  # an integer of 5,000 digits; brackets 100,000 deep
        raise _BadLineError("is not JSON that can be read: a number too long or nested too deep") from error
    if not isinstance(record, dict):
        raise _BadLineError(f"is not a JSON object but {_kind(record)}; write an object with _id and text")
    return record


def _document(record: dict[str, Any], sha256: str, origin: str) -> Document:
    source_id = record.get("_id")
    if isinstance(source_id, int) and not isinstance(source_id, bool):
        source_id = str(source_id)
    if not isinstance(source_id, str) or not source_id.strip():
        raise _BadLineError('has no _id; give each record one, a string or an integer ("_id": "report-1")')
    title = _string(record, "title")
    if "text" not in record:
        raise _BadLineError(f"record {source_id!r} has no text; give it a non-empty string")
    if not isinstance(record["text"], str):
        raise _BadLineError(
            f"text of record {source_id!r} is {_kind(record['text'])}; give it a non-empty string"
        )
    # BEIR's own corpora hold records whose whole text is their title.
    text = record["text"] if has_text(record["text"]) else title
    if not has_text(text):
        raise _BadLineError(f"record {source_id!r} has no text: it is empty; give it a non-empty string")
    info = DocumentInfo(
        doc_id=document_id(_sound("_id", source_id)),
        source_id=source_id,
        title=_sound("title", as_title(title) or as_title(text)),
        sha256=sha256,
        media_type=MEDIA_TYPE,
        origin=origin,
    )
    found = _metadata(record)
    dated = "metadata" if "published" in found else ""
    return Document(replace(info, dated_by=dated, **found), _sound("text", text))


def _metadata(record: dict[str, Any]) -> dict[str, Any]:
    """Publisher, voice, date, address and licence, from the record itself or from its `metadata`."""
    nested = record.get("metadata") or {}
    if not isinstance(nested, dict):
        raise _BadLineError(f"metadata is {_kind(nested)}; write an object or leave it out")
    found = {}
    for name in _FIELDS:
        value = _string(record if record.get(name) else nested, name).strip()
        if name == "published":
            value = iso_day(value) or value
        if problem := field_error(name, _sound(name, value)):
            raise _BadLineError(problem)
        if value:
            found[name] = value
    return found


def _string(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if name == "published" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # a bare year
    if not isinstance(value, str):
        raise _BadLineError(f"{name} is {_kind(value)}; write a string or leave it out")
    return value


def _sound(name: str, value: str) -> str:
    """`value`, unless a store could not hold it: JSON can spell characters that no file can contain."""
    if "\0" in value:
        raise _BadLineError(f"{name} holds a NUL character (\\u0000); remove it")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise _BadLineError(
            f"{name} holds half a surrogate pair ({value[error.start]!a}); correct it"
        ) from error
    return value


def _kind(value: object) -> str:
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a string",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), "null")
