"""The linter: every finding once, and no false alarm on the sets that careful people wrote."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import Evidence, Fact, Finding, Question, QuestionSet, lint, parse_questions, read_questions
from eval.lint import _in_order
from index import Document, Speech, open_store

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"

QUOTE = "Zoological auditors catalogued ninety-seven mislabelled specimens beneath crumbling warehouses"
TEXTS = {
    "a.txt": f"{QUOTE}. Five homes were seen by the board. " + "The council and the board met again. " * 40,
    "b.txt": "Five homes were seen. " + "The council and the board met again. " * 40,
}
REFUSE = Question("silent", "What did Hackney pay for swans?", "unanswerable", False)


def ask(text: str, *keys: str, quote: str = QUOTE, name: str = "q") -> Question:
    return Question(name, text, "t", True, (Fact("f", (Evidence("a.txt", quote=quote),), keys),))


FINE = ask("How many animals bore the wrong name?", "ninety-seven")


@pytest.fixture
def findings(service_class):
    def of(*questions: Question) -> list[Finding]:
        return list(lint([*questions, REFUSE], service_class(TEXTS, {})))

    return of


def only(findings: list[Finding], severity: str, rule: str, name: str = "q") -> str:
    (finding,) = findings
    assert (finding.severity, finding.rule, finding.question_id) == (severity, rule, name)
    return finding.message


def test_nothing_is_found_where_nothing_is_wrong(findings):
    assert findings(FINE) == []


class TestUnverifiable:
    @pytest.mark.parametrize(
        ("question", "says"),
        [
            (
                ask("What was it?"),
                "it cannot be asked: the question 'What was it?' has only words that every text",
            ),
            (replace(FINE, facts=()), "no evidence; add a quote that answers it"),
            (replace(FINE, facts=(Fact("f", ()),)), 'fact 1, "f", has no evidence; add a quote that states'),
            (
                ask("Which zoo?", quote="Nine zebras"),
                'fact 1: a.txt does not hold the quote "Nine zebras"; noth',
            ),
            (
                ask("Which zoo?", "swans"),
                'fact 1: the key "swans" is in none of its evidence, so quoting the',
            ),
            (replace(FINE, must_cite_voices=("court",)), "no indexed document has the voice court"),
            (replace(FINE, must_cite_at_least=3), "3 documents to be cited, and 2 indexed; ask for fewer"),
        ],
    )
    def test_it_is_an_error(self, findings, question, says):
        assert says in only(findings(question), "error", "unverifiable")

    def test_an_ambiguous_quote_is_one(self, findings):
        question = ask("Which homes?", quote="Five homes were seen")
        anywhere = replace(question, facts=(Fact("f", (Evidence(quote="Five homes were seen"),)),))
        assert "2 documents hold the quote" in only(findings(anywhere), "error", "unverifiable")

    def test_a_key_that_one_way_of_writing_and_one_alternative_has_is_enough(self, findings):
        evidence = (Evidence("a.txt", quote=QUOTE), Evidence("b.txt", quote="Five homes were seen"))
        question = replace(FINE, facts=(Fact("f", evidence, ("97|Ninety-Seven",)),))
        assert findings(question) == []

    def test_expectations_alone_can_be_verified(self, findings):
        assert findings(replace(FINE, facts=(), must_cite_voices=("other",))) == []

    def test_a_readers_comment_in_an_article_is_a_voice_that_can_be_cited(self, service_class):
        class Commented(service_class):
            def document(self, name: str) -> Document:
                return replace(super().document(name), speeches=(Speech(0, 9, "Ann Lee", "public"),))

        question = replace(FINE, must_cite_voices=("public",))
        assert list(lint([question, REFUSE], Commented(TEXTS, {}))) == []


class TestDuplicates:
    def test_the_same_question_is_an_error(self, findings):
        again = replace(FINE, id="again", question="how many ANIMALS bore the wrong name")
        assert "it asks the same as q; delete one" in only(
            findings(FINE, again), "error", "duplicate", "again"
        )

    def test_nearly_the_same_is_a_warning_that_gives_the_measure(self, findings):
        again = replace(FINE, id="again", question="How many animals bore the very wrong names?")
        message = only(findings(FINE, again), "warning", "duplicate", "again")
        assert "7 of 8 words are in both (Jaccard 0.88, 0.8 or more is told)" in message

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (
                "How many swans were counted on 31 January 2017?",
                "How many swans were counted on 31 January 2018?",
            ),
            (
                "What did the auditors count in Poplar by day?",
                "What did the auditors count in Wapping by day?",
            ),
            ("Who counted the swans on the canal at night?", "Why counted the swans on the canal at night?"),
            ("Which swans did the auditors count at night?", "Which ducks did the keepers count at dawn?"),
        ],
    )
    def test_another_number_name_or_asking_word_makes_another_question(self, findings, one, other):
        assert findings(ask(one), ask(other, name="p")) == []


class TestLeaking:
    def test_the_evidence_word_for_word_is_an_error(self, findings):
        message = only(findings(ask(f"Is it so that {QUOTE.lower()}?")), "error", "leaking")
        assert "the question holds its evidence word for word; ask for what it says" in message

    def test_its_rare_words_in_order_are_a_warning(self, findings):
        question = ask(
            "How many did the zoological auditors catalogue, mislabelled specimens, beneath warehouses?"
        )
        message = only(findings(question), "warning", "leaking")
        assert "has 7 of the 10 rare words of its evidence in their order" in message

    def test_in_another_order_or_few_they_are_none(self, findings):
        assert findings(ask("Beneath warehouses, what mislabelled specimens? Ask auditors zoological")) == []
        assert findings(ask("How many specimens did auditors see?")) == []

    def test_keys_in_the_question_are_a_warning_if_all_of_them_are(self, findings):
        message = only(findings(ask("Were ninety-seven wrong?", "97|ninety-seven")), "warning", "leaking")
        assert 'the question itself holds "97|ninety-seven"' in message
        assert findings(ask("Were ninety-seven wrong?", "97|ninety-seven", "auditors")) == []


class TestTheWholeSet:
    def test_without_unanswerable_questions_it_is_unbalanced(self, service_class):
        message = only(list(lint([FINE], service_class(TEXTS, {}))), "warning", "unbalanced", "")
        assert "no question must be refused" in message

    def test_without_answerable_ones_as_well(self, service_class):
        message = only(list(lint([REFUSE], service_class(TEXTS, {}))), "warning", "unbalanced", "")
        assert "every question must be refused" in message

    def test_drafts_are_told_with_their_lines_and_not_judged(self, tmp_path, service_class):
        path = tmp_path / "set.yaml"
        path.write_text(
            "- question: What did Hackney pay for swans?\n  must_refuse: true\n"
            f"- question: How many animals bore the wrong name?\n  must_cite: {QUOTE}\n"
            "- question: How many zebras?\n  draft: true\n  must_cite: zebras\n"
            "- question: How many\n  draft: true\n"
        )
        message = only(list(lint(read_questions(path), service_class(TEXTS, {}))), "warning", "draft", "")
        assert (
            '2 drafts are left, on lines 5, 8, and not counted; correct each and delete its "draft' in message
        )

    def test_findings_know_their_lines_and_come_in_their_order(self, tmp_path, service_class):
        path = tmp_path / "set.yaml"
        path.write_text(
            "- question: Which zoo?\n  must_cite:\n  - quote: Nine zebras\n    in: a.txt\n"
            "- question: What did Hackney pay for swans?\n  must_refuse: perhaps\n"
            "- question: which zoo?\n  id: again\n  must_refuse: true\n"
        )
        found = lint(*read_with_problems(path, service_class(TEXTS, {})))
        assert [(f.line, f.rule) for f in found] == [(3, "unverifiable"), (6, "unreadable"), (7, "duplicate")]


def read_with_problems(path: Path, service) -> tuple[QuestionSet, object, list]:
    questions, problems = parse_questions(path)
    return questions, service, problems


def test_no_false_alarm_on_the_sample_set(casebook: Path):
    with closing(open_store(casebook)) as store:
        assert lint(read_questions(ROOT / "eval/sets/casebook.jsonl"), store) == ()


@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the development questions are absent")
def test_two_weak_keys_in_the_development_questions_and_no_false_alarm(service_class):
    texts = {path.name: path.read_bytes().decode() for path in (SHARED / "seeds").glob("*.txt")}
    found = lint(read_questions(SHARED / "eval/questions-dev.jsonl"), service_class(texts, {}))
    assert [(f.question_id, f.severity, f.rule) for f in found] == [
        ("d001", "warning", "leaking"),  # asks "why inconsistent?", with the key "inconsisten"
        ("d038", "warning", "leaking"),  # asks about a new board, with the key "board"
    ]


@given(st.lists(st.integers(0, 9)), st.permutations(range(10)))
def test_the_longest_run_in_order_is_that_of_brute_force(asked, rare):
    lengths: list[int] = []
    places = [rare.index(word) for word in asked]
    for at, place in enumerate(places):
        lengths.append(1 + max((lengths[i] for i in range(at) if places[i] < place), default=0))
    assert _in_order([str(word) for word in asked], [str(word) for word in rare]) == max(lengths, default=0)
