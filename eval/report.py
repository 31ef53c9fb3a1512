"""A report for people (a table) and for programs (JSON)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from eval.types import Measure, Report, Row

_BY_TYPE = ("fact_recall@1000", "quote_recall@250", "key_recall", "rr", "answered", "refusal_recall")
_MISSED_AT = 1000


def as_table(report: Report, *, verbose: bool = False) -> str:
    """The report as aligned plain text; verbose adds every missed fact and every wrong refusal."""
    return "\n".join([line.rstrip() for block in _blocks(report, verbose) for line in [*block, ""]][:-1])


def as_json(report: Report, *, timings: bool = True) -> dict[str, Any]:
    """The report as JSON can hold it; without timings it is the same for every run.

    `{"measures": {name: {"value", "low", "high", "n"}}, "by_type": {type: {name: ...}}, "costs",
    "questions": [...], "violations", "notes", "settings", "timings", "kind"}`.
    """
    result = {
        "kind": report.kind,
        "measures": _as_dicts(report.measures),
        "by_type": {kind: _as_dicts(measures) for kind, measures in report.by_type.items()},
        "costs": _as_dicts(report.costs),
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


def _blocks(report: Report, verbose: bool) -> Iterator[list[str]]:
    answerable = sum(row.answerable for row in report.rows)
    documents = report.settings["corpus"]["documents"]
    yield [
        f"{len(report.rows)} questions ({answerable} answerable, {len(report.rows) - answerable} not), "
        f"{documents} documents"
    ]
    yield _columns(
        ["measure", "value", "95 % interval", "questions"],
        [
            [name, f"{m.value:.3f}", f"{m.low:.3f} to {m.high:.3f}", str(m.n)]
            for name, m in report.measures.items()
        ]
        + [
            [name, f"{m.value:.1f}", f"{m.low:.1f} to {m.high:.1f}", str(m.n)]
            for name, m in report.costs.items()
        ],
    )
    if report.by_type:
        yield _by_type(report)
    if "slowest" in report.timings:
        yield _timings(report.timings)
    if verbose:
        yield from _details(report.rows)
    if report.violations:
        shown = [f"  {sentence}" for sentence in report.violations[: None if verbose else 10]]
        yield [f"NOT VERBATIM ({len(report.violations)}):", *shown]
    if report.notes:
        yield [f"Note: {note}" for note in report.notes]


def _by_type(report: Report) -> list[str]:
    names = [name for name in _BY_TYPE if any(name in measures for measures in report.by_type.values())]
    counts = {kind: sum(row.type == kind for row in report.rows) for kind in report.by_type}
    rows = [
        [
            kind,
            str(counts[kind]),
            *(f"{measures[name].value:.3f}" if name in measures else "-" for name in names),
        ]
        for kind, measures in report.by_type.items()
    ]
    return _columns(["type", "questions", *names], rows)


def _timings(timings: dict[str, Any]) -> list[str]:
    kinds = [name for name in timings if name != "slowest"]
    table = _columns(
        ["milliseconds", "p50", "p95", "max"],
        [
            [
                name.removesuffix("_ms").replace("_cpu", " (CPU)"),
                *(f"{timings[name][p]:.1f}" for p in ("p50", "p95", "max")),
            ]
            for name in kinds
        ],
    )
    slowest = [
        f"  {row['ms']:.0f} ms to {row['call']}: {row['id']} {_short(row['question'])}"
        for row in timings["slowest"]
    ]
    return [*table, "slowest:", *slowest]


def _details(rows: Sequence[Row]) -> Iterator[list[str]]:
    missed = [
        f"  {row.id} {fact.fact}"
        for row in rows
        for fact in row.facts
        if not fact.found.get(_MISSED_AT, False)
    ]
    if missed:
        yield [f"facts missed at {_MISSED_AT} tokens ({len(missed)}):", *missed]
    not_quoted = [f"  {row.id} {fact.fact}" for row in rows for fact in row.facts if not fact.quoted]
    if not_quoted:
        yield [f"facts missed by the quotes ({len(not_quoted)}):", *not_quoted]
    wrong = [
        f"  {row.id} {row.status} at {row.confidence:.2f}: {_short(row.question)}"
        for row in rows
        if row.confidence is not None and row.answerable == row.refused
    ]
    if wrong:
        yield [f"answered or refused wrongly ({len(wrong)}):", *wrong]


def _columns(header: list[str], rows: list[list[str]]) -> list[str]:
    """Lines with the first column to the left and the others to the right."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in [header, *rows]
    ]


def _short(text: str, width: int = 80) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
