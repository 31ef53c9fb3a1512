"""Stable references: what a citation points at, found again after its document has changed.

A reference holds the two selectors of the W3C Web Annotation Data Model (https://www.w3.org/TR/annotation-model/,
4.2.4 TextQuoteSelector and 4.2.5 TextPositionSelector): the words with some context, and where they stood.
Positions count Unicode code points, as Python and the recommendation do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from index.text import clean

Status = Literal["same", "moved", "changed", "gone"]

_LIGATURES = {
    "ff": "ff|ﬀ",
    "fi": "fi|ﬁ",
    "fl": "fl|ﬂ",
    "ffi": "ffi|ﬃ|ﬀi|fﬁ",
    "ffl": "ffl|ﬄ|ﬀl|fﬂ",
    "st": "st|ﬅ|ﬆ",
}
_QUOTES = ("'‘’‚‛", '"“”„«»')
_QUOTES_FOLDED = str.maketrans({mark: style[0] for style in _QUOTES for mark in style})
_PIECE = re.compile(r"\s+|ffi|ffl|ff|fi|fl|st|[\ufb00-\ufb06]|.", re.DOTALL)
_WORD = re.compile(r"\w+|[^\w\s]")
_MAX_OCCURRENCES = 2000
_MAX_PATTERN = 20_000
_ANCHORS = 24
_ANCHOR_CHARACTERS = 12
_MAX_ANCHOR_HITS = 200
_LEAST_SIMILARITY = 0.6
_LONG = 40
"""Words of this length that stand once in a text are found by themselves, whatever now stands around them."""
_RECOGNISED = 0.5


@dataclass(frozen=True, slots=True)
class Selector:
    """Characters `start` to `end` of a text, their words, and a little of what stands on either side."""

    exact: str
    prefix: str
    suffix: str
    start: int
    end: int

    def as_json(self) -> list[dict[str, Any]]:
        """Both selectors as a Web Annotation target's `selector` takes them.

        >>> [part["type"] for part in Selector("b", "a ", " c", 2, 3).as_json()]
        ['TextQuoteSelector', 'TextPositionSelector']
        """
        quote = {
            "type": "TextQuoteSelector",
            "exact": self.exact,
            "prefix": self.prefix,
            "suffix": self.suffix,
        }
        return [quote, {"type": "TextPositionSelector", "start": self.start, "end": self.end}]


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where a selector's words are now. `similarity` is 1 when they are unchanged, 0 when they are gone.

    `same`: at the same place. `moved`: elsewhere, and nothing but white space, ligatures or the style of quotation
    marks differs. `changed`: at their place, in other words; even one character more or less is a change, for a
    "not" or a digit can turn a sentence round. `gone`: nothing like them is there; the span is then empty.
    """

    status: Status
    start: int
    end: int
    similarity: float


def describe(text: str, start: int, end: int, context: int = 32) -> Selector:
    """The selector for a span, with up to `context` characters on either side, cut between words where possible.

    >>> describe("The council was slow to act.", 12, 15, context=10)
    Selector(exact='was', prefix='council ', suffix=' slow to', start=12, end=15)
    """
    if not 0 <= start <= end <= len(text):
        raise ValueError(f"characters {start} to {end} are not in a text of {len(text)}")
    prefix = text[max(0, start - context) : start]
    if start > context and not text[start - context - 1].isspace() and not prefix[:1].isspace():
        cut = re.search(r"\s+(?=\S)", prefix)
        prefix = prefix[cut.end() :] if cut else prefix
    suffix = text[end : end + context]
    if end + context < len(text) and not text[end + context].isspace() and not suffix[-1:].isspace():
        cut = re.search(r"\s+\S*$", suffix)
        suffix = suffix[: cut.start()] if cut and cut.start() else suffix
    return Selector(text[start:end], prefix, suffix, start, end)


def from_json(parts: Sequence[Mapping[str, Any]]) -> Selector:
    """The selector that `as_json` wrote. Raises ValueError for anything else.

    >>> from_json(Selector("b", "a ", " c", 2, 3).as_json())
    Selector(exact='b', prefix='a ', suffix=' c', start=2, end=3)
    """
    try:
        found = {part["type"]: part for part in parts}
        quote, position = found["TextQuoteSelector"], found["TextPositionSelector"]
        texts = quote["exact"], quote.get("prefix", ""), quote.get("suffix", "")
        start, end = position["start"], position["end"]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("a reference needs a TextQuoteSelector and a TextPositionSelector") from error
    if not all(isinstance(part, str) for part in texts) or not all(type(at) is int for at in (start, end)):
        raise ValueError("a reference's exact, prefix and suffix are texts, its start and end whole numbers")
    if not 0 <= start <= end or end - start != len(texts[0]):
        raise ValueError(f"a reference's start {start} and end {end} do not fit its words ({len(texts[0])})")
    return Selector(*texts, start, end)


