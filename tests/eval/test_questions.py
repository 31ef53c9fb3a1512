import json
from pathlib import Path

import pytest

from eval import Evidence, Place, read_questions, resolve
from eval.resolve import find_document, locate
from index import UsageError

GOOD = {
    "id": "q1",
    "question": "How many homes?",
    "type": "factoid",
    "answerable": True,
    "reference": "Five.",
    "facts": [{"fact": "five homes", "keys": ["five|5"], "evidence": [{"doc": "a", "start": 0, "end": 4}]}],
    "note": "",
}


def write(folder: Path, *lines: object) -> Path:
    path = folder / "set.jsonl"
    path.write_text(
        "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), "utf-8"
    )
    return path


def with_evidence(*evidence: dict, **changes: object) -> dict:
    return {**GOOD, "facts": [{"fact": "f", "evidence": list(evidence)}], **changes}


def problems_of(folder: Path, *lines: object) -> str:
    with pytest.raises(UsageError) as caught:
        read_questions(write(folder, *lines))
    return str(caught.value)


class TestReading:
    def test_every_field_is_read(self, tmp_path):
        (question,) = read_questions(write(tmp_path, GOOD))
        assert (question.id, question.type, question.answerable) == ("q1", "factoid", True)
        assert question.reference == "Five."
        assert question.facts[0].keys == ("five|5",)
        assert question.facts[0].evidence == (Evidence("a", 0, 4),)

    def test_blank_lines_a_byte_order_mark_and_windows_line_ends_are_let_through(self, tmp_path):
        path = tmp_path / "set.jsonl"
        line = json.dumps(GOOD).encode()
        path.write_bytes(b"\xef\xbb\xbf" + line + b"\r\n\r\n" + line.replace(b'"q1"', b'"q2"'))
        assert [question.id for question in read_questions(path)] == ["q1", "q2"]

    def test_a_line_separator_inside_a_string_ends_no_line(self, tmp_path):
        line = json.dumps({**GOOD, "question": "one\u2028two"}, ensure_ascii=False)
        assert read_questions(write(tmp_path, line))[0].question == "one\u2028two"

    def test_keys_reference_and_note_may_be_left_out(self, tmp_path):
        record = {
            "id": "q",
            "question": "?",
            "type": "t",
            "answerable": False,
        }
        (question,) = read_questions(write(tmp_path, record))
        assert (question.facts, question.reference, question.note) == ((), "", "")

    @pytest.mark.parametrize(
        ("line", "complaint"),
        [
            ("{not json", "not JSON"),
            ("[1]", "not a JSON object"),
            ({**GOOD, "question": "  "}, '"question" must be a string that is not empty'),
            ({k: v for k, v in GOOD.items() if k != "id"}, '"id" is missing'),
            ({**GOOD, "id": 7}, '"id" must be a string'),
            ({k: v for k, v in GOOD.items() if k != "answerable"}, '"answerable" is missing'),
            ({**GOOD, "answerable": "yes"}, '"answerable" must be true or false'),
            ({**GOOD, "answerable": False}, "an unanswerable question must not have facts"),
            ({**GOOD, "facts": []}, "an answerable question needs at least one fact"),
            ({**GOOD, "facts": {}}, '"facts" must be a list'),
            ({**GOOD, "facts": ["f"]}, "fact 1: not a JSON object"),
            ({**GOOD, "facts": [{"fact": "f"}]}, 'fact 1: "evidence" must be a list'),
            ({**GOOD, "facts": [{**GOOD["facts"][0], "key": []}]}, 'fact 1: unknown field "key"'),
            ({**GOOD, "facts": [{**GOOD["facts"][0], "keys": ["a||b"]}]}, '"keys" must be a list of strings'),
            ({**GOOD, "facts": [{**GOOD["facts"][0], "keys": "a"}]}, '"keys" must be a list of strings'),
            ({**GOOD, "note": None}, '"note" must be a string'),
            (with_evidence({"start": 0, "end": 1}), 'fact 1: evidence 1: "doc" must be a string'),
            (with_evidence({"doc": "a"}), 'needs "quote", or "start" and "end"'),
            (with_evidence({"doc": "a", "start": 0}), 'needs "quote", or "start" and "end"'),
            (with_evidence({"doc": "a", "start": True, "end": 2}), 'needs "quote", or'),
            (with_evidence({"doc": "a", "start": -1, "end": 2}), 'needs "quote", or'),
            (with_evidence({"doc": "a", "start": 4, "end": 4}), '"start" 4 is not before "end" 4'),
            (with_evidence({"doc": "a", "quote": " "}), '"quote" must be a string'),
            (with_evidence({"doc": "a", "quote": "x", "start": 0}), "not both"),
            (with_evidence("a"), "evidence 1: not a JSON object"),
        ],
    )
    def test_a_problem_names_file_and_line(self, tmp_path, line, complaint):
        message = problems_of(tmp_path, {**GOOD, "id": "fine"}, line)
        assert f"{tmp_path / 'set.jsonl'}, line 2: " in message
        assert complaint in message

    def test_all_problems_come_at_once(self, tmp_path):
        message = problems_of(tmp_path, "{", GOOD, {**GOOD, "id": ""}, GOOD)
        assert "3 problems" in message
        assert "line 1: not JSON" in message
        assert 'line 3: "id" must be' in message
        assert 'line 4: the id "q1" was used before, on line 2' in message

    def test_the_first_twenty_are_shown(self, tmp_path):
        message = problems_of(tmp_path, *["{"] * 25)
        assert "line 20:" in message
        assert "line 21:" not in message
        assert "and 5 more" in message

    def test_a_line_that_is_not_utf8_is_named(self, tmp_path):
        path = write(tmp_path, GOOD)
        path.write_bytes(path.read_bytes() + b'{"id": "caf\xe9"}\n')
        with pytest.raises(UsageError, match="line 2: not UTF-8 at byte 11"):
            read_questions(path)

    def test_nesting_without_end_is_an_error_and_no_crash(self, tmp_path):
        assert "line 1:" in problems_of(tmp_path, "[" * 100_000)

    def test_an_empty_file_and_a_missing_one_are_errors(self, tmp_path):
        assert "holds no questions" in problems_of(tmp_path)
        with pytest.raises(UsageError, match=r"nowhere\.jsonl cannot be read"):
            read_questions(tmp_path / "nowhere.jsonl")


