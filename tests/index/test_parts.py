"""The parts below the store: settings, addresses of stores, derived files, and both engines alone."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import (
    DocumentInfo,
    Embedding,
    IndexSettings,
    NotIndexedError,
    Passage,
    UsageError,
    derived,
    open_store,
)
from index.lexical import LexicalIndex
from index.record import leaning, title_of
from index.sources import SourceRow, read_sources
from index.vectors import VectorIndex

SETTINGS = IndexSettings("mini", "hash-1", 384)

# Settings


def test_settings_survive_the_database():
    assert IndexSettings.from_json(SETTINGS.to_json()) == SETTINGS
    assert json.loads(SETTINGS.to_json())["passage_tokens"] == 80


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"model": "the same weights elsewhere"}, []),
        ({"model": "mpnet", "model_fingerprint": "hash-2"}, ["model mini, not mpnet"]),
        ({"passage_tokens": 60}, ["passage_tokens 80, not 60"]),
        (
            {"splitter": "x", "schema": 99},
            [f"splitter {SETTINGS.splitter}, not x", f"schema {SETTINGS.schema}, not 99"],
        ),
    ],
)
def test_differences(change, said):
    assert SETTINGS.differences(replace(SETTINGS, **change)) == said


# Addresses


def test_stores_by_path_and_by_url(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for location in (
        "plain",
        Path("path"),
        "sqlite:relative",
        f"sqlite:{tmp_path}/absolute",
        "a:b",
        Path("sqlite:x"),
    ):
        with closing(open_store(location, create=True)) as store:
            assert store.check() == []
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a:b", "absolute", "path", "plain", "relative", "sqlite:x",
    ]  # fmt: skip
    with pytest.raises(NotIndexedError, match="holds no index"):
        open_store("sqlite:nowhere")


@pytest.mark.parametrize("url", ["postgresql://host/db", "http://x", "://", "milvus://x"])
def test_other_kinds_of_store_are_refused(url):
    with pytest.raises(
        UsageError, match=r"no store of the kind .* is known; give a folder, or sqlite:FOLDER"
    ):
        open_store(url)


def test_a_url_without_a_folder():
    with pytest.raises(UsageError, match="no folder is named"):
        open_store("sqlite:", create=True)


# Derived files


def test_a_derived_file_is_fresh_until_anything_changes(tmp_path):
    file, folder = tmp_path / "file", tmp_path / "folder"

    def make_folder(path):
        (path / "sub").mkdir(parents=True)
        (path / "sub" / "part").write_text("part")

    derived.replace(file, "one", lambda path: path.write_text("content"))
    derived.replace(folder, "one", make_folder)
    for target in (file, folder):
        assert derived.is_fresh(target, "one") and not derived.is_fresh(target, "two")
    (folder / "x.lock").touch()  # what the library leaves there by reading
    assert derived.is_fresh(folder, "one")
    (folder / "extra").touch()
    assert not derived.is_fresh(folder, "one")
    file.write_text("CONTENT")
    assert not derived.is_fresh(file, "one")


def test_a_maker_that_fails_leaves_the_old_one(tmp_path):
    file = tmp_path / "file"
    derived.replace(file, "one", lambda path: path.write_text("old"))

    def fail(path):
        path.write_text("half")
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        derived.replace(file, "two", fail)
    assert file.read_text() == "old" and derived.is_fresh(file, "one")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "file.seal"]


def test_a_sealed_file_that_the_library_cannot_read_is_made_again(tmp_path):
    file = tmp_path / "file"
    derived.replace(file, "one", lambda path: path.write_text("of another version"))
    assert derived.read(file, "one", Path.read_text) == "of another version"
    assert derived.read(file, "one", VectorIndex.read) is None
    assert derived.read(file, "two", Path.read_text) is None


# FAISS alone


def unit(*values: float) -> np.ndarray:
    vector = np.array(values, dtype=np.float32)
    return vector / np.linalg.norm(vector)


def test_vectors_by_hand(tmp_path):
    passages = [(3, unit(1, 0)[None]), (7, unit(0, 1)[None]), (9, unit(0.6, 0.8)[None])]
    sentences = [
        (3, np.stack([unit(0, 1), unit(1, 0)])),
        (7, np.empty((0, 2), np.float32)),
        (9, unit(-1, 0)[None]),
    ]
    index = VectorIndex.build(2, passages, sentences, [(3, 3), (7, 7), (9, 9)])
    assert (len(index), index.dimensions) == (3, 2)
    right = np.array([1, 0], dtype=np.float32)
    # Cosines with (1, 0): 1, 0 and 0.6; by the best sentence: 1 (of 0 and 1), none, -1.
    assert [(n, round(s, 4)) for n, s in index.nearest(right, 9)] == [(3, 1.0), (9, 0.6), (7, 0.0)]
    assert index.nearest(right, 9, sentences=True) == [(3, 1.0), (9, -1.0)]
    assert index.nearest(right, 1, only={7, 9, 12345}) == [(9, pytest.approx(0.6))]
    assert index.nearest(right, 9, only={12345}) == index.nearest(right, 9, only=[]) == []
    index.write(tmp_path / "x")
    again = VectorIndex.read(tmp_path / "x")
    assert again.nearest(right, 9) == index.nearest(right, 9)
    (three, seven, none) = again.similarities(right, [3, 7, 8])
    assert three is not None and three[0] == 1 and three[1].tolist() == [0, 1]
    assert seven is not None and seven[1].shape == (0,) and none is None


def test_the_context_is_the_mean_of_a_passage_and_the_two_before_it():
    vectors = [unit(1, 0), unit(0, 1), unit(0, 1), unit(0, -1), unit(1, 0)]
    rows = [(number, vector[None]) for number, vector in zip((2, 3, 4, 5, 8), vectors, strict=True)]
    index = VectorIndex.build(2, rows, [], [(2, 5), (8, 8)])
    found = index.similarities(unit(1, 0), [8, 2, 3, 4, 5])
    # 8 and 2 begin a document. 3: (1, 1); 4: (1, 2); 5: (0, 1), as 2 is too far away.
    assert [one and round(one[2], 5) for one in found] == [1, 1, round(2**-0.5, 5), round(5**-0.5, 5), 0]


def test_a_short_document_is_searched_as_a_whole():
    text = "One. Two. Menu."
    passages = [Passage(str(i), "d", i, a, b, text[a:b], boilerplate=i == 2) for i, (a, b) in
                enumerate([(0, 4), (5, 9), (10, 15)])]  # fmt: skip
    own = [unit(1, 0, 0), unit(0, 1, 0), unit(1, 1, 0)]
    sentence = unit(0, 0, 1)[None]
    first, second, menu = leaning(passages, [Embedding(v, sentence) for v in own], unit(0, 0, 1))
    # The record is (.5, .5, .7): half of it the two passages that speak, half the title.
    record = np.array([0.5, 0.5, 0.5**0.5])
    assert first.passage == pytest.approx(unit(*([1, 0, 0] + 2 * record)), abs=1e-6)
    assert second.passage == pytest.approx(unit(*([0, 1, 0] + 2 * record)), abs=1e-6)
    assert menu.passage is own[2] and first.sentences is sentence
    (untitled, *_) = leaning(passages[:1], [Embedding(own[0], sentence)], None)
    assert untitled.passage == pytest.approx(own[0])


def test_a_title_that_says_nothing_new_is_left_out():
    def title(title: str, text: str = "The board met in May.") -> str:
        info = DocumentInfo("x", "reports/minutes 2017.pdf", title, "", "application/pdf")
        return title_of(info, [Passage("p", "x", 0, 0, len(text), text)])

    assert title("minutes 2017") == title("minutes 2017.pdf") == title("The board met") == ""
    assert title("The board…") == "" and title("Minutes  of\nthe board") == "Minutes of the board"


@pytest.fixture(scope="module")
def many() -> tuple[np.ndarray, list, list]:
    """3,000 passages around 40 topics, two sentences each; every tenth passage begins a document."""
    rng = np.random.default_rng(7)
    topics = rng.normal(size=(40, 16))
    own = topics[rng.integers(0, 40, 3000)] + 0.5 * rng.normal(size=(3000, 16))
    own = (own / np.linalg.norm(own, axis=1, keepdims=True)).astype(np.float32)
    parts = own[:, None, :] + 0.3 * rng.normal(size=(3000, 2, 16))
    parts = (parts / np.linalg.norm(parts, axis=2, keepdims=True)).astype(np.float32)
    passages = [(i + 1, vector[None]) for i, vector in enumerate(own)]
    sentences = [(i + 1, matrix) for i, matrix in enumerate(parts)]
    return own, passages, sentences


def test_a_large_index_finds_what_a_small_one_does(many, tmp_path):
    own, passages, sentences = many
    runs = [(i, i + 9) for i in range(1, 3001, 10)]
    exact, coded = (VectorIndex.build(16, passages, sentences, runs, large=large) for large in (10**9, 100))
    coded.write(tmp_path / "x")
    again = VectorIndex.read(tmp_path / "x")
    small = VectorIndex.build(16, passages, sentences, runs, large=10**9)
    small.write(tmp_path / "y")
    assert (tmp_path / "x").stat().st_size < 0.8 * (tmp_path / "y").stat().st_size
    some, most, but = set(range(1, 3001, 3)), set(range(1, 3001)) - {7, 8}, set(range(1, 3001, 2))
    shared = wanted = 0
    for at in range(0, 3000, 150):
        for named in (
            {},
            {"sentences": True},
            {"only": some},
            {"only": most, "sentences": True},
            {"but": but},
        ):
            right, found = (dict(index.nearest(own[at], 50, **named)) for index in (exact, coded))
            assert coded.nearest(own[at], 50, **named) == again.nearest(own[at], 50, **named)
            assert len(found) == 50 and found.keys() <= named.get("only", found.keys())
            assert not found.keys() & named.get("but", set())
            assert all(abs(right[number] - found[number]) < 2e-3 for number in right.keys() & found.keys())
            shared, wanted = shared + len(right.keys() & found.keys()), wanted + 50
    assert shared / wanted > 0.97
    numbers = [2950, 3, 12, 4000]
    for right, found in zip(
        exact.similarities(own[5], numbers), coded.similarities(own[5], numbers), strict=True
    ):
        assert (right is None) == (found is None)
        if right and found:
            assert np.allclose([right[0], *right[1], right[2]], [found[0], *found[1], found[2]], atol=2e-3)


def test_a_large_index_is_the_same_every_time(many, tmp_path):
    own, passages, sentences = many
    for name in ("one", "two"):
        VectorIndex.build(16, passages, sentences, [(1, 3000)], large=100).write(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    one = VectorIndex.read(tmp_path / "one")
    # All there are, when more are wanted; and those few that a filter leaves, by their rows.
    assert len(one.nearest(own[0], 5000)) == len(one.nearest(own[0], 5000, sentences=True)) == 3000
    assert {number for number, _ in one.nearest(own[0], 5, only={4, 9})} == {4, 9}


def test_a_large_index_without_sentences_or_of_an_odd_width():
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(300, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = VectorIndex.build(5, [(i, v[None]) for i, v in enumerate(vectors)], [], [(0, 299)], large=10)
    assert index.nearest(vectors[17], 1)[0][0] == 17 and index.nearest(vectors[17], 1, sentences=True) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=120), st.integers(1, 130), st.booleans())
def test_ties_never_depend_on_chance(kinds, k, narrowed):
    """Vectors of four kinds only, so that most tie: numbers decide, however many are asked for."""
    eye = np.eye(4, dtype=np.float32)
    rows = [(2 * i + 1, eye[kind][None]) for i, kind in enumerate(kinds)]
    index = VectorIndex.build(4, rows, rows, [(number, number) for number, _ in rows])
    only = {number for number, _ in rows[::2]} if narrowed else None
    query = unit(4, 3, 2, 1)
    expected = sorted(
        (kind, 2 * i + 1) for i, kind in enumerate(kinds) if only is None or 2 * i + 1 in only
    )  # the first kind is the nearest, and so on
    for sentences in (False, True):
        found = index.nearest(query, k, sentences=sentences, only=only)
        assert [number for number, _ in found] == [number for _, number in expected][:k]


def test_more_rows_than_one_batch():
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(9000, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = VectorIndex.build(
        4,
        ((i, v[None]) for i, v in enumerate(vectors)),
        ((i, v[None]) for i, v in enumerate(vectors)),
        [(0, 8999)],
    )
    assert len(index) == 9000
    for at in (0, 8191, 8192, 8999):
        assert (
            index.nearest(vectors[at], 1)[0][0] == index.nearest(vectors[at], 1, sentences=True)[0][0] == at
        )


# tantivy alone


def test_words_in_memory_and_on_disk(tmp_path):
    rows = [(5, "the board met", ""), (6, "the board board", ""), (8, "no one", "they met the board")]
    memory = LexicalIndex.build(None, rows)
    disk = LexicalIndex.build(tmp_path / "new", rows)
    assert (
        memory.best("boards", 9)
        == disk.best("boards", 9)
        == LexicalIndex.read(tmp_path / "new").best("board", 9)
    )
    assert [number for number, _ in memory.best("boards", 9)] == [6, 5]
    assert memory.best("board", 9, only=[5, 8, 99]) == [memory.best("board", 9)[1]]
    assert len(disk) == 3
    assert memory.relevances("met", [8, 5]).astype(bool).tolist() == [[False, True], [True, False]]


# sources.csv


def test_a_row_knows_its_line_and_is_equal_without_it(tmp_path):
    (tmp_path / "sources.csv").write_text('file,title\n\na.txt,"two\nlines"\nb.txt,B\n')
    rows, errors = read_sources(tmp_path)
    assert errors == []
    assert {name: row.line for name, row in rows.items()} == {"a.txt": 3, "b.txt": 5}
    assert rows["b.txt"] == SourceRow("b.txt", "B")
    assert "line" not in repr(rows["b.txt"]) and hash(rows["b.txt"]) == hash(SourceRow("b.txt", "B"))