def resolve(selector: Selector, text: str) -> Resolution:
    """Where a selector's words stand in a text now; `Resolution` says what each status promises.

    Of several equal places the one whose surroundings fit best is taken, then the nearest.
    """
    if not selector.exact:
        at = min(selector.start, len(text))
        return Resolution("same" if at == selector.start else "moved", at, at, 1.0)
    places = list(islice(_occurrences(selector.exact, text), _MAX_OCCURRENCES))
    here = text.startswith(selector.exact, selector.start)
    if here and selector.start not in places:
        places.append(selector.start)  # beyond the limit of a text that repeats itself
    best = _best(selector, text, [(at, at + len(selector.exact)) for at in places])
    if best and (here or _is_sure(selector, text, best, len(places))):
        return Resolution("same" if best[0] == selector.start else "moved", *best, 1.0)
    spans = list(islice(_loose_occurrences(selector.exact, text), _MAX_OCCURRENCES)) if not places else []
    loose = _best(selector, text, spans)
    if loose and _is_sure(selector, text, loose, len(spans)):
        return Resolution("moved", *loose, 1.0)
    similar = _similar(selector, text)
    if similar and _surroundings(selector, text, similar[0], similar[1]) >= _RECOGNISED:
        return Resolution("changed", *similar)
    if found := best or loose:
        return Resolution("moved", *found, 1.0)
    return Resolution("changed", *similar) if similar else Resolution("gone", 0, 0, 0.0)


def _occurrences(exact: str, text: str) -> Iterator[int]:
    at = text.find(exact)
    while at >= 0:
        yield at
        at = text.find(exact, at + 1)


def _loose_occurrences(exact: str, text: str) -> Iterator[tuple[int, int]]:
    """Places that differ in white space, ligatures and the style of quotation marks only."""
    if len(exact) > _MAX_PATTERN:
        return
    pattern = "".join(_loosely(piece) for piece in _PIECE.findall(exact.strip()))
    if pattern:
        for match in re.finditer(pattern, text):
            yield match.span()


def _loosely(piece: str) -> str:
    if piece.isspace():
        return r"\s+"
    for style in _QUOTES:
        if piece in style:
            return f"[{style}]"
    plain = clean(piece) if "\ufb00" <= piece <= "\ufb06" else piece
    return f"(?:{_LIGATURES[plain]})" if plain in _LIGATURES else re.escape(piece)


def _best(selector: Selector, text: str, spans: list[tuple[int, int]]) -> tuple[int, int] | None:
    if len(spans) < 2:
        return spans[0] if spans else None

    def fit(span: tuple[int, int]) -> tuple[float, int]:
        return -_surroundings(selector, text, *span), abs(span[0] - selector.start)

    return min(spans, key=fit)


def _is_sure(selector: Selector, text: str, span: tuple[int, int], places: int) -> bool:
    """Whether a place need not be compared with one where the words may have been changed."""
    if places == 1 and len(selector.exact) >= _LONG:
        return True
    return _surroundings(selector, text, *span) >= _RECOGNISED


def _surroundings(selector: Selector, text: str, start: int, end: int) -> float:
    """How much of the selector's context stands around a place, from 0 to 1; the better of its two sides counts
    three times as much as the other, as an edit beside a quotation touches one of them."""
    sides = []
    for expected, found in (
        (
            _squeezed(selector.prefix)[::-1],
            _squeezed(text[max(0, start - 2 * len(selector.prefix) - 8) : start])[::-1],
        ),
        (_squeezed(selector.suffix), _squeezed(text[end : end + 2 * len(selector.suffix) + 8])),
    ):
        if expected:
            same = next((i for i, (a, b) in enumerate(zip(expected, found, strict=False)) if a != b), None)
            sides.append((min(len(expected), len(found)) if same is None else same) / len(expected))
        else:  # the text began or ended there
            sides.append(1.0 if not found else 0.0)
    return 0.75 * max(sides) + 0.25 * min(sides)


