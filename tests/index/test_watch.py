"""A folder that is followed: what changes is told once it is quiet, and `pincite index --watch` keeps step."""

from __future__ import annotations

import json
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest

from index import changes
from tests.web.command import run, run_json, start


@pytest.fixture
def docs(tmp_path) -> Path:
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("The board met in May.")
    return folder


def later(what, seconds: float = 0.3) -> None:
    """Does something shortly after, as watching only begins when it is asked for the next change."""
    threading.Timer(seconds, what).start()


def test_changes_are_told_together_when_it_is_quiet(docs):
    told = changes([docs])
    assert next(told) is None

    def work():
        for n in range(10):
            (docs / "b.txt").write_text("x" * n)
            time.sleep(0.05)
        (docs / "sub" / "c.txt").write_text("x")

    later(work)
    assert next(told) == {docs / "b.txt", docs / "sub" / "c.txt"}
    later((docs / "a.txt").unlink)
    assert next(told) == {docs / "a.txt"}
    (docs / "d.txt").write_text("While nobody was asking.")
    assert next(told) == {docs / "d.txt"}
    told.close()


def test_what_is_said_of_files_concerns_them_all_and_what_is_hidden_nobody(docs):
    (docs / "data").mkdir()
    (docs / "data" / "pincite.db").write_text("x")
    told = changes([docs])
    next(told)
    (docs / ".hidden").write_text("x")
    (docs / "data" / "vectors.faiss").write_text("x")
    # Neither is told: the next that is heard of is what follows them.
    later(lambda: (docs / "sources.csv").write_text("file\n"), 2)
    assert next(told) is None
    told.close()


def test_a_single_file_is_followed_when_it_is_replaced(docs):
    told = changes([docs / "a.txt"])
    next(told)
    (docs / "b.txt").write_text("Beside it.")
    (docs / "new").write_text("The board met in June.")
    (docs / "new").replace(docs / "a.txt")
    assert next(told) == {docs / "a.txt"}
    told.close()


class Watching:
    """The command at work, and what it says line by line."""

    def __init__(self, pincite: Path, *arguments: object) -> None:
        self.process = start("index", *arguments, "--watch", "--json", program=pincite)
        self.out: list[str] = []
        self.said: list[str] = []
        self._threads = [
            threading.Thread(target=self._read, args=pair, daemon=True)
            for pair in ((self.process.stdout, self.out), (self.process.stderr, self.said))
        ]
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _read(stream, lines) -> None:
        for line in stream:
            lines.append(line.decode())

    def wait(self, ready) -> None:
        deadline = time.monotonic() + 240
        while not ready():
            assert self.process.poll() is None and time.monotonic() < deadline, (self.out, self.said)
            time.sleep(0.05)

    def run(self, number: int) -> dict:
        self.wait(lambda: len(self.out) >= number)
        return json.loads(self.out[number - 1])

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(120)
        finally:
            self.process.kill()
            for thread, stream in zip(self._threads, (self.process.stdout, self.process.stderr), strict=True):
                thread.join()
                stream.close()


def test_the_command_keeps_a_folder_in_step_until_ctrl_c(docs, tmp_path, pincite):
    data = docs / "pincite-data"  # in the folder itself, where its own changes must not count
    watching = Watching(pincite, docs, "--data", data, "--prune")
    try:
        assert watching.run(1)["added"] == ["a.txt"]
        watching.wait(lambda: any("watching" in line for line in watching.said))
        (docs / "sub" / "b.txt").write_text("The council replied.")
        assert watching.run(2)["added"] == ["sub/b.txt"]
        # Other commands get their turn meanwhile.
        assert run("remove", "sub/b.txt", "--data", data).exit_code == 0
        (docs / "a.txt").write_text("The board met in June.")
        (docs / "bad.pdf").write_text("no PDF")
        third = watching.run(3)
        assert third["changed"] == ["a.txt"] and [Path(one["file"]).name for one in third["failed"]] == [
            "bad.pdf"
        ]
        watching.wait(lambda: any("bad.pdf: is not a PDF" in line for line in watching.said))
        shutil.rmtree(docs / "sub")
        (docs / "a.txt").rename(docs / "c.txt")
        watching.run(4)
        deadline = time.monotonic() + 120
        while [info["source_id"] for info in run_json("documents", "--data", data)] != ["c.txt"]:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        runs = len(watching.out)
        time.sleep(2.5)
        assert len(watching.out) == runs, "its own index does not wake it"
        assert sum("bad.pdf" in line for line in watching.said) == 1, "what is wrong is said once"
    finally:
        code = watching.stop()
    assert code == 0 and "stopped watching" in "".join(watching.said)
    assert "Traceback" not in "".join(watching.said)
    assert run("check", "--data", data).exit_code == 0


def test_without_prune_what_is_gone_stays(docs, tmp_path, pincite):
    data = tmp_path / "data"
    watching = Watching(pincite, docs, "--data", data)
    try:
        watching.run(1)
        watching.wait(lambda: any("watching" in line for line in watching.said))
        (docs / "a.txt").unlink()
        (docs / "b.txt").write_text("Something else.")
        assert watching.run(2)["added"] == ["b.txt"]
    finally:
        watching.stop()
    assert [info["source_id"] for info in run_json("documents", "--data", data)] == ["a.txt", "b.txt"]


def test_addresses_cannot_be_watched(tmp_path):
    result = run("index", "https://example.org/", "--watch", "--data", tmp_path / "data")
    assert result.exit_code == 2 and "leave the addresses out" in result.stderr
    assert not (tmp_path / "data").exists()
