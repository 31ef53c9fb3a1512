"""The bench of differences: each pair once, with its sources; misuse in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.bench.differences import main


def test_each_pair_once(casebook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["When was PwC appointed to inspect Tower Hamlets?"] * 2 + ["Why were thresholds inconsistent?"]
    questions = tmp_path / "set.jsonl"
    blank = {"type": "factoid", "answerable": False, "reference": "", "facts": []}
    questions.write_text(
        "".join(json.dumps({"id": f"q{n}", "question": text, **blank}) + "\n" for n, text in enumerate(asked))
    )
    assert main([str(questions), "--data", str(casebook)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "q0: date" and len(told) == 4
    assert told[1].startswith("    government-commissioners.txt [4 April 2014] On 4 April 2014 ")
    assert told[2].startswith("    law-2017-why-ofsted.md [May 2014] ")
    assert told[3].startswith("1 pairs in 2 of 3 answers; ")


def test_no_index(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval/sets/casebook.jsonl", "--data", str(tmp_path)]) == 2
    assert "pincite index" in capsys.readouterr().err
