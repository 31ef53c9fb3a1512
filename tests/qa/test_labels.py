"""Editorial labels: for quotes that do not say what they are about, from heading or title, and no part of the quote."""

from __future__ import annotations

import pytest

from index import DocumentInfo, Passage
from qa import Service
from qa.labels import label_of


def _label(
    quoted: str, heading: str = "Findings › Leadership and management", title: str = "Annual report"
) -> str:
    passage = Passage("d:0-9", "d", 0, 0, 9, quoted, heading=heading)
    return label_of(quoted, passage, DocumentInfo("d", "a.txt", title, "", "text/plain"))


@pytest.mark.parametrize(
    "quoted",
    [
        "They had lost sight of cases.",
        "“It was late.”",
        "However, they did not act.",
        "The board did not challenge its members.",
        "This left children at risk.",
        "The local authority\ndid not know.",
        "- drift and delay in planning",
        "and so cases were closed too early",
        "Its members were not trained.",
        "12. They had no plan.",
        "15 were in custody.",
        "Few of them knew.",
    ],
)
def test_a_lost_subject_is_named(quoted: str) -> None:
    assert _label(quoted) == "Leadership and management"


@pytest.mark.parametrize(
    "quoted",
    [
        "Inspectors found that cases drifted.",
        "The board of Rivers Trust met twice.",
        "Thresholds were inconsistent.",
        "Theyer Hall was closed.",
        "12. Meetings took place every week.",
        "15 care leavers were in custody.",
        "• Thresholds were lowered.",
        "Italy won.",
        "Leadership and management were weak.",
    ],
)
def test_a_quote_that_says_it_has_none(quoted: str) -> None:
    assert _label(quoted) == ""


@pytest.mark.parametrize(
    ("heading", "title", "label"),
    [
        ("", "Annual report", "Annual report"),
        ("12", "Annual report", "Annual report"),
        ("Findings › 3.", "Annual report", "Findings"),
        ("2. Early help", "Annual report", "Early help"),
        ("Page 4", "", ""),
        ("", "", ""),
        ("Who [they] are", "", "Who (they) are"),
        ("Many words " * 9, "", "Many words " * 5 + "Many…"),
        ("x" * 80, "", "x" * 60 + "…"),
    ],
)  # fmt: skip
def test_the_nearest_heading_that_says_something(heading: str, title: str, label: str) -> None:
    assert _label("They left.", heading, title) == label


def test_a_heading_whose_words_are_quoted_says_nothing_new() -> None:
    quoted = "The board asked what\nthey had lost."
    assert _label(quoted, "The yard › What they  had lost", "The wharf") == "The yard"


def test_labels_leave_the_words_alone(service: Service) -> None:
    answer = service.ask("Which party accused another of hiding behind the Rahman years?")
    assert any(quote.label for quote in answer.quotes)
    for quote in answer.quotes:
        assert service.document(quote.doc_id).text[quote.start : quote.end] == quote.text
        assert not quote.label or quote.label not in quote.text
