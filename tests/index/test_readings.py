"""What is kept beside an index: found again by another process, bounded in memory, and never in the way."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from index import Readings
from index.readings import NAME

ONE, TWO, THREE = (bytes([n]) * 32 for n in (1, 2, 3))


def test_what_is_put_is_found_by_another(tmp_path: Path) -> None:
    first = Readings(tmp_path)
    assert first.get([ONE]) == {} and not (tmp_path / NAME).exists()
    assert first.put({ONE: b"one", TWO: b"two"})
    assert Readings(tmp_path).get([TWO, THREE, ONE]) == {ONE: b"one", TWO: b"two"}
    assert Readings(tmp_path).missing([THREE, ONE, THREE]) == [THREE]
    first.put({ONE: b"another"})
    assert Readings(tmp_path).get([ONE]) == {ONE: b"another"}


def test_retain_forgets_the_others(tmp_path: Path) -> None:
    readings = Readings(tmp_path)
    assert readings.retain([ONE]) == 0 and not (tmp_path / NAME).exists()
    readings.put({ONE: b"1", TWO: b"2", THREE: b"3"})
    assert readings.retain([TWO]) == 2
    assert Readings(tmp_path).get([ONE, TWO, THREE]) == {TWO: b"2"}


def test_memory_is_bounded(tmp_path: Path) -> None:
    readings = Readings(tmp_path, in_memory=2)
    readings.put({ONE: b"1", TWO: b"2", THREE: b"3"})
    assert list(readings._known) == [TWO, THREE]
    assert readings.get([ONE]) == {ONE: b"1"}  # from the file
    assert list(readings._known) == [THREE, ONE]


def test_without_a_folder_memory_is_all() -> None:
    readings = Readings(None, in_memory=1)
    assert not readings.put({ONE: b"1"})
    assert readings.get([ONE]) == {ONE: b"1"} and readings.missing([ONE]) == [ONE]
    readings.put({TWO: b"2"})
    assert readings.get([ONE]) == {}


def test_a_damaged_file_costs_time_and_no_answer(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no database" * 200)
    readings = Readings(tmp_path)
    assert readings.get([ONE]) == {} and readings.missing([ONE]) == [ONE]
    assert not readings.put({ONE: b"1"})  # which removes it
    assert readings.get([ONE]) == {ONE: b"1"}
    assert readings.put({TWO: b"2"}) and Readings(tmp_path).get([TWO]) == {TWO: b"2"}


def test_a_file_that_another_writes_is_not_waited_for_in_vain(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("index.readings._WAIT_S", 0)
    readings = Readings(tmp_path)
    readings.put({ONE: b"1"})
    other = sqlite3.connect(tmp_path / NAME, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert not readings.put({TWO: b"2"})
        assert readings.get([ONE, TWO]) == {ONE: b"1", TWO: b"2"}
        assert Readings(tmp_path).get([ONE]) == {}
    finally:
        other.close()
    assert Readings(tmp_path).get([ONE]) == {ONE: b"1"}


def test_what_a_kill_left_half_written_is_rolled_back(tmp_path: Path) -> None:
    Readings(tmp_path).put({ONE: b"one"})
    # More than its cache holds, so that pages of the transaction are in the file when it is killed.
    code = f"""
import os, sqlite3
db = sqlite3.connect({str(tmp_path / NAME)!r}, isolation_level=None)
db.execute("PRAGMA cache_size = 2")
db.execute("BEGIN IMMEDIATE")
for n in range(40):
    db.execute("INSERT OR REPLACE INTO readings VALUES (?, ?)", (bytes([n]) * 32, bytes(50_000)))
os.kill(os.getpid(), {int(signal.SIGKILL)})
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == -signal.SIGKILL
    assert list(tmp_path.glob("*-journal"))
    assert Readings(tmp_path).missing([ONE, TWO]) == [TWO]
    assert Readings(tmp_path).get([ONE]) == {ONE: b"one"}