class TestResolving:
    def resolved(self, tmp_path, service_class, texts, *evidence):
        questions = read_questions(write(tmp_path, with_evidence(*evidence)))
        (resolved,) = resolve(questions, service_class(texts, {}))
        return resolved.facts[0].places

    def message(self, tmp_path, service_class, texts, *evidence):
        with pytest.raises(UsageError) as caught:
            self.resolved(tmp_path, service_class, texts, *evidence)
        return str(caught.value)

    def test_offsets_and_quotes_become_places(self, tmp_path, service_class):
        texts = {"001_a.txt": "Five homes were inspected.", "002_b.txt": "None."}
        evidence = [{"doc": "001", "start": 0, "end": 10}, {"doc": "002_b.txt", "quote": "None"}]
        assert self.resolved(tmp_path, service_class, texts, *evidence) == (
            Place("id-001_a.txt", 0, 10),
            Place("id-002_b.txt", 0, 4),
        )

    def test_a_whole_name_wins_over_a_prefix(self):
        assert find_document("a", {"a": "1", "ab": "2"}) == "1"

    def test_an_ambiguous_prefix_lists_the_candidates(self, tmp_path, service_class):
        message = self.message(
            tmp_path, service_class, {"00a": "x", "00b": "y"}, {"doc": "00", "start": 0, "end": 1}
        )
        assert 'question q1, fact 1: "00" begins 2 documents' in message
        assert "00a, 00b" in message

    def test_an_unknown_document_offers_the_nearest_name(self, tmp_path, service_class):
        texts = {"report-2017.pdf": "x", "minutes.txt": "y"}
        message = self.message(
            tmp_path, service_class, texts, {"doc": "report-2018.pdf", "start": 0, "end": 1}
        )
        assert 'begins with "report-2018.pdf"; there is report-2017.pdf' in message

    def test_a_quote_that_stands_twice_gives_two_alternatives(self, tmp_path, service_class):
        places = self.resolved(
            tmp_path, service_class, {"a": "red door, red wall"}, {"doc": "a", "quote": "red"}
        )
        assert places == (Place("id-a", 0, 3), Place("id-a", 10, 13))

    def test_a_vanished_quote_is_named_and_the_nearest_text_offered(self, tmp_path, service_class):
        text = "The weather was fine. Inspectors visited five\nchildren's homes in March. It rained later."
        quote = "Inspectors visited six children's homes in March"
        message = self.message(tmp_path, service_class, {"a": text}, {"doc": "a", "quote": quote})
        assert f'a does not hold the quote "{quote}"' in message
        assert "Inspectors visited five children's homes in March" in message

    def test_a_quote_of_another_document_is_offered_with_its_name(self, tmp_path, service_class):
        texts = {
            "a": "Quite other words.",
            "b": "Nine zebras\nwere seen.",
            "c": "Then nine zebras were seen.",
        }
        message = self.message(tmp_path, service_class, texts, {"doc": "a", "quote": "Nine zebras were seen"})
        assert 'a does not hold the quote "Nine zebras were seen"; it stands in b' in message

    def test_nothing_is_offered_for_a_quote_from_elsewhere(self, tmp_path, service_class):
        message = self.message(
            tmp_path, service_class, {"a": "Quite other words."}, {"doc": "a", "quote": "Zebra"}
        )
        assert "nothing in it comes near" in message

    def test_offsets_outside_the_text_or_on_white_space_are_errors(self, tmp_path, service_class):
        evidence = [{"doc": "a", "start": 3, "end": 99}, {"doc": "a", "start": 2, "end": 4}]
        message = self.message(tmp_path, service_class, {"a": "ab  cd"}, *evidence)
        assert "2 problems" in message
        assert "a has 6 characters, so 3 to 99 lies outside it" in message
        assert "nothing but white space from 2 to 4" in message


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("a b", "xx a\n  b yy", "a\n  b"),
        ("the council's view", "So the council\u2019s view is", "the council\u2019s view"),
        ('"no" - never', "\u201cno\u201d \u2014 never", "\u201cno\u201d \u2014 never"),
        ("five offices", "\ufb01ve o\ufb03ces", "\ufb01ve o\ufb03ces"),
        ("co\u00adoperate", "they cooperate", "cooperate"),
        ("threshold", "the thresh-\nold was", "thresh-\nold"),
        ("caf\u00e9 open", "the cafe\u0301  open", "cafe\u0301  open"),
        ("  padded ", "is padded here", "padded"),
    ],
)
def test_typesetting_hides_no_quote(quote, text, found):
    ((start, end),) = locate(quote, text)
    assert text[start:end] == found


def test_an_exact_quote_keeps_folded_ones_out():
    assert locate("a-b", "a-b and a - b") == [(0, 3)]


def test_letters_are_never_folded():
    assert locate("Council", "the council") == []
    assert locate("\u00ad", "text") == []
