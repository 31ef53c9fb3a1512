"""Documents read from files. Every failure is a LoadError that is yielded, so one bad file stops no other.

A format is a module with `extract(data, where, limits) -> Extract`, registered in `_FORMATS`; it is imported
when the first file of its kind is read, so that importing this package costs nothing.
"""

from __future__ import annotations

import hashlib
import logging
import stat
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from index.errors import LoadError
from index.loaders.base import Extract, Limits, has_text
from index.types import Document, DocumentInfo, document_id

__all__ = ["KINDS", "SUFFIXES", "Limits", "read_documents"]

_FORMATS = {
    ".txt": ("plain", "text/plain"),
    ".md": ("markdown", "text/markdown"),
    ".html": ("html", "text/html"),
    ".htm": ("html", "text/html"),
    ".pdf": ("pdf", "application/pdf"),
    ".docx": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
_RECORDS = ".jsonl"

SUFFIXES: tuple[str, ...] = (*_FORMATS, _RECORDS)
"""The file name endings that can be read, in lower case; a file's own may be in any case."""

KINDS: dict[str, str] = {suffix[1:]: media for suffix, (_, media) in _FORMATS.items()} | {
    _RECORDS[1:]: "application/x-ndjson"
}
"""Media types by the short names that people filter by ("pdf")."""

_log = logging.getLogger(__name__)


def read_documents(
    path: Path,
    source_id: str,
    limits: Limits = Limits(),
) -> Iterator[Document | LoadError]:
    """The documents in one file: one, or one a line for `.jsonl`, where `source_id` is each record's `_id`.

    What cannot be read is yielded as a LoadError in its place; nothing is raised.
    """
    suffix = path.suffix.lower()
    where = str(path)
    try:
        _check_file(path, suffix)
        if suffix == _RECORDS:
            from index.loaders import records

            yield from records.read(path, limits)
        else:
            yield _read_file(path, source_id, suffix, limits)
    except LoadError as error:
        yield error
    except FileNotFoundError:
        yield LoadError(where, "does not exist; it was moved or deleted, or the name is wrong")
    except PermissionError:
        yield LoadError(where, "may not be read by this user; change its permissions (chmod a+r)")
    except OSError as error:
        yield LoadError(where, f"cannot be read: {error.strerror or error}")
    except MemoryError:
        yield LoadError(where, "needs more memory than there is; split it")
    # The one seam where anything is caught: the parsers raise errors of every kind on hostile files, and none
    # may cost the reader the other files. The traceback goes to the log.
    except Exception as error:
        _log.debug("loading %s failed", where, exc_info=True)
        detail = " ".join(str(error).split())[:200]
        yield LoadError(
            where, f"cannot be read as {suffix}: it seems damaged ({type(error).__name__}: {detail})"
        )


def _check_file(path: Path, suffix: str) -> None:
    where = str(path)
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise LoadError(where, "is a folder, not a file; give the files in it")
    if suffix not in SUFFIXES:
        named = f"ends in {suffix!r}" if suffix else "has no suffix"
        raise LoadError(where, f"{named}; files that can be read end in {', '.join(SUFFIXES)}")
    if not stat.S_ISREG(mode):  # a pipe would wait for a writer for ever
        raise LoadError(where, "is a pipe, socket or device, not a regular file; copy its content to a file")


def _read_file(path: Path, source_id: str, suffix: str, limits: Limits) -> Document:
    where = str(path)
    with path.open("rb") as file:
        data = file.read(limits.max_bytes + 1)  # bounded here: a file may grow after it was measured
    if len(data) > limits.max_bytes:
        raise LoadError(
            where, f"is larger than the limit of {limits.max_bytes:,} bytes; split it, or raise the limit"
        )
    if not data:
        raise LoadError(where, "has no text: the file is empty (0 bytes); remove or replace it")
    module, media_type = _FORMATS[suffix]
    found: Extract = import_module(f"index.loaders.{module}").extract(data, where, limits)
    if not has_text(found.text):
        raise LoadError(where, "has no text, only white space or markup; remove or replace it")
    info = DocumentInfo(
        doc_id=document_id(source_id),
        source_id=source_id,
        title=found.title or path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        publisher=found.publisher,
        published=found.published,
        dated_by="metadata" if found.published else "",
        url=found.url,
        origin=str(path.absolute()),
    )
    return Document(info, found.text, found.blocks, found.pages)
