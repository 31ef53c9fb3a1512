"""Archives and mails in an index: names, metadata, what is refused, what is skipped, what is pruned."""

from __future__ import annotations

import gc
import io
import stat
import tracemalloc
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

import index.build
from index import Limits, LoadError, document_id, index_paths, open_store
from index.loaders import Loaded, Remark, Source, load
from tests.hashing import HashingEmbedder
from tests.index.samples import FINDING, REPLY, mail, packed, pdf, text
from tests.work import ends

SIDECAR = "file,title,publisher,voice,published,url,licence\n"


@pytest.fixture
def docs(tmp_path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    return folder


@pytest.fixture
def embedder():
    return HashingEmbedder()


@pytest.fixture
def store(tmp_path):
    with closing(open_store(tmp_path / "data", create=True)) as store:
        yield store
        assert store.check() == []


def read(data: bytes, limits: Limits | None = None) -> list:
    return list(load(Source("a.zip", "a.zip", "/a.zip", ".zip"), data, limits or Limits()))


def names(found: list) -> list[str]:
    return [one.document.info.source_id for one in found if isinstance(one, Loaded)]


def errors(found: list) -> dict[str, str]:
    return {one.where: one.reason for one in found if isinstance(one, LoadError)}


def written(*members: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for info, data in members:
            archive.writestr(info, data)
    return made.getvalue()


# What is in an archive


def test_each_member_is_a_document_and_sources_csv_at_the_root_counts():
    sidecar = SIDECAR + "b/report.pdf,The report,Ofsted,inspectorate,2017-04-07,,\nnowhere.txt,,,,,,\n"
    found = read(
        packed(
            {
                "sources.csv": sidecar,
                "b/report.pdf": pdf(),
                "a.txt": text(),
                "photo.png": b"\x89PNG",
                ".hidden.txt": b"x",
                "__MACOSX/a.txt": b"x",
                "b/": b"",
            }
        )
    )
    assert names(found) == ["a.zip/a.txt", "a.zip/b/report.pdf"]
    (report,) = (one.document.info for one in found if isinstance(one, Loaded) and one.row)
    assert (report.title, report.voice, report.published) == ("The report", "inspectorate", "2017-04-07")
    assert (report.dated_by, report.origin) == ("sources.csv", "/a.zip/b/report.pdf")
    assert errors(found) == {
        "a.zip/sources.csv": "the file 'nowhere.txt' is not in the archive; correct the name, or remove the row"
    }
    assert [one.where for one in found if isinstance(one, Remark)] == ["a.zip/photo.png"]


def test_what_cannot_be_taken_safely_is_refused_and_the_rest_kept():
    link = zipfile.ZipInfo("link.txt")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    data = bytearray(
        written(
            ("../up.txt", b"x"),
            ("/etc/passwd.txt", b"x"),
            ("C:\\x.txt", b"x"),
            ("a/./b.txt", b"x"),
            ("bad\x1bname.txt", b"x"),
            (link, b"good.txt"),
            ("locked.txt", b"x"),
            ("good.txt", text()),
            ("broken.txt", b"spoiled"),
        )
    )
    # What zipfile does not write: a member said to be encrypted, and one whose bytes are not those it was packed from.
    at = data.rindex(b"locked.txt") - 46
    data[at + 8] |= 1
    at = data.index(b"spoiled")
    data[at] ^= 1
    found = read(bytes(data))
    assert names(found) == ["a.zip/good.txt"]
    told = errors(found)
    assert '".."' in told["a.zip/../up.txt"] and "absolute" in told["a.zip//etc/passwd.txt"]
    assert "absolute" in told["a.zip/C:/x.txt"] and '"."' in told["a.zip/a/./b.txt"]
    assert "symbolic link" in told["a.zip/link.txt"] and "password" in told["a.zip/locked.txt"]
    assert "cannot be printed" in told["a.zip/bad\x1bname.txt"] and "CRC" in told["a.zip/broken.txt"]
    assert len(told) == 8


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_twice():
    found = read(written(("a.txt", b"The first."), ("a.txt", b"The second.")))
    assert names(found) == ["a.zip/a.txt"] and "twice" in errors(found)["a.zip/a.txt"]


def test_archives_within_each_other_to_a_small_depth():
    data = packed({"deepest.txt": "At the bottom."})
    for depth in range(5):
        data = packed({f"{depth}.zip": data, f"{depth}.txt": f"At depth {depth}."})
    found = read(data)
    assert names(found) == [
        "a.zip/4.txt",
        "a.zip/4.zip/3.txt",
        "a.zip/4.zip/3.zip/2.txt",
        "a.zip/4.zip/3.zip/2.zip/1.txt",
    ]
    ((where, reason),) = errors(found).items()
    assert where == "a.zip/4.zip/3.zip/2.zip/1.zip" and "more than 3 archives or mails deep" in reason


def test_bombs_are_bounded_in_memory_and_time():
    zeros = packed({f"{n}.txt": bytes(4_000_000) for n in range(30)})
    bomb = packed({f"{n}.zip": zeros for n in range(50)} | {"good.txt": text()})
    tracemalloc.start()
    with ends(60):
        found = read(bomb, Limits(max_archive_bytes=60_000_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000
    assert any(
        "unpacks to more than the limit of 60,000,000 bytes" in reason for reason in errors(found).values()
    )
    large = read(packed({"large.txt": bytes(3_000_000), "good.txt": text()}), Limits(max_bytes=2_000_000))
    assert names(large) == ["a.zip/good.txt"]
    assert "larger than the limit of 2,000,000 bytes" in errors(large)["a.zip/large.txt"]


def test_more_members_than_the_limit():
    data = packed({f"{n:02}.txt": f"Number {n}." for n in range(30)})
    found = read(data, Limits(max_members=20))
    assert len(names(found)) == 20 and "30 files, more than the limit of 20" in errors(found)["a.zip"]
    huge = packed({f"{n}": b"" for n in range(20_000)}, zipfile.ZIP_STORED)
    assert "more than the limit of 10 files" in errors(read(huge, Limits(max_members=10)))["a.zip"]


@pytest.mark.parametrize(
    "data", [b"", b"PK\x05\x06", b"PK\x03\x04" + bytes(100), b"not a zip", packed({"a.txt": "x"})[:-10]]
)
def test_what_is_no_archive(data):
    (error,) = read(data)
    assert isinstance(error, LoadError) and error.where == "a.zip"


# In an index


def test_an_archive_is_indexed_once_and_skipped_as_long_as_it_stays(store, embedder, docs, monkeypatch):
    (docs / "a.zip").write_bytes(packed({"x.txt": FINDING, "y.txt": REPLY}))
    assert index_paths(store, embedder, [docs]).added == ["a.zip/x.txt", "a.zip/y.txt"]
    generation = store.counts().generation
    with monkeypatch.context() as patch:
        patch.setattr(index.build, "load", lambda *_: pytest.fail("it was opened again"))
        again = index_paths(store, embedder, [docs], prune=True)
    assert again.unchanged == ["a.zip/x.txt", "a.zip/y.txt"] and not (again.removed or again.added)
    assert store.counts().generation == generation
    # Only what has changed in it is made anew; what is gone goes with --prune.
    (docs / "a.zip").write_bytes(packed({"x.txt": FINDING, "z.txt": "Something new."}))
    before = embedder.embedded
    summary = index_paths(store, embedder, [docs])
    assert (summary.unchanged, summary.added, summary.removed) == (["a.zip/x.txt"], ["a.zip/z.txt"], [])
    assert embedder.embedded == before + 1
    assert index_paths(store, embedder, [docs], prune=True).removed == ["a.zip/y.txt"]
    (docs / "a.zip").unlink()
    assert sorted(index_paths(store, embedder, [docs], prune=True).removed) == ["a.zip/x.txt", "a.zip/z.txt"]
    assert store.sources() == {} and store.documents() == []


def test_what_failed_in_an_archive_is_tried_and_told_again_and_never_pruned(store, embedder, docs):
    (docs / "a.zip").write_bytes(packed({"x.txt": FINDING, "y.txt": REPLY}))
    index_paths(store, embedder, [docs])
    (docs / "a.zip").write_bytes(packed({"x.txt": FINDING, "y.txt": b"\xff\xfe\x00"}))
    for _ in range(2):
        summary = index_paths(store, embedder, [docs], prune=True)
        assert [Path(error.where).name for error in summary.failed] == ["y.txt"] and summary.removed == []
    (docs / "a.zip").write_bytes(b"PK broken")
    summary = index_paths(store, embedder, [docs], prune=True)
    assert len(summary.failed) == 1 and summary.removed == []
    assert len(store.documents()) == 2


def test_metadata_of_a_folder_reaches_into_archives_and_mails(store, embedder, docs):
    inner = SIDECAR + "x.txt,The title,,press,,,\n"
    (docs / "a.zip").write_bytes(packed({"x.txt": FINDING, "y.txt": REPLY, "sources.csv": inner}))
    (docs / "m.eml").write_bytes(mail({"r.pdf": pdf()}))
    (docs / "sources.csv").write_text(
        SIDECAR + "a.zip,,The Post,council,,,\na.zip/y.txt,,The Herald,,2017-04-07,,\n"
        "m.eml/r.pdf,,,court,,,\nno.zip/x.txt,,,,,,\n"
    )
    summary = index_paths(store, embedder, [docs])
    assert ["'no.zip/x.txt' is not there" in error.reason for error in summary.failed] == [True]
    infos = {info.source_id: info for info in store.documents()}
    x, y = infos["a.zip/x.txt"], infos["a.zip/y.txt"]
    assert (x.title, x.publisher, x.voice) == ("The title", "The Post", "press")
    assert (y.publisher, y.voice, y.published) == ("The Herald", "council", "2017-04-07")
    assert infos["m.eml/r.pdf"].voice == "court" and infos["m.eml"].voice == "other"
    (docs / "sources.csv").write_text(SIDECAR + "a.zip,,The Post,council,,,\n")
    assert sorted(index_paths(store, embedder, [docs]).changed) == ["a.zip/y.txt", "m.eml/r.pdf"]


def test_the_same_file_in_an_archive_and_beside_it_is_one_document_with_two_names(store, embedder, docs):
    (docs / "a.txt").write_text(FINDING)
    (docs / "b.zip").write_bytes(packed({"x.txt": FINDING, "y.txt": REPLY}))
    assert index_paths(store, embedder, [docs]).added == ["a.txt", "b.zip/x.txt", "b.zip/y.txt"]
    assert store.document("a.txt").info.also == ("b.zip/x.txt",)
    again = index_paths(store, embedder, [docs], prune=True)
    assert again.unchanged == ["a.txt", "b.zip/x.txt", "b.zip/y.txt"] and not again.removed
    # The archive changes elsewhere: the other name stays one.
    (docs / "b.zip").write_bytes(packed({"x.txt": FINDING, "y.txt": "Another reply."}))
    summary = index_paths(store, embedder, [docs], prune=True)
    assert (summary.changed, summary.unchanged) == (["b.zip/y.txt"], ["a.txt", "b.zip/x.txt"])
    # The first name says something else: what lies in the archive stands for itself from then on.
    (docs / "a.txt").write_text("Something else.")
    index_paths(store, embedder, [docs], prune=True)
    assert store.document("b.zip/x.txt").info.doc_id == document_id("b.zip/x.txt")
    assert store.aliases() == [] and len(store.documents()) == 3


def test_an_archive_keeps_its_name_when_indexed_alone_and_takes_that_of_its_folder(store, embedder, docs):
    (docs / "sub").mkdir()
    path = docs / "sub" / "a.zip"
    path.write_bytes(packed({"x.txt": FINDING}))
    assert index_paths(store, embedder, [path]).added == ["a.zip/x.txt"]
    summary = index_paths(store, embedder, [docs])
    assert (summary.added, summary.removed) == (["sub/a.zip/x.txt"], ["a.zip/x.txt"])
    assert index_paths(store, embedder, [path], prune=True).unchanged == ["sub/a.zip/x.txt"]
    assert [info.source_id for info in store.documents()] == ["sub/a.zip/x.txt"]


def test_a_corpus_in_an_archive(store, embedder, docs):
    lines = '{"_id": "r1", "text": "A record of rivers."}\n{"_id": "r2"}\n'
    (docs / "a.zip").write_bytes(packed({"corpus.jsonl": lines}))
    summary = index_paths(store, embedder, [docs])
    assert summary.added == ["r1"] and summary.failed[0].line == 2


def test_notes_reach_the_summary(store, embedder, docs):
    (docs / "a.csv").write_bytes("Name,Town\nCafé,Bow\n".encode("cp1252"))
    assert index_paths(store, embedder, [docs]).notes == [
        (str(docs / "a.csv"), "is not UTF-8 and was read as CP1252")
    ]


def test_a_sources_csv_further_down_tells_of_what_lies_beside_and_below_it(store, embedder, docs):
    outer = SIDECAR + "sub/x.txt,Outer,Board,,2017,,\nsub/y.txt,Y,,,,,\nsub/deep/z.txt,Z,,court,,,\n"
    inner = SIDECAR + "x.txt,Inner,,press,,,\ndeep/z.txt,,Ofsted,,2018,,\nabsent.txt,,,,,,\n"
    inner += "more.zip/w.txt,W,,,,,\n"
    within = {
        "sub/x.txt": FINDING,
        "sub/y.txt": REPLY,
        "sub/deep/z.txt": f"{FINDING} {REPLY}",
        "sub/sources.csv": inner,
    }
    within |= {"sources.csv": outer, "sub/more.zip": packed({"w.txt": f"{REPLY} {FINDING}"})}
    for name, content in within.items():
        path = docs / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (docs / "pack.zip").write_bytes(packed(within))
    for place, absent in ((docs / "folder", "is not there"), (docs / "pack.zip", "is not in the archive")):
        with closing(open_store(docs.parent / f"{place.name}-data", create=True)) as own:
            summary = index_paths(own, embedder, [place])
            found = {info.source_id.removeprefix("pack.zip/"): info for info in own.documents()}
            again = index_paths(own, embedder, [place])
        assert set(found) == {"sub/x.txt", "sub/y.txt", "sub/deep/z.txt", "sub/more.zip/w.txt"}
        x, z = found["sub/x.txt"], found["sub/deep/z.txt"]
        assert (x.title, x.publisher, x.voice, x.published) == ("Inner", "Board", "press", "2017")
        assert (z.title, z.publisher, z.voice, z.published) == ("Z", "Ofsted", "court", "2018")
        assert (found["sub/y.txt"].title, found["sub/more.zip/w.txt"].title) == ("Y", "W")
        (failed,) = summary.failed
        assert failed.where == f"{place}/sub/sources.csv" and failed.line == 4 and absent in failed.reason
        assert not summary.skipped and not again.added and not again.changed


def test_a_file_indexed_alone_after_its_folder_keeps_what_all_sidecars_say(store, embedder, docs):
    (docs / "sub").mkdir()
    (docs / "sources.csv").write_text(SIDECAR + "sub/a.txt,,Board,,,,\n")
    (docs / "sub" / "sources.csv").write_text(SIDECAR + "a.txt,Inner,,,,,\n")
    (docs / "sub" / "a.txt").write_text(FINDING)
    index_paths(store, embedder, [docs])
    summary = index_paths(store, embedder, [docs / "sub" / "a.txt"])
    assert summary.unchanged == ["sub/a.txt"] and not summary.removed
    (info,) = store.documents()
    assert (info.title, info.publisher) == ("Inner", "Board")


def test_a_sources_csv_that_another_tells_of_is_a_document(store, embedder, docs):
    (docs / "sub").mkdir()
    (docs / "sources.csv").write_text(SIDECAR + "sub/sources.csv,Where it came from,,,,,\n")
    (docs / "sub" / "sources.csv").write_text("Name,Town\nCole,Bow\n")
    summary = index_paths(store, embedder, [docs])
    assert summary.added == ["sub/sources.csv"] and not summary.failed


def test_error_objects_do_not_keep_what_they_were_about(docs):
    """A run with ten thousand broken files must not hold them all."""
    (docs / "a.txt").write_bytes(b"\xff" + bytes(5_000_000))
    tracemalloc.start()
    kept = [list(load(Source.of(docs / "a.txt", "a.txt"), docs / "a.txt")) for _ in range(10)]
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(kept) == 10 and held < 2_000_000
