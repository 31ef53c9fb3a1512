"""What a question expects of an answer's quotes besides its facts, and whether they meet it: judged here alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol


class Cited(Protocol):
    """A quote with the voice that speaks in it and the source id of its document."""

    @property
    def voice(self) -> str: ...
    @property
    def source_id(self) -> str: ...


class Expecting(Protocol):
    """What expects something of quotes: a question, or the row that became of it."""

    @property
    def answerable(self) -> bool: ...
    @property
    def must_cite_voices(self) -> tuple[str, ...]: ...
    @property
    def must_cite_at_least(self) -> int: ...


def expectations(expecting: Expecting, quotes: Iterable[Cited]) -> Iterator[tuple[bool, str]]:
    """For each voice that must be cited and for the number of documents: whether it is met, and what is lacking.

    These are what the measure `must_cite` counts. Whether to answer at all, `answered` and `refusal_recall` do.
    """
    quotes = list(quotes)
    voices = list(dict.fromkeys(quote.voice for quote in quotes if quote.voice))
    sources = list(dict.fromkeys(quote.source_id for quote in quotes))
    for voice in dict.fromkeys(expecting.must_cite_voices):
        yield voice in voices, f"no quote has the voice {voice}; quoted: {', '.join(voices) or 'nothing'}"
    if least := expecting.must_cite_at_least:
        listed = f": {', '.join(sources)}" if sources else ""
        yield len(sources) >= least, f"{len(sources)} of at least {least} documents quoted{listed}"


def unmet_expectations(expecting: Expecting, quotes: Iterable[Cited]) -> list[str]:
    """What the quotes lack of what is expected, a sentence each; empty when all is met.

    Facts are not judged here: quote_recall and key_recall measure them.

    >>> from eval.questions import Question
    >>> unmet_expectations(Question("q", "Who?", "why", True, must_cite_voices=("council",)), [])
    ['no quote has the voice council; quoted: nothing']
    """
    quotes = list(quotes)
    if not expecting.answerable:
        sources = dict.fromkeys(quote.source_id for quote in quotes)
        return [f"this must be refused, and was answered from {', '.join(sources)}"] if quotes else []
    return [sentence for is_met, sentence in expectations(expecting, quotes) if not is_met]
