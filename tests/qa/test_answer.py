"""Quotes: chosen within a budget, merged only where they touch, verified against the stored document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest

from index import Document, Store, count_tokens
from qa import AnswerSettings, Service
from qa.answer import quote
from qa.retrieve import Candidate, Retrieval

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
    quotes, citations = quote(_store(found), Retrieval("q", (found,)), AnswerSettings(margin=1.0, spread=0))
    assert [q.text for q in quotes] == [
        "Children waited far too long for help. Nobody had looked at the files."
    ]
    assert [(c.n, c.start, c.end) for c in citations] == [(1, 0, len(_TEXT))]


def test_sentences_apart_stay_two_quotes_of_one_citation(candidate: Callable[..., Candidate]) -> None:
    found = candidate("a.txt", _TEXT, cosines=(0.9, 0.1, 0.8))
    quotes, citations = quote(_store(found), Retrieval("q", (found,)), AnswerSettings(margin=1.0, spread=0))
    assert [q.text for q in quotes] == [
        "Children waited far too long for help.", "The board met twice that year.",
    ]  # fmt: skip
    assert [q.citation for q in quotes] == [1, 1] and len(citations) == 1


def test_a_blank_line_is_not_quoted_across(candidate: Callable[..., Candidate]) -> None:
    found = candidate("a.txt", "Children waited far too long for help.\n\nNobody had looked at the files.")
    quotes, _ = quote(_store(found), Retrieval("q", (found,)))
    assert [q.text for q in quotes] == [
        "Children waited far too long for help.",
        "Nobody had looked at the files.",
    ]


def test_the_same_words_are_quoted_once(candidate: Callable[..., Candidate]) -> None:
    found = (
        candidate("a.txt", "Nobody had looked at the files."),
        candidate("b.txt", "Nobody had\nlooked at the files."),
    )
    quotes, citations = quote(_store(*found), Retrieval("q", found))
    assert len(quotes) == len(citations) == 1


def test_what_the_document_does_not_say_is_not_quoted(candidate: Callable[..., Candidate]) -> None:
    # "not" removed, a number changed, two sentences spliced: the stored document decides, not the passage.
    for stored in (
        "Children did not wait.",
        "Children waited 3 years.",
        "Children waited. They hoped 2 years.",
    ):
        claimed = candidate("a.txt", "Children waited 2 years for it.")
        quotes, citations = quote(_store(claimed, texts={"a.txt": stored}), Retrieval("q", (claimed,)))
        assert quotes == () and citations == ()


def test_the_budget_holds_whatever_is_found(candidate: Callable[..., Candidate]) -> None:
    found = tuple(
        candidate(
            f"{i}.txt",
            f"Sentence number {i} goes on for quite a few words so that it takes up room.",
            1 / (i + 1),
        )
        for i in range(15)
    )
    quotes, _ = quote(_store(*found), Retrieval("q", found), AnswerSettings(quote_tokens=60, margin=99))
    assert quotes and sum(count_tokens(q.text) for q in quotes) <= 60


def test_no_sentences_no_quotes(candidate: Callable[..., Candidate]) -> None:
    found = candidate("a.txt", "Yes.")  # too short to carry a point
    assert quote(_store(found), Retrieval("q", (found,))) == ((), ())
    bare = replace(
        found,
        passage=replace(found.passage, sentences=()),
        similarity=replace(found.similarity, sentences=()),
    )
    assert quote(_store(bare), Retrieval("q", (bare,))) == ((), ())


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
