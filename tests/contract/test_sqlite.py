"""The embedded store keeps the contract, and its derived files can be lost, damaged or stale."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index import Filter, NotIndexedError, StoreError, UsageError, document_id, open_store
from index.sqlite import SqliteStore
from tests.contract.store_contract import SETTINGS, WIDTH, StoreContract, corpus, entry, grid_vector

EVERYTHING = Filter()
ROOT = Path(__file__).parents[2]
VECTOR = grid_vector(random.Random(5))


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def opener(self, tmp_path):
        return lambda: SqliteStore(tmp_path / "data", create=True)


def answers(store):
    return (
        store.nearest(VECTOR, 20, EVERYTHING),
        store.nearest(VECTOR, 20, EVERYTHING, sentences=True),
        store.best("board threshold child", 20, EVERYTHING),
        store.similarities(VECTOR, [1, 2, 3]),
        store.frequencies(["board"]),
    )


def contents(store):
    infos = store.documents()
    return [(store.document(i.doc_id), store.passages_of(i.doc_id)) for i in infos]


def derived_files(folder: Path) -> list[Path]:
    """Every file that is derived, lock files aside."""
    found = [folder / "vectors.faiss", folder / "vectors.faiss.seal", folder / "lexical.seal"]
    return found + sorted(f for f in (folder / "lexical").rglob("*") if not f.name.endswith(".lock"))


@pytest.fixture
def folder(tmp_path):
    """A data folder with a fresh index."""
    folder = tmp_path / "data"
    with closing(open_store(folder, create=True)) as store:
        store.put(corpus(), SETTINGS)
        store.refresh()
    return folder


@pytest.fixture
def expected(folder):
    with closing(open_store(folder)) as store:
        return answers(store)


def assert_well(folder: Path, expected) -> None:
    with closing(open_store(folder)) as store:
        assert answers(store) == expected
        assert store.check() == []
    assert sorted(f.name for f in folder.iterdir()) == [
        "derived.lock", "lexical", "lexical.seal", "pincite.db", "vectors.faiss", "vectors.faiss.seal",
    ]  # fmt: skip


# What is derived


@pytest.mark.parametrize("lost", ["vectors.faiss", "vectors.faiss.seal", "lexical", "lexical.seal", "all"])
def test_lost_derived_files_are_made_again(folder, expected, lost):
    for name in ("vectors.faiss", "vectors.faiss.seal", "lexical", "lexical.seal"):
        if lost in (name, "all"):
            path = folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert_well(folder, expected)


def test_any_damaged_derived_file_is_made_again(folder, expected):
    rng = random.Random(6)
    names = [path.relative_to(folder) for path in derived_files(folder)]
    assert len(names) > 8
    for name in names:
        for damage in ("truncate", "flip", "empty", "remove", "grow"):
            path = folder / name
            if not path.exists():  # tantivy names its segments anew each time
                path = rng.choice(derived_files(folder))
            data = bytearray(path.read_bytes())
            if damage == "truncate":
                del data[len(data) // 2 :]
            elif damage == "flip" and data:
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            elif damage == "empty":
                data.clear()
            elif damage == "grow":
                data += b"\0"
            # Another file in its place: tantivy opens an index in a thread of its own, which may still be at it
            # here, and no process outlives a mapped file that is cut short.
            path.unlink()
            if damage != "remove":
                path.write_bytes(data)
            with closing(open_store(folder)) as store:
                assert answers(store) == expected, (name, damage)
    assert_well(folder, expected)


def test_a_file_where_a_folder_should_be_and_the_reverse(folder, expected):
    shutil.rmtree(folder / "lexical")
    (folder / "lexical").write_text("no folder")
    (folder / "vectors.faiss").unlink()
    (folder / "vectors.faiss").mkdir()
    (folder / "vectors.faiss" / "x").write_text("x")
    assert_well(folder, expected)


def keep(folder: Path, to: Path) -> None:
    to.mkdir()
    for name in ("vectors.faiss", "vectors.faiss.seal", "lexical.seal"):
        shutil.copy(folder / name, to)
    shutil.copytree(folder / "lexical", to / "lexical")


def put_back(kept: Path, folder: Path) -> None:
    shutil.rmtree(folder / "lexical")
    shutil.copytree(kept, folder, dirs_exist_ok=True)


def test_derived_files_of_an_older_generation_are_stale(folder, tmp_path):
    keep(folder, tmp_path / "old")
    with closing(open_store(folder)) as store:
        store.put([entry("new", [["A new board."]], random.Random(1))], SETTINGS)
        expected = answers(store)
    put_back(tmp_path / "old", folder)
    assert_well(folder, expected)


def test_derived_files_of_a_database_that_was_replaced_are_stale(folder, expected, tmp_path):
    """Both databases are of the first generation: only the stamp tells them apart."""
    for name in ("pincite.db", "pincite.db-wal", "pincite.db-shm"):
        (folder / name).unlink(missing_ok=True)
    with closing(open_store(folder, create=True)) as store:
        store.put(corpus(seed=99), SETTINGS)
        assert store.counts().generation == 1
        other = answers(store)
    with closing(open_store(tmp_path / "elsewhere", create=True)) as store:
        store.put(corpus(seed=99), SETTINGS)
        assert answers(store) == other != expected
    assert_well(folder, other)


def test_half_made_files_of_the_dead_are_swept(folder, expected):
    (folder / ".lexical.draft").mkdir()
    (folder / ".lexical.draft" / "segment").write_text("half")
    (folder / ".vectors.faiss.draft").write_text("half")
    (folder / ".vectors.faiss.seal.draft").write_text("half")
    assert_well(folder, expected)


def test_files_of_other_people_stay(folder, expected):
    mine = folder / ".notes.2024"
    mine.write_text("mine")
    with closing(open_store(folder)) as store:
        (folder / "lexical.seal").unlink()
        assert answers(store) == expected
    assert mine.read_text() == "mine"


def test_an_open_store_follows_another_process(folder):
    with closing(open_store(folder)) as reader, closing(open_store(folder)) as writer:
        assert reader.best("zebra", 3, EVERYTHING) == []
        writer.put([entry("new", [["A zebra."]], random.Random(1))], SETTINGS)
        assert len(reader.best("zebra", 3, EVERYTHING)) == 1
        writer.remove([document_id("new")])
        assert reader.best("zebra", 3, EVERYTHING) == []


# The truth, damaged


def test_a_file_that_is_no_database(folder):
    (folder / "pincite.db").write_bytes(b"This is no database. " * 500)
    with pytest.raises(
        StoreError, match=r"pincite\.db cannot be used .* restore it from a copy, or remove it"
    ):
        open_store(folder)


def test_a_database_cut_short(folder):
    data = (folder / "pincite.db").read_bytes()
    for share in (0.1, 0.5, 0.9):
        (folder / "pincite.db").write_bytes(data[: int(len(data) * share)])
        try:
            with closing(open_store(folder)) as store:
                assert store.check()
        except StoreError as error:
            assert "restore it from a copy" in str(error)


def test_no_flipped_bit_goes_unnoticed(folder, tmp_path):
    """Each of 150 flips is refused at opening, told by check(), or changed nothing that is stored."""
    with closing(open_store(folder)) as store:
        before = contents(store), answers(store)
    data = (folder / "pincite.db").read_bytes()
    rng = random.Random(14)
    noticed = 0
    for i in range(150):
        flipped = bytearray(data)
        # Many pages are half empty, so most flips are aimed at bytes that hold something.
        at = rng.choice([j for j in range(i * 300 % len(data), len(data)) if data[j]] or [0])
        flipped[at] ^= 1 << rng.randrange(8)
        copy = tmp_path / f"copy{i}"
        copy.mkdir()
        (copy / "pincite.db").write_bytes(flipped)
        try:
            with closing(open_store(copy)) as store:
                if wrong := store.check():
                    assert all(len(sentence) > 20 for sentence in wrong)
                    noticed += 1
                else:
                    assert (contents(store), answers(store)) == before, at
        except (StoreError, NotIndexedError) as error:
            assert str(copy) in str(error) or "index anew" in str(error)
            noticed += 1
        shutil.rmtree(copy)
    assert noticed > 75


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE passages SET text = 'X' || text WHERE number = 2", "is not the text at its offsets"),
        ("UPDATE passages SET sentences = '[[0, 99999]]' WHERE number = 2", "has a sentence outside itself"),
        ("UPDATE passages SET ordinal = 77 WHERE number = 2", "its passages are out of order"),
        ("UPDATE documents SET title = 'Another'", "is not what was put there"),
        ("UPDATE vectors SET passage = zeroblob(32) WHERE number = 2", "is not what was put there"),
        ("UPDATE vectors SET passage = zeroblob(31) WHERE number = 2", "is not what was put there"),
        ("DELETE FROM vectors WHERE number = 2", "1 passages have no vector"),
        ("DELETE FROM passages WHERE number = 2", "a dangling row in vectors"),
        ("UPDATE documents SET blocks = 'x'", "cannot be read from the database"),
    ],
)  # fmt: skip
def test_check_tells_what_was_changed_behind_its_back(folder, change, told):
    with closing(sqlite3.connect(folder / "pincite.db")) as db, db:
        db.execute(change)
    with closing(open_store(folder)) as store:
        assert any(told in sentence for sentence in store.check())


def test_unreadable_rows_are_sentences_not_tracebacks(folder):
    with closing(sqlite3.connect(folder / "pincite.db")) as db, db:
        db.execute("UPDATE documents SET blocks = '[[1]]'")
        db.execute("UPDATE passages SET sentences = 'x'")
        db.execute("UPDATE vectors SET passage = zeroblob(31)")
    (folder / "vectors.faiss").unlink()
    with closing(open_store(folder)) as store:
        name = store.documents()[1].source_id
        with pytest.raises(StoreError, match=r"folder/.* cannot be read from the database .* index anew"):
            store.document(name)
        with pytest.raises(StoreError, match="index anew"):
            store.passages([1, 2, 3])
        with pytest.raises(StoreError, match="index anew"):
            store.nearest(VECTOR, 3, EVERYTHING)


# Opening


def test_nothing_there(tmp_path):
    for missing in (tmp_path, tmp_path / "no" / "folder"):
        with pytest.raises(NotIndexedError, match="holds no index; make one with: pincite index"):
            open_store(missing)
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_tables_was_killed_at_birth(tmp_path):
    (tmp_path / "pincite.db").touch()
    with pytest.raises(NotIndexedError, match="is empty; fill it with"):
        open_store(tmp_path)
    with closing(open_store(tmp_path, create=True)) as store:
        assert store.check() == []


@pytest.mark.parametrize("create", [False, True])
def test_the_database_of_someone_else_is_left_alone(tmp_path, create):
    with closing(sqlite3.connect(tmp_path / "pincite.db")) as db, db:
        db.execute("CREATE TABLE cats (name TEXT)")
    before = (tmp_path / "pincite.db").read_bytes()
    with pytest.raises(NotIndexedError, match="is not an index of Pincite"):
        open_store(tmp_path, create=create)
    assert (tmp_path / "pincite.db").read_bytes() == before


@pytest.mark.parametrize("change", ["UPDATE meta SET value = '99' WHERE key = 'schema'", "DELETE FROM meta"])
def test_another_form_is_refused(folder, change):
    with closing(sqlite3.connect(folder / "pincite.db")) as db, db:
        db.execute(change)
    for create in (False, True):
        with pytest.raises(StoreError, match=r"is of form (99|unknown), and this version reads form \d"):
            open_store(folder, create=create)


def test_a_data_folder_that_is_a_file(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    for name in (file, file / "below"):
        with pytest.raises(UsageError, match=r"cannot hold an index .* name another folder with --data"):
            open_store(name, create=True)
        with pytest.raises(NotIndexedError):
            open_store(name)


@pytest.mark.parametrize(
    "name", ["a b", "50%", "%41", "what?", "a#b", "ü–", "a&mode=ro", "x;y", "'q\"", "-", "a:b"]
)
def test_folders_of_any_name(tmp_path, name):
    folder = tmp_path / name / "data"
    for _ in range(2):
        with closing(open_store(folder, create=True)) as store:
            store.put(corpus()[:3], SETTINGS)
            assert store.check() == []
            assert store.location == str(folder)
    assert (folder / "pincite.db").is_file()
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_folder_whose_name_is_not_utf_8(tmp_path):
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    with closing(open_store(folder, create=True)) as store:
        store.put(corpus()[:3], SETTINGS)
        assert store.check() == []


def test_a_relative_folder_stays_where_it_was(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with closing(open_store("data", create=True)) as store:
        store.put(corpus()[:3], SETTINGS)
        monkeypatch.chdir("/")
        threads = [threading.Thread(target=store.check) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.check() == []
    assert (tmp_path / "data" / "lexical").is_dir()


def test_who_creates_a_store_waits_for_who_is_creating_it(tmp_path):
    """SQLite itself gives up at once, so that of several who create one store now and then one would fail."""
    (tmp_path / "pincite.db").touch()
    other = sqlite3.connect(tmp_path / "pincite.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, other.close)
    timer.start()
    with closing(open_store(tmp_path, create=True)) as store:
        assert not timer.is_alive() and store.check() == []


def test_two_at_once_create_one_store(tmp_path):
    code = (
        "import sys; from index import open_store; from tests.contract.store_contract import *\n"
        "s = open_store(sys.argv[1], create=True)\n"
        "[s.put([e], SETTINGS) for e in corpus(int(sys.argv[2]))]; print(s.check()); s.close()"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "data"), str(seed)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in (1, 2, 3)
    ]
    for run in runs:
        out, err = run.communicate(timeout=300)
        assert (run.returncode, out) == (0, "[]\n"), err
    with closing(open_store(tmp_path / "data")) as store:
        assert store.counts().documents == 12
        assert store.counts().generation == 36


# Many threads, few files


def test_threads_that_come_and_go_leave_no_connection_open(folder):
    def files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    if not Path("/proc/self/fd").exists():
        pytest.skip("counts open files in /proc")
    with closing(open_store(folder)) as store:
        store.best("board", 1, EVERYTHING)
        before = files()
        for _ in range(50):
            thread = threading.Thread(target=lambda: store.best("board", 1, EVERYTHING))
            thread.start()
            thread.join()
        assert files() <= before + 2


# A folder that may only be read

READ_ONLY = """
import logging, sys
from index import Filter, StoreError, open_store
from tests.contract.test_sqlite import answers
logging.basicConfig(level=logging.WARNING)
store = open_store(sys.argv[1])
print(store.check(), len(store.documents()))
print(repr(answers(store)))
try:
    store.remove(["x"])
