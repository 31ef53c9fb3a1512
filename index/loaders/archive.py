"""ZIP archives: each member a file of its own, unpacked one at a time in memory and never onto the disk."""

from __future__ import annotations

import posixpath
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from typing import BinaryIO

from index.errors import LoadError
from index.loaders.base import Limits, Member, Remark
from index.sources import NAME as SOURCES
from index.sources import SourceRow, gathered, parse_sources

_END = 65_557  # how far from its end the directory of an archive is announced at most
_HOLDERS = (".zip", ".eml")
_DIRECTORY_BYTES = 1_000  # of the archive's directory for each member: far more than a sane one takes
_WRONG = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError)


def members(
    file: BinaryIO, where: str, limits: Limits, read: Collection[str], budget: list[int]
) -> Iterator[Member | LoadError | Remark]:
    """The archive's members in order of name, with what each sources.csv in it says of them.

    `read` holds the suffixes that are read; other members are remarked on. What cannot be taken safely (an
    absolute path, "..", a link, an encrypted member, one over a limit) is a LoadError in its place. `budget`
    holds how many bytes may still be unpacked, and is shared with archives in this one.
    """
    try:
        _check_directory(file, where, limits)
        archive = zipfile.ZipFile(file)
    except _WRONG as error:
        raise LoadError(
            where, f"is no ZIP archive that can be read ({_detail(error)}); copy it again"
        ) from error
    with archive:
        infos = archive.infolist()
        if len(infos) > limits.max_members:
            yield LoadError(
                where,
                f"holds {len(infos):,} files, more than the limit of {limits.max_members:,}; those beyond it"
                " were not read: unpack it and index the folder",
            )
            infos = infos[: limits.max_members]
        tables, errors = _tables(archive, infos, where, limits)
        yield from errors
        rows = gathered(tables)
        below: dict[str, dict[str, SourceRow]] = {}  # by the archive or mail in this one that they speak of
        for name, row in rows.items():
            for place in _above(name):
                below.setdefault(place, {})[name] = row
        met: set[str] = set()
        for info in sorted(infos, key=lambda info: info.filename):
            name = info.filename.replace("\\", "/")
            if info.is_dir() or _is_hidden(name):
                continue
            if posixpath.basename(name) == SOURCES and posixpath.dirname(name) in tables:
                continue
            place = f"{where}/{name}"
            if problem := _problem(info, name, met, limits):
                yield LoadError(place, problem)
            elif name not in rows and posixpath.splitext(name)[1].lower() not in read:
                yield Remark(place, "not a kind of file that is read", skipped=True)
            elif info.file_size > budget[0]:
                yield LoadError(
                    where,
                    f"unpacks to more than the limit of {limits.max_archive_bytes:,} bytes; {name!r} and what"
                    " follows were not read: unpack it and index the folder",
                )
                return
            else:
                budget[0] -= info.file_size
                try:
                    data = archive.read(info)
                except _WRONG as error:
                    yield LoadError(place, f"cannot be unpacked ({_detail(error)}); pack it again")
                else:
                    within = {n.removeprefix(f"{name}/"): row for n, row in below.get(name, {}).items()}
                    yield Member(name, data, rows.get(name), within)
            met.add(name)
        for folder, table in tables.items():
            for name, row in table.items():
                path = posixpath.join(folder, name)
                if path not in met and not met.intersection(_above(path)):
                    problem = f"the file {name!r} is not in the archive; correct the name, or remove the row"
                    yield LoadError(posixpath.join(where, folder, SOURCES), problem, line=row.line)


def _problem(info: zipfile.ZipInfo, name: str, met: Collection[str], limits: Limits) -> str:
    """Why a member is not taken, or ""."""
    if name.startswith("/") or re.match("[A-Za-z]:", name):
        return "has an absolute path, which no honest archive holds; pack it again with relative ones"
    if any(part in ("", ".", "..") for part in name.split("/")):
        return 'has ".", ".." or nothing as a part of its path; pack it again with plain ones'
    if not name.isprintable():
        return "has a name with characters that cannot be printed; rename it and pack it again"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a symbolic link, which is not followed; pack the file that it leads to"
    if info.flag_bits & 1:
        return "is encrypted with a password; unpack it, or pack it without one"
    if name in met:
        return "is in the archive twice, and the first was kept; pack it again with one of them"
    if info.file_size > limits.max_bytes:
        return f"is larger than the limit of {limits.max_bytes:,} bytes; split it, or raise the limit"
    return ""


def _above(name: str) -> list[str]:
    """The archives and mails that a path may lead through."""
    parts = name.split("/")
    places = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
    return [place for place in places if place.lower().endswith(_HOLDERS)]


def _is_hidden(name: str) -> bool:
    """What file managers leave in archives, and what a folder's hidden files are."""
    parts = name.split("/")
    return parts[0] == "__MACOSX" or any(part.startswith(".") and part.strip(".") for part in parts)


def _tables(
    archive: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo], where: str, limits: Limits
) -> tuple[dict[str, dict[str, SourceRow]], list[LoadError]]:
    """What each sources.csv in the archive says, by its folder. One that another from further up tells of is none."""
    tables: dict[str, dict[str, SourceRow]] = {}
    errors: list[LoadError] = []
    told: set[str] = set()
    left = limits.max_markup_bytes
    named = [(info.filename.replace("\\", "/"), info) for info in infos if not info.is_dir()]
    sidecars = [
        (name, info) for name, info in named if posixpath.basename(name) == SOURCES and not _is_hidden(name)
    ]
    for name, info in sorted(sidecars, key=lambda sidecar: sidecar[0].count("/")):
        folder, place = posixpath.dirname(name), f"{where}/{name}"
        if folder in tables or _problem(info, name, (), limits) or name in told:
            continue  # the others hear what is wrong with it in their turn
        left -= info.file_size
        if left < 0:
            errors.append(LoadError(place, "is too large to be read; pack it again"))
            continue
        try:
            table, wrong = parse_sources(archive.read(info), place)
        except _WRONG as error:
            table, wrong = {}, [LoadError(place, f"cannot be unpacked ({_detail(error)}); pack it again")]
        tables[folder] = table
        told |= set(gathered({folder: table}))
        errors += wrong
    return tables, errors


def _check_directory(file: BinaryIO, where: str, limits: Limits) -> None:
    """LoadError for a directory that would itself fill the memory: zipfile holds an object for each entry."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END))
    tail = file.read(_END)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise LoadError(where, "is no ZIP archive, or a truncated one; copy it again")
    (length,) = struct.unpack_from("<L", tail, at + 12)
    locator = tail.rfind(b"PK\x06\x07", 0, at)
    if locator >= 0 and locator + 20 == at:
        (place,) = struct.unpack_from("<Q", tail, locator + 8)
        file.seek(min(place, size))
        if len(end := file.read(56)) == 56:
            (length,) = struct.unpack_from("<Q", end, 40)
    if length > max(limits.max_members, 1_000) * _DIRECTORY_BYTES:
        raise LoadError(
            where,
            f"holds more than the limit of {limits.max_members:,} files; unpack it and index the folder",
        )
    file.seek(0)


def _detail(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
