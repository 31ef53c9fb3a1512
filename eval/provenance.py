"""What a run was made with: code, versions, model, settings. All of it the same when the run is repeated."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.instruments import sha256
from eval.questions import Question

if TYPE_CHECKING:
    from eval.engines import Engine

_PACKAGES = ("index", "qa", "eval")
_LIBRARIES = ("faiss-cpu", "numpy", "pincite", "sentence-transformers", "tantivy", "torch")
"""Libraries that can change what is found, in place of a list of all."""
_ENGINE = (
    "engine", "version", "model", "model_fingerprint", "passage_tokens", "splitter", "late",
    "late_fingerprint", "reranker", "reranker_fingerprint",
)  # fmt: skip
"""What of an answer's receipt is told. Not its `generation`, which counts how often an index was written to."""
_UNMEASURED = ("reference", "note")


def provenance_of(service: Engine, receipt: Mapping[str, Any]) -> dict[str, Any]:
    """What made the answers, from a service and the receipt of one of its answers."""
    return {
        "engine": {name: receipt[name] for name in _ENGINE if name in receipt},
        "service": settings_of(service),
        "code": {"sha256": code_hash()},
        "versions": versions(),
    }


def settings_of(service: Engine) -> dict[str, Any]:
    """The settings by which a service retrieves, quotes and judges; empty for one that does not tell."""
    settings = getattr(service, "settings", None) or getattr(service, "_settings", None)
    if is_dataclass(settings) and not isinstance(settings, type):
        # As a file gives it back, so that a run in memory and the same run read are alike.
        return dict(json.loads(json.dumps(asdict(settings))))
    return dict(settings) if isinstance(settings, Mapping) else {}


@cache
def code_hash() -> str:
    """The hash of Pincite's own code: every Python file of what indexes, answers and measures."""
    root = Path(__file__).resolve().parents[1]
    files = sorted(path for package in _PACKAGES for path in (root / package).rglob("*.py"))
    return sha256(
        [
            # Line ends are those of whoever checked the code out.
            [
                path.relative_to(root).as_posix(),
                hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest(),
            ]
            for path in files
        ]
    )


@cache
def versions() -> dict[str, str]:
    """The versions of Python and of the libraries that can change a result."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def identity_of(questions: Sequence[Question]) -> dict[str, Any]:
    """How many questions a set has, and a hash of all in them that is measured.

    Notes may be edited and new kinds of expectation invented without making a baseline worthless: what is
    not measured is left out, and so is what a question does not use.
    """
    defaults = {field.name: field.default for field in fields(Question)}
    told = [
        {
            name: value
            for name, value in asdict(question).items()
            if name not in _UNMEASURED and value != defaults[name]
        }
        for question in questions
    ]
    return {"count": len(questions), "sha256": sha256(told)}
