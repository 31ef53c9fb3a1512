"""Where a browser is required, as in CI, its absence fails and is not passed over in silence."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

import tests.browser


@pytest.mark.parametrize(
    ("required", "outcome"), [("1", pytest.fail.Exception), ("", pytest.skip.Exception)], ids=["yes", "no"]
)
def test_a_missing_browser(
    required: str, outcome: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINCITE_CHROMIUM", str(tmp_path / "none"))
    monkeypatch.setenv("PINCITE_REQUIRE_BROWSER", required)
    # Read anew: what it found in the environment of this run is the run's.
    spec = importlib.util.spec_from_file_location("browser_read_anew", tests.browser.__file__)
    assert spec and spec.loader
    anew = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(anew)
    with pytest.raises(outcome) as caught, anew.launched():
        raise AssertionError("there was a browser")
    assert f"there is no Chromium at {tmp_path / 'none'}" in str(caught.value)
    assert str(caught.value).startswith("PINCITE_REQUIRE_BROWSER=1, but ") is bool(required)
