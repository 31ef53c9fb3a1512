"""Answers along time: by question or on demand, with every number of a citation still at its quote."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index import DocumentInfo, Mention, Span
from qa import (
    Answer,
    Citation,
    Difference,
    Quote,
    Searched,
    Service,
    Summary,
    SummarySentence,
    Telling,
    in_order,
)
from qa.timeline import asks_for_change
from qa.understand import understand

_INFO = DocumentInfo("d", "a.txt", "", "", "text/plain")


@pytest.mark.parametrize(
    "question",
    [
        "What changed after the inspection?",
        "How did the rating move from 2012 to 2019?",
        "How has staffing developed since 2015?",
        "What happened between 2012 and 2017?",
        "Give a timeline of the intervention.",
        "In what order did the sites open?",
        "What had become of private fostering by then?",
        "Were bosses any better in 2019 than in 2017?",
        "How did turnover change over time?",
    ],
)
def test_questions_about_change(question: str) -> None:
    assert asks_for_change(question, understand(question, {}))


@pytest.mark.parametrize(
    "question",
    [
        "Why were thresholds inconsistent?",
        "What did inspectors find in 2017?",
        "Who was in charge as of March 2016?",
        "How do I change my address?",
        "Since when had she not been taking up her seat?",
        "How does being left waiting push children towards gangs?",
    ],
)
def test_questions_about_one_thing(question: str) -> None:
    assert not asks_for_change(question, understand(question, {}))


def _answer(*published: str) -> Answer:
    """A quote and a citation for each date, numbered as given."""
    quotes = tuple(
        Quote(f"q{n}", n, "press", "d", n, n + 1, published=day) for n, day in enumerate(published, 1)
    )
    citations = tuple(Citation(n, _INFO, n, n + 1, f"q{n}") for n in range(1, len(published) + 1))
    return Answer("q", "answered", 0.9, quotes, citations, Searched(1, 1), ())


def test_by_publication_undated_last() -> None:
    answer = in_order(_answer("2019", "", "2012-05", "2017-04-07"), "time")
    assert [quote.text for quote in answer.quotes] == ["q3", "q4", "q1", "q2"]
    assert [quote.citation for quote in answer.quotes] == [1, 2, 3, 4]
    assert [(one.n, one.text) for one in answer.citations] == [(1, "q3"), (2, "q4"), (3, "q1"), (4, "q2")]
    assert answer.order == "time" and in_order(answer) == answer


def test_of_one_day_by_the_time_they_speak_of() -> None:
    answer = _answer("2017", "2017", "2017")
    dates = ("2016-01-01", "", "2012-01-01")
    quotes = tuple(
        replace(quote, about=(Mention(0, 1, day, day),) if day else ())
        for quote, day in zip(answer.quotes, dates, strict=True)
    )
    told = in_order(replace(answer, quotes=quotes, order="time"))
    assert [quote.text for quote in told.quotes] == ["q3", "q1", "q2"]


def test_everything_that_names_a_citation_keeps_naming_it() -> None:
    answer = _answer("2019", "2012")
    sides = [Telling(answer.quotes[n], answer.citations[n], Span(0, 0)) for n in (0, 1)]
    extra = replace(
        sides[1], quote=replace(sides[1].quote, citation=3), citation=replace(sides[1].citation, n=3)
    )
    answer = replace(
        answer,
        differences=(Difference("date", sides[0], extra),),
        summary=Summary((SummarySentence("It is so.", (1, 2)),)),
    )
    told = in_order(answer, "time")
    assert [quote.text for quote in told.quotes] == ["q2", "q1"]
    (found,) = told.differences
    assert (found.one.citation.n, found.one.quote.citation, found.other.citation.n) == (2, 2, 3)
    assert told.summary is not None and told.summary.sentences[0].citations == (2, 1)
    assert in_order(answer, "answer").quotes == answer.quotes


def test_an_answer_carries_its_times(service: Service) -> None:
    answer = service.ask("How did the rating move from 2012 to 2017 to 2019?")
    assert answer.order == "time"
    told = in_order(answer)
    dated = [quote.published for quote in told.quotes if quote.published]
    assert len(set(dated)) > 1 and dated == sorted(dated)
    assert any(quote.about for quote in answer.quotes)
    assert service.ask("Why were thresholds inconsistent?").order == "answer"
