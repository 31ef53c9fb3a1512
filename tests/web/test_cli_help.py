"""What `pincite` says of itself, and that it says so at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.web.command import finish, run, start
from web.cli import main

COMMANDS = [
    "index",
    "documents",
    "remove",
    "search",
    "ask",
    "matrix",
    "verify",
    "show",
    "check",
    "serve",
    "eval",
    "compare",
    "questions",
    "calibrate",
    "adapt",
    "feedback",
]
HEAVY = (
    "torch",
    "faiss",
    "numpy",
    "flask",
    "sentence_transformers",
    "tantivy",
    "sklearn",
    "gunicorn",
    "tqdm",
)


def test_the_commands_are_those_of_the_contract_in_the_order_of_use() -> None:
    listed = [
        line.split()[0]
        for line in run("--help").stdout.partition("Commands:")[2].splitlines()[1 : 1 + len(COMMANDS)]
    ]
    assert listed == COMMANDS == list(main.commands)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0 and result.stderr == ""
    assert result.stdout.startswith(f"Usage: pincite {command} ")
    # compare reads two files and no index.
    assert command == "compare" or (
        "--data DIR" in result.stdout and "PINCITE_DATA" in result.stdout and "--store URL" in result.stdout
    )
    assert "..." not in run("--help").stdout.partition("Commands:")[2].partition("Examples")[0], (
        "no cut sentence"
    )


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom web.cli import main\n"
        f"for arguments in (['--help'], ['--version'], *([name, '--help'] for name in {COMMANDS})):\n"
        "    main(arguments, standalone_mode=False)\n"
        f"    loaded = [name for name in {HEAVY} if name in sys.modules]\n"
        "    assert not loaded, (arguments, loaded)\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_installed_command_answers() -> None:
    code, out, said = finish(start("--help"))
    assert (code, said) == (0, "") and out.startswith("Usage: pincite [OPTIONS] COMMAND")


@pytest.mark.parametrize(
    "arguments", [["nosuch"], ["documents", "--bogus"], ["index"], ["remove"], ["show"], ["eval"]]
)
def test_misuse_is_exit_2_with_the_usage(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2 and result.stdout == "" and "--help" in result.stderr
