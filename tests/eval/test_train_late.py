"""Training a head of late interaction: better for it, the same each time, going on after a kill; bad input named."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from eval.train.groups import Group, read_groups
from eval.train.late import HeadTraining, Tokens, first_head, ranked, train_head
from eval.train.student import main as student
from eval.train.student import make_head
from eval.train.teach import teach
from eval.train.validate import summary
from index import Readings, TransformerEmbedder, UsageError
from qa import LateReranker
from qa.late import read_head

WORDS = ("amber", "basin", "cedar", "delta", "ember", "fjord")
TRAINING = HeadTraining(width=6, epochs=8, learning_rate=0.05)


class Loud:
    """Tokens of 12 places: six that tell words apart and six louder ones that say nothing."""

    fingerprint = "loud"
    dimensions = 12

    def __init__(self) -> None:
        self.read: list[str] = []

    def embed_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        self.read += texts
        found = []
        for text in texts:
            rows = []
            for at, word in enumerate(["<", *text.split(), ">"]):
                chance = np.random.default_rng(sum(map(ord, f"{text}{at}")))
                row = np.concatenate([np.zeros(6), 3 * chance.normal(size=6)])
                if word in WORDS:
                    row[WORDS.index(word)] = 1.0
                rows.append(row)
            found.append(np.array(rows, dtype=np.float32))
        return found


def groups(number: int, seed: int) -> list[Group]:
    chance = random.Random(seed)
    made = []
    for n in range(number):
        asked, *others = chance.sample(WORDS, 5)
        made.append(
            Group("made", f"{asked} x{n}", f"y{n} {asked} z", tuple(f"y{n} {one} z" for one in others))
        )
    return made


@pytest.fixture(autouse=True)
def _threads() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def prepared(*parts: Sequence[Group]) -> Tokens:
    tokens = Tokens(Loud(), Readings(None))
    tokens.prepare(text for part in parts for group in part for text in (group.question, *group.passages))
    return tokens


def mrr(head, apart: Sequence[Group], tokens: Tokens) -> float:
    return float(summary(apart, ranked(head, apart, tokens))["mrr"])


def test_it_learns_what_to_listen_to_and_the_same_each_time() -> None:
    taught, apart = groups(120, 1), groups(60, 2)
    tokens = prepared(taught, apart)
    first = first_head(tokens, taught, "loud", 6, 12)
    assert first.question.shape == (6, 12) and first.question @ first.question.T == pytest.approx(
        np.eye(6), abs=1e-4
    )
    head = train_head(first, taught, tokens, TRAINING)
    assert mrr(first, apart, tokens) < 0.75 and mrr(head, apart, tokens) > 0.78
    again = train_head(first, taught, tokens, TRAINING)
    assert all(
        np.array_equal(getattr(head, name), getattr(again, name))
        for name in ("question", "passage", "importance")
    )


def test_the_side_of_the_passages_may_stay() -> None:
    taught = groups(60, 1)
    tokens = prepared(taught)
    first = first_head(tokens, taught, "loud", 6, 12)
    head = train_head(first, taught, tokens, replace(TRAINING, question_only=True))
    assert np.array_equal(head.passage, first.passage)
    assert not np.array_equal(head.question, first.question)


def test_it_follows_a_teacher_that_is_of_another_mind() -> None:
    taught, apart = groups(120, 1), groups(60, 2)
    contrary = [replace(group, scores=(-9.0, *(9.0 for _ in group.negatives))) for group in taught]
    tokens = prepared(taught, apart)
    first = first_head(tokens, taught, "loud", 6, 12)
    followed = train_head(first, contrary, tokens, replace(TRAINING, teacher=1.0))
    assert (
        mrr(followed, apart, tokens)
        < 0.45
        < mrr(train_head(first, contrary, tokens, TRAINING), apart, tokens)
    )


def test_texts_pass_through_the_model_once(tmp_path: Path) -> None:
    one, two = Loud(), Loud()
    Tokens(one, Readings(tmp_path)).prepare(["amber", "basin", "amber"])
    tokens, heard = Tokens(two, Readings(tmp_path)), []
    tokens.prepare(["basin", "cedar"], heard.append)
    assert one.read == ["amber", "basin"] and two.read == ["cedar"] and heard == [1, 1]
    assert tokens.of(["amber"], 12)[0] == pytest.approx(one.embed_tokens(["amber"])[0], abs=1e-2)


def test_one_command_makes_a_folder_that_is_used(tmp_path: Path) -> None:
    data = tmp_path / "groups.jsonl"
    texts = {"thresholds": "The threshold was applied unevenly.", "fees": "The fee rose to nine pounds."}
    lines = [
        {"collection": name, "question": f"What of {word} {n}?", "positive": texts[word],
         "negatives": [text for other, text in texts.items() if other != word]}
        for n, (name, word) in enumerate([("a", "thresholds"), ("a", "fees"), ("b", "fees"), ("b", "thresholds")])
    ]  # fmt: skip
    data.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    out = tmp_path / "head"
    arguments = [
        "--groups",
        str(data),
        "--out",
        str(out),
        "--without",
        "b",
        "--kept-apart",
        "2",
        "--width",
        "8",
    ]
    done = CliRunner().invoke(student, [*arguments, "--threads", "1"])
    assert done.exit_code == 0, done.output
    assert read_head(out).question.shape == (8, 384)
    facts = json.loads((out / "metrics.json").read_text("utf-8"))
    assert facts["data"]["groups"] == {"a": 2} and facts["data"]["without"] == ["b"]
    assert facts["measured"]["after"]["by_collection"] == {"b": 1.0}
    assert "2 groups" not in facts and "| a | 2 |" in (out / "README.md").read_text("utf-8")
    scores = LateReranker(TransformerEmbedder(), out).scores(
        "Was the threshold uneven?", list(texts.values())
    )
    assert scores[0] > scores[1]
    more = tmp_path / "drawn.jsonl"
    more.write_text(
        "\n".join(
            json.dumps({**line, "collection": name, "scores": [2.0, 1.0]})
            for line in lines
            for name in ("b", "gap")
        ),
        "utf-8",
    )
    both = tmp_path / "both"
    done = CliRunner().invoke(
        student, [*arguments, "--also", str(more), "--teacher", ".5", "--out", str(both)]
    )
    assert done.exit_code == 0, done.output
    facts = json.loads((both / "metrics.json").read_text("utf-8"))
    assert facts["data"]["groups"] == {"a": 2, "gap": 4}, "all of the file but what is left out"
    assert [file["file"] for file in facts["data"]["files"]] == ["groups.jsonl", "drawn.jsonl"]
    refused = CliRunner().invoke(student, arguments)
    assert refused.exit_code == 2 and "holds a model already" in refused.output
    missing = CliRunner().invoke(
        student, ["--groups", str(data), "--out", str(tmp_path / "x"), "--without", "c"]
    )
    assert missing.exit_code == 2 and "no group is of c" in missing.output


def test_the_same_groups_give_the_same_weights(tmp_path: Path) -> None:
    data = tmp_path / "groups.jsonl"
    data.write_text(
        json.dumps(
            {"collection": "a", "question": "Who?", "positive": "The board did.", "negatives": ["In May."]}
        ),
        "utf-8",
    )
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        make_head(
            TransformerEmbedder(), data, folder, HeadTraining(width=4, epochs=3), scratch=tmp_path / "scratch",
            threads=1,
        )  # fmt: skip
    first, second = ((folder / "model.safetensors").read_bytes() for folder in folders)
    assert first == second
    card = (folders[0] / "README.md").read_text("utf-8")
    assert "validated on nothing" in card and "None" not in card


class Counts:
    """Likes long passages; counts the groups."""

    name = fingerprint = "counts"

    def __init__(self) -> None:
        self.asked = 0

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        self.asked += 1
        return np.array([float(len(passage)) for passage in passages])


def test_a_teacher_scores_groups_and_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    made, out, teacher = groups(4, 5), tmp_path / "taught.jsonl", Counts()
    begun = teach(teacher, made, out)
    first, second = next(begun), next(begun)
    begun.close()
    assert first.scores == tuple(float(len(passage)) for passage in first.passages)
    with out.open("a", encoding="utf-8") as file:
        file.write('{"collection": "made", "ques')  # as a kill leaves it
    assert list(teach(teacher, made, out))[:2] == [first, second] and teacher.asked == 4
    assert read_groups(out) == list(teach(teacher, made, out)) and teacher.asked == 4
    with pytest.raises(UsageError, match="other groups"):
        list(teach(teacher, made[1:], out))
    other = Counts()
    other.fingerprint = "another"
    with pytest.raises(UsageError, match="another teacher's scores"):
        list(teach(other, made, out))
    again = tmp_path / "again.jsonl"
    apart = groups(2, 6)
    *scored, one, two = teach(teacher, read_groups(out), again, apart)  # scores of its own do not matter
    assert scored == read_groups(out) and [one, two] == apart
    assert list(teach(teacher, made, again, apart)) == [*scored, one, two]
