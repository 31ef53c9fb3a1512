"""Where a browser is required, as in CI, its absence fails and is not passed over in silence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEST = "tests/eval/test_report_browser.py"


@pytest.mark.parametrize(("required", "outcome"), [("1", "1 error"), ("", "1 skipped")])
def test_a_missing_browser(required: str, outcome: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-k", "320-light", "-p", "no:cacheprovider", TEST],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PINCITE_CHROMIUM": str(tmp_path / "none"), "PINCITE_REQUIRE_BROWSER": required},
    )  # fmt: skip
    assert outcome in done.stdout.splitlines()[-1], done.stdout
    assert f"there is no Chromium at {tmp_path / 'none'}" in done.stdout
    assert done.returncode == (1 if required else 0)
