"""What a sentence that a language model wrote rests on: whether the quotes that it cites bear it out.

These checks find what is made up: numbers, dates, names, addresses and words from elsewhere. They do not find a
sentence that turns the quote's own words round, so a summary never stands without the quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from index import fold, mentions, sentence_spans
from qa.citing.source import line
from qa.question import content_words
from qa.types import Answer

_CITED = re.compile(r"\[\s*(\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*)\s*\]")
_AFTER_STOP = re.compile(r"([.!?])[ \t]*((?:\[[\d,;–\s-]{1,40}\][ \t]*)+)")
_BULLET = re.compile(r"^\s*(?:[-*•#>]+|\d{1,2}[.)])\s+")
_UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_NUMERAL = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})(?:[- ](?P<unit>{'|'.join(_UNITS)}))?"
    rf"|(?P<small>{'|'.join([*_TEENS, *_UNITS])}))\b"
)
_NUMBER = re.compile(
    r"(?P<money>[£$€])? ?(?P<number>\d+(?:[.,]\d+)*) ?-?(?P<size>(?:hundred|thousand|million|billion|m|bn|k)\b)?"
    r"(?P<share> ?%| per ?cent\b)?"
)
_SIZES = {"m": "million", "bn": "billion", "k": "thousand"}
_FRACTION = re.compile(
    r"\b(?:hundreds?|thousands?|millions?|billions?|dozens?|half|halves|thirds?|quarters?|twice|doubled?)\b"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’.&-][^\W\d_]+)*")
_ANY_WORD = re.compile(r"\w+")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+\.\S+|\b\w[\w-]*\.(?:com|org|net|io|uk|info)\b", re.IGNORECASE
)
_NEGATION = re.compile(r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|\w+n't)\b")
_MOST_NEW = 0.5
"""Less than this share of a sentence's content words may be its own; a paraphrase has some, a tale has more."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What may be said with one number: its quotes, and who is named beside them (publisher, title, speaker)."""

    text: str
    named: str


def grounds_of(answer: Answer) -> dict[int, Ground]:
    """The quotes of an answer by the number that they are cited with."""
    named = {c.n: " | ".join((c.document.publisher, c.document.title, c.speaker)) for c in answer.citations}
    texts: dict[int, list[str]] = {}
    for quote in answer.quotes:
        texts.setdefault(quote.citation, []).append(quote.text)
    return {n: Ground("\n\n".join(parts), named.get(n, "")) for n, parts in texts.items()}


