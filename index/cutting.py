"""Document -> what is stored of it: annotated, and cut into dated passages, within a limit of time."""

from __future__ import annotations

from index.deadline import TooLongError, deadline
from index.errors import LoadError
from index.loaders import Loaded
from index.reading.annotate import annotate, dated
from index.split import split
from index.types import Document, Passage


def cut(loaded: Loaded, passage_tokens: int, seconds: float) -> tuple[Document, list[Passage]]:
    """The document with all that its text tells, and its passages. LoadError if that takes longer than `seconds`."""
    try:
        with deadline(seconds):
            document = annotate(loaded.document, loaded.made)
            return document, dated(document, split(document, passage_tokens))
    except TooLongError as error:
        reason = f"cutting its text into passages {error}, which is the limit; split it, or raise the limit"
        raise LoadError(loaded.document.info.origin, reason) from None
