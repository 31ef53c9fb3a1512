"""Files that are derived from the database: each knows what it was made from, and what it weighs.

A derived file is trusted only if its seal, written last, names the origin wanted and every byte is as it was.
Whoever reads or replaces one holds the folder's lock, so that a draft found here was left by the dead.
"""

from __future__ import annotations

import json
import logging
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

_CHUNK = 1 << 20
_Found = TypeVar("_Found")

log = logging.getLogger(__name__)


def is_fresh(target: Path, origin: str) -> bool:
    """Whether a derived file or folder was made from this origin and is undamaged."""
    try:
        seal = json.loads(_seal(target).read_text("utf-8"))
        return seal == {"origin": origin, "files": _weigh(target)}
    except (OSError, ValueError):
        return False


def read(target: Path, origin: str, reader: Callable[[Path], _Found]) -> _Found | None:
    """What the reader makes of a fresh derived file; None if it has to be made anew."""
    if not is_fresh(target, origin):
        return None
    try:
        return reader(target)
    except Exception as error:  # the libraries raise errors of every kind; all of them mean: not this one
        log.warning("%s cannot be read (%s)", target, error)
        return None


def replace(target: Path, origin: str, make: Callable[[Path], object]) -> None:
    """Makes a derived file or folder anew beside its place, then puts it there and seals it.

    A crash at any moment leaves either a sealed whole or something that `is_fresh` refuses.
    """
    draft, seal = _draft(target), _seal(target)
    try:
        make(draft)
        seal.unlink(missing_ok=True)
        discard(target)
        draft.rename(target)
        _draft(seal).write_text(json.dumps({"origin": origin, "files": _weigh(target)}), "utf-8")
        _draft(seal).rename(seal)
    finally:
        sweep(target)


def discard(path: Path) -> None:
    """Removes a file or a folder with all that is in it, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def sweep(target: Path) -> None:
    """Removes what a killed process left half made of this file."""
    discard(_draft(target))
    discard(_draft(_seal(target)))


def _draft(target: Path) -> Path:
    return target.with_name(f".{target.name}.draft")


def _seal(target: Path) -> Path:
    return target.with_name(f"{target.name}.seal")


def _weigh(target: Path) -> dict[str, list[int]]:
    """name -> size and CRC-32 of every file: enough to notice damage, cheap enough for every start."""
    files = sorted(target.rglob("*")) if target.is_dir() else [target]
    return {
        path.relative_to(target).as_posix(): [path.stat().st_size, _crc(path)]
        for path in files
        if path.is_file() and not path.name.endswith(".lock")
    }


def _crc(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            crc = zlib.crc32(chunk, crc)
    return crc
