"""Typesets the Markdown beside this file into the PDF and DOCX documents of the sample corpus.

Run it as `python -m eval.typeset [DIR]`; DIR defaults to `eval/corpus`. The same sources give the same
bytes on every run: dates come from the source, streams are stored uncompressed (zlib builds differ), and
only the fonts every PDF reader has are used.

A source starts with `key: value` lines between two `---`; `format` is `pdf` or `docx`. The rest is a small
subset of Markdown, one block to a line: `#` and `##` headings, "1." paragraphs (numbered by hand, so that a
citation survives an edit), `-` items, pipe tables, paragraphs. Nothing is marked up inside a line.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import docx
from docx.document import Document as DocxDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Pt
from fpdf import FPDF

__all__ = ["build", "main", "read_source"]

SOURCES = Path(__file__).parent
CORPUS = SOURCES.parent / "corpus"
UNUSED_PARTS = ("/stylesWithEffects", "/thumbnail")
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a ZIP entry can carry


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a source: `kind` is title, heading, number, item, table or paragraph."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed source: what its head says, and its blocks in order."""

    name: str
    meta: dict[str, str]
    blocks: tuple[Block, ...]

    @property
    def date(self) -> datetime:
        return datetime.fromisoformat(self.meta["date"]).replace(tzinfo=UTC)


def read_source(path: Path) -> Source:
    """The source in `path`, parsed; raises `ValueError` when its head is missing."""
    start, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    if start:
        raise ValueError(f"{path}: begins with {start[:20]!r}, expected a head between two lines of ---")
    meta = {key: value.strip() for key, value in (line.split(":", 1) for line in head.splitlines())}
    return Source(path.stem, meta, tuple(_blocks(body.splitlines())))


def _blocks(lines: list[str]) -> Iterator[Block]:
    rows: list[tuple[str, ...]] = []
    for line in [*(line.strip() for line in lines), ""]:
        if line.startswith("|"):
            cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
            if set("".join(cells)) != {"-"}:
                rows.append(cells)
            continue
        if rows:
            yield Block("table", rows=tuple(rows))
            rows = []
        if line.startswith("## "):
            yield Block("heading", line[3:])
        elif line.startswith("# "):
            yield Block("title", line[2:])
        elif line.startswith("- "):
            yield Block("item", line[2:])
        elif line:
            yield Block("number" if line.split(".")[0].isdigit() else "paragraph", line)


class _Page(FPDF):
    """A4 with a running header and a page number."""

    running_head = ""

    def header(self) -> None:
        self.set_font("Helvetica", "I", 9)
        self.cell(0, 8, self.running_head, new_x="LMARGIN", new_y="NEXT")
        self.ln(4)

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", size=9)
        self.cell(0, 8, f"Page {self.page_no()}", align="C")


def _pdf(source: Source) -> bytes:
    page = _Page(format="A4")
    page.running_head = source.meta["header"]
    page.set_compression(False)
    page.set_creation_date(source.date)
    page.set_title(source.meta["title"])
    page.set_author(source.meta["author"])
    page.set_subject(source.meta["subject"])
    page.set_lang("en-GB")
    page.set_margins(24, 16, 24)
    page.set_auto_page_break(True, margin=20)
    page.add_page()
    for block in source.blocks:
        _pdf_block(page, block)
    return bytes(page.output())


def _pdf_block(page: FPDF, block: Block) -> None:
    if block.kind == "table":
        page.set_font("Helvetica", size=10)
        widths = (2, *(3 for _ in block.rows[0][1:]))
        with page.table(block.rows, line_height=5, text_align="LEFT", padding=1, col_widths=widths):
            pass
        page.ln(3)
        return
    size = {"title": 16, "heading": 12}.get(block.kind, 11)
    if block.kind == "heading" and page.will_page_break(30):
        page.add_page()
    if size > 11:
        page.set_font("Helvetica", "B", size)
    else:
        page.set_font("Times", size=size)
    text = f"- {block.text}" if block.kind == "item" else block.text
    page.multi_cell(0, size * 0.46, text, align="L", new_x="LMARGIN", new_y="NEXT")
    page.ln(2)


def _docx(source: Source) -> bytes:
    document = _plain_document()
    document.styles["Normal"].font.size = Pt(11)
    document.sections[0].header.paragraphs[0].text = source.meta["header"]
    for block in source.blocks:
        _docx_block(document, block)
    about = document.core_properties
    about.title, about.author, about.subject = (source.meta[key] for key in ("title", "author", "subject"))
    about.last_modified_by, about.comments, about.language = about.author, "", "en-GB"
    about.created = about.modified = source.date.replace(tzinfo=None)
    packed = io.BytesIO()
    document.save(packed)
    return _rezip(packed)


def _plain_document() -> DocxDocument:
    """python-docx's default document without what only adds weight: a hundred table styles, a thumbnail."""
    document = docx.Document()
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in ("Normal Table", "Table Grid"):
            style.delete()
    for part in (document.part, document.part.package):
        for key in [key for key, rel in part.rels.items() if rel.reltype.endswith(UNUSED_PARTS)]:
            del part.rels[key]
    return document


def _docx_block(document: DocxDocument, block: Block) -> None:
    if block.kind == "table":
        table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
        for row in block.rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
        document.add_paragraph()
        return
    style = {"title": "Title", "heading": "Heading 1", "item": "List Bullet"}.get(block.kind, "Normal")
    document.add_paragraph(block.text, style=style)


def _rezip(packed: io.BytesIO) -> bytes:
    """The same ZIP with fixed times and no compression, so that equal content is equal bytes."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.create_system = 3  # Unix on every machine; zipfile would write the machine's own
            entry.external_attr = 0o644 << 16
            new.writestr(entry, old.read(name))
    return fixed.getvalue()


WRITERS = {"pdf": _pdf, "docx": _docx}


def build(out: Path) -> list[Path]:
    """The files written to `out`, one for each source, in the order of their names."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for path in sorted(SOURCES.glob("*.md")):
        source = read_source(path)
        target = out / f"{source.name}.{source.meta['format']}"
        target.write_bytes(WRITERS[source.meta["format"]](source))
        written.append(target)
    return written


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m eval.typeset", description=__doc__.splitlines()[0])
    parser.add_argument("out", nargs="?", type=Path, default=CORPUS, help="folder to write to")
    for path in build(parser.parse_args().out):
        print(path)


if __name__ == "__main__":
    main()
