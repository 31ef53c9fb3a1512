"""The seam of the loaders: one bad file is one LoadError; and plain text, which is never touched."""

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import LoadError
from index.loaders import SUFFIXES, Limits, read_documents
from index.loaders.base import TITLE_CHARS, as_title
from index.loaders.charset import guess_encoding
from index.types import Document, document_id
from tests.work import ends

DEFAULTS = Limits()


def read(path: Path, limits: Limits = DEFAULTS) -> Document | LoadError:
    (outcome,) = read_documents(path, path.name, limits)
    return outcome


def error(path: Path, limits: Limits = DEFAULTS) -> str:
    outcome = read(path, limits)
    assert isinstance(outcome, LoadError)
    assert outcome.where == str(path)
    return str(outcome)


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_plain_text_is_untouched(tmp_path):
    data = "\ufeff\r\n  Title  here \r\rline\x0btwo\x85\n\n caf\u00e9 \U0001f600\t\n".encode()
    path = write(tmp_path / "A note.TXT", data)
    document = read(path)
    assert document.text.encode() == data
    assert document.info.title == "Title here"
    assert (document.blocks, document.pages) == ((), ())
    assert document.info.doc_id == document_id("A note.TXT")
    assert document.info.source_id == "A note.TXT"
    assert document.info.sha256 == hashlib.sha256(data).hexdigest()
    assert document.info.media_type == "text/plain"
    assert document.info.origin == str(path)
    assert (document.info.voice, document.info.published) == ("other", "")


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_text_is_itself_or_nothing(tmp_path_factory, text):
    path = write(tmp_path_factory.mktemp("t") / "t.txt", text.encode())
    outcome = read(path)
    if isinstance(outcome, LoadError):
        assert not text.lstrip("\ufeff").strip()
    else:
        assert outcome.text == text
        assert 0 < len(outcome.info.title) <= TITLE_CHARS


def test_origin_is_absolute(tmp_path, monkeypatch):
    write(tmp_path / "a.txt", b"text")
    monkeypatch.chdir(tmp_path)
    assert read(Path("a.txt")).info.origin == str(tmp_path / "a.txt")


def test_long_title_is_cut_at_a_word():
    title = as_title("word " * 100)
    assert len(title) <= TITLE_CHARS
    assert title.endswith("word…")
    assert len(as_title("x" * 5_000_000)) == TITLE_CHARS


@pytest.mark.parametrize(
    "data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", "\u00a0\u2003".encode()]
)
@pytest.mark.parametrize("suffix", [".txt", ".md"])
def test_no_text(tmp_path, data, suffix):
    assert "has no text" in error(write(tmp_path / f"a{suffix}", data))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_empty_file(tmp_path, suffix):
    assert "has no text: the file is empty (0 bytes)" in error(write(tmp_path / f"a{suffix}", b""))


def test_wrong_encoding_names_byte_line_guess_and_command(tmp_path):
    lines = (
        "Über die Prüfung der Behörde für Kinder\nDie Prüfung fand im März statt, später als geplant.\n" * 20
    )
    path = write(tmp_path / "old report.txt", b"plain\n" + lines.encode("cp1252"))
    message = error(path)
    assert f"{path}, line 2: is not UTF-8: byte 0xdc at position 6; it looks like CP1252: " in message
    assert f" -t UTF-8 '{path}' > 'old report.utf8.txt'" in message


def test_wrong_encoding_far_into_the_file_is_judged_there(tmp_path):
    tail = "Комиссия проверила работу совета и нашла серьёзные недостатки в защите детей.\n" * 30
    message = error(write(tmp_path / "a.md", b"ascii line\n" * 50_000 + tail.encode("cp1251")))
    assert "line 50001" in message
    assert "1251" in message


def test_guesses_are_those_a_reader_would_make():
    for text, codec in (
        ("caf\u00e9\n", "cp1252"),
        (
            "It \u201cdid not\u201d know \u2013 the children\u2019s services cost \u00a350 million.\n",
            "cp1252",
        ),
        ("Комиссия проверила работу совета и нашла серьёзные недостатки.\n" * 5, "cp1251"),
        (
            "Władze źle oceniły sytuację dzieci, a kontrola była spóźniona. Część łóżek zniknęła.\n" * 9,
            "cp1250",
        ),
    ):
        assert guess_encoding(text.encode(codec)) == codec


