"""Files -> store, incrementally: what has not changed is skipped, what fails is told, all else is kept."""

from __future__ import annotations

import hashlib
import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path

from index.annotate import annotate
from index.embed import Embedder, embeddable
from index.errors import LoadError, MismatchError, UsageError
from index.files import RECORDS, File, exists, find, missing, rows_of, same_file, shown, size
from index.loaders import KINDS, read_documents
from index.settings import IndexSettings
from index.sources import SourceRow, apply
from index.split import split
from index.store import Alias, Entry, Store, mismatch
from index.types import Document, DocumentInfo, Passage, document_id

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
    # Without "..", and with the links that a person named on purpose.
    roots = {path: Path(os.path.abspath(path)) for path in paths}  # noqa: PTH100
    absent = {path: problem for path, root in roots.items() if (problem := missing(root))}
    if len(absent) == len(roots):
        raise UsageError("; ".join(f"{path}: {problem}" for path, problem in absent.items()))
    summary.failed += [LoadError(shown(path), problem) for path, problem in absent.items()]
    present = [root for path, root in roots.items() if path not in absent]
    run = _Run(store, embedder, settings, summary, progress or Progress())
    files: dict[Path, File] = {}
    for root in present:
        for file in map(run.named, find(root, summary.failed, summary.skipped)):
            known = files.get(file.path)
            files[file.path] = file if known is None else max(known, file, key=_depth)
    run.progress.start(sum(size(path) for path in files))
    for file in files.values():
        run.read(file)
    run.flush()
    run.part_what_differs()
    run.forget_other_names()
    if prune:
        run.prune(present)
    store.refresh()
    return summary


