"""How values read in a sentence: voices, statuses, confidence, dates, places. Used by the templates."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from index import DocumentInfo
from qa import long_date
from qa import place_words as place

__all__ = [
    "CITATION_STYLES", "DIFFERENCES", "PACKS", "STATUSES", "confidence_words", "counted", "file_name", "lines",
    "long_date", "place", "resolution_words", "title_of", "voice_label", "web_link",
]  # fmt: skip

_VOICES = {
    "inspectorate": "Inspectorate",
    "council": "Council",
    "government": "Government",
    "court": "Court",
    "press": "Press",
    "law": "Law",
    "charity": "Charity",
    "public": "Public",
    "other": "Other source",
}

STATUSES = {
    "answered": "The documents answer this",
    "partial": "The documents answer part of this",
    "not_in_documents": "The documents do not say",
}
"""A status as a headline. Silence is worded as an outcome: it is one."""


DIFFERENCES = {"number": "in a number", "date": "in a date", "polarity": "in whether it is so"}
"""In what two sources differ, by kind."""

CITATION_STYLES = {
    "plain": "Plain text",
    "markdown": "Markdown",
    "html": "HTML",
    "oscola": "OSCOLA",
    "apa": "APA",
    "bibtex": "BibTeX",
    "ris": "RIS",
}
"""The styles of citations by name, as a menu offers them."""

PACKS = {"docx": "Word", "html": "a browser", "md": "Markdown"}
"""What evidence packs are made for, by form."""


def title_of(info: DocumentInfo) -> str:
    """What a document is called; its file name where nobody gave it a title."""
    return info.title or info.source_id


_LINE = re.compile(r"\n[^\S\n]*\n\s*|\n\s*(?=(?:[-*•–]|\d{1,3}[.)])\s)")


def lines(text: str) -> list[str]:
    """The lines that a quotation reads in: where it has a blank line, or an item of a list begins.

    Other line ends are where the file was wrapped, and flow as the page does. No character but white space is lost.

    >>> lines("Found:\\n- drift\\n- delay that\\nlasted")
    ['Found:', '- drift', '- delay that\\nlasted']
    """
    return _LINE.split(text)


def voice_label(voice: str) -> str:
    """Who speaks, as a label.

    >>> voice_label("inspectorate"), voice_label("regulator")
    ('Inspectorate', 'Regulator')
    """
    return _VOICES.get(voice, voice.capitalize())


def confidence_words(confidence: float) -> str:
    """How sure the answer is, in a word a reader can act on.

    >>> [confidence_words(c) for c in (0.95, 0.8, 0.5, 0.2, 0.0)]
    ['high', 'high', 'moderate', 'low', 'very low']
    """
    for floor, word in ((0.75, "high"), (0.45, "moderate"), (0.15, "low")):
        if confidence >= floor:
            return word
    return "very low"


def resolution_words(status: str) -> str:
    """What has become of cited words in the newest edition, as a sentence."""
    return {
        "same": "The cited words stand at the same place in the newest edition.",
        "moved": "The cited words stand elsewhere in the newest edition, unchanged.",
        "changed": "The newest edition says this in other words.",
        "gone": "The newest edition no longer says this.",
    }[status]


def counted(n: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "document"), counted(1200, "passage")
    ('1 document', '1,200 passages')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def file_name(where: str) -> str:
    """The last part of a path or an address: what a reader may know of where files are kept.

    >>> file_name("/data/added/uploads/a.pdf"), file_name("https://example.org/b.html"), file_name("c.txt")
    ('a.pdf', 'b.html', 'c.txt')
    """
    return where.rstrip("/").rpartition("/")[2] or where


def web_link(url: str) -> str:
    """The address if a browser may follow it, else an empty string.

    Addresses come from the documents: "javascript:" and "data:" would run what a stranger wrote.

    >>> web_link("https://example.org/a"), web_link("JavaScript:alert(1)"), web_link("//example.org")
    ('https://example.org/a', '', '')
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else ""
