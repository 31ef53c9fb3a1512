"""`pincite verify`: a quotation is followed through editions of its document, and a change is never called a move."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.web.command import run, run_json

TOLD = "The inspectors found that thresholds were applied inconsistently by the town's social workers."


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A folder, its index, and an answer from it."""
    base = tmp_path_factory.mktemp("verify")
    docs, data, answer = base / "docs", base / "data", base / "answer.json"
    docs.mkdir()
    (docs / "a.txt").write_text(f"Findings\n\n{TOLD}\n")
    assert run("index", docs, "--data", data).exit_code == 0
    answer.write_text(
        run("ask", "Why were thresholds applied inconsistently?", "--json", "--data", data).stdout
    )
    assert [quote["text"] for quote in json.loads(answer.read_text())["quotes"]] == [TOLD]
    return docs, data, answer


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        (f"Findings\n\n{TOLD}\n", "same", 0),
        (f"Findings\n\nA new paragraph.\n\n{TOLD}\n", "moved", 0),
        (f"Findings\n\n{TOLD.replace('town', 'city')}\n", "changed", 1),
        (f"Findings\n\n{TOLD.replace('were', 'were not')}\n", "changed", 1),
        ("Findings\n\nNothing of the kind is said in this edition of the report.\n", "gone", 1),
    ],
)
def test_where_a_quotation_is_in_a_later_edition(
    answered: tuple[Path, Path, Path], text: str, status: str, code: int
) -> None:
    docs, data, answer = answered
    (docs / "a.txt").write_text(text)
    assert run("index", docs, "--data", data).exit_code == 0
    result = run("verify", answer, "--json", "--data", data)
    (quote,) = json.loads(result.stdout)["quotes"]
    assert (quote["status"], result.exit_code) == (status, code)
    shown = run("show", "a.txt", "--text", "--data", data).stdout
    if code == 0:
        assert shown[quote["start"] : quote["end"]] == TOLD
    assert f"{1 - code} of 1 quotations stand" in result.stderr


def test_a_document_that_is_gone(answered: tuple[Path, Path, Path], tmp_path: Path) -> None:
    _, _, answer = answered
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.txt").write_text("Something else.")
    assert run("index", other, "--data", tmp_path / "data").exit_code == 0
    result = run("verify", answer, "--data", tmp_path / "data")
    assert result.exit_code == 1 and "DOCUMENT GONE" in result.stdout


@pytest.mark.parametrize(
    "text", ["no json", "[]", '{"question": "x"}', '{"question": "x", "quotes": [{}], "citations": []}']
)
def test_what_is_no_answer(answered: tuple[Path, Path, Path], tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(f"\n{text}\n")
    result = run("verify", tmp_path / "x.json", "--data", answered[1])
    assert result.exit_code == 2 and "x.json:2 is no answer of pincite ask --json" in result.stderr


def test_selectors_are_those_of_the_standard(answered: tuple[Path, Path, Path]) -> None:
    result = run_json("ask", "Why were thresholds applied inconsistently?", "--data", answered[1])
    for place in (*result["citations"], *result["quotes"]):
        quote, position = place["selector"]
        assert (quote["type"], position["type"]) == ("TextQuoteSelector", "TextPositionSelector")
        assert quote["exact"] == place["text"]
        assert (position["start"], position["end"]) == (place["start"], place["end"])


def test_the_same_file_under_another_name(tmp_path: Path) -> None:
    """The name that an answer cites is deleted, and a copy of the file stays."""
    docs, data, answer = tmp_path / "docs", tmp_path / "data", tmp_path / "answer.json"
    docs.mkdir()
    for name in ("a.txt", "b.txt"):
        (docs / name).write_text(f"Findings\n\n{TOLD}\n")
    assert run("index", docs, "--data", data).exit_code == 0
    answer.write_text(
        run("ask", "Why were thresholds applied inconsistently?", "--json", "--data", data).stdout
    )
    (docs / "a.txt").unlink()
    assert run("index", docs, "--prune", "--data", data).exit_code == 0
    result = run("verify", answer, "--json", "--data", data)
    (quote,) = json.loads(result.stdout)["quotes"]
    assert (quote["source_id"], quote["status"], result.exit_code) == ("b.txt", "same", 0)
