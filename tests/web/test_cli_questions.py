"""search and ask: the JSON that DESIGN.md promises, filters, files of questions, and what people read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.web.command import run, run_json
from web.commands.question_file import parse_line

QUESTION = "Why were thresholds inconsistent?"
ELSEWHERE = "What is the melting point of tungsten in kelvin?"

DOCUMENT = {"id", "source_id", "title", "publisher", "voice", "published", "url"}
PASSAGE = {"page_end", "page_label", "voice", "speaker", "published", "copy_of"}
HIT = {"rank", "score", "document", "start", "end", "page", "paragraph", "heading", "text"} | PASSAGE
# What DESIGN.md names, and after the bar what has come on top of it; nothing named may go.
ANSWER = {"id", "question", "status", "confidence", "quotes", "citations", "searched", "hits", "timings_ms",
          "receipt"} | {"explanation", "withheld", "understood", "order", "differences"}  # fmt: skip
QUOTE = {"text", "citation", "voice"} | {
    "start", "end", "speaker", "selector", "speeches", "label", "published", "about"
}  # fmt: skip
CITATION = (
    {"n", "document", "start", "end", "page", "paragraph", "text", "url"} | {"heading", "selector"} | PASSAGE
)
SEARCHED = {"documents", "passages", "from", "to"}


def shown(data: Path, document: str) -> str:
    return run("show", document, "--text", "--data", data).stdout_bytes.decode()


def check_hits(hits: list[dict], data: Path) -> None:
    assert [hit["rank"] for hit in hits] == list(range(1, len(hits) + 1))
    scores = [hit["score"] for hit in hits]
    for hit in hits:
        assert set(hit) == HIT and set(hit["document"]) == DOCUMENT
        assert shown(data, hit["document"]["id"])[hit["start"] : hit["end"]] == hit["text"] != ""
        assert isinstance(hit["start"], int) and isinstance(hit["score"], float)
    assert all(isinstance(score, float) for score in scores)


def test_search_has_the_shape_promised_and_its_texts_are_slices(casebook: Path) -> None:
    result = run_json("search", QUESTION, "-k", "25", "--data", casebook)
    assert set(result) == {"id", "question", "hits"}
    assert result["id"] is None and result["question"] == QUESTION and len(result["hits"]) == 25
    check_hits(result["hits"], casebook)
    assert len({(hit["document"]["id"], hit["start"]) for hit in result["hits"]}) == 25, "no passage twice"
    assert len(run_json("search", QUESTION, "--data", casebook)["hits"]) == 10
    assert len(run_json("search", QUESTION, "-k", "1", "--data", casebook)["hits"]) == 1


def test_ask_has_the_shape_promised(casebook: Path) -> None:
    answer = run_json("ask", QUESTION, "--data", casebook)
    assert set(answer) == ANSWER and set(answer["searched"]) == SEARCHED
    assert answer["status"] in ("answered", "partial") and 0 <= answer["confidence"] <= 1
    assert answer["searched"]["documents"] == 14
    check_hits(answer["hits"], casebook)
    citations = {citation["n"]: citation for citation in answer["citations"]}
    assert list(citations) == list(range(1, len(citations) + 1))
    for citation in citations.values():
        assert set(citation) == CITATION and set(citation["document"]) == DOCUMENT
        text = shown(casebook, citation["document"]["source_id"])
        assert text[citation["start"] : citation["end"]] == citation["text"]
        assert citation["url"].startswith(f"/documents/{citation['document']['id']}")
    assert answer["quotes"]
    for quote in answer["quotes"]:
        assert set(quote) == QUOTE
        cited = citations[quote["citation"]]
        assert quote["voice"] == cited["document"]["voice"]
        assert shown(casebook, cited["document"]["id"])[quote["start"] : quote["end"]] == quote["text"]
    order = [(quote["citation"], quote["start"]) for quote in answer["quotes"]]
    assert order == sorted(order), "reading order"


def test_the_same_question_gives_the_same_answer(casebook: Path) -> None:
    first, second = (run_json("ask", QUESTION, "--data", casebook) for _ in range(2))
    del first["timings_ms"], second["timings_ms"]
    assert first == second


def test_silence_is_an_answer(casebook: Path) -> None:
    answer = run_json("ask", ELSEWHERE, "--data", casebook)
    assert (answer["status"], answer["quotes"], answer["citations"]) == ("not_in_documents", [], [])
    assert answer["hits"] and answer["searched"]["passages"] > 0
    check_hits(answer["hits"], casebook)
    result = run("ask", ELSEWHERE, "--data", casebook)
    assert result.exit_code == 0, "a good outcome, not an error"
    assert "do not seem to say" in result.stdout and "which do not answer" in result.stdout


def test_what_people_read_names_sources_and_places(casebook: Path) -> None:
    hits = run("search", QUESTION, "-k", "3", "--data", casebook)
    assert hits.stderr == "" and [line[:2] for line in hits.stdout.split("\n") if line[:1].isdigit()] == [
        "1.", "2.", "3."
    ]  # fmt: skip
    best = run_json("search", QUESTION, "-k", "1", "--data", casebook)["hits"][0]
    assert f"[{best['document']['source_id']}:{best['start']}-{best['end']}]" in hits.stdout
    answer = run("ask", QUESTION, "--data", casebook)
    assert answer.stderr == "" and "[1, " in answer.stdout and "\n[1] " in answer.stdout


# Filters


def documents_of(result: dict) -> list[dict]:
    return [hit["document"] for hit in result["hits"]]


@pytest.mark.parametrize(
    ("options", "admits"),
    [
        (["--voice", "council"], lambda d: d["voice"] == "council"),
        (["--voice", "press", "--voice", "law"], lambda d: d["voice"] in ("press", "law")),
        (["--publisher", "Ofsted"], lambda d: d["publisher"] == "Ofsted"),
        (["--document", "figures-2017.md"], lambda d: d["source_id"] == "figures-2017.md"),
        (["--from", "2019"], lambda d: d["published"] >= "2019"),
        (["--to", "2012-12"], lambda d: d["published"] == "2012"),
        (["--from", "2017-04", "--to", "2017-04", "--voice", "press"],
         lambda d: d["published"][:7] == "2017-04" and d["voice"] == "press"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["search", "ask"])
def test_filters_hold_for_every_hit(command: str, options: list[str], admits, casebook: Path) -> None:
    result = run_json(command, QUESTION, *options, "--data", casebook)
    assert result["hits"] and all(admits(document) for document in documents_of(result))
    if command == "ask":
        assert all(admits(citation["document"]) for citation in result["citations"])
        assert 0 < result["searched"]["documents"] < 14


def test_a_filter_by_id_is_one_by_source_id(casebook: Path) -> None:
    name = documents_of(run_json("search", QUESTION, "--data", casebook))[0]
    by_id, by_source = (
        run_json("search", QUESTION, "--document", name[key], "--data", casebook)
        for key in ("id", "source_id")
    )
    assert by_id == by_source and by_id["hits"]


def test_a_filter_that_lets_nothing_through_is_said(casebook: Path) -> None:
    result = run("search", QUESTION, "--publisher", "Nobody", "--json", "--data", casebook)
    assert result.exit_code == 0 and json.loads(result.stdout)["hits"] == []
    assert "no document passes these filters" in result.stderr
    answer = run("ask", QUESTION, "--voice", "court", "--json", "--data", casebook)
    assert json.loads(answer.stdout)["status"] == "not_in_documents"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--voice", "nobody"], "inspectorate, council, government"),
        (["--from", "7/4/2017"], "2017-04-07"),
        (["--to", "2017-13"], "2017-04-07"),
        (["-k", "0"], "-k"),
        (["-k", "many"], "-k"),
    ],
)
def test_a_filter_that_means_nothing_is_misuse(options: list[str], says: str, casebook: Path) -> None:
    result = run("search", QUESTION, *options, "--data", casebook)
    assert result.exit_code == 2 and result.stdout == "" and says in result.stderr


# A file of questions


@pytest.mark.parametrize("command", ["search", "ask"])
def test_one_line_out_for_each_line_in(command: str, casebook: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(
        b'\xef\xbb\xbf{"id": "q1", "question": "Why were thresholds inconsistent?"}\n'
        b"not json\n"
        b'{"id": "q3"}\n'
        b"\n"
        b'{"id": 5, "question": "Who was the lead member?"}\r\n'
        b'{"id": "q6", "question": "caf\xe9"}\n'
        b'{"id": "q7", "question": "the of and"}\n'
        b'{"id": "q8", "question": "' + b"x" * 100_000 + b'"}\n'
        b'{"id": {}, "question": "Why?"}\n' + b"[" * 100_000 + b"\n"
        b'{"question": "Who was the lead member?"}'
    )
    result = run(command, "--questions", file, "--json", "--data", casebook)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1 and len(lines) == 11
    assert [n for n, line in enumerate(lines, 1) if "error" not in line] == [1, 5, 11]
    assert [line["id"] for line in lines] == ["q1", None, "q3", None, "5", None, "q7", "q8", None, None, None]
    assert all(set(line) == {"id", "question", "error"} for line in lines if "error" in line)
    assert lines[6]["question"] == "the of and"
    assert run_json(command, QUESTION, "--data", casebook)["hits"] == lines[0]["hits"]
    said = result.stderr.splitlines()
    assert [line.partition(":")[0] for line in said] == ["pincite"] * 8
    for number, sentence in zip((2, 3, 4, 6, 7, 8, 9, 10), said, strict=True):
        assert sentence.startswith(f"pincite: {file}, line {number}: ") and len(sentence) < 400


def test_a_file_of_questions_for_people_names_each(casebook: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(f'{{"id": "q1", "question": "{QUESTION}"}}\nbad\n{{"question": "{ELSEWHERE}"}}\n')
    result = run("ask", "--questions", file, "--data", casebook)
    assert result.exit_code == 1 and "line 2: is not JSON" in result.stderr
    assert f"== q1: {QUESTION}\n" in result.stdout and f"== 3: {ELSEWHERE}\n" in result.stdout
    assert "error" not in result.stdout


def test_an_empty_file_of_questions_gives_nothing(casebook: Path, tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").touch()
    result = run("ask", "--questions", tmp_path / "none.jsonl", "--json", "--data", casebook)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "raw", [b'{"id": "q", "question": "Caf\\u00e9?"}\n', '{"id":"q","question":"Café?"}'.encode()]
)
def test_a_line_may_be_spelled_in_any_json(raw: bytes) -> None:
    line = parse_line(1, raw)
    assert (line.name, line.question, line.problem) == ("q", "Café?", "")