def _squeezed(text: str) -> str:
    return "".join(text.split()).translate(_QUOTES_FOLDED)


def _similar(selector: Selector, text: str) -> tuple[int, int, float] | None:
    """The place most like the selector's words in their context, with its similarity; None if nothing is like them.

    Pieces of the words and of their context are looked up literally; where most of them agree on a place, the two
    texts are aligned word by word. So the time grows with the text and not with its product with the quotation.
    """
    from rapidfuzz.distance import Indel

    whole = selector.prefix + selector.exact + selector.suffix
    lead = len(selector.prefix)
    votes: Counter[int] = Counter()
    slack = max(64, len(selector.exact) // 4)
    for at, piece in _anchors(whole):
        for place in islice(_occurrences(piece, text), _MAX_ANCHOR_HITS):
            votes[(place - at + lead) // slack] += len(piece)
    near = selector.start // slack
    sums = {bucket: votes[bucket - 1] + votes[bucket] + votes[bucket + 1] for bucket in votes}
    ranked = sorted(sums, key=lambda bucket: (-sums[bucket], abs(bucket - near), bucket))
    apart: list[int] = []
    for bucket in ranked[:12]:
        if len(apart) < 3 and all(abs(bucket - other) > 2 for other in apart):  # no place twice
            apart.append(bucket)
    best: tuple[int, int, float] | None = None
    for bucket in apart:
        start = max(0, bucket * slack - lead - 3 * slack)
        end = min(len(text), (bucket + 1) * slack + len(selector.exact) + len(selector.suffix) + 3 * slack)
        span = _aligned(whole, lead, lead + len(selector.exact), text[start:end])
        if span is None:
            continue
        a, b = start + span[0], start + span[1]
        similarity = Indel.normalized_similarity(_spaced(selector.exact), _spaced(text[a:b]))
        if similarity >= _LEAST_SIMILARITY and (best is None or similarity > best[2]):
            # Only an unchanged text is wholly similar.
            best = (a, b, min(round(similarity, 4), 0.9999))
    return best


def _spaced(text: str) -> str:
    return " ".join(text.split()).translate(_QUOTES_FOLDED)


def _anchors(whole: str) -> list[tuple[int, str]]:
    """Pieces of a text to look for, spread over it: runs of words of at least a dozen characters."""
    pieces: list[tuple[int, str]] = []
    start = None
    for match in re.finditer(r"\S+", whole):
        start = match.start() if start is None else start
        if match.end() - start >= _ANCHOR_CHARACTERS:
            pieces.append((start, whole[start : match.end()]))
            start = None
    if not pieces and whole.strip():
        stripped = whole.strip()
        pieces = [(whole.index(stripped), stripped)]
    step = max(1, -(-len(pieces) // _ANCHORS))
    return pieces[::step]


def _aligned(whole: str, start: int, end: int, window: str) -> tuple[int, int] | None:
    """The part of a window that stands for characters `start` to `end` of `whole`, by words aligned."""
    from rapidfuzz.distance import Indel

    ours = [(m.start(), m.end()) for m in _WORD.finditer(whole)]
    theirs = [(m.start(), m.end()) for m in _WORD.finditer(window)]
    ours_words = [whole[a:b] for a, b in ours]
    theirs_words = [window[a:b] for a, b in theirs]
    first = next((i for i, (a, b) in enumerate(ours) if b > start), len(ours))
    last = next((i for i in range(len(ours) - 1, -1, -1) if ours[i][0] < end), -1)
    low: int | None = None
    high: int | None = None
    before: int | None = None  # the last of their words that is context before ours
    after: int | None = None  # the first that is context after them
    for block in Indel.opcodes(ours_words, theirs_words).as_matching_blocks():
        for i in range(block.a, block.a + block.size):
            j = block.b + i - block.a
            if i < first:
                before = j
            elif i > last:
                after = j if after is None else after
            else:
                low = j if low is None else low
                high = j
    if low is None or high is None:
        return None
    # A changed word at either end belongs to the quotation when the context beside it still stands there.
    if before is not None and 0 < low - before - 1 <= 12 and not _equal(ours_words, first, theirs_words, low):
        low = before + 1
    if after is not None and 0 < after - high - 1 <= 12 and not _equal(ours_words, last, theirs_words, high):
        high = after - 1
    return theirs[low][0], theirs[high][1]


def _equal(ours: list[str], i: int, theirs: list[str], j: int) -> bool:
    return i < len(ours) and ours[i] == theirs[j]
