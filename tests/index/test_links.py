"""Symbolic links in an indexed folder: what they lead to outside of it is not read, and circles end."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from index import LoadError, index_paths, open_store
from index.files import find
from tests.hashing import HashingEmbedder

SECRET = "The password of the safe is a long one."
HEADER = "file,title,publisher,voice,published,url,licence\n"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("The council met on Monday.")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text(SECRET)
    (outside / "secret.jsonl").write_text(json.dumps({"_id": "s", "text": SECRET}))
    (outside / "sources.csv").write_text(HEADER + f"a.txt,{SECRET},,{SECRET},,,\n")
    return folder


def found(folder: Path) -> tuple[list[str], list[LoadError], list[tuple[str, str]]]:
    failed: list[LoadError] = []
    skipped: list[tuple[str, str]] = []
    return [file.source_id for file in find(folder, failed, skipped)], failed, skipped


def test_links_out_of_the_folder_are_refused_and_nothing_of_what_they_lead_to_is_told(docs, tmp_path):
    outside = tmp_path / "outside"
    (docs / "b.txt").symlink_to(outside / "secret.txt")
    (docs / "sub" / "relative.txt").symlink_to("../../outside/secret.txt")
    (docs / "c.txt").symlink_to(docs / "b.txt")  # a link to a link
    (docs / "d.jsonl").symlink_to(outside / "secret.jsonl")
    (docs / "sources.csv").symlink_to(outside / "sources.csv")
    (docs / "sub" / "sources.csv").symlink_to(outside / "sources.csv")
    (docs / "folder").symlink_to(outside, target_is_directory=True)
    (docs / "nowhere.txt").symlink_to(tmp_path / "nowhere.txt")
    names, failed, skipped = found(docs)
    assert names == ["a.txt"]
    refused = {Path(error.where).relative_to(docs).as_posix() for error in failed}
    assert refused == {
        "b.txt", "sub/relative.txt", "c.txt", "d.jsonl", "sources.csv", "sub/sources.csv", "nowhere.txt",
    }  # fmt: skip
    assert all("leads out of the indexed folder" in error.reason for error in failed)
    assert skipped == [(str(docs / "folder"), "a link to a folder is not followed")]
    assert "password" not in repr([str(error) for error in failed])
    with closing(open_store(tmp_path / "data", create=True)) as store:
        summary = index_paths(store, HashingEmbedder(), [docs])
        assert summary.added == ["a.txt"] and len(summary.failed) == 7
        assert [store.document(info.doc_id).text for info in store.documents()] == [
            "The council met on Monday."
        ]
        # A file alone takes nothing from a link beside it either.
        index_paths(store, HashingEmbedder(), [docs / "a.txt"])
        assert store.documents()[0].title == "The council met on Monday."


def test_links_within_the_folder_and_circles(docs):
    (docs / "again.txt").symlink_to("a.txt")
    (docs / "sub" / "up.txt").symlink_to("../again.txt")
    (docs / "loop.txt").symlink_to("loop.txt")
    (docs / "one.txt").symlink_to("two.txt")
    (docs / "two.txt").symlink_to("one.txt")
    (docs / "sub" / "circle").symlink_to(docs, target_is_directory=True)
    names, failed, _ = found(docs)
    assert names == ["a.txt", "again.txt", "loop.txt", "one.txt", "sub/up.txt", "two.txt"] and not failed
    with closing(open_store(docs.parent / "data", create=True)) as store:
        summary = index_paths(store, HashingEmbedder(), [docs])
        assert summary.added == ["a.txt", "again.txt", "sub/up.txt"]
        assert len(summary.failed) == 3


def test_what_a_person_names_is_followed(docs, tmp_path):
    (tmp_path / "link").symlink_to(docs, target_is_directory=True)
    (docs / "again.txt").symlink_to("a.txt")
    (docs / "b.txt").symlink_to(tmp_path / "outside" / "secret.txt")
    assert found(tmp_path / "link")[0] == ["a.txt", "again.txt"]
    assert found(docs / "b.txt") == (["b.txt"], [], [])
