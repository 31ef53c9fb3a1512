"""An answer along time: what was quoted, and what was found beside it, by the day on which it was published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index import DocumentInfo
from qa import Answer
from web.answering import shown


@dataclass(frozen=True, slots=True)
class Entry:
    """Words of a document and when they were published; `quoted` says that they are part of the answer."""

    document: DocumentInfo
    start: int
    end: int
    text: str
    voice: str
    speaker: str
    published: str
    quoted: bool
    heading: str = ""
    page: int | None = None
    page_end: int | None = None
    page_label: str | None = None
    paragraph: str | None = None


@dataclass(frozen=True, slots=True)
class Year:
    """The entries of a year; an empty `name` for those without a date."""

    name: str
    entries: tuple[Entry, ...]


def entries(answer: Answer) -> list[Entry]:
    """What was quoted, and the passages found that hold no quotation, the earliest first and the undated last."""
    found: list[Entry] = []
    told: list[tuple[str, int, int]] = []
    for one in shown(answer):
        at, quote = one.citation, one.quote
        told.append((quote.doc_id, quote.start, quote.end))
        told += [(copy.document.doc_id, copy.start, copy.end) for copy in one.copies if copy.quote]
        found.append(
            Entry(
                at.document,
                quote.start,
                quote.end,
                quote.text,
                quote.voice,
                quote.speaker,
                one.published,
                True,
                at.heading,
                at.page,
                at.page_end,
                at.page_label,
                at.paragraph,
            )
        )
    for hit in answer.hits:
        passage = hit.passage
        if not any(d == passage.doc_id and s < passage.end and passage.start < e for d, s, e in told):
            found.append(
                Entry(
                    hit.document,
                    passage.start,
                    passage.end,
                    passage.text,
                    passage.voice or hit.document.voice,
                    passage.speaker,
                    passage.published or hit.document.published,
                    False,
                    passage.heading,
                    passage.page,
                    passage.page_end,
                    passage.page_label,
                    passage.paragraph,
                )
            )
    # Sorting keeps the order of the answer within a day.
    return sorted(found, key=lambda one: (not one.published, one.published))


def years(found: Sequence[Entry]) -> list[Year]:
    """Entries under the years of their publication."""
    names = list(dict.fromkeys(one.published[:4] for one in found))
    return [Year(name, tuple(one for one in found if one.published[:4] == name)) for name in names]
