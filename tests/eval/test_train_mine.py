"""Mining negatives: the hardest that are wrong, never one that may be right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from eval.train.groups import Group, read_groups
from eval.train.late import Tokens
from eval.train.mine import main as mine
from eval.train.mine import mined
from index import Readings
from qa import LateHead

WORDS = ("amber", "basin", "cedar", "delta", "ember", "fjord")


class Plain:
    """A token for each word; those of WORDS have each a place, all others the same."""

    fingerprint = "plain"

    def embed_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        return [
            np.array([np.eye(7)[WORDS.index(word) if word in WORDS else 6] for word in f"< {text} >".split()])
            for text in texts
        ]


HEAD = LateHead("plain", np.eye(7, dtype=np.float32), np.eye(7, dtype=np.float32), np.zeros(7, np.float32))
ASKED = Group("made", "amber basin cedar", "amber basin cedar delta", ("ember", "delta"))


def harder(*others: Group, first: Group = ASKED, negatives: int = 2) -> tuple[str, ...]:
    groups = [first, *others]
    tokens = Tokens(Plain(), Readings(None))
    tokens.prepare(text for group in groups for text in (group.question, *group.passages))
    found = {group.question: group for group in mined(groups, groups, tokens, HEAD, negatives)}
    return found[first.question].negatives


def other(*passages: str, collection: str = "made", question: str = "fjord") -> Group:
    return Group(collection, question, passages[0], passages[1:] or ("ember",))


def test_the_hardest_of_the_collection_come_first() -> None:
    assert harder(other("amber fjord", "basin amber ember"), negatives=3) == (
        "basin amber ember", "amber fjord", "delta",
    )  # fmt: skip


def test_a_passage_of_another_collection_is_none() -> None:
    assert harder(other("basin amber ember", collection="others")) == ("delta", "ember")


def test_drawn_at_random_any_wrong_one_may_come_but_none_of_its_own() -> None:
    others = [
        other(f"basin fjord {word}", question=f"fjord {word}") for word in ("one", "two", "three", "four")
    ]
    groups = [ASKED, *others]
    tokens = Tokens(Plain(), Readings(None))
    tokens.prepare(text for group in groups for text in (group.question, *group.passages))
    drawn = {next(mined(groups, groups, tokens, HEAD, 1, seed)).negatives for seed in range(40)}
    assert drawn == {(group.positive,) for group in others}
    assert next(mined(groups, groups, tokens, HEAD, 4, 3)) == next(mined(groups, groups, tokens, HEAD, 4, 3))


def test_what_scores_like_the_answer_may_be_one() -> None:
    assert harder(other("cedar fjord basin fjord amber")) == ("delta", "ember")


def test_its_own_are_held_to_the_same_limit_unless_there_are_too_few() -> None:
    own = Group("made", ASKED.question, ASKED.positive, ("cedar fjord basin fjord amber", "ember"))
    assert harder(first=own, negatives=1) == ("ember",)
    assert harder(first=own, negatives=2) == ("ember", "cedar fjord basin fjord amber")


def test_another_answer_to_the_question_is_no_negative() -> None:
    # Not even its own, and not even if the group that says so was not drawn.
    first = Group("made", ASKED.question, ASKED.positive, ("amber basin", "ember"))
    again = Group("made", ASKED.question, "amber basin", ("fjord",))
    for drawn in ([first], [first, again]):
        tokens = Tokens(Plain(), Readings(None))
        tokens.prepare(text for group in drawn for text in (group.question, *group.passages))
        found = next(mined(drawn, [first, again], tokens, HEAD, 5))
        assert "ember" in found.negatives and "amber basin" not in found.negatives


def test_a_window_of_the_same_paragraph_is_no_negative() -> None:
    answer = "amber basin cedar of the board in its report of May"
    window = "the board in its report of May was amber basin"
    first = Group("made", ASKED.question, answer, ("ember",))
    assert harder(other(window), first=first) == ("ember",)
    assert harder(other("was amber basin of nobody at any time"), first=first)[0].startswith("was amber")


def test_a_question_without_an_answer_keeps_its_own() -> None:
    nobody = Group("made", "amber basin", "", ("ember", "amber fjord"))
    assert harder(other("amber basin cedar"), first=nobody) == ("amber fjord", "ember")


def test_the_command_writes_groups_that_can_be_trained_on(tmp_path: Path) -> None:
    data = tmp_path / "groups.jsonl"
    data.write_text(
        '{"collection": "a", "question": "Who chairs the board?", "positive": "Jane Doe chairs the board.",'
        ' "negatives": ["The board met in May."]}\n'
        '{"collection": "a", "question": "When did the council meet?", "positive": "It met in June.",'
        ' "negatives": ["The chair of the council resigned from the board."]}\n'
        '{"collection": "b", "question": "Why?", "positive": "", "negatives": ["Nobody knows."]}\n'
    )
    out = tmp_path / "mined.jsonl"
    options = ["--groups", str(data), "--out", str(out), "--negatives", "2", "--without", "b"]
    said = CliRunner().invoke(mine, options)
    assert said.exit_code == 0, said.output
    apart, first, second = sorted(read_groups(out), key=lambda group: group.question, reverse=True)
    assert apart == read_groups(data)[-1]
    assert first.question == "Who chairs the board?"
    assert "The board met in May." in first.negatives and len(first.negatives) == 2
    assert first.positive not in (*first.negatives, *second.passages[:1])


@pytest.mark.parametrize("bad", ["nowhere", "a file"])
def test_a_head_that_is_none_is_said(bad: str, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("x")
    said = CliRunner().invoke(mine, ["--out", str(tmp_path / "o.jsonl"), "--head", str(tmp_path / bad)])
    assert said.exit_code == 2 and bad in said.output and "Traceback" not in said.output
