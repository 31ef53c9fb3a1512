"""Headings in the margin beside their text, in larger type: they head what they stand beside."""

from __future__ import annotations

from pathlib import Path

from fpdf import FPDF

from index.loaders import read_documents

MISSION = (
    "The reviewers examined how the libraries of the town were run and what was spent on them in three years.",
    "They asked those who work there, those who read there, and those who had stopped coming at all of late.",
    "What they found is set out below, with the figures on which it rests, and what the town should do about it.",
)
COPIES = (
    "This report can be read at every library of the town and is sent by post to those who ask for one by letter.",
    "Those who want it in large print or read aloud may ask for that at the desk of any library, free of charge.",
)
POST = (
    "The first copy is free of charge and each one after it costs two pounds, stamps and envelope included in that.",
    "Letters are answered in the order in which they come, mostly within the week, and not in the month of August.",
)


def words(pdf: FPDF, x: float, y: float, text: str) -> None:
    """A line of which each word is drawn alone, as justified type is."""
    for word in text.split():
        pdf.text(x, y, word)
        x += pdf.get_string_width(f"{word} ")


PARTS = (
    (("Our Mission",), 14, MISSION),
    (("Obtaining", "Copies"), 14, COPIES),
    (("Order by Post",), 11, POST),
)


def page(count: int, later: bool) -> bytes:
    """A page with up to three headings in its margin, which are drawn after all text or each before its own."""
    pdf = FPDF()
    pdf.add_page()
    marks = []
    y = 40.0
    for heading, size, lines in PARTS[:count]:
        marks.append((heading, size, y))
        if not later:
            for at, part in enumerate(heading):
                pdf.set_font("Helvetica", size=size)
                pdf.text(13, y + 7 * at, part)
        pdf.set_font("Helvetica", size=9)
        for at, line in enumerate(lines):
            words(pdf, 66, y + 4 * at, line)
        y += 4 * len(lines) + 9
    if later:
        for heading, size, place in marks:
            pdf.set_font("Helvetica", size=size)
            for at, part in enumerate(heading):
                pdf.text(13, place + 1 + 7 * at, part)
    return bytes(pdf.output())


def shown(path: Path, data: bytes) -> list[tuple[str, str]]:
    path.write_bytes(data)
    (document,) = read_documents(path, path.name)
    return [(b.kind, " ".join(document.text[b.start : b.end].split())) for b in document.blocks]


EXPECTED = [
    ("heading", "Our Mission"),
    ("paragraph", " ".join(MISSION)),
    ("heading", "Obtaining Copies"),
    ("paragraph", " ".join(COPIES)),
    ("heading", "Order by Post"),
    ("paragraph", " ".join(POST)),
]


def test_a_heading_on_the_first_line_of_its_text(tmp_path):
    assert shown(tmp_path / "a.pdf", page(1, later=False)) == EXPECTED[:2]


def test_headings_that_the_file_holds_after_all_text(tmp_path):
    assert shown(tmp_path / "a.pdf", page(3, later=True)) == EXPECTED
