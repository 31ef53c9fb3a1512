"""A folder or an archive that is bad throughout: all is counted and in --json, and only some of it is printed."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.web.command import run

GOOD = "The council met on Monday. It agreed a plan for the library."
BAD = "The café is shut.\n".encode("latin-1")


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD)
    return folder


def archive(path: Path, bad: int, other: int) -> None:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("good.txt", GOOD + " So they say.")
        for n in range(bad):
            made.writestr(f"bad-{n:05}.txt", BAD)
        for n in range(other):
            made.writestr(f"picture-{n:05}.png", b"x")


def test_of_an_archive_the_first_errors_are_printed_and_all_are_counted(docs):
    archive(docs / "a.zip", 300, 50)
    archive(docs / "b.ZIP", 30, 5)
    result = run("index", docs, "--data", docs.parent / "data")
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    for name, errors, asides in (("a.zip", 280, 30), ("b.ZIP", 10, None)):
        assert sum(f"{name}/bad-" in line for line in lines) == 20
        assert f"pincite: {docs / name}: {errors} more such errors; --json lists them all" in lines
        more = f"pincite: {docs / name}: {asides} more notes like these; --json lists them all"
        assert (more in lines) == bool(asides)
    assert "330 failed" in result.stdout
    result = run("index", docs, "--data", docs.parent / "data", "--json")
    found = json.loads(result.stdout)
    assert (len(found["failed"]), len(found["skipped"]), len(found["unchanged"])) == (330, 55, 3)


def test_of_a_folder_a_hundred_are_printed(docs):
    for n in range(130):
        (docs / f"bad-{n:03}.txt").write_bytes(BAD)
    (docs / "sub").mkdir()
    (docs / "sub" / "bad.txt").write_bytes(BAD)
    result = run("index", docs, "--data", docs.parent / "data", "--json")
    lines = result.stderr.splitlines()
    assert sum("/bad-" in line for line in lines) == 100
    assert f"pincite: {docs}: 30 more such errors" in lines
    assert any("sub/bad.txt" in line for line in lines), "another folder's are told as well"
