"""Differences, labels and times of an answer: printed, as data and on the page; none is taken for quoted words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from qa import Service
from tests.web.command import run, run_json
from web.app import create_app

DIFFER = "When was PwC appointed to inspect Tower Hamlets?"
CHANGE = "How did the rating move from 2012 to 2017 to 2019?"


@pytest.fixture(scope="module")
def client(casebook: Path) -> Iterator[FlaskClient]:
    with closing(Service.open(casebook)) as service:
        yield create_app(service).test_client()


def test_printed(casebook: Path) -> None:
    told = run("ask", DIFFER, "--data", casebook).stdout
    differ = told.partition("Sources differ in a date:\n")[2].splitlines()
    assert "4 April 2014" in differ[0] and re.search(r"” \[\d+, government\]$", differ[0])
    assert "May 2014" in differ[1] and (n := re.search(r"” \[(\d+), law\]$", differ[1]))
    assert differ[2].startswith(f"  [{n[1]}] Doughty Street Insights, ")
    assert re.search(r"^\[[^]“”]+\] “", told, re.M), "a label stands before the quotation marks"
    assert "Sources differ" not in run("ask", "Why were thresholds inconsistent?", "--data", casebook).stdout


def test_as_data(client: FlaskClient) -> None:
    told = client.get("/api/ask", query_string={"q": DIFFER}).json
    assert told is not None
    description = client.get("/api/openapi.json").json
    assert description is not None
    schema = {"$ref": "#/components/schemas/AnswerOut", "components": description["components"]}
    Draft202012Validator(schema).validate(told)
    (one,) = told["differences"]
    assert one["kind"] == "date" and [side["value"]["text"] for side in one["sides"]] == [
        "4 April 2014",
        "May 2014",
    ]
    broken = told | {"differences": [{"kind": "date", "sides": one["sides"][:1]}]}
    assert list(Draft202012Validator(schema).iter_errors(broken))


def test_on_the_page(client: FlaskClient) -> None:
    page = client.get("/ask", query_string={"q": DIFFER}).text
    (section,) = re.findall(r'<section class="differ".*?\n</section>\n\n', page, re.S)
    assert re.findall(r'<mark class="found">(.*?)</mark>', section) == ["4 April 2014", "May 2014"]
    assert "not judged here" in section and section.count("<blockquote") == 2
    for address in re.findall(r'class="context" href="([^"]+)"', section):
        assert "<mark" in client.get(unescape(address).partition("#")[0]).text
    other = client.get("/ask", query_string={"q": "Why were thresholds inconsistent?"}).text
    assert 'class="differ"' not in other


def test_a_label_is_no_part_of_the_quotation(client: FlaskClient) -> None:
    page = client.get("/ask", query_string={"q": DIFFER}).text
    labels = re.findall(r'<p class="editorial">.*?<span dir="auto">(\[.*?\])</span></p>', page)
    assert labels
    quotations = re.findall(r"<blockquote.*?</blockquote>", page, re.S)
    assert not any(label in quotation for label in labels for quotation in quotations)


def test_a_question_about_change_is_answered_along_time(client: FlaskClient, casebook: Path) -> None:
    page = client.get("/ask", query_string={"q": CHANGE}).text
    years = re.findall(r'<h3 id="group-(\d{4})">', page)
    assert len(years) > 1 and years == sorted(years)
    (by_voice,) = re.findall(r'href="([^"]+)">By voice</a>', page)
    chosen = client.get(unescape(by_voice)).text
    assert re.findall(r'<h3 id="group-([a-z]+)">', chosen) and "group-2012" not in chosen
    told = run_json("ask", CHANGE, "--data", casebook)
    dates = [quote["published"] for quote in told["quotes"] if quote["published"]]
    assert told["order"] == "time" and dates == sorted(dates)
    assert [one["n"] for one in told["citations"]] == list(range(1, len(told["citations"]) + 1))
    numbers = list(dict.fromkeys(quote["citation"] for quote in told["quotes"]))
    assert numbers == sorted(numbers)


def test_the_order_can_be_chosen(casebook: Path, tmp_path: Path) -> None:
    usual = run_json("ask", CHANGE, "--data", casebook)
    best = run_json("ask", CHANGE, "--order", "answer", "--data", casebook)
    assert best["order"] == "answer"
    words = [{quote["text"] for quote in told["quotes"]} for told in (usual, best)]
    assert words[0] == words[1] and usual["quotes"] != best["quotes"]
    plain = run_json("ask", DIFFER, "--order", "time", "--data", casebook)
    assert plain["order"] == "time"
    receipt = tmp_path / "receipt.json"
    run("ask", CHANGE, "--order", "time", "--receipt", receipt, "--data", casebook)
    assert run("verify", receipt, "--data", casebook).exit_code == 0
    assert run("ask", CHANGE, "--order", "voice", "--data", casebook).exit_code == 2
