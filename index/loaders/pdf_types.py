"""What is read from a PDF's pages before it is text: lines and ruling lines with their places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Cell(NamedTuple):
    """A piece of a line between two wide gaps, from `x0` to `x1` points from the left."""

    text: str
    x0: float
    x1: float
    bold: bool = False


class Line(NamedTuple):
    """One line. Points from the page's top left corner: `y0` is its top, `y1` its bottom.

    `size` is that of its type; `vertical` marks text that runs up or down the page; `raised` a line that
    begins with a small raised mark, as footnotes do. `cells` are its pieces if wide gaps part it, else ().
    A named tuple, as a frozen dataclass takes four times as long to make and there are many.
    """

    text: str
    x0: float
    x1: float
    y0: float
    y1: float
    size: float
    bold: bool = False
    vertical: bool = False
    raised: bool = False
    italic: bool = False
    cells: tuple[Cell, ...] = ()


class Rule(NamedTuple):
    """A ruling line: horizontal at `at` points from the top, or vertical at `at` from the left."""

    horizontal: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as read: its lines in the order of the file, its ruling lines if it may hold a table."""

    lines: list[Line]
    width: float
    height: float
    rules: tuple[Rule, ...] = ()
    label: str | None = None
