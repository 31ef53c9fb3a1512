"""pincite questions draft and lint: what they print, what they write, and their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval import read_questions
from tests.web.command import run

CASEBOOK_SET = Path(__file__).parents[2] / "eval" / "sets" / "casebook.jsonl"
GOOD = """\
- question: At what age does leaving a child with somebody else stop being private fostering?
  must_cite:
    - quote: the child is under 16, or under 18 if disabled;
      keys: ["16"]
- question: What did the swans of Hackney cost?
  must_refuse: true
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "set.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_draft_goes_to_stdout_and_is_the_same_each_time(casebook: Path, tmp_path: Path) -> None:
    first, second = (run("questions", "draft", "-n", "6", "--data", casebook) for _ in range(2))
    assert first.exit_code == 0 and first.stdout == second.stdout and first.stderr == ""
    assert first.stdout.startswith("# 6 questions drafted by pincite from 14 documents (seed 0)")
    accepted = write(tmp_path, first.stdout.replace("  draft: true\n", ""))
    assert len(read_questions(accepted)) == 6
    other = run("questions", "draft", "-n", "6", "--seed", "1", "--data", casebook)
    assert other.stdout != first.stdout


def test_a_draft_is_written_once_and_never_over_what_was_corrected(casebook: Path, tmp_path: Path) -> None:
    file = tmp_path / "set.yaml"
    result = run("questions", "draft", "-o", file, "--data", casebook)
    assert result.exit_code == 0 and result.stdout == ""
    assert f'{file} holds 20 drafts; correct each and delete its "draft: true"' in result.stderr
    written = file.read_text("utf-8")
    again = run("questions", "draft", "-o", file, "--data", casebook)
    assert again.exit_code == 2 and "exists and may have been corrected" in again.stderr
    assert file.read_text("utf-8") == written


def test_fewer_than_asked_for_is_said(casebook: Path) -> None:
    result = run("questions", "draft", "-n", "1000", "--data", casebook)
    count = result.stdout.count("- question: ")
    assert result.exit_code == 0 and 40 < count < 1000
    assert f"the documents gave {count} questions, not 1000" in result.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["-n", "0"], "-n"),
        (["-n", "1001"], "-n"),
        (["-o", "set.jsonl"], "would not be read as YAML; call it .yaml"),
        (["-o", "nowhere/set.yaml"], "is not in a folder that exists"),
    ],
)
def test_a_draft_that_cannot_be_is_misuse(casebook: Path, options: list[str], says: str) -> None:
    result = run("questions", "draft", *options, "--data", casebook)
    assert result.exit_code == 2 and says in result.stderr and result.stdout == ""


def test_without_an_index_both_say_so(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    for command in (["draft"], ["lint", path]):
        result = run("questions", *command, "--data", tmp_path / "none")
        assert result.exit_code == 2 and "pincite index" in result.stderr


def test_a_clean_set_is_clean(casebook: Path, tmp_path: Path) -> None:
    for path, count in ((write(tmp_path, GOOD), 2), (CASEBOOK_SET, 93)):
        result = run("questions", "lint", path, "--data", casebook)
        assert (result.exit_code, result.stdout) == (0, "")
        assert f"{path}: {count} questions, 0 drafts, 0 errors, 0 warnings" in result.stderr


def test_warnings_alone_are_no_failure(casebook: Path, tmp_path: Path) -> None:
    path = write(tmp_path, GOOD + "- question: Which zoo?\n  draft: true\n")
    result = run("questions", "lint", path, "--data", casebook)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{path}:7: warning: 1 draft is left, on line 7, and not counted")
    assert result.stdout.endswith("[draft]\n")


def test_errors_name_file_and_line_and_fail(casebook: Path, tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("under 16", "under 61") + "- question: Which zoo?\n  must_site: a\n")
    result = run("questions", "lint", path, "--data", casebook)
    assert result.exit_code == 1
    vanished, unknown = result.stdout.splitlines()
    assert vanished.startswith(f"{path}:3: error: at-what-age-does-leaving-a-")
    assert (
        "no document holds the quote" in vanished and "nearest, in charity-private-fostering.md" in vanished
    )
    assert unknown.startswith(f'{path}:8: error: unknown field "must_site"; did you mean "must_cite"?')

    as_json = run("questions", "lint", path, "--json", "--data", casebook)
    payload = json.loads(as_json.stdout)
    assert as_json.exit_code == 1 and as_json.stderr == ""
    assert (payload["questions"], payload["drafts"], payload["errors"], payload["warnings"]) == (2, 0, 2, 0)
    assert [set(finding) for finding in payload["findings"]] == [
        {"severity", "rule", "message", "question_id", "line"}
    ] * 2
    assert [(f["rule"], f["line"]) for f in payload["findings"]] == [("unverifiable", 3), ("unreadable", 8)]


def test_no_file_is_misuse(casebook: Path, tmp_path: Path) -> None:
    result = run("questions", "lint", tmp_path / "none.yaml", "--data", casebook)
    assert result.exit_code == 2 and "no such file" in result.stderr


def test_help_names_both() -> None:
    result = run("questions", "--help")
    assert result.exit_code == 0 and "  draft  " in result.stdout and "  lint  " in result.stdout
    for command in ("draft", "lint"):
        result = run("questions", command, "--help")
        assert result.exit_code == 0 and "--data DIR" in result.stdout and result.stderr == ""
