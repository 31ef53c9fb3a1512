"""Citations: where a quote stands, for a person to read and for a browser to open."""

from __future__ import annotations

from index import DocumentInfo, Passage, describe
from qa.retrieve import Candidate
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
        pages(citation),
        f"paragraph {citation.paragraph}" if citation.paragraph else "",
    ]
    return ", ".join(part for part in parts if part)


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
