"""Band keys: by which passages that share a sentence, or nearly, find each other without being compared one by one.

MinHash signatures of sentences and banding (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets,
3.4). A key stands for one band of one sentence's signature; two passages that hold the same key are candidates.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Mapping
from itertools import chain, pairwise
from zlib import crc32

import numpy as np

LEAST_WORDS = 12
"""Shorter passages repeat by chance (headings, grades, "See page 4"), and are never copies nor copied."""

_WORD = re.compile(r"[^\W_]+(?:[.,][0-9]+)*")
_DROPPED = dict.fromkeys(map(ord, "'’‘\u00ad"))  # "council’s" is one word, with and without its mark
_HYPHENATED = re.compile(r"[-\u2010]\s*\n\s*")
_SENTENCE = re.compile(r"[.!?…:;][\"'”’)\]]*\s+")
_PERMUTATIONS = 32
_ROWS = 4
"""Eight bands of four rows find a pair of sentences of similarity .8 with probability .985, one of .3 with .06."""
_SENTENCE_WORDS = 6
_CHUNK = 20_000
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SEED = 20170407


def words_of(text: str) -> list[list[str]]:
    """The words of a text, sentence by sentence, without case and apostrophes; empty for one that is too short."""
    plain = _HYPHENATED.sub("", text).translate(_DROPPED).casefold()
    # Interned, as a hundred thousand passages have few words, many times.
    sentences = [list(map(sys.intern, _WORD.findall(sentence))) for sentence in _SENTENCE.split(plain)]
    return sentences if sum(map(len, sentences)) >= LEAST_WORDS else []


def band_keys(texts: Iterable[str]) -> list[bytes]:
    """The band keys of each text, as little-endian 64-bit numbers; none for one that is too short.

    Stored, and so never to change without a new SCHEMA. Nothing is random: the same text has the same keys.
    """
    found: list[bytes] = []
    rows: list[list[int]] = []
    owners: list[int] = []
    hashes = _Hashes()

    def flush() -> None:
        keys = _keys(rows)
        borders = np.searchsorted(owners, np.arange(len(found) - counted, dtype=np.int64) + counted)
        for i, (start, stop) in enumerate(pairwise([*borders.tolist(), len(rows)]), counted):
            found[i] = keys[start:stop].tobytes()

    counted = 0  # how many texts are done with
    for text in texts:
        sentences = words_of(text)
        for sentence in sentences:
            if len(sentence) >= _SENTENCE_WORDS or len(sentences) == 1:
                rows.append([hashes[word] for word in sentence])
                owners.append(len(found))
        found.append(b"")
        if len(rows) >= _CHUNK:
            flush()
            counted, rows, owners = len(found), [], []
    if len(found) > counted:
        flush()
    return found


class _Hashes(dict[str, int]):
    """Hashes of words, each made once; crc32, as Python's own differs from run to run."""

    def __missing__(self, word: str) -> int:
        self[word] = found = crc32(word.encode()) + 1
        return found


def _keys(rows: list[list[int]]) -> np.ndarray:
    """The band keys of sentences, (n, bands), given the hashes of their words."""
    import rensa

    if not rows:
        return np.zeros((0, _PERMUTATIONS // _ROWS), "<u8")
    lengths = np.array([len(row) for row in rows])
    flat = np.fromiter(chain.from_iterable(rows), np.uint64, int(lengths.sum()))
    # Pairs of words, so that their order counts; a sentence's last word is paired with the first of the next, which
    # the row leaves out.
    pairs = flat * _MIX ^ np.roll(flat, -1) * np.uint64(0xC2B2AE3D27D4EB4F)
    ends = np.cumsum(lengths)
    keep = np.ones(len(flat), bool)
    keep[ends[lengths > 1] - 1] = False
    offsets = np.concatenate([[0], np.cumsum(np.maximum(lengths - 1, 1))]).astype(np.uint64)
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
        np.ascontiguousarray(pairs[keep]), offsets, _PERMUTATIONS, _SEED
    )
    signatures = np.array(matrix.to_rows(), dtype=np.uint64)
    bands = []
    for band in range(0, _PERMUTATIONS, _ROWS):
        keys = np.full(len(rows), band, np.uint64)  # the same values in another band are another key
        for row in range(band, band + _ROWS):
            keys = (keys ^ signatures[:, row]) * _MIX
        bands.append(keys)
    return np.column_stack(bands).astype("<u8")


class Buckets:
    """Which passages, by number, hold the same key."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        sizes = [len(value) // 8 for value in keys.values()]
        self._owners = np.repeat(np.fromiter(keys, np.int64, len(keys)), sizes)
        self._keys = np.frombuffer(b"".join(keys.values()), "<u8")

    def shared(self, numbers: Collection[int]) -> list[list[int]]:
        """The members of every bucket in which one of these stands with another, each member once."""
        own = np.unique(self._keys[np.isin(self._owners, np.fromiter(numbers, np.int64, len(numbers)))])
        if not len(own):
            return []
        at = np.minimum(np.searchsorted(own, self._keys), len(own) - 1)
        held = np.flatnonzero(own[at] == self._keys)
        held = held[np.argsort(at[held], kind="stable")]
        sizes = np.bincount(at[held])
        held = held[sizes[at[held]] > 1]
        starts = np.flatnonzero(np.diff(at[held], prepend=-1)).tolist()
        owners = self._owners[held].tolist()
        groups = (list(dict.fromkeys(owners[a:b])) for a, b in pairwise([*starts, len(owners)]))
        return [group for group in groups if len(group) > 1]
