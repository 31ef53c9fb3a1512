"""What a PDF says of itself: title, publisher, and when it was made."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import date

import pypdfium2 as pdfium

from index.loaders.base import clean

_JUNK_TITLE = re.compile(
    r"(microsoft (word|powerpoint|excel) - .*|untitled.*|.*\.(docx?|pdf|indd|qxd|pptx?|rtf))", re.IGNORECASE
)
_DATE = re.compile(r"(?:D:)?(\d{4})-?(\d\d)-?(\d\d)")
_PACKET = 200_000  # bytes: XMP that is longer describes pictures
_TAGS = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Empty strings for what a file does not say. `created` is an ISO day; `published` too, as its maker gave it."""

    title: str = ""
    publisher: str = ""
    created: str = ""
    published: str = ""


def metadata(document: pdfium.PdfDocument, data: bytes) -> Metadata:
    """The metadata of an open PDF, of its bytes `data`.

    The publisher is the one that XMP names: a PDF's author is mostly whoever sat at the keyboard. The date of
    publication is that of Dublin Core or PRISM in XMP; when the file was made is another thing.
    """
    title = clean(document.get_metadata_value("Title")).strip()
    if _JUNK_TITLE.fullmatch(title):
        title = ""
    packet = _packet(data)
    published = _day(_value(packet, "prism:publicationDate") or _value(packet, "dc:date"))
    return Metadata(
        title=title,
        publisher=_value(packet, "dc:publisher"),
        created=_day(document.get_metadata_value("CreationDate")),
        published=published,
    )


def _packet(data: bytes) -> str:
    """The last XMP packet of a file, if it is not compressed; it describes the document as it is now."""
    start = data.rfind(b"<x:xmpmeta")
    end = data.find(b"</x:xmpmeta>", start) if start >= 0 else -1
    return data[start:end].decode(errors="replace") if 0 <= end - start <= _PACKET else ""


def _value(packet: str, name: str) -> str:
    """The first value of a property, with its lists and languages taken off; "" without one."""
    start = packet.find(f"<{name}")
    end = packet.find(f"</{name}>", start) if start >= 0 else -1
    if end < 0:
        return ""
    values = _TAGS.sub("\n", packet[start:end]).split("\n")
    return next(
        (" ".join(clean(html.unescape(value)).split())[:200] for value in values if value.strip()), ""
    )


def _day(stamp: str) -> str:
    """A PDF or ISO date as an ISO day; "" for what is none.

    >>> _day("D:20160329094439+01'00'"), _day("D:20169999")
    ('2016-03-29', '')
    """
    found = _DATE.match(stamp.strip())
    if not found:
        return ""
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        return ""
