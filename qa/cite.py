"""Citations: where a quote stands, for a person to read and for a browser to open."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from index import Document, DocumentInfo, Passage, Span, UsageError, describe
from qa.retrieve import Candidate
from qa.speakers import speaker_of
from qa.types import Citation


def cite(candidate: Candidate, n: int, text: str) -> Citation:
    """The n-th citation of an answer: the passage that its quotes are taken from, in its document's text."""
    passage = candidate.passage
    return Citation(
        n=n,
        document=candidate.document,
        start=passage.start,
        end=passage.end,
        text=passage.text,
        heading=passage.heading,
        page=passage.page,
        paragraph=passage.paragraph,
        page_end=passage.page_end,
        page_label=passage.page_label,
        voice=passage.voice or candidate.document.voice,
        speaker=passage.speaker,
        published=passage.published or candidate.document.published,
        copy_of=passage.copy_of,
        selector=describe(text, passage.start, passage.end),
        url=permalink(candidate.document, passage.start, passage.end),
    )


def cite_span(document: Document, passages: Sequence[Passage], start: int, end: int, n: int = 1) -> Citation:
    """The citation of any stretch of a document; `passages` are the document's, in order.

    Its pages are those of the stretch itself, its paragraphs, heading and speaker those of the passages it meets.
    UsageError if there is no such stretch.
    """
    info, text = document.info, document.text
    if not 0 <= start < end <= len(text):
        raise UsageError(
            f"{info.source_id} has characters 0 to {len(text)}; {start} to {end} is no stretch of it"
        )
    met = [passage for passage in passages if passage.start < end and start < passage.end]
    first = met[0] if met else None
    numbers = list(dict.fromkeys(passage.paragraph for passage in met if passage.paragraph))
    starts = [page.start for page in document.pages]
    page, last = (
        (document.pages[max(0, bisect_right(starts, at) - 1)] for at in (start, end - 1))
        if document.pages
        else (None, None)
    )
    return Citation(
        n=n,
        document=info,
        start=start,
        end=end,
        text=text[start:end],
        heading=first.heading if first else "",
        page=page.number if page else None,
        paragraph=" to ".join(dict.fromkeys((numbers[0], numbers[-1]))) if numbers else None,
        page_end=last.number if last else None,
        page_label=page.label if page else None,
        voice=(first.voice if first else "") or info.voice,
        speaker=speaker_of(first, Span(start, end)) if first and len(met) == 1 else "",
        published=(first.published if first else "") or info.published,
        copy_of=first.copy_of if first else "",
        selector=describe(text, start, end),
        url=permalink(info, start, end),
    )


def permalink(document: DocumentInfo, start: int, end: int) -> str:
    """The address of a place in a document on the server that answers, relative to its root.

    It names the edition by the beginning of its hash, so that a later one is not taken for it.
    """
    return f"/documents/{document.doc_id}?start={start}&end={end}&edition={document.sha256[:8]}#cited"


def reference(citation: Citation) -> str:
    """A citation as a line of text: publisher, title, date, page and paragraph, as far as they are known.

    >>> from index import DocumentInfo
    >>> info = DocumentInfo("ab", "a.pdf", "Annual report", "", "", publisher="Ofsted", published="2017-04-07")
    >>> reference(Citation(1, info, 0, 9, "", page=3, paragraph="12"))
    'Ofsted, Annual report, 2017-04-07, page 3, paragraph 12'
    """
    document = citation.document
    parts = [
        document.publisher,
        document.title or document.source_id,
        citation.speaker,
        citation.published or document.published,
        place_words(citation),
    ]
    return ", ".join(part for part in parts if part)


def place_words(at: Citation | Passage) -> str:
    """Where in a document, as lawyers write it: pages and paragraph, as far as they are known."""
    return ", ".join(
        part for part in (pages(at), f"paragraph {at.paragraph}" if at.paragraph else "") if part
    )


def pages(citation: Citation | Passage) -> str:
    """The pages that a citation or a passage is on, with the label printed on the first; "" without pages.

    >>> from index import DocumentInfo
    >>> info = DocumentInfo("ab", "a.pdf", "", "", "")
    >>> pages(Citation(1, info, 0, 9, "", page=7, page_end=8, page_label="iii"))
    'pages 7 to 8 (printed iii)'
    """
    if citation.page is None:
        return ""
    printed = citation.page_label if citation.page_label not in (None, str(citation.page)) else ""
    spanned = citation.page_end is not None and citation.page_end != citation.page
    return (f"pages {citation.page} to {citation.page_end}" if spanned else f"page {citation.page}") + (
        f" (printed {printed})" if printed else ""
    )
