"""Files -> store, incrementally: what has not changed is skipped, what fails is told, all else is kept."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

from index.cutting import cut
from index.embed import Embeddable, Embedder, embeddable
from index.errors import LoadError, MismatchError, UsageError
from index.fetching.addresses import FetchError, canonical, is_url
from index.fetching.fetch import Fetcher, FetchSettings
from index.fetching.remote import source_of
from index.files import File, above, exists, find, missing, same_file, shown, size
from index.known import Known, Note, depth, source_key, whole_file_key
from index.linking import link_copies
from index.loaders import KINDS, RECORDS, Limits, Loaded, Source, load
from index.loaders.guard import Guard
from index.record import is_record, leaning, title_of
from index.settings import IndexSettings
from index.split import PASSAGE_TOKENS
from index.store import Alias, Entry, Store, mismatch
from index.summary import Progress, Summary
from index.types import Document, Passage, document_id

_BATCH_PASSAGES = 256
"""Documents are stored together until they make this many passages: what a kill can cost at most."""


def index_paths(
    store: Store,
    embedder: Embedder,
    paths: Sequence[Path | str],
    *,
    passage_tokens: int = PASSAGE_TOKENS,
    prune: bool = False,
    progress: Progress | None = None,
    limits: Limits = Limits(),
    fetch: FetchSettings = FetchSettings(),
    only: Collection[Path] | None = None,
) -> Summary:
    """Brings the store up to date with files, folders, archives, JSON Lines corpora and addresses of the web.

    An address is a string that begins with http:// or https://. With `prune`, documents that came from these
    paths and are there no longer are removed. With `only`, nothing but these files, and what lies below them, is
    looked at. Each batch is one transaction, so a run that is killed leaves whole documents, and the next one
    goes on from there. UsageError if none of the paths exists, and for an address of another kind; MismatchError
    if the store was made with other settings.
    """
    summary = Summary()
    settings = IndexSettings(embedder.name, embedder.fingerprint, embedder.dimensions, passage_tokens)
    if store.settings and (differences := store.settings.differences(settings)):
        raise MismatchError(mismatch(store.location, differences))
    urls = list(dict.fromkeys(canonical(str(path)) for path in paths if is_url(path)))
    # Without "..", and with the links that a person named on purpose.
    roots = {path: Path(os.path.abspath(path)) for path in paths if not is_url(path)}  # noqa: PTH100
    absent = {path: problem for path, root in roots.items() if (problem := missing(root))}
    if len(absent) == len(roots) and not urls:
        raise UsageError("; ".join(f"{path}: {problem}" for path, problem in absent.items()))
    summary.failed += [LoadError(shown(path), problem) for path, problem in absent.items()]
    present = [root for path, root in roots.items() if path not in absent]
    places = None if only is None else {str(path) for path in only}
    with Guard() as guard:
        run = _Run(store, embedder, settings, summary, progress or Progress(), limits, guard)
        files: dict[Path, File] = {}
        for root in present:
            for file in map(run.known.named, find(root, summary.failed, summary.skipped)):
                if places is None or places & above(str(file.path)):
                    known = files.get(file.path)
                    files[file.path] = file if known is None else max(known, file, key=depth)
        run.progress.start(sum(size(path) for path in files))
        for file in files.values():
            run.read(file)
        if urls:
            fetcher = Fetcher(fetch)
            for url in urls:
                run.read_url(url, fetcher)
        run.flush()
        run.part_what_differs()
        run.forget_other_names()
        if prune:
            run.prune(present, places)
    if summary.added or summary.changed or summary.removed:
        link_copies(store)
    store.refresh()
    return summary


class _Run:
    """One indexing run: documents read, gathered into batches, embedded, stored."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        settings: IndexSettings,
        summary: Summary,
        progress: Progress,
        limits: Limits,
        guard: Guard,
    ) -> None:
        self.store, self.embedder, self.settings = store, embedder, settings
        self.summary, self.progress = summary, progress
        self.known = Known(store)
        self._limits, self._guard = limits, guard
        self._new_names: list[Alias] = []
        self._old_names: list[str] = []
        self._gone: list[str] = []  # names that an address no longer gives
        self._batch: list[tuple[Document, list[Passage], str]] = []
        self._bytes = 0

    def read(self, file: File) -> None:
        """Reads a file and stores what is new in it, sooner or later."""
        origin, name = str(file.path), file.source_id
        key = whole_file_key(file)
        if key and self._unchanged(file, key):
            self.progress.advance(size(file.path), name)
            return
        source = Source(name, origin, origin, file.suffix, file.row, file.rows)
        names = self._read(source, file.path, file)
        if file.is_container:
            self.known.note(origin, Note(key, name, tuple(names)) if key and names is not None else None)

    def _unchanged(self, file: File, key: str) -> bool:
        """Whether the store holds all of a file as it is; it is then met."""
        origin, name, known = str(file.path), file.source_id, self.known
        if file.is_container:
            note = known.whole(origin, name, key)
            if note is None:
                return False
            self.summary.unchanged += known.meet(note.names, file)
            return True
        if known.stands(document_id(name), origin, key):
            known.seen.add(document_id(name))
        elif known.still_named(name, origin, key):
            known.met[name] = file
        else:
            return False
        self.summary.unchanged.append(name)
        return True

    def read_url(self, url: str, fetcher: Fetcher) -> None:
        """Fetches an address and stores what is new; asked again, the server need only say that nothing is."""
        known = self.known
        try:
            answer = fetcher.fetch(url, known.validators)
            if answer.unchanged and (note := known.whole(answer.url, answer.url)):
                self.summary.unchanged += known.meet(note.names, None)
                return
            source, data = source_of(answer)
        except FetchError as error:
            self.summary.failed.append(LoadError(url, str(error)))
            if error.gone and (note := known.noted(url)):
                self._gone += note.names
            return
        except LoadError as error:
            self.summary.failed.append(error)
            return
        given = answer.validators
        key = source_key(source.sha256, source.suffix, None, url=source.url)
        old = known.noted(source.origin)
        note = known.whole(source.origin, source.source_id, key)
        if note is not None:
            self.summary.unchanged += known.meet(note.names, None)
            names: list[str] | None = list(note.names)
        else:
            names = self._read(source, data, None)
        if names is None:
            known.note(source.origin, None)
            return
        known.note(source.origin, Note(key, source.source_id, tuple(names), given.etag, given.modified))
        self._gone += [name for name in (old.names if old else ()) if name not in names]

    def _read(
        self, source: Source, content: Path | bytes, file: File | None, wanted: Collection[str] | None = None
    ) -> list[str] | None:
        """The names of what a source holds, when all that it holds could be read and taken; else None.

        With `wanted`, only documents of these names are taken.
        """
        left = size(content) if isinstance(content, Path) else 0
        whole = file is None or source.suffix != RECORDS
        failed_before = len(self.summary.failed)
        names: list[str] = []
        for found in load(source, content, self._limits, self._guard):
            if isinstance(found, LoadError):
                self.summary.failed.append(found)
            elif not isinstance(found, Loaded):
                told = self.summary.skipped if found.skipped else self.summary.notes
                told.append((found.where, found.reason))
            elif wanted is None or found.document.info.source_id in wanted:
                self._take(found, file, source.url)
                names.append(found.document.info.source_id)
                share = left if whole else min(left, len(found.document.text))
                self._bytes, left = self._bytes + share, left - share
            if sum(len(passages) for _, passages, _ in self._batch) >= _BATCH_PASSAGES:
                self.flush(source.source_id)
        self._bytes += left
        return names if len(self.summary.failed) == failed_before else None

    def part_what_differs(self) -> None:
        """Reads the files anew that were another name of a document which then turned out to have changed."""
        for file, names in self.known.differing():
            for name in names:
                del self.known.met[name]
                if name in self.summary.unchanged:
                    self.summary.unchanged.remove(name)
            origin = str(file.path)
            source = Source(file.source_id, origin, origin, file.suffix, file.row, file.rows)
            self._read(source, file.path, file, names)
        self.flush()

    def _take(self, loaded: Loaded, file: File | None, url: str) -> None:
        document, known = loaded.document, self.known
        info = document.info
        # Of the bytes that were read just now: the file may have changed since it was looked at.
        key = source_key(info.sha256, info.media_type, loaded.row, url=url)
        # What an address gives is not the copy of a file: it is cited by its address.
        twin = known.same.get(key) if info.media_type != KINDS[RECORDS[1:]] and file is not None else None
        if known.stands(info.doc_id, info.origin, key):
            known.seen.add(info.doc_id)
            self.summary.unchanged.append(info.source_id)
        elif problem := self._problem(document):
            self.summary.failed.append(LoadError(info.origin, problem))
        elif twin and file and known.is_copy(info, twin):
            alias = Alias(info.source_id, twin.doc_id, info.origin, key)
            before = known.aliases.get(info.source_id)
            if before == alias:
                self.summary.unchanged.append(info.source_id)
            else:
                (self.summary.changed if before else self.summary.added).append(info.source_id)
                self._new_names.append(alias)
            known.name_again(alias, file)
        else:
            try:
                document, passages = cut(loaded, self.settings.passage_tokens, self._limits.max_seconds)
            except LoadError as error:
                self.summary.failed.append(error)
                return
            if known.aliases.pop(info.source_id, None):
                self._old_names.append(info.source_id)
            known.take(info, key)
            new = info.doc_id not in known.origins
            (self.summary.added if new else self.summary.changed).append(info.source_id)
            self._batch.append((document, passages, key))

    def _problem(self, document: Document) -> str:
        """Why a document cannot be stored, or ""."""
        info = document.info
        if self.known.was_met(info.source_id):
            return (
                f"another file of this run goes by the name {info.source_id!r} too;"
                " index the folder above both, so that their names differ"
            )
        alias = self.known.aliases.get(info.source_id)
        known = alias.origin if alias else self.known.origins.get(info.doc_id, info.origin)
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
        titles = [
            title_of(document.info, passages) if is_record(passages) else ""
            for document, passages, _ in self._batch
        ]
        named = [Embeddable(title) for title in titles if title]
        embeddings = iter(
            self.embedder.embed(
                texts + named,
                lambda done: self.progress.advance(self._bytes * done / len(texts + named), name),
            )
            if texts
            else ()
        )
        made = [[next(embeddings) for _ in passages] for _, passages, _ in self._batch]
        for at, ((_, passages, _), title) in enumerate(zip(self._batch, titles, strict=True)):
            vector = next(embeddings).passage if title and texts else None
            if is_record(passages):
                made[at] = leaning(passages, made[at], vector)
        entries = [
            Entry(document, tuple(passages), tuple(of), key)
            for (document, passages, key), of in zip(self._batch, made, strict=True)
        ]
        if entries:
            self.store.put(entries, self.settings)
            self.summary.passages += len(texts)
        if self._new_names or self._old_names:
            self.store.unalias(self._old_names)
            self.store.alias(self._new_names)
            self._new_names, self._old_names = [], []
        if self.known.new_notes:
            self.store.note_sources(self.known.new_notes)
            self.known.new_notes = {}
        if not texts:
            self.progress.advance(self._bytes, name)
        self._batch.clear()
        self._bytes = 0

    def forget_other_names(self) -> None:
        """Removes what files were stored as before they took the name they have now."""
        self._forget(self.known.other_names())

    def _forget(self, names: Sequence[str]) -> None:
        if names:
            self.store.remove([document_id(name) for name in names if name not in self.known.aliases])
            self.store.unalias(names)
            self.summary.removed += names

    def prune(self, roots: Iterable[Path], only: Collection[str] | None = None) -> None:
        """Removes what came from these paths and was not met again, and what an address no longer gives."""
        places = {str(root) for root in roots}
        # Not gone, only not readable this time: a file, a line of it, or a folder.
        unread = {error.where for error in self.summary.failed}
        gone = [name for name in self._gone if not self.known.was_met(name)]
        for name, origin, met in [*self._stored()]:
            lies = above(origin)
            if not met and not is_url(origin) and lies & places and not lies & unread:
                gone += [name] if only is None or lies & set(only) else []
        self._forget(list(dict.fromkeys(gone)))
        # What a removed document was another name of stands for itself from now on.
        for name in gone:
            self.known.same.pop(self.known.keys.pop(document_id(name), ""), None)
        if noted := self.store.sources():
            there = {place for _, origin, _ in self._stored() for place in above(origin)}
            for origin in noted.keys() - there:
                self.known.note(origin, None)
        self.part_what_differs()

    def _stored(self) -> Iterator[tuple[str, str, bool]]:
        """The names in the store, where each comes from, and whether it was met in this run."""
        for info in self.store.documents():
            yield info.source_id, info.origin, info.doc_id in self.known.seen
        for alias in self.store.aliases():
            yield alias.name, alias.origin, alias.name in self.known.met
