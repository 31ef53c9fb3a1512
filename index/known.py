"""What a store held before an indexing run, and what the run has met: by which name, from where, with which key."""

from __future__ import annotations

import hashlib
import json
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from index.fetching.addresses import is_url
from index.fetching.fetch import Validators
from index.files import File, container_of, described, exists, rows_of
from index.loaders import KINDS, RECORDS
from index.sources import SourceRow
from index.store import Alias, Store
from index.types import DocumentInfo, document_id

_LOADERS = "4"
"""Part of every source key: to be raised with a change to the loaders, so that files are read again."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is kept of a file of many documents, or an address, that was read without a fault: its key, the names
    of its documents, and what the web server gave to ask for changes.
    """

    key: str
    name: str
    names: tuple[str, ...]
    etag: str = ""
    modified: str = ""

    @classmethod
    def parse(cls, text: str) -> Note | None:
        """None for what another version has noted."""
        try:
            said = json.loads(text)
            return cls(**said | {"names": tuple(said["names"])})
        except (ValueError, TypeError, KeyError):
            return None

    def __str__(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


class Known:
    """The documents of a store by their names, origins and keys, kept in step with a run."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.keys = store.source_keys()
        self.origins: dict[str, str] = {}
        self.same: dict[str, DocumentInfo] = {}  # by source key, which two files share if they are the same
        self.aliases = {alias.name: alias for alias in store.aliases()}
        self.seen: set[str] = set()  # ids of documents met in this run
        self.met: dict[str, File] = {}  # files met that are but another name of a document
        self.new_notes: dict[str, str] = {}
        self._notes = {origin: Note.parse(text) for origin, text in store.sources().items()}
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._other_names: list[tuple[str, str, str]] = []  # old, new, origin
        self._rows: dict[tuple[Path, Path], dict[str, SourceRow]] = {}
        for info in store.documents():
            self.origins[info.doc_id] = info.origin
            self._name(info.origin, info.source_id)
            if info.media_type != KINDS[RECORDS[1:]]:
                self.same[self.keys[info.doc_id]] = info
        for alias in self.aliases.values():
            self._name(alias.origin, alias.name)

    def _name(self, origin: str, name: str) -> None:
        """Notes the name that a file goes by; of one in an archive or a mail, that of the latter."""
        if is_url(origin):
            return
        self._names[origin].add(name)
        container = container_of(origin)
        inside = origin.removeprefix(container) if container else ""
        if inside and name.endswith(inside):
            self._names[container].add(name.removesuffix(inside))

    # Names

    def named(self, file: File) -> File:
        """The file under the one name it has in the store: of those it was ever met by, the one from furthest up.

        A file that is indexed alone after its folder stays what it was there, with what the folder's
        sources.csv says of it; indexed alone first, it takes its folder's name afterwards.
        """
        known = self._names.get(str(file.path), set())
        if file.suffix == RECORDS or known <= {file.source_id}:
            return file
        best = max(file, *(replace(file, source_id=name) for name in sorted(known)), key=depth)
        others = sorted(known - {best.source_id})
        self._other_names += [(name, best.source_id, str(file.path)) for name in others]
        if best.source_id == file.source_id:
            return file
        root = file.path.parents[best.source_id.count("/")]
        place = root, file.path.parent
        if place not in self._rows:
            self._rows[place] = rows_of(*place)
        return described(file.path, best.source_id, self._rows[place])

    def other_names(self) -> list[str]:
        """What files were stored as before they took the name under which they were met in this run."""
        gone = []
        for old, new, origin in self._other_names:
            if self.was_met(new):
                gone.append(old)
            inside = f"{old}/"
            gone += [
                name
                for name, place in self._all()
                if name.startswith(inside)
                and place.startswith(f"{origin}/")
                and self.was_met(f"{new}/{name.removeprefix(inside)}")
            ]
        return list(dict.fromkeys(gone))

    def _all(self) -> Iterator[tuple[str, str]]:
        """Every name in the store with its origin."""
        yield from ((info.source_id, info.origin) for info in self._store.documents())
        yield from ((alias.name, alias.origin) for alias in self._store.aliases())

    def was_met(self, name: str) -> bool:
        """Whether a name was met in this run, as a document or as another name of one."""
        return document_id(name) in self.seen or name in self.met

    # What has not changed

    def stands(self, doc_id: str, origin: str, key: str) -> bool:
        """Whether the store holds just this: from this file, or from a copy of it that is still there."""
        known = self.origins.get(doc_id)
        return (
            known is not None
            and doc_id not in self.seen
            and self.keys.get(doc_id) == key
            and (known == origin or exists(known))
        )

    def still_named(self, name: str, origin: str, key: str) -> bool:
        """Whether the store knows a file as another name of a document that has this content still."""
        alias = self.aliases.get(name)
        known = alias and alias.source_key == key and self.keys.get(alias.doc_id) == key
        return bool(alias and known and (alias.origin == origin or exists(alias.origin)))

    def whole(self, origin: str, name: str, key: str = "") -> Note | None:
        """What was noted of a file of many documents, if all of them are in the store; and if it has this key."""
        note = self._notes.get(origin)
        if note is None or note.name != name or (key and note.key != key):
            return None
        there = all(self._is_from(origin, one) for one in note.names)
        return note if there else None

    def noted(self, origin: str) -> Note | None:
        """What was noted of an origin, whether it still holds or not."""
        return self._notes.get(origin)

    def _is_from(self, origin: str, name: str) -> bool:
        alias = self.aliases.get(name)
        if alias is not None:
            return lies_in(alias.origin, origin) and self.keys.get(alias.doc_id) == alias.source_key
        return lies_in(self.origins.get(document_id(name), ""), origin)

    def meet(self, names: Iterable[str], file: File | None) -> list[str]:
        """Takes names of the store as met; those that were not met before."""
        new = []
        for name in names:
            if self.was_met(name):
                continue
            new.append(name)
            if name in self.aliases and file is not None:
                self.met[name] = file
            else:
                self.seen.add(document_id(name))
        return new

    def note(self, origin: str, note: Note | None) -> None:
        """Keeps a note to be stored with the next batch; None forgets what was noted."""
        if note is not None or self._notes.get(origin) is not None:
            self.new_notes[origin] = str(note) if note else ""
        self._notes[origin] = note

    def validators(self, origin: str) -> Validators:
        """By what a web server can tell that all that is stored of an address is still right."""
        note = self.whole(origin, origin)
        return Validators(note.etag, note.modified) if note else Validators()

    def differing(self) -> list[tuple[File, set[str]]]:
        """The files that were met as another name of a document which then turned out to have changed."""
        found: dict[Path, tuple[File, set[str]]] = {}
        for name, file in self.met.items():
            alias = self.aliases[name]
            if self.keys.get(alias.doc_id) != alias.source_key:
                found.setdefault(file.path, (file, set()))[1].add(name)
        return list(found.values())

    def take(self, info: DocumentInfo, key: str) -> None:
        """Notes a document that is to be stored."""
        self.seen.add(info.doc_id)
        self.same.pop(self.keys.get(info.doc_id, ""), None)
        self.same[key], self.keys[info.doc_id] = info, key

    def name_again(self, alias: Alias, file: File) -> None:
        """Notes another name of a document that is to be stored."""
        self.aliases[alias.name], self.met[alias.name] = alias, file

    def is_copy(self, info: DocumentInfo, twin: DocumentInfo) -> bool:
        """Whether a new document is the file of a stored one once more, and not that file under a new name."""
        return info.doc_id not in self.origins and info.origin != twin.origin and exists(twin.origin)


def lies_in(origin: str, container: str) -> bool:
    """Whether an origin is that of a file, or of one in it."""
    return origin == container or origin.startswith(f"{container}/")


def depth(file: File) -> tuple[int, str]:
    """By which of two names of one file is the one from further up."""
    return file.source_id.count("/"), file.source_id


def whole_file_key(file: File) -> str:
    """The key of a file, so that it need not even be opened by a loader; "" for records, and for no file."""
    if file.suffix == RECORDS:
        return ""
    try:
        if not stat.S_ISREG(file.path.stat().st_mode):
            return ""  # a pipe would wait for a writer for ever
        with file.path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""  # the loader says what is wrong
    return source_key(sha256, KINDS.get(file.suffix[1:], file.suffix), file.row, file.rows)


def source_key(
    sha256: str, kind: str, row: SourceRow | None, rows: Mapping[str, SourceRow] | None = None, url: str = ""
) -> str:
    """The same for files with the same content of which the same is said, whatever they are called."""
    said = [replace(row, file="") if row else None, *sorted((rows or {}).items())]
    more = repr(said) if len(said) > 1 else repr(said[0])
    return hashlib.sha256(f"{_LOADERS} {sha256} {kind} {more} {url}".encode()).hexdigest()
