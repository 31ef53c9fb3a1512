"""`sources.csv`: good rows kept, each bad one named by line."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.sources import SourceRow, apply, read_sources
from index.types import DocumentInfo

HEADER = "file,title,publisher,voice,published,url,licence"
SHARED = Path(__file__).parents[3] / "shared" / "seeds"


def read(folder: Path, text: str | bytes):
    (folder / "sources.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_sources(folder)


def test_rows(tmp_path):
    rows, errors = read(
        tmp_path,
        "\ufeff"
        + f'{HEADER}\r\na.pdf,"A, title",Ofsted,inspectorate,2017-04-07,https://a.org/x,OGL\r\n\r\n./sub/b.txt,,,,,,\r\n',
    )
    assert errors == []
    assert rows == {
        "a.pdf": SourceRow(
            "a.pdf", "A, title", "Ofsted", "inspectorate", "2017-04-07", "https://a.org/x", "OGL"
        ),
        "sub/b.txt": SourceRow("sub/b.txt"),
    }


def test_columns_may_be_absent_or_in_another_order(tmp_path):
    assert read(tmp_path, 'voice , File\npress,a.txt\n,b.txt\n"",c.txt') == (
        {
            "a.txt": SourceRow("a.txt", voice="press"),
            "b.txt": SourceRow("b.txt"),
            "c.txt": SourceRow("c.txt"),
        },
        [],
    )
    assert read(tmp_path, "file,title\na.txt\n") == ({"a.txt": SourceRow("a.txt")}, [])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",Title,,,,,", "has no file name"),
        (
            "b,,,blog,,,",
            "voice 'blog' is unknown; use one of inspectorate, council, government, court, press, law,",
        ),
        ("b,,,,7/4/2017,,", "published '7/4/2017' is not a date; write it as YYYY, YYYY-MM or YYYY-MM-DD"),
        ("b,,,,2017-02-30,,", "published '2017-02-30' is not a date"),
        ("b,,,,2017-13,,", "published '2017-13' is not a date"),
        ("b,,,,,ftp://a.org,", "url 'ftp://a.org' is not a web address"),
        ("b,,,,,a.org,", "url 'a.org' is not a web address"),
        ("b,,,,,http://[,", "url 'http://[' is not a web address"),
        ("a,,,,,,", "file 'a' is already on line 2, which was kept"),
        ("b,T, with comma,,,,,", "has 8 fields where the header names 7; put a field that contains a comma"),
        ("b,x\0,,,,,", "NUL"),
    ],
)
def test_a_bad_row_is_named_and_the_others_stay(tmp_path, row, reason):
    rows, errors = read(tmp_path, f'{HEADER}\na,"two\nlines",,,,,\n{row}\nz,,,,2017,,\n')
    assert set(rows) == {"a", "z"}
    (error,) = errors
    assert error.where == str(tmp_path / "sources.csv")
    assert error.line == 4
    assert reason in str(error)


def test_header_errors(tmp_path):
    rows, (error,) = read(tmp_path, "title,voice\nT,press\n")
    assert (rows, error.line) == ({}, 1)
    assert "has no column 'file'" in str(error)
    rows, (error,) = read(tmp_path, "file,colour,title\na,red,T\n")
    assert rows == {"a": SourceRow("a", "T")}
    assert "unknown column 'colour' was left out" in str(error)
    _, (error,) = read(tmp_path, "file,title,title\na,T,U\n")
    assert "title appears twice" in str(error)
    _, (error,) = read(tmp_path, "")
    assert "has no header line" in str(error)


def test_wrong_encoding_and_broken_quotation(tmp_path):
    rows, (error,) = read(tmp_path, HEADER.encode() + b"\na,caf\xe9,,,,,\n")
    assert (rows, error.line) == ({}, 2)
    assert "is not UTF-8: byte 0xe9" in str(error)
    rows, (error,) = read(tmp_path, f'{HEADER}\na,,,,,,\nb,"T" x,,,,,\n')
    assert (set(rows), error.line) == ({"a"}, 3)
    assert "is not CSV" in str(error)
    rows, (error,) = read(tmp_path, f'{HEADER}\na,,,,,,\nb,"open\nc,,,\n')
    assert (set(rows), error.line) == ({"a"}, 3)


def test_no_sidecar(tmp_path):
    assert read_sources(tmp_path) == ({}, [])
    assert read_sources(tmp_path / "absent") == ({}, [])


def test_a_folder_of_that_name(tmp_path):
    (tmp_path / "sources.csv").mkdir()
    rows, (error,) = read_sources(tmp_path)
    assert rows == {}
    assert "cannot be read" in str(error)


def test_apply_overrides_with_what_is_filled_in():
    info = DocumentInfo(
        "id", "a.txt", "Title", "0" * 64, "text/plain", publisher="From the file", published="2016"
    )
    told = apply(SourceRow("a.txt", voice="press", published="2017"), info)
    assert (told.title, told.publisher, told.voice, told.published) == (
        "Title",
        "From the file",
        "press",
        "2017",
    )
    assert apply(SourceRow("a.txt"), info) is info


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_noise_never_raises(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("s")
    rows, errors = read(folder, f"{HEADER}\n{text}")
    assert all(row.file == key for key, row in rows.items())
    assert all(error.line for error in errors)


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"the seeds are not at {SHARED}")
def test_the_seeds_sidecar():
    rows, errors = read_sources(SHARED)
    assert not errors
    assert rows["001_74b2f22508f5a82b.txt"].published == "2017-04-07"
