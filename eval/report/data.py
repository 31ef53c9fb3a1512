"""A report for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from eval.types import Measure, Report, Row


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
        "questions": [_question(row) for row in report.rows],
    }
    return {**result, "timings": report.timings} if timings else result


def _as_dicts(measures: dict[str, Measure]) -> dict[str, dict[str, Any]]:
    return {name: asdict(measure) for name, measure in measures.items()}


def _question(row: Row) -> dict[str, Any]:
    question = asdict(row)
    # What JSON would turn into lists and strings by itself is those already, so reading back changes nothing.
    for fact in question["facts"]:
        fact["found"] = {str(budget): found for budget, found in fact["found"].items()}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in question.items()}
