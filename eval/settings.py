"""What the gate holds a run to, and the one function that reads it from a file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.summary import NAMES
from index import UsageError

WATCHED = (
    "fact_recall@250",
    "fact_recall@1000",
    "quote_recall@250",
    "key_recall",
    "citation_precision",
    "rr",
    "quote_rr",
    "must_cite",
    "refusal_auroc",
    "refusal_recall",
    "calibration",
    "answered",
    "verbatim",
    "ndcg@10",
    "recall@100",
    "rr@10",
)
"""Measures that a build is held to by default: one for each way in which answers can get worse.

Left out is what says the same again (fact recall at other budgets, AUPRC beside AUROC), since each measure more
makes the correction stricter for all, and what rests on one type of question only, a dozen questions perhaps.
A measure that a set does not have is not tested: `must_cite` costs nothing where no question asks for it.
"""


@dataclass(frozen=True, slots=True)
class GateSettings:
    """When a build fails.

    `floors` are the least values that measures may have. Held against the baseline, each of `measures` fails
    by a loss that is significant at `alpha`, and by one of more than `max_drop` whether significant or not:
    an evaluation is no sample that may come out otherwise next time, so such a loss was caused by a change,
    and with few questions even a bad one can miss significance. 0.05 is what five questions of a hundred
    make; 1 leaves it to significance alone, and 0 lets nothing fall.
    """

    floors: Mapping[str, float] = field(default_factory=dict)
    alpha: float = 0.05
    max_drop: float = 0.05
    measures: tuple[str, ...] = WATCHED


def read_gate_settings(path: str | Path) -> GateSettings:
    """The settings in `[tool.pincite.gate]` of a pyproject.toml, or at the top of any other TOML file.

    A pyproject.toml without that table gives the defaults. A UsageError lists every key that is wrong.

        alpha = 0.05
        max_drop = 0.05
        measures = ["quote_recall@250", "refusal_recall"]
        [floors]
        "quote_recall@250" = 0.7
    """
    import tomllib

    path = Path(path)
    try:
        read = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 at byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}") from error
    where = ""
    for key in ("tool", "pincite", "gate") if path.name == "pyproject.toml" else ():
        read, where = read.get(key, {}), f"{where}{key}."
        if not isinstance(read, dict):
            raise UsageError(f"{path}: {where.rstrip('.')} must be a table")
    problems = [f"{path}: {where}{problem}" for problem in _problems(read)]
    if problems:
        raise UsageError("\n  ".join(["the settings of the gate cannot be used:", *problems]))
    values = {name: value for name, value in read.items() if name != "measures"}
    if "measures" in read:
        values["measures"] = tuple(read["measures"])
    return GateSettings(**values)


def _problems(read: dict[str, Any]) -> list[str]:
    """Everything wrong with the settings, each beginning with its key."""
    known = ("floors", "alpha", "max_drop", "measures")
    # A misspelt key would leave the gate open without a word.
    found = [f"{key} is not a setting; there are {', '.join(known)}" for key in read if key not in known]
    found += [
        f"{key} must be a number from 0 to 1, not {read[key]!r}"
        for key in ("alpha", "max_drop")
        if key in read and not is_share(read[key])
    ]
    floors, measures = read.get("floors", {}), read.get("measures", [])
    if isinstance(floors, dict):
        for name, value in floors.items():
            if name not in NAMES:
                found.append(f'floors."{name}": {_unknown(name)}')
            elif not is_share(value):
                found.append(f'floors."{name}" must be a number from 0 to 1, not {value!r}')
    else:
        found.append("floors must be a table of measures and their least values")
    if isinstance(measures, list) and all(isinstance(name, str) for name in measures):
        found += [f"measures: {_unknown(name)}" for name in measures if name not in NAMES]
    else:
        found.append("measures must be a list of names")
    return found


def is_share(value: Any) -> bool:
    """Whether a value is a number from 0 to 1.

    >>> [is_share(value) for value in (0.53, 1, 53, True, float("nan"))]
    [True, True, False, False, False]
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return not math.isnan(value) and 0 <= value <= 1


def _unknown(name: str) -> str:
    return f'no measure is called "{name}"; there are {", ".join(NAMES)}'
