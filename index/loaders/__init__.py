"""Documents read from files. Every failure is a LoadError that is yielded, so one bad file stops no other.

A format is a module with `extract(data, where, limits) -> Extract`, registered in `_FORMATS`; it is imported
when the first file of its kind is read, so that importing this package costs nothing. A file that holds files
(an archive, a mail with attachments) gives a document for each, named below itself: "mail.eml/report.pdf".
"""

from __future__ import annotations

import hashlib
import io
import logging
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from index.errors import LoadError
from index.loaders.base import Extract, Limits, Member, Remark, has_text
from index.reading.voices.kind import document_voice
from index.sources import SourceRow, apply, merged
from index.types import Document, DocumentInfo, document_id

__all__ = [
    "CONTAINERS", "KINDS", "RECORDS", "SUFFIXES", "Limits", "Loaded", "Remark", "Source", "load", "read_documents",
]  # fmt: skip

_OFFICE = "application/vnd.openxmlformats-officedocument"
_FORMATS = {
    ".txt": ("plain", "text/plain"),
    ".md": ("markdown", "text/markdown"),
    ".html": ("html", "text/html"),
    ".htm": ("html", "text/html"),
    ".xhtml": ("html", "text/html"),
    ".pdf": ("pdf", "application/pdf"),
    ".docx": ("docx", f"{_OFFICE}.wordprocessingml.document"),
    ".pptx": ("slides", f"{_OFFICE}.presentationml.presentation"),
    ".xlsx": ("sheets", f"{_OFFICE}.spreadsheetml.sheet"),
    ".odt": ("odt", "application/vnd.oasis.opendocument.text"),
    ".rtf": ("rtf", "application/rtf"),
    ".epub": ("epub", "application/epub+zip"),
    ".csv": ("csv_table", "text/csv"),
    ".eml": ("mail", "message/rfc822"),
}
RECORDS = ".jsonl"
_ARCHIVE = ".zip"

CONTAINERS = (_ARCHIVE, ".eml")
"""Endings of files that may hold others, each of them a document below it."""

SUFFIXES: tuple[str, ...] = (*_FORMATS, RECORDS, _ARCHIVE)
"""The file name endings that can be read, in lower case; a file's own may be in any case."""

KINDS: dict[str, str] = {suffix[1:]: media for suffix, (_, media) in _FORMATS.items()} | {
    RECORDS[1:]: "application/x-ndjson"
}
"""Media types by the short names that people filter by ("pdf")."""

_log = logging.getLogger(__name__)

Extractor = Callable[[str, bytes, str, Limits], Extract]
"""What runs a format's `extract`: takes the module's name, then what that takes."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, or an answer from the web, that is to be read: the name of its document, and where it is.

    `where` names it in messages, `origin` for good; `suffix` says what it is. `row` is what sources.csv says of
    it, `rows` what it says of files in it. `url` is where it was fetched from.
    """

    source_id: str
    where: str
    origin: str
    suffix: str
    row: SourceRow | None = None
    rows: Mapping[str, SourceRow] = field(default_factory=dict)
    url: str = ""
    sha256: str = ""

    @classmethod
    def of(cls, path: Path, source_id: str) -> Source:
        return cls(source_id, str(path), str(path.absolute()), path.suffix.lower())


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document, with the row of a sources.csv that was applied to it; `made` is the day on which its file was made,
    if that may tell when it was published.
    """

    document: Document
    row: SourceRow | None
    made: str = ""


def extract_here(module: str, data: bytes, where: str, limits: Limits) -> Extract:
    """What a format's module makes of a file, read in this process."""
    found: Extract = import_module(f"index.loaders.{module}").extract(data, where, limits)
    return found


def read_documents(
    path: Path,
    source_id: str,
    limits: Limits = Limits(),
) -> Iterator[Document | LoadError]:
    """The documents in one file: one, or one a line for `.jsonl`, where `source_id` is each record's `_id`; or
    one for each file in an archive or mail.

    What cannot be read is yielded as a LoadError in its place; nothing is raised.
    """
    for found in load(Source.of(path, source_id), path, limits):
        if isinstance(found, Loaded):
            yield found.document
        elif isinstance(found, LoadError):
            yield found


def load(
    source: Source, content: Path | bytes, limits: Limits = Limits(), extract: Extractor = extract_here
) -> Iterator[Loaded | LoadError | Remark]:
    """The documents in a file or in bytes, what cannot be read of it, and what should be said of it.

    Nothing is raised.
    """
    reader = _Reader(limits, extract)
    if isinstance(content, bytes):
        yield from reader.read(source, lambda: io.BytesIO(content), 0)
        return

    def opened() -> BinaryIO:
        _check_file(content, source)
        return content.open("rb")

    yield from reader.read(source, opened, 0)


