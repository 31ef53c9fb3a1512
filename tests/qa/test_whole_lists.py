"""Lists of which several sentences were chosen are quoted whole, in order, after what introduces them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from index import Document, infer_blocks, split
from qa import Service
from qa.retrieve import Candidate
from qa.sentences import Sentence, quoted_tokens, sentences_of
from qa.whole_lists import whole_lists

LIST = "Three bodies might have noticed:\n\n- the council and its leaders;\n\n- the board;\n\n- the commissioners."
TEXT = f"Nobody had looked for years.\n\n{LIST}\n\nNone of them did."


@pytest.fixture
def found(candidate: Callable[..., Candidate]) -> tuple[list[Candidate], Document]:
    """Short passages, several of them in the list, and their document."""
    info = candidate("a.md", TEXT, 1.0).document
    document = Document(info, TEXT, blocks=infer_blocks(TEXT))
    passages = split(document, 12)
    assert len(passages) >= 3
    return [replace(candidate("a.md", one.text, 1.0), passage=one) for one in passages], document


def chosen(candidates: list[Candidate], *beginnings: str) -> list[Sentence]:
    sentences = [sentence for one in candidates for sentence in sentences_of(one)]
    return [next(s for s in sentences if beginning in s.text) for beginning in beginnings]


def texts(sentences: list[Sentence]) -> str:
    return " | ".join(" ".join(sentence.text.split()) for sentence in sentences)


def completed(
    found: tuple[list[Candidate], Document], *beginnings: str, most: int = 160, room: int = 250
) -> str:
    candidates, document = found
    said, listed = whole_lists(chosen(candidates, *beginnings), candidates, lambda _: document, most, room)
    inside = {(s.candidate.document.doc_id, s.span.start) for s in said if s.text in LIST}
    assert listed in (frozenset(), inside)
    return texts(said)


def test_all_items_in_order_where_the_best_of_them_stood(found) -> None:
    said = completed(found, "None of", "commissioners", "council", "Nobody")
    whole = (
        "Three bodies might have noticed: | the council and its leaders; | the board; | the commissioners."
    )
    assert said.replace("- ", "") == f"None of them did. | {whole} | Nobody had looked for years."


def test_one_item_may_be_all_that_was_asked_for(found) -> None:
    assert completed(found, "None of", "commissioners") == texts(chosen(found[0], "None of", "commissioners"))


def test_a_long_list_and_one_that_does_not_fit_stay_as_they_were(found) -> None:
    as_it_was = texts(chosen(found[0], "commissioners", "council"))
    assert completed(found, "commissioners", "council", most=10) == as_it_was
    assert completed(found, "commissioners", "council", room=15) == as_it_was


def test_what_no_longer_fits_is_dropped_from_the_end(found) -> None:
    needed = quoted_tokens(chosen(found[0], "Three", "council", "the board", "commissioners"))
    said = completed(found, "commissioners", "council", "None of", "Nobody", room=needed + 5)
    assert said.endswith("None of them did.") and "Nobody" not in said


def test_a_list_of_the_sample_corpus_is_answered_whole(service: Service) -> None:
    answer = service.ask("When is an arrangement private fostering?")
    quoted = [quote.text for quote in answer.quotes]
    at = next(i for i, text in enumerate(quoted) if text.startswith("Three conditions have to be met"))
    assert "is under 16" in quoted[at], (
        "what introduces a list is quoted with its items, as far as one passage goes"
    )
    said = " ".join(quoted[at:])
    conditions = ("is under 16", "neither a parent", "at least 28 days")
    assert all(one in said for one in conditions)
    assert sorted(conditions, key=said.index) == list(conditions)
    assert all(service.document(q.doc_id).text[q.start : q.end] == q.text for q in answer.quotes)
