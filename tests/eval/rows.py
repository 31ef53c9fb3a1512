"""Rows and reports written by hand, for tests of what is computed from them."""

from __future__ import annotations

from typing import Any

from eval.summary import report_of
from eval.types import FactRow, QuoteRow, Report, Row

BUDGETS = (250, 500, 1000, 2000)


def fact(words: str = "a fact", *, at: int | None = 250, quoted: bool = True, **more: Any) -> FactRow:
    """A fact found from a budget on, or never."""
    found = {budget: at is not None and budget >= at for budget in BUDGETS}
    return FactRow(words, found, quoted, more.pop("keys", quoted), **more)


def quote(source: str = "a.txt", text: str = "Some words.", **more: Any) -> QuoteRow:
    return QuoteRow(text, source, 0, len(text), more.pop("verbatim", True), **more)


def row(name: str, *facts: FactRow, **more: Any) -> Row:
    """An answered question with facts; a refused one without."""
    answerable = more.pop("answerable", bool(facts))
    more = {
        "type": "factoid" if answerable else "unanswerable",
        "status": "answered" if answerable else "not_in_documents",
        "confidence": 0.75 if answerable else 0.125,
        "rr": 1.0 if facts else None,
        "quote_rr": 1.0 if facts else None,
        "quotes": (quote(relevant=True),) if answerable else (),
        "quote_tokens": 4 if answerable else 0,
        **more,
    }
    return Row(id=name, question=f"{name}?", answerable=answerable, facts=facts, **more)


def report(*rows: Row, corpus: str = "c0ffee", questions: str = "a11", **more: Any) -> Report:
    settings = {
        "corpus": {"documents": 2, "sha256": corpus},
        "questions": {"count": len(rows), "sha256": questions},
        **more.pop("settings", {}),
    }
    return report_of(more.pop("kind", "questions"), rows, settings=settings, **more)
