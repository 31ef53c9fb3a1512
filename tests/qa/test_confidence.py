"""What speaks for an answer, worked by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from qa import ConfidenceModel, Evidence
from qa.confidence import weigh
from qa.retrieve import Candidate, Retrieval


def test_nothing_found_is_no_confidence() -> None:
    assert weigh(Retrieval("thresholds", ()), {}, 0) is None
    assert ConfidenceModel().confidence(None) == 0.0


def test_rare_words_weigh_more(candidate: Callable[..., Candidate]) -> None:
    found = candidate("a.txt", "Thresholds were set.", cosines=(0.7,))
    # Of 10 passages "threshold" is in 1 and "hackney" in none: ln(1 + 10/1.5) = 2.037, ln(1 + 10/0.5) = 3.045.
    evidence = weigh(Retrieval("Hackney thresholds?", (found,)), {"threshold": 1}, 10)
    assert evidence is not None
    assert (evidence.sentence, evidence.passage) == (0.7, 0.7)
    assert evidence.covered == pytest.approx(math.log(1 + 10 / 1.5) / (math.log(1 + 10 / 1.5) + math.log(21)))


def test_more_evidence_is_more_confidence() -> None:
    model = ConfidenceModel()
    least, more = Evidence(0.2, 0.1, 0.1), Evidence(0.8, 0.7, 0.9)
    assert 0 < model.confidence(least) < model.refuse < model.partial < model.confidence(more) < 1
    assert ConfidenceModel(0, 0, 0, 0).confidence(least) == 0.5
    assert ConfidenceModel(0, 0, 0, 1e9).confidence(least) == 1.0


def test_only_the_best_passages_are_read_for_words(candidate: Callable[..., Candidate]) -> None:
    found = (*(candidate(f"{i}.txt", "Other words.") for i in range(3)), candidate("z.txt", "Hackney."))
    evidence = weigh(Retrieval("Hackney", found), {"hackney": 1}, 4)
    assert evidence is not None and evidence.covered == 0.0
