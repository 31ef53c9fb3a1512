"""Plain text: the file decoded as UTF-8 and not touched, so that offsets hold in the file itself."""

from __future__ import annotations

import shlex
from pathlib import PurePath

from index.errors import LoadError
from index.loaders.base import Extract, Limits, as_title, begins_like
from index.loaders.charset import guess_encoding

_WIDE_MARKS = (
    (b"\xff\xfe\x00\x00", "utf_32"),
    (b"\x00\x00\xfe\xff", "utf_32"),
    (b"\xff\xfe", "utf_16"),
    (b"\xfe\xff", "utf_16"),
)


def extract(data: bytes, where: str, limits: Limits) -> Extract:
    """The whole file as text, without blocks: the structure of plain text is inferred from the text alone."""
    text = decode(data, where)
    return Extract(text, title=as_title(text))


def decode(data: bytes, where: str) -> str:
    """`data` as strict UTF-8, a byte order mark and all line ends kept.

    Raises LoadError that names the offending byte and line, the encoding it looks like, and the command that
    converts it; or that says what binary file it is.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        wide = next((name for mark, name in _WIDE_MARKS if data.startswith(mark)), "")
        if not wide and ((kind := begins_like(data)) or b"\0" in data):
            raise LoadError(where, _binary(kind)) from error
        line = data.count(b"\n", 0, error.start) + 1
        found = f"is not UTF-8: byte {data[error.start]:#04x} at position {error.start:,}"
        raise LoadError(where, f"{found}{_advice(data, error.start, where, wide)}", line=line) from error
    if (at := text.find("\0")) >= 0:
        if kind := begins_like(data):
            raise LoadError(where, _binary(kind))
        line = text.count("\n", 0, at) + 1
        raise LoadError(
            where, f"holds a NUL byte at position {at:,}, so it is not text; remove it", line=line
        )
    return text


def _binary(kind: str) -> str:
    return f"is not text: it begins like {kind}" if kind else "is not text: it is a binary file (NUL bytes)"


def _advice(data: bytes, at: int, where: str, encoding: str) -> str:
    """What the encoding looks like, judged around the first wrong byte, and how to convert the file."""
    if not encoding:
        # From that line on: what comes before is ASCII or UTF-8 and would blur the answer.
        start = max(data.rfind(b"\n", 0, at) + 1, at - 1_000)
        encoding = guess_encoding(data[start : start + 100_000])
    if not encoding or encoding in ("utf_8", "ascii"):
        return "; convert the file to UTF-8, or save it as UTF-8 in your editor"
    name = encoding.replace("_", "-").upper()
    path = PurePath(where)
    command = (
        f"iconv -f {name} -t UTF-8 {shlex.quote(where)} > {shlex.quote(path.stem + '.utf8' + path.suffix)}"
    )
    return f"; it looks like {name}: convert it, for example with {command}"
