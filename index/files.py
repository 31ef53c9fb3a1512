"""The files to index: what lies below a folder, what it is called, and what sources.csv says of it."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import LoadError
from index.fetching.addresses import is_url
from index.loaders import CONTAINERS, RECORDS, SUFFIXES
from index.sources import NAME as SOURCES
from index.sources import SourceRow, gathered, read_sources

INDEX = "pincite.db"
"""The file by which a folder is known to be an index."""


# Who may write into a folder that is indexed must not be able to have any file of this machine quoted.
_LEADS_OUT = (
    "is a link that leads out of the indexed folder, and is not followed; copy the file here, or index it by its"
    " own name"
)


@dataclass(frozen=True, slots=True)
class File:
    """A file to index, the name it goes by, and what the folder's sources.csv says of it and of files in it."""

    path: Path
    source_id: str
    row: SourceRow | None = None
    rows: Mapping[str, SourceRow] = field(default_factory=dict)

    @property
    def suffix(self) -> str:
        return self.path.suffix.lower()

    @property
    def is_container(self) -> bool:
        """Whether it may hold other files that are documents of their own."""
        return self.suffix in CONTAINERS


def described(path: Path, source_id: str, rows: Mapping[str, SourceRow]) -> File:
    """A file with what its folder's sources.csv says of it, and of files in it ("mails.zip/first.eml")."""
    inside = f"{source_id}/"
    within = {name.removeprefix(inside): row for name, row in rows.items() if name.startswith(inside)}
    return File(path, source_id, rows.get(source_id), within)


def find(root: Path, failed: list[LoadError], skipped: list[tuple[str, str]]) -> Iterator[File]:
    """A path's files in order of name, with what the sources.csv beside them, and in the folders above, says."""
    if not root.is_dir():
        if _sound_name(root, failed):
            yield described(root, root.name, rows_of(root.parent, root.parent))
        return
    files = [file for file in _walk(root, failed, skipped) if _sound_name(file, failed)]
    names = {file.relative_to(root).as_posix(): file for file in files}
    tables = _tables(names, failed)
    rows = gathered(tables)
    for name, file in names.items():
        suffix = file.suffix.lower()
        if file.name == SOURCES and _folder(name) in tables:
            continue
        if name not in rows and suffix not in SUFFIXES:
            skipped.append((str(file), "not a kind of file that is read"))
        elif name not in rows and suffix == RECORDS and not _may_be_corpus(file):
            skipped.append((str(file), 'its records have neither "_id" nor "text", so it is no corpus'))
        else:
            yield described(file, name, rows)
    for folder, table in tables.items():
        for name, row in table.items():
            path = f"{folder}/{name}" if folder else name
            if path not in names and not _in_container(path, names):
                problem = (
                    "is hidden or lies elsewhere" if (root / folder / name).is_file() else "is not there"
                )
                problem = f"the file {name!r} {problem}; name a file in this folder, or remove the row"
                failed.append(LoadError(str(root / folder / SOURCES), problem, line=row.line))


def _tables(names: Mapping[str, Path], failed: list[LoadError]) -> dict[str, dict[str, SourceRow]]:
    """What each sources.csv says, by its folder. One that another from further up tells of is a document."""
    tables: dict[str, dict[str, SourceRow]] = {}
    told: set[str] = set()
    sidecars = [name for name in names if name.rpartition("/")[2] == SOURCES]
    for name in sorted(sidecars, key=lambda name: name.count("/")):
        if name not in told:
            table, errors = read_sources(names[name].parent)
            tables[_folder(name)] = table
            told |= set(gathered({_folder(name): table}))
            failed += errors
    return tables


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


def _in_container(name: str, met: Collection[str]) -> bool:
    """Whether a row is about a file in an archive or a mail; the loader alone knows what lies in there."""
    parts = name.split("/")
    above = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
    return any(place in met and place.lower().endswith(CONTAINERS) for place in above)


def _walk(root: Path, failed: list[LoadError], skipped: list[tuple[str, str]]) -> list[Path]:
    """The files below a folder in order of their names, without what is hidden and without other indexes."""

    def unreadable(error: OSError) -> None:
        failed.append(
            LoadError(
                shown(error.filename),
                f"the folder cannot be read ({error.strerror}); change its permissions",
            )
        )

    real = os.path.realpath(root)
    found: list[Path] = []
    for folder, folders, files in os.walk(root, onerror=unreadable):
        here = Path(folder)
        if INDEX in files:
            folders.clear()
            continue
        for name in folders:
            if not name.startswith(".") and (here / name).is_symlink():
                skipped.append((shown(here / name), "a link to a folder is not followed"))
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith("."):
                path = here / name
                if path.is_symlink() and not _lies_below(path, real):
                    failed.append(LoadError(shown(path), _LEADS_OUT))
                else:
                    found.append(path)
    return sorted(found)


def _lies_below(link: Path, folder: str) -> bool:
    """Whether a link leads to a place in a folder, through whatever other links; one in a circle leads nowhere."""
    return os.path.commonpath((folder, os.path.realpath(link))) == folder


def _sound_name(path: Path, failed: list[LoadError]) -> bool:
    """Whether a path can be stored and cited, and an error for it if it cannot."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        failed.append(LoadError(shown(path), "its name is not UTF-8; rename it"))
        return False
    return True


def shown(path: Path | str) -> str:
    """A path as it can be printed; only a name that is not UTF-8 looks different."""
    return os.fsencode(path).decode(errors="backslashreplace")


def _may_be_corpus(file: Path) -> bool:
    """Whether a .jsonl that lies in a folder may be meant as documents; a broken one may, and is then told of."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            return True
        with file.open("rb") as lines:
            record = json.loads(next((line for line in lines if line.strip()), b"{}"))
    except (OSError, ValueError, RecursionError):
        return True
    return not isinstance(record, dict) or "_id" in record or "text" in record


def rows_of(root: Path, folder: Path) -> dict[str, SourceRow]:
    """What is said of the files in a folder, by their path from `root`, which lies above it or is the same."""
    between = [folder, *folder.parents]
    between = between[: between.index(root) + 1]
    real = os.path.realpath(root)
    tables = {
        "" if place == root else place.relative_to(root).as_posix(): read_sources(place)[0]
        for place in between
        if _lies_below(place / SOURCES, real)
    }
    return gathered(tables)


def missing(path: Path) -> str:
    """Why there is nothing to read at a path, or ""."""
    try:
        path.stat()
    except FileNotFoundError:
        return "no such file or folder"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return ""


def exists(origin: str) -> bool:
    """Whether the file of a document is there still, or the one that it lies in; the web is taken at its word."""
    if is_url(origin) or not missing(Path(origin)):
        return True
    container = container_of(origin)
    return bool(container) and not missing(Path(container))


def container_of(origin: str) -> str:
    """The outermost archive or mail that a document's file lies in, or ""."""
    parts = origin.split("/")
    for depth in range(1, len(parts)):
        place = "/".join(parts[:depth])
        if parts[depth - 1].lower().endswith(CONTAINERS) and not Path(place).is_dir():
            return place
    return ""


def above(origin: str) -> set[str]:
    """An origin, and all that it lies in: archives, folders, up to the root.

    >>> sorted(above("/docs/a.zip/b.txt"))
    ['/', '/docs', '/docs/a.zip', '/docs/a.zip/b.txt']
    """
    parts = origin.split("/")
    return {"/".join(parts[:depth]) or "/" for depth in range(1, len(parts) + 1)}


def same_file(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:
        return False


def size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
