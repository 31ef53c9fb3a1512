"""The same text printed twice: passages that repeat an earlier one in nearly the same words.

A passage is a copy when an earlier document, or its own document before it, holds at least four fifths of its
shingles (runs of three words), and no number and no negation differs. Passages are cut elsewhere in every document,
so candidates are looked for by sentence and checked against all of the other document's passages that share one.

Candidates come from MinHash signatures of sentences and banding (Broder 1997; Leskovec, Rajaraman and Ullman, Mining
of Massive Datasets, 3.4); every candidate is then compared exactly, so a hash decides nothing. Nothing is random: the
same passages give the same links.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import numpy as np

LEAST_WORDS = 12
"""Shorter passages repeat by chance (headings, grades, "See page 4"), and are never copies nor copied."""
LEAST_SHARED = 0.8

_WORD = re.compile(r"[^\W_]+(?:[.,][0-9]+)*")
_DROPPED = dict.fromkeys(map(ord, "'’‘\u00ad"))  # "council’s" is one word, with and without its mark
_HYPHENATED = re.compile(r"[-\u2010]\s*\n\s*")
_SENTENCE = re.compile(r"[.!?…:;][\"'”’)\]]*\s+")
_SHINGLE = 3
_PERMUTATIONS = 32
_ROWS = 4
"""Eight bands of four rows find a pair of sentences of similarity .8 with probability .985, one of .3 with .06."""
_SENTENCE_WORDS = 6
_NEIGHBOURS = 8
"""How many earlier sentences of one bucket are looked at: the first ones, as the earliest is wanted."""
_DOCUMENTS = 12
_CHUNK = 20_000
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SEED = 20170407
_NEGATIONS = frozenset(
    _WORD.findall(
        """no not never none nor neither nobody nothing without cannot cant wont didnt doesnt dont isnt arent wasnt
        werent hasnt havent hadnt shouldnt wouldnt couldnt"""
    )
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A passage as it is compared: its key, the document it is in, its text and the document's date.

    `published` is an ISO date or its prefix, or empty.
    """

    key: str
    document: str
    text: str
    published: str = ""


def copies(passages: Iterable[Printed]) -> dict[str, str]:
    """The key of every copy with that of the earliest passage that says the same. What is no copy is left out.

    Earliest is by date of publication, then in the order given; a document without a date comes after those with one,
    and "2017" after every day of 2017. What a copy points at is itself no copy. Where the copied words lie in several
    passages of a document, the one with most of them is meant.

    Passages of older editions of a document should be left out: they are all but the same, and no second source.

    >>> told = "The council will open the new bridge on the first of May after three years of work."
    >>> copies([Printed("b:0", "b", told, "2017-04-08"), Printed("a:0", "a", told, "2017-04-07")])
    {'b:0': 'a:0'}
    """
    ordered = sorted(
        passages, key=lambda passage: _when(passage.published)
    )  # stable: then in the order given
    words = [_words(passage.text) for passage in ordered]
    link: dict[int, int] = {}
    shingles: dict[int, frozenset[tuple[str, ...]]] = {}
    for i, candidates in _candidates(words):
        source = _source(i, candidates, ordered, words, shingles)
        if source is not None:
            link[i] = link.get(source, source)  # earlier ones are done: a source is linked to its own origin
    return {ordered[i].key: ordered[j].key for i, j in link.items()}


def _when(published: str) -> str:
    return published + "~" if published else "~~"  # "~" sorts after every digit and hyphen


def _words(text: str) -> list[list[str]]:
    """The words of a text, sentence by sentence, without case and apostrophes; empty for one that is too short."""
    plain = _HYPHENATED.sub("", text).translate(_DROPPED).casefold()
    # Interned, as a hundred thousand passages have few words, many times.
    sentences = [list(map(sys.intern, _WORD.findall(sentence))) for sentence in _SENTENCE.split(plain)]
    return sentences if sum(map(len, sentences)) >= LEAST_WORDS else []


def _shingles(sentences: list[list[str]]) -> frozenset[tuple[str, ...]]:
    words = [word for sentence in sentences for word in sentence]
    return frozenset(zip(*(words[k:] for k in range(_SHINGLE)), strict=False))


def _candidates(passages: list[list[list[str]]]) -> Iterator[tuple[int, list[int]]]:
    """Each passage that shares a sentence, or nearly, with earlier ones, and those; in order."""
    signatures, owners = _signatures(passages)
    if not len(owners):
        return
    found: dict[int, set[int]] = defaultdict(set)
    for band in range(0, _PERMUTATIONS, _ROWS):
        keys = np.zeros(len(owners), np.uint64)
        for row in range(band, band + _ROWS):
            keys = (keys ^ signatures[:, row]) * _MIX
        _, bucket, sizes = np.unique(keys, return_inverse=True, return_counts=True)
        shared = np.flatnonzero(sizes[bucket] > 1)
        order = shared[np.argsort(bucket[shared], kind="stable")]  # by bucket, then by passage
        starts = np.flatnonzero(np.diff(bucket[order], prepend=-1))
        for start, stop in pairwise([*starts, len(order)]):
            members = owners[order[start:stop]].tolist()
            first = list(dict.fromkeys(members))[:_NEIGHBOURS]
            for member in members:
                found[member].update(first)
    for i in sorted(found):
        earlier = sorted(j for j in found[i] if j < i)
        if earlier:
            yield i, earlier


