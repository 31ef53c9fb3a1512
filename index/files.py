"""The files to index: what lies below a folder, what it is called, and what sources.csv says of it."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import LoadError
from index.loaders import SUFFIXES
from index.sources import NAME as SOURCES
from index.sources import SourceRow, read_sources

RECORDS = ".jsonl"
_INDEX = "pincite.db"


@dataclass(frozen=True, slots=True)
class File:
    """A file to index, the name it goes by, and what the folder's sources.csv says of it."""

    path: Path
    source_id: str
    row: SourceRow | None = None


def find(root: Path, failed: list[LoadError], skipped: list[tuple[str, str]]) -> Iterator[File]:
    """A path's files in order of name, with what the sources.csv beside them says."""
    if not root.is_dir():
        if _sound_name(root, failed):
            yield File(root, root.name, rows_of(root.parent).get(root.name))
        return
    rows, errors = read_sources(root)
    failed += errors
    met = {SOURCES}
    for file in _walk(root, failed, skipped):
        if not _sound_name(file, failed):
            continue
        name = file.relative_to(root).as_posix()
        suffix = file.suffix.lower()
        if name == SOURCES:
            continue
        met.add(name)
        if name not in rows and suffix not in SUFFIXES:
            skipped.append((str(file), "not a kind of file that is read"))
        elif name not in rows and suffix == RECORDS and not _may_be_corpus(file):
            skipped.append((str(file), 'its records have neither "_id" nor "text", so it is no corpus'))
        else:
            yield File(file, name, rows.get(name))
    for name, row in rows.items():
        if name not in met:
            problem = "is hidden or lies elsewhere" if (root / name).is_file() else "is not there"
            problem = f"the file {name!r} {problem}; name a file in this folder, or remove the row"
            failed.append(LoadError(str(root / SOURCES), problem, line=row.line))


def _walk(root: Path, failed: list[LoadError], skipped: list[tuple[str, str]]) -> list[Path]:
    """The files below a folder in order of their names, without what is hidden and without other indexes."""

    def unreadable(error: OSError) -> None:
        failed.append(
            LoadError(
                shown(error.filename),
                f"the folder cannot be read ({error.strerror}); change its permissions",
            )
        )

    found: list[Path] = []
    for folder, folders, files in os.walk(root, onerror=unreadable):
        here = Path(folder)
        if _INDEX in files:
            folders.clear()
            continue
        for name in folders:
            if not name.startswith(".") and (here / name).is_symlink():
                skipped.append((shown(here / name), "a link to a folder is not followed"))
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [here / name for name in files if not name.startswith(".")]
    return sorted(found)


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


def rows_of(folder: Path) -> dict[str, SourceRow]:
    return read_sources(folder)[0]


def missing(path: Path) -> str:
    """Why there is nothing to read at a path, or ""."""
    try:
        path.stat()
    except FileNotFoundError:
        return "no such file or folder"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return ""


def exists(path: str) -> bool:
    return not missing(Path(path))


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
