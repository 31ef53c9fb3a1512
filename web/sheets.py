"""Pages of PDFs as they were printed, drawn from the original file while it is still the one that was read."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from collections import OrderedDict
from pathlib import Path

from index import Document, DocumentInfo

MEDIA_TYPE = "application/pdf"
_DRAWING = Path(__file__).with_name("sheet_drawing.py")
_MOST_BYTES = 64 << 20  # a file's
_TIMEOUT_S = 15
_MOST_KEPT = 32  # pictures
_MOST_KNOWN = 4_096  # files

_lock = threading.Lock()
_drawing = threading.BoundedSemaphore(2)
_pictures: OrderedDict[str, bytes] = OrderedDict()
_hashes: OrderedDict[tuple[str, int, int, int], str] = OrderedDict()


class SheetError(Exception):
    """A page cannot be drawn: the file is damaged, or too costly."""


def has_sheets(info: DocumentInfo) -> bool:
    """Whether the original of a document is a PDF that is still where it was read, with the same content."""
    return _original(info) is not None


def sheet_tag(document: Document, page: int, words: str) -> str:
    """What a picture is made of, in short."""
    seen = f"1\0{document.info.sha256}\0{page}\0{words}"
    return hashlib.sha256(seen.encode("utf-8", "replace")).hexdigest()[:32]


def words_on(document: Document, page: int, start: int, end: int) -> str:
    """What of characters `start` to `end` stands on a page, counted from 1; "" where nothing does."""
    for sheet in document.pages:
        if sheet.number == page:
            return document.text[max(start, sheet.start) : min(end, sheet.end)]
    return ""


def sheet(document: Document, page: int, words: str = "") -> bytes | None:
    """A page as PNG, with `words` marked if they are found on it once. None: there is none. SheetError."""
    key = sheet_tag(document, page, words)
    path = _original(document.info)
    if path is None:
        return None
    with _lock:
        if key in _pictures:
            _pictures.move_to_end(key)
            return _pictures[key]
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != document.info.sha256:
        return None  # changed since it was looked at
    made = _draw(data, page, words)
    if made is not None:
        with _lock:
            _pictures[key] = made
            while len(_pictures) > _MOST_KEPT:
                _pictures.popitem(last=False)
    return made


def _draw(data: bytes, page: int, words: str) -> bytes | None:
    asked = json.dumps({"page": page, "words": words}).encode() + b"\n"
    with _drawing:
        try:
            done = subprocess.run(
                [sys.executable, str(_DRAWING)], input=asked + data, capture_output=True, timeout=_TIMEOUT_S
            )
        except subprocess.TimeoutExpired:
            raise SheetError("This page takes too long to draw. Its text can be read without it.") from None
    if done.returncode == 3:
        return None
    if done.returncode:
        raise SheetError("This page cannot be drawn: its file is damaged or too large. Its text can be read.")
    return done.stdout


def _original(info: DocumentInfo) -> Path | None:
    if info.media_type != MEDIA_TYPE or not info.origin or "://" in info.origin:
        return None
    path = Path(info.origin)
    try:
        state = path.stat()
        if not path.is_file() or state.st_size > _MOST_BYTES:
            return None
        key = (str(path), state.st_ino, state.st_mtime_ns, state.st_size)
        with _lock:
            known = _hashes.get(key, "")
        if not known:
            with path.open("rb") as file:
                known = hashlib.file_digest(file, "sha256").hexdigest()
            with _lock:
                _hashes[key] = known
                while len(_hashes) > _MOST_KNOWN:
                    _hashes.popitem(last=False)
    except OSError:
        return None
    return path if known == info.sha256 else None
