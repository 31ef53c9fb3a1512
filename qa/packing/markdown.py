"""An evidence pack in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.citing import prose
from qa.packing.sheet import CONTEXT, SILENT, Extract, Sheet

_LEADING = re.compile(r"^(?:(?=[-+#=>:])|(\d{1,9})(?=[.)]))")


def as_markdown(sheets: Sequence[Sheet], made: str) -> str:
    """Quotes as block quotations; what stands around them in italics, named as context."""
    lines = [line for one in sheets for line in _answer(one)]
    return "\n\n".join([*lines, f"Made by Pincite, {_text(made)}."]) + "\n"


def _answer(sheet: Sheet) -> Iterator[str]:
    yield f"# {_text(sheet.question)}"
    yield f"**{sheet.headline}.** {_text(sheet.explanation)}"
    for n, extract in enumerate(sheet.extracts, 1):
        yield f"## Quote {n}"
        if extract.label:
            yield _text(extract.label.strip())
        yield f"> “{prose.as_markdown(extract.words)}”"
        yield f"{prose.markdown(extract.citation, extract.source)} ({_text(extract.who)})"
        yield _text(extract.place)
        yield from _context(extract)
    for pair in sheet.pairs:
        yield f"## {pair.heading}"
        for side in pair.sides:
            yield f"> {_text(side.label)}“{prose.as_markdown(side.words)}”"
            yield f"{prose.markdown(side.citation, side.source)} ({_text(side.who)})"
    if sheet.nearest:
        yield f"## {SILENT}"
        yield from (f"{_text(words)} ({prose.as_markdown(cited)})" for words, cited in sheet.nearest)
    if sheet.origins:
        yield "## Sources"
        yield "\n".join(
            f"{n}. {_text(origin.cited)}{f' <{origin.url}>' if origin.url else ''};"
            f" {prose.as_markdown(origin.file)}; sha256 `{origin.sha256}`"
            + (f"; {prose.as_markdown(origin.licence)}" if origin.licence else "")
            for n, origin in enumerate(sheet.origins, 1)
        )
    yield f"Found with {prose.as_markdown(sheet.made_with)}."


def _context(extract: Extract) -> Iterator[str]:
    around = " ".join(part for part in (extract.lead, "[the quote]", extract.tail) if part)
    parts = [
        part for part in (extract.before, around if around != "[the quote]" else "", extract.after) if part
    ]
    if parts:
        yield f"{CONTEXT}:"
        yield from (f"*{_text(part)}*" for part in parts)


def _text(text: str) -> str:
    return _LEADING.sub(lambda match: f"{match[1] or ''}\\", prose.as_markdown(text))
