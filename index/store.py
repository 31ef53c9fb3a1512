"""The one seam for storage: what every backend promises. tests/contract holds each of them to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import numpy as np

from index.copies import Place
from index.embed import Embedding
from index.errors import UsageError
from index.settings import IndexSettings
from index.types import Document, DocumentInfo, Filter, Passage

_SCHEME = re.compile("[A-Za-z][A-Za-z0-9+.-]+")  # of one letter it would be a drive


@dataclass(frozen=True, slots=True)
class Entry:
    """A document ready to be stored: its passages, and an embedding for each of them.

    `source_key` is a digest of all that the entry was made from: as long as it stays, nothing needs doing.
    """

    document: Document
    passages: tuple[Passage, ...]
    embeddings: tuple[Embedding, ...]
    source_key: str = ""


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage's number in the store and its score by one engine; higher is better."""

    number: int
    score: float


@dataclass(frozen=True, slots=True)
class Similarity:
    """How near a passage is to a question: the cosine of its own vector, of each of its sentences in order, and
    of its context, the mean of its vector and those of up to two passages before it in the document.
    """

    passage: float
    sentences: tuple[float, ...]
    context: float

    @property
    def best_sentence(self) -> float:
        """The highest of the sentences; of a passage without any, its own."""
        return max(self.sentences, default=self.passage)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a filter lets through. `first` and `last` are publication dates, empty if none is known.

    `generation` is the store's: it grows with every change and never goes back.
    """

    documents: int
    passages: int
    generation: int
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """What is kept of a passage to look for copies of it: its place in the order of origins, and its band keys."""

    place: Place
    keys: bytes


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of a stored document: a file with the very same content. `origin` is where it was read."""

    name: str
    doc_id: str
    origin: str
    source_key: str