def sentences_in(reply: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The sentences of a reply without their citations, and the numbers that each cites, in order.

    >>> list(sentences_in("- Checks were late [1]. Staff left. [2, 3]"))
    [('Checks were late.', (1,)), ('Staff left.', (2, 3))]
    """
    for raw in reply.splitlines():
        told = _AFTER_STOP.sub(r" \2\1 ", _BULLET.sub("", raw)).strip()
        for start, end in sentence_spans(told, 0, len(told)):
            sentence = told[start:end]
            numbers = dict.fromkeys(n for match in _CITED.finditer(sentence) for n in _numbers_of(match[1]))
            plain = re.sub(r"\s+([.,;:!?])", r"\1", line(_CITED.sub(" ", sentence)))
            if plain:
                yield plain, tuple(numbers)


def unfounded(sentence: str, cited: tuple[int, ...], grounds: Mapping[int, Ground]) -> str | None:
    """Why a sentence may not stand; None if it may."""
    if not cited:
        return "it cites nothing"
    if any(n not in grounds for n in cited):
        return "it cites a quote that does not exist"
    text = "\n\n".join(grounds[n].text for n in cited)
    named = "\n".join(grounds[n].named for n in cited)
    if any(
        address.rstrip(".,;)").casefold() not in text.casefold() for address in _ADDRESS.findall(sentence)
    ):
        return "an address that the quotes do not have"
    if numbers_in(sentence) - numbers_in(text):
        return "a number that the quotes do not have"
    dates = [(date.since, date.until) for date in mentions(text, 0, len(text))]
    for date in mentions(sentence, 0, len(sentence)):
        if not any(date.since <= since and until <= date.until for since, until in dates):
            return "a date that the quotes do not have"
    known = _folded(f"{text}\n{named}")
    if any(f" {name} " not in known for name in names_in(sentence, known)):
        return "a name that the quotes do not have"
    asked = content_words(sentence)
    if not _same_way(sentence, asked, text):
        return "it denies what the quotes say, or the reverse"
    borne = set(content_words(f"{text}\n{named}"))
    if not asked or sum(word not in borne for word in asked) >= _MOST_NEW * len(asked):
        return "words that the quotes do not have"
    return None


def numbers_in(text: str) -> set[str]:
    """All numbers of a text, in digits or words, each also with its size, its currency and its percent sign.

    "One" alone is no number: it is a pronoun as often. Commas of thousands are left out.

    >>> sorted(numbers_in("Twenty-one of 1,200 (3.5%) cost £4.2m."))
    ['1200', '21', '3.5', '3.5%', '4.2', '4.2 million', '£4.2']
    """

    def digits(match: re.Match[str]) -> str:
        small = match["small"]
        if small == "one":
            return "one"
        value = (
            _UNITS.get(small)
            or _TEENS.get(small)
            or _TENS.get(match["tens"], 0) + _UNITS.get(match["unit"], 0)
        )
        return str(value)

    plain = _NUMERAL.sub(digits, fold(text))
    found = set(_FRACTION.findall(plain))
    for match in _NUMBER.finditer(plain):
        number = re.sub(r",(?=\d{3}(?!\d))", "", match["number"])
        found.add(number)
        if match["size"]:
            size = _SIZES.get(match["size"], match["size"])
            found -= {match["size"]}
            found.add(f"{number} {size}")
        if match["money"]:
            found.add(f"{match['money']}{number}")
        if match["share"]:
            found.add(f"{number}%")
    return found


def names_in(sentence: str, known: str) -> Iterator[str]:
    """What has to be known as a name, folded: each run of words with a capital.

    The word at the head of a sentence is one unless it stands in few texts' way: a stop word, or one that is known.
    """
    run: list[str] = []
    last = 0
    for at, match in enumerate(_WORD.finditer(sentence)):
        word = _folded(match[0]).strip()
        ordinary = not match[0][0].isupper() or not content_words(match[0])
        if at == 0 and f" {word} " in known:
            ordinary = True
        if run and (ordinary or sentence[last : match.start()].strip()):
            yield " ".join(run)
            run = []
        if not ordinary:
            run.append(word)
        last = match.end()
    if run:
        yield " ".join(run)


def _numbers_of(cited: str) -> Iterator[int]:
    for part in re.split(r"[,;]", cited):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        yield from range(ends[0], min(ends[-1], ends[0] + 50) + 1) if len(ends) > 1 else ends


def _same_way(sentence: str, asked: list[str], text: str) -> bool:
    """Whether a sentence denies where the quoted sentence that is most like it does, and nowhere else."""
    spans = [text[a:b] for start, end in _lines(text) for a, b in sentence_spans(text, start, end)]
    shared = [len(set(asked) & set(content_words(part))) for part in spans]
    most = max(shared, default=0)
    denies = bool(_NEGATION.search(fold(sentence)))
    return any(
        bool(_NEGATION.search(fold(part))) == denies
        for part, count in zip(spans, shared, strict=True)
        if count == most
    )


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """The paragraphs of a text: a hard wrap ends no sentence."""
    at = 0
    for match in re.finditer(r"\n\s*\n|\Z", text):
        if text[at : match.start()].strip():
            yield at, match.start()
        at = match.end()


def _folded(text: str) -> str:
    """Words alone, in lower case, one space around each; a possessive is its owner."""
    owners = re.sub(r"'s\b", "", fold(text))
    return f" {' '.join(re.findall(_ANY_WORD, owners))} "