class _Reader:
    """Reads one file and the files in it; what they unpack to together is bounded."""

    def __init__(self, limits: Limits, extract: Extractor) -> None:
        self._limits, self._extract = limits, extract
        self._budget = [limits.max_archive_bytes]

    def read(
        self, source: Source, opened: Callable[[], BinaryIO], depth: int
    ) -> Iterator[Loaded | LoadError | Remark]:
        where = source.where
        try:
            with opened() as file:
                if source.suffix == RECORDS:
                    yield from self._records(source, file)
                elif source.suffix == _ARCHIVE:
                    yield from self._archive(source, file, depth)
                else:
                    yield from self._document(source, file, depth)
        except LoadError as error:
            # Without the frames it came through, which hold the file's bytes for as long as the error is kept.
            error.__cause__ = error.__context__ = None
            yield error.with_traceback(None)
        except FileNotFoundError:
            yield LoadError(where, "does not exist; it was moved or deleted, or the name is wrong")
        except PermissionError:
            yield LoadError(where, "may not be read by this user; change its permissions (chmod a+r)")
        except OSError as error:
            yield LoadError(where, f"cannot be read: {error.strerror or error}")
        except MemoryError:
            yield LoadError(where, "needs more memory than there is; split it")
        # The one seam where anything is caught: the parsers raise errors of every kind on hostile files, and
        # none may cost the reader the other files. The traceback goes to the log.
        except Exception as error:
            _log.debug("loading %s failed", where, exc_info=True)
            detail = " ".join(str(error).split())[:200]
            yield LoadError(
                where,
                f"cannot be read as {source.suffix}: it seems damaged ({type(error).__name__}: {detail})",
            )

    def _records(self, source: Source, file: BinaryIO) -> Iterator[Loaded | LoadError]:
        from index.loaders import records

        for found in records.read(file, source.where, source.origin, self._limits):
            yield found if isinstance(found, LoadError) else _loaded(found, source.row)

    def _archive(self, source: Source, file: BinaryIO, depth: int) -> Iterator[Loaded | LoadError | Remark]:
        from index.loaders import archive

        if not file.seek(0, io.SEEK_END):
            raise LoadError(source.where, "has no text: the file is empty (0 bytes); remove or replace it")
        for found in archive.members(file, source.where, self._limits, SUFFIXES, self._budget):
            if isinstance(found, Member):
                yield from self._member(source, found, depth)
            else:
                yield found

    def _document(self, source: Source, file: BinaryIO, depth: int) -> Iterator[Loaded | LoadError | Remark]:
        where, limits = source.where, self._limits
        data = file.read(limits.max_bytes + 1)  # bounded here: a file may grow after it was measured
        if len(data) > limits.max_bytes:
            raise LoadError(
                where, f"is larger than the limit of {limits.max_bytes:,} bytes; split it, or raise the limit"
            )
        if not data:
            raise LoadError(where, "has no text: the file is empty (0 bytes); remove or replace it")
        if source.suffix not in _FORMATS:
            raise LoadError(where, _unread(source.suffix))
        module, media_type = _FORMATS[source.suffix]
        found = self._extract(module, data, where, limits)
        for note in found.notes:
            yield Remark(where, note)
        if has_text(found.text):
            name = PurePosixPath(source.source_id).name
            info = DocumentInfo(
                doc_id=document_id(source.source_id),
                source_id=source.source_id,
                title=found.title or name or source.source_id,
                sha256=source.sha256 or hashlib.sha256(data).hexdigest(),
                media_type=media_type,
                publisher=found.publisher,
                published=found.published,
                dated_by="metadata" if found.published else "",
                url=source.url or found.url,
                origin=source.origin,
            )
            document = Document(info, found.text, found.blocks, found.pages)
            yield replace(_loaded(document, source.row, found.types), made=found.created)
        elif not found.members:
            raise LoadError(where, "has no text, only white space or markup; remove or replace it")
        del data
        for member in found.members:
            suffix = PurePosixPath(member.name).suffix.lower()
            if suffix in SUFFIXES:
                yield from self._member(source, member, depth)
            else:
                yield Remark(f"{where}/{member.name}", "not a kind of file that is read", skipped=True)

    def _member(self, source: Source, member: Member, depth: int) -> Iterator[Loaded | LoadError | Remark]:
        """A file in a file. What its container's own sources.csv says of it is supplemented from outside."""
        place = f"{source.where}/{member.name}"
        suffix = PurePosixPath(member.name).suffix.lower()
        if suffix in CONTAINERS and depth >= self._limits.max_depth:
            yield LoadError(
                place,
                f"lies more than {self._limits.max_depth} archives or mails deep; take it out and index it alone",
            )
            return
        of_all = replace(source.row, title="") if source.row else None  # a title is that of one file only
        inside = dict(member.rows)
        for name, row in source.rows.items():
            within = name.removeprefix(f"{member.name}/")
            if within != name and (both := merged(inside.get(within), row)):
                inside[within] = both
        inner = Source(
            f"{source.source_id}/{member.name}",
            place,
            f"{source.origin}/{member.name}",
            suffix,
            merged(merged(of_all, member.row), source.rows.get(member.name)),
            inside,
        )
        yield from self.read(inner, lambda: io.BytesIO(member.data), depth + 1)


def _loaded(document: Document, row: SourceRow | None, types: tuple[str, ...] = ()) -> Loaded:
    """The document with what its row says; whose voice it is, is told from the document when neither says so."""
    info = apply(row, document.info) if row else document.info
    if info.voice == "other" and not (row and row.voice):
        info = replace(info, voice=document_voice(info, document.text, types))
    return Loaded(replace(document, info=info), row)


def _unread(suffix: str) -> str:
    named = f"ends in {suffix!r}" if suffix else "has no suffix"
    return f"{named}; files that can be read end in {', '.join(SUFFIXES)}"


def _check_file(path: Path, source: Source) -> None:
    where = source.where
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise LoadError(where, "is a folder, not a file; give the files in it")
    if source.suffix not in SUFFIXES:
        raise LoadError(where, _unread(source.suffix))
    if not stat.S_ISREG(mode):  # a pipe would wait for a writer for ever
        raise LoadError(where, "is a pipe, socket or device, not a regular file; copy its content to a file")
