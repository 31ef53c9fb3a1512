"""An app on the stand-in service, and the same app behind the real server on a free port of loopback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import web.app
from tests.web.standin import StandIn
from web.app import WebConfig, create_app

ROOT = Path(web.app.__file__).parents[1]
EXAMPLE = "Why were thresholds inconsistent?"

SERVE = """
import sys, tempfile, time
from pathlib import Path
from web.adding import AddingConfig
from web.feedback import Feedback
from web.app import WebConfig, create_app
from web.server import serve
from tests.web.standin import StandIn

class Slow(StandIn):
    def search(self, question, **more):
        time.sleep(1.5 if "slowly" in question else 0)
        return super().search(question, **more)

def make():
    folder = Path(tempfile.mkdtemp())
    adding = AddingConfig("write-write-write", folder / "added", str(folder))
    return create_app(Slow(), WebConfig(adding=adding, feedback=Feedback(folder / "feedback.db")))

serve(make, "127.0.0.1", int(sys.argv[1]))
"""


@pytest.fixture
def app() -> Flask:
    return create_app(StandIn(), WebConfig(examples=(EXAMPLE,)))  # type: ignore[arg-type]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Served:
    """A server process and the address that it names on stderr."""

    def __init__(self, script: str = SERVE, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", script, *(arguments or ("0",))],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        self.first_line = self.process.stderr.readline()
        match = re.search(r"http://\S+", self.first_line)
        self.url = match.group() if match else ""

    def stop(self, how: int = signal.SIGTERM) -> tuple[int, str]:
        """The exit code and what else was said."""
        self.process.send_signal(how)
        return self.wait()

    def wait(self) -> tuple[int, str]:
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A server that a module's tests share; starting and stopping one takes seconds."""
    server = Served()
    yield server
    server.stop()


@pytest.fixture
def stoppable() -> Iterator[Served]:
    """A server of the test's own."""
    server = Served()
    yield server
    if server.process.poll() is None:
        server.stop()
