"""Question sets in YAML: what is read, every message once, and what is written is read again."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import (
    Evidence,
    Fact,
    Question,
    QuestionSet,
    as_yaml,
    drafts_note,
    parse_questions,
    read_questions,
    resolve,
    unmet_expectations,
)
from eval.questions import Problem
from eval.yaml_sets import question_id, yaml_entries
from index import UsageError, open_store

GOOD = """\
- question: Why were thresholds inconsistent?
  must_cite:
    - quote: Thresholds were applied unevenly        # found in the documents
      in: ofsted.pdf
    - any: [{quote: 333, in: a}, {quote: three hundred and thirty-three}]
      fact: how many
      keys: [333|three hundred, children]
    - plain words
  must_cite_voices: [inspectorate, council]
  must_cite_at_least: 2
  reference: Nobody says.
  note: hard
- question: What grade did Hackney get?
  must_refuse: yes
- id: 007
  type: why
  question: >
    A question
    on two lines
  must_cite: one quote
  note:
- question: Not ready
  draft: true
"""


def write(folder: Path, text: str, name: str = "set.yaml") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


def problems_of(text: str | bytes) -> list[Problem]:
    problems: list[Problem] = []
    yaml_entries(text if isinstance(text, bytes) else text.encode(), problems)
    return problems


def test_every_field_is_read(tmp_path):
    questions = read_questions(write(tmp_path, GOOD))
    first, second, third = questions
    assert first == Question(
        id=question_id("Why were thresholds inconsistent?"),
        question="Why were thresholds inconsistent?",
        type="general",
        answerable=True,
        facts=(
            Fact("Thresholds were applied unevenly",
                 (Evidence("ofsted.pdf", quote="Thresholds were applied unevenly"),)),
            Fact("how many",
                 (Evidence("a", quote="333"), Evidence(quote="three hundred and thirty-three")),
                 ("333|three hundred", "children")),
            Fact("plain words", (Evidence(quote="plain words"),)),
        ),
        reference="Nobody says.",
        note="hard",
        must_cite_voices=("inspectorate", "council"),
        must_cite_at_least=2,
    )  # fmt: skip
    assert (second.type, second.answerable, second.facts) == ("unanswerable", False, ())
    assert (third.id, third.type, third.question, third.note) == ("007", "why", "A question on two lines", "")
    assert [draft.question for draft in questions.drafts] == ["Not ready"]
    assert [questions.line(question.id) for question in questions] == [1, 13, 15]
    assert questions.line(first.id, 1, 1) == 3 and questions.line(first.id, 2, 2) == 5
    assert questions.line("nobody") is None


def test_drafts_are_set_apart_and_counted(tmp_path):
    questions = read_questions(write(tmp_path, GOOD))
    assert len(questions) == 3 and len(questions.drafts) == 1
    (note,) = drafts_note(questions)
    assert note.startswith("1 draft was not counted")
    assert drafts_note(questions.questions) == []
    line = {"id": "d", "question": "?", "type": "t", "answerable": True, "draft": True}
    kept = {"id": "k", "question": "?", "type": "t", "answerable": False}
    both = write(tmp_path, f"{json.dumps(line)}\n{json.dumps(kept)}\n", "set.jsonl")
    assert [q.id for q in read_questions(both)] == ["k"]
    with pytest.raises(UsageError, match="nothing but 1 draft: correct each and delete its"):
        read_questions(write(tmp_path, json.dumps(line), "drafts.jsonl"))


def test_an_accepted_draft_counts(tmp_path):
    text = "- {question: a b, must_refuse: true, draft: DRAFT}\n- {question: c d, must_refuse: true}\n"
    assert len(read_questions(write(tmp_path, text.replace("DRAFT", "true")))) == 1
    assert len(read_questions(write(tmp_path, text.replace("DRAFT", "false")))) == 2


def test_an_id_made_of_the_question_stays_when_others_come_and_go(tmp_path):
    alone = read_questions(write(tmp_path, "- question: Who paid?\n  must_refuse: true"))
    among = read_questions(
        write(tmp_path, "- {question: Else, must_refuse: true}\n- {question: who paid, must_refuse: true}")
    )
    assert alone[0].id == among[1].id == question_id("WHO PAID")
    assert question_id("Who paid then?") != question_id("Who paid?")


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        (b"- question: caf\xe9", 1, "not UTF-8; save the file as UTF-8"),
        ("- question: a\n  note: \x01", 2, "which YAML forbids; delete it"),
        ("- question: a: b", 1, 'not YAML, mapping values are not allowed here; check the indentation, and put'),
        ("[" * 1000, 1, "nested too deeply"),
        ("question: a", 1, 'not a list of questions; begin each with "- question:" at the margin'),
        ("- a", 1, 'not a question: write "- question: ..."'),
        ("- id: a\n  must_refuse: true", 1, '"question" is missing; write what a person would ask'),
        ("- question: a\n  must_site: b", 2, 'unknown field "must_site"; did you mean "must_cite"?'),
        ("- question: a\n  zzz: b", 2, 'unknown field "zzz"; there are question, id, type'),
        ("- question: a\n  id: x\n  id: y\n  must_refuse: true", 3, '"id" is given twice; keep one'),
        ("- question: [a]\n  must_refuse: true", 1, '"question" must be text; put it in quotation marks'),
        ("- question: ''\n  must_refuse: true", 1, '"question" is empty; fill it, or delete it'),
        ("- question: a\n  must_refuse: maybe", 2, '"must_refuse" must be true or false'),
        ("- question: a\n  draft: 1", 2, '"draft" must be true or false'),
        ("- question: a", 1, 'nothing is expected of the answer; add "must_cite" with a quote, or'),
        ("- question: a\n  must_refuse: true\n  must_cite: b", 2, 'refused cites nothing; delete "must_cite" or'),
        ("- question: a\n  must_cite: {quote: b}", 2, '"must_cite" must be a list; begin each item with "- "'),
        ("- question: a\n  must_cite: []", 2, '"must_cite" is an empty list; fill it, or delete it'),
        ("- question: a\n  must_cite:\n  - [b]", 3, 'not a quote: write "- quote: ..."'),
        ("- question: a\n  must_cite:\n  - in: b", 3, '"quote" is missing; copy the words from a document'),
        ("- question: a\n  must_cite:\n  -", 3, '"quote" is empty; fill it'),
        ("- question: a\n  must_cite:\n  - any: [b]\n    in: c", 4, 'write "in" under "any", beside each quote'),
        ("- question: a\n  must_cite:\n  - any:\n    - any: [b]", 4, 'unknown field "any"; there are quote, in'),
        ("- question: a\n  must_cite:\n  - {quote: b, keys: ['a||b']}", 3, 'with nothing empty between "|"'),
        ("- question: a\n  must_cite_voices: [nobody]", 2, 'no voice is called "nobody"; there are inspectorate'),
        ("- question: a\n  must_cite_at_least: 0", 2, '"must_cite_at_least" must be a whole number'),
    ],
)  # fmt: skip
def test_a_problem_names_its_line_and_what_to_do(text, line, complaint):
    problems = problems_of(text)
    assert problems and problems[0].line == line
    assert complaint in problems[0].message


def test_all_problems_come_at_once_with_the_file(tmp_path):
    path = write(
        tmp_path,
        "- question: a b\n- question: c d\n  must_refuse: true\n- question: C d?\n  must_refuse: true\n",
    )
    with pytest.raises(UsageError) as caught:
        read_questions(path)
    message = str(caught.value)
    assert "2 problems" in message
    assert f"{path}, line 1: nothing is expected" in message
    assert f"{path}, line 4: the id" in message and "on line 2, for the same question: delete one" in message
    kept, problems = parse_questions(path)
    assert [question.question for question in kept] == ["c d"] and len(problems) == 2


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]"])
def test_an_empty_file_holds_no_questions(tmp_path, text):
    with pytest.raises(UsageError, match="holds no questions"):
        read_questions(write(tmp_path, text))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"must_cite_voices": "council"}, '"must_cite_voices" must be a list of voices'),
        ({"must_cite_voices": ["nobody"]}, 'no voice is called "nobody"'),
        ({"must_cite_at_least": 0}, '"must_cite_at_least" must be a whole number of documents, from 1'),
        ({"must_cite_at_least": True}, '"must_cite_at_least" must be a whole number of documents, from 1'),
        ({"must_cite_voice": []}, 'unknown field "must_cite_voice"; there are must_cite_voices and'),
        ({"draft": "yes"}, '"draft" must be true or false'),
        ({"answerable": False, "must_cite_at_least": 2}, "an unanswerable question cites nothing"),
    ],
)
def test_json_lines_take_expectations_too(tmp_path, changes, complaint):
    record = {"id": "q", "question": "?", "type": "t", "answerable": True, "must_cite_voices": ["council"]}
    (question,) = read_questions(write(tmp_path, json.dumps(record), "set.jsonl"))
    assert question.must_cite_voices == ("council",) and question.facts == ()
    with pytest.raises(UsageError, match="is not a question set") as caught:
        read_questions(write(tmp_path, json.dumps(record | changes), "set.jsonl"))
    assert complaint in str(caught.value)


TEXTS = {
    "a.txt": "Thresholds were applied\nunevenly. Five homes were seen.",
    "b.txt": "Five homes were seen. The council agrees with the whole report.",
}


class TestQuotesWithoutADocument:
    def message(self, tmp_path, service_class, quote: str) -> str:
        path = write(tmp_path, f"- question: Why?\n  id: q1\n  must_cite:\n  - quote: {quote}\n")
        with pytest.raises(UsageError) as caught:
            resolve(read_questions(path), service_class(TEXTS, {}))
        assert f"{path}, line 4: question q1, fact 1: " in str(caught.value)
        return str(caught.value)

    def test_it_is_found_wherever_it_stands(self, tmp_path, service_class):
        path = write(tmp_path, "- question: Why?\n  must_cite: thresholds were applied unevenly\n")
        with pytest.raises(UsageError):
            resolve(read_questions(path), service_class(TEXTS, {}))  # letters are never folded
        path = write(tmp_path, "- question: Why?\n  must_cite: Thresholds were applied unevenly\n")
        (resolved,) = resolve(read_questions(path), service_class(TEXTS, {}))
        (place,) = resolved.facts[0].places
        assert TEXTS["a.txt"][place.start : place.end] == "Thresholds were applied\nunevenly"

    def test_in_several_documents_it_is_ambiguous(self, tmp_path, service_class):
        message = self.message(tmp_path, service_class, "Five homes were seen")
        assert '2 documents hold the quote "Five homes were seen", say which is meant with "in"' in message
        assert '(in JSON Lines: "doc"): a.txt, b.txt' in message

    def test_a_vanished_one_is_named_with_the_nearest_and_its_document(self, tmp_path, service_class):
        message = self.message(tmp_path, service_class, "The council disputes the whole report")
        assert (
            'no document holds the quote "The council disputes the whole report"; nearest, in b.txt at'
            in message
        )
        assert '"The council agrees with the whole' in message

    def test_nothing_is_offered_for_words_from_elsewhere(self, tmp_path, service_class):
        assert "nothing in any comes near" in self.message(tmp_path, service_class, "Zebra")

    def test_questions_without_a_file_are_named_by_their_id(self, service_class):
        question = Question("q1", "Why?", "t", True, (Fact("f", (Evidence(quote="Zebra"),)),))
        with pytest.raises(UsageError, match=r"\n  question q1, fact 1: no document holds"):
            resolve([question], service_class(TEXTS, {}))


@dataclass(frozen=True)
class Cited:
    voice: str
    source_id: str


COUNCIL, PRESS = Cited("council", "a"), Cited("press", "b")


@pytest.mark.parametrize(
    ("changes", "quotes", "unmet"),
    [
        ({}, [], []),
        ({"must_cite_voices": ("press", "council")}, [COUNCIL, PRESS], []),
        ({"must_cite_voices": ("press", "council", "law")}, [COUNCIL],
         ["no quote has the voice press; quoted: council", "no quote has the voice law; quoted: council"]),
        ({"must_cite_at_least": 2}, [COUNCIL, PRESS], []),
        ({"must_cite_at_least": 2}, [COUNCIL, COUNCIL], ["1 of at least 2 documents quoted: a"]),
        ({"must_cite_at_least": 1}, [], ["0 of at least 1 documents quoted"]),
        ({"answerable": False}, [], []),
        ({"answerable": False}, [COUNCIL, PRESS], ["this must be refused, and was answered from a, b"]),
    ],
)  # fmt: skip
def test_unmet_expectations_are_sentences(changes, quotes, unmet):
    question = replace(Question("q", "?", "t", True), **changes)
    assert unmet_expectations(question, quotes) == unmet


words = st.text(min_size=1, max_size=40).filter(lambda text: text.strip() == text and text.strip())
spoken = words.filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text))
keys = st.lists(spoken.filter(lambda text: all(way.strip() for way in text.split("|"))), max_size=2).map(
    tuple
)
facts = st.builds(
    Fact,
    spoken,
    st.lists(
        st.builds(Evidence, doc=st.one_of(st.just(""), spoken), quote=spoken), min_size=1, max_size=3
    ).map(tuple),
    keys,
)
asked = st.builds(
    Question,
    id=spoken, question=spoken, type=spoken, answerable=st.just(True),
    facts=st.lists(facts, min_size=1, max_size=3).map(tuple), reference=spoken, note=spoken,
    must_cite_voices=st.lists(st.sampled_from(["council", "press"]), unique=True).map(tuple),
    must_cite_at_least=st.integers(0, 9),
)  # fmt: skip


@given(st.lists(asked, min_size=1, max_size=3, unique_by=lambda q: q.id), st.booleans())
def test_what_is_written_is_read_again(questions, draft):
    problems: list[Problem] = []
    text = as_yaml(questions, head=["a head"], checks={questions[0].id: ["see\nto it"]}, draft=draft)
    entries = yaml_entries(text.encode(), problems)
    assert problems == []
    assert [entry.question for entry in entries] == questions
    assert all(entry.draft is draft for entry in entries)


@given(st.text(max_size=200))
def test_no_file_makes_it_stumble(text):
    raw = text.encode("utf-8", "ignore")
    problems: list[Problem] = []
    entries = yaml_entries(raw, problems)
    assert all(problem.line >= 1 and problem.message for problem in problems)
    assert all(entry.question.question.strip() for entry in entries)


def test_a_set_is_a_sequence():
    one, two = (Question(name, "?", "t", False) for name in "ab")
    questions = QuestionSet((one, two))
    assert (
        list(questions) == [one, two] and questions[1:] == (two,) and two in questions and questions[0] is one
    )


def test_the_examples_of_the_handbook_are_what_it_says(tmp_path, casebook):
    handbook = (Path(__file__).parents[2] / "eval/sets/README.md").read_text("utf-8")
    with closing(open_store(casebook)) as store:
        for name, suffix in (("yaml", "yaml"), ("json", "jsonl")):
            example = handbook.partition(f"```{name}\n")[2].partition("```")[0]
            resolved = resolve(read_questions(write(tmp_path, example, f"set.{suffix}")), store)
            assert all(fact.places for item in resolved for fact in item.facts)
