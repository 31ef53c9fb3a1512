"""What every loader takes and gives back, and the few things that several of them do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.errors import LoadError
from index.types import Block, BlockKind, Page

if TYPE_CHECKING:
    from index.sources import SourceRow

TITLE_CHARS = 200

# Control characters other than tab and line ends. They come out of damaged fonts and stray bytes, print as
# nothing, and PostgreSQL refuses NUL: one space each keeps every offset where it was.
_CONTROLS = {code: " " for code in range(32) if code not in (9, 10, 13)} | {127: " "}

_SIGNATURES = (
    (b"%PDF-", "a PDF; save it as .pdf"),
    (b"PK\x03\x04", "a ZIP archive or an Office document; save it under its own suffix"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or protected Office document; save it again as .docx"),
    (b"{\\rtf", "an RTF document; save it as .rtf"),
    (b"\x89PNG", "a PNG image; it needs OCR"),
    (b"\xff\xd8\xff", "a JPEG image; it needs OCR"),
    (b"GIF8", "a GIF image; it needs OCR"),
    (b"\x1f\x8b", "a gzip archive; unpack it"),
)
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_BEFORE_HTML = re.compile(rb"\s+|<\?[^>]*>|<!--.*?-->|\xef\xbb\xbf", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. Beyond a limit a file is refused with a sentence, never cut.

    `max_bytes` holds for a file, or for one line of a `.jsonl` (which is streamed and has no other limit).
    `max_markup_bytes` holds for HTML and for the XML inside a .docx, which cost some 20 times their size to
    parse; `max_unpacked_bytes` for all that is packed in a .docx; `max_chars` for the extracted text. `max_seconds`
    is looked at between the pages of a PDF and counts no OCR, for which each page has `max_ocr_seconds`; the text may
    take as long again to be cut into passages. `max_members` holds for the files in an archive or a mail,
    `max_archive_bytes` for all that they unpack to, `max_depth` for archives and mails within each other;
    `max_memory` (bytes) for the process that reads a file.
    """

    max_bytes: int = 200_000_000
    max_markup_bytes: int = 60_000_000
    max_unpacked_bytes: int = 500_000_000
    max_chars: int = 100_000_000
    max_pages: int = 20_000
    max_seconds: float = 300.0
    max_ocr_seconds: float = 120.0
    max_members: int = 10_000
    max_archive_bytes: int = 4_000_000_000
    max_depth: int = 3
    max_memory: int = 6_000_000_000


@dataclass(frozen=True, slots=True)
class Extract:
    """What a format's `extract(data, where, limits)` makes of a file's bytes: text, structure, metadata.

    Empty metadata says that the file does not state it. `created` is the day on which a finished file was made,
    which may be long after its text was published. `types` are what schema.org calls the file and its publisher.
    `notes` tell the reader what was done to get at the text.
    """

    text: str
    blocks: tuple[Block, ...] = ()
    pages: tuple[Page, ...] = ()
    title: str = ""
    publisher: str = ""
    published: str = ""
    url: str = ""
    created: str = ""
    notes: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A file that lies in another one, such as an attachment; `name` is its path in there, `row` what is said of it,
    and `rows` what is said of files in it.
    """

    name: str
    data: bytes
    row: SourceRow | None = None
    rows: Mapping[str, SourceRow] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person should hear about a file although it is no error; `skipped` if the file is no document."""

    where: str
    reason: str
    skipped: bool = False


class TextBuilder:
    """Text made of blocks: a blank line between them, one line each within a list or a table."""

    def __init__(self, where: str, limits: Limits) -> None:
        self._where, self._max_chars = where, limits.max_chars
        self._parts: list[str] = []
        self._length = 0
        self.blocks: list[Block] = []

    def add(
        self, kind: BlockKind, text: str, *, level: int = 0, prefix: str = "", boilerplate: bool = False
    ) -> None:
        """Append a block; `prefix` (a bullet, a number) is printed before it and is no part of it.

        Blank text is left out. Raises LoadError when the text grows over `Limits.max_chars`: a table that
        repeats its header on every row could otherwise multiply a hostile file's size by thousands.
        """
        text = clean(text).strip()
        if not text:
            return
        last = self.blocks[-1].kind if self.blocks else ""
        gap = "" if not last else "\n" if kind == last and kind in ("item", "row") else "\n\n"
        start = self._length + len(gap) + len(prefix)
        self._parts += (gap, prefix, text)
        self._length = start + len(text)
        if self._length > self._max_chars:
            raise LoadError(self._where, f"holds more than {self._max_chars:,} characters of text; split it")
        self.blocks.append(Block(kind, start, self._length, level if kind == "heading" else 0, boilerplate))

    @property
    def text(self) -> str:
        return "".join(self._parts)


def clean(text: str) -> str:
    """`text` with control characters made spaces, one for one."""
    return text if text.isprintable() else text.translate(_CONTROLS)


def has_text(text: str) -> bool:
    """Whether there is anything to read: a byte order mark and white space are nothing."""
    return bool(text.lstrip("\ufeff").strip())


def as_title(text: str) -> str:
    """The first line of `text` that is not blank, cut at a word to at most 200 characters.

    >>> as_title("\\n  Annual   report \\nfor 2017")
    'Annual report'
    """
    start = re.search(r"[^\s\ufeff]", text)
    if not start:
        return ""
    # The window spares folding a 50 MB single line to take 200 characters of it.
    line = text[start.start() : start.start() + 20 * TITLE_CHARS].splitlines()[0]
    line = " ".join(line.split())
    if len(line) <= TITLE_CHARS:
        return line
    head, space, _ = line[: TITLE_CHARS - 1].rpartition(" ")
    return (head if space else line[: TITLE_CHARS - 1]) + "…"


def begins_like(data: bytes) -> str:
    """What the first bytes say a file really is and what to do with it; "" when they say nothing.

    >>> begins_like(b"<!DOCTYPE html><html>")
    'an HTML page; save it as .html'
    """
    head, at = data[:2048], 0
    while before := _BEFORE_HTML.match(head, at):
        at = before.end()
    if _HTML.match(head, at):
        return "an HTML page; save it as .html"
    return next((what for magic, what in _SIGNATURES if data.startswith(magic)), "")
