"""The vectors of all passages and sentences in FAISS: derived from the database, rebuilt when in doubt.

One index holds both kinds, passages first. A row's id is `number << 16 | slot`. A sentence's slot counts from 0;
that of a passage has the highest bit set, and in the lowest two how many passages of its document, up to two, stand
in the rows before it.

A small index is searched by comparing every row. A large one keeps rows in half precision, and beside them 4-bit
codes of every two dimensions (product quantisation: Jégou, Douze and Schmid, PAMI 2011; scanned in registers: André,
Kermarrec and Le Scouarnec, PAMI 2019). The codes are scanned whole for several times what is wanted, which the rows
then put in order: of the 200 nearest, hardly one in a thousand is missed (docs/retrieval.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
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
_WIDER = 4
"""How many times as many rows are fetched by their codes as passages are wanted."""
_LARGE = 50_000
"""More rows than this are searched by codes: comparing as many takes some ten milliseconds."""
_TRAINING = 10_000
Rows = Iterable[tuple[int, np.ndarray]]
_BATCH_ROWS = 8_192
_CHUNK = 1 << 20


class VectorIndex:
    """Nearest neighbours by cosine. All vectors are unit length, so that the inner product is the cosine."""

    FORM = f"vectors 3, faiss {faiss.__version__}"
    """What the file's bytes depend on besides the vectors: to be raised with the layout."""

    def __init__(self, index: faiss.Index, codes: tuple[faiss.Index, ...] = ()) -> None:
        """Over rows and, of a large index, the codes of passages and of sentences."""
        self._index, self._codes = index, codes
        self._rows = _inner(index)
        self._ids = faiss.vector_to_array(index.id_map)  # type: ignore[attr-defined]
        self._numbers = self._ids >> _SLOT_BITS
        self._passages = int(np.count_nonzero(self._ids & _PASSAGE))
        self.dimensions = int(index.d)

    @classmethod
    def build(
        cls,
        dimensions: int,
        passages: Rows,
        sentences: Rows,
        runs: Iterable[tuple[int, int]],
        large: int = _LARGE,
    ) -> VectorIndex:
        """From each passage's number, ascending, with its vector (1, d); then with those of its sentences (n, d).

        `runs` are the first and last numbers of passages that stand together in a document, ascending. With
        more rows than `large`, they are held in half precision and searched by codes.
        """
        rows = faiss.IndexIDMap(faiss.IndexFlatIP(dimensions))
        for ids, vectors in _batches(_row_ids(passages, sentences, runs)):
            if rows.ntotal + len(ids) > large and isinstance(_inner(rows), faiss.IndexFlat):
                rows = _in_half_precision(rows)
            rows.add_with_ids(vectors, ids)
        index = cls(rows)
        if isinstance(index._rows, faiss.IndexScalarQuantizer):
            parts = (0, index._passages), (index._passages, len(index._ids))
            return cls(rows, tuple(index._coded(first, last) for first, last in parts))
        return index

    @classmethod
    def read(cls, path: Path) -> VectorIndex:
        with path.open("rb") as file:
            source = faiss.PyCallbackIOReader(file.read, _CHUNK)  # type: ignore[attr-defined]
            rows = faiss.read_index(source)  # type: ignore[arg-type]
            if isinstance(_inner(rows), faiss.IndexFlat):
                return cls(rows)
            return cls(rows, tuple(faiss.read_index(source) for _ in range(2)))  # type: ignore[arg-type]

    def write(self, path: Path) -> None:
        # FAISS itself does not notice when the last bytes do not fit the disk, and takes no name but in UTF-8.
        with path.open("wb") as file:
            target = faiss.PyCallbackIOWriter(file.write, _CHUNK)  # type: ignore[attr-defined]
            for index in (self._index, *self._codes):
                faiss.write_index(index, target)

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
        rows = None if only is None else self._rows_of(only, first, last)
        if rows is not None and not len(rows):
            return []
        if self._codes and (rows is None or len(rows) > _LARGE):
            allowed = 1.0 if rows is None else len(rows) / (last - first)
            return self._by_codes(query[0], k, sentences, allowed, only, but)
        if rows is None and but:
            kept = np.ones(last - first, dtype=bool)
            kept[self._rows_of(but, first, last) - first] = False
            rows = np.flatnonzero(kept) + first
            if not len(rows):
                return []
        selector = faiss.IDSelectorRange(first, last) if rows is None else faiss.IDSelectorBatch(rows)
        return self._by_rows(query, k, selector, last - first)

    def _by_rows(
        self, query: np.ndarray, k: int, selector: faiss.IDSelector, of: int
    ) -> list[tuple[int, float]]:
        """By comparing all rows that are selected, out of `of`."""
        # Several sentences may belong to one passage: widen until k passages are found or all are.
        fetch = k + _SPARE
        while True:
            fetch = min(fetch, of)
            scores, found = self._rows.search(query, fetch, params=faiss.SearchParameters(sel=selector))  # type: ignore[call-arg]
            kept = found[0] >= 0
            ranked = _ranked(self._numbers[found[0][kept]], scores[0][kept])
            # What was not fetched must not tie with the last one kept, or chance would choose among equals.
            if fetch == of or not kept.all():
                return ranked[:k]
            if len(ranked) > k and round(ranked[k - 1][1], 5) > round(float(scores[0][-1]), 5):
                return ranked[:k]
            fetch *= 4

    def _by_codes(
        self,
        query: np.ndarray,
        k: int,
        sentences: bool,
        allowed: float,
        only: Collection[int] | None,
        but: Collection[int],
    ) -> list[tuple[int, float]]:
        """By scanning codes for a few times k, of which those allowed are put in order by their rows."""
        codes = self._codes[sentences]
        offset = self._passages if sentences else 0
        fetch = int((_WIDER * k + _SPARE) / allowed)
        while True:
            fetch = min(fetch, codes.ntotal)
            found = codes.search(query[None], fetch)[1][0] + offset  # type: ignore[call-arg]
            numbers = self._numbers[found]
            kept = _isin(numbers, but, outside=True) if only is None else _isin(numbers, only)
            rows = np.sort(found[kept])
            ranked = _ranked(self._numbers[rows], self._vectors(rows) @ query)
            if len(ranked) >= k or fetch == codes.ntotal:
                return ranked[:k]
            fetch *= 4

    def similarities(
        self, vector: np.ndarray, numbers: Collection[int]
    ) -> list[tuple[float, np.ndarray, float] | None]:
        """For each passage its cosine, those of its sentences, (n,), and its context's; None for one not here."""
        query = self._query(vector)[0]
        wanted = np.fromiter(numbers, dtype=np.int64, count=len(numbers))
        if not self._passages or not len(wanted):
            return [None] * len(wanted)
        own, of_sentences = self._numbers[: self._passages], self._numbers[self._passages :]
        at = np.searchsorted(own, wanted)
        first = np.searchsorted(of_sentences, wanted, "left") + self._passages
        last = np.searchsorted(of_sentences, wanted, "right") + self._passages
        at[at == len(own)] = 0
        known = own[at] == wanted
        cosines = np.split(self._vectors(_ranges(first, last)) @ query, np.cumsum(last - first)[:-1])
        contexts, passages = self._contexts(query, at), self._vectors(at) @ query
        return [
            (passage, sentences, context) if found else None
            for found, passage, sentences, context in zip(
                known.tolist(), passages.tolist(), cosines, contexts.tolist(), strict=True
            )
        ]

    def centroid(self, numbers: Collection[int]) -> np.ndarray:
        """The direction of the mean of these passages' vectors, (d,); zeros where none of them is here."""
        total = self._vectors(self._rows_of(numbers, 0, self._passages)).sum(axis=0)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), dtype=np.float32)

    def _contexts(self, query: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The cosine of each row's context: the mean of its vector and those before it."""
        before = self._ids[rows] & 3
        vectors = self._vectors(_ranges(rows - before, rows + 1))
        total = np.add.reduceat(vectors, np.cumsum(before + 1) - (before + 1), axis=0)
        return (total @ query) / np.maximum(np.linalg.norm(total, axis=1), 1e-9)

    def _vectors(self, rows: np.ndarray) -> np.ndarray:
        """The vectors of some rows, float32 of shape (n, d)."""
        half = isinstance(self._rows, faiss.IndexScalarQuantizer)
        start = self._rows.codes.data()  # type: ignore[attr-defined]
        values = faiss.rev_swig_ptr(start, self._rows.codes.size())  # type: ignore[attr-defined]
        matrix = values.view(np.float16 if half else np.float32).reshape(-1, self.dimensions)
        return np.asarray(matrix[rows], dtype=np.float32)

    def _coded(self, first: int, last: int) -> faiss.IndexPQFastScan:
        """The codes of some rows, learned from a sample of them that is the same every time."""
        # An odd dimension is a part of its own.
        parts = self.dimensions // 2 if self.dimensions % 2 == 0 else self.dimensions
        codes = faiss.IndexPQFastScan(self.dimensions, parts, 4, faiss.METRIC_INNER_PRODUCT)
        codes.pq.cp.niter, codes.pq.cp.seed = 8, 1
        sample = np.random.RandomState(1).permutation(last - first)[:_TRAINING] + first
        if len(sample) < 1 << 4:  # fewer rows than a code has values: they are all there is to learn
            sample = np.resize(sample if len(sample) else np.arange(1), 1 << 4)
        codes.train(self._vectors(np.sort(sample)))  # type: ignore[call-arg]
        for at in range(first, last, _BATCH_ROWS):
            codes.add(self._vectors(np.arange(at, min(at + _BATCH_ROWS, last))))  # type: ignore[call-arg]
        return codes

    def _rows_of(self, listed: Collection[int], first: int, last: int) -> np.ndarray:
        """The rows between first and last that belong to these passages, ascending."""
        numbers = np.sort(np.fromiter(listed, dtype=np.int64, count=len(listed)))
        among = self._numbers[first:last]
        return first + _ranges(np.searchsorted(among, numbers), np.searchsorted(among, numbers, "right"))

    def _query(self, vector: np.ndarray) -> np.ndarray:
        # FAISS answers a wrong width with an assertion without text, and with rows of -1 under python -O.
        if vector.shape != (self.dimensions,):
            raise ValueError(f"a vector of shape ({self.dimensions},) was expected, not {vector.shape}")
        return np.ascontiguousarray(vector, dtype=np.float32)[None, :]


def _ranked(numbers: np.ndarray, scores: np.ndarray) -> list[tuple[int, float]]:
    """Each number once, with the best of its scores; the best first, ties by number."""
    best: dict[int, float] = {}
    for number, score in zip(numbers.tolist(), scores.tolist(), strict=True):
        if score > best.get(number, -2.0):
            best[number] = score
    return sorted(best.items(), key=lambda pair: (-round(pair[1], 5), pair[0]))


def _isin(numbers: np.ndarray, listed: Collection[int], outside: bool = False) -> np.ndarray:
    """Whether each number is one of those listed: by lookup, as there may be many more of those."""
    found = (number in listed for number in numbers.tolist())
    return np.fromiter(found, dtype=bool, count=len(numbers)) ^ outside


def _ranges(first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """All whole numbers from each first to before its last, one range after another.

    >>> _ranges(np.array([3, 9]), np.array([5, 10])).tolist()
    [3, 4, 9]
    """
    lengths = last - first
    return np.repeat(first - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())


def _inner(index: faiss.Index) -> faiss.Index:
    return faiss.downcast_index(index.index)  # type: ignore[attr-defined]


def _in_half_precision(index: faiss.IndexIDMap) -> faiss.IndexIDMap:
    """The same rows, of two bytes a dimension."""
    half = faiss.IndexScalarQuantizer(index.d, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)  # type: ignore[call-arg]
    rows = faiss.IndexIDMap(half)
    if index.ntotal:
        old, ids = _inner(index), faiss.vector_to_array(index.id_map)
        for at in range(0, index.ntotal, _BATCH_ROWS):
            count = min(_BATCH_ROWS, index.ntotal - at)
            rows.add_with_ids(old.reconstruct_n(at, count), ids[at : at + count])  # type: ignore[call-arg]
    return rows


def _row_ids(
    passages: Rows, sentences: Rows, runs: Iterable[tuple[int, int]]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The ids (n,) and vectors (n, d) of each passage and then of each one's sentences."""
    before = (min(at, CONTEXT) for first, last in runs for at in range(last - first + 1))
    for number, vector in passages:
        yield np.array([number << _SLOT_BITS | _PASSAGE | next(before)], dtype=np.int64), vector
    for number, matrix in sentences:
        yield (number << _SLOT_BITS) + np.arange(len(matrix), dtype=np.int64), matrix


def _batches(rows: Iterable[tuple[np.ndarray, np.ndarray]]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows in runs of some thousand, so that only the index itself holds all of them."""
    ids: list[np.ndarray] = []
    vectors: list[np.ndarray] = []
    size = 0
    for some, matrix in rows:
        if not len(matrix):
            continue
        ids.append(some)
        vectors.append(matrix)
        size += len(matrix)
        if size >= _BATCH_ROWS:
            yield np.concatenate(ids), np.concatenate(vectors).astype(np.float32)
            ids, vectors, size = [], [], 0
    if ids:
        yield np.concatenate(ids), np.concatenate(vectors).astype(np.float32)
