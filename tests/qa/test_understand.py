"""Whose words and which time a question asks for, told from how English attributes; and what that does to ranking."""

from __future__ import annotations

import pytest

from index import DocumentInfo, Mention, Passage
from qa.understand import Period, Understanding, understand

PUBLISHERS = {"Borough Post": "press", "Ofsted": "inspectorate"}


@pytest.mark.parametrize(
    ("question", "voices"),
    [
        ("What did readers say about the merger?", {"public"}),
        ("Why did staff leave, according to the council?", {"council"}),
        ("Which repairs had the town hall made, by its own account?", {"council"}),
        ("What does the town hall itself claim to have found?", {"council"}),
        ("What did the minister and the judge think of the plan?", {"government", "court"}),
        ("Do the council and the regulator describe the same fault?", {"council", "inspectorate"}),
        ("Was money the trouble? Set the mayor's view against the inspectors'.", {"council", "inspectorate"}),
        ("What was praised by inspectors?", {"inspectorate"}),
        ("In the lawyer’s words, what went wrong?", {"law"}),
        ("Which magazine found the service transformed?", {"press"}),
        ("Is the charity's criticism answered?", {"charity"}),
        ("Are the residents and the official report really at odds?", {"public", "inspectorate"}),
        # A body that is spoken about, not one that speaks.
        ("Who runs the council?", set()),
        ("How many inspectors visited?", set()),
        ("When were commissioners sent to the borough?", set()),
        ("What is the budget of the local authority?", set()),
        ("How do I appeal against a court order?", set()),
        ("Why were thresholds inconsistent?", set()),
    ],
)
def test_whose_words_are_asked_for(question: str, voices: set[str]) -> None:
    assert understand(question, {}).voices == voices


@pytest.mark.parametrize(
    ("question", "publishers", "voices"),
    [
        ("What did Ofsted find?", {"Ofsted"}, set()),
        ("According to the Borough Post, who resigned?", {"Borough Post"}, set()),
        ("Do the borough post and the council agree?", {"Borough Post"}, {"council"}),
        ("What did the watchdog find?", set(), {"inspectorate"}),
        ("Where is Ofsted based?", set(), set()),
    ],
)
def test_a_publisher_of_the_corpus_is_asked_for_by_name(
    question: str, publishers: set[str], voices: set[str]
) -> None:
    found = understand(question, PUBLISHERS)
    assert (found.publishers, found.voices) == (publishers, voices)


@pytest.mark.parametrize(
    ("question", "periods"),
    [
        ("What was found in 2017?", [("2017-01-01", "2017-12-31")]),
        ("Was it better in 2019 than in 2017?", [("2019-01-01", "2019-12-31"), ("2017-01-01", "2017-12-31")]),
        ("What of it in 2017, and two years on?", [("2017-01-01", "2017-12-31"), ("2019-01-01", "2019-12-31")]),
        ("How does 2019 compare with two years before?", [("2019-01-01", "2019-12-31"), ("2017-01-01", "2017-12-31")]),
        ("What has changed since 2015?", [("2015-01-01", "")]),
        ("What was known before 2015?", [("", "2015-12-31")]),
        ("staff turnover 2016", [("2016-01-01", "2016-12-31")]),
        ("both 2012 and 2017", [("2012-01-01", "2012-12-31"), ("2017-01-01", "2017-12-31")]),
        ("In April 2017, who was in charge?", [("2017-04-01", "2017-04-30")]),
        ("How many of the 20170 forms were lost?", []),
        ("Why were thresholds inconsistent?", []),
    ],
)  # fmt: skip
def test_which_times_are_asked_about(question: str, periods: list[tuple[str, str]]) -> None:
    assert [(p.since, p.until) for p in understand(question, {}).periods] == periods


def info(published: str = "", voice: str = "press", publisher: str = "") -> DocumentInfo:
    return DocumentInfo("d", "d", "d", "", "", publisher=publisher, voice=voice, published=published)


def passage(*dates: tuple[str, str], voice: str = "", published: str = "") -> Passage:
    return Passage(
        "d:0-1", "d", 0, 0, 1, "x", voice=voice, published=published,
        dates=tuple(Mention(0, 1, since, until) for since, until in dates),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("document", "read", "expected"),
    [
        (info("2017-04-07"), passage(), 1),  # published in it
        (info("2017"), passage(), 1),
        (info("2019-07-22"), passage(("2017-03-01", "2017-03-31")), 1),  # speaks of it
        (info("2019-07-22"), passage(("2016-01-01", "2017-01-31")), 1),  # in part
        (info("2019-07-22"), passage(("2018-01-01", "2018-12-31")), 0),
        (info("2016-12-31"), passage(), -1),  # cannot know
        (info("2016"), passage(("2017-05-01", "2017-05-01")), 1),  # but looks ahead
        (info(), passage(), 0),
        (info("2019"), passage(published="2016-01-02"), -1),  # an older remark below a newer page
    ],
)
def test_a_passage_and_the_time_asked_about(document: DocumentInfo, read: Passage, expected: int) -> None:
    asked = Understanding(periods=(Period("2017-01-01", "2017-12-31"),))
    assert asked.in_time(document, read) == expected
    assert Understanding().in_time(document, read) == 0


def test_open_periods() -> None:
    since, until = (
        Understanding(periods=(Period("2015-01-01", ""),)),
        Understanding(periods=(Period("", "2015-12-31"),)),
    )
    assert [since.in_time(info(day), passage()) for day in ("2014-05", "2015", "2020")] == [-1, 1, 1]
    assert [until.in_time(info(day), passage()) for day in ("2014-05", "2015", "2020")] == [1, 1, 0]


def test_whose_words_a_passage_is() -> None:
    asked = Understanding(voices=frozenset({"public"}), publishers=frozenset({"Ofsted"}))
    assert asked.asks_for(info(), passage(voice="public"))
    assert not asked.asks_for(info(), passage())
    assert asked.asks_for(info(publisher="Ofsted", voice="inspectorate"), passage())
    # A reader's remark under a publisher's page is not the publisher's.
    assert not Understanding(publishers=frozenset({"Ofsted"})).asks_for(
        info(publisher="Ofsted"), passage(voice="public")
    )
