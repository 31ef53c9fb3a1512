"""Adapting the reranker: what is left out, when it is worth keeping, and how it is kept; the figures by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from eval import Adaptation, Measure, MeasureChange, adapt, adaptation_payload, forget_adapted, keep_adapted
from eval.adapt import left_out, units_of, verdict
from eval.train.asking import Posed
from eval.train.groups import Group
from index import Store, TransformerEmbedder, UsageError, index_paths, open_store
from qa import ADAPTED_HEAD, PACKAGED_HEAD, LateReranker, Service, read_head

GAIN = Measure(0.02, 0.01, 0.03, 40)


@pytest.fixture(scope="module")
def store(casebook: Path) -> Iterator[Store]:
    with closing(open_store(casebook)) as store:
        yield store


class Kept(TransformerEmbedder):
    """The real model, which reads each text once for all tests here."""

    _read: ClassVar[dict[str, np.ndarray]] = {}

    def embed_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        new = [text for text in dict.fromkeys(texts) if text not in self._read]
        self._read.update(zip(new, super().embed_tokens(new), strict=True))
        return [self._read[text] for text in texts]


class Other(Kept):
    """The same model under another hash: there is no head for it."""

    fingerprint = "other"


@pytest.fixture(scope="module")
def embedder() -> TransformerEmbedder:
    return Kept()


@pytest.fixture(scope="module")
def found(store: Store, embedder: TransformerEmbedder) -> Adaptation:
    return adapt(store, embedder, most=44)


def change(old: float, new: float) -> MeasureChange:
    return MeasureChange("fact_recall@500", old, new, 1.0, 10, "same")


def test_it_is_worth_keeping_only_with_a_gain_that_is_no_chance_and_a_set_that_did_not_fall() -> None:
    assert verdict(GAIN, ())[0] and verdict(GAIN, [change(0.5, 0.5)])[0]
    assert verdict(replace(GAIN, low=0.0), ()) == (
        False,
        "the gain on questions that were left out may be chance: its interval is not above 0",
    )
    assert verdict(Measure(-0.004, -0.03, 0.02, 40), ()) == (
        False,
        "on questions that were left out it gained nothing (-0.004)",
    )
    helped, reason = verdict(GAIN, [change(0.5, 0.6), change(0.5, 0.49)])
    assert not helped and reason == "the question set fell: fact_recall@500 from 0.500 to 0.490"
    assert not verdict(replace(GAIN, low=-0.1), [change(0.5, 0.9)])[0]


def test_whole_sections_are_left_out_and_of_many_documents_whole_documents() -> None:
    def posed(documents: int) -> list[Posed]:
        group = Group("heading", "?", "yes", ("no",))
        return [Posed(f"d{n % documents}", f"s{n % 20}", 0, group) for n in range(160)]

    few, many = units_of(posed(3)), units_of(posed(40))
    assert len(set(few)) == 60 and set(many) == {f"d{n}" for n in range(40)}
    apart = left_out(many, 7)
    assert apart == left_out(many, 7) != left_out(many, 8)
    assert len(apart) == 10  # of four questions each: a quarter of 160


def test_only_the_side_of_questions_changes_and_the_same_again(
    store: Store, embedder: TransformerEmbedder, found: Adaptation
) -> None:
    usual = read_head(PACKAGED_HEAD)
    assert np.array_equal(found.head.passage, usual.passage)
    assert not np.array_equal(found.head.question, usual.question)
    assert not np.array_equal(found.head.importance, usual.importance)
    again = adapt(store, embedder, most=44)
    assert np.array_equal(again.head.question, found.head.question)
    assert replace(again, head=found.head, seconds=found.seconds) == found


def test_what_is_told_fits_together(found: Adaptation) -> None:
    assert found.questions + found.held_out <= 44 and found.held_out >= 10
    assert sum(count for _, _, count in found.kinds.values()) == found.held_out
    for at, overall in enumerate((found.before, found.after)):
        parts = [one[at] * one[2] for one in found.kinds.values()]
        assert math.isclose(sum(parts) / found.held_out, overall, abs_tol=2e-4)
    assert math.isclose(found.gain.value, found.after - found.before, abs_tol=2e-4)
    assert found.gain.low <= found.gain.value <= found.gain.high
    assert found.helped == (found.gain.low > 0)
    assert not found.anew and not found.taught and found.measures == ()
    told = json.loads(json.dumps(adaptation_payload(found)))
    assert told["gain"]["low"] == found.gain.low and "head" not in told


class Lengths:
    """A teacher that likes short passages."""

    name = fingerprint = "lengths"

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        return np.array([-float(len(passage)) / 100 for passage in passages])


def test_a_teacher_is_heard(store: Store, embedder: TransformerEmbedder, found: Adaptation) -> None:
    heard: list[str] = []
    taught = adapt(
        store, embedder, teacher=Lengths(), most=44, progress=lambda what, done, total: heard.append(what)
    )
    assert taught.taught and not np.array_equal(taught.head.question, found.head.question)
    assert (taught.held_out, taught.before) == (found.held_out, found.before)
    assert list(dict.fromkeys(heard)) == [
        "questions searched for",
        "groups scored by the teacher",
        "texts read",
        "groups trained on",
    ]


def test_for_another_model_a_head_is_made_anew(store: Store) -> None:
    found = adapt(store, Other(), most=44)
    assert found.anew and found.head.model_fingerprint == "other"
    assert found.head.passage.shape == (64, 384)
    assert not np.array_equal(found.head.passage, read_head(PACKAGED_HEAD).passage)


def test_it_is_kept_whole_used_and_forgotten(
    found: Adaptation, embedder: TransformerEmbedder, tmp_path: Path, casebook: Path
) -> None:
    folder = keep_adapted(found, tmp_path)
    assert folder == tmp_path / ADAPTED_HEAD and keep_adapted(found, tmp_path) == folder
    assert [path.name for path in tmp_path.iterdir()] == [ADAPTED_HEAD]
    assert {path.stat().st_mode for path in folder.iterdir()} == {(folder / "config.json").stat().st_mode}
    reranker = LateReranker(embedder, folder)
    assert np.array_equal(read_head(folder).question, found.head.question)
    assert reranker.scores("Who paid?", ["The council paid."])[0] <= 1
    metrics = json.loads((folder / "metrics.json").read_text("utf-8"))
    assert metrics["after"] == found.after and metrics["environment"]
    card = (folder / "README.md").read_text("utf-8")
    assert f"| all | {found.held_out} | {found.before:.3f} | {found.after:.3f} |" in card
    assert "question's side alone" in card and "No question set" in card
    (folder / "config.json").write_text("{}")
    with pytest.raises(UsageError, match="not as it was made"):
        LateReranker(embedder, folder)
    assert forget_adapted(tmp_path) and not forget_adapted(tmp_path)
    assert not list(tmp_path.iterdir())
    with pytest.raises(UsageError, match="is no folder"):
        keep_adapted(found, tmp_path / "nowhere")


def test_too_little_to_learn_from_is_told(embedder: TransformerEmbedder, tmp_path: Path) -> None:
    (tmp_path / "short.txt").write_text("The bridge was opened in May. It is closed again.")
    (tmp_path / "long.txt").write_text("\n\n".join(f"Item {number}." for number in range(300)))
    with closing(open_store(tmp_path / "short", create=True)) as store:
        index_paths(store, embedder, [tmp_path / "short.txt"])
        with pytest.raises(UsageError, match=r"holds 1 passages, .* at least 30"):
            adapt(store, embedder)
    with closing(open_store(tmp_path / "long", create=True)) as store:
        index_paths(store, embedder, [tmp_path / "long.txt"], passage_tokens=20)
        assert Service(store, embedder).status()["passages"] >= 30
        with pytest.raises(UsageError, match="gives only 0 questions"):
            adapt(store, embedder)
