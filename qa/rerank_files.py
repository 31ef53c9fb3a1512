"""The folder of a reranker: what it must hold, and the hashes that one of ours is verified by."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from index import UsageError

MANIFEST = "pincite-reranker.json"
"""In a folder of ours: {"name": ..., "files": {file: sha256}}, written last."""

WEIGHTS = "model.safetensors"
_TOLD = ("README.md", "metrics.json", "desktop.ini")
"""What may change without another score."""
_UNSAFE = (".bin", ".pt", ".pth", ".pkl", ".ckpt", ".py")


def file_hashes(folder: Path) -> dict[str, str]:
    """The sha256 of every file that decides scores, by its path in the folder."""
    return {
        path.relative_to(folder).as_posix(): _sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.name not in (*_TOLD, MANIFEST)
        and path.suffix not in _UNSAFE
        and not path.name.startswith(".")
    }


def seal(folder: Path, name: str) -> None:
    """Writes the manifest of a folder that is otherwise whole."""
    manifest = {"name": name, "files": file_hashes(folder)}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", "utf-8")


def verify(folder: Path) -> str:
    """The fingerprint of a reranker's folder: the hash of its files' hashes.

    A UsageError for a folder without weights in safetensors, and for one of ours in which a file is not what
    its manifest says, is missing or was added.
    """
    if not folder.is_dir():
        raise UsageError(
            f"{folder} is not a folder; name one that sentence-transformers saved a CrossEncoder in"
        )
    if not (folder / WEIGHTS).is_file() or not (folder / "config.json").is_file():
        raise UsageError(
            f"{folder} is no reranker: it has to hold config.json and {WEIGHTS}, the only form of weights that is read"
        )
    found = file_hashes(folder)
    manifest = folder / MANIFEST
    if manifest.is_file():
        held = _manifest(manifest)
        changed = sorted(name for name in {*held, *found} if held.get(name) != found.get(name))
        if changed:
            raise UsageError(
                f"{folder} is not as it was made: {', '.join(changed)} differ from {MANIFEST}; make or copy it again"
            )
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def _manifest(path: Path) -> dict[str, Any]:
    try:
        files = json.loads(path.read_text("utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} cannot be read; make or copy the reranker again") from error
    if not isinstance(files, dict):
        raise UsageError(f"{path} cannot be read; make or copy the reranker again")
    return files


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
