"""docs/first-gate.md is executed: each of its shell blocks in order, with the exit codes and words that it promises."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "first-gate.md"

_BLOCK = re.compile(r"(?P<marks>(?:<!-- .*? -->\n)*)```sh\n(?P<script>.*?)^```$", re.DOTALL | re.MULTILINE)
_MARK = re.compile(r"<!-- (exit|says): (.*?) -->")


class Block(NamedTuple):
    """A block of the page, with what it has to exit with and to say."""

    line: int
    script: str
    exit_code: int
    says: tuple[str, ...]


def blocks(page: str) -> list[Block]:
    """Every ```sh block. `<!-- exit: 1 -->` and `<!-- says: words -->` before it are what is expected of it."""
    found = []
    for match in _BLOCK.finditer(page):
        marks = _MARK.findall(match["marks"])
        line = page.count("\n", 0, match.start("script")) + 1
        codes = [int(value) for kind, value in marks if kind == "exit"]
        says = tuple(value for kind, value in marks if kind == "says")
        found.append(Block(line, match["script"], codes[0] if codes else 0, says))
    return found


def test_the_page_is_executed(pincite: Path, tmp_path: Path) -> None:
    bin_folder = os.pathsep.join(map(str, (pincite.parent, Path(sys.executable).parent)))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PINCITE_")}
    environment |= {"PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}", "PYTHONWARNINGS": "error"}
    for block in blocks(PAGE.read_text("utf-8")):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.script],
            cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        said = f"{done.stdout}\n{done.stderr}"
        place = f"{PAGE.name}:{block.line}\n{block.script}\n{said}"
        assert done.returncode == block.exit_code, place
        assert "Traceback" not in said, place
        for words in block.says:
            assert words in said, f"not said: {words}\n{place}"
    # What the page tells its reader to look at.
    assert all((tmp_path / name).stat().st_size for name in ("report.json", "report.html", "summary.md"))


def test_every_block_and_mark_of_the_page_is_seen() -> None:
    page = PAGE.read_text("utf-8")
    found = blocks(page)
    assert len(found) == page.count("```sh\n")
    assert sum(len(block.says) for block in found) == page.count("<!-- says:")
    assert sorted(block.exit_code for block in found)[-3:] == [1, 2, 2]


def test_blocks_are_read_with_their_marks() -> None:
    page = "Text.\n\n<!-- exit: 1 -->\n<!-- says: no -->\n```sh\nfalse\n```\n\n```sh\ntrue\n```\n```json\n{}\n```\n"
    assert blocks(page) == [Block(6, "false\n", 1, ("no",)), Block(10, "true\n", 0, ())]


def test_links_of_the_page_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE.read_text("utf-8")):
        assert (PAGE.parent / target).is_file(), target
