"""Which files change, as they change, through watchfiles; what follows from it is for the caller."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from index.files import INDEX
from index.sources import NAME as SOURCES

_QUIET_MS = 500
"""How long nothing may happen before changes are told: a file that is still being copied is half a file."""
_LONGEST_MS = 5_000
_WAKE_MS = 1_000


def changes(paths: Sequence[Path]) -> Iterator[frozenset[Path] | None]:
    """First None, once watching has begun, so that what changes from then on is missed by nobody: it is the time
    to look at everything. Then, without end, the files and folders that have changed since; None again when
    everything may have, as when a sources.csv says something new. KeyboardInterrupt passes through.
    """
    import watchfiles

    roots = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100
    # A file is watched by its folder: editors save by putting a new file in its place.
    watched = {root if root.is_dir() else root.parent for root in roots}
    told = watchfiles.watch(
        *sorted(watched), watch_filter=None, debounce=_LONGEST_MS, step=_QUIET_MS, rust_timeout=_WAKE_MS,
        yield_on_timeout=True, raise_interrupt=True, recursive=True, ignore_permission_denied=True,
    )  # fmt: skip
    # Nothing is watched before the first step, which ends by itself. What it may have seen is looked at anyway.
    next(told)
    yield None
    for batch in told:
        touched = {Path(name) for _, name in batch}
        touched = {path for path in touched if any(_concerns(path, root) for root in roots)}
        if any(path.name == SOURCES for path in touched):
            yield None
        elif touched:
            yield frozenset(touched)


def _concerns(path: Path, root: Path) -> bool:
    """Whether a change is one of what is to be indexed: below a root, and not hidden there."""
    if path == root or path in root.parents:
        return True
    if not path.is_relative_to(root) or any(part.startswith(".") for part in path.relative_to(root).parts):
        return False
    # An index that lies in the folder changes with every run, and would call for the next.
    return not any((folder / INDEX).exists() for folder in path.parents if folder.is_relative_to(root))
