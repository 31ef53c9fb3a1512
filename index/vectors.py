"""The vectors of all passages and sentences in FAISS: derived from the database, rebuilt when in doubt.

One flat index holds both kinds, passages first. A row's id is `number << 16 | slot`. A sentence's slot counts
from 0; that of a passage has the highest bit set, and in the lowest two how many passages of its document, up
to two, stand in the rows before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import faiss
import numpy as np

_SLOT_BITS = 16
_PASSAGE = 1 << _SLOT_BITS - 1
MAX_SENTENCES = _PASSAGE
CONTEXT = 2
"""How many passages before it make a passage's context: what leads up to it names what it leaves unnamed."""
_SPARE = 16
"""FAISS orders ties its own way, so a few more than asked for are fetched, ordered, then cut."""
Rows = Iterable[tuple[int, np.ndarray]]
_BATCH_ROWS = 8_192
_CHUNK = 1 << 20


class VectorIndex:
    """Nearest neighbours by cosine. All vectors are unit length, so that the inner product is the cosine."""

    FORM = f"vectors 2, faiss {faiss.__version__}"
    """What the file's bytes depend on besides the vectors: to be raised with the layout."""

    def __init__(self, index: faiss.IndexIDMap) -> None:
        self._index = index
        self._flat = faiss.downcast_index(index.index)
        self._ids = faiss.vector_to_array(index.id_map)
        self._numbers = self._ids >> _SLOT_BITS
        self._passages = int(np.count_nonzero(self._ids & _PASSAGE))
        self.dimensions = int(index.d)

    @classmethod
    def build(
        cls, dimensions: int, passages: Rows, sentences: Rows, runs: Iterable[tuple[int, int]]
    ) -> VectorIndex:
        """From each passage's number, ascending, with its vector (1, d); then with those of its sentences (n, d).

        `runs` are the first and last numbers of passages that stand together in a document, ascending.
        """
        flat = faiss.IndexIDMap(faiss.IndexFlatIP(dimensions))
        before = (min(at, CONTEXT) for first, last in runs for at in range(last - first + 1))
        for numbers, vectors in _batches(passages):
            ids = [number << _SLOT_BITS | _PASSAGE | next(before) for number in numbers]
            flat.add_with_ids(np.concatenate(vectors).astype(np.float32), np.array(ids, dtype=np.int64))
        for numbers, vectors in _batches(sentences):
            places = [
                (number << _SLOT_BITS) + np.arange(len(matrix), dtype=np.int64)
                for number, matrix in zip(numbers, vectors, strict=True)
            ]
            flat.add_with_ids(np.concatenate(vectors).astype(np.float32), np.concatenate(places))
        return cls(flat)

    @classmethod
    def read(cls, path: Path) -> VectorIndex:
        with path.open("rb") as file:
            source = faiss.PyCallbackIOReader(file.read, _CHUNK)  # type: ignore[attr-defined]
            return cls(faiss.read_index(source))  # type: ignore[arg-type]

    def write(self, path: Path) -> None:
        # FAISS itself does not notice when the last bytes do not fit the disk, and takes no name but in UTF-8.
        with path.open("wb") as file:
            target = faiss.PyCallbackIOWriter(file.write, _CHUNK)  # type: ignore[attr-defined]
            faiss.write_index(self._index, target)

    def __len__(self) -> int:
        """How many passages there are."""
        return self._passages

    def nearest(
        self,
        vector: np.ndarray,
        k: int,
        *,
        sentences: bool = False,
        only: Collection[int] | None = None,
        but: Collection[int] = (),
    ) -> list[tuple[int, float]]:
        """(number, cosine) of the k nearest passages, by their own vector or by their best sentence.

        `only` narrows the search to these passages before ranking, `but` keeps these out of it.
        """
        query = self._query(vector)
        first, last = (self._passages, len(self._ids)) if sentences else (0, self._passages)
        if k <= 0 or first == last or (only is not None and not only):
            return []
        selector: faiss.IDSelector = faiss.IDSelectorRange(first, last)
        if only is not None or but:
            listed = but if only is None else only
            wanted = np.isin(
                self._numbers[first:last], np.fromiter(listed, dtype=np.int64, count=len(listed))
            )
            rows = np.flatnonzero(wanted if only is not None else ~wanted) + first
            if not len(rows):
                return []
            selector = faiss.IDSelectorBatch(rows)
        # Several sentences may belong to one passage: widen until k passages are found or all are.
        fetch = k + _SPARE
        while True:
            fetch = min(fetch, last - first)
            scores, found = self._flat.search(query, fetch, params=faiss.SearchParameters(sel=selector))  # type: ignore[call-arg]
            kept = found[0] >= 0
            best: dict[int, float] = {}
            for number, score in zip(
                self._numbers[found[0][kept]].tolist(), scores[0][kept].tolist(), strict=True
            ):
                best.setdefault(number, score)
            ranked = sorted(best.items(), key=lambda pair: (-round(pair[1], 5), pair[0]))
            # What was not fetched must not tie with the last one kept, or chance would choose among equals.
            if fetch == last - first or not kept.all():
                return ranked[:k]
            if len(ranked) > k and round(ranked[k - 1][1], 5) > round(float(scores[0][-1]), 5):
                return ranked[:k]
            fetch *= 4

    def similarities(
        self, vector: np.ndarray, numbers: Sequence[int]
    ) -> list[tuple[float, np.ndarray, float] | None]:
        """For each passage its cosine, those of its sentences, (n,), and its context's; None for one not here."""
        query = self._query(vector)[0]
        if not self._passages:
            return [None] * len(numbers)
        start = self._flat.get_xb()  # type: ignore[attr-defined]
        values = faiss.rev_swig_ptr(start, len(self._ids) * self.dimensions)
        matrix = values.reshape(-1, self.dimensions)
        own, of_sentences = self._numbers[: self._passages], self._numbers[self._passages :]
        at = np.searchsorted(own, numbers)
        first = np.searchsorted(of_sentences, numbers, "left") + self._passages
        last = np.searchsorted(of_sentences, numbers, "right") + self._passages
        at[at == len(own)] = 0
        known = own[at] == numbers
        contexts = self._contexts(query, at, matrix)
        return [
            (float(matrix[row] @ query), matrix[a:b] @ query, context) if found else None
            for found, row, a, b, context in zip(
                known.tolist(), at.tolist(), first.tolist(), last.tolist(), contexts.tolist(), strict=True
            )
        ]

    def _contexts(self, query: np.ndarray, rows: np.ndarray, matrix: np.ndarray) -> np.ndarray:
        """The cosine of each row's context: the mean of its vector and of those before it."""
        before = self._ids[rows] & 3
        steps = np.arange(-CONTEXT, 1)
        within = -before[:, None] <= steps
        around = np.where(within, rows[:, None] + steps, rows[:, None])
        total = np.einsum("rsd,rs->rd", matrix[around], within.astype(np.float32))
        return (total @ query) / np.maximum(np.linalg.norm(total, axis=1), 1e-9)

    def _query(self, vector: np.ndarray) -> np.ndarray:
        # FAISS answers a wrong width with an assertion without text, and with rows of -1 under python -O.
        if vector.shape != (self.dimensions,):
            raise ValueError(f"a vector of shape ({self.dimensions},) was expected, not {vector.shape}")
        return np.ascontiguousarray(vector, dtype=np.float32)[None, :]


def _batches(rows: Rows) -> Iterator[tuple[list[int], list[np.ndarray]]]:
    """Rows in runs of some thousand vectors, so that only the index itself holds all of them."""
    numbers: list[int] = []
    vectors: list[np.ndarray] = []
    size = 0
    for number, matrix in rows:
        if not len(matrix):
            continue
        numbers.append(number)
        vectors.append(matrix)
        size += len(matrix)
        if size >= _BATCH_ROWS:
            yield numbers, vectors
            numbers, vectors, size = [], [], 0
    if numbers:
        yield numbers, vectors
