"""Questions that cannot be searched for are refused with a sentence; all others pass untouched."""

from __future__ import annotations

import pytest

from index import QuestionError
from qa import MAX_CHARACTERS, check_question


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("x" * 100_000, "100,000 characters"),
        ("What is it, and who was that?", "only words that every text has"),
        ("???", "only words that every text has"),
        ("What\x00ever happened", "not text"),
        ("threshold \ud800", "not text"),
    ],
)
def test_refused(question: str, says: str) -> None:
    with pytest.raises(QuestionError, match=says):
        check_question(question)


@pytest.mark.parametrize(
    "question",
    [
        "Why were thresholds inconsistent?",
        "MASH",
        "2017",
        "Ofsted’s verdict",
        "কেন?",
        "x" * MAX_CHARACTERS,
        "£4.8m",
    ],
)
def test_taken(question: str) -> None:
    assert check_question(f"  {question}\n") == question
