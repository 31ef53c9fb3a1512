"""Files -> store: what is new, changed, gone, moved, broken or there twice."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import index.build
import index.known
from index import (
    Document,
    Filter,
    MismatchError,
    Progress,
    Span,
    UsageError,
    document_id,
    index_paths,
    locked,
    open_store,
    split,
)
from index.embed import embeddable
from index.types import DocumentInfo
from tests.hashing import HashingEmbedder
from tests.work import ends

HEADER = "file,title,publisher,voice,published,url,licence\n"


@pytest.fixture
def docs(tmp_path) -> Path:
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("The board met in May. It was told of thresholds.")
    (folder / "b.md").write_text("# Findings\n\nToo many children wait.\n")
    (folder / "sub" / "c.txt").write_text("The council replied.")
    return folder


@pytest.fixture
def embedder():
    return HashingEmbedder()


@pytest.fixture
def store(tmp_path):
    with closing(open_store(tmp_path / "data", create=True)) as store:
        yield store
        assert store.check() == []


def texts(store) -> dict[str, str]:
    return {info.source_id: store.document(info.doc_id).text for info in store.documents()}


def reasons(summary) -> list[str]:
    return [str(error) for error in summary.failed]


# Incremental


def test_first_and_second_run(store, embedder, docs):
    summary = index_paths(store, embedder, [docs])
    assert (summary.added, summary.passages) == (["a.txt", "b.md", "sub/c.txt"], 3)
    assert summary.failed == summary.changed == summary.unchanged == summary.removed == summary.skipped == []
    generation, count = store.counts().generation, embedder.embedded
    assert count == 4, "three passages and the one title that is not how its text begins"
    summary = index_paths(store, embedder, [docs])
    assert (summary.unchanged, summary.added, summary.passages) == (["a.txt", "b.md", "sub/c.txt"], [], 0)
    assert (store.counts().generation, embedder.embedded) == (generation, count), "nothing was done twice"


def test_touched_is_not_changed(store, embedder, docs):
    index_paths(store, embedder, [docs])
    os.utime(docs / "a.txt", (1, 1))
    assert index_paths(store, embedder, [docs]).changed == []


def test_changed_files_are_replaced(store, embedder, docs):
    index_paths(store, embedder, [docs])
    before = embedder.embedded
    (docs / "a.txt").write_text("The board never met.")
    summary = index_paths(store, embedder, [docs])
    assert (summary.changed, summary.unchanged) == (["a.txt"], ["b.md", "sub/c.txt"])
    assert embedder.embedded == before + 1
    assert texts(store)["a.txt"] == "The board never met."
    assert store.best("May thresholds", 5, Filter()) == []


def test_vanished_files_go_only_when_asked(store, embedder, docs):
    index_paths(store, embedder, [docs])
    (docs / "a.txt").unlink()
    assert index_paths(store, embedder, [docs]).removed == []
    assert "a.txt" in texts(store)
    assert index_paths(store, embedder, [docs], prune=True).removed == ["a.txt"]
    assert sorted(texts(store)) == ["b.md", "sub/c.txt"]


def test_prune_stays_below_the_paths_given(store, embedder, docs, tmp_path):
    other = tmp_path / "docs-2"
    other.mkdir()
    (other / "x.txt").write_text("Another folder whose name begins alike.")
    index_paths(store, embedder, [docs, other])
    (other / "x.txt").unlink()
    (docs / "a.txt").unlink()
    assert index_paths(store, embedder, [docs / "sub"], prune=True).removed == []
    assert index_paths(store, embedder, [docs], prune=True).removed == ["a.txt"]
    assert index_paths(store, embedder, [docs, other], prune=True).removed == ["x.txt"]


def test_prune_keeps_what_could_not_be_read_this_time(store, embedder, docs, monkeypatch):
    index_paths(store, embedder, [docs])
    (docs / "a.txt").write_bytes(b"\xff\xfe broken \x81")
    (docs / "b.md").write_text("")
    real = os.scandir

    def scandir(path):
        if Path(path).name == "sub":  # root may list any folder, so the refusal is made here
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    summary = index_paths(store, embedder, [docs], prune=True)
    assert summary.removed == [] and len(texts(store)) == 3
    assert [Path(error.where).name for error in summary.failed] == ["sub", "a.txt", "b.md"]
    assert "the folder cannot be read (Permission denied); change its permissions" in str(summary.failed[0])


def test_metadata_that_changes_stores_the_document_anew(store, embedder, docs):
    index_paths(store, embedder, [docs])
    (docs / "sources.csv").write_text(HEADER + "a.txt,,The Council,council,2017-04-07,,\n")
    assert index_paths(store, embedder, [docs]).changed == ["a.txt"]
    info = store.document("a.txt").info
    assert (info.publisher, info.voice, info.published) == ("The Council", "council", "2017-04-07")
    # A line more above it moves the row, and says nothing new.
    (docs / "sources.csv").write_text(HEADER + "b.md,,,,,,\na.txt,,The Council,council,2017-04-07,,\n")
    assert "a.txt" in index_paths(store, embedder, [docs]).unchanged


def test_another_version_of_the_loaders_reads_all_again(store, embedder, docs, monkeypatch):
    index_paths(store, embedder, [docs])
    monkeypatch.setattr(index.known, "_LOADERS", "next")
    assert len(index_paths(store, embedder, [docs]).changed) == 3


def test_other_settings_are_refused_before_anything_is_read(store, embedder, docs):
    index_paths(store, embedder, [docs])
    (docs / "a.txt").write_text("Changed.")
    with pytest.raises(MismatchError, match=r"was made with model hashing, not hashing"):
        index_paths(store, HashingEmbedder("other weights"), [docs])
    with pytest.raises(MismatchError, match=r"passage_tokens 80, not 60"):
        index_paths(store, embedder, [docs], passage_tokens=60)
    assert texts(store)["a.txt"].startswith("The board met")


# One file, several paths


def test_the_same_file_by_several_paths_in_one_run(store, embedder, docs):
    paths = [docs / "sub", docs, docs / "sub" / "c.txt", docs / "sub" / ".." / "a.txt", docs]
    summary = index_paths(store, embedder, paths)
    assert sorted(summary.added) == ["a.txt", "b.md", "sub/c.txt"]
    assert embedder.embedded == 4 and summary.failed == []


def test_a_file_indexed_alone_after_its_folder_stays_what_it_was(store, embedder, docs):
    (docs / "sources.csv").write_text(HEADER + "sub/c.txt,,,council,,,\n")
    index_paths(store, embedder, [docs])
    summary = index_paths(store, embedder, [docs / "sub" / "c.txt"])
    assert (summary.unchanged, summary.added) == (["sub/c.txt"], [])
    (docs / "sub" / "c.txt").write_text("The council did not reply.")
    summary = index_paths(store, embedder, [docs / "sub"], prune=True)
    assert (summary.changed, summary.added, summary.removed) == (["sub/c.txt"], [], [])
    assert store.document("sub/c.txt").info.voice == "council", "as its folder's sources.csv says"
    assert len(texts(store)) == 3


def test_a_file_indexed_alone_takes_its_folders_name_afterwards(store, embedder, docs):
    assert index_paths(store, embedder, [docs / "sub" / "c.txt"]).added == ["c.txt"]
    summary = index_paths(store, embedder, [docs])
    assert summary.added == ["a.txt", "b.md", "sub/c.txt"]
    assert summary.removed == ["c.txt"]
    assert sorted(texts(store)) == ["a.txt", "b.md", "sub/c.txt"]


def test_a_moved_folder(store, embedder, docs, tmp_path):
    index_paths(store, embedder, [docs])
    moved = docs.rename(tmp_path / "moved")
    summary = index_paths(store, embedder, [moved], prune=True)
    assert summary.failed == summary.removed == summary.added == []
    assert {info.origin for info in store.documents()} == {
        str(moved / name) for name in ("a.txt", "b.md", "sub/c.txt")
    }
    assert index_paths(store, embedder, [moved]).changed == []


def test_a_copied_folder_is_the_same_documents(store, embedder, docs, tmp_path):
    index_paths(store, embedder, [docs])
    shutil.copytree(docs, tmp_path / "copy")
    count = embedder.embedded
    assert len(index_paths(store, embedder, [tmp_path / "copy"]).unchanged) == 3
    assert embedder.embedded == count


def test_a_folder_by_a_link_and_by_itself(store, embedder, docs, tmp_path):
    (tmp_path / "link").symlink_to(docs, target_is_directory=True)
    index_paths(store, embedder, [tmp_path / "link"])
    (docs / "a.txt").write_text("Changed since.")
    summary = index_paths(store, embedder, [docs])
    assert (summary.changed, summary.failed) == (["a.txt"], [])


def test_one_name_for_two_files_is_told(store, embedder, docs, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("Something else.")
    (told,) = reasons(index_paths(store, embedder, [docs, other]))
    assert str(other / "a.txt") in told and "another file of this run goes by the name 'a.txt' too" in told
    (told,) = reasons(index_paths(store, embedder, [other]))
    assert f"the name 'a.txt' already stands for {docs / 'a.txt'}" in told and "--data" in told
    assert texts(store)["a.txt"].startswith("The board met")


# Records


def corpus_file(path: Path, records: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps({"_id": k, "text": v}) + "\n" for k, v in records.items()))
    return path


def test_records_are_followed_one_by_one(store, embedder, tmp_path):
    path = corpus_file(tmp_path / "c.jsonl", {"1": "One.", "2": "Two.", "3": "Three."})
    assert index_paths(store, embedder, [path]).added == ["1", "2", "3"]
    count = embedder.embedded
    corpus_file(path, {"1": "One.", "2": "Two, changed.", "4": "Four."})
    summary = index_paths(store, embedder, [path])
    assert (summary.unchanged, summary.changed, summary.added, summary.removed) == (["1"], ["2"], ["4"], [])
    assert embedder.embedded == count + 2
    assert index_paths(store, embedder, [path], prune=True).removed == ["3"]
    assert texts(store) == {"1": "One.", "2": "Two, changed.", "4": "Four."}


def test_bad_lines_are_named_and_prune_nothing(store, embedder, tmp_path):
    path = corpus_file(tmp_path / "c.jsonl", {"1": "One.", "2": "Two.", "3": "Three."})
    index_paths(store, embedder, [path])
    path.write_text(
        '{"_id": "1", "text": "One."}\n{"_id": "2", "text": "Tw\nnot json\n{"_id": "4"}\n'
        '{"_id": "1", "text": "Again."}\n{"_id": "5", "text": "half \\ud800"}\n{"_id": "6", "text": "Six."}\n'
    )
    summary = index_paths(store, embedder, [path], prune=True)
    assert [error.line for error in summary.failed] == [2, 3, 4, 5, 6]
    assert summary.added == ["6"] and summary.removed == []
    assert sorted(texts(store)) == ["1", "2", "3", "6"]
    corpus_file(path, {"1": "One."})
    assert sorted(index_paths(store, embedder, [path], prune=True).removed) == ["2", "3", "6"]


def test_the_same_id_in_two_corpora(store, embedder, tmp_path):
    one = corpus_file(tmp_path / "one.jsonl", {"1": "One."})
    two = corpus_file(tmp_path / "two.jsonl", {"1": "Uno.", "2": "Two."})
    summary = index_paths(store, embedder, [one, two])
    assert summary.added == ["1", "2"]
    assert "goes by the name '1' too" in reasons(summary)[0]
    assert str(two) in reasons(summary)[0]


def test_jsonl_in_a_folder_that_is_no_corpus(store, embedder, docs):
    (docs / "log.jsonl").write_text('{"level": "info"}\n')
    (docs / "broken.jsonl").write_text("{")
    (docs / "deep.jsonl").write_text("[" * 100_000)
    summary = index_paths(store, embedder, [docs])
    assert [(Path(name).name, "no corpus" in why) for name, why in summary.skipped] == [("log.jsonl", True)]
    assert {Path(error.where).name for error in summary.failed} == {"broken.jsonl", "deep.jsonl"}


# What cannot be read


def test_what_fails_is_listed_and_the_rest_is_stored(store, embedder, docs):
    (docs / "empty.txt").touch()
    (docs / "blank.txt").write_text(" \n ")
    (docs / "latin.txt").write_bytes("Café".encode("latin-1"))
    (docs / "page.pdf").write_text("<html>not a pdf</html>")
    (docs / "dangling.txt").symlink_to(docs / "nowhere.txt")
    (docs / "loop.txt").symlink_to(docs / "loop.txt")
    (docs / "photo.jpg").write_bytes(b"\xff\xd8")
    os.mkfifo(docs / "pipe.txt")
    os.mkfifo(docs / "pipe.jsonl")
    summary = index_paths(store, embedder, [docs])
    assert summary.added == ["a.txt", "b.md", "sub/c.txt"]
    assert sorted(Path(e.where).name for e in summary.failed) == [
        "blank.txt", "dangling.txt", "empty.txt", "latin.txt", "loop.txt", "page.pdf", "pipe.jsonl", "pipe.txt",
    ]  # fmt: skip
    assert all(len(error.reason) > 20 for error in summary.failed)
    assert summary.skipped == [(str(docs / "photo.jpg"), "not a kind of file that is read")]


def test_a_pipe_alone_is_not_waited_for(store, embedder, tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    assert "is a pipe" in reasons(index_paths(store, embedder, [tmp_path / "pipe.txt"]))[0]


def test_links_to_folders_are_told_and_not_followed(store, embedder, docs):
    (docs / "again").symlink_to(docs, target_is_directory=True)
    summary = index_paths(store, embedder, [docs])
    assert len(summary.added) == 3
    assert summary.skipped == [(str(docs / "again"), "a link to a folder is not followed")]


def test_hidden_files_and_indexes_are_passed_by(store, embedder, docs):
    for name in (".hidden.txt", ".git/x.txt", "sub/.cache/y.txt", "old-index/pincite.db", "old-index/z.txt"):
        (docs / name).parent.mkdir(exist_ok=True)
        (docs / name).write_text("Not for the index.")
    summary = index_paths(store, embedder, [docs])
    assert (len(summary.added), summary.skipped, summary.failed) == (3, [], [])


def test_names_that_are_not_utf_8(store, embedder, docs):
    Path(os.fsdecode(os.fsencode(docs) + b"/caf\xe9.txt")).write_text("Text.")
    summary = index_paths(store, embedder, [docs])
    assert len(summary.added) == 3
    (told,) = reasons(summary)
    assert told.encode() and "caf\\xe9.txt: its name is not UTF-8; rename it" in told


@pytest.mark.parametrize("name", ["50% & more?.txt", "#1 'q\".txt", "ü – e\u0301.TXT", "a\nb.txt", "-x.txt"])
def test_names_of_every_kind(store, embedder, tmp_path, name):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_text("A text.")
    assert index_paths(store, embedder, [tmp_path / "in"]).added == [name]
    assert index_paths(store, embedder, [tmp_path / "in"]).unchanged == [name]
    assert store.document(name).text == "A text."


def test_paths_that_are_not_there(store, embedder, docs):
    with pytest.raises(UsageError, match=r"gone: no such file or folder; .*nor-this: no such file or folder"):
        index_paths(store, embedder, [docs / "gone", docs / "nor-this"])
    summary = index_paths(store, embedder, [docs / "gone", docs])
    assert len(summary.added) == 3
    assert reasons(summary) == [f"{docs / 'gone'}: no such file or folder"]
    with pytest.raises(UsageError, match="cannot be read"):
        index_paths(store, embedder, [docs / "a.txt" / "below"])


def test_sources_csv_rows_that_name_no_file_here(store, embedder, docs):
    (docs / ".hidden.txt").write_text("x")
    (docs / "sources.csv").write_text(
        HEADER + "a.txt,A,,,,,\n\ngone.txt,Gone,,,,,\n.hidden.txt,,,,,,\nb.md,,,blog,,,\n"
    )
    summary = index_paths(store, embedder, [docs])
    found = {error.line: error.reason for error in summary.failed}
    assert {Path(error.where).name for error in summary.failed} == {"sources.csv"}
    assert sorted(found) == [4, 5, 6]
    assert found[4] == "the file 'gone.txt' is not there; name a file in this folder, or remove the row"
    assert "'.hidden.txt' is hidden or lies elsewhere" in found[5]
    assert "voice 'blog' is unknown" in found[6]
    assert store.document("a.txt").info.title == "A"


def test_a_file_that_a_row_names_is_read_whatever_it_ends_in(store, embedder, docs):
    (docs / "notes.log").write_text("x")
    (docs / "sources.csv").write_text(HEADER + "notes.log,,,,,,\n")
    assert "ends in '.log'" in reasons(index_paths(store, embedder, [docs]))[0]


def test_a_surrogate_from_a_loader_costs_only_its_document(store, embedder, docs, monkeypatch):
    real = index.build.load

    def load(source, path, *more):
        for loaded in real(source, path, *more):
            document = loaded.document
            info = replace(document.info, title="half \ud83d") if path.name == "b.md" else document.info
            text = document.text + "\ud83d" * (path.name == "a.txt")
            yield replace(loaded, document=replace(document, text=text, info=info))

    monkeypatch.setattr(index.build, "load", load)
    summary = index_paths(store, embedder, [docs])
    assert summary.added == ["sub/c.txt"]
    assert all("half of a surrogate pair; mend the file" in reason for reason in reasons(summary))
    assert len(summary.failed) == 2


# Progress, batches, locks


class Heard(Progress):
    def __init__(self):
        self.total, self.done = None, []

    def start(self, total_bytes):
        self.total = total_bytes

    def advance(self, done_bytes, name):
        assert done_bytes >= 0
        self.done.append(done_bytes)


def test_progress_sums_to_the_bytes(store, embedder, docs, monkeypatch):
    monkeypatch.setattr(index.build, "_BATCH_PASSAGES", 3)
    (docs / "empty.txt").touch()
    (docs / "bad.txt").write_bytes(b"\xff" * 100)
    corpus_file(docs / "c.jsonl", {str(i): f"Record {i} is a sentence." for i in range(10)})
    with (docs / "c.jsonl").open("a") as file:
        file.write("not json\n" * 20)
    total = sum(path.stat().st_size for path in docs.rglob("*") if path.is_file())
    for run in range(3):
        heard = Heard()
        index_paths(store, embedder, [docs], progress=heard)
        assert heard.total == total
        assert sum(heard.done) == pytest.approx(total)
        assert len(heard.done) > 3
        if run == 1:
            (docs / "a.txt").write_text("Changed so that its size is another.")
            total = sum(path.stat().st_size for path in docs.rglob("*") if path.is_file())


def test_documents_are_stored_in_batches(store, embedder, tmp_path, monkeypatch):
    monkeypatch.setattr(index.build, "_BATCH_PASSAGES", 4)
    path = corpus_file(tmp_path / "c.jsonl", {str(i): f"Record {i}." for i in range(10)})
    index_paths(store, embedder, [path])
    assert store.counts().generation == 3  # 4 + 4 + 2


def test_very_many_files(store, embedder, tmp_path):
    folder = tmp_path / "many"
    for i in range(1500):
        path = folder / f"{i % 30}" / f"{i}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"File number {i}.")
    assert len(index_paths(store, embedder, [folder]).added) == 1500
    with ends():
        assert len(index_paths(store, embedder, [folder]).unchanged) == 1500


def test_the_lock_is_held_by_one(tmp_path):
    said = []
    lock = locked(tmp_path / "new" / "data", lambda: said.append("first"))
    with pytest.raises(
        UsageError, match=r"another pincite index is still at work in .*data; try again later"
    ):
        locked(tmp_path / "new" / "data", lambda: said.append("second"), timeout_s=0.2)
    assert said == ["second"]
    lock.release()
    with locked(tmp_path / "new" / "data", lambda: said.append("third")):
        assert said == ["second"]


def test_a_data_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match=r"may not be written .* or name another folder with --data"):
        locked(tmp_path / "file", lambda: None)


def test_what_the_model_reads_is_clean_and_its_sentences_are_found_in_it():
    text = "The inspec-\ntion  was long. It was ﬁne.\n"
    document = Document(DocumentInfo(document_id("x"), "x", "x", "", "text/plain"), text)
    (passage,) = split(document)
    read = embeddable(document, passage)
    #               0         1         2
    #               0123456789012345678901234567890123456789
    assert read.text == "The inspection was long. It was fine."
    assert read.sentences == (Span(0, 24), Span(25, 37))


def test_the_same_file_twice_is_one_document_with_two_names(store, embedder, tmp_path):
    docs = tmp_path / "twice"
    docs.mkdir()
    for name in ("a.txt", "b.txt"):
        (docs / name).write_text("The council published the same words twice.")
    (docs / "c.md").write_text("The council published the same words twice.")  # read as another format
    summary = index_paths(store, embedder, [docs])
    assert summary.added == ["a.txt", "b.txt", "c.md"] and not summary.failed
    assert [(info.source_id, info.also) for info in store.documents()] == [
        ("a.txt", ("b.txt",)),
        ("c.md", ()),
    ]
    assert store.document("b.txt").info.source_id == "a.txt"
    again = index_paths(store, embedder, [docs], prune=True)
    assert again.unchanged == ["a.txt", "b.txt", "c.md"] and not (
        again.added or again.removed or again.changed
    )
    # The other name changes: it is a document of its own.
    (docs / "b.txt").write_text("Now it is another.")
    assert index_paths(store, embedder, [docs]).added == ["b.txt"]
    assert [(info.source_id, info.also) for info in store.documents()][:2] == [("a.txt", ()), ("b.txt", ())]


@pytest.mark.parametrize("gone", [False, True])
def test_a_second_name_outlives_the_first(store, embedder, tmp_path, gone):
    docs = tmp_path / "twice"
    docs.mkdir()
    for name in ("b.txt", "c.txt"):
        (docs / name).write_text("The council published the same words twice.")
    index_paths(store, embedder, [docs])
    if gone:
        (docs / "b.txt").unlink()
    else:
        (docs / "b.txt").write_text("The first one has changed.")
    index_paths(store, embedder, [docs], prune=True)
    assert texts(store)["c.txt"] == "The council published the same words twice."
    assert store.aliases() == [] and store.check() == []
    assert [info.source_id for info in store.documents()] == (["c.txt"] if gone else ["b.txt", "c.txt"])


def test_a_second_name_goes_with_prune(store, embedder, tmp_path):
    docs = tmp_path / "twice"
    docs.mkdir()
    for name in ("b.txt", "c.txt"):
        (docs / name).write_text("The council published the same words twice.")
    index_paths(store, embedder, [docs])
    (docs / "c.txt").unlink()
    assert index_paths(store, embedder, [docs]).removed == []
    assert index_paths(store, embedder, [docs], prune=True).removed == ["c.txt"]
    assert [(info.source_id, info.also) for info in store.documents()] == [("b.txt", ())]


def test_other_words_in_sources_csv_make_another_document(store, embedder, tmp_path):
    """A press release that two papers print is two documents, even if the files are the same."""
    docs = tmp_path / "papers"
    docs.mkdir()
    for name in ("b.txt", "c.txt", "d.txt"):
        (docs / name).write_text("The council published the same words twice.")
    (docs / "sources.csv").write_text("file,publisher\nb.txt,The Post\nc.txt,The Herald\nd.txt,The Post\n")
    index_paths(store, embedder, [docs])
    assert [(info.source_id, info.also) for info in store.documents()] == [
        ("b.txt", ("d.txt",)),
        ("c.txt", ()),
    ]


def test_a_changed_file_keeps_its_older_edition(store, embedder, docs):
    index_paths(store, embedder, [docs])
    first = store.document("a.txt")
    (docs / "a.txt").write_text("The report was revised in the autumn.")
    assert index_paths(store, embedder, [docs]).changed == ["a.txt"]
    newest, older = store.editions("a.txt")
    assert (newest.edition, older.edition) == (2, 1)
    assert newest.doc_id == first.info.doc_id and older.superseded_by == newest.sha256
    assert store.document(older.doc_id).text == first.text
    assert index_paths(store, embedder, [docs], prune=True).removed == [] and store.check() == []


def test_a_text_that_is_printed_twice_is_linked_to_the_earliest(store, embedder, tmp_path):
    told = (
        "The council will open the new bridge on the first of May after three years of work and two delays."
    )
    docs = tmp_path / "papers"
    docs.mkdir()
    (docs / "a.txt").write_text(f"Our own report. {told}")
    (docs / "b.txt").write_text(
        f"{told}\n\nOur readers may write to us about it and about much else besides."
    )
    (docs / "sources.csv").write_text("file,published\na.txt,2017-04-08\nb.txt,2017-04-07\n")
    index_paths(store, embedder, [docs])
    ((_, copy),) = store.passages_of(document_id("a.txt"))
    (_, origin), *_ = store.passages_of(document_id("b.txt"))
    assert (copy.copy_of, origin.copy_of) == (origin.passage_id, "")
    (docs / "b.txt").unlink()
    index_paths(store, embedder, [docs], prune=True)
    assert [p.copy_of for _, p in store.passages_of(document_id("a.txt"))] == [""]


def test_links_after_many_runs_are_those_of_one(store, embedder, tmp_path):
    """Files come, change, get a date and go; a fresh index of what is left links the same."""
    told = [
        "The council will open the new bridge on the first of May after three years of work and two delays.",
        "Nobody had asked the people of the upper town what they thought of the tolls on the old road.",
        "The engineers wrote in March that the piles of the north pier would have to be driven again.",
    ]
    docs = tmp_path / "papers"
    docs.mkdir()

    def linked(where):
        return {p.passage_id: p.copy_of for i in where.documents() for _, p in where.passages_of(i.doc_id)}

    def write(name, *sentences):
        # Line ends of its own: the very same file would be one document with two names.
        (docs / name).write_text("\n\n".join(told[i] for i in sentences) + "\n" * (ord(name[0]) - 96))

    steps = [
        (lambda: [write("b.txt", 0, 1), write("c.txt", 1, 2)], 0),
        (lambda: write("a.txt", 0, 1), 1),  # earlier than b by name
        (lambda: write("d.txt", 1, 2), 2),
        (lambda: (docs / "sources.csv").write_text("file,published\nd.txt,2017-04-07\n"), 2),  # now before c
        (lambda: write("a.txt", 2), 2),
        (lambda: (docs / "d.txt").unlink(), 0),
        (lambda: (docs / "b.txt").unlink(), 0),
    ]
    for i, (step, copies) in enumerate(steps):
        step()
        index_paths(store, embedder, [docs], prune=True)
        with closing(open_store(tmp_path / f"fresh {i}", create=True)) as fresh:
            index_paths(fresh, embedder, [docs])
            assert linked(store) == linked(fresh)
        assert sum(map(bool, linked(store).values())) == copies, i


def test_what_the_text_tells_is_stored(store, embedder, tmp_path):
    docs = tmp_path / "press"
    docs.mkdir()
    (docs / "a.txt").write_text(
        "New bridge opens\n\nPublished: 7 April 2017\n\nThe bridge has cost more than twice what was planned.\n\n"
        "“We are sorry for the delay and for what it cost the town,” said Ann Archer, chief executive.\n"
    )
    index_paths(store, embedder, [docs])
    (info,) = store.documents()
    assert (info.published, info.dated_by) == ("2017-04-07", "text")
    (speech,) = [speech for _, p in store.passages_of(info.doc_id) for speech in p.speeches]
    assert "Ann Archer" in speech.speaker
    assert store.document("a.txt").speeches == (speech,)
