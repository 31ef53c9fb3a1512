"""What speaks for an answer, worked by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qa import ConfidenceModel, Evidence
from qa.confidence import weigh
from qa.retrieve import Candidate, Retrieval


def test_nothing_found_is_no_confidence() -> None:
    assert weigh(Retrieval("thresholds", ())) is None
    assert ConfidenceModel().confidence(None) == 0.0


def test_more_evidence_is_more_confidence() -> None:
    model = ConfidenceModel()
    least, more = Evidence(0.2), Evidence(0.8)
    assert 0 < model.confidence(least) < model.refuse < model.partial < model.confidence(more) < 1
    assert ConfidenceModel(0, 0).confidence(least) == 0.5
    assert ConfidenceModel(0, 1e9).confidence(least) == 1.0


def test_a_sentence_far_down_the_ranking_is_not_read(candidate: Callable[..., Candidate]) -> None:
    found = (
        *(candidate(f"{i}.txt", "Other words.", cosines=(0.4,)) for i in range(10)),
        candidate("z.txt", "Hackney.", cosines=(0.6,)),
    )
    assert weigh(Retrieval("What of Hackney?", found)) == Evidence(0.3), "half the nearest of all"
    assert weigh(Retrieval("What of Hackney?", found[1:])) == Evidence(0.6)


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
    evidence = weigh(retrieval)
    assert evidence is not None
    assert evidence.fitting == pytest.approx(0.6 if met else 0.3)
