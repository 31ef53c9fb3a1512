"""The head that was adapted to an index, kept in the index's folder: written beside, then put in place; and removed."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.adapt import Adaptation
from eval.provenance import versions
from index import UsageError
from qa import ADAPTED_HEAD, seal_reranker

_METRICS = "metrics.json"


def adaptation_payload(found: Adaptation) -> dict[str, Any]:
    """All that is told of an adaptation, as data; its matrices left out."""
    told = {name: getattr(found, name) for name in Adaptation.__dataclass_fields__ if name != "head"}
    return {
        **told,
        "gain": asdict(found.gain),
        "kinds": {
            kind: {"before": before, "after": after, "questions": count}
            for kind, (before, after, count) in found.kinds.items()
        },
        "measures": [asdict(change) for change in found.measures],
    }


def keep_adapted(found: Adaptation, location: str | Path) -> Path:
    """Keeps the head with the index at a folder, in place of one that was kept there; where it is.

    Whoever reads meanwhile finds the old one, or none, and never half of the new one. UsageError if there is no folder.
    """
    location = Path(location)
    if not location.is_dir():
        raise UsageError(f"{location} is no folder, and an adapted reranker is kept in the index's folder")
    folder = location / ADAPTED_HEAD
    draft = location / f"{ADAPTED_HEAD}.draft-{os.getpid()}"
    try:
        _write(found, draft)
        _remove(folder)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def forget_adapted(location: str | Path) -> bool:
    """Removes the head kept with an index; whether there was one."""
    return _remove(Path(location) / ADAPTED_HEAD)


def _remove(folder: Path) -> bool:
    """Whether there was a folder; it is gone at once, and then what was in it."""
    gone = folder.with_name(f"{folder.name}.gone-{os.getpid()}")
    try:
        folder.rename(gone)
    except FileNotFoundError:
        return False
    shutil.rmtree(gone, ignore_errors=True)
    return True


def _write(found: Adaptation, folder: Path) -> None:
    found.head.save(folder)
    # safetensors writes for the owner alone; whoever may read the index has to read this, too.
    for file in folder.iterdir():
        file.chmod((folder / "config.json").stat().st_mode)
    facts = {**adaptation_payload(found), "environment": versions()}
    (folder / _METRICS).write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    (folder / "README.md").write_text(_card(found), "utf-8")
    seal_reranker(folder, ADAPTED_HEAD)


def _card(found: Adaptation) -> str:
    begun = (
        "from nothing, both its sides: Pincite comes with no head for this index's model"
        if found.anew
        else "from the head that Pincite comes with, on its question's side alone"
    )
    teacher = ", half by a teacher's scores" if found.taught else ""
    gain = found.gain
    rows = [("all", found.before, found.after, found.held_out)]
    rows += [(kind, before, after, count) for kind, (before, after, count) in found.kinds.items()]
    table = "\n".join(
        f"| {name} | {count} | {before:.3f} | {after:.3f} |" for name, before, after, count in rows
    )
    by_set = "".join(
        f"- {one.name}: {one.old:.3f} before, {one.new:.3f} after (p {one.p:.3f}, {one.n} questions)\n"
        for one in found.measures
    )
    return (
        f"""# A reranker adapted to this index

Made by `pincite adapt` of the index's own passages, without labels; `pincite adapt --reset` removes it. It was trained
{begun}, on {found.questions} questions made of the documents{teacher}; seed {found.seed}.

On questions that were left out, the mean reciprocal rank of the passage that each was made of:

| questions | number | before | after |
|---|---:|---:|---:|
{table}

The gain is {gain.value:+.3f} (95 % interval {gain.low:+.3f} to {gain.high:+.3f}, over {gain.n} sections or documents).

{by_set or "No question set was given."}
""".rstrip()
        + "\n"
    )
