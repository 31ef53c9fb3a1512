"""JSON Lines: each line a document or an error with its number."""

import hashlib
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import LoadError
from index.loaders import Limits, read_documents
from index.types import Document, document_id

DEFAULTS = Limits()


def load(tmp_path: Path, *lines: str | bytes | dict, limits: Limits = DEFAULTS, end: bytes = b"\n") -> list:
    encoded = [
        line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode()
        for line in lines
    ]
    path = tmp_path / "corpus.jsonl"
    path.write_bytes(end.join(encoded) + end)
    return list(read_documents(path, "corpus.jsonl", limits))


def test_a_record(tmp_path):
    line = json.dumps(
        {
            "_id": "d1",
            "title": "T",
            "text": " A\r\ntext \u00a0\n",
            "metadata": {"voice": "press", "url": "https://a.org"},
        }
    )
    (document,) = load(tmp_path, line)
    assert document.text == " A\r\ntext \u00a0\n"
    assert (document.blocks, document.pages) == ((), ())
    info = document.info
    assert (info.source_id, info.doc_id, info.title) == ("d1", document_id("d1"), "T")
    assert info.sha256 == hashlib.sha256(line.encode()).hexdigest()
    assert (info.voice, info.url, info.publisher) == ("press", "https://a.org", "")
    assert info.origin == str(tmp_path / "corpus.jsonl")
    assert info.media_type == "application/x-ndjson"


def test_lenient_where_nothing_is_lost(tmp_path):
    found = load(
        tmp_path,
        b"\xef\xbb\xbf" + json.dumps({"_id": 7, "text": "First line\nsecond"}).encode(),
        "",
        "   ",
        {"_id": "e", "title": "Only a title", "text": ""},
        {
            "_id": "m",
            "text": "x",
            "title": None,
            "publisher": "P",
            "published": 2017,
            "licence": "L",
            "metadata": None,
        },
        {"_id": "t", "text": "x", "published": "2017-04-07T10:00:00Z"},
        end=b"\r\n",
    )
    assert [(d.info.source_id, d.info.title, d.text) for d in found] == [
        ("7", "First line", "First line\nsecond"),
        ("e", "Only a title", "Only a title"),
        ("m", "x", "x"),
        ("t", "x", "x"),
    ]
    assert (found[2].info.publisher, found[2].info.published, found[2].info.licence) == ("P", "2017", "L")
    assert found[3].info.published == "2017-04-07"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{not json", "is not JSON: "),
        ("[1]", "is not a JSON object but a list"),
        ("null", "is not a JSON object but null"),
        ("[" * 100_000, "nested too deep"),
        ('{"_id": "a", "text": "x", "n": ' + "9" * 5000 + "}", "a number too long"),
        ({"text": "x"}, "has no _id"),
        ({"_id": "", "text": "x"}, "has no _id"),
        ({"_id": True, "text": "x"}, "has no _id"),
        ({"_id": 1.5, "text": "x"}, "has no _id"),
        ({"_id": "a"}, "record 'a' has no text"),
        ({"_id": "a", "text": ""}, "record 'a' has no text: it is empty"),
        ({"_id": "a", "text": " \n", "title": " "}, "record 'a' has no text: it is empty"),
        ({"_id": "a", "text": None, "title": "t"}, "text of record 'a' is null"),
        ({"_id": "a", "text": ["x"]}, "text of record 'a' is a list"),
        ({"_id": "a", "text": "x", "title": 3}, "title is a number"),
        (
            {"_id": "a", "text": "x", "voice": "blog"},
            "voice 'blog' is unknown; use one of inspectorate, council,",
        ),
        ({"_id": "a", "text": "x", "metadata": {"voice": "Press"}}, "voice 'Press' is unknown"),
        ({"_id": "a", "text": "x", "metadata": "m"}, "metadata is a string"),
        ({"_id": "a", "text": "x", "published": "soon"}, "published 'soon' is not a date"),
        ({"_id": "a", "text": "x", "url": "javascript:x"}, "url 'javascript:x' is not a web address"),
        ('{"_id": "a", "text": "\\ud800"}', "half a surrogate pair"),
        ('{"_id": "a", "text": "x\\u0000"}', "NUL character"),
        (b'{"_id": "a", "text": "\xff"}', "is not UTF-8: byte 0xff at position 22"),
        ({"_id": "a", "text": "x" * 400_000}, "is longer than the limit of 300,000 bytes"),
    ],
)
def test_a_bad_line_is_named_and_stops_no_other(tmp_path, line, reason):
    before, bad, after = load(
        tmp_path, {"_id": 1, "text": "x"}, line, {"_id": 2, "text": "y"}, limits=Limits(max_bytes=300_000)
    )
    assert isinstance(bad, LoadError)
    assert reason in str(bad)
    assert bad.line == 2
    assert f"{tmp_path / 'corpus.jsonl'}, line 2: " in str(bad)
    assert (before.text, after.text) == ("x", "y")


def test_duplicates_name_both_lines_and_the_first_is_kept(tmp_path):
    first, second, third = load(
        tmp_path, {"_id": "a", "text": "x"}, "", {"_id": "a", "text": "y"}, {"_id": "b", "text": "z"}
    )
    assert (first.text, third.text) == ("x", "z")
    assert second.line == 3
    assert "_id 'a' is already that of line 1, which was kept" in str(second)


def test_a_bad_record_does_not_take_its_id(tmp_path):
    bad, good = load(tmp_path, {"_id": "a"}, {"_id": "a", "text": "y"})
    assert isinstance(bad, LoadError)
    assert good.text == "y"


def test_line_of_exactly_the_limit(tmp_path):
    line = json.dumps({"_id": "a", "text": "x" * 50})
    (document,) = load(tmp_path, line, limits=Limits(max_bytes=len(line)), end=b"\r\n")
    assert isinstance(document, Document)
    (error,) = [e for e in load(tmp_path, line, limits=Limits(max_bytes=len(line) - 1)) if e.line]
    assert "longer than" in str(error)


def test_no_records(tmp_path):
    assert "no record that can be read" in str(load(tmp_path, "", "")[-1])


def test_streamed(tmp_path):
    path = tmp_path / "a.jsonl"
    with path.open("w") as file:
        for number in range(20):
            file.write(json.dumps({"_id": number, "text": "x" * 1_000_000}) + "\n")
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_documents(path, "a"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 20
    assert peak < 12_000_000


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_noise_never_raises(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("j") / "a.jsonl"
    path.write_bytes(data)
    assert all(isinstance(item, (Document, LoadError)) for item in read_documents(path, "a"))
