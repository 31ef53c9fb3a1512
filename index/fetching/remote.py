"""What an address of the web gave, as a source for the loaders: the content type decides how it is read."""

from __future__ import annotations

import codecs
import hashlib
from email.message import Message
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from index.errors import LoadError
from index.fetching.fetch import Answer
from index.loaders import KINDS, SUFFIXES, Source

_SUFFIXES = {media: f".{kind}" for kind, media in reversed(KINDS.items())} | {
    "application/xhtml+xml": ".html",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
    "application/x-pdf": ".pdf",
    "text/x-markdown": ".md",
    "text/rtf": ".rtf",
    "application/jsonl": ".jsonl",
}
_VAGUE = (
    "",
    "application/octet-stream",
    "binary/octet-stream",
    "application/download",
    "application/force-download",
)
_TEXTS = (".txt", ".md", ".html", ".csv")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def source_of(answer: Answer) -> tuple[Source, bytes]:
    """The source and its bytes. Text in another encoding that the server names is made UTF-8 first.

    LoadError for a kind that is not read, and for bytes that are not in the encoding that is named.
    """
    kind, charset = _content_type(answer.headers.get("content-type", ""))
    suffix = _suffix(kind, answer)
    data = answer.data
    sha256 = hashlib.sha256(data).hexdigest()
    if suffix in _TEXTS and charset and not data.startswith(_MARKS):
        data = _as_utf8(data, charset, suffix, answer.url)
        if suffix in (".txt", ".md"):  # whose text is, to the byte, what the hash is of
            sha256 = hashlib.sha256(data).hexdigest()
    return Source(answer.url, answer.url, answer.url, suffix, url=answer.url, sha256=sha256), data


def _content_type(header: str) -> tuple[str, str]:
    message = Message()
    message["Content-Type"] = header
    return (message.get_content_type() if header.strip() else ""), message.get_content_charset("")


def _suffix(kind: str, answer: Answer) -> str:
    """How the answer is read, by its content type; by its path where that says nothing, then by its first bytes."""
    in_path = PurePosixPath(unquote(urlsplit(answer.url).path)).suffix.lower()
    if kind not in _VAGUE:
        # Servers send Markdown, CSV and records as plain text.
        if kind == "text/plain" and in_path in (".md", ".csv", ".jsonl", ".eml"):
            return in_path
        if kind in _SUFFIXES:
            return _SUFFIXES[kind]
        if (
            kind in ("application/json", "application/x-gzip", "text/xml", "application/xml")
            and in_path == ".jsonl"
        ):
            return in_path
        raise LoadError(answer.url, f"is {kind}, which is not read; there are {', '.join(KINDS)} and zip")
    if in_path in SUFFIXES:
        return in_path
    if b"%PDF-" in answer.data[:1024]:
        return ".pdf"
    if answer.data[:512].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return ".html"
    raise LoadError(answer.url, "does not say what it is (no Content-Type); download it and index the file")


def _as_utf8(data: bytes, charset: str, suffix: str, url: str) -> bytes:
    try:
        text = data.decode("cp1252" if charset in ("iso-8859-1", "latin1", "us-ascii") else charset)
    except LookupError:
        return data  # a name that nobody knows says nothing
    except UnicodeError as error:
        if suffix == ".html":
            return data  # its reader looks at what the page itself says, and at what fits
        raise LoadError(
            url, f"is not in the encoding that its server names, {charset}; download and convert it"
        ) from error
    mark = codecs.BOM_UTF8 if suffix == ".html" else b""
    return mark + text.encode("utf-8", "replace")
