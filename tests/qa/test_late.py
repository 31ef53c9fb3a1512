"""Late interaction: worked by hand, read once and kept, heard by the command line; what is no head is refused."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index import Readings, TransformerEmbedder, UsageError, open_store
from index.readings import NAME
from qa import LateHead, LateReranker, RerankSettings, Service, Settings, rerankers, seal_reranker
from qa.late import PACKAGED
from qa.rerankers import ADAPTED, reranker_of
from tests.web.command import run, run_json

QUESTION = "Why were thresholds inconsistent?"


class Letters:
    """A token for each word, in the direction of its first letter, between marks that point elsewhere."""

    fingerprint = "letters"
    name = "letters"
    dimensions = 4

    def __init__(self) -> None:
        self.read: list[str] = []

    def embed_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        self.read += texts
        rows = np.eye(4, dtype=np.float32)
        return [
            np.stack([rows[3], *(2 * rows["abc".index(word[0])] for word in text.split()), rows[3]])
            for text in texts
        ]


def head(**given: np.ndarray) -> LateHead:
    plain = {"question": np.eye(4), "passage": np.eye(4), "importance": np.zeros(4)} | given
    return LateHead("letters", **{name: value.astype(np.float32) for name, value in plain.items()})


def kept(folder: Path, head: LateHead) -> Path:
    head.save(folder)
    seal_reranker(folder, folder.name)
    return folder


def test_by_hand(tmp_path: Path) -> None:
    # Of "a" and "b" the first passage has both, the second one of two, the third none.
    reranker = LateReranker(Letters(), kept(tmp_path / "head", head()))
    assert reranker.scores("a b", ["b a c", "a a", "c"]).tolist() == [1.0, 0.5, 0.0]
    # With e^(2 ln 3 / 2) = 3 times the weight on "a", which has length 2, it counts 3/4.
    weighed = head(importance=np.array([np.log(3) / 2, 0, 0, 0]))
    reranker = LateReranker(Letters(), kept(tmp_path / "weighed", weighed))
    assert reranker.scores("a b", ["a", "b"]).tolist() == [0.75, 0.25]
    # Turned so that a question's "a" looks for "b".
    turned = head(question=np.eye(4)[[1, 0, 2, 3]])
    reranker = LateReranker(Letters(), kept(tmp_path / "turned", turned))
    assert reranker.scores("a", ["a", "b"]).tolist() == [0.0, 1.0]


def test_vectors_of_any_kind_are_the_same_in_eight_bits() -> None:
    chance = np.random.default_rng(4)
    some = head(
        question=chance.normal(size=(3, 4)),
        passage=chance.normal(size=(3, 4)),
        importance=chance.normal(size=4),
    )
    asked, *read = (chance.normal(size=(n, 4)).astype(np.float32) for n in (6, 9, 1, 4))
    found = some.scores(some.of_question(asked), [some.of_passage(one) for one in read])

    def unit(vectors: np.ndarray) -> np.ndarray:
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    inner = asked[1:-1]
    weights = np.exp(inner @ some.importance)
    weights /= weights.sum()
    wanted = [
        sum(
            w * max(q @ p for p in unit(one @ some.passage.T))
            for w, q in zip(weights, unit(inner @ some.question.T), strict=True)
        )
        for one in read
    ]
    assert found == pytest.approx(wanted, abs=0.01)
    assert np.abs(found).max() <= 1.01


def test_each_passage_is_read_once_also_by_the_next_process(tmp_path: Path) -> None:
    folder, first = kept(tmp_path / "head", head()), Letters()
    reranker = LateReranker(first, folder, Readings(tmp_path))
    said = reranker.scores("a", ["a b", "c", "a b"])
    assert sorted(first.read) == ["a", "a b", "c"]
    assert reranker.scores("a", ["c", "a b"]).tolist() == said[[1, 0]].tolist()
    assert sorted(first.read) == ["a", "a b", "c"]
    second = Letters()
    again = LateReranker(second, folder, Readings(tmp_path))
    assert again.scores("a", ["a b", "c", "a b"]).tolist() == said.tolist() and second.read == ["a"]
    # Another side of the question shares what was read, another side of the passages does not.
    third = Letters()
    other = kept(tmp_path / "other", head(question=np.eye(4)[::-1]))
    LateReranker(third, other, Readings(tmp_path)).scores("a", ["a b"])
    assert third.read == ["a"]
    other = kept(tmp_path / "third", head(passage=np.eye(4)[::-1]))
    LateReranker(third, other, Readings(tmp_path)).scores("a", ["a b"])
    assert third.read == ["a", "a b", "a"]


def test_nothing_to_read() -> None:
    assert LateReranker(TransformerEmbedder()).scores(QUESTION, []).shape == (0,)


def test_all_of_an_index_is_read_ahead_and_what_is_gone_forgotten(casebook: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(casebook, tmp_path / "data"))
    (data / NAME).unlink(missing_ok=True)
    embedder = TransformerEmbedder()
    with closing(open_store(data)) as store:
        passages = sum(
            not passage.boilerplate
            for info in store.documents()
            for _, passage in store.passages_of(info.doc_id)
        )
        told: list[tuple[int, int]] = []
        late, _ = rerankers(embedder, data)
        assert late is not None
        done = late.read_ahead(store, lambda *counts: told.append(counts))
        assert 0.9 * passages < done <= passages  # copies are read once
        assert told[-1] == (done, done) and len(told) > 1
        assert late.read_ahead(store) == 0
        gone = store.documents()[0]
        store.remove([gone.doc_id])
        assert late.read_ahead(store) == 0
        with closing(sqlite3.connect(data / NAME)) as db:
            (rows,) = db.execute("SELECT count(*) FROM readings").fetchone()
        assert rows < done + 1

    # A question then reads nothing but itself.
    read: list[str] = []

    class Counting(TransformerEmbedder):
        def embed_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
            read.extend(texts)
            return super().embed_tokens(texts)

    counting = Counting()
    with closing(open_store(data)) as store:
        late, _ = rerankers(counting, data)
        Service(store, counting, late=late).search(QUESTION)
    assert read == [QUESTION]


def test_it_orders_and_says_what_it_added(casebook: Path) -> None:
    with closing(open_store(casebook)) as store:
        embedder = TransformerEmbedder()
        late, _ = rerankers(embedder, casebook)
        plain = Service(store, embedder).ask(QUESTION)
        answer = Service(store, embedder, late=late).ask(QUESTION)
        none = Service(store, embedder, Settings(tokens=RerankSettings(top=0)), late=late).ask(QUESTION)
    assert [hit.passage for hit in plain.hits] == [hit.passage for hit in none.hits]
    assert [hit.passage for hit in plain.hits] != [hit.passage for hit in answer.hits]
    assert answer.confidence == plain.confidence
    assert answer.receipt["late"] == "late interaction" and "late" not in plain.receipt
    assert answer.timings_ms["tokens"] >= 0
    for hit in answer.hits:
        assert -1 <= hit.scores["tokens"] <= 1
        assert sum(hit.shares.values()) == pytest.approx(hit.score, abs=1e-3)


def test_which_rerankers_are_used(casebook: Path, tmp_path: Path) -> None:
    embedder = TransformerEmbedder()
    late, cross = rerankers(embedder, casebook)
    assert late is not None and cross is None and late.name == "late interaction"
    assert rerankers(embedder, casebook, "none") == (None, None)
    assert rerankers(Letters(), casebook) == (None, None)  # type: ignore[arg-type]
    copied = Path(shutil.copytree(PACKAGED, tmp_path / "mine"))
    mine, cross = rerankers(embedder, casebook, copied)
    assert mine is not None and cross is None and mine.name == str(copied)
    assert mine.fingerprint == late.fingerprint
    # One that was adapted to an index is used there without being named.
    (tmp_path / "data").mkdir()
    shutil.copytree(PACKAGED, tmp_path / "data" / ADAPTED)
    adapted, _ = rerankers(embedder, tmp_path / "data")
    assert adapted is not None and adapted.name == str(tmp_path / "data" / ADAPTED)
    shutil.copytree(casebook, tmp_path / "data", dirs_exist_ok=True)
    for location in (tmp_path / "data", f"sqlite:{tmp_path / 'data'}"):
        with closing(Service.open(location)) as service:
            assert service.status()["late"] == str(tmp_path / "data" / ADAPTED)
    for found, named in ((late, None), (mine, str(copied))):
        assert reranker_of({"late": found.name}) == named
    assert reranker_of({}) == "none" and reranker_of({"late": "x", "reranker": "/teacher"}) == "/teacher"


def test_what_is_no_head_is_refused(tmp_path: Path) -> None:
    embedder = TransformerEmbedder()
    with pytest.raises(UsageError, match="another model"):
        LateReranker(embedder, kept(tmp_path / "letters", head()))
    copied = Path(shutil.copytree(PACKAGED, tmp_path / "copied"))
    (copied / "model.safetensors").write_bytes(b"short")
    with pytest.raises(UsageError, match="not as it was made"):
        LateReranker(embedder, copied)
    seal_reranker(copied, "copied")
    with pytest.raises(UsageError, match="cannot be read"):
        LateReranker(embedder, copied)
    for name, value in (("importance", np.zeros(3)), ("question", np.full((4, 4), np.nan))):
        with pytest.raises(UsageError, match=r"do not fit|no number"):
            LateReranker(Letters(), kept(tmp_path / name, head(**{name: value})))
    told = kept(tmp_path / "told", head())
    (told / "config.json").write_text(json.dumps({"kind": "late-interaction"}), "utf-8")
    seal_reranker(told, "told")
    with pytest.raises(UsageError, match="cannot be read"):
        LateReranker(Letters(), told)


def test_by_command(casebook: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(casebook, tmp_path / "data"))
    usual = run_json("search", QUESTION, "--data", data, "--explain")
    assert all("tokens" in hit["explain"] for hit in usual["hits"])
    none = run_json("search", QUESTION, "--data", data, "--reranker", "none", "--explain")
    assert not any("tokens" in hit["explain"] for hit in none["hits"])
    named = run_json("search", QUESTION, "--data", data, "--reranker", PACKAGED)
    assert [hit["text"] for hit in named["hits"]] == [hit["text"] for hit in usual["hits"]]
    refused = run("search", QUESTION, "--data", data, "--reranker", kept(tmp_path / "other", head()))
    assert refused.exit_code == 2 and "another model" in refused.stderr


def test_an_index_is_ready_when_it_is_made(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "one.txt").write_text(
        "The threshold was applied unevenly.\n\nThe fee rose.\n", "utf-8"
    )
    assert run("index", tmp_path / "docs", "--data", tmp_path / "data").exit_code == 0

    def kept() -> set[bytes]:
        with closing(sqlite3.connect(tmp_path / "data" / NAME)) as db:
            return {key for (key,) in db.execute("SELECT key FROM readings")}

    before = kept()
    assert len(before) == 2  # its only passage, and that all was read
    found = run_json("search", "Who applied it unevenly?", "--data", tmp_path / "data")
    assert found["hits"] and kept() == before
    (tmp_path / "docs" / "one.txt").write_text("The threshold was applied evenly.\n", "utf-8")
    assert run("index", tmp_path / "docs", "--data", tmp_path / "data").exit_code == 0
    assert len(kept()) == 2 and not kept() & before
