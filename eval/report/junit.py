"""A report for what reads test results: JUnit XML, a question a test case.

A case fails, against a baseline, when its question got worse and nothing about it better; without one, when
nothing about it was right (`reading.fault`). What a question lacks beyond that is in its system-out. So a file
with failures may come from a run whose gate passed: single questions come and go, the gate asks whether that is
more than chance. Its own sentences are the suite "gate", and the exit code of the command is the verdict. No
times are given: a report has none for each question, and without them two runs give the same file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from eval.report.reading import STATUSES, direction, fault, unmet, what_changed
from eval.report.text import clean, one_line
from eval.types import Report, Row

if TYPE_CHECKING:
    from eval.compare import QuestionChange
    from eval.gate import Verdict


@dataclass(frozen=True, slots=True)
class _Case:
    """A test case: `problem` is what it fails with; `kind` "failure" or "error"."""

    name: str
    classname: str
    problem: str = ""
    details: tuple[str, ...] = ()
    kind: str = "failure"


def as_junit(report: Report, verdict: Verdict | None = None) -> str:
    """The report as JUnit XML: suites "questions", "verbatim" and, with a verdict, "gate"."""
    changes = None
    if verdict is not None and verdict.comparison is not None:
        changes = {change.id: change for change in verdict.comparison.questions}
    suites = {
        "questions": [_question(row, changes) for row in report.rows],
        "verbatim": [_verbatim(report.violations)],
    }
    if verdict is not None:
        suites[verdict.of] = _gate(verdict)
    root = ElementTree.Element(
        "testsuites", {"name": "pincite eval", **_counts(list(chain(*suites.values())))}
    )
    for name, cases in suites.items():
        suite = ElementTree.SubElement(root, "testsuite", {"name": name, **_counts(cases)})
        if name == "questions":
            properties = ElementTree.SubElement(suite, "properties")
            for measure, m in report.measures.items():
                ElementTree.SubElement(properties, "property", name=measure, value=f"{m.value:.6f}")
        for case in cases:
            _add(suite, case)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _question(row: Row, changes: dict[str, QuestionChange] | None) -> _Case:
    kind, problem, change = "failure", fault(row), None
    if changes is not None:
        change = changes.get(row.id)
        if change is None or direction(change, row.answerable) != "worse":
            problem = None
        else:
            problem = f"against the baseline: {'; '.join(what_changed(change))}"
    if problem and row.failed:
        kind = "error"
    return _Case(
        f"{row.id} {row.question}", row.type or "question", problem or "", tuple(_said(row, change)), kind
    )


def _said(row: Row, change: QuestionChange | None) -> Sequence[str]:
    confidence = "" if row.confidence is None else f" at confidence {row.confidence:.2f}"
    lines = [f"{STATUSES.get(row.status, row.status)}{confidence}"]
    lines += [sentence for sentence in (fault(row), *unmet(row)) if sentence]
    lines += [f"{name} {value:.3f}" for name, value in row.ranking.items()]
    if change is not None:
        lines += [f"against the baseline: {sentence}" for sentence in what_changed(change)]
        lines += [f"was quoted: {_quote(q.source_id, q.start, q.end, q.text)}" for q in change.old_quotes]
    lines += [f"quoted: {_quote(q.source_id, q.start, q.end, q.text)}" for q in row.quotes]
    return lines


def _quote(source_id: str, start: int, end: int, text: str) -> str:
    return f"{source_id} {start}-{end}: {text}"


def _verbatim(violations: tuple[str, ...]) -> _Case:
    problem = f"{len(violations)} texts are not what their documents hold" if violations else ""
    return _Case("every quote is verbatim", "verbatim", problem, violations)


def _gate(verdict: Verdict) -> list[_Case]:
    """A failed case for each sentence of a gate that failed; else one that passed and says them."""
    if verdict.passed:
        return [_Case(verdict.of, verdict.of, "", verdict.sentences)]
    sentences = verdict.sentences or (f"the {verdict.of} failed",)
    return [
        _Case(f"{verdict.of} {number}", verdict.of, sentence) for number, sentence in enumerate(sentences, 1)
    ]


def _counts(cases: Sequence[_Case]) -> dict[str, str]:
    kinds = [case.kind for case in cases if case.problem]
    return {
        "tests": str(len(cases)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
    }


def _add(suite: ElementTree.Element, case: _Case) -> None:
    element = ElementTree.SubElement(
        suite, "testcase", name=one_line(case.name), classname=one_line(case.classname)
    )
    details = "\n".join(one_line(line) for line in case.details)
    if case.problem:
        problem = ElementTree.SubElement(element, case.kind, message=one_line(case.problem), type=case.kind)
        problem.text = clean(details or case.problem)
    elif details:
        ElementTree.SubElement(element, "system-out").text = details