@pytest.mark.parametrize("codec", ["utf-16", "utf-32"])
def test_wide_encodings_are_named(tmp_path, codec):
    message = error(write(tmp_path / "a.txt", "A statement of the council".encode(codec)))
    assert f"it looks like {codec.upper()}" in message
    assert f"iconv -f {codec.upper()}" in message


def test_binary_content(tmp_path):
    assert "NUL byte at position 4" in error(write(tmp_path / "a.txt", b"text\0more"))
    assert "is not text: it is a binary file" in error(write(tmp_path / "b.txt", b"\xff\x00\x01\x02"))
    assert "begins like a PDF; save it as .pdf" in error(write(tmp_path / "c.txt", b"%PDF-1.4\n\xff\xff"))
    assert "begins like a ZIP" in error(write(tmp_path / "d.md", b"PK\x03\x04\x00\x00"))


def test_unknown_suffix_says_what_can_be_read(tmp_path):
    message = error(write(tmp_path / "a.xyz", b"text"))
    assert (
        "ends in '.xyz'; files that can be read end in .txt, .md, .html, .htm, .xhtml, .pdf, .docx, "
        in message
    )
    assert "has no suffix" in error(write(tmp_path / "README", b"text"))


@pytest.mark.parametrize("name", ["a.txt", "a.pdf", "a.jsonl", "a.xyz"])
def test_vanished_file(tmp_path, name):
    assert "does not exist" in error(tmp_path / name)


def test_folder(tmp_path):
    folder = tmp_path / "a.txt"
    folder.mkdir()
    assert "is a folder" in error(folder)


def test_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    assert "not a regular file" in error(tmp_path / "a.txt")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_forbidden_file(tmp_path):
    path = write(tmp_path / "a.txt", b"text")
    path.chmod(0)
    assert "may not be read" in error(path)


def test_forbidden_file_as_root(tmp_path, monkeypatch):
    path = write(tmp_path / "a.txt", b"text")

    def deny(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)
    assert "may not be read by this user" in error(path)


def test_too_large(tmp_path):
    path = write(tmp_path / "a.txt", b"x" * 101)
    assert "larger than the limit of 100 bytes" in error(path, Limits(max_bytes=100))
    assert read(path, Limits(max_bytes=101)).text == "x" * 101


def test_an_unforeseen_error_of_a_library_is_one_load_error(tmp_path, monkeypatch):
    from index.loaders import plain

    def fail(*args):
        raise RecursionError("too\ndeep")

    monkeypatch.setattr(plain, "extract", fail)
    message = error(write(tmp_path / "a.txt", b"text"))
    assert "cannot be read as .txt: it seems damaged (RecursionError: too deep)" in message


def test_importing_loads_no_parser():
    code = (
        "import sys, index.loaders; names = 'pypdfium2 docx lxml markdown_it charset_normalizer'; "
        "print([name for name in names.split() if name in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_noise_is_never_an_exception(tmp_path, suffix):
    rng = random.Random(suffix)
    for size in (1, 3, 40, 2000):
        for prefix in (b"", b"%PDF-1.7\n", b"PK\x03\x04", b"<html>", b"{"):
            path = write(tmp_path / f"a{suffix}", prefix + rng.randbytes(size))
            assert all(isinstance(item, (Document, LoadError)) for item in read_documents(path, "a"))


def test_fifty_megabytes_on_one_line(tmp_path):
    data = b"word " * 10_000_000
    assert len(read(write(tmp_path / "a.txt", data)).text) == len(data)


HOSTILE = {
    ".html": [
        "<!---->" * 50_000 + "x",
        "<div " * 50_000,
        "<" * 500_000,
        "<p>" + "&" * 500_000,
        "<br>" * 50_000 + "x",
    ],
    ".md": [
        "<!--a-->" * 50_000 + "x",
        "<b\n" + "<" * 500_000,
        "# " + "#" * 500_000 + "x",
        "# a" + " " * 500_000 + "x",
    ],
    ".txt": [" " * 500_000 + "x", "\u2028" * 500_000 + "x"],
    ".jsonl": ["[" * 50_000, '{"a":' * 50_000, " " * 500_000],
}


@pytest.mark.parametrize(
    ("suffix", "source"), [(key, source) for key, group in HOSTILE.items() for source in group]
)
def test_hostile_repetition_takes_no_more_than_linear_work(tmp_path, suffix, source):
    path = write(tmp_path / f"a{suffix}", source.encode())
    with ends(20):
        assert list(read_documents(path, "a"))
