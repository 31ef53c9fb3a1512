"""Rich Text Format through striprtf, which knows its code pages and what is not text; paragraphs are inferred."""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from index.errors import LoadError
from index.loaders.base import Extract, Limits, as_title, begins_like, clean

_TITLE = re.compile(r"\{\\title ([^{}]{1,1000})\}")
_BLANKS = re.compile(r"\n\s*\n+")
_CELLS = re.compile(r"^.*\|$", re.MULTILINE)  # as striprtf writes the row of a table


def extract(data: bytes, where: str, limits: Limits) -> Extract:
    """The text, one paragraph from the next by a blank line, and a table's row in one line.

    Raises LoadError for another kind of file.
    """
    if len(data) > limits.max_markup_bytes:
        raise LoadError(
            where, f"is larger than the limit of {limits.max_markup_bytes:,} bytes for RTF; split it"
        )
    if not data.lstrip().startswith(b"{\\rtf"):
        kind = begins_like(data)
        raise LoadError(
            where, f"is not RTF: it begins like {kind}" if kind else "is not RTF: no {\\rtf at its start"
        )
    source = data.decode("cp1252", "replace")
    text = clean(rtf_to_text(source, errors="replace"))
    if len(text) > limits.max_chars:
        raise LoadError(where, f"holds more than {limits.max_chars:,} characters of text; split it")
    text = text.encode("utf-8", "replace").decode()
    text = _CELLS.sub(lambda row: "; ".join(filter(None, (c.strip() for c in row[0].split("|")))), text)
    text = _BLANKS.sub("\n\n", "\n\n".join(line.rstrip() for line in text.split("\n"))).strip()
    named = _TITLE.search(source[:100_000])
    title = rtf_to_text("{\\rtf1 " + named[1] + "}", errors="replace") if named else text
    return Extract(text, title=as_title(clean(title.encode("utf-8", "replace").decode())))
