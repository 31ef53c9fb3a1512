"""What a question asks of quotes is judged in one place: for a question, for its row, in the measure and in reports."""

import pytest

from eval import Question
from eval.expectations import expectations, unmet_expectations
from eval.report.reading import unmet
from eval.summary import measures_of
from tests.eval.rows import fact, quote, row

TWO = (quote("a.txt", voice="press"), quote("b.txt", voice="council"))
VOICES = ("press", "court", "press")


@pytest.mark.parametrize(
    ("quotes", "lacking"),
    [
        (TWO, ["no quote has the voice court; quoted: press, council",
               "2 of at least 3 documents quoted: a.txt, b.txt"]),
        (TWO[:1], ["no quote has the voice court; quoted: press", "1 of at least 3 documents quoted: a.txt"]),
        ((), ["no quote has the voice press; quoted: nothing", "no quote has the voice court; quoted: nothing",
              "0 of at least 3 documents quoted"]),
        ((quote(voice=""),), ["no quote has the voice press; quoted: nothing",
                              "no quote has the voice court; quoted: nothing",
                              "1 of at least 3 documents quoted: a.txt"]),
    ],
)  # fmt: skip
def test_a_question_and_its_row_lack_the_same_and_the_measure_counts_it(quotes, lacking):
    asks = {"must_cite_voices": VOICES, "must_cite_at_least": 3}
    made = row("q", fact(), quotes=quotes, **asks)
    question = Question("q", "q?", "factoid", True, **asks)
    assert unmet_expectations(question, quotes) == unmet_expectations(made, quotes) == lacking
    # A voice that is asked for twice is asked for once: three expectations in all.
    assert len(list(expectations(made, quotes))) == 3
    assert measures_of([made])["must_cite"].value == pytest.approx(1 - len(lacking) / 3)
    assert [sentence for sentence in unmet(made) if sentence in lacking] == lacking


def test_what_must_be_refused_is_told_and_is_no_part_of_the_measure():
    made = row("q", answerable=False, status="answered", quotes=TWO)
    assert unmet_expectations(made, TWO) == ["this must be refused, and was answered from a.txt, b.txt"]
    assert "must_cite" not in measures_of([made])


def test_what_was_not_asked_lacks_nothing():
    made = row("q", fact(quoted=None, keys=None), status="", quotes=(), must_cite_at_least=2)
    assert unmet(made) == () and "must_cite" not in measures_of([made])