except StoreError as error:
    print(error)
store.close()
"""


AS_NOBODY = """
import os
import faiss, numpy, tantivy  # while they may be read
import index.sqlite, tests.contract.test_sqlite
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
"""


def run_as_nobody(code: str, *args: str) -> subprocess.CompletedProcess:
    """Runs code as a user who owns nothing; root may write anything, and anyone else needs no help."""
    return subprocess.run(
        [sys.executable, "-c", AS_NOBODY + code, *args], cwd=ROOT, capture_output=True, text=True, timeout=300
    )


@pytest.fixture
def read_only(folder):
    """A copy of the folder that no one may write, where others can reach it."""
    with tempfile.TemporaryDirectory() as above:
        Path(above).chmod(0o755)
        copy = Path(above) / "read only?#%"
        shutil.copytree(folder, copy)
        yield copy
        copy.chmod(0o755)


def make_read_only(folder: Path) -> None:
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    folder.chmod(0o555)


@pytest.mark.parametrize("lose", ["", "derived"])
def test_a_folder_that_may_only_be_read(read_only, expected, lose):
    if lose:
        shutil.rmtree(read_only / "lexical")
        (read_only / "vectors.faiss").unlink()
    make_read_only(read_only)
    before = sorted(read_only.rglob("*"))
    run = run_as_nobody(READ_ONLY, str(read_only))
    assert run.returncode == 0, run.stderr
    checked, answered, refused = run.stdout.splitlines()
    assert checked == "[] 12"
    assert answered == repr(expected)
    assert "may not be opened or written by this user" in refused and "--data" in refused
    assert sorted(read_only.rglob("*")) == before


def test_what_a_killed_writer_left_in_the_log_is_read_from_a_read_only_folder(read_only):
    """The last put is only in the log beside the database: as though there were none, it would be overlooked."""
    code = (
        "import os, sys, random; from index import open_store; from tests.contract.store_contract import *\n"
        "s = open_store(sys.argv[1]); s.put([entry('late', [['Late.']], random.Random(1))], SETTINGS); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(read_only)], cwd=ROOT, timeout=300, check=False)
    assert (read_only / "pincite.db-wal").stat().st_size
    make_read_only(read_only)
    run = run_as_nobody(READ_ONLY, str(read_only))
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[0] == "[] 13"


# A disk that is full

FULL = """
import logging, resource, sys
from pathlib import Path
from index import StoreError, open_store
from tests.contract.test_sqlite import answers
from tests.contract.store_contract import SETTINGS, corpus
logging.basicConfig(level=logging.WARNING)
store = open_store(sys.argv[1])
# No file may grow beyond this: what a full disk does to a write, without filling one.
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
print(repr(answers(store)))
try:
    store.put(corpus(seed=50, documents=300), SETTINGS)
