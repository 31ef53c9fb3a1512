"""A report for people at a terminal: aligned plain text, the verdict last, where the eye is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from eval.expectations import unmet_expectations
from eval.report.diff import MarkedQuote, mark_quotes
from eval.report.reading import FOUND_AT, directions, found, summary, tally, what_changed
from eval.report.text import chance, one_line, short, signed
from eval.types import Report, Row

if TYPE_CHECKING:
    from eval.compare import Comparison, QuestionChange
    from eval.gate import Verdict

BY_TYPE = ("fact_recall@1000", "quote_recall@250", "key_recall", "rr", "answered", "refusal_recall")
"""What is shown for each type of question."""

_SHOWN = 10


def as_table(report: Report, verdict: Verdict | None = None, *, verbose: bool = False) -> str:
    """The report as aligned plain text; verbose adds every missed fact, wrong refusal and changed question."""
    blocks = _blocks(report, verdict, verbose)
    return "\n".join([line.rstrip() for block in blocks for line in [*block, ""]][:-1])


def _blocks(report: Report, verdict: Verdict | None, verbose: bool) -> Iterator[list[str]]:
    yield [summary(report)]
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
        shown = [f"  {one_line(sentence)}" for sentence in report.violations[: None if verbose else _SHOWN]]
        yield [f"NOT VERBATIM ({len(report.violations)}):", *shown]
    if verdict is not None and verdict.comparison is not None:
        yield from _comparison(report, verdict.comparison, verbose, verdict.against)
    if report.notes:
        yield [f"Note: {one_line(note)}" for note in report.notes]
    if verdict is not None:
        passed = f"{verdict.of} passed" if verdict.passed else f"{verdict.of} failed".upper()
        yield [passed, *(f"  {one_line(sentence)}" for sentence in verdict.sentences)]


def _by_type(report: Report) -> list[str]:
    names = [name for name in BY_TYPE if any(name in measures for measures in report.by_type.values())]
    counts = {kind: sum(row.type == kind for row in report.rows) for kind in report.by_type}
    rows = [
        [
            short(kind, 24),
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
        f"  {row['ms']:.0f} ms to {row['call']}: {row['id']} {short(row['question'])}"
        for row in timings["slowest"]
    ]
    return [*table, "slowest:", *slowest]


def _details(rows: Sequence[Row]) -> Iterator[list[str]]:
    missed = [f"  {row.id} {one_line(fact.fact)}" for row in rows for fact in row.facts if not found(fact)]
    if missed:
        yield [f"facts missed at {FOUND_AT} tokens ({len(missed)}):", *missed]
    not_quoted = [
        f"  {row.id} {one_line(fact.fact)}" for row in rows for fact in row.facts if fact.quoted is False
    ]
    if not_quoted:
        yield [f"facts missed by the quotes ({len(not_quoted)}):", *not_quoted]
    lacking = [
        f"  {row.id} {one_line(sentence)}"
        for row in rows
        if row.status and row.answerable
        for sentence in unmet_expectations(row, row.quotes)
    ]
    if lacking:
        yield [f"asked of the quotes and not met ({len(lacking)}):", *lacking]
    wrong = [
        f"  {row.id} {row.status} at {row.confidence:.2f}: {short(row.question)}"
        for row in rows
        if row.confidence is not None and row.answerable == row.refused
    ]
    if wrong:
        yield [f"answered or refused wrongly ({len(wrong)}):", *wrong]


def _comparison(report: Report, comparison: Comparison, verbose: bool, against: str) -> Iterator[list[str]]:
    yield _columns(
        [f"against the {against}", "before", "now", "change", "p", "questions", "verdict"],
        [
            [m.name, f"{m.old:.3f}", f"{m.new:.3f}", signed(m.new - m.old), chance(m.p), str(m.n), m.verdict]
            for m in comparison.measures
        ],
    )
    judged = directions(report, comparison.questions)
    shown = judged if verbose else judged[:_SHOWN]
    lines = [f"{tally(judged).capitalize()}."]
    for kind, change in shown:
        lines += _change(kind, change)
    if len(judged) > len(shown):
        lines.append(f"  and {len(judged) - len(shown)} more")
    yield lines
    if comparison.notes:
        yield [f"Note: {one_line(note)}" for note in comparison.notes]


def _change(kind: str, change: QuestionChange) -> Iterator[str]:
    yield f"  {kind}: {change.id} {short(change.question)}"
    yield from (f"    {one_line(sentence)}" for sentence in what_changed(change))
    old, new = mark_quotes(change.old_quotes, change.new_quotes)
    yield from (f"    - {_quote(quote, '[-', '-]')}" for quote in old if not quote.same)
    yield from (f"    + {_quote(quote, '{+', '+}')}" for quote in new if not quote.same)


def _quote(marked: MarkedQuote, opening: str, closing: str) -> str:
    """A quote; where the other run has part of it, what it has not is between marks, as wdiff writes them."""
    quote = marked.quote
    partly = any(piece.shared for piece in marked.pieces)
    words = [
        text if piece.shared or not partly else f"{opening}{text}{closing}"
        for piece in marked.pieces
        if (text := one_line(piece.text))
    ]
    return f"{one_line(quote.source_id)} {quote.start}-{quote.end}: {' '.join(words)}"


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
