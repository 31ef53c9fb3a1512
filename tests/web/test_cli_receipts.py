"""`ask --receipt`, `ask --format` and `verify`: what is filed, and whether it holds later."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import docx
import pytest

from qa import PACK_FORMATS
from tests.web.command import finish, run, start
from web.commands.ask import Forms

TOLD = "The inspectors found that thresholds were applied inconsistently by the town's social workers."
OTHER = "The mayor apologised to families at the meeting in March and promised new leadership."
QUESTION = "Why were thresholds applied inconsistently?"


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A folder, its index, and a receipt."""
    base = tmp_path_factory.mktemp("receipts")
    docs, data, receipt = base / "docs", base / "data", base / "receipt.json"
    docs.mkdir()
    (docs / "a.txt").write_text(f"Findings\n\n{TOLD}\n")
    (docs / "b.txt").write_text(f"Apology\n\n{OTHER}\n")
    assert run("index", docs, "--data", data).exit_code == 0
    told = run("ask", QUESTION, "--document", "a.txt", "--receipt", receipt, "--data", data)
    assert told.exit_code == 0 and f"wrote {receipt}" in told.stderr and TOLD in told.stdout
    assert list(base.glob(".*")) == []
    return docs, data, receipt


def _verified(receipt: Path, data: Path) -> tuple[int, dict[str, object]]:
    result = run("verify", receipt, "--json", "--data", data)
    told: dict[str, object] = json.loads(result.stdout)
    return result.exit_code, told


def test_it_holds_until_something_changes(filed: tuple[Path, Path, Path], tmp_path: Path) -> None:
    docs, data, receipt = filed
    code, told = _verified(receipt, data)
    assert (code, told["same"], told["since"]) == (0, True, [])
    shown = run("verify", receipt, "--data", data)
    assert (
        "the answer would be the same today" in shown.stdout and "1 of 1 receipts hold today" in shown.stderr
    )

    altered = tmp_path / "altered.json"
    altered.write_text(receipt.read_text().replace('"confidence": 0.', '"confidence": 0.0'))
    result = run("verify", altered, "--data", data)
    assert result.exit_code == 1 and "RECEIPT ALTERED" in result.stdout

    (docs / "b.txt").write_text(f"Apology\n\nToday. {OTHER}\n")  # another document: the answer stays
    assert run("index", docs, "--data", data).exit_code == 0
    code, told = _verified(receipt, data)
    assert (code, told["same"]) == (0, True) and any("generation" in one for one in told["since"])  # type: ignore[attr-defined]

    for text, status, same in (
        (f"Findings\n\nMore.\n\n{TOLD}\n", "moved", True),
        (f"Findings\n\n{TOLD.replace('were', 'were not')}\n", "changed", False),
        ("Findings\n\nNothing of the kind is said in this edition of the report.\n", "gone", False),
    ):
        (docs / "a.txt").write_text(text)
        assert run("index", docs, "--data", data).exit_code == 0
        code, told = _verified(receipt, data)
        assert [quote["status"] for quote in told["quotes"]] == [status]  # type: ignore[attr-defined]
        assert code == 1 and told["same"] is False
        assert told["answer"]["same"] is same, status  # type: ignore[index]

    (docs / "a.txt").unlink()
    assert run("index", docs, "--prune", "--data", data).exit_code == 0
    code, told = _verified(receipt, data)
    assert code == 1 and [quote["status"] for quote in told["quotes"]] == ["document_gone"]  # type: ignore[attr-defined]
    shown = run("verify", receipt, "--data", data)
    assert "the answer would be ANOTHER today" in shown.stdout and "no longer quoted: a.txt" in shown.stdout


def test_a_file_of_questions_gives_a_line_each(casebook: Path, tmp_path: Path) -> None:
    questions, receipt = tmp_path / "q.jsonl", tmp_path / "r.jsonl"
    questions.write_text(
        '{"id": "q1", "question": "Why were thresholds inconsistent?"}\nno json\n'
        '{"id": "q2", "question": "Which penguins live at the south pole?"}\n'
    )
    told = run("ask", "--questions", questions, "--json", "--receipt", receipt, "--data", casebook)
    assert told.exit_code == 1  # the line that is none
    lines = [json.loads(line) for line in receipt.read_text().splitlines()]
    assert [(line["id"], line["status"] == "not_in_documents") for line in lines] == [
        ("q1", False),
        ("q2", True),
    ]
    assert "2 of 2 receipts hold today" in run("verify", receipt, "--data", casebook).stderr


def test_what_is_no_receipt(casebook: Path, tmp_path: Path) -> None:
    for contents, why in (('{"receipt": 1}', "no whole receipt"), ('{"receipt": 99}', "version 99")):
        (tmp_path / "x.json").write_text(contents)
        result = run("verify", tmp_path / "x.json", "--data", casebook)
        assert result.exit_code == 2 and "x.json:1" in result.stderr and why in result.stderr


@pytest.mark.parametrize("form", PACK_FORMATS)
def test_an_evidence_pack(casebook: Path, tmp_path: Path, form: str, pincite: Path) -> None:
    output = tmp_path / f"pack.{form}"
    arguments = ("ask", "Why were thresholds inconsistent?", "--format", form, "--data", casebook)
    assert run(*arguments, "-o", output).stdout == ""
    written = output.read_bytes()
    if form == "docx":
        styles = [p.style.name for p in docx.Document(BytesIO(written)).paragraphs if p.style]
        assert "Intense Quote" in styles
        code, _, said = finish(start(*arguments, "--output", tmp_path / "again.docx", program=pincite))
        assert code == 0, said
    else:
        printed = run(*arguments).stdout
        assert (
            "Context, not quoted" in printed and "sha256" in printed and printed[:40] == written.decode()[:40]
        )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--format", "md", "--json"], "leave --json and --cite out"),
        (["--format", "md", "--cite", "apa"], "leave --json and --cite out"),
        (["--output", "x.md"], "say which with --format"),
        (["--format", "pdf"], "docx"),
        (["--receipt", "none/such/r.json"], "is no folder"),
        (["--format", "md", "--output", "none/such/r.md"], "is no folder"),
    ],
)
def test_misuse(casebook: Path, options: list[str], told: str) -> None:
    result = run("ask", QUESTION, *options, "--data", casebook)
    assert result.exit_code == 2 and told in result.stderr and result.stdout == ""


def test_the_option_names_the_forms_there_are() -> None:
    assert tuple(Forms().choices) == PACK_FORMATS
