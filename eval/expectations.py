"""What a question expects of an answer's quotes, besides the facts: voices, documents, silence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from eval.questions import Question


class Cited(Protocol):
    """A quote with the voice that speaks in it and the source id of its document."""

    @property
    def voice(self) -> str: ...
    @property
    def source_id(self) -> str: ...


def unmet_expectations(question: Question, quotes: Iterable[Cited]) -> list[str]:
    """What the quotes lack of what the question expects, a sentence each; empty when all is met.

    Facts are not judged here: quote_recall and key_recall measure them.

    >>> unmet_expectations(Question("q", "Who?", "why", True, must_cite_voices=("council",)), [])
    ['no quote has the voice council; quoted: nothing']
    """
    quotes = list(quotes)
    voices = list(dict.fromkeys(quote.voice for quote in quotes))
    sources = list(dict.fromkeys(quote.source_id for quote in quotes))
    if not question.answerable:
        return [f"this must be refused, and was answered from {', '.join(sources)}"] if quotes else []
    unmet = [
        f"no quote has the voice {voice}; quoted: {', '.join(voices) or 'nothing'}"
        for voice in dict.fromkeys(question.must_cite_voices)
        if voice not in voices
    ]
    if len(sources) < question.must_cite_at_least:
        listed = f": {', '.join(sources)}" if sources else ""
        unmet.append(f"{len(sources)} of at least {question.must_cite_at_least} documents quoted{listed}")
    return unmet