class Store(Protocol):
    """Documents, passages and vectors, searched by vector and by words.

    Every method that changes something is one transaction. A passage's number stays the same for as long as
    it is stored and is never given to another. Results are ordered by score, ties by number.
    """

    @property
    def location(self) -> str:
        """Where the store is, as messages name it."""
        ...

    @property
    def settings(self) -> IndexSettings | None:
        """What shaped the index; None before the first `put`."""
        ...

    def put(self, entries: Sequence[Entry], settings: IndexSettings) -> None:
        """Stores documents, replacing those of the same id. MismatchError if made by other settings.

        One whose content (`sha256`) has changed stays as an older edition, under its `edition_id`.
        """
        ...

    def alias(self, aliases: Sequence[Alias]) -> None:
        """Stores other names of documents, in place of what these names stood for as aliases."""
        ...

    def aliases(self) -> list[Alias]:
        """All other names, in order."""
        ...

    def unalias(self, names: Sequence[str]) -> int:
        """Forgets other names; how many there were."""
        ...

    def link(
        self,
        copies: Mapping[int, str],
        traces: Mapping[int, Trace] = MappingProxyType({}),
        gone: Collection[int] = (),
    ) -> None:
        """Says which passages repeat an earlier one: number -> passage id. Replaces all that was said before.

        Keeps `traces` by number, and forgets those `gone`.
        """
        ...

    def links(self) -> dict[int, str]:
        """What was said last, without the copies that are gone."""
        ...

    def untraced(self) -> tuple[list[int], list[int]]:
        """The passages of newest editions, boilerplate aside, that have no trace; and the traces without passage."""
        ...

    def trace_keys(self) -> dict[int, bytes]:
        """The band keys of every trace, by number."""
        ...

    def traces(self, numbers: Collection[int]) -> dict[int, Trace]:
        """Traces by number; those that are not kept are left out."""
        ...

    def remove(self, doc_ids: Sequence[str]) -> int:
        """Removes documents with all that belongs to them, older editions too; how many ids there were."""
        ...

    def counts(self, where: Filter = Filter()) -> Counts:
        """How much a filter lets through: documents by what is known of them, passages one by one."""
        ...

    def documents(self, doc_ids: Collection[str] | None = None) -> list[DocumentInfo]:
        """The newest edition of all that is stored, or these ids of any edition, ordered by source id."""
        ...

    def editions(self, source_id: str) -> list[DocumentInfo]:
        """All editions of a source, the newest first."""
        ...

    def publishers(self) -> dict[str, str]:
        """Who published the newest editions, by name, each with the voice of most of theirs."""
        ...

    def source_keys(self) -> dict[str, str]:
        """doc id -> source key, of the newest editions."""
        ...

    def sources(self) -> dict[str, str]:
        """origin -> what an indexing run noted of it, such as how it was when it was read to its end."""
        ...

    def note_sources(self, notes: Mapping[str, str]) -> None:
        """Notes something of origins, in place of what was noted before; "" forgets it. No change of contents."""
        ...

    def document(self, name: str) -> Document:
        """A document by its id, source id or other name. NotIndexedError if there is none."""
        ...

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """Passages by number; those that are gone are left out."""
        ...

    def passages_of(self, doc_id: str) -> list[tuple[int, Passage]]:
        """A document's passages in order, with their numbers: the neighbours of each."""
        ...

    def nearest(self, vector: np.ndarray, k: int, where: Filter, *, sentences: bool = False) -> list[Scored]:
        """The k passages whose vector, or whose best sentence's, has the highest cosine with `vector` (d,)."""
        ...

    def best(self, question: str, k: int, where: Filter) -> list[Scored]:
        """The k passages with the highest BM25 score for any of the question's words."""
        ...

    def similarities(self, vector: np.ndarray, numbers: Sequence[int]) -> list[Similarity | None]:
        """The cosines of the given passages with `vector` (d,); None for one that is gone."""
        ...

    def centroid(self, numbers: Sequence[int]) -> np.ndarray:
        """The direction of the mean of the given passages' vectors, (d,); zeros where all of them are gone."""
        ...

    def relevances(self, question: str, numbers: Sequence[int]) -> np.ndarray:
        """BM25 scores of the given passages, (n, 2): of their own text under its title and headings, and of that
        with up to two passages on either side; 0 without a common word.
        """
        ...

    def frequencies(self, words: Sequence[str]) -> dict[str, int]:
        """How many passages each word, as `index.words` gives it, occurs in."""
        ...

    def refresh(self) -> None:
        """Brings all that is derived from the truth up to date, for those who open the store next."""
        ...

    def check(self) -> list[str]:
        """What is wrong, a sentence each; empty when all is well."""
        ...

    def close(self) -> None: ...


def mismatch(location: str, differences: Sequence[str]) -> str:
    """The sentence that tells how an index differs from what was asked for, and what to do."""
    made = f"the index in {location} was made with {'; '.join(differences)}"
    if any(difference.startswith(("splitter", "schema")) for difference in differences):
        return f"{made}, by another version of Pincite: remove it and index again, or into another folder with --data"
    return f"{made}: leave the option out to use it as it is, or index into another folder with --data"


def open_store(location: str | Path, *, create: bool = False) -> Store:
    """The store at a folder, or at a URL: "sqlite:FOLDER". NotIndexedError if there is none to open.

    UsageError for a URL of any other kind.
    """
    scheme, colon, rest = str(location).partition(":")
    if isinstance(location, str) and colon and scheme == "sqlite":
        if not rest:
            raise UsageError(f"{location}: no folder is named; write sqlite:FOLDER")
        location = rest
    elif isinstance(location, str) and colon and _is_scheme(str(location), scheme):
        # "sqllite:data" is a slip, and would otherwise make a folder of that name.
        advice = (
            f"; for a folder with a colon in its name write ./{location}" if "://" not in location else ""
        )
        raise UsageError(
            f"{location}: no store of the kind {scheme!r} is known; give a folder, or sqlite:FOLDER{advice}"
        )
    from index.sqlite import SqliteStore

    return SqliteStore(Path(location), create=create)


def _is_scheme(location: str, scheme: str) -> bool:
    """Whether what stands before the colon is meant as a kind of store, and not as part of a folder's name."""
    return "://" in location or (bool(_SCHEME.fullmatch(scheme)) and not Path(location).exists())
