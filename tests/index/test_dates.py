"""When a text was published, and the days it speaks of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reading.dates import mentions, publication_date
from index.types import Block, Mention
from tests.work import ends, grows_in_step

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
FILLER = "The hall was full and the debate was long, as everyone had something to say about the bridge. " * 4


def told(text: str, published: str = "") -> list[tuple[str, str, str]]:
    return [(text[m.start : m.end], m.since, m.until) for m in mentions(text, 0, len(text), published)]


@pytest.mark.parametrize(
    ("text", "words", "since", "until"),
    [
        ("It shut on 7 April 2017.", "7 April 2017", "2017-04-07", "2017-04-07"),
        ("It shut on Friday 7th April 2017.", "Friday 7th April 2017", "2017-04-07", "2017-04-07"),
        ("It shut on the 7th of April 2017.", "7th of April 2017", "2017-04-07", "2017-04-07"),
        ("It shut on April 7, 2017.", "April 7, 2017", "2017-04-07", "2017-04-07"),
        ("It shut on 2017-04-07.", "2017-04-07", "2017-04-07", "2017-04-07"),
        ("It shut on 12/03/2019.", "12/03/2019", "2019-03-12", "2019-03-12"),
        ("It shut on 12/25/2019.", "12/25/2019", "2019-12-25", "2019-12-25"),
        ("It shut in April 2017.", "April 2017", "2017-04-01", "2017-04-30"),
        ("It shut in Feb. 2016.", "Feb. 2016", "2016-02-01", "2016-02-29"),
        ("It was good in 2012, then not.", "2012", "2012-01-01", "2012-12-31"),
        ("By 2015 it had shut.", "2015", "2015-01-01", "2015-12-31"),
        ("It rose between 2012 and 2017.", "between 2012 and 2017", "2012-01-01", "2017-12-31"),
        ("It rose from 2012 to 2017.", "from 2012 to 2017", "2012-01-01", "2017-12-31"),
        ("The plan for 2012-2017 failed.", "2012-2017", "2012-01-01", "2017-12-31"),
        ("In 2015-16 it rose.", "2015-16", "2015-01-01", "2016-12-31"),
        ("It rose in 2016/17.", "2016/17", "2016-01-01", "2017-12-31"),
        ("In the financial year 2016/17 it rose.", "financial year 2016/17", "2016-04-01", "2017-03-31"),
        ("In the 2016/17 academic year it rose.", "2016/17 academic year", "2016-09-01", "2017-08-31"),
        ("It began in the autumn of 2016.", "autumn of 2016", "2016-09-01", "2016-11-30"),
        ("It began in winter 2016.", "winter 2016", "2016-12-01", "2017-02-28"),
        ("The first quarter of 2018 was bad.", "first quarter of 2018", "2018-01-01", "2018-03-31"),
        ("In Q4 2018 it rose.", "Q4 2018", "2018-10-01", "2018-12-31"),
        ("It was built in the 1990s.", "1990s", "1990-01-01", "1999-12-31"),
        ("It was built in the late 1990s.", "late 1990s", "1996-01-01", "1999-12-31"),
        ("Held 10 to 21 June 2019.", "10 to 21 June 2019", "2019-06-10", "2019-06-21"),
        ("Held 23 January–16 February 2017.", "23 January–16 February 2017", "2017-01-23", "2017-02-16"),
        ("Held 20 December to 3 January 2018.", "20 December to 3 January 2018", "2017-12-20", "2018-01-03"),
        ("January to March 2017 was wet.", "January to March 2017", "2017-01-01", "2017-03-31"),
        ("The 2012 report praised it.", "2012", "2012-01-01", "2012-12-31"),
        ("He was removed (2015).", "2015", "2015-01-01", "2015-12-31"),
    ],
)
def test_a_date_that_says_its_year(text: str, words: str, since: str, until: str) -> None:
    assert told(text) == [(words, since, until)]


def test_several_years_after_one_preposition() -> None:
    found = told("It was praised in 2012, 2013 and 2014.")
    assert [since for _, since, _ in found] == ["2012-01-01", "2013-01-01", "2014-01-01"]


def test_since_runs_until_the_publication() -> None:
    assert told("It has grown since 2015.", "2017-04-07") == [("since 2015", "2015-01-01", "2017-04-07")]
    assert told("It has grown since May 2015.", "2017-04-07") == [
        ("since May 2015", "2015-05-01", "2017-04-07")
    ]
    assert told("It has grown since 2015.") == [("2015", "2015-01-01", "2015-12-31")]


@pytest.mark.parametrize(
    ("text", "words", "since", "until"),
    [
        ("They left last month.", "last month", "2019-06-01", "2019-06-30"),
        ("They spend more this year.", "this year", "2019-01-01", "2019-12-31"),
        ("They met last week.", "last week", "2019-07-15", "2019-07-21"),
        ("They met yesterday.", "yesterday", "2019-07-21", "2019-07-21"),
        ("It failed two years ago.", "two years ago", "2017-01-01", "2017-12-31"),
        ("It failed a year ago.", "a year ago", "2018-01-01", "2018-12-31"),
        ("It failed 3 months ago.", "3 months ago", "2019-04-01", "2019-04-30"),
        ("They left in March.", "March", "2019-03-01", "2019-03-31"),
        ("They left in November.", "November", "2018-11-01", "2018-11-30"),
        ("It will open in September.", "September", "2019-09-01", "2019-09-30"),
        ("It will open in March.", "March", "2020-03-01", "2020-03-31"),
        ("It was seen between 10 and 21 June.", "10 and 21 June", "2019-06-10", "2019-06-21"),
        ("It came out today.", "today", "2019-07-22", "2019-07-22"),
        ("It shut on 30 December.", "30 December", "2018-12-30", "2018-12-30"),
        ("It opens on 1 August.", "1 August", "2019-08-01", "2019-08-01"),
    ],
)
def test_a_date_relative_to_the_publication(text: str, words: str, since: str, until: str) -> None:
    assert told(text, "2019-07-22") == [(words, since, until)]
    assert told(text) == []


def test_only_what_the_publication_date_is_exact_enough_for() -> None:
    text = "Last month, last year, yesterday, in March."
    assert [words for words, _, _ in told(text, "2019")] == ["last year"]
    assert [words for words, _, _ in told(text, "2019-07")] == ["Last month", "last year", "March"]
    assert told(text, "about 2019") == []


@pytest.mark.parametrize(
    "text",
    [
        "2017 children were seen.",
        "The council knows of 2017 children and 2000 homes.",
        "They were late in 2012 cases.",
        "From 1900 to 2000 pupils were moved.",
        "See section 2017 and paragraph 2015, or page 2012.",
        "It cost £2017, then $2018 and €2,019.",
        "Call 020 7364 2012 or 01632 960 2017.",
        "It began at 20:15 and ended at 2015 hours.",
        "It grew by 2015 per cent, or 2012.5 points.",
        "Under the Children Act 1989 and the Regulations 2013 it may.",
        "The room is number 2017, ISBN 978-2-2012-2013-4.",
        "You may march in time; the second may follow.",
        "On 31 February 2019 nothing happened, nor on 45/45/2019.",
        "Version 2017.3 of item AB/2015-16/3.",
        "It is 3-4 times as much, 12/15 of all, and 1/2 of the rest.",
        "The August body met in the Spring hotel.",
    ],
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert told(text, "2019-07-22") == []


def test_offsets_are_those_of_the_whole_text() -> None:
    text = "In 2010 it stood. In 2012 it fell. In 2014 it stood again."
    start = text.index("In 2012")
    assert mentions(text, start, start + 16) == (
        Mention(text.index("2012"), text.index("2012") + 4, "2012-01-01", "2012-12-31"),
    )


@given(
    st.text(alphabet="0123456789 /.-–£inofMayJune,'2017", max_size=120),
    st.sampled_from(["", "2017", "2017-04-07"]),
)
def test_any_text_gives_ordered_valid_periods(text: str, published: str) -> None:
    at = 0
    for mention in mentions(text, 0, len(text), published):
        assert at <= mention.start < mention.end <= len(text)
        assert date.fromisoformat(mention.since) <= date.fromisoformat(mention.until)
        at = mention.end


def test_hundreds_of_passages_are_read_at_once() -> None:
    passage = (
        "The inspection took place between 10 and 21 June 2019 and the report came out on 22 July. In 2017 the rate "
        "was 4.8 per cent, and 133 of 2017 children were seen within 10 days. " + FILLER
    )
    with ends():  # half a millisecond each, and a library has millions
        for _ in range(500):
            mentions(passage, 0, len(passage), "2019-07-22")


@pytest.mark.parametrize(
    ("unit", "count"), [("1 ", 150_000), ("May ", 100_000), ("in 2012 and ", 10_000), ("2", 500_000)]
)
def test_hostile_text_takes_work_in_step_with_its_length(unit: str, count: int) -> None:
    def work(text: str) -> None:
        mentions(text, 0, len(text), "2017-04-07")
        publication_date(text)

    assert grows_in_step(work, lambda n: unit * n, 200)
    with ends():
        work(unit * count)


@pytest.mark.parametrize(
    ("text", "iso", "words"),
    [
        (f"Bridge shut\n\n{FILLER}\nPosted on Friday 7th April 2017", "2017-04-07", "Friday 7th April 2017"),
        (
            "Bridge\nInspection date: 3 March 2017\nReport published: 7 April 2017",
            "2017-04-07",
            "7 April 2017",
        ),
        ("Inspection dates: 10 to 21 June 2019 Report published: 22 July 2019", "2019-07-22", "22 July 2019"),
        (f"Bridge shut\n\nPublished 22 July 2019\n\n{FILLER}", "2019-07-22", "22 July 2019"),
        (f"Bridge shut\nBy Ann Lee, 3 May 2018\n\n{FILLER}", "2018-05-03", "3 May 2018"),
        (f"Bridge shut\n\nAnn Lee | 3 May 2018 | 10:15\n\n{FILLER}", "2018-05-03", "3 May 2018"),
        (f"Bridge shut\n\nAnn Lee\nMonday, July 22, 2019\n\n{FILLER}", "2019-07-22", "Monday, July 22, 2019"),
        (f"Posted by Ann Lee on 3 May 2018 at 10:15 in News\n\n{FILLER}", "2018-05-03", "3 May 2018"),
        ("Date: 12/03/2019\nSubject: the bridge", "2019-03-12", "12/03/2019"),
        (f"WESTPORT, 7 April 2017 – The bridge shut. {FILLER}", "2017-04-07", "7 April 2017"),
        (f"Published 7 April 2017 | Last updated 3 May 2018\n\n{FILLER}", "2017-04-07", "7 April 2017"),
        (f"Last updated 3 May 2018 | Published 7 April 2017\n\n{FILLER}", "2017-04-07", "7 April 2017"),
        (f"Published: April 2017\n\n{FILLER}", "2017-04", "April 2017"),
        (f"First published: 2017\n\n{FILLER}", "2017", "2017"),
        (f"The bridge\n\nApril 2017\n\n{FILLER}", "2017-04", "April 2017"),
        (f"The bridge\n\n{FILLER}\n\n7 April 2017", "2017-04-07", "7 April 2017"),
    ],
)
def test_a_text_that_dates_itself(text: str, iso: str, words: str) -> None:
    found = publication_date(text)
    assert found is not None
    assert (found[0], text[found[1].start : found[1].end]) == (iso, words)


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"Inspection dates: 3 May 2018 to 5 May 2018\n\n{FILLER}",
        f"Last updated: 3 May 2018\n\n{FILLER}",
        f"Page last reviewed 3 May 2018\nNext review due: 3 May 2021\n\n{FILLER}",
        f"{FILLER}\n\n© 2018 The Bridge Trust",
        f"Meeting date: 3 May 2018\n\n{FILLER}",
        f"Bridge report published in 2012 was right\n\n{FILLER}",
        f"The last report was published on 3 May 2012. {FILLER}",
        f"The meeting was on 3 May 2018.\n\n{FILLER}",
        f"3-7 February 2020\n\n{FILLER}",
        f"Fieldwork: 3 May 2018\n\n{FILLER}",
        f"{FILLER}\n\n{FILLER}\n\nPublished: 3 May 2018\n\n" + f"{FILLER}\n\n" * 20,
        f"Diary\n\nAnn Lee, 3 May 2018\n\nBo Ray, 4 May 2018\n\n{FILLER}",
        f"Published: 31 February 2018\n\n{FILLER}",
    ],
)
def test_a_text_that_does_not(text: str) -> None:
    text = text.replace("Published: 3 May 2018", FILLER * 12 + "\n\nPublished: 3 May 2018")
    assert publication_date(text) is None


def test_readers_comments_do_not_date_the_article() -> None:
    text = (
        f"Bridge shut\n\n{FILLER}\n\n2 comments\n\nAnn Lee 3 May 2018 at 10:15\n\nAt last.\n\n"
        "Bo Ray 4 May 2018 at 11:20\n\nPublished 5 May 2018"
    )
    assert publication_date(text) is None


@pytest.mark.skipif(not SEEDS.is_dir(), reason=f"{SEEDS} is not here")
@pytest.mark.parametrize(
    ("doc", "iso"),
    [("000", None), ("001", "2017-04-07"), ("002", None), ("003", "2019-07-22"), ("004", "2017-04-07")],
)
def test_the_seeds_that_date_themselves(doc: str, iso: str | None) -> None:
    text = next(SEEDS.glob(f"{doc}_*")).read_bytes().decode()
    found = publication_date(text)
    assert (found[0] if found else None) == iso


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Date: 2021-02-11; Supplier: Moor Roofing; Amount: 12500.", ""),
        ("Dated: 3 May 2021; Visit: Cross Street.", ""),
        ("Inspection dates: 3 May 2021; Report published: 7 July 2021.", "2021-07-07"),
        ("Date: 7 July 2021", "2021-07-07"),
    ],
)
def test_a_row_of_data_does_not_date_its_document(text: str, published: str) -> None:
    """A list of payments is not published on the day of the first; a grade table may well say when it was."""
    found = publication_date(text, (Block("row", 0, len(text)),))
    assert (found[0] if found else "") == published
