"""Files that hang, crash or swallow memory cost themselves only; and their limits are those that were asked for."""

from __future__ import annotations

import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

import index.loaders
import index.loaders.guard
from index import Limits, LoadError, index_paths, open_store
from index.loaders import Loaded, Source, load
from index.loaders.guard import Guard
from tests.hashing import HashingEmbedder
from tests.index.samples import FINDING, pdf

HOSTILE = """
import ctypes, os, signal, subprocess, sys, time
from index.errors import LoadError
from index.loaders import pulse
from index.loaders.base import Extract

def extract(data, where, limits):
    what = data.decode()
    if what == "hang":
        while True:
            pass
    if what == "helper":
        helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        with open(where + ".pid", "w") as file:
            file.write(str(helper.pid))
        time.sleep(600)
    if what == "crash":
        ctypes.string_at(0)
    if what == "exit":
        os._exit(3)
    if what == "memory":
        bytearray(1 << 40)
    if what == "print":
        print("noise among the results")
        os.write(1, b"more noise")
    if what == "beats":
        for _ in range(16):
            time.sleep(0.25)
            pulse.beat()
    if what == "ocr":
        pulse.beat(60)
        time.sleep(2)
    if what == "wrong":
        raise KeyError("of a parser")
    if what == "refused":
        raise LoadError(where, "is refused", line=7)
    return Extract("Read " + what + ".")
"""


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """A format of its own, ".hostile", whose loader does what the file says."""
    folder = tmp_path / "loaders"
    folder.mkdir()
    (folder / "hostile.py").write_text(HOSTILE)
    monkeypatch.setattr(index.loaders, "__path__", [*index.loaders.__path__, str(folder)])
    monkeypatch.setitem(index.loaders._FORMATS, ".pdf", ("hostile", "application/pdf"))
    # The reader's process finds it by the same path.
    line = "from index.loaders.worker"
    more = f"import index.loaders; index.loaders.__path__.append({str(folder)!r})\n{line}"
    monkeypatch.setattr(index.loaders.guard, "_START", index.loaders.guard._START.replace(line, more))
    return tmp_path


def outcome(guard: Guard, folder: Path, what: str, seconds: float = 30) -> str:
    where = str(folder / what)
    (found,) = load(Source("a", where, where, ".pdf"), what.encode(), Limits(max_seconds=seconds), guard)
    return found.document.text if isinstance(found, Loaded) else found.reason


def test_one_process_serves_all_and_another_takes_over(hostile):
    with Guard() as guard:
        assert outcome(guard, hostile, "this") == "Read this."
        first = guard._process.pid
        assert (
            outcome(guard, hostile, "wrong") == "cannot be read: it seems damaged (KeyError: 'of a parser')"
        )
        assert outcome(guard, hostile, "refused") == "is refused"
        assert outcome(guard, hostile, "print") == "Read print."
        assert guard._process.pid == first
        assert "needs more memory than the limit" in outcome(guard, hostile, "memory")
        assert "its reader crashed (SIGSEGV)" in outcome(guard, hostile, "crash")
        assert "ended with exit code 3" in outcome(guard, hostile, "exit")
        assert outcome(guard, hostile, "that") == "Read that."
        assert guard._process.pid != first


def test_what_hangs_is_ended_with_all_that_it_started(hostile):
    with Guard() as guard:
        assert "took longer to read than the limit of 1 s" in outcome(guard, hostile, "hang", 1)
        assert "took longer to read than the limit of 4 s" in outcome(guard, hostile, "helper", 4)
        until_dead(int((hostile / "helper.pid").read_text()))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until_dead(pid: int) -> None:
    deadline = time.monotonic() + 120
    while alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_signs_of_life_make_time(hostile):
    with Guard() as guard:
        assert outcome(guard, hostile, "beats", 3) == "Read beats."
        assert outcome(guard, hostile, "ocr", 1) == "Read ocr."


def test_the_other_files_are_kept(hostile):
    docs = hostile / "docs"
    docs.mkdir()
    for what in ("crash", "fine", "hang", "memory"):
        (docs / f"{what}.pdf").write_text(what)
    (docs / "good.txt").write_text(FINDING)
    with closing(open_store(hostile / "data", create=True)) as store:
        summary = index_paths(store, HashingEmbedder(), [docs], limits=Limits(max_seconds=3))
    assert summary.added == ["fine.pdf", "good.txt"]
    assert [Path(error.where).name for error in summary.failed] == ["crash.pdf", "hang.pdf", "memory.pdf"]


def test_small_plain_files_need_no_process(tmp_path):
    with Guard() as guard:
        for suffix, data in (
            (".txt", FINDING.encode() * 10_000),
            (".html", b"<p>" + FINDING.encode()),
            (".md", b"# A"),
        ):
            (found,) = load(Source("a", "a", "/a", suffix), data, Limits(), guard)
            assert isinstance(found, Loaded)
        assert guard._process is None
        (found,) = load(Source("a", "a", "/a", ".pdf"), pdf(), Limits(), guard)
        assert isinstance(found, Loaded) and guard._process is not None
        pid = guard._process.pid
    assert not alive(pid)


def test_the_process_ends_with_its_parent(tmp_path):
    import subprocess

    script = (
        "import sys, os, signal; from index.loaders.guard import Guard; from index import Limits\n"
        "guard = Guard(); guard._started(Limits()); print(guard._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    until_dead(int(done.stdout))


def test_nothing_is_imported_from_the_working_directory(tmp_path, monkeypatch):
    (tmp_path / "resource.py").write_text("raise SystemExit('from the folder that was downloaded')")
    monkeypatch.chdir(tmp_path)
    with Guard() as guard:
        (found,) = load(Source("a", "a", "/a", ".pdf"), pdf(), Limits(), guard)
    assert not isinstance(found, LoadError)
    assert [path.name for path in tmp_path.iterdir()] == ["resource.py"]
