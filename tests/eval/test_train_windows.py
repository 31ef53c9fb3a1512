"""Sentence windows: the answer's most likely sentences, each negative's hardest, none that both have."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from eval.train.groups import Group, read_groups
from eval.train.late import Tokens
from eval.train.windows import main, windowed, windows
from index import Readings
from tests.eval.test_train_mine import HEAD, Plain

ANSWER = "The fjord froze. Then amber basin was found. The ember glowed."
OTHER = "All basin was dry. An amber fjord is amber. The cedar fell."
ASKED = Group("made", "amber basin", ANSWER, (OTHER, "The delta is near."))


def cut(group: Group, size: int) -> Group:
    tokens = Tokens(Plain(), Readings(None))
    tokens.prepare([group.question, *(text for passage in group.passages for text in windows(passage, size))])
    return windowed(group, size, tokens, HEAD)


def test_the_best_sentence_of_each_passage_is_taken() -> None:
    found = cut(ASKED, 1)
    assert found.positive == "Then amber basin was found."
    # One word of the question is in each of two sentences: the first of those that score alike.
    assert found.negatives == ("All basin was dry.", "The delta is near.")
    assert found.question == ASKED.question and found.collection == "made" and not found.scores


def test_a_window_is_of_neighbours_and_a_short_passage_stays_whole() -> None:
    found = cut(ASKED, 2)
    assert found.positive == "The fjord froze. Then amber basin was found."
    assert found.negatives == ("All basin was dry. An amber fjord is amber.", "The delta is near.")
    assert cut(ASKED, 3).passages == ASKED.passages


def test_a_window_with_a_sentence_of_the_answer_is_no_negative() -> None:
    again = "Then amber basin was found. The sea was calm."
    assert cut(Group("made", "amber basin", ANSWER, (again, OTHER)), 1).negatives == ("All basin was dry.",)
    alone = Group("made", "amber basin", ANSWER, (again,))
    assert cut(alone, 1) == alone


def test_a_question_without_an_answer_has_windows_too() -> None:
    found = cut(Group("made", "cedar", "", (OTHER, OTHER, "The delta is near.")), 1)
    assert found.positive == "" and found.negatives == ("The cedar fell.", "The delta is near.")


def test_the_command_cuts_a_share_and_leaves_what_is_left_out(tmp_path: Path) -> None:
    text = "The board met in May. Jane Doe chairs the board. Lunch was served at noon."
    records = [
        {"collection": "a", "question": f"Who chairs board {n}?", "positive": text, "negatives": ["It met. It left."]}
        for n in range(20)
    ]  # fmt: skip
    data, out = tmp_path / "groups.jsonl", tmp_path / "new" / "windows.jsonl"
    data.write_text("\n".join(map(json.dumps, [*records, {**records[0], "collection": "b"}])), "utf-8")
    options = ["--groups", str(data), "--without", "b", "--sentences", "1"]
    for share, expected in (("0", {text}), ("0.5", {text, "Jane Doe chairs the board."}),
                            ("1", {"Jane Doe chairs the board."})):  # fmt: skip
        said = CliRunner().invoke(main, [*options, "--share", share, "--out", str(out)])
        assert said.exit_code == 0, said.output
        *drawn, apart = read_groups(out)
        assert len(drawn) == 20 and {group.positive for group in drawn} == expected
        assert apart == read_groups(data)[-1]


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    said = CliRunner().invoke(main, ["--groups", str(tmp_path / "none"), "--out", str(tmp_path / "o.jsonl")])
    assert said.exit_code == 2 and "none" in said.output and "Traceback" not in said.output
