"""Progress on a terminal's stderr; silent anywhere else."""

from __future__ import annotations

import os
import sys
from typing import Any, Self

from tqdm import tqdm

from index import Progress


class Bar(Progress):
    """A bar over the bytes of the files being indexed."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None

    def start(self, total_bytes: int) -> None:
        self._bar = _bar(total=total_bytes, unit="B", unit_scale=True)

    def advance(self, done_bytes: float, name: str) -> None:
        if self._bar is not None:
            self._bar.set_description_str(name[-30:], refresh=False)
            self._bar.update(done_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


class Counter:
    """A bar over questions."""

    def __init__(self, unit: str) -> None:
        self._bar = _bar(unit=f" {unit}")

    def __call__(self, done: int, total: int) -> None:
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()


def _bar(**options: Any) -> tqdm:
    """A bar that is shown on a terminal only, and leaves nothing there when it is done."""
    on_terminal = sys.stderr.isatty()
    # Said here because tqdm shows nothing on a terminal that does not tell its size, as under `script`.
    columns = (os.get_terminal_size(sys.stderr.fileno()).columns if on_terminal else 0) or 80
    return tqdm(file=sys.stderr, disable=not on_terminal, leave=False, ncols=columns - 1, nrows=20, **options)
