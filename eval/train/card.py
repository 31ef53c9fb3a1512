"""What is told of a trained model: metrics.json, a model card, and a manifest of hashes that loading checks."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.provenance import versions
from eval.train.asking import KINDS
from eval.train.groups import Group
from eval.train.loop import Outcome, Training
from index import TransformerEmbedder
from qa import seal_reranker

LICENCES = {
    "nq": "Natural Questions through google-research-datasets/QED and nelson-liu/lost-in-the-middle, CC BY-SA 3.0",
    "squad2_dev": "SQuAD 2.0 dev through chrischute/squad, CC BY-SA 4.0",
    "conditionalqa_govuk": "haitian-sun/ConditionalQA, BSD-2-Clause; GOV.UK text, OGL 3.0",
    "medquad": "abachaa/MedQuAD, CC BY 4.0",
    "selqa": "emorynlp/selqa, Apache-2.0",
    "covid_qa": "deepset-ai/COVID-QA, Apache-2.0",
    "policyqa": "wasiahmad/PolicyQA, MIT",
    "clapnq_dev": "primeqa/clapnq, Apache-2.0",
}
"""Sources and licences of the collections that we train on, as their repositories were understood."""

_DRAWN = "made from the documents of an index, on its machine"


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe(
    folder: Path, *, base: Path, data: Path, taught: Sequence[Group], left_out: Sequence[str],
    kept_apart: Sequence[Group], training: Training, outcome: Outcome, name: str, threads: int, half: bool,
) -> None:  # fmt: skip
    """Writes metrics.json, README.md and, last, the manifest into a model folder that is otherwise whole."""
    facts: dict[str, Any] = {
        "name": name,
        "base": {"folder": base.name, "sha256": sha256(base / "model.safetensors")},
        "data": _data_of([data], taught, left_out) | {"kept_apart": len(kept_apart)},
        "training": {**asdict(training), "threads": threads, "half": half},
        "steps": len(outcome.losses),
        "kept_after_step": outcome.kept,
        "loss": {
            "first": _mean(outcome.losses[:20]),
            "last": _mean(outcome.losses[-20:]),
        },
        "curve": list(outcome.curve),
        "cpu_s": outcome.cpu_s,
        "environment": {**versions(), "machine": platform.machine(), "cores": os.cpu_count()},
        "losses": list(outcome.losses),
    }
    (folder / "metrics.json").write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    (folder / "README.md").write_text(_card(facts), "utf-8")
    seal_reranker(folder, name)


def describe_head(
    folder: Path, *, name: str, embedder: TransformerEmbedder, data: Sequence[Path], taught: Sequence[Group],
    left_out: Sequence[str], training: dict[str, Any], measured: dict[str, Any], cpu_s: float,
) -> None:  # fmt: skip
    """The same for a head of late interaction, from one file of groups or more.

    `measured` is what was found on groups kept apart.
    """
    facts: dict[str, Any] = {
        "name": name,
        "base": {"model": Path(embedder.name).name, "sha256": embedder.fingerprint},
        "data": _data_of(data, taught, left_out),
        "training": training,
        "measured": measured,
        "cpu_s": cpu_s,
        "environment": {**versions(), "machine": platform.machine(), "cores": os.cpu_count()},
    }
    (folder / "metrics.json").write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    settings = ", ".join(f"{setting} {value}" for setting, value in training.items())
    before, after = measured["before"], measured["after"]
    validated = (
        "Mean reciprocal rank of the positive among its negatives, on groups of the collections left out:"
        f" {before['mrr']} before\ntraining and {after['mrr']} after ({after['by_collection']})."
        if after["by_collection"]
        else "It was validated on nothing: no collection was left out."
    )
    (folder / "README.md").write_text(
        f"""# {name}: a head of late interaction of Pincite

Compares a question with passages token by token: vectors of the tokens of {facts["base"]["model"]} (weights with sha256
`{embedder.fingerprint}`), projected and compared by MaxSim. It orders passages. It does not tell whether a question
can be answered.

Use: `pincite search QUESTION --reranker FOLDER`, on an index of that model.

## Data

{_table_of(facts["data"])}

## Training

{settings}; {round(cpu_s)} s of CPU time. The model itself was not changed.

{validated}

Made with {_told(facts["environment"])}. The same command on the same machine gives the same weights.
""",
        "utf-8",
    )
    seal_reranker(folder, name)


def _data_of(data: Sequence[Path], taught: Sequence[Group], left_out: Sequence[str]) -> dict[str, Any]:
    return {
        "files": [{"file": file.name, "sha256": sha256(file)} for file in data],
        "groups": dict(sorted(Counter(group.collection for group in taught).items())),
        "pairs": sum(len(group.passages) for group in taught),
        "without": sorted(left_out),
    }


def _table_of(data: dict[str, Any]) -> str:
    rows = "\n".join(
        f"| {name} | {n} | {LICENCES.get(name, _DRAWN if name in KINDS else 'not known')} |"
        for name, n in data["groups"].items()
    )
    files = " and ".join(f"{file['file']} (sha256 `{file['sha256']}`)" for file in data["files"])
    return f"""{data["pairs"]} pairs from {files}, of these groups:

| collection | groups | source and licence |
|---|---|---|
{rows}

Not trained on: {", ".join(data["without"]) or "no collection was left out"}."""


def _told(named: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in named.items())


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / max(1, len(values)), 4)


def _card(facts: dict[str, Any]) -> str:
    data, training = facts["data"], facts["training"]
    curve = "\n".join(f"| {point['step']} | {point['mrr']} |" for point in facts["curve"])
    settings = ", ".join(f"{name} {value}" for name, value in training.items())
    return f"""# {facts["name"]}: a reranker of Pincite

A cross-encoder: a question and a passage in, a score out (higher is better; near 0 is undecided). It orders
passages. It does not tell whether a question can be answered.

Use: `pincite search QUESTION --reranker FOLDER`, or `CrossEncoder(FOLDER)` of sentence-transformers.

## Base and data

Base: {facts["base"]["folder"]}, model.safetensors with sha256 `{facts["base"]["sha256"]}`.

{_table_of(data)}

## Training

{facts["steps"]} steps, {round(facts["cpu_s"])} s of CPU time, weights as after step {facts["kept_after_step"]}.
Settings: {settings}.
Loss from {facts["loss"]["first"]} to {facts["loss"]["last"]} (means of twenty steps).

Mean reciprocal rank of the positive among its negatives, on {data["kept_apart"]} groups of the collections left out:

| step | MRR |
|---|---|
{curve}

Made with {_told(facts["environment"])}. The same command on the same machine gives the same weights.
"""