except StoreError as error:
    print(error)
print(len(store.documents()), repr(answers(store)) == repr(answers(store)))
"""


@pytest.mark.parametrize("limit", [0, 1000])
def test_a_full_disk_costs_nothing_that_was_stored(folder, expected, limit):
    shutil.rmtree(folder / "lexical")
    (folder / "vectors.faiss").unlink()
    run = subprocess.run(
        [sys.executable, "-c", FULL, str(folder), str(limit)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    answered, refused, after = run.stdout.splitlines()
    assert answered == repr(expected)
    assert "made anew in memory" in run.stderr
    assert "free some space" in refused and "what was stored before is kept" in refused
    assert after == "12 True"
    assert_well(folder, expected)


def test_a_database_that_another_holds_is_named_as_busy(folder, monkeypatch):
    monkeypatch.setattr("index.database._WAIT_S", 0)
    with closing(sqlite3.connect(folder / "pincite.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with closing(open_store(folder)) as store:
            with pytest.raises(StoreError, match=r"is being written by another process .* try again later"):
                store.remove(["x"])
            assert len(store.documents()) == 12
            other.execute("ROLLBACK")
            assert store.remove(["x"]) == 0


def test_numbers_from_numpy_are_numbers(folder):
    with closing(open_store(folder)) as store:
        numbers = np.array([1, 2], dtype=np.int64)
        assert set(store.passages(numbers)) == {1, 2}
        assert len(store.similarities(np.zeros(WIDTH, dtype=np.float32), numbers)) == 2
