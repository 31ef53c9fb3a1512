"""Progress on a terminal's stderr; silent anywhere else."""

from __future__ import annotations

import sys
from typing import Self

from tqdm import tqdm

from index import Progress


class Bar(Progress):
    """A bar over the bytes of the files being indexed."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None

    def start(self, total_bytes: int) -> None:
        self._bar = tqdm(
            total=total_bytes, unit="B", unit_scale=True, disable=not sys.stderr.isatty(), leave=False
        )

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
        self._bar = tqdm(unit=f" {unit}", disable=not sys.stderr.isatty(), leave=False)

    def __call__(self, done: int, total: int) -> None:
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()
