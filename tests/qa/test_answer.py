"""Quotes: chosen within a budget, merged only where they touch, verified against the stored document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest

from index import Document, Mention, Span, Store, count_tokens
from qa import AnswerSettings, Service
from qa.answer import quote
from qa.retrieve import Candidate, Retrieval
from qa.sentences import quoted_tokens, sentences_of
from qa.understand import understand

_TEXT = (
    "Children waited far too long for help. Nobody had looked at the files. The board met twice that year."
)


def _store(*candidates: Candidate, texts: dict[str, str] | None = None) -> Store:
    """A store that holds each candidate's passage as its whole document, or what `texts` says instead."""
    documents = {
        c.document.doc_id: Document(c.document, (texts or {}).get(c.document.source_id, c.passage.text))
        for c in candidates
    }
    return SimpleNamespace(document=documents.__getitem__)  # type: ignore[return-value]


def test_sentences_that_touch_become_one_quote(candidate: Callable[..., Candidate]) -> None:
    found = candidate("a.txt", _TEXT, cosines=(0.9, 0.8, 0.1))
    # Deviations from the mean 0.6 (sd 0.356): .84, .56, -1.40; at weight 0.5 the last is 1.12 below the best.
    quotes, citations, _ = quote(
        _store(found), Retrieval("q", (found,)), AnswerSettings(sentence_weight=0.5, margin=1.0, spread=0)
    )
    assert [q.text for q in quotes] == [
        "Children waited far too long for help. Nobody had looked at the files."
    ]
    assert [(c.n, c.start, c.end) for c in citations] == [(1, 0, len(_TEXT))]


def test_sentences_apart_stay_two_quotes_of_one_citation(candidate: Callable[..., Candidate]) -> None:
    found = candidate("a.txt", _TEXT, cosines=(0.9, 0.1, 0.8))
    quotes, citations, _ = quote(
        _store(found), Retrieval("q", (found,)), AnswerSettings(sentence_weight=0.5, margin=1.0, spread=0)
    )
    assert [q.text for q in quotes] == [
        "Children waited far too long for help.", "The board met twice that year.",
    ]  # fmt: skip
    assert [q.citation for q in quotes] == [1, 1] and len(citations) == 1


def test_a_blank_line_is_not_quoted_across(candidate: Callable[..., Candidate]) -> None:
    found = candidate("a.txt", "Children waited far too long for help.\n\nNobody had looked at the files.")
    quotes, _, _ = quote(_store(found), Retrieval("q", (found,)))
    assert [q.text for q in quotes] == [
        "Children waited far too long for help.",
        "Nobody had looked at the files.",
    ]


def test_the_same_words_are_quoted_once(candidate: Callable[..., Candidate]) -> None:
    found = (
        candidate("a.txt", "Nobody had looked at the files."),
        candidate("b.txt", "Nobody had\nlooked at the files."),
    )
    quotes, citations, _ = quote(_store(*found), Retrieval("q", found))
    assert len(quotes) == len(citations) == 1


_CLAIMED = "Cllr Ann Lee said that 12 children had not been seen."


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(_CLAIMED.replace("not ", ""), id="not removed"),
        pytest.param(_CLAIMED.replace("had", "had not"), id="not doubled"),
        pytest.param(_CLAIMED.replace("12", "21"), id="a number changed"),
        pytest.param(_CLAIMED.replace("12", "112"), id="a digit more"),
        pytest.param(_CLAIMED.replace("Lee", "Leigh"), id="a name changed"),
        pytest.param(_CLAIMED.replace("Ann Lee", "Lee Ann"), id="a name turned round"),
        pytest.param(
            "Cllr Ann Lee said that. Later 12 children had not been seen.", id="two sentences spliced"
        ),
        pytest.param(_CLAIMED.replace("children ", ""), id="a word left out"),
        pytest.param(_CLAIMED.replace("seen", "sеen"), id="a letter of another alphabet"),
        pytest.param(_CLAIMED.upper(), id="case"),
        pytest.param(f" {_CLAIMED}", id="one place to the right"),
        pytest.param(_CLAIMED[1:] + " ", id="one place to the left"),
        pytest.param(_CLAIMED[:-1], id="a document that ends too soon"),
    ],
)
def test_what_the_document_does_not_say_is_withheld_and_counted(
    candidate: Callable[..., Candidate], stored: str
) -> None:
    """The stored document decides, not the passage: none of these mutations passes."""
    claimed, sound = candidate("a.txt", _CLAIMED), candidate("b.txt", _TEXT)
    store = _store(claimed, sound, texts={"a.txt": stored})
    assert quote(store, Retrieval("q", (claimed,))) == ((), (), 1)
    quotes, citations, withheld = quote(store, Retrieval("q", (claimed, sound)))
    assert withheld == 1 and {q.doc_id for q in quotes} == {sound.document.doc_id}
    assert [c.n for c in citations] == [1]  # no number is left out for what isn't shown


