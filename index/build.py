"""Files -> store, incrementally: what has not changed is skipped, what fails is told, all else is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from filelock import FileLock, Timeout

from index import derived
from index.embed import Embeddable, Embedder
from index.errors import LoadError, MismatchError, UsageError
from index.loaders import SUFFIXES, read_documents
from index.settings import IndexSettings
from index.sources import NAME as SOURCES
from index.sources import SourceRow, apply, read_sources
from index.split import split
from index.store import Entry, Store, mismatch
from index.text import clean
from index.types import Document, Passage, Span, document_id

_LOADERS = "1"
"""Part of every source key: to be raised with a change to the loaders, so that files are read again."""

_BATCH_PASSAGES = 256
"""Documents are stored together until they make this many passages: what a kill can cost at most."""


@dataclass(slots=True)
class Summary:
    """What an indexing run did: source ids by what became of them, and what could not be read.

    `skipped` holds files of an indexed folder that are no documents, each with the reason.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    failed: list[LoadError] = field(default_factory=list)
    passages: int = 0


class Progress:
    """Hears how an indexing run comes along; this one does nothing with it."""

    def start(self, total_bytes: int) -> None: ...

    def advance(self, done_bytes: float, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class _File:
    """A file to index, the name it goes by, and what the folder's sources.csv says of it."""

    path: Path
    source_id: str
    row: SourceRow | None = None


def index_paths(
    store: Store,
    embedder: Embedder,
    paths: Sequence[Path],
    *,
    passage_tokens: int = 120,
    prune: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Brings the store up to date with files, folders and JSON Lines corpora.

    With `prune`, documents that came from these paths and are there no longer are removed. Each batch is one
    transaction, so a run that is killed leaves whole documents, and the next one goes on from there.
    UsageError if none of the paths exists; MismatchError if the store was made with other settings.
    """
    summary = Summary()
    settings = IndexSettings(embedder.name, embedder.fingerprint, embedder.dimensions, passage_tokens)
    if store.settings and (differences := store.settings.differences(settings)):
        raise MismatchError(mismatch(store.location, differences))
    present = [path for path in paths if path.exists()]
    if not present:
        raise UsageError(f"{', '.join(map(str, paths))}: no such file or folder")
    summary.failed += [LoadError(str(path), "no such file or folder") for path in paths if not path.exists()]
    files: dict[Path, _File] = {}
    for path in present:
        files.update((file.path, file) for file in _files(path, summary))
    run = _Run(store, embedder, settings, summary, progress or Progress())
    run.progress.start(sum(_size(file.path) for file in files.values()))
    for file in files.values():
        run.read(file)
    run.flush()
    if prune:
        run.prune(present)
    store.refresh()
    return summary


def locked(folder: Path, waiting: Callable[[], None], timeout_s: float = -1) -> FileLock:
    """The lock that one indexer of a folder holds at a time, taken; `waiting` is called if another holds it.

    The system lets go of it when its holder dies, however it dies. UsageError after `timeout_s` of waiting.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "index.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        waiting()
        try:
            lock.acquire(timeout=timeout_s)
        except Timeout:
            raise UsageError(f"another pincite index is still at work in {folder}; try again later") from None
    derived.sweep(folder)
    return lock


class _Run:
    """One indexing run: documents read, gathered into batches, embedded, stored."""

    def __init__(
        self, store: Store, embedder: Embedder, settings: IndexSettings, summary: Summary, progress: Progress
    ) -> None:
        self.store, self.embedder, self.settings = store, embedder, settings
        self.summary, self.progress = summary, progress
        self._keys = store.source_keys()
        self._origins = {info.doc_id: info.origin for info in store.documents()}
        self._seen: set[str] = set()
        self._batch: list[tuple[Document, list[Passage], str]] = []
        self._bytes = 0

    def read(self, file: _File) -> None:
        """Reads a file and stores what is new in it, sooner or later."""
        size, name = _size(file.path), file.source_id
        key = _whole_file_key(file)
        doc_id = document_id(file.source_id)
        if key and self._keys.get(doc_id) == key and self._origins.get(doc_id) == str(file.path):
            self._seen.add(doc_id)
            self.summary.unchanged.append(file.source_id)
            self.progress.advance(size, name)
            return
        left = size
        for document in read_documents(file.path, file.source_id):
            if isinstance(document, LoadError):
                self.summary.failed.append(document)
            else:
                self._take(document, file, key)
                share = min(left, len(document.text)) if not key else left
                self._bytes, left = self._bytes + share, left - share
            if sum(len(passages) for _, passages, _ in self._batch) >= _BATCH_PASSAGES:
                self.flush(name)
        self._bytes += left

    def _take(self, document: Document, file: _File, key: str) -> None:
        if file.row is not None:
            document = replace(document, info=apply(file.row, document.info))
        info = document.info
        key = key or _key(info.sha256, file.row)
        if info.doc_id in self._seen:
            self.summary.failed.append(
                LoadError(
                    info.origin,
                    f"another file of this run goes by the name {info.source_id!r} too;"
                    " index the folder above both, so that their names differ",
                )
            )
            return
        self._seen.add(info.doc_id)
        known = self._origins.get(info.doc_id)
        if known == info.origin and self._keys.get(info.doc_id) == key:
            self.summary.unchanged.append(info.source_id)
            return
        if known not in (None, info.origin) and Path(known).exists() and self._keys.get(info.doc_id) != key:
            self.summary.failed.append(
                LoadError(
                    info.origin,
                    f"the name {info.source_id!r} already stands for {known};"
                    " index the folder above both, or use another --data",
                )
            )
            return
        try:
            document.text.encode()
        except UnicodeEncodeError as error:
            self.summary.failed.append(
                LoadError(
                    info.origin,
                    f"{info.source_id}: character {error.start} is half of a surrogate pair; mend the file",
                )
            )
            return
        passages = split(document, self.settings.passage_tokens)
        (self.summary.changed if known is not None else self.summary.added).append(info.source_id)
        self._batch.append((document, passages, key))

    def flush(self, name: str = "") -> None:
        """Embeds and stores what was gathered, in one transaction. `name` is the file being read."""
        texts = [
            embeddable(document, passage) for document, passages, _ in self._batch for passage in passages
        ]
        embeddings = iter(
            self.embedder.embed(
                texts, lambda done: self.progress.advance(self._bytes * done / len(texts), name)
            )
        )
        entries = [
            Entry(document, tuple(passages), tuple(next(embeddings) for _ in passages), key)
            for document, passages, key in self._batch
        ]
        if entries:
            self.store.put(entries, self.settings)
            self.summary.passages += len(texts)
        else:
            self.progress.advance(self._bytes, name)
        self._batch.clear()
        self._bytes = 0

    def prune(self, paths: Iterable[Path]) -> None:
        """Removes what came from these paths and was not met again."""
        roots = [path.absolute() for path in paths]
        unread = {error.where for error in self.summary.failed}  # not gone, only not readable this time
        gone = [
            info
            for info in self.store.documents()
            if info.doc_id not in self._seen
            and info.origin not in unread
            and any(root == Path(info.origin) or root in Path(info.origin).parents for root in roots)
        ]
        if gone:
            self.store.remove([info.doc_id for info in gone])
            self.summary.removed += [info.source_id for info in gone]


def embeddable(document: Document, passage: Passage) -> Embeddable:
    """A passage as the model reads it: cleaned, its sentences one after another."""
    parts: list[str] = []
    spans: list[Span] = []
    at = 0
    for sentence in passage.sentences:
        part = clean(document.text[sentence.start : sentence.end])
        parts.append(part)
        spans.append(Span(at, at + len(part)))
        at += len(part) + 1
    return Embeddable(" ".join(parts), tuple(spans))


def _files(path: Path, summary: Summary) -> Iterator[_File]:
    """A path's files in order of name, with what the sources.csv beside them says."""
    path = path.absolute()
    if not path.is_dir():
        yield _File(path, path.name, _rows(path.parent, []).get(path.name))
        return
    rows = _rows(path, summary.failed)
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
        if hidden or not file.is_file() or name == SOURCES:
            continue
        if name not in rows and file.suffix.lower() not in SUFFIXES:
            summary.skipped.append((str(file), "not a kind of file that is read"))
        elif name not in rows and file.suffix.lower() == ".jsonl" and not _may_be_corpus(file):
            summary.skipped.append(
                (str(file), 'its records have neither "_id" nor "text", so it is no corpus')
            )
        else:
            yield _File(file, name, rows.get(name))
    summary.failed += [
        LoadError(str(path / SOURCES), f"there is no file {name!r} in this folder; mend or remove its row")
        for name, row in rows.items()
        if not (path / name).is_file()
    ]


def _may_be_corpus(file: Path) -> bool:
    """Whether a .jsonl that lies in a folder may be meant as documents; a broken one may, and is then told of."""
    try:
        with file.open("rb") as lines:
            record = json.loads(next((line for line in lines if line.strip()), b"{}"))
    except (OSError, ValueError):
        return True
    return not isinstance(record, dict) or "_id" in record or "text" in record


def _rows(folder: Path, failed: list[LoadError]) -> dict[str, SourceRow]:
    rows, errors = read_sources(folder)
    failed += errors
    return rows


def _whole_file_key(file: _File) -> str:
    """The key of a file that is one document, so that it need not even be opened; "" for one of many records."""
    if file.path.suffix.lower() == ".jsonl":
        return ""
    try:
        with file.path.open("rb") as stream:
            return _key(hashlib.file_digest(stream, "sha256").hexdigest(), file.row)
    except OSError:
        return ""  # the loader says what is wrong


def _key(sha256: str, row: SourceRow | None) -> str:
    return hashlib.sha256(f"{_LOADERS} {sha256} {row!r}".encode()).hexdigest()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
