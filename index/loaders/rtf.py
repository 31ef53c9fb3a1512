"""Rich Text Format through striprtf, which knows its code pages and what is not text; paragraphs are inferred.

Footnotes and endnotes, which it leaves out, are moved to the end for it.
"""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from index.errors import LoadError
from index.loaders.base import Extract, Limits, as_title, begins_like, clean
from index.reading.structure import infer_blocks
from index.types import Block

_TITLE = re.compile(r"\{\\title ([^{}]{1,1000})\}")
_BLANKS = re.compile(r"\n\s*\n+")
_NOTE = re.compile(r"\{(?:\\\*)?\s*\\footnote(?![a-z])(?:\\ftnalt(?![a-z]))?[ ]?")
_GROUPS = re.compile(r"\\[^a-zA-Z]|[{}]", re.DOTALL)
_NOTES = "\ue000"  # of the private use area: where the notes begin, and each of them
_CELLS = re.compile(r"^.*\|$", re.MULTILINE)  # as striprtf writes the row of a table


def extract(data: bytes, where: str, limits: Limits) -> Extract:
    """The text, one paragraph from the next by a blank line, and a table's row in one line; notes after the body.

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
    ordered, count = _notes_last(source)
    whole = clean(rtf_to_text(ordered, errors="replace")).encode("utf-8", "replace").decode()
    body, *notes = whole.rsplit(_NOTES, count) if count else [whole]
    text = _tidy(body)
    blocks = list(infer_blocks(text)) if any(note.strip() for note in notes) else []
    for number, note in enumerate(notes, 1):
        if said := " ".join(note.split()):
            mark = f"\n\n[{number}] "
            blocks.append(Block("note", len(text) + len(mark), len(text) + len(mark) + len(said)))
            text += mark + said
    if len(text) > limits.max_chars:
        raise LoadError(where, f"holds more than {limits.max_chars:,} characters of text; split it")
    named = _TITLE.search(source[:100_000])
    title = rtf_to_text("{\\rtf1 " + named[1] + "}", errors="replace") if named else text
    return Extract(text, tuple(blocks), title=as_title(clean(title.encode("utf-8", "replace").decode())))


def _tidy(text: str) -> str:
    text = _CELLS.sub(lambda row: "; ".join(filter(None, (c.strip() for c in row[0].split("|")))), text)
    return _BLANKS.sub("\n\n", "\n\n".join(line.rstrip() for line in text.split("\n"))).strip()


def _notes_last(source: str) -> tuple[str, int]:
    """The source with "[1]" for each note and the notes at its end, in the group of all; and how many they are."""
    parts: list[str] = []
    notes: list[str] = []
    at = 0
    while found := _NOTE.search(source, at):
        depth, end = 1, 0
        for sign in _GROUPS.finditer(source, found.end()):
            depth += {"{": 1, "}": -1}.get(sign[0], 0)
            if not depth:
                end = sign.end()
                break
        if not end:
            break  # a file that is cut off
        notes.append(source[found.end() : end - 1])
        parts += (source[at : found.start()], f"[{len(notes)}]")
        at = end
    if not notes:
        return source, 0
    rest = source[at:]
    last = rest.rfind("}")
    moved = "".join(f"\\par \\u{ord(_NOTES) - 0x10000}?{{{note}}}" for note in notes)
    return "".join((*parts, rest[:last] if last >= 0 else rest, moved, "}")), len(notes)
