"""A report for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from eval.types import Measure, Report


def as_json(report: Report, *, timings: bool = True) -> dict[str, Any]:
    """The report as JSON can hold it; without timings it is the same for every run.

    `{"measures": {name: {"value", "low", "high", "n"}}, "by_type": {type: {name: ...}}, "costs",
    "reliability", "questions": [...], "violations", "notes", "settings", "timings", "kind"}`.
    """
    result = {
        "kind": report.kind,
        "measures": _as_dicts(report.measures),
        "by_type": {kind: _as_dicts(measures) for kind, measures in report.by_type.items()},
        "costs": _as_dicts(report.costs),
        "reliability": [asdict(point) for point in report.reliability],
        "violations": list(report.violations),
        "notes": list(report.notes),
        "settings": report.settings,
        "questions": [_plain(asdict(row)) for row in report.rows],
    }
    return {**result, "timings": report.timings} if timings else result


def _as_dicts(measures: dict[str, Measure]) -> dict[str, dict[str, Any]]:
    return {name: asdict(measure) for name, measure in measures.items()}


def _plain(value: Any) -> Any:
    """What JSON would make of it, lists and names that are strings, so that reading it back changes nothing."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
