"""The day on which a PDF was made: it dates a document where nothing else does, and only if the text bears it out."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fpdf import FPDF

from index import index_paths, open_store
from index.reading.dates.made import made_with_its_text
from tests.hashing import HashingEmbedder

VISIT = "Inspectors visited the service from 24 to 28 June 2024 and read the files of ninety children."


@pytest.mark.parametrize(
    ("made", "text", "month"),
    [
        ("2024-08-21", VISIT, "2024-08"),
        ("2024-06-28", VISIT, "2024-06"),
        ("2024-06-27", VISIT, ""),  # made before what it tells of: no finished file
        ("2024-10-07", VISIT, ""),
        ("2031-01-01", VISIT, ""),  # a scan, or a conversion
        ("2024-08-21", "They are to report by 31 March 2025, as they did on 4 May 2019.", ""),
        ("2024-08-21", "They were there in June 2024.", ""),
        ("2024-08-21", "", ""),
        ("", VISIT, ""),
        ("soon", VISIT, ""),
    ],
)
def test_only_a_file_that_was_made_with_its_text_is_dated_by_it(made, text, month):
    assert made_with_its_text(made, text) == month


def pdf(path: Path, text: str) -> None:
    made = FPDF()
    made.set_creation_date(datetime(2024, 8, 21, tzinfo=UTC))
    made.add_page()
    made.set_font("helvetica", size=11)
    made.multi_cell(0, text=text)
    made.output(str(path))


def test_the_order_of_the_sources_of_a_date(tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    pdf(docs / "made.pdf", VISIT)
    pdf(docs / "old.pdf", VISIT.replace("2024", "2009"))
    pdf(docs / "text.pdf", f"Report published: 7 August 2024\n\n{VISIT}")
    pdf(docs / "told.pdf", f"{VISIT} So it was.")
    (docs / "sources.csv").write_text("file,published\ntold.pdf,2024-09-02\n")
    with closing(open_store(tmp_path / "data", create=True)) as store:
        assert not index_paths(store, HashingEmbedder(), [docs]).failed
        found = {info.source_id: (info.published, info.dated_by) for info in store.documents()}
    assert found == {
        "made.pdf": ("2024-08", "metadata"),
        "old.pdf": ("", ""),
        "text.pdf": ("2024-08-07", "text"),
        "told.pdf": ("2024-09-02", "sources.csv"),
    }
