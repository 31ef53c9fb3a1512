"""PDFs made for the tests, and what holds for every one that is read."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from fpdf import FPDF

from index.errors import LoadError
from index.loaders import Limits, read_documents
from index.types import Document, in_order

SHARED = Path(__file__).parents[3] / "shared" / "pdfs"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the example PDFs are not at {SHARED}")

BULLETS = "•▪■□◼◻◾●○◦∙‣⁃◆◇❖➢➤✓✔–—*-o"
SENTENCE = "Thresholds were applied inconsistently across the borough and managers did not notice in time. "


class Report(FPDF):
    """A report with a running header, numbered pages and known blocks."""

    def header(self):
        self.set_font("Helvetica", size=8)
        self.cell(0, 5, "Inspection of Anytown council", new_x="LMARGIN", new_y="NEXT")
        self.ln(8)

    def footer(self):
        self.set_y(-15)
        self.set_font("Helvetica", size=8)
        self.cell(0, 5, f"Page {self.page_no()} of 4", align="R")


DEFAULTS = Limits()


def report() -> FPDF:
    pdf = Report()
    for number in range(1, 5):
        pdf.add_page()
        pdf.set_font("Helvetica", "B", 16)
        pdf.cell(0, 10, f"Chapter {'ABCD'[number - 1]}", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(4)
        for part in "xyz":
            pdf.set_font("Helvetica", size=11)
            pdf.multi_cell(0, 5, f"Part {part} {number}. " + SENTENCE * 3, new_x="LMARGIN", new_y="NEXT")
            pdf.ln(4)
        pdf.multi_cell(0, 5, "- first point to make\n- second point to make", new_x="LMARGIN", new_y="NEXT")
    return pdf


def load(path: Path, data: bytes | None = None, limits: Limits = DEFAULTS) -> Document | LoadError:
    if data is not None:
        path.write_bytes(data)
    (outcome,) = read_documents(path, path.name, limits)
    return outcome


def check(document: Document) -> None:
    """What holds for every PDF: spans in order, every printed character but bullets in one block, and in one page."""
    assert in_order(document.blocks)
    assert in_order(document.pages)
    blocks, pages = set(), set()
    for block in document.blocks:
        assert block.start < block.end
        blocks.update(range(block.start, block.end))
    for page in document.pages:
        pages.update(range(page.start, page.end))
    printed = {at for at, c in enumerate(document.text) if not c.isspace()}
    assert {document.text[at] for at in printed - blocks} <= set(BULLETS)
    assert printed <= pages
    assert not set("\r\ufffe\x02\0") & set(document.text)


def facts() -> list[dict[str, str]]:
    """The phrases that are known to stand on certain pages of the example PDFs."""
    with (SHARED / "page_facts.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
