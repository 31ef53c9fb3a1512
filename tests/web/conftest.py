"""An app on the stand-in service, and the same app behind the real server on a free port of loopback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient

import web.app
from tests.web.standin import StandIn
from web.app import WebConfig, create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(web.app.__file__).parents[1]
EXAMPLE = "Why were thresholds inconsistent?"

SERVE = '''
import sys, tempfile, threading, time
from pathlib import Path
from web.adding import AddingConfig
from web.feedback import Feedback
from web.app import WebConfig, create_app
from web.jobs import Jobs
from web.server import serve
from tests.web.standin import StandIn

# In place of `pincite index`, which takes its time: a moment of work, then what it would say.
INDEX = """
import json, time
time.sleep(2.5)
print(json.dumps({"added": ["uploads/a.txt"], "changed": [], "removed": [], "skipped": [], "notes": [],
                  "failed": [{"file": "/data/added/uploads/b.pdf", "line": None, "error": "is not a PDF <b>x</b>"}]}))
"""

class Slow(StandIn):
    begun, three = threading.Event(), threading.Barrier(3)

    def search(self, question, **more):
        if "slowly" in question:
            self.begun.set()
            time.sleep(1.5)
        if "begun" in question and not self.begun.wait(60):
            raise TimeoutError("nothing was asked slowly")
        if "together" in question:
            self.three.wait(60)
        return super().search(question, **more)

def make():
    folder = Path(tempfile.mkdtemp())
    adding = AddingConfig("write-write-write", folder / "added", str(folder))
    app = create_app(Slow(), WebConfig(adding=adding, feedback=Feedback(folder / "feedback.db")))
    app.extensions["pincite-jobs"] = Jobs("", command=[sys.executable, "-c", INDEX])
    return app

serve(make, "127.0.0.1", int(sys.argv[1]))
'''


def without_ours(page: str) -> str:
    """A page without the one script that every page has, from our own static files; a second one stays."""
    return re.sub(r'<script src="/static/pincite\.js\?v=[0-9a-f]{8}" defer></script>\n', "", page, count=1)


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
        _, said = self.process.communicate(timeout=120)
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


@pytest.fixture
def scripted(browser: Browser, served: Served) -> Iterator[Page]:
    """A page of a browser with JavaScript, that may write to the clipboard; nothing may go wrong in it."""
    context = browser.new_context(viewport={"width": 768, "height": 600})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=served.url)
    context.set_default_timeout(30_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda told: wrong.append(told.text) if "Content Security" in told.text else None)
    page.goto(served.url)
    yield page
    context.close()
    assert not wrong, "no error, no dialog, nothing that the policy had to stop"
