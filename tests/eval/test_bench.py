"""The benchmarks: on collections made here, so that what they must show is known beforehand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from eval.bench import ablation, cost, held_out, quality
from eval.bench.prepared import Remembering, indexed, opened, read_records, sample
from eval.intervals import ratio
from index import UsageError
from qa import RetrievalSettings, Settings
from tests.hashing import HashingEmbedder

RECORDS = {
    "a": ("Otters", "Otters swim in the river at night. They eat fish and crayfish."),
    "b": ("Badgers", "Badgers dig setts in the wood. They come out at dusk."),
    "c": ("Herons", "Herons stand in shallow water. They wait for frogs."),
}
QUERIES = {"q1": ("When do badgers come out?", "b"), "q2": ("What do herons wait for?", "c")}


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    folder = tmp_path / "animals"
    (folder / "qrels").mkdir(parents=True)
    records = [{"_id": name, "title": title, "text": text} for name, (title, text) in RECORDS.items()]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    queries = [{"_id": name, "text": text} for name, (text, _) in QUERIES.items()]
    (folder / "queries.jsonl").write_text("".join(json.dumps(q) + "\n" for q in queries), "utf-8")
    qrels = "".join(f"{name}\t{record}\t1\n" for name, (_, record) in QUERIES.items())
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + qrels, "utf-8")
    return folder


def test_quality_measures_all_engines_over_the_same_queries(collection: Path, tmp_path: Path) -> None:
    def last_first(name: str, records: object, queries: list, scratch: Path) -> quality.Run:
        return {query.id: ["a", "b", "c"] for query in queries}

    found = quality.measure(collection, HashingEmbedder(), tmp_path, 0, last_first)  # type: ignore[arg-type]
    assert set(found.engines) == {"Pincite", "BM25", "dense", "RRF", "txtai"} and found.queries == 2
    assert found.engines["BM25"].value == 1.0, "only one record has each question's words"
    second, third = 1 / np.log2(3), 1 / np.log2(4)
    assert found.engines["txtai"].value == pytest.approx((second + third) / 2)
    pincite = found.engines["Pincite"].value
    assert found.differences["txtai"].value == pytest.approx(pincite - found.engines["txtai"].value)
    table = quality.as_markdown([found, quality.Result("gone", reason="it is not there")])
    assert f"| animals | 2 | {100 * pincite:.1f} | 100.0 |" in table
    assert "- gone was not measured: it is not there" in table


def test_quality_goes_on_without_a_peer_that_fails(collection: Path, tmp_path: Path, capsys) -> None:
    def fails(*_: object) -> quality.Run:
        raise quality.PeerFailedError("it cannot be installed")

    found = quality.measure(collection, HashingEmbedder(), tmp_path, 1, fails)  # type: ignore[arg-type]
    assert "txtai" not in found.engines and found.queries == 1 and not found.reason
    assert "txtai: it cannot be installed" in capsys.readouterr().err


def test_a_folder_that_is_no_collection_is_told_and_the_others_are_measured(
    collection: Path, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "TransformerEmbedder", HashingEmbedder)
    written = tmp_path / "out.json"
    code = quality.main([str(tmp_path / "none"), str(collection), "--without-peers", "--scratch",
                         str(tmp_path / "scratch"), "--json", str(written)])  # fmt: skip
    assert code == 1
    assert "- none was not measured: " in capsys.readouterr().out
    first, second = json.loads(written.read_text("utf-8"))
    assert first["reason"] and second["engines"]["BM25"]["value"] == 1.0


def test_rank_fusion_by_hand() -> None:
    # 1/61 + 1/62 for both of the first two: the lower number goes first.
    assert quality.fused_by_rank([[4, 2, 9], [2, 4]]) == [2, 4, 9]


def test_what_is_kept_is_used_again(collection: Path, tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    data = indexed(collection / "corpus.jsonl", embedder, tmp_path)
    embedded = embedder.embedded
    assert embedded and indexed(collection / "corpus.jsonl", embedder, tmp_path) == data
    assert embedder.embedded == embedded
    other = HashingEmbedder("another")
    assert indexed(collection / "corpus.jsonl", other, tmp_path) != data, "another model, another index"
    kept = Remembering(embedder, tmp_path / "q.npz")
    vector = kept.embed_question("otters")
    kept.keep()
    again = Remembering(other, tmp_path / "q.npz")
    other.embed_question = None  # type: ignore[method-assign]
    assert np.array_equal(again.embed_question("otters"), vector)


def test_records_are_read_with_their_titles_and_samples_are_the_same_each_time(collection: Path) -> None:
    assert read_records(collection)[1] == ("b", "Badgers\n" + RECORDS["b"][1])
    (collection / "corpus.jsonl").write_text("{\n", "utf-8")
    with pytest.raises(UsageError, match=r"corpus\.jsonl, line 1"):
        read_records(collection)
    drawn = sample(range(100), 10)
    assert drawn == sample(range(100), 10) == sorted(drawn) and len(set(drawn)) == 10


def test_ablation_removes_one_stage_at_a_time(collection: Path, tmp_path: Path) -> None:
    full = RetrievalSettings()
    made = ablation.variants()
    for stage, field in ablation.STAGES.items():
        changed = made[f"without {stage}"].retrieval
        others = [name for name in full.__slots__ if getattr(changed, name) != getattr(full, name)]
        assert others == [field] and getattr(changed, field) == 0
    assert made["pool 50"].retrieval.pool == 50 and made[ablation.FULL] == Settings()
    assert made["without tokens"].tokens.top == 0 and made["without tokens"].retrieval == full
    embedder = HashingEmbedder()
    data = indexed(collection / "corpus.jsonl", embedder, tmp_path)
    lines = ablation.measure(data, *ablation.of_collection(collection, 0), embedder, tmp_path)
    assert [line.variant for line in lines] == list(made)
    assert all(line.ms > 0 and set(line.measures) == {"animals nDCG@10"} for line in lines)


def test_ablation_counts_facts_within_budgets(collection: Path, tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    data = indexed(collection / "corpus.jsonl", embedder, tmp_path)
    questions = tmp_path / "set.jsonl"
    fact = {"fact": "dusk", "evidence": [{"doc": "b", "quote": "They come out at dusk."}]}
    question = {"id": "1", "question": "When do badgers come out?", "answerable": True, "type": "lookup"}
    questions.write_text(json.dumps({**question, "facts": [fact]}) + "\n", "utf-8")
    service = opened(data, embedder)
    asked, score = ablation.of_questions("mine", questions, service)
    found = score({"1": service.search(asked["1"], k=3)})
    assert found == {"mine @500": [(1, 1)], "mine @1000": [(1, 1)], "mine @2000": [(1, 1)]}
    nothing = score({"1": service.search("otters", k=1)})
    assert nothing["mine @500"] == [(0, 1)]
    service.close()
    measures = {name: ratio(pairs) for name, pairs in found.items()}
    line = ablation.joined(
        [[ablation.Line("everything", measures, 2.0)], [ablation.Line("everything", {}, 4.0)]]
    )
    assert ablation.as_markdown(line).endswith("| everything | 100.0 | 100.0 | 100.0 | 3 |\n")


def test_ablation_without_a_source_says_what_to_name(tmp_path: Path, capsys) -> None:
    assert ablation.main(["--scratch", str(tmp_path)]) == 2
    assert "--set" in capsys.readouterr().err


TOTALS = ("all", "of this a search", "median", "p95")


def test_cost_makes_its_store_once_and_its_stages_add_up(tmp_path: Path, capsys) -> None:
    arguments = ["--passages", "90", "--questions", "3", "--scratch", str(tmp_path), "--limit", "100000"]
    assert cost.main([*arguments, "--json", str(tmp_path / "cost.json")]) == 0
    out, told = capsys.readouterr()
    assert "making a store of 90 passages" in told and "memory per million passages" in out
    found = json.loads((tmp_path / "cost.json").read_text("utf-8"))
    stages = {name: ms for name, ms in found["ms"].items() if name not in TOTALS}
    assert sum(stages.values()) == pytest.approx(found["ms"]["all"]) and stages["nearest of sentences"] > 0
    assert found["ms"]["of this a search"] > 0
    assert cost.main([*arguments[:-1], "0"]) == 1, "no question is answered in no time"
    assert "making" not in capsys.readouterr().err


def test_the_store_that_cost_makes_is_as_described() -> None:
    entries = list(cost.list_entries(90))
    assert [len(entry.passages) for entry in entries] == [40, 40, 10]
    passages = [passage for entry in entries for passage in entry.passages]
    for entry in entries:
        for passage, embedding in zip(entry.passages, entry.embeddings, strict=True):
            assert entry.document.text[passage.start : passage.end] == passage.text
            assert embedding.sentences.shape == (len(passage.sentences), cost.DIMENSIONS)
    assert 2.2 < sum(len(passage.sentences) for passage in passages) / 90 < 3.2
    assert len({passage.text for passage in passages}) == 90


def test_settings_are_chosen_on_one_half_and_measured_on_the_other() -> None:
    # Setting 1 finds all facts of the first ten questions and none of the others, setting 2 the reverse, setting 0
    # half of all. Whatever is best on one half is worse on the other than setting 0 would have been.
    found = np.zeros((3, 20, 3), int)
    found[0], found[1, :10], found[2, 10:] = 1, 2, 2
    result = held_out.halves(found, np.full(20, 2), 100)
    assert result.built_in == (0.5, 0.5, 0.5)
    assert all(value < 0.5 for value in result.chosen)
    # Where one setting is best for every question, it is chosen and measured.
    found[1] = 2
    assert held_out.halves(found, np.full(20, 2), 10).chosen == (1.0, 1.0, 1.0)
    assert (
        held_out.grid()[0] == RetrievalSettings() and len(held_out.grid()) == len(set(held_out.grid())) == 48
    )


def test_held_out_counts_what_the_settings_find(
    collection: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_out, "GRID", {"source": (0.0, 2.0)})
    monkeypatch.setattr(held_out, "TransformerEmbedder", lambda: HashingEmbedder())
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text("Thresholds were inconsistent.\n\nThe board met twice.", "utf-8")
    questions = tmp_path / "set.jsonl"
    fact = {"fact": "thresholds", "evidence": [{"doc": "a.md", "quote": "Thresholds were inconsistent."}]}
    question = {"question": "What was inconsistent?", "answerable": True, "type": "lookup", "facts": [fact]}
    lines = [json.dumps({"id": f"q{i}", **question}) + "\n" for i in range(4)]
    questions.write_text("".join(lines), "utf-8")
    asked = [str(questions), str(docs), "--scratch", str(tmp_path), "--rounds", "5"]
    assert held_out.main([*asked, "--json", str(tmp_path / "out.json")]) == 0
    assert "| as built in | 100.0 | 100.0 | 100.0 |" in capsys.readouterr().out
    assert json.loads((tmp_path / "out.json").read_text())["chosen"] == [1.0, 1.0, 1.0]
    assert held_out.main([str(tmp_path / "none.jsonl"), *asked[1:]]) == 2
    assert "none.jsonl" in capsys.readouterr().err
