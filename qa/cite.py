"""Citations: where a quote stands, for a person to read and for a browser to open."""

from __future__ import annotations

from index import DocumentInfo
from qa.retrieve import Candidate
from qa.types import Citation


def cite(candidate: Candidate, n: int) -> Citation:
    """The n-th citation of an answer: the passage that its quotes are taken from."""
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
        url=permalink(candidate.document, passage.start, passage.end),
    )


def permalink(document: DocumentInfo, start: int, end: int) -> str:
    """The address of a place in a document on the server that answers, relative to its root."""
    return f"/documents/{document.doc_id}?start={start}&end={end}#cited"


def reference(citation: Citation) -> str:
    """A citation as a line of text: publisher, title, date, page and paragraph, as far as they are known.

    >>> from index import DocumentInfo
    >>> info = DocumentInfo("ab", "a.pdf", "Annual report", "", "", publisher="Ofsted", published="2017-04-07")
    >>> reference(Citation(1, info, 0, 9, "", page=3, paragraph="12"))
    'Ofsted, Annual report, 2017-04-07, page 3, paragraph 12'
    """
    document = citation.document
    parts = [document.publisher, document.title or document.source_id, document.published]
    parts += [
        f"page {citation.page}" if citation.page else "",
        f"paragraph {citation.paragraph}" if citation.paragraph else "",
    ]
    return ", ".join(part for part in parts if part)
