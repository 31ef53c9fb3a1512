"""What an answer says of itself in words: each statement held against the passages that it is made about."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from index import Filter, TransformerEmbedder, index_paths, open_store, words
from qa import Answer, ConfidenceModel, Quote, Searched, Service, Settings, long_date
from qa.retrieve import Candidate, Retrieval
from qa.telling import explained, incomplete, lacking
from qa.understand import understand

_SEARCHED = Searched(2, 3, "2012", "2019-07-22")
_KNOWN = dict.fromkeys(words("thresholds Hackney 2018"), 1)


def _retrieval(question: str, *found: Candidate) -> Retrieval:
    return Retrieval(question, found, understand(question, {}))


def _quote(candidate: Candidate) -> Quote:
    passage = candidate.passage
    return Quote(passage.text, 1, "press", passage.doc_id, passage.start, passage.end)


@pytest.mark.parametrize(
    ("question", "texts", "missing"),
    [
        ("How much was the fee in Hackney in 2018?", ["Visits went on.", "The fee was raised."],
         ["Hackney", "2018", "an amount of money"]),
        ("How much was the fee in Hackney in 2018?", ["In 2018 Hackney took £4."], []),
        # Each of what is compared is wanted; who answers one of them answers half.
        ("Was it better in 2019 than in 2012?", ["In 2012 it was good."], ["2019"]),
        ("Was it better in 2019 than in 2012?", ["In 2012 it was good.", "It was bad in 2019."], []),
        ("What did the council and the inspectors say?", ["It was good."], ["the council’s words",
                                                                            "the inspectorate’s words"]),
        ("What happened at the fifth visit?", ["The fourth visit went well."], ["fifth"]),
        # Both kinds that are asked for in one breath.
        ("When did it open and how much did it cost?", ["It opened in May."], ["an amount of money"]),
        ("When did it open and how much did it cost?", ["It opened in May.", "It cost £3."], []),
        ("Who is the chair, Ann Lee?", ["Ann Lee came."], ["a name"]),
        ("Why did it fail?", ["Nobody knew."], []),
    ],
)  # fmt: skip
def test_what_is_lacking_is_named(
    candidate: Callable[..., Candidate], question: str, texts: list[str], missing: list[str]
) -> None:
    found = [candidate(f"{n}.txt", text) for n, text in enumerate(texts)]
    assert lacking(_retrieval(question, *found), found) == missing


def test_of_two_questions_asked_in_one_breath_each_has_to_be_spoken_of(
    candidate: Callable[..., Candidate],
) -> None:
    found = candidate("a.txt", "The director is Ann Lee. The board paid £3 for it.")
    both = "Who is the director, and what is her salary?"
    assert lacking(_retrieval(both, found), [found]) == []
    assert incomplete(_retrieval(both, found), [])
    assert not incomplete(_retrieval("Who is the director, and what is the board?", found), [])
    assert not incomplete(_retrieval("Who is the director with a salary?", found), [])


def test_a_quoted_passage_is_read_however_late_it_came(candidate: Callable[..., Candidate]) -> None:
    early = [candidate(f"{n}.txt", "Nothing of note.") for n in range(12)]
    late = candidate("z.txt", "Hackney paid.")
    retrieval = _retrieval("What did Hackney do?", *early, late)
    assert incomplete(retrieval, [])
    assert not incomplete(retrieval, [_quote(late)])


def test_the_parts_of_a_partial_answer(candidate: Callable[..., Candidate]) -> None:
    quoted, other = candidate("a.txt", "Thresholds rose in 2019."), candidate("b.txt", "Hackney paid £3.")
    retrieval = _retrieval("How much did Hackney pay for thresholds in 2019?", quoted, other)
    told = explained("partial", retrieval, [_quote(quoted)], _SEARCHED, {})
    assert told == (
        "Quoted from 1 of 2 documents searched. It is not certain that they answer the whole question."
        " Found in the quoted passages: 2019 and “thresholds”."
        " Not found in them: Hackney, an amount of money and “pay”."
    )
    whole = explained("partial", _retrieval("thresholds rose?", quoted), [_quote(quoted)], _SEARCHED, {})
    assert "All of it is mentioned" in whole and "Not found" not in whole
    assert explained("answered", retrieval, [_quote(quoted)], _SEARCHED, {}) == (
        "Quoted from 1 of 2 documents searched."
    )


def test_silence_says_what_was_searched_and_what_is_missing(candidate: Callable[..., Candidate]) -> None:
    found = candidate("a.txt", "Thresholds rose.")
    retrieval = _retrieval("How much did Hackney’s thresholds cost in 2018, penguins?", found)
    told = explained("not_in_documents", retrieval, [], _SEARCHED, _KNOWN)
    assert told == (
        "The documents do not seem to say. 3 passages of 2 documents were searched, published from 2012 to 22 July 2019"
        " as far as is known. No passage mentions “cost” or “penguins”."
        " None of the nearest passages mentions Hackney or 2018."
        " None of the nearest passages gives an amount of money."
    )
    plain = _retrieval("thresholds?", found)
    assert explained("not_in_documents", plain, [], Searched(1, 1, "2012", "2012"), {"threshold": 1}) == (
        "The documents do not seem to say. 1 passage of 1 document was searched, published in 2012 as far as is known."
        " Passages near the question were found, and none near enough to count as an answer."
    )
    assert explained("not_in_documents", _retrieval("Hackney?"), [], Searched(0, 0), {}) == (
        "The documents do not seem to say. 0 passages of 0 documents were searched."
    )


def test_a_long_list_is_cut() -> None:
    question = "Did Ann Lee, Bob Ray, Cy Dow, Di Fox, Ed Gee, Flo Hay, Guy Ives and Hal Jay meet?"
    told = explained("not_in_documents", _retrieval(question), [], Searched(0, 0), {})
    assert "Ann" not in told, "nothing was near, so that nothing is said of it"


_TRICKY = [
    "What did the council and the readers say about Hackney?",
    "When did the commissioners arrive, and how much were they paid?",
    "Why did the mayor of Newham resign?",
    "What percentage of private fostering visits were on time, and who led the team?",
    "Who is the director of children's services, and what is her salary?",
    "How did Lambeth and Tower Hamlets compare on thresholds in 2012 and 2021?",
    "What did the parliamentary inquiry of 2021 conclude?",
]


@pytest.fixture(scope="module")
def answers(service: Service) -> list[Answer]:
    return [service.ask(question) for question in _TRICKY]


def test_what_is_said_of_the_sample_corpus_is_true(service: Service, answers: list[Answer]) -> None:
    stems: set[str] = set()
    for info in service.documents():
        stems.update(words(f"{info.title} {service.document(info.doc_id).text}"))
    assert {answer.status for answer in answers} >= {"partial", "not_in_documents"}
    for answer in answers:
        if answer.status == "not_in_documents":
            assert (
                f"{answer.searched.passages:,} passages of {answer.searched.documents} documents"
                in answer.explanation
            )
            span = f"from {long_date(answer.searched.first)} to {long_date(answer.searched.last)}"
            assert span in answer.explanation
            _, _, lead = answer.explanation.partition("No passage mentions ")
            for word in lead.partition(".")[0].split("”")[:-1]:
                assert stems.isdisjoint(words(word.rpartition("“")[2])), answer.question
        elif answer.status == "partial":
            found, missing = answer.explanation.partition("Found in the quoted passages: ")[2].split(
                ". Not found in them: "
            )
            said = {
                stem
                for citation in answer.citations
                for stem in words(f"{citation.document.title} {citation.heading} {citation.text}")
            }
            assert found and missing
            for told, there in ((found, True), (missing, False)):
                for word in told.split("”")[:-1]:
                    assert any(stem in said for stem in words(word.rpartition("“")[2])) is there, (
                        answer.question,
                        word,
                    )


def test_a_name_that_only_another_document_has_is_told_under_a_filter(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The threshold for help was raised by the council in spring.")
    (tmp_path / "b.txt").write_text("Hackney closed two of its libraries.")
    with closing(open_store(tmp_path / "data", create=True)) as store:
        index_paths(store, TransformerEmbedder(), [tmp_path / "a.txt", tmp_path / "b.txt"])
        never = replace(ConfidenceModel(), refuse=1.0, partial=1.0)
        service = Service(store, TransformerEmbedder(), Settings(confidence=never))
        told = service.ask(
            "What did Hackney raise?", filter=Filter(documents=frozenset({"a.txt"}))
        ).explanation
    assert "1 passage of 1 document" in told and "No passage mentions" not in told
    assert "None of the nearest passages mentions Hackney." in told
