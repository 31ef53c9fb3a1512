"""Reports worked out by hand, with words in them that every format has to defuse."""

from __future__ import annotations

from eval.compare import Comparison, MeasureChange, QuestionChange
from eval.gate import Verdict
from eval.summary import report_of
from eval.types import FactRow, QuoteRow, Report, Row

HOSTILE = (
    '<script>alert("q")</script> a|b *c* `d` [e](javascript:f) $x$ @someone #12'
    " \x1b[31m \ud800 {{ 7*7 }} ]]>\n\n# h"
)
"""Markup of every format, a terminal's escape, half a character, an empty line and a heading."""


def fact(words: str, found: bool, quoted: bool) -> FactRow:
    return FactRow(words, {250: found, 500: found, 1000: found, 2000: True}, quoted, None)


def quote(text: str, start: int = 0, source: str = "a.txt", verbatim: bool = True) -> QuoteRow:
    return QuoteRow(text, source, start, start + len(text), verbatim)


OLD_QUOTE = quote("The council closed six homes in May.")
NEW_QUOTE = quote("The council closed five homes in May and June.")

ROWS = (
    Row("fine", "How many?", "factoid", True, "answered", 0.9, (fact("five", True, True),), 1.0, (NEW_QUOTE,), 9),
    Row("part", "Which ones?", "list", True, "partial", 0.6, (fact("one", True, True), fact("two", False, False)), 1.0,
        (quote("Elm House."),), 3),
    Row("lost", HOSTILE, "<b>$list|</b>", True, "answered", 0.55, (fact(HOSTILE, False, False),), 0.0,
        (quote(HOSTILE),), 20),
    Row("mute", "Who paid?", "why", True, "not_in_documents", 0.2, (fact("the town", False, False),), 0.0),
    Row("loud", "What colour?", "unanswerable", False, "answered", 0.7, quotes=(quote("Red."),), quote_tokens=2),
    Row("hush", "What shape?", "unanswerable", False, "not_in_documents", 0.1),
    Row("deaf", "?", "why", True, "error", 0.0, (fact("x", False, False),), 0.0, error="no words to search for"),
)  # fmt: skip


def make_report(rows: tuple[Row, ...] = ROWS, violations: tuple[str, ...] = ()) -> Report:
    return report_of(
        "questions",
        rows,
        violations=violations,
        notes=(f"Mind {HOSTILE}",),
        settings={"corpus": {"documents": 2, "sha256": "00"}, "odd": "</pre><script>"},
        timings={"ask_ms": {"p50": 1.0, "p95": 2.0, "max": 3.0}, "slowest": []},
    )


def make_verdict(passed: bool = False) -> Verdict:
    changes = (
        QuestionChange("part", "Which ones?", "list", (), ("now quoted: one",), "partial", "partial", (), ()),
        QuestionChange("fine", "How many?", "factoid", (), (), "answered", "answered", (OLD_QUOTE,), (NEW_QUOTE,)),
        QuestionChange("lost", HOSTILE, "<b>$list|</b>", (f"no longer quoted: {HOSTILE}",), (), "answered", "answered",
                       (quote("gone"),), (quote(HOSTILE),)),
        QuestionChange("loud", "What colour?", "unanswerable", ("answered, was refused",), (), "not_in_documents",
                       "answered", (), (quote("Red."),)),
        QuestionChange("deaf", "?", "why", ("turned away: no words",), (), "answered", "error", (quote("So."),), ()),
    )  # fmt: skip
    measures = (
        MeasureChange("fact_recall@1000", 0.75, 0.375, 0.0004, 5, "worse"),
        MeasureChange("refusal_recall", 0.5, 0.5, 1.0, 2, "same"),
    )
    sentences = () if passed else ("fact_recall@1000 fell from 0.750 to 0.375", HOSTILE)
    return Verdict(passed, sentences, Comparison(measures, changes, ("The model changed.",)))