@pytest.mark.parametrize("stored", ["“We’re ﬁne,” she  said to us.", '"We\'re fine," she\nsaid to us.'])
def test_white_space_ligatures_and_quotation_marks_may_differ(
    candidate: Callable[..., Candidate], stored: str
) -> None:
    claimed = candidate("a.txt", '"We\'re fine," she said to us.')
    same = replace(
        claimed,
        passage=replace(claimed.passage, sentences=(Span(0, len(stored)),), end=len(stored)),
        similarity=replace(claimed.similarity, sentences=(0.0,)),
    )
    quotes, _, withheld = quote(_store(same, texts={"a.txt": stored}), Retrieval("q", (same,)))
    assert withheld == 0
    assert [(q.text, q.start, q.end) for q in quotes] == [(stored, 0, len(stored))]  # as the document has it


def test_the_budget_holds_whatever_is_found(candidate: Callable[..., Candidate]) -> None:
    found = tuple(
        candidate(
            f"{i}.txt",
            f"Sentence number {i} goes on for quite a few words so that it takes up room.",
            1 / (i + 1),
        )
        for i in range(15)
    )
    quotes, _, _ = quote(_store(*found), Retrieval("q", found), AnswerSettings(quote_tokens=60, margin=99))
    assert quotes and sum(count_tokens(q.text) for q in quotes) <= 60


def test_no_sentences_no_quotes(candidate: Callable[..., Candidate]) -> None:
    found = candidate("a.txt", "Yes.")  # too short to carry a point
    assert quote(_store(found), Retrieval("q", (found,))) == ((), (), 0)
    bare = replace(
        found,
        passage=replace(found.passage, sentences=()),
        similarity=replace(found.similarity, sentences=()),
    )
    assert quote(_store(bare), Retrieval("q", (bare,))) == ((), (), 0)


@pytest.mark.parametrize(
    "question", ["Why were thresholds inconsistent?", "What was the board told to do?", "private fostering"]
)
def test_every_quote_lies_in_its_citation_and_its_document(service: Service, question: str) -> None:
    answer = service.ask(question)
    assert answer.status != "not_in_documents" and answer.quotes
    by_number = {citation.n: citation for citation in answer.citations}
    assert list(by_number) == list(range(1, len(by_number) + 1))
    assert {quote.citation for quote in answer.quotes} == set(by_number)
    for found in answer.quotes:
        citation = by_number[found.citation]
        text = service.document(citation.document.doc_id).text
        assert text[found.start : found.end] == found.text
        assert text[citation.start : citation.end] == citation.text
        assert citation.start <= found.start < found.end <= citation.end
        assert found.voice == citation.document.voice
    assert sum(count_tokens(found.text) for found in answer.quotes) <= 250


def test_each_side_of_a_comparison_is_quoted(candidate: Callable[..., Candidate]) -> None:
    """However much one year has to say, and however little the other is worth."""
    many = [
        candidate(f"{i}.txt", f"In 2019 visit number {i} went well indeed.", score=3.0) for i in range(20)
    ]
    few = candidate("old.txt", "The report of 2012 found nothing of the kind.", score=-4.0)
    year = few.passage.text.index("2012")
    few = replace(
        few, passage=replace(few.passage, dates=(Mention(year, year + 4, "2012-01-01", "2012-12-31"),))
    )
    found = (*many, few)
    understood = understand("Was it better in 2019 than in 2012?", {})
    quotes, _, _ = quote(_store(*found), Retrieval("q", found, understood))
    assert [q.text for q in quotes if "2012" in q.text] == [few.passage.text]
    assert len(quotes) > 10 and quotes[-1].text == few.passage.text, "what is worth most stands first"
    quotes, _, _ = quote(_store(*found), Retrieval("q", found))
    assert not any("2012" in q.text for q in quotes)


def test_what_stands_between_two_sentences_counts(candidate: Callable[..., Candidate]) -> None:
    text = "Is the harbour green?  \n \nThe museum, which nobody painted, is not."
    sentences = sentences_of(candidate("a.md", text))
    assert len(sentences) == 2 and quoted_tokens(sentences) == count_tokens(text)
    assert quoted_tokens(sentences) > sum(one.tokens for one in sentences)
    assert quoted_tokens(sentences[:1]) == sentences[0].tokens == count_tokens(sentences[0].text)
