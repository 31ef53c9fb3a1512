"""What speaks for an answer, worked by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from qa import ConfidenceModel, Evidence
from qa.confidence import unmet, weigh
from qa.retrieve import Candidate, Retrieval


def test_nothing_found_is_no_confidence() -> None:
    assert weigh(Retrieval("thresholds", ()), {}, 0) is None
    assert ConfidenceModel().confidence(None) == 0.0


def test_rare_words_weigh_more(candidate: Callable[..., Candidate]) -> None:
    found = candidate("a.txt", "Thresholds were set.", cosines=(0.7,))
    # Of 10 passages "threshold" is in 1 and "hackney" in none: ln(1 + 10/1.5) = 2.037, ln(1 + 10/0.5) = 3.045.
    evidence = weigh(Retrieval("Thresholds in Hackney?", (found,)), {"threshold": 1}, 10)
    assert evidence is not None
    assert evidence.fitting == 0.35, "Hackney is nowhere, so that the nearest sentence counts half"
    assert evidence.covered == pytest.approx(math.log(1 + 10 / 1.5) / (math.log(1 + 10 / 1.5) + math.log(21)))


def test_more_evidence_is_more_confidence() -> None:
    model = ConfidenceModel()
    least, more = Evidence(0.2, 0.1), Evidence(0.8, 0.9)
    assert 0 < model.confidence(least) < model.refuse < model.partial < model.confidence(more) < 1
    assert ConfidenceModel(0, 0, 0).confidence(least) == 0.5
    assert ConfidenceModel(0, 0, 1e9).confidence(least) == 1.0


def test_only_the_best_passages_are_read_for_words(candidate: Callable[..., Candidate]) -> None:
    found = (*(candidate(f"{i}.txt", "Other words.") for i in range(3)), candidate("z.txt", "Hackney."))
    evidence = weigh(Retrieval("Hackney", found), {"hackney": 1}, 4)
    assert evidence is not None and evidence.covered == 0.0


@pytest.mark.parametrize(
    ("question", "text", "met"),
    [
        ("How many children were in care?", "Children were in care for too long.", False),
        ("How many children were in care?", "Of all, 305 children were in care.", True),
        ("How many children were in care?", "Children were in care in June 2016.", False),
        ("How many children were in care in 2016?", "Children: 305.", False),
        ("What share of reviews was late?", "Most reviews were late.", True),
        ("What share of reviews was late?", "Reviews were late in 2016.", False),
        ("How much did the review cost?", "The review cost a lot.", False),
        ("How much did the review cost?", "The review cost £4.8m.", True),
        ("How long did the review take?", "The review took six months.", True),
        ("When did the board first meet?", "The board first met in a hall.", False),
        ("When did the board first meet?", "The board first met in March.", True),
        ("What is the name of the chair?", "The chair took over.", False),
        ("What is the name of the chair?", "The chair, Ann Lee, took over.", True),
        ("What did Hackney do?", "The board did nothing.", False),
        ("What did Hackney do?", "Hackney did nothing.", True),
        ("What happened at the fifth visit?", "The fourth visit went well.", False),
        ("Why did it fail?", "Nobody knew why.", True),
        # The story before a question demands nothing.
        ("I am 34 and live in Leeds. Why did it fail?", "Nobody knew why.", True),
        # A body by any of its names, and the first word of a sentence, are no names.
        ("Thresholds: why did Whitehall step in?", "The government stepped in.", True),
    ],
)
def test_what_a_question_demands(
    candidate: Callable[..., Candidate], question: str, text: str, met: bool
) -> None:
    retrieval = Retrieval(question, (candidate("a.txt", text, cosines=(0.6,)),))
    evidence = weigh(retrieval, {}, 4)
    assert evidence is not None
    assert evidence.fitting == pytest.approx(0.6 if met else 0.3)


def test_a_comparison_needs_one_of_its_years_at_a_time(candidate: Callable[..., Candidate]) -> None:
    question = "Was it better in 2019 than in 2012?"
    for text in ("In 2012 it was good.", "It was bad in 2019."):
        assert unmet(Retrieval(question, (candidate("a.txt", text),))) == []
    assert unmet(Retrieval(question, (candidate("a.txt", "It was bad."),))) == ["2019", "2012"]


def test_what_is_missing_is_said_in_words(candidate: Callable[..., Candidate]) -> None:
    found = (candidate("a.txt", "Visits went on."), candidate("b.txt", "The fee was raised."))
    assert unmet(Retrieval("How much was the fee in Hackney in 2018?", found)) == [
        "Hackney", "2018", "an amount of money",
    ]  # fmt: skip
