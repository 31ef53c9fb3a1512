"""An evidence pack as a Word document, through python-docx."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from qa.citing import prose
from qa.packing.sheet import CONTEXT, SILENT, Extract, Sheet


def as_docx(sheets: Sequence[Sheet], made: str) -> bytes:
    """The document: quotes in the style for quotations, what stands around them small and grey under its own label."""
    from docx import Document

    document = Document()
    title = sheets[0].question if len(sheets) == 1 else f"{len(sheets)} questions"
    core = document.core_properties
    core.title, core.author, core.comments = title[:255], "Pincite", "An evidence pack"
    core.created = core.modified = datetime.fromisoformat(made.replace("Z", "+00:00")).replace(tzinfo=None)
    for n, sheet in enumerate(sheets):
        if n:
            document.add_page_break()
        _answer(document, sheet)
    document.add_paragraph(f"Made by Pincite, {made}.")
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _answer(document: Any, sheet: Sheet) -> None:
    document.add_heading(sheet.question, 1)
    status = document.add_paragraph()
    status.add_run(f"{sheet.headline}. ").bold = True
    status.add_run(sheet.explanation)
    for n, extract in enumerate(sheet.extracts, 1):
        document.add_heading(f"Quote {n}", 2)
        if extract.label:
            _small(document, extract.label.strip())
        document.add_paragraph(f"“{extract.words}”", style="Intense Quote")
        document.add_paragraph(f"{prose.plain(extract.citation, extract.source)} ({extract.who})")
        _small(document, extract.place)
        _context(document, extract)
    for pair in sheet.pairs:
        document.add_heading(pair.heading, 2)
        cells = document.add_table(rows=1, cols=2).rows[0].cells
        for cell, side in zip(cells, pair.sides, strict=True):
            cell.paragraphs[0].text = f"{side.label}“{side.words}”"
            cell.add_paragraph(f"{prose.plain(side.citation, side.source)} ({side.who})")
    if sheet.nearest:
        document.add_heading(SILENT, 2)
        for words, cited in sheet.nearest:
            _small(document, f"{words} ({cited})")
    if sheet.origins:
        document.add_heading("Sources", 2)
        for origin in sheet.origins:
            parts = (origin.cited, origin.url, origin.file, f"sha256 {origin.sha256}", origin.licence)
            document.add_paragraph("; ".join(part for part in parts if part), style="List Number")
    _small(document, f"Found with {sheet.made_with}.")


def _context(document: Any, extract: Extract) -> None:
    own = " ".join(part for part in (extract.lead, "[the quote]", extract.tail) if part)
    parts = [part for part in (extract.before, own if own != "[the quote]" else "", extract.after) if part]
    if parts:
        _small(document, CONTEXT, bold=True)
    for part in parts:
        _small(document, part, italic=True)


def _small(document: Any, text: str, bold: bool = False, italic: bool = False) -> None:
    from docx.shared import Pt, RGBColor

    run = document.add_paragraph().add_run(text)
    run.font.size, run.font.color.rgb = Pt(9), RGBColor(0x50, 0x5A, 0x5F)
    run.bold, run.italic = bold, italic
