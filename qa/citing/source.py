"""What every style of citation says of a source: facts on one line each, with nothing in them that could break out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urljoin, urlsplit

from index import clean
from qa.types import Citation

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_CONTROL = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_SAFE = "%/:=&?~#+!$,;'@()*[]"


@dataclass(frozen=True, slots=True)
class Source:
    """A citation's facts, cleaned: each is one line without control characters, "" where it is not known.

    `day` is (year, month, day) as numbers, shorter where less is known and empty without a date. `first` and
    `last` are the pages as they are cited: the printed label, where there is one, else the number of the page.
    `url` is where the document was published, `permalink` where the cited words are marked; both can be followed.
    """

    publisher: str
    title: str
    voice: str
    speaker: str
    published: str
    day: tuple[int, ...]
    first: str
    last: str
    paragraph: str
    url: str
    permalink: str
    accessed: str
    doc_id: str
    place: str

    @property
    def pages(self) -> str:
        """The cited pages, as a range with an en dash if there are two.

        >>> from dataclasses import replace
        >>> source = Source(*[""] * 5, (), "7", "8", *[""] * 6)
        >>> source.pages, replace(source, last="7").pages
        ('7–8', '7')
        """
        return f"{self.first}–{self.last}" if self.last not in ("", self.first) else self.first


def source_of(citation: Citation, site: str = "", accessed: str = "") -> Source:
    """The facts of a citation. `site` is where the server is reached that permalinks lead to; without it there
    are none. `accessed` is the ISO day on which a web page was read, which some styles ask for.
    """
    document = citation.document
    published = line(citation.published or document.published)
    first, last = _page_names(citation)
    return Source(
        publisher=line(document.publisher),
        title=line(document.title) or line(document.source_id),
        voice=citation.voice or document.voice,
        speaker=line(citation.speaker),
        published=published,
        day=day_of(published),
        first=first,
        last=last,
        paragraph=line(citation.paragraph or ""),
        url=web_address(document.url),
        permalink=web_address(urljoin(site, citation.url)) if site and citation.url else "",
        accessed=accessed,
        doc_id=document.doc_id,
        place=f"{citation.start}-{citation.end}",
    )


def line(text: str) -> str:
    """Text on one line, without control characters and without marks that turn the direction of writing.

    >>> line("A\\nTY  - \\x1b[31mB")
    'A TY - [31mB'
    """
    return clean(_CONTROL.sub("", text))


def web_address(url: str) -> str:
    """An address that may be followed, all that is not plain percent-encoded; "" for any other kind.

    Addresses come from the documents: "javascript:" would run what a stranger wrote.

    >>> web_address("https://example.org/a b?q=<x>"), web_address("javascript:alert(1)")
    ('https://example.org/a%20b?q=%3Cx%3E', '')
    """
    try:
        url = _CONTROL.sub("", url).strip()
        parts = urlsplit(url)
    except ValueError:
        return ""
    return quote(url, safe=_SAFE) if parts.scheme in ("http", "https") and parts.netloc else ""


def day_of(iso: str) -> tuple[int, ...]:
    """Year, month and day of an ISO date or its prefix, as far as it goes; nothing for what is no date.

    >>> day_of("2017-04-07"), day_of("2017"), day_of("2017-13"), day_of("n.d.")
    ((2017, 4, 7), (2017,), (), ())
    """
    match = _ISO.fullmatch(iso)
    numbers = tuple(int(part) for part in match.groups() if part) if match else ()
    try:
        date(*(*numbers, 1, 1)[:3])
    except (ValueError, TypeError):
        return ()
    return numbers


def long_date(iso: str) -> str:
    """An ISO date or its prefix as it is written in a newspaper; what is no date is left as it is.

    >>> long_date("2017-04-07"), long_date("2017-04"), long_date("2017"), long_date("n.d.")
    ('7 April 2017', 'April 2017', '2017', 'n.d.')
    """
    match day_of(iso):
        case (year, month, day):
            return f"{day} {MONTHS[month - 1]} {year:04}"  # strftime would follow the locale
        case (year, month):
            return f"{MONTHS[month - 1]} {year:04}"
        case (year,):
            return f"{year:04}"
    return iso


def _page_names(citation: Citation) -> tuple[str, str]:
    """The first and last page as they are printed: a label that is a number goes on counting, another does not."""
    if citation.page is None:
        return "", ""
    more = max(0, (citation.page_end or citation.page) - citation.page)
    label = line(citation.page_label or "") or str(citation.page)
    if not more:
        return label, label
    if label.isascii() and label.isdecimal():
        return label, str(int(label) + more)
    return label, ""  # "iii": what the next page is called is not known