def _signatures(passages: list[list[list[str]]]) -> tuple[np.ndarray, np.ndarray]:
    """MinHash signatures, one row a sentence, and the passage that each row is of."""
    import rensa

    hashes: dict[str, int] = {}  # of a word; crc32, as Python's own differs from run to run
    tokens: list[np.ndarray] = []
    owners: list[int] = []
    for i, sentences in enumerate(passages):
        for sentence in sentences:
            if len(sentence) < _SENTENCE_WORDS and len(sentences) > 1:
                continue
            row = [hashes.get(word) or hashes.setdefault(word, crc32(word.encode()) + 1) for word in sentence]
            tokens.append(np.array(row, dtype=np.uint64))
            owners.append(i)
    if not tokens:
        return np.zeros((0, _PERMUTATIONS), np.uint32), np.zeros(0, np.int64)
    lengths = np.array([len(row) for row in tokens])
    flat = np.concatenate(tokens)
    # Pairs of words, so that their order counts; a sentence's last word is paired with the first of the next, which
    # the row leaves out.
    pairs = flat * _MIX ^ np.roll(flat, -1) * np.uint64(0xC2B2AE3D27D4EB4F)
    ends = np.cumsum(lengths)
    keep = np.ones(len(flat), bool)
    keep[ends[lengths > 1] - 1] = False
    offsets = np.concatenate([[0], np.cumsum(np.maximum(lengths - 1, 1))]).astype(np.uint64)
    pairs = np.ascontiguousarray(pairs[keep])
    rows = []
    for at in range(0, len(tokens), _CHUNK):  # the library hands rows over as lists: few at a time
        part = offsets[at : at + _CHUNK + 1]
        matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
            pairs[int(part[0]) : int(part[-1])], part - part[0], _PERMUTATIONS, _SEED
        )
        rows.append(np.array(matrix.to_rows(), dtype=np.uint32))
    return np.concatenate(rows), np.array(owners)


def _source(
    i: int,
    candidates: list[int],
    passages: list[Printed],
    words: list[list[list[str]]],
    shingles: dict[int, frozenset[tuple[str, ...]]],
) -> int | None:
    """The passage that passage `i` repeats most of, in the earliest document that holds enough of it."""
    mine = _known(i, words, shingles)
    by_document: dict[str, list[int]] = defaultdict(list)
    for j in candidates:
        by_document[passages[j].document].append(j)
    for sources in list(by_document.values())[:_DOCUMENTS]:
        shared = {j: len(mine & _known(j, words, shingles)) for j in sources}
        if sum(shared.values()) < LEAST_SHARED * len(mine):
            continue
        held = frozenset().union(*(_known(j, words, shingles) for j in sources))
        if len(mine & held) < LEAST_SHARED * len(mine):
            continue
        if _agree([w for s in words[i] for w in s], [w for j in sources for s in words[j] for w in s]):
            return max(shared, key=lambda j: (shared[j], -j))
    return None


def _known(
    i: int, words: list[list[list[str]]], shingles: dict[int, frozenset[tuple[str, ...]]]
) -> frozenset[tuple[str, ...]]:
    if i not in shingles:
        shingles[i] = _shingles(words[i])
    return shingles[i]


def _agree(mine: list[str], source: list[str]) -> bool:
    """Whether the words that differ change no figure and turn no sentence round.

    >>> _agree("the rate was 12 per cent".split(), "last year the rate was 14 per cent in all".split())
    False
    """
    from rapidfuzz.distance import Indel

    blocks = [block for block in Indel.opcodes(mine, source).as_matching_blocks() if block.size]
    if not blocks:
        return False
    last = blocks[-1]
    if _telling(mine[: blocks[0].a]) or _telling(mine[last.a + last.size :]):
        return False
    for block, following in pairwise(blocks):
        ours = mine[block.a + block.size : following.a]
        theirs = source[block.b + block.size : following.b]
        # Where whole sentences lie between, they were left out: that is another cut, and not another word.
        left_out = len(theirs) > 4 * max(len(ours), 4)
        if _telling(ours) != ([] if left_out else _telling(theirs)):
            return False
    return True


def _telling(words: list[str]) -> list[str]:
    return sorted(
        "not" if word in _NEGATIONS else word for word in words if word in _NEGATIONS or word[0].isdigit()
    )
