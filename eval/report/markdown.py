"""A report for a CI summary: Markdown as GitHub and GitLab read it, the verdict first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from eval.report.diff import MarkedQuote, mark_quotes
from eval.report.reading import STATUSES, directions, fault, summary, tally, what_changed, worst_first
from eval.report.table import BY_TYPE
from eval.report.text import chance, clean, count, one_line, signed
from eval.types import Measure, Report

if TYPE_CHECKING:
    from eval.compare import MeasureChange, QuestionChange
    from eval.gate import Verdict

_SHOWN = 50
"""Questions shown in full: GitHub drops a summary of more than 1 MiB."""

# A name after @ would be told, and #12 linked: an invisible space keeps people and threads out of it.
_ADDRESSES = re.compile(r"([@#])(?=\w)")
_SPECIAL = re.compile(r"([\\`*_{}\[\]|~$])")
_AT_START = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[-+=#]))")


def as_markdown(report: Report, verdict: Verdict | None = None) -> str:
    """The report for a CI summary. Questions, facts and quotes stay text, whatever they hold."""
    blocks = [*_head(report, verdict), _measures(report, verdict)]
    if report.by_type:
        blocks.append(_by_type(report))
    if verdict is not None and verdict.comparison is not None:
        blocks += _changes(report, verdict.comparison.questions)
        blocks += [f"> {_text(note)}" for note in verdict.comparison.notes]
    blocks += _wrong(report)
    blocks += [f"> {_text(note)}" for note in report.notes]
    return "\n\n".join(blocks) + "\n"


def _head(report: Report, verdict: Verdict | None) -> Iterator[str]:
    if verdict is None:
        yield "## Pincite evaluation"
    else:
        mark, word = ("✅", "passed") if verdict.passed else ("❌", "failed")
        yield f"## {mark} {verdict.of.capitalize()} {word}"
        if verdict.sentences:
            yield "\n".join(f"- {_text(sentence)}" for sentence in verdict.sentences)
    if report.violations:
        lines = [f"- {_text(sentence)}" for sentence in report.violations[:_SHOWN]]
        yield "\n".join([f"**❌ Not verbatim ({len(report.violations)})**", "", *lines])
    yield f"{summary(report)}."


def _measures(report: Report, verdict: Verdict | None) -> str:
    comparison = verdict.comparison if verdict is not None else None
    header = ["measure", "value", "95 % interval", "questions"]
    rows = [_measure(name, m, 3) for name, m in report.measures.items()]
    rows += [_measure(name, m, 1) for name, m in report.costs.items()]
    if comparison is not None:
        header += ["before", "change", "p", "verdict"]
        changes = {change.name: change for change in comparison.measures}
        names = [*report.measures, *report.costs]
        rows = [[*row, *_change(changes.get(name))] for name, row in zip(names, rows, strict=True)]
    return _table(header, rows)


def _measure(name: str, m: Measure, digits: int) -> list[str]:
    interval = f"{m.low:.{digits}f} to {m.high:.{digits}f}"
    return [_code(name), f"{m.value:.{digits}f}", interval, str(m.n)]


def _change(change: MeasureChange | None) -> list[str]:
    if change is None:
        return ["", "", "", ""]
    verdict = {"worse": "❌ worse", "fell": "❌ fell", "better": "✅ better"}.get(
        change.verdict, change.verdict
    )
    return [f"{change.old:.3f}", signed(change.new - change.old), escape(chance(change.p)), verdict]


def _by_type(report: Report) -> str:
    names = [name for name in BY_TYPE if any(name in measures for measures in report.by_type.values())]
    rows = [
        [
            _text(kind),
            str(sum(row.type == kind for row in report.rows)),
            *(f"{measures[name].value:.3f}" if name in measures else "" for name in names),
        ]
        for kind, measures in report.by_type.items()
    ]
    return _table(["type", "questions", *map(_code, names)], rows)


def _changes(report: Report, questions: Sequence[QuestionChange]) -> Iterator[str]:
    judged = directions(report, questions)
    yield f"### {tally(judged).capitalize()}"
    for kind, change in judged[:_SHOWN]:
        yield _details(kind, change)
    if len(judged) > _SHOWN:
        yield f"{len(judged) - _SHOWN} more are not shown here; the HTML report has them all."


def _details(kind: str, change: QuestionChange) -> str:
    """One block of HTML without an empty line, so that nothing in it is read as Markdown."""
    old, new = mark_quotes(change.old_quotes, change.new_quotes)
    was, now = (STATUSES.get(status, status) for status in (change.old_status, change.new_status))
    lines = [
        f"<details><summary><b>{kind}</b> {_html(change.id)}: {_html(change.question)}</summary>",
        "<ul>",
        *(f"<li>{_html(sentence)}</li>" for sentence in what_changed(change)),
        "</ul>",
        "<table>",
        f"<tr><th>before: {_html(was)}</th><th>now: {_html(now)}</th></tr>",
        f"<tr><td>{_quotes(old, 'del')}</td><td>{_quotes(new, 'ins')}</td></tr>",
        "</table>",
        "</details>",
    ]
    return "\n".join(lines)


def _quotes(quotes: Sequence[MarkedQuote], tag: str) -> str:
    return "<br>".join(
        "<blockquote>"
        + " ".join(
            _html(piece.text) if piece.shared else f"<{tag}>{_html(piece.text)}</{tag}>"
            for piece in marked.pieces
        )
        + f"</blockquote>{_html(marked.quote.source_id)} {marked.quote.start}–{marked.quote.end}"
        for marked in quotes
    )


def _wrong(report: Report) -> Iterator[str]:
    wrong = [(row, problem) for row in worst_first(report.rows) if (problem := fault(row))]
    if not wrong:
        return
    rows = [[_text(row.id), _text(row.question), _text(problem)] for row, problem in wrong[:_SHOWN]]
    summary_line = f"{count(len(wrong), 'question')} where nothing was right"
    if len(wrong) > _SHOWN:
        summary_line += f", the worst {_SHOWN}"
    table = _table(["id", "question", "what happened"], rows)
    yield f"<details><summary>{summary_line}</summary>\n\n{table}\n\n</details>"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    right = {"value", "questions", "before", "change", "p"}
    rule = ["---:" if name in right or name.startswith("`") else "---" for name in header]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, rule, *rows))


def _text(text: str) -> str:
    r"""Words as Markdown that reads as those words, on one line.

    >>> print(_text("1. <b> a|b *c*"))
    1\. &lt;b&gt; a\|b \*c\*
    """
    text = escape(_unaddressed(text), quote=False)
    return _AT_START.sub(r"\1\\", _SPECIAL.sub(r"\\\1", text))


def _html(text: str) -> str:
    return escape(_unaddressed(text))


def _unaddressed(text: str) -> str:
    return _ADDRESSES.sub("\\1\u200b", one_line(text))


def _code(text: str) -> str:
    return f"`{re.sub('[`|]', ' ', clean(text))}`"
