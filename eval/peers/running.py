"""One peer's run: texts and questions to its environment, its hits back as a run file."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from eval.peers.environments import HERE, PeerError, last_words

if TYPE_CHECKING:
    from eval.engines import Texts

NAMES = ("txtai", "haystack", "llamaindex", "langchain", "haiku_rag")
"""The peers there are adapters for, by the names of their files."""

RUN_S = 3600

_QUIET = {
    # No model is looked for on the network, and nothing is told to anybody: the documents may be confidential.
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "DO_NOT_TRACK": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
}


class Run(NamedTuple):
    """A run file, how long it took with indexing and loading, and the versions of what made it."""

    path: Path
    seconds: float
    versions: dict[str, str]


def write_texts(corpus: Texts, path: Path) -> None:
    """The texts of an index in the BEIR layout: every peer gets the very characters that offsets refer to."""
    with path.open("w", encoding="utf-8") as file:
        for info in corpus.documents():
            record = {"_id": info.source_id, "text": corpus.document(info.doc_id).text}
            file.write(json.dumps(record) + "\n")


def write_questions(questions: Iterable[tuple[str, str]], path: Path) -> None:
    """Ids and questions, one a line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps({"id": name, "question": text}) + "\n" for name, text in questions)


def run_peer(name: str, python: Path, texts: Path, questions: Path, model: Path, k: int, out: Path) -> Run:
    """Run a peer's adapter in its environment. PeerError with its last words if it fails."""
    command = [
        # -I: no PYTHON* variable, no user's packages, and not this folder, whose names are those of packages.
        str(python), "-I", str(HERE / "drive.py"), str(HERE / "adapters" / f"{name}.py"),
        "--documents", str(texts), "--questions", str(questions), "--model", str(model), "-k", str(k),
    ]  # fmt: skip
    start = time.perf_counter()
    try:
        with out.open("w", encoding="utf-8") as file:
            done = subprocess.run(
                command, stdout=file, stderr=subprocess.PIPE, text=True, timeout=RUN_S, check=False,
                cwd=out.parent, env={**os.environ, **_QUIET},
            )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PeerError(f"{name} could not be run: {error}") from error
    if done.returncode:
        raise PeerError(f"{name} failed: {last_words(done.stderr)}")
    return Run(out, round(time.perf_counter() - start, 1), versions_in(done.stderr))


def versions_in(stderr: str) -> dict[str, str]:
    r"""The versions that drive.py tells on its last line.

    >>> versions_in('Loading...\n{"versions": {"txtai": "9"}}\n')
    {'txtai': '9'}
    """
    try:
        return dict(json.loads(stderr.strip().splitlines()[-1])["versions"])
    except (IndexError, KeyError, TypeError, ValueError):
        return {}
