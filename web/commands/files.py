"""Files that commands write: checked before the work begins, and written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import click

from web.commands.printing import say


def check_place(path: Path | None) -> None:
    """UsageError if a file could not be put there; told before the model is loaded and not after the answer is lost."""
    if path and not path.absolute().parent.is_dir():
        raise click.UsageError(f"{path.parent} is no folder: make it, or write {path.name} elsewhere")


def write_whole(path: Path, contents: bytes) -> None:
    """Writes a file, and says so. What stood there stays if that fails."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(contents)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    say(f"wrote {path}")