class _Run:
    """One indexing run: documents read, gathered into batches, embedded, stored."""

    def __init__(
        self, store: Store, embedder: Embedder, settings: IndexSettings, summary: Summary, progress: Progress
    ) -> None:
        self.store, self.embedder, self.settings = store, embedder, settings
        self.summary, self.progress = summary, progress
        self._keys = store.source_keys()
        self._origins: dict[str, str] = {}
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._same: dict[str, DocumentInfo] = {}  # by source key, which two files share if they are the same
        for info in store.documents():
            self._origins[info.doc_id] = info.origin
            self._names[info.origin].add(info.source_id)
            if info.media_type != KINDS[RECORDS[1:]]:
                self._same[self._keys[info.doc_id]] = info
        self._aliases = {alias.name: alias for alias in store.aliases()}
        for alias in self._aliases.values():
            self._names[alias.origin].add(alias.name)
        self._met: dict[str, File] = {}  # files that are but another name of a document
        self._other_names: list[tuple[str, str]] = []
        self._rows: dict[Path, dict[str, SourceRow]] = {}
        self._new_names: list[Alias] = []
        self._old_names: list[str] = []
        self._seen: set[str] = set()
        self._batch: list[tuple[Document, list[Passage], str]] = []
        self._bytes = 0

    def named(self, file: File) -> File:
        """The file under the one name it has in the store: of those it was ever met by, the one from furthest up.

        A file that is indexed alone after its folder stays what it was there, with what the folder's
        sources.csv says of it; indexed alone first, it takes its folder's name afterwards.
        """
        known = self._names.get(str(file.path), set())
        if file.path.suffix.lower() == RECORDS or known <= {file.source_id}:
            return file
        best = max(file, *(replace(file, source_id=name) for name in sorted(known)), key=_depth)
        self._other_names += [(name, best.source_id) for name in sorted(known - {best.source_id})]
        if best.source_id == file.source_id:
            return file
        root = file.path.parents[best.source_id.count("/")]
        if root not in self._rows:
            self._rows[root] = rows_of(root)
        return replace(best, row=self._rows[root].get(best.source_id))

    def read(self, file: File) -> None:
        """Reads a file and stores what is new in it, sooner or later."""
        left, name = size(file.path), file.source_id
        doc_id = document_id(name)
        if (key := _whole_file_key(file)) and self._stands(doc_id, str(file.path), key):
            self._seen.add(doc_id)
            self.summary.unchanged.append(name)
            self.progress.advance(left, name)
            return
        if key and self._still_named(file, key):
            self.summary.unchanged.append(name)
            self.progress.advance(left, name)
            return
        for document in read_documents(file.path, file.source_id):
            if isinstance(document, LoadError):
                self.summary.failed.append(document)
            else:
                self._take(document, file)
                share = left if key else min(left, len(document.text))
                self._bytes, left = self._bytes + share, left - share
            if sum(len(passages) for _, passages, _ in self._batch) >= _BATCH_PASSAGES:
                self.flush(name)
        self._bytes += left

    def _still_named(self, file: File, key: str) -> bool:
        """Whether the store knows the file as another name of a document that has this content still."""
        alias = self._aliases.get(file.source_id)
        known = alias and alias.source_key == key and self._keys.get(alias.doc_id) == key
        if not alias or not known or (alias.origin != str(file.path) and not exists(alias.origin)):
            return False
        self._met[file.source_id] = file
        return True

    def part_what_differs(self) -> None:
        """Reads the files anew that were another name of a document which then turned out to have changed."""
        for name, file in list(self._met.items()):
            alias = self._aliases[name]
            if self._keys.get(alias.doc_id) != alias.source_key:
                self._read_anew(file)
        self.flush()

    def _read_anew(self, file: File) -> None:
        del self._met[file.source_id]
        if file.source_id in self.summary.unchanged:
            self.summary.unchanged.remove(file.source_id)
        self.read(file)

    def _stands(self, doc_id: str, origin: str, key: str) -> bool:
        """Whether the store holds just this: from this file, or from a copy of it that is still there."""
        known = self._origins.get(doc_id)
        return (
            known is not None
            and doc_id not in self._seen
            and self._keys.get(doc_id) == key
            and (known == origin or exists(known))
        )

    def _take(self, document: Document, file: File) -> None:
        if file.row is not None:
            document = replace(document, info=apply(file.row, document.info))
        info = document.info
        # Of the bytes that were read just now: the file may have changed since it was looked at.
        key = _key(info.sha256, file)
        twin = self._same.get(key) if info.media_type != KINDS[RECORDS[1:]] else None
        if self._stands(info.doc_id, info.origin, key):
            self._seen.add(info.doc_id)
            self.summary.unchanged.append(info.source_id)
        elif problem := self._problem(document):
            self.summary.failed.append(LoadError(info.origin, problem))
        elif twin and self._is_copy(info, twin):
            known = self._aliases.get(info.source_id)
            (self.summary.changed if known else self.summary.added).append(info.source_id)
            self._aliases[info.source_id] = Alias(info.source_id, twin.doc_id, info.origin, key)
            self._new_names.append(self._aliases[info.source_id])
            self._met[info.source_id] = file
        else:
            self._seen.add(info.doc_id)
            if self._aliases.pop(info.source_id, None):
                self._old_names.append(info.source_id)
            self._same.pop(self._keys.get(info.doc_id, ""), None)
            self._same[key], self._keys[info.doc_id] = info, key
            document = annotate(document)
            passages = split(document, self.settings.passage_tokens)
            new = info.doc_id not in self._origins
            (self.summary.added if new else self.summary.changed).append(info.source_id)
            self._batch.append((document, passages, key))

    def _is_copy(self, info: DocumentInfo, twin: DocumentInfo) -> bool:
        """Whether a new document is the file of a stored one once more, and not that file under a new name."""
        return info.doc_id not in self._origins and info.origin != twin.origin and exists(twin.origin)

    def _problem(self, document: Document) -> str:
        """Why a document cannot be stored, or ""."""
        info = document.info
        if info.doc_id in self._seen:
            return (
                f"another file of this run goes by the name {info.source_id!r} too;"
                " index the folder above both, so that their names differ"
            )
        alias = self._aliases.get(info.source_id)
        known = alias.origin if alias else self._origins.get(info.doc_id, info.origin)
        if known != info.origin and exists(known) and not same_file(known, info.origin):
            return (
                f"the name {info.source_id!r} already stands for {known};"
                " index the folder above both, or use another --data"
            )
        for text in (document.text, *(value for value in astuple(info) if isinstance(value, str))):
            try:
                text.encode()
            except UnicodeEncodeError as error:
                return f"{info.source_id}: character {error.start} is half of a surrogate pair; mend the file"
        return ""

    def flush(self, name: str = "") -> None:
        """Embeds and stores what was gathered, in one transaction. `name` is the file being read."""
        texts = [
            embeddable(document, passage) for document, passages, _ in self._batch for passage in passages
        ]
        embeddings = iter(
            self.embedder.embed(
                texts, lambda done: self.progress.advance(self._bytes * done / len(texts), name)
            )
            if texts
            else ()
        )
        entries = [
            Entry(document, tuple(passages), tuple(next(embeddings) for _ in passages), key)
            for document, passages, key in self._batch
        ]
        if entries:
            self.store.put(entries, self.settings)
            self.summary.passages += len(texts)
        if self._new_names or self._old_names:
            self.store.unalias(self._old_names)
            self.store.alias(self._new_names)
            self._new_names, self._old_names = [], []
        if not texts:
            self.progress.advance(self._bytes, name)
        self._batch.clear()
        self._bytes = 0

    def forget_other_names(self) -> None:
        """Removes what files were stored as before they took the name they have now."""
        gone = [
            name
            for name, now in dict(self._other_names).items()
            if document_id(now) in self._seen or now in self._met
        ]
        if gone:
            self.store.remove([document_id(name) for name in gone])
            self.store.unalias(gone)
            self.summary.removed += gone

    def prune(self, roots: Iterable[Path]) -> None:
        """Removes what came from these paths and was not met again."""
        places = {str(root) for root in roots}
        # Not gone, only not readable this time: a file, a line of it, or a folder.
        unread = {error.where for error in self.summary.failed}

        def is_gone(origin: str) -> bool:
            above = {origin, *map(str, Path(origin).parents)}
            return bool(above & places) and not above & unread

        names = [
            alias.name
            for alias in self.store.aliases()
            if alias.name not in self._met and is_gone(alias.origin)
        ]
        gone = [
            info for info in self.store.documents() if info.doc_id not in self._seen and is_gone(info.origin)
        ]
        if names or gone:
            self.store.unalias(names)
            self.store.remove([info.doc_id for info in gone])
            self.summary.removed += [*(info.source_id for info in gone), *names]
        # What a removed document was another name of stands for itself from now on.
        for info in gone:
            self._same.pop(self._keys.pop(info.doc_id, ""), None)
        self.part_what_differs()


def _depth(file: File) -> tuple[int, str]:
    return file.source_id.count("/"), file.source_id


def _whole_file_key(file: File) -> str:
    """The key of a file that is one document, so that it need not even be opened; "" for one of many records."""
    if file.path.suffix.lower() == RECORDS:
        return ""
    try:
        if not stat.S_ISREG(file.path.stat().st_mode):
            return ""  # a pipe would wait for a writer for ever
        with file.path.open("rb") as stream:
            return _key(hashlib.file_digest(stream, "sha256").hexdigest(), file)
    except OSError:
        return ""  # the loader says what is wrong


def _key(sha256: str, file: File) -> str:
    """The same for files with the same content of which the same is said, whatever they are called."""
    said = replace(file.row, file="") if file.row else None
    return hashlib.sha256(f"{_LOADERS} {sha256} {file.path.suffix.lower()} {said!r}".encode()).hexdigest()
