"""search --explain: what every stage adds to a hit's score, for people and for programs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.web.command import run, run_json

QUESTION = "What did the inspectors say about thresholds in 2017?"
STAGES = {
    "passage",
    "sentence",
    "context",
    "bm25",
    "bm25_context",
    "source",
    "period",
    "feedback",
    "part",
    "spread",
}


def test_shares_add_up_to_the_score_of_every_hit(casebook: Path) -> None:
    result = run_json("search", QUESTION, "-k", "40", "--explain", "--data", casebook)
    assert len(result["hits"]) == 40
    for hit in result["hits"]:
        stages = dict(hit["explain"])
        assert stages.pop("total") == hit["score"] and stages.keys() >= STAGES
        assert sum(stage["share"] for stage in stages.values()) == pytest.approx(hit["score"], abs=1e-4)


def test_raw_scores_are_what_the_engines_measured(casebook: Path) -> None:
    result = run_json("search", QUESTION, "-k", "40", "--explain", "--data", casebook)
    before: dict[str, int] = {}
    for hit in result["hits"]:
        stages, document = hit["explain"], hit["document"]["id"]
        assert stages["sentence"]["raw"] <= 1 and stages["bm25"]["raw"] >= 0
        assert stages["spread"]["raw"] == before.get(document, 0), "hits of its document before it"
        assert (stages["spread"]["share"] < 0) == (document in before)
        before[document] = before.get(document, 0) + 1
        assert stages["source"]["raw"] == int(hit["voice"] == "inspectorate")
        assert (stages["source"]["share"] > 0) == (hit["voice"] == "inspectorate")
    # Within a stage, what measured more adds more.
    for name in ("passage", "sentence", "context", "bm25", "bm25_context"):
        pairs = sorted((hit["explain"][name]["raw"], hit["explain"][name]["share"]) for hit in result["hits"])
        shares = [share for _, share in pairs]
        assert shares == sorted(shares), name
    assert any(hit["explain"]["period"]["raw"] for hit in result["hits"])


def test_what_was_understood_is_told(casebook: Path) -> None:
    understood = run_json("search", QUESTION, "--explain", "--data", casebook)["understood"]
    assert understood["voices"] == ["inspectorate"] and understood["publishers"] == []
    assert understood["periods"] == [{"from": "2017-01-01", "to": "2017-12-31"}]
    open_ended = run_json("search", "What changed after 2017?", "--explain", "--data", casebook)["understood"]
    assert open_ended["periods"] == [{"from": "2017-01-01", "to": None}]


def test_without_the_option_nothing_changes(casebook: Path) -> None:
    plain = run_json("search", QUESTION, "--data", casebook)
    explained = run_json("search", QUESTION, "--explain", "--data", casebook)
    del explained["understood"]
    for hit in explained["hits"]:
        del hit["explain"]
    assert plain == explained


def test_people_read_a_line_for_each_stage(casebook: Path) -> None:
    result = run("search", QUESTION, "-k", "2", "--explain", "--data", casebook)
    lines = result.stdout.splitlines()
    assert (
        lines[0] == "Understood to ask for the words of inspectorate and the time 2017-01-01 to 2017-12-31."
    )
    found = [re.fullmatch(r"   (\S.*?) +(-?[\d.]+)  ([+-]\d+\.\d{3})", line) for line in lines]
    shares = [float(match[3]) for match in found if match]
    totals = [float(match[1]) for line in lines if (match := re.fullmatch(r" +([+-][\d.]+) in all", line))]
    stages = len({*STAGES, "tokens"})
    assert len(shares) == 2 * stages and len(totals) == 2
    for at, total in enumerate(totals):
        of_hit = shares[at * stages : (at + 1) * stages]
        assert sum(of_hit) == pytest.approx(total, abs=0.005)


def test_a_question_that_asks_for_nobody_says_so(casebook: Path) -> None:
    stdout = run(
        "search", "Why were thresholds inconsistent?", "-k", "1", "--explain", "--data", casebook
    ).stdout
    assert stdout.startswith("Understood to ask for no one's words and no time.\n")
    assert "in all" not in run("search", QUESTION, "-k", "1", "--data", casebook).stdout
