"""eval: the sample set, a test collection in the BEIR layout, floors, and what is wrong with either."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.web.command import run

QUESTION_MEASURES = {
    "fact_recall@250", "fact_recall@500", "fact_recall@1000", "fact_recall@2000", "quote_recall@250",
    "key_recall", "rr", "refusal_auroc", "refusal_precision", "refusal_recall",
}  # fmt: skip
RANKING_MEASURES = {"ndcg@10", "recall@10", "rr@10"}

RECORDS = [
    {
        "_id": "rivers",
        "title": "Rivers",
        "text": "The river Lea flows south through the marshes to the Thames.",
    },
    {"_id": "roads", "title": "Roads", "text": "The council repaired forty miles of road in the spring."},
    {"_id": "schools", "title": "Schools", "text": "Two primary schools were opened in the autumn term."},
]
QUERIES = [
    {"_id": "q1", "text": "Where does the river Lea flow?"},
    {"_id": "q2", "text": "How many miles of road were repaired?"},
]


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "collection"
    (folder / "qrels").mkdir(parents=True)
    for name, records in (("corpus.jsonl", RECORDS), ("queries.jsonl", QUERIES)):
        (folder / name).write_text("".join(json.dumps(record) + "\n" for record in records))
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\trivers\t1\nq2\troads\t1\n")
    return folder


def test_the_sample_set_is_measured_and_held_to_floors(casebook: Path, corpus: Path, tmp_path: Path) -> None:
    sample, written = corpus.parent / "sets" / "casebook.jsonl", tmp_path / "report.json"
    result = run(
        "eval", sample, "--json", written, "--data", casebook,
        "--floor", "fact_recall@1000=0.3", "--floor", "refusal_auroc=1",
    )  # fmt: skip
    assert result.exit_code == 1, "no model tells every answerable question from every other"
    assert (
        result.stderr.startswith("pincite: refusal_auroc is 0.") and "below its floor of 1" in result.stderr
    )
    assert result.stderr.count("\n") == 1, "the other floor holds, and every quote is verbatim"
    report = json.loads(written.read_text("utf-8"))
    assert set(report["measures"]) >= QUESTION_MEASURES
    for name, measure in report["measures"].items():
        assert {"value", "low", "high"} <= set(measure) and 0 <= measure["value"] <= 1, name
        assert name in result.stdout
    assert report["violations"] == [] and len(report["questions"]) == len(
        sample.read_text("utf-8").splitlines()
    )


def test_a_beir_folder_is_indexed_and_measured(beir: Path, tmp_path: Path) -> None:
    written = tmp_path / "report.json"
    result = run("eval", beir, "--json", written, "--floor", "ndcg@10=0.9", "--data", tmp_path / "none")
    assert (result.exit_code, result.stderr) == (0, "")
    measures = json.loads(written.read_text("utf-8"))["measures"]
    assert set(measures) >= RANKING_MEASURES and measures["ndcg@10"]["value"] == 1
    assert not (tmp_path / "none").exists(), "what is indexed on the fly is thrown away"


def test_a_corpus_with_a_bad_line_is_measured_and_told_of(beir: Path) -> None:
    with (beir / "corpus.jsonl").open("a") as corpus:
        corpus.write("{broken\n")
    result = run("eval", beir)
    assert result.exit_code == 1 and "corpus.jsonl, line 4: is not JSON" in result.stderr
    assert "ndcg@10" in result.stdout


@pytest.mark.parametrize(
    ("floor", "says"),
    [
        ("nosuch=0.5", "fact_recall@1000"),
        ("rr", "least value"),
        ("rr=53", "0 to 1"),
        ("rr=much", "0 to 1"),
    ],
)
def test_a_floor_that_means_nothing_is_misuse(floor: str, says: str, casebook: Path, corpus: Path) -> None:
    result = run("eval", corpus.parent / "sets" / "casebook.jsonl", "--floor", floor, "--data", casebook)
    assert result.exit_code == 2 and result.stdout == "" and says in result.stderr


def test_a_floor_under_what_cannot_be_measured_fails(beir: Path) -> None:
    result = run("eval", beir, "--floor", "rr=0.5")
    assert result.exit_code == 1 and "rr has a floor of 0.5 and could not be measured" in result.stderr


@pytest.mark.parametrize("missing", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_a_folder_that_lacks_a_file_is_misuse(beir: Path, missing: str) -> None:
    (beir / missing).unlink()
    result = run("eval", beir)
    assert result.exit_code == 2 and f"no {missing}" in result.stderr and result.stdout == ""


def test_a_report_that_cannot_be_written_is_told_before_the_work(casebook: Path, corpus: Path) -> None:
    sample = corpus.parent / "sets" / "casebook.jsonl"
    for place in (corpus, corpus / "none" / "report.json"):
        result = run("eval", sample, "--json", place, "--data", casebook)
        assert result.exit_code == 2 and str(place) in result.stderr and result.stdout == ""


def test_a_bad_question_set_names_file_and_line(casebook: Path, tmp_path: Path) -> None:
    bad = tmp_path / "set.jsonl"
    bad.write_text('{"id": "a", "question": "Why?", "type": "why", "answerable": false}\n{"id": "b"}\nno\n')
    result = run("eval", bad, "--data", casebook)
    assert result.exit_code == 2 and result.stdout == ""
    assert f"{bad}, line 2: " in result.stderr and f"{bad}, line 3: not JSON" in result.stderr
    missing = run("eval", tmp_path / "none.jsonl", "--data", casebook)
    assert missing.exit_code == 2 and "none.jsonl: no such file" in missing.stderr


def test_a_set_for_other_documents_is_misuse(casebook: Path, tmp_path: Path) -> None:
    other = tmp_path / "set.jsonl"
    fact = {"fact": "f", "evidence": [{"doc": "nosuch.txt", "start": 0, "end": 5}]}
    other.write_text(
        json.dumps({"id": "a", "question": "Why?", "type": "why", "answerable": True, "facts": [fact]}) + "\n"
    )
    result = run("eval", other, "--data", casebook)
    assert result.exit_code == 2 and "nosuch.txt" in result.stderr
