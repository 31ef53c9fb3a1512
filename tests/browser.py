"""A real Chromium for tests, or the reason why there is none.

A test is skipped with that reason, unless PINCITE_REQUIRE_BROWSER=1: then it fails, as it has to in CI.
PINCITE_CHROMIUM names the program where it is not on the path.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Read before the tests take all PINCITE_ variables out of the environment.
CHROMIUM = os.environ.get("PINCITE_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
REQUIRED = os.environ.get("PINCITE_REQUIRE_BROWSER") == "1"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def missing(reason: str) -> NoReturn:
    """End the test: skipped, or failed where a browser is required."""
    if REQUIRED:
        pytest.fail(f"PINCITE_REQUIRE_BROWSER=1, but {reason}")
    pytest.skip(reason)


def need(*modules: str) -> None:
    """End the test as `missing` does if one of these cannot be imported."""
    for module in modules:
        if find_spec(module) is None:
            missing(f"{module} is not installed (pip install {module})")


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser without a window, closed afterwards."""
    need("playwright")
    if not Path(CHROMIUM).exists():
        missing(f"there is no Chromium at {CHROMIUM} (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
