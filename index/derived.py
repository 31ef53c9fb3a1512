"""Files that are derived from the database: each knows the generation it was made from and what it weighs.

A derived file is trusted only if its seal, written last, names the generation wanted and every byte is as it was.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

_CHUNK = 1 << 20


def is_fresh(target: Path, generation: int) -> bool:
    """Whether a derived file or folder was made from this generation and is undamaged."""
    try:
        seal = json.loads(_seal(target).read_text("utf-8"))
        return seal == {"generation": generation, "files": _weigh(target)}
    except (OSError, ValueError):
        return False


def replace(target: Path, generation: int, make: Callable[[Path], None]) -> None:
    """Makes a derived file or folder anew beside its place, then puts it there and seals it.

    A crash at any moment leaves either a sealed whole or something that `is_fresh` refuses.
    """
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    discard(fresh)
    try:
        make(fresh)
        _seal(target).unlink(missing_ok=True)
        discard(target)
        fresh.rename(target)
        seal = _seal(target)
        draft = seal.with_name(f".{seal.name}.{os.getpid()}")
        draft.write_text(json.dumps({"generation": generation, "files": _weigh(target)}), "utf-8")
        draft.rename(seal)
    finally:
        discard(fresh)


def discard(path: Path) -> None:
    """Removes a file or a folder with all that is in it, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Removes what killed processes left half made. Only for the one who holds the folder's lock."""
    for path in folder.glob(".*.[0-9]*"):
        if not _alive(int(path.suffix[1:])):
            discard(path)


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


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
