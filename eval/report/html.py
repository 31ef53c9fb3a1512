"""A report for people with a browser: one page that needs nothing else and asks nothing of anyone.

The page's own policy forbids every request. Without matplotlib (`pip install "pincite[report]"`) it has the
numbers of the plots and says what is missing.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.report.diff import mark_quotes
from eval.report.plots import Plot, plots_of
from eval.report.reading import (
    STATUSES,
    direction,
    directions,
    fault,
    found,
    summary,
    tally,
    unmet,
    what_changed,
    worst_first,
)
from eval.report.table import BY_TYPE
from eval.report.text import chance, clean, count, one_line, signed
from eval.types import Measure, Report, Row

if TYPE_CHECKING:
    from jinja2 import Environment

    from eval.compare import Comparison, MeasureChange, QuestionChange
    from eval.gate import Verdict

_TEMPLATES = Path(__file__).parent / "templates"
_MOST_ROWS = 1000
"""Questions listed: the worst ones. More would make a page that browsers are slow to open."""


def as_html(report: Report, verdict: Verdict | None = None) -> str:
    """The report as one self-contained page, the same bytes for the same report and verdict."""
    comparison = verdict.comparison if verdict is not None else None
    changed = {change.id: change for change in comparison.questions} if comparison is not None else {}
    names = [name for name in BY_TYPE if any(name in measures for measures in report.by_type.values())]
    return (
        _environment()
        .get_template("page.html")
        .render(
            title=_title(verdict),
            summary=summary(report),
            report=report,
            verdict=verdict,
            comparison=comparison,
            measures=_measures(report, comparison),
            plots=plots_of(report, comparison),
            changes=_changes(report, comparison),
            by_type=[(kind, _count(report, kind), measures) for kind, measures in report.by_type.items()],
            type_names=names,
            rows=[_row(row, changed.get(row.id)) for row in worst_first(report.rows)[:_MOST_ROWS]],
            settings=json.dumps(report.settings, indent=2, sort_keys=True, ensure_ascii=False),
        )
    )


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: clean(value) if type(value) is str else value,
    )
    environment.filters |= {
        "count": count,
        "data_uri": _data_uri,
        "line": one_line,
        "status": lambda status: STATUSES.get(status, status),
    }
    environment.globals["style"] = (_TEMPLATES / "page.css").read_text("utf-8")
    return environment


def _title(verdict: Verdict | None) -> str:
    if verdict is None:
        return "Evaluation"
    return f"The {verdict.of} {'passed' if verdict.passed else 'failed'}"


def _data_uri(plot: Plot) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(plot.svg.encode()).decode()}"


def _measures(report: Report, comparison: Comparison | None) -> list[dict[str, Any]]:
    changes = {change.name: change for change in comparison.measures} if comparison is not None else {}
    rows = [_measure(name, m, 3, changes.get(name)) for name, m in report.measures.items()]
    return rows + [_measure(name, m, 1, None) for name, m in report.costs.items()]


def _measure(name: str, m: Measure, digits: int, change: MeasureChange | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": name,
        "value": f"{m.value:.{digits}f}",
        "interval": f"{m.low:.{digits}f} to {m.high:.{digits}f}",
        "n": m.n,
        # Per cent of the width, for the little range beside the number; costs have no scale.
        "range": [round(100 * number, 1) for number in (m.low, m.value, m.high)] if digits == 3 else None,
        "change": None,
    }
    if change is not None:
        row["change"] = {
            "old": f"{change.old:.3f}",
            "at": round(100 * change.old, 1),
            "by": signed(change.new - change.old),
            "p": chance(change.p),
            "verdict": change.verdict,
        }
    return row


def _changes(report: Report, comparison: Comparison | None) -> dict[str, Any]:
    judged = directions(report, comparison.questions) if comparison is not None else []
    items = []
    for kind, change in judged:
        old, new = mark_quotes(change.old_quotes, change.new_quotes)
        sides = [("before", change.old_status, old, "del"), ("now", change.new_status, new, "ins")]
        items.append({"kind": kind, "change": change, "told": what_changed(change), "sides": sides})
    return {"tally": tally(judged), "questions": items}


def _row(row: Row, change: QuestionChange | None) -> dict[str, Any]:
    return {
        "row": row,
        "fault": fault(row),
        "unmet": unmet(row),
        "found": sum(found(fact) for fact in row.facts),
        "quoted": [fact.quoted for fact in row.facts if fact.quoted is not None],
        "confidence": "" if row.confidence is None else f"{row.confidence:.2f}",
        "direction": direction(change, row.answerable) if change is not None else "",
    }


def _count(report: Report, kind: str) -> int:
    return sum(row.type == kind for row in report.rows)
