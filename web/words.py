"""How values read in a sentence: voices, statuses, confidence, dates, places. Used by the templates."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

from index import DocumentInfo, Passage
from qa import Citation, pages

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

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

STATUSES = {
    "answered": "The documents answer this",
    "partial": "The documents answer part of this",
    "not_in_documents": "The documents do not say",
}
"""A status as a headline. Silence is worded as an outcome: it is one."""


def title_of(info: DocumentInfo) -> str:
    """What a document is called; its file name where nobody gave it a title."""
    return info.title or info.source_id


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


def long_date(iso: str) -> str:
    """An ISO date or its prefix as it is written in a newspaper; what is no date is left as it is.

    >>> long_date("2017-04-07"), long_date("2017-04"), long_date("2017"), long_date("n.d.")
    ('7 April 2017', 'April 2017', '2017', 'n.d.')
    """
    match = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", iso)
    if match is None:
        return iso
    year, month, day = match.groups()
    try:
        when = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return iso
    # strftime would follow the server's locale; the page is in English.
    return " ".join(part for part in (day and str(when.day), month and _MONTHS[when.month - 1], year) if part)


def place(at: Citation | Passage) -> str:
    """Where in a document, as lawyers write it: pages and paragraph, as far as they are known."""
    return ", ".join(
        part for part in (pages(at), f"paragraph {at.paragraph}" if at.paragraph else "") if part
    )


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
