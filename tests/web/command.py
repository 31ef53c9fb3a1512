"""The `pincite` command for tests: in this process where the model is costly, as a real process where that matters."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

from click.testing import CliRunner, Result

from web.cli import main

PROGRAM = Path(sys.executable).with_name("pincite")


def run(*arguments: object, env: dict[str, str] | None = None) -> Result:
    """A command in this process: a Result with `exit_code`, `stdout` and `stderr`. An unforeseen error is raised."""
    result = CliRunner(env=env).invoke(main, [str(argument) for argument in arguments], prog_name="pincite")
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert "Traceback" not in result.stderr
    return result


def run_json(*arguments: object) -> Any:
    """What a command that succeeds prints with --json: one line, and nothing on stderr."""
    result = run(*arguments, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.count("\n") == 1
    return json.loads(result.stdout)


def start(*arguments: object, stdout: int | IO[bytes] = subprocess.PIPE, stderr: int = subprocess.PIPE,
          env: dict[str, str] | None = None, cwd: Path | None = None,
          program: Path = PROGRAM) -> subprocess.Popen[bytes]:  # fmt: skip
    """The command as a process of its own, in which a warning is an error."""
    return subprocess.Popen(
        [program, *map(str, arguments)],
        stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, cwd=cwd,
        env={**os.environ, "PYTHONWARNINGS": "error", **(env or {})},
        # A shell starts what it puts in the background with Ctrl-C ignored, and its children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def finish(process: subprocess.Popen[bytes], timeout_s: float = 300) -> tuple[int, str, str]:
    """The exit code, stdout and stderr of a process that ends by itself."""
    try:
        out, said = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return process.returncode, (out or b"").decode(), (said or b"").decode()
