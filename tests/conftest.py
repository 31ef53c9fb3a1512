"""What all tests share: an environment without our variables or a network, and one index of the sample corpus."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import launched
from tests.forking import forked_command

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> Iterator[None]:
    """No PINCITE_ variable of whoever runs the tests, and no model fetched: a test that needs either sets it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PINCITE_")]:
            patch.delenv(name)
        for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
            patch.setenv(name, "1")
        yield


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of the sample corpus."""
    return ROOT / "eval" / "corpus"


@pytest.fixture(scope="session")
def casebook(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the sample corpus, made once with the real model. To be read; a test that writes copies it."""
    from index import TransformerEmbedder, index_paths, open_store

    folder = tmp_path_factory.mktemp("casebook") / "data"
    store = open_store(folder, create=True)
    try:
        summary = index_paths(store, TransformerEmbedder(), [corpus])
    finally:
        store.close()
    assert summary.added and not summary.failed, summary.failed
    return folder


@pytest.fixture(scope="session")
def pincite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The command as a program that starts at once (see tests/forking.py), for scripts that call it many times."""
    with forked_command(tmp_path_factory.mktemp("forking")) as program:
        yield program


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; where there is none the tests that want it say so (see tests/browser.py)."""
    with launched() as running:
        yield running
