"""The confidence model that was fitted to an index's own questions, kept beside it: `pincite calibrate`."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, fields
from pathlib import Path

from index import UsageError
from qa.confidence import ConfidenceModel

_NAME = "confidence.json"


def kept_confidence(location: str | Path) -> ConfidenceModel | None:
    """The model kept with the index at a folder; None if there is none. UsageError for a file that is none."""
    file = Path(location) / _NAME
    try:
        text = file.read_text("utf-8")
    except (OSError, ValueError):
        return None
    try:
        values = {name: float(value) for name, value in json.loads(text).items()}
        if values.keys() != {field.name for field in fields(ConfidenceModel)} or not all(
            map(math.isfinite, values.values())
        ):
            raise ValueError("it names other numbers")
        return ConfidenceModel(**values)
    except (AttributeError, TypeError, ValueError) as error:
        raise UsageError(
            f"{file} does not hold a confidence model ({error}), or one of another version; remove it with"
            " pincite calibrate --reset, then fit it anew"
        ) from error


def keep_confidence(location: str | Path, model: ConfidenceModel) -> Path:
    """Keeps a model with the index at a folder; where it is kept. UsageError if there is no folder."""
    if not Path(location).is_dir():
        raise UsageError(f"{location} is no folder, and a confidence model is kept in the index's folder")
    file = Path(location) / _NAME
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(model), indent=1) + "\n", "utf-8")
    draft.replace(file)
    return file


def forget_confidence(location: str | Path) -> bool:
    """Removes the model kept with an index; whether there was one."""
    file = Path(location) / _NAME
    found = file.is_file()
    file.unlink(missing_ok=True)
    return found
