"""Table rows that read on their own: "Judgement: Overall effectiveness; Grade: Inadequate."."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.types import BlockKind

_LABEL_CHARS = 200  # longer than this, a header is not a label to repeat on every row
_MAX_SPAN = 1_000  # the bound that HTML itself sets


class Table:
    """Cells in reading order, given back row by row. Short header cells are repeated as labels of the cells
    below them, and a cell that spans rows is repeated in each, so that no row needs another to be understood.
    """

    def __init__(self) -> None:
        self._labels: list[str] = []
        self._headers: list[str] = []  # header rows that wait for a row to label
        self._row: list[tuple[str, bool]] = []
        self._down: dict[int, tuple[int, str, bool]] = {}  # column: rows left, text, is a header

    def cell(self, text: str, *, header: bool = False, columns: int = 1, rows: int = 1) -> None:
        """Add the next cell of the row, which spans `columns` and `rows`."""
        text = " ".join(text.split("\n")).strip()
        self._fill()
        for extra in range(min(max(columns, 1), _MAX_SPAN)):
            shown = "" if extra else text
            if rows > 1:
                kept = shown if len(shown) <= _LABEL_CHARS else ""
                self._down[len(self._row)] = (min(rows, _MAX_SPAN) - 1, kept, header)
            self._row.append((shown, header))

    def end_row(self) -> Iterator[tuple[BlockKind, str]]:
        """The blocks that the row makes: none for a header row, which waits for the rows it labels."""
        self._fill()
        row, self._row = self._row, []
        if not any(text for text, _ in row):
            return
        if len(row) > 1 and all(header or not text for text, header in row):
            texts = [text for text, _ in row]
            if self._headers:  # a second header row under the first: "2016 boys", not "boys"
                width = max(len(self._labels), len(texts))
                pairs = zip(_padded(self._labels, width), _padded(texts, width), strict=True)
                self._labels = [" ".join(filter(None, pair)) for pair in pairs]
            else:
                self._labels = texts
            self._headers.append("; ".join(filter(None, texts)))
            return
        # What is repeated as labels is shown for the viewer but need not be found a second time.
        yield from (("furniture", header) for header in self._headers)
        self._headers = []
        yield "row", labelled(row, self._labels)

    def end(self) -> Iterator[tuple[BlockKind, str]]:
        """The header rows that no row followed: they are all that the table says."""
        yield from (("row", header) for header in self._headers)
        self._headers = []

    def _fill(self) -> None:
        """Repeat the cells from rows above that reach down to the next columns."""
        while (column := len(self._row)) in self._down:
            left, text, header = self._down.pop(column)
            if left > 1:
                self._down[column] = (left - 1, text, header)
            self._row.append((text, header))


def labelled(row: Sequence[tuple[str, bool]], labels: Sequence[str]) -> str:
    """One row as text, from its cells and whether each is a header.

    >>> labelled([("Leadership", False), ("Inadequate", False)], ["Judgement", "Grade"])
    'Judgement: Leadership; Grade: Inadequate.'
    >>> labelled([("Overall effectiveness", True), ("Inadequate", False)], [])
    'Overall effectiveness: Inadequate.'
    >>> labelled([("a", False), ("b", False)], [])
    'a; b'
    """
    texts = [text for text, _ in row]
    parts = []
    for text, label in zip(texts, _padded(labels, len(texts)), strict=True):
        if text:
            named = label and len(label) <= _LABEL_CHARS and len(texts) > 1
            parts.append(f"{label.rstrip(': ')}: {text}" if named else text)
    if any(labels):
        line = "; ".join(parts)
    elif len(parts) > 1 and texts[0] and row[0][1] and not any(header for _, header in row[1:]):
        line = f"{parts[0].rstrip(': ')}: {'; '.join(parts[1:])}"
    else:
        return "; ".join(parts)
    return line if len(parts) < 2 or line.endswith((".", "!", "?")) else line + "."


def _padded(texts: Sequence[str], width: int) -> list[str]:
    return [*texts[:width], *[""] * (width - len(texts))]
