"""The same text printed twice: passages that repeat an earlier one in nearly the same words.

A passage is a copy when an earlier document, or its own document before it, holds at least four fifths of its
shingles (runs of three words), and no number and no negation differs. Passages are cut elsewhere in every document,
so candidates are looked for by sentence and checked against all of the other document's passages that share one.

Candidates share a band key (index.bands); every candidate is then compared exactly, so a hash decides nothing. What
is linked depends on the passages alone, and not on the order in which they came: `relink` looks again only at those
that a change can concern, and finds what a look at all of them would.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from index.bands import Buckets, band_keys, words_of

LEAST_SHARED = 0.8

_SHINGLE = 3
_NEIGHBOURS = 8
"""How many earlier passages of one bucket are looked at: the first ones, as the earliest is wanted."""
_DOCUMENTS = 12
_AT_ONCE = 1_000
"""How many passages are compared before their words are forgotten: memory keeps to these and what they may repeat."""
_NEGATIONS = frozenset(
    words_of(
        """no not never none nor neither nobody nothing without cannot cant wont didnt doesnt dont isnt arent wasnt
        werent hasnt havent hadnt shouldnt wouldnt couldnt"""
    )[0]
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


class Place(NamedTuple):
    """Where a passage stands among all others, which are ordered by this: the earliest is the origin.

    `when` is as `moment` gives it; `document` orders documents of one day, `ordinal` the passages of one. `key` is by
    what links call it.
    """

    when: str
    document: str
    ordinal: int
    key: str


def moment(published: str) -> str:
    """A date to order by: a document without one comes after those with one, and "2017" after every day of 2017."""
    return published + "~" if published else "~~"  # "~" sorts after every digit and hyphen


def copies(passages: Iterable[Printed]) -> dict[str, str]:
    """The key of every copy with that of the earliest passage that says the same. What is no copy is left out.

    Earliest is by date of publication, then in the order given, document by document. What a copy points at is itself
    no copy. Where the copied words lie in several passages of a document, the one with most of them is meant.

    Passages of older editions of a document should be left out: they are all but the same, and no second source.

    >>> told = "The council will open the new bridge on the first of May after three years of work."
    >>> copies([Printed("b:0", "b", told, "2017-04-08"), Printed("a:0", "a", told, "2017-04-07")])
    {'b:0': 'a:0'}
    """
    given = list(passages)
    order: dict[str, str] = {}  # of documents, by where each is first given
    for passage in given:
        order.setdefault(passage.document, f"{len(order):09}")
    places = {i: Place(moment(one.published), order[one.document], i, one.key) for i, one in enumerate(given)}
    keys = dict(enumerate(band_keys(one.text for one in given)))
    links = relink(
        keys, places.keys(), (), {},
        lambda numbers: {number: places[number] for number in numbers},
        lambda numbers: {number: given[number].text for number in numbers},
    )  # fmt: skip
    return {given[i].key: origin for i, origin in links.items()}


def relink(
    keys: Mapping[int, bytes],
    new: Collection[int],
    gone: Collection[int],
    links: Mapping[int, str],
    places: Callable[[Collection[int]], Mapping[int, Place]],
    texts: Callable[[Collection[int]], Mapping[int, str]],
) -> dict[int, str]:
    """All links, number of the copy -> key of its origin, after passages have come and gone.

    `keys` are the band keys of all passages by number, of the `new` ones and of those `gone` too. `links` are those
    from before, without the copies that are gone; an origin may be, and its key may be another's by now. `places`
    and `texts` fetch what is asked for, the former also of what is gone.
    """
    new, gone = frozenset(new), frozenset(gone)
    buckets = Buckets(keys)
    shared = buckets.shared(new | gone)
    known = dict(places({number for group in shared for number in group} | gone))
    concerned: set[int] = set()
    for group in shared:
        group.sort(key=known.__getitem__)
        # Only the first of a bucket are looked at: where they stay, nothing changes for the others.
        before = [number for number in group if number not in new][:_NEIGHBOURS]
        after = [number for number in group if number not in gone][:_NEIGHBOURS]
        if before != after:
            concerned.update(number for number in group if number not in gone)
    # A passage points at the origin of what it repeats, so that whatever points where one of these does is concerned.
    origins = {known[number].key for number in concerned | gone}
    origins |= {links[number] for number in concerned if number in links}
    concerned |= {copy for copy, origin in links.items() if origin in origins}
    if not concerned:
        return dict(links)
    found: dict[int, set[int]] = defaultdict(set)
    if len(new | gone) < len(keys):  # else all that is shared is known
        shared = buckets.shared(concerned)
    known |= places({number for group in shared for number in group} - known.keys())
    for group in shared:
        group = sorted((number for number in group if number not in gone), key=known.__getitem__)
        first = group[:_NEIGHBOURS]
        for number in group:
            if number in concerned:
                found[number].update(first)
    return _linked(links, concerned, found, known, texts)


def _linked(
    links: Mapping[int, str],
    concerned: Collection[int],
    found: Mapping[int, set[int]],
    places: Mapping[int, Place],
    texts: Callable[[Collection[int]], Mapping[int, str]],
) -> dict[int, str]:
    """The links of those not concerned, and new ones of the others, the earliest first."""
    link = {copy: origin for copy, origin in links.items() if copy not in concerned}
    waiting = []
    for number in sorted(found, key=places.__getitem__):
        earlier = [other for other in found[number] if places[other] < places[number]]
        if earlier:
            waiting.append((number, sorted(earlier, key=places.__getitem__)))
    for at in range(0, len(waiting), _AT_ONCE):
        part = waiting[at : at + _AT_ONCE]
        read = _Texts(texts({number for i, earlier in part for number in (i, *earlier)}))
        for i, earlier in part:
            source = _source(i, earlier, places, read)
            if source is not None:
                # Earlier ones are done: a source is linked to its own origin.
                link[i] = link.get(source, places[source].key)
    return link


class _Texts:
    """The words and shingles of passages, made once."""

    def __init__(self, texts: Mapping[int, str]) -> None:
        self._texts = texts
        self._words: dict[int, list[str]] = {}
        self._shingles: dict[int, frozenset[tuple[str, ...]]] = {}

    def words(self, number: int) -> list[str]:
        if number not in self._words:
            self._words[number] = [word for sentence in words_of(self._texts[number]) for word in sentence]
        return self._words[number]

    def shingles(self, number: int) -> frozenset[tuple[str, ...]]:
        if number not in self._shingles:
            words = self.words(number)
            self._shingles[number] = frozenset(zip(*(words[k:] for k in range(_SHINGLE)), strict=False))
        return self._shingles[number]


def _source(i: int, candidates: list[int], places: Mapping[int, Place], texts: _Texts) -> int | None:
    """The passage that passage `i` repeats most of, in the earliest document that holds enough of it.

    `candidates` are in order.
    """
    mine = texts.shingles(i)
    by_document: dict[str, list[int]] = defaultdict(list)
    for j in candidates:
        by_document[places[j].document].append(j)
    for sources in list(by_document.values())[:_DOCUMENTS]:
        shared = {j: len(mine & texts.shingles(j)) for j in sources}
        if sum(shared.values()) < LEAST_SHARED * len(mine):
            continue
        held = frozenset().union(*(texts.shingles(j) for j in sources))
        if len(mine & held) < LEAST_SHARED * len(mine):
            continue
        if _agree(texts.words(i), [word for j in sources for word in texts.words(j)]):
            return max(sources, key=lambda j: shared[j])  # of equals the first
    return None


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
