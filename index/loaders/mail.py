"""Mail through the standard library's parser: who, to whom and when, then the text; attachments as files."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage, Message, MIMEPart
from email.utils import parseaddr, parsedate_to_datetime

from index.errors import LoadError
from index.loaders import html
from index.loaders.base import Extract, Limits, Member, TextBuilder, as_title, begins_like, clean, has_text
from index.reading.structure import infer_blocks
from index.types import Block

_HEADERS = ("From", "To", "Cc", "Date")
_SUFFIXES = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "message/rfc822": ".eml",
}
_HEADER_CHARS = 2_000


def extract(data: bytes, where: str, limits: Limits) -> Extract:
    """Subject, correspondents and text of a mail, the plain text before the HTML, and its attachments.

    Raises LoadError for what is no mail: it has none of the headers that every mail has.
    """
    if kind := begins_like(data):
        raise LoadError(where, f"is not a mail: it begins like {kind}")
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not isinstance(message, EmailMessage) or not any(
        _header(message, name) for name in ("From", "Date", "Subject")
    ):
        raise LoadError(where, "is not a mail: it has no From, Date or Subject line; save it again as .eml")
    head = TextBuilder(where, limits)
    head.add("heading", _header(message, "Subject"), level=1)
    for name in _HEADERS:
        if value := _header(message, name):
            head.add("row", f"{name}: {value}")
    body = _body(message, where, limits)
    gap = "\n\n" if head.text and body.text else ""
    name, address = parseaddr(_header(message, "From"))
    return Extract(
        head.text + gap + body.text,
        (*head.blocks, *shifted(body.blocks, len(head.text) + len(gap))),
        title=as_title(_header(message, "Subject")) or as_title(body.text),
        publisher=as_title(name or address),
        published=_day(_header(message, "Date")),
        notes=body.notes,
        members=_attachments(message, where, limits),
    )


def shifted(blocks: tuple[Block, ...], by: int) -> tuple[Block, ...]:
    """The blocks of a text that stands `by` characters into another one."""
    return tuple(replace(block, start=block.start + by, end=block.end + by) for block in blocks)


def _header(message: EmailMessage, name: str) -> str:
    """A header's first value on one line; "" if there is none, or none that can be read."""
    try:
        value = message.get(name)
    # The standard library's header parser raises errors of many kinds on hostile headers.
    except Exception:
        value = None
    if value is None:
        raw = next((str(text) for key, text in message.raw_items() if key.lower() == name.lower()), "")
        value = raw.encode("utf-8", "replace").decode()
    return " ".join(clean(str(value)).encode("utf-8", "replace").decode().split())[:_HEADER_CHARS]


def _day(value: str) -> str:
    try:
        return parsedate_to_datetime(value).date().isoformat()
    except (TypeError, ValueError, IndexError, OverflowError):
        return ""


def _body(message: EmailMessage, where: str, limits: Limits) -> Extract:
    """The text of a mail; an empty one if it is all attachments."""
    for kind in ("plain", "html"):
        part = message.get_body(preferencelist=(kind,))
        if part is None or not has_text(text := _text(part)):
            continue
        if kind == "html":
            return html.extract(b"\xef\xbb\xbf" + text.encode(), where, limits)
        text = clean(text.replace("\r\n", "\n")).strip()
        return Extract(text, infer_blocks(text))
    return Extract("")


def _text(part: MIMEPart) -> str:
    """A part's text; what it says of its own encoding is not always so."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset("utf-8")
    for name in (charset, "utf-8", "cp1252"):
        try:
            return data.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def _attachments(message: EmailMessage, where: str, limits: Limits) -> tuple[Member, ...]:
    """What is attached, under names that differ; pictures that stand in the text are left out."""
    found: list[Member] = []
    names: set[str] = set()
    for number, part in enumerate(message.iter_attachments() if message.is_multipart() else (), 1):
        kind = part.get_content_type()
        if kind.startswith("image/") and (
            part.get("Content-ID") or part.get_content_disposition() == "inline"
        ):
            continue
        if len(found) >= limits.max_members:
            raise LoadError(where, f"holds more than {limits.max_members:,} attachments; split it")
        if kind == "message/rfc822":
            inner = part.get_payload()
            held = inner[0] if isinstance(inner, list) and inner else None
            data = held.as_bytes() if isinstance(held, Message) else b""
        else:
            payload = part.get_payload(decode=True)
            data = payload if isinstance(payload, bytes) else b""
        name = _name(part, number, kind)
        stem, dot, suffix = name.rpartition(".")
        twice = 1
        while name in names:
            twice += 1
            name = f"{stem} ({twice}){dot}{suffix}" if dot else f"{suffix} ({twice})"
        names.add(name)
        found.append(Member(name, data))
    return tuple(found)


def _name(part: EmailMessage, number: int, kind: str) -> str:
    """An attachment's name without folders, or one made of its number and kind."""
    try:
        given = part.get_filename() or ""
    except Exception:  # as above
        given = ""
    given = clean(given.encode("utf-8", "replace").decode()).replace("\\", "/").rpartition("/")[2].strip(" .")
    suffix = _SUFFIXES.get(kind, "")
    if not given:
        return f"attachment-{number}{suffix}"
    return given if "." in given or not suffix else given + suffix
