"""The table of formats in docs/documents.md: where each format's title and date come from, as the table says."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from pptx import Presentation

from index.loaders import SUFFIXES, Loaded, Source, load
from index.reading.annotate import annotate
from tests.index.samples import FINDING, MADE, REPLY, odt, packed, table

DATED = f"Report published: 7 April 2017\n\n{FINDING}\n\n{REPLY}\n"
TEXT = ("2017-04-07", "text")
METADATA = ("2017-04-07", "metadata")
DOCUMENTS = Path(__file__).parents[2] / "docs" / "documents.md"


def found(suffix: str, data: bytes) -> tuple[str, str, str]:
    """The title of a file, its date and what that comes from, as it would be stored."""
    (made,) = (one for one in load(Source(f"a{suffix}", "a", "/a", suffix), data) if isinstance(one, Loaded))
    info = annotate(made.document, made.made).info
    return info.title, info.published, info.dated_by


def word(title: str, date: bool) -> bytes:
    document = docx.Document()
    document.core_properties.title = title
    document.add_heading("Head", 1)
    for text in (DATED if date else FINDING).split("\n\n"):
        document.add_paragraph(text)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def deck(title: str) -> bytes:
    made, slides = io.BytesIO(), Presentation()
    slides.core_properties.title = title
    slide = slides.slides.add_slide(slides.slide_layouts[1])
    slide.shapes.title.text = "Head"
    slide.placeholders[1].text_frame.text = "Report published: 7 April 2017"
    slides.save(made)
    return made.getvalue()


def workbook(title: str) -> bytes:
    made, book = io.BytesIO(), openpyxl.Workbook()
    book.properties.title = title
    book.active.append(["Report published: 7 April 2017"])
    book.save(made)
    return made.getvalue()


RTF = (
    r"{\rtf1{\info{\title T}{\creatim\yr2019\mo1\dy1}}Report published: 7 April 2017\par "
    + FINDING
    + r"\par}"
)

CASES = {
    ".docx": [(word("T", True), ("T", *TEXT)), (word("", False), ("Head", "", ""))],
    ".pptx": [(deck("T"), ("T", *TEXT)), (deck(""), ("Head", *TEXT))],
    ".xlsx": [(workbook("T"), ("T", *TEXT)), (workbook(""), ("a.xlsx", *TEXT))],
    ".csv": [(table(), ("a.csv", "", ""))],
    ".odt": [(odt(meta="<dc:title>T</dc:title><dc:date>2019-01-01</dc:date>"), ("T", "", ""))],
    ".rtf": [
        (RTF.encode(), ("T", *TEXT)),
        (RTF.replace(r"{\title T}", "").encode(), ("Report published: 7 April 2017", *TEXT)),
    ],
    ".txt": [(DATED.encode(), ("Report published: 7 April 2017", *TEXT))],
    ".md": [
        (b"---\ntitle: T\ndate: 2017-04-07\n---\n# Head\n", ("T", *METADATA)),
        (f"# Head\n\n{DATED}".encode(), ("Head", *TEXT)),
    ],
    ".epub": [(MADE[".epub"](), ("Library review", *METADATA))],
    ".eml": [(MADE[".eml"](), ("Library review", *METADATA))],
    ".html": [
        (
            b"<title>T</title><meta property='article:published_time' content='2017-04-07'><h1>Head</h1><p>Words.",
            ("T", *METADATA),
        ),
        (
            b"<h1>Head</h1><script type='application/ld+json'>"
            + json.dumps({"@type": "NewsArticle", "datePublished": "2017-04-07"}).encode()
            + b"</script><p>Words.",
            ("Head", *METADATA),
        ),
        (b"<h1>Head</h1><p>Report published: 7 April 2017</p><p>Words.", ("Head", *TEXT)),
    ],
    ".jsonl": [
        (
            json.dumps({"_id": "1", "title": "T", "text": "x", "published": "2017-04-07"}).encode(),
            ("T", *METADATA),
        )
    ],
    ".zip": [
        (
            packed({"sources.csv": "file,title,published\nx.txt,T,2017-04-07\n", "x.txt": "x"}),
            ("T", "2017-04-07", "sources.csv"),
        )
    ],
}


@pytest.mark.parametrize(
    ("suffix", "at"), [(suffix, at) for suffix in CASES for at in range(len(CASES[suffix]))]
)
def test_where_title_and_date_come_from(suffix, at):
    data, expected = CASES[suffix][at]
    title, published, dated_by = found(suffix, data)
    if suffix in (".epub", ".eml"):
        assert title not in ("", f"a{suffix}")
        assert (published, dated_by) == expected[1:]
    else:
        assert (title, published, dated_by) == expected


def test_every_format_is_in_the_table_of_the_docs():
    rows = [line for line in DOCUMENTS.read_text().splitlines() if line.startswith("| `.")]
    shown = {name.strip(" `") for line in rows for name in line.split("|")[1].split(",")}
    assert shown == set(SUFFIXES) - {".htm", ".xhtml"}
    assert set(CASES) | {".pdf"} == shown  # .pdf: test_dates_made.py and test_loaders_pdf.py


def test_a_file_says_nothing_by_its_time_on_disk(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("x.txt", (2015, 1, 1, 0, 0, 0)), FINDING)
    assert found(".zip", path.read_bytes())[1:] == ("", "")
