"""Cleaning, folding and counting: small functions that every stage leans on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index import Filter, clean, count_tokens, fold, token_spans, words
from index.types import DocumentInfo, Mention, Passage, Span, in_order

# Cleaning


@pytest.mark.parametrize(
    ("found", "read"),
    [
        ("The inspec-\ntion", "The inspection"),
        ("The inspec-\r\n  tion", "The inspection"),
        ("The inspec-\rtion", "The inspection"),
        ("The inspec\u00ad\ntion and co\u00adordi\u00adnation", "The inspection and coordination"),
        ("a multi-\nagency re-\ninspection", "a multi-agency re-inspection"),
        ("safeguard-\ning, interven-\ntion, accept-\nable", "safeguarding, intervention, acceptable"),
        ("face-to-\nface in the Tri-\nBorough", "face-to-face in the Tri-Borough"),
        ("MANAGE-\nMENT", "MANAGEMENT"),
        ("self\u00ad\nconfident", "selfconfident"),  # a soft hyphen is none of the word's own
        ("2016-\n17", "2016- 17"),  # a range of years is no hyphenated word
        ("a -\nb", "a - b"),
        ("ﬁve ﬂoors, oﬃce", "five floors, office"),
        ("½ of 10²", "½ of 10²"),
        (" a\u00a0b\t\r\n\n c\u2028", "a b c"),
        ("\ufeffzero\u200bwidth", "zerowidth"),
        ("", ""),
    ],
)
def test_clean(found, read):
    assert clean(found) == read


@settings(deadline=None)
@given(st.text())
@example("a-\n-\nb")
def test_clean_twice_is_clean(text):
    once = clean(text)
    assert once == " ".join(once.split())
    assert clean(once) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Children’s “Café”", 'children\'s "cafe"'),
        ("e\u0301", "é"),
        ("STRASSE", "straße"),
        ("２０１７–１８", "2017-18"),
        ("㎒", "mhz"),
        ("ǰ", "J"),
        ("the  board\n", "The board"),
        ("İstanbul", "istanbul"),
        ("…", "..."),
    ],
)
def test_fold(one, other):
    assert fold(one) == fold(other)


@settings(deadline=None)
@given(st.text())
def test_fold_twice_is_fold(text):
    assert fold(fold(text)) == fold(text)
    assert fold(text) == fold(f"  {text}\n")


@settings(deadline=None)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöéßñ ğ’–"))
def test_fold_knows_no_case(text):
    assert fold(text.upper()) == fold(text.lower())


def test_words_are_stems_without_case_or_accents():
    assert words("Thresholds, THRESHOLD & the Café’s naïveté") == [
        "threshold", "threshold", "the", "cafe", "s", "naivet",
    ]  # fmt: skip
    assert words("") == words("?! …") == []


# Tokens


def test_tokens_by_hand():
    assert count_tokens("") == 0
    assert token_spans("") == []
    assert count_tokens("hello world") == 2
    assert token_spans("hello world") == [Span(0, 5), Span(5, 11)]
    # One emoji of three tokens: one of them holds the character.
    spans = token_spans("👩")
    assert len(spans) == count_tokens("👩") == 3
    assert sorted(spans, key=len)[-1] == Span(0, 1) and sum(map(len, spans)) == 1


def test_special_tokens_are_text_like_any_other():
    assert count_tokens("<|endoftext|>") > 1


@settings(deadline=None)
@given(st.text(max_size=300))
@example("e\u0301👩\u200d👧 שלום \r\n\u00a0")
@example("a" + " " * 5000 + "b" + "\n" * 3000)
def test_token_spans_cover_the_text(text):
    spans = token_spans(text)
    assert len(spans) == count_tokens(text)
    assert in_order(spans)
    assert "".join(text[s.start : s.end] for s in spans) == text


@pytest.mark.parametrize("space", [" ", "\n", "\t", "\u00a0", "\r\n"])
def test_a_million_white_spaces_overflow_no_stack(space):
    text = "a" + space * 1_000_000 + "b"
    assert count_tokens(text) > 2
    assert count_tokens("x" * 1_000_000) == 125_000


# Filters


def info(**fields: str) -> DocumentInfo:
    return DocumentInfo("id1", "folder/a.txt", "T", "", "text/plain", **fields)


def passage(**fields: object) -> Passage:
    return Passage("id1:0-1", "id1", 0, 0, 1, "x", **fields)


@pytest.mark.parametrize(
    ("published", "since", "until", "admitted"),
    [
        ("2017-04-07", "2017-04-07", "2017-04-07", True),  # both bounds are inclusive
        ("2017-04-07", "2017-04-08", "", False),
        ("2017-04-07", "", "2017-04-06", False),
        ("2017-04-07", "2017", "2017", True),  # a year as a bound is the whole year
        ("2017-12-31", "", "2017", True),
        ("2018-01-01", "", "2017", False),
        ("2017-04-07", "2017-05", "", False),
        ("2017", "2017-04-07", "", True),  # some day of that year is late enough
        ("2017", "", "2017-04-07", True),
        ("2017-04", "2017-04-30", "2017-04-30", True),
        ("2016", "2017-04-07", "", False),
        ("2018", "", "2017-04-07", False),
        ("", "2017", "", False),  # no date passes no bound
        ("", "", "2017", False),
        ("", "", "", True),
    ],
)
def test_filter_dates(published, since, until, admitted):
    where = Filter(published_from=since, published_to=until)
    assert where.admits(info(published=published), passage()) is admitted
    assert where.admits(info(published="1999"), passage(published=published or "1999")) is (
        admitted if published else where.admits(info(published="1999"), passage())
    )


def test_filter_fields_are_joined_by_and():
    council = info(voice="council", publisher="The Council")
    assert Filter().admits(council, passage()) and not Filter()
    assert Filter(voices=frozenset({"council", "press"})).admits(council, passage())
    assert not Filter(voices=frozenset({"press"})).admits(council, passage())
    assert Filter(documents=frozenset({"id1"})).admits(council, passage())
    assert Filter(documents=frozenset({"folder/a.txt"})).admits(council, passage())
    assert not Filter(documents=frozenset({"a.txt"})).admits(council, passage())
    both = Filter(voices=frozenset({"council"}), publishers=frozenset({"Ofsted"}))
    assert both and not both.admits(council, passage())


# What importing costs


def test_import_is_light():
    code = (
        "import sys, index; heavy = {'torch', 'faiss', 'sentence_transformers', 'transformers', 'tiktoken',"
        " 'lxml', 'docx', 'pypdfium2', 'sqlite3', 'sklearn'} & set(sys.modules); print(sorted(heavy))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (run.stdout.strip(), run.stderr) == ("[]", "")


def test_filter_on_what_a_passage_is():
    council = info(voice="council")
    remark, menu = passage(voice="public"), passage(boilerplate=True)
    assert Filter(voices=frozenset({"public"})).admits(council, remark)
    assert not Filter(voices=frozenset({"council"})).admits(council, remark)
    assert not Filter().admits(council, menu) and Filter(boilerplate=True).admits(council, menu)
    older = info(superseded_by="ab")
    assert not Filter().admits(older, passage()) and Filter(editions=True).admits(older, passage())
    assert Filter(kinds=frozenset({"text/plain"})).admits(council, passage())
    assert not Filter(kinds=frozenset({"application/pdf"})).admits(council, passage())


@pytest.mark.parametrize(
    ("since", "until", "admitted"),
    [
        ("2017", "2017", True),
        ("2017-04-30", "", True),
        ("2017-05-01", "", False),
        ("", "2017-04-01", True),
        ("", "2017-03", False),
        ("2016", "2019", True),
        ("2018", "2019", False),
    ],
)
def test_filter_on_what_a_passage_speaks_of(since, until, admitted):
    april = passage(dates=(Mention(0, 1, "2017-04-01", "2017-04-30"),))
    where = Filter(about_from=since, about_to=until)
    assert where.admits(info(), april) is admitted
    assert not where.admits(info(published="2017-04-10"), passage())
