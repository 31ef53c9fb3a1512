"""Drafting: the questions that rules make of sentences and headings, and the way from a draft to a measured set."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

from eval import (
    draft,
    drafts_as_yaml,
    drafts_note,
    evaluate,
    lint,
    parse_questions,
    read_questions,
    resolve,
    unmet_expectations,
)
from eval.draft_rules import questions_of
from index import UsageError, open_store
from qa import Service


def lower(phrase: str) -> str:
    return phrase[0].lower() + phrase[1:] if phrase.startswith(("The ", "A ", "Experienced ")) else phrase


@pytest.mark.parametrize(
    ("sentence", "question", "keys"),
    [
        ("Eighteen children were known to be waiting, down from 22.",
         "How many children were known to be waiting?", ("eighteen|18",)),
        ("About 3,149 people had been counted in the borough.",
         "How many people had been counted in the borough?", ("3,149",)),
        ("About half of the workforce had been agency staff in 2017.",
         "What share of the workforce had been agency staff in 2017?", ("half",)),
        ("85% of pupils attended a good school, and none a bad one.",
         "What share of pupils attended a good school?", ("85%|85 per cent",)),
        ("The borough was looking after 333 children on 31 January 2017.",
         "How many children was the borough looking after on 31 January 2017?", ("333",)),
        ("There were 401 children with a plan on 31 January 2017, and 298 before.",
         "How many children with a plan were there on 31 January 2017?", ("401",)),
        ("The rules were tightened in February 2004.", "When were the rules tightened?", ("february 2004",)),
        ("In March 2016 the team had been reviewed, and much was acted on.",
         "When was it that the team had been reviewed?", ("march 2016",)),
        ("The visit was late because no worker could be found.", "Why was the visit late?", ()),
        ("Experienced staff left because of high caseloads and low pay.",
         "Why was it that experienced staff left?", ()),
        ("The delay was put down to getting consent from parents.", "What was the delay put down to?", ()),
        ("Felicity Collier, who then led the charity, said that registration would be better.",
         "Who said that registration would be better?", ("felicity collier",)),
    ],
)  # fmt: skip
def test_a_sentence_becomes_a_question(sentence, question, keys):
    asked = [(found.question, found.keys) for found in questions_of(sentence, lower)]
    assert (question, keys) in asked
    assert all(found.check for found in questions_of(sentence, lower))


@pytest.mark.parametrize(
    "sentence",
    [
        "She was looking after 333 children on that day.",  # who?
        "That is worth noting because others disagree with it.",
        "Three months later the board was closed in haste.",
        "2017 was a bad year for the whole of the council.",
        "12 of them.",
        "The *report* was published on 4 November 2014.",  # marks of a format
        "Five homes were visited by inspectors and",  # no end
        "One inspector was seen at the office of the council.",
        "The weather stayed fine throughout the whole visit.",
    ],
)
def test_what_would_not_stand_alone_becomes_none(sentence):
    assert list(questions_of(sentence, lower)) == []


def corpus(service_class, **texts: str):
    return service_class({f"{name}.txt": text for name, text in texts.items()}, {})


TITLE = "A report on the borough\n\n"
ONE = (
    f"{TITLE}Private fostering\n\nPrivate fostering was not watched by the council.\n\nFour workers were sent to"
    " the homes of carers in Poplar in 2017. The rules were tightened in 2004.\n"
)
OTHER = (
    f"{TITLE}How private fostering works\n\nMost people know little of private fostering.\n\nMore was said.\n"
)


def test_headings_and_comparisons_and_refusals(service_class):
    drafts = draft(corpus(service_class, one=ONE, two=OTHER), 50)
    by_question = {item.question.question: item.question for item in drafts}
    about = by_question["What does “one.txt” say about private fostering?"]
    assert about.facts[0].evidence[0].quote == "Private fostering was not watched by the council."
    assert about.facts[0].evidence[0].doc == "one.txt"
    assert "How many workers were sent to the homes of carers in Poplar in 2017?" in by_question
    refused = {text for text, question in by_question.items() if not question.answerable}
    assert "How many workers were sent to the homes of carers in Poplar in 2018?" in refused
    assert any("Aberdeen in 2017" in text or "Swansea in 2017" in text for text in refused)
    for text in refused:
        assert by_question[text].facts == () and by_question[text].type == "unanswerable"


def test_two_documents_are_compared(service_class):
    drafts = draft(corpus(service_class, one=ONE, two=OTHER), 50)
    (compared,) = [item.question for item in drafts if item.question.type == "multi"]
    assert compared.question == "What do “one.txt” and “two.txt” say about private fostering?"
    assert compared.must_cite_at_least == 2 and compared.must_cite_voices == ()
    assert [fact.evidence[0].doc for fact in compared.facts] == ["one.txt", "two.txt"]


def test_the_same_question_of_two_documents_is_one_with_alternatives(service_class):
    sentence = "Half of the workforce had been agency staff in 2017."
    drafts = draft(corpus(service_class, one=sentence, two=f"About {sentence[0].lower()}{sentence[1:]}"))
    (question,) = [item.question for item in drafts if item.question.answerable]
    assert [evidence.doc for evidence in question.facts[0].evidence] == ["one.txt", "two.txt"]


@pytest.mark.parametrize("n", [0, -1, 1001])
def test_a_number_that_cannot_be_drafted_is_misuse(service_class, n):
    with pytest.raises(UsageError, match=f"{n} questions cannot be drafted; ask for 1 to 1000"):
        draft(corpus(service_class, one=ONE), n)


def test_documents_without_a_sentence_give_none(service_class):
    assert draft(corpus(service_class, one="", two="12 34")) == ()


@pytest.fixture(scope="module")
def service(casebook: Path):
    with closing(Service.open(casebook)) as opened:
        yield opened


def test_a_draft_is_spread_and_the_same_each_time(service):
    drafts = draft(service, 20)
    assert len(drafts) == 20 == len({item.question.id for item in drafts})
    assert drafts == draft(service, 20) and drafts != draft(service, 20, seed=1)
    kinds = {item.question.type for item in drafts}
    assert {"factoid", "temporal", "why", "multi", "general", "unanswerable"} <= kinds
    assert 3 <= sum(not item.question.answerable for item in drafts) <= 7
    documents = {e.doc for item in drafts for fact in item.question.facts for e in fact.evidence}
    voices = {info.source_id: info.voice for info in service.documents()}
    assert len(documents) >= 8 and len({voices[name] for name in documents}) >= 6
    assert all(item.checks for item in drafts)


def test_a_refusal_names_what_no_document_has(service):
    texts = " ".join(service.document(info.doc_id).text for info in service.documents())
    refused = [item for item in draft(service, 40) if not item.question.answerable]
    assert refused
    for item in refused:
        match = re.search(r"“(.+)” stands in no document", item.checks[0])
        assert match and match[1] in item.question.question and match[1] not in texts


def test_from_a_draft_to_a_measured_set(service, tmp_path):
    path = tmp_path / "set.yaml"
    drafts = draft(service, 25)
    text = drafts_as_yaml(drafts, 14)
    path.write_text(text, "utf-8")
    assert text.count("draft: true\n") == 25 and text.count("  # Check: ") == 25
    with pytest.raises(UsageError, match="holds nothing but 25 drafts"):
        read_questions(path)

    path.write_text(text.replace("  draft: true\n", "", 20), "utf-8")
    questions = read_questions(path)
    assert list(questions) == [item.question for item in drafts[:20]]
    assert questions.drafts == tuple(item.question for item in drafts[20:])
    assert drafts_note(questions)[0].startswith("5 drafts were not counted")
    for item in resolve(questions, service):
        assert all(fact.places for fact in item.facts)
    assert [finding for finding in lint(*found(path, service)) if finding.severity == "error"] == []

    report = evaluate(service, questions)
    assert len(report.rows) == 20 and not report.violations
    assert report.measures["fact_recall@1000"].value > 0.5


def found(path: Path, service: Service):
    questions, problems = parse_questions(path)
    return questions, service, problems


def test_an_answer_is_held_against_its_expectations(service):
    (question,) = [item.question for item in draft(service, 20) if item.question.must_cite_voices][:1]
    answer = service.ask(question.question)
    cited = {citation.n: citation.document for citation in answer.citations}
    unmet = unmet_expectations(question, [cited[quote.citation] for quote in answer.quotes])
    voices = {quote.voice for quote in answer.quotes}
    assert len(unmet) == sum(voice not in voices for voice in question.must_cite_voices) + (len(
        {cited[quote.citation].source_id for quote in answer.quotes}) < question.must_cite_at_least)  # fmt: skip


def test_a_store_will_do(casebook: Path, service):
    with closing(open_store(casebook)) as store:
        assert draft(store, 5) == draft(service, 5)
