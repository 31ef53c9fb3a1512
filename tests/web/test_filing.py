"""What is filed and compared on a real index: packs, receipts, the matrix, and what readers say of answers."""

from __future__ import annotations

import html
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

import pytest
from flask.testing import FlaskClient

from eval import parse_questions
from index import Store, index_paths, open_store
from qa import Service
from tests.hashing import HashingEmbedder
from tests.web.command import run
from web import feedback as feedback_module
from web.app import WebConfig, create_app
from web.feedback import Feedback, Remark, as_questions

QUESTION = "Why was the pier shut?"
TOLD = "The pier was shut because its boards gave way."
HOSTILE = "The pier was shut <script>alert(1)</script> because of rot."
TEXTS = {"pier.txt": TOLD, "rot.txt": HOSTILE, "lamp.txt": "A lantern was painted green by its keeper."}


@dataclass(frozen=True)
class Site:
    client: FlaskClient
    store: Store
    folder: Path
    feedback: Feedback


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    docs, data = tmp_path / "docs", tmp_path / "data"
    docs.mkdir()
    for name, text in TEXTS.items():
        (docs / name).write_text(f"Findings\n\n{text}\n")
    with closing(open_store(data, create=True)) as store:
        index_paths(store, HashingEmbedder(), [docs])
        feedback = Feedback(data / "feedback.db")
        app = create_app(Service(store, HashingEmbedder()), WebConfig(feedback=feedback))
        yield Site(app.test_client(), store, data, feedback)


def links(page: str, beginning: str) -> list[str]:
    return [html.unescape(link) for link in re.findall(rf'href="({beginning}[^"]*)"', page)]


def test_an_answer_is_filed_in_every_form(site: Site) -> None:
    page = site.client.get("/ask", query_string={"q": QUESTION, "document": "pier.txt"}).text
    packs = links(page, "/pack/")
    assert len(packs) == 3
    for address in packs:
        response = site.client.get(address)
        assert response.status_code == 200
        assert response.headers["Content-Disposition"].startswith("attachment; filename=")
        words = response.data
        if address.startswith("/pack/docx"):
            words = zipfile.ZipFile(io.BytesIO(words)).read("word/document.xml")
        assert b"its boards gave way" in words and b"because of rot" not in words, "the filter holds"


def test_a_pack_of_a_hostile_document_runs_nothing(site: Site) -> None:
    response = site.client.get("/pack/html", query_string={"q": QUESTION, "document": "rot.txt"})
    assert b"<script>alert" not in response.data and b"because of rot" in response.data
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_the_receipt_is_that_of_the_answer(site: Site) -> None:
    (address,) = links(site.client.get("/ask", query_string={"q": QUESTION}).text, "/receipt.json")
    receipt = json.loads(site.client.get(address).data)
    answer = site.client.get("/ask.json", query_string={"q": QUESTION}).get_json()
    assert receipt["question"] == QUESTION and receipt["status"] == answer["status"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/pack/pdf?q=a", 404),
        ("/pack/md?q=", 400),
        ("/pack/md?q=a&voice=gossip", 400),
        ("/receipt.json?q=", 400),
    ],
)
def test_what_cannot_be_filed_is_said(site: Site, address: str, status: int) -> None:
    assert site.client.get(address).status_code == status


def test_the_matrix_tells_who_speaks_and_who_is_silent(casebook: Path) -> None:
    penguins, thresholds = "How many penguins live in the zoo?", "Were thresholds applied unevenly?"
    with closing(Service.open(casebook)) as service:
        client = create_app(service).test_client()
        page = client.get("/matrix", query_string={"q": f"{penguins}\n\n{thresholds}\n{penguins}"}).text
        documents = len(service.documents())
        assert page.count('class="row-of"') == 2, "asked twice is asked once"
        told = client.get(links(page, "/matrix.json")[0]).get_json()
    assert [row["question"] for row in told["questions"]] == [penguins, thresholds]
    for row, part in zip(told["questions"], page.split('class="row-of"')[1:], strict=True):
        spoken = [cell for cell in row["cells"] if cell["quote"]]
        assert len(spoken) + len(row["silent"]) == documents
        assert part.count('<figure class="quote"') == len(spoken)
        named = part.partition("</details>")[0].count("<li><a href=")
        assert named == len(row["silent"])
    assert len(told["questions"][0]["silent"]) > len(told["questions"][1]["silent"])
    assert "ofsted-2017-help-and-protection.pdf" not in told["questions"][1]["silent"]


def test_a_matrix_is_narrowed_and_limited(site: Site) -> None:
    page = site.client.get("/matrix", query_string={"q": QUESTION, "document": "pier.txt"}).text
    assert re.search(r"of 1 address(es)? this", page)
    many = "\n".join(f"Question {n}?" for n in range(41))
    refused = site.client.get("/matrix", query_string={"q": many})
    assert refused.status_code == 400 and "123 cells" in refused.text and "pincite matrix" in refused.text
    assert site.client.get("/matrix?q=a&voice=gossip").status_code == 400
    assert site.client.get("/matrix.json").mimetype == "application/problem+json"
    assert site.client.get("/matrix?q=" + "x" * 2001).status_code == 400


def remark(site: Site, **more: str) -> int:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    return site.client.post("/feedback", data={"q": QUESTION, **more}, headers=headers).status_code


def test_remarks_become_drafts_of_questions(site: Site) -> None:
    assert remark(site, verdict="answers", note="Quite.\nIndeed.") == 303
    assert remark(site, verdict="does-not") == 303
    assert remark(site, verdict="wrong-quote", wrong="1") == 303
    result = run("feedback", "export", "--data", str(site.folder))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    found = [json.loads(line) for line in lines]
    assert [one["answerable"] for one in found] == [True, False, True]
    quotes = site.client.get("/ask.json", query_string={"q": QUESTION}).get_json()["quotes"]
    assert [fact["evidence"][0]["quote"] for fact in found[0]["facts"]] == [quote["text"] for quote in quotes]
    assert found[1]["facts"] == [] and len(found[2]["facts"]) == len(quotes) - 1
    assert "Quite." in found[0]["note"] and quotes[0]["text"] in found[2]["note"]
    path = site.folder / "feedback.jsonl"
    path.write_text(result.stdout)
    parsed, problems = parse_questions(path)
    assert not problems and len(parsed) == 0 and len(parsed.drafts) == 3, (
        "they count nowhere before they are accepted"
    )


def test_nothing_but_the_answer_and_the_remark_is_kept(site: Site) -> None:
    generation = site.store.counts().generation
    remark(site, verdict="answers")
    assert site.store.counts().generation == generation, "answers stay as they are"
    (kept,) = site.feedback.all()
    assert kept.question == QUESTION and kept.quotes[0][1] in (TOLD, HOSTILE)
    assert run("feedback", "export", "--data", str(site.folder)).stdout.count("127.0.0.1") == 0


@pytest.mark.parametrize(
    "data", [{}, {"verdict": "maybe"}, {"verdict": "answers", "q": ""}, {"verdict": "answers", "from": "x"}]
)
def test_a_remark_that_is_none(site: Site, data: dict[str, str]) -> None:
    assert remark(site, **data) == 400 and site.feedback.all() == []


@pytest.mark.parametrize("wrong", ["99", "x", "-1", "9" * 400])
def test_a_wrong_quotation_that_there_is_not(site: Site, wrong: str) -> None:
    assert remark(site, verdict="wrong-quote", wrong=wrong) == 303
    assert site.feedback.all()[0].wrong == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({}, 303),
    ],
)
def test_another_site_cannot_remark_for_a_reader(site: Site, headers: dict[str, str], status: int) -> None:
    data = {"q": QUESTION, "verdict": "answers"}
    assert site.client.post("/feedback", data=data, headers=headers).status_code == status


def test_remarks_are_limited_in_length_and_number(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    remark(site, verdict="answers", note="x" * 5_000)
    assert len(site.feedback.all()[0].note) == 1_000
    monkeypatch.setattr(feedback_module, "_MOST_ROWS", 1)
    assert remark(site, verdict="answers") == 503
    assert len(site.feedback.all()) == 1


def test_a_remark_waits_for_another_that_is_being_kept(tmp_path: Path) -> None:
    path = tmp_path / "feedback.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = Timer(0.3, other.close)
    timer.start()
    feedback = Feedback(path)
    assert feedback.add(Remark("Why?", "answers", "answered", (), 1))
    assert not timer.is_alive() and [one.question for one in feedback.all()] == ["Why?"]


def test_silence_that_is_confirmed_is_unanswerable() -> None:
    told = list(
        as_questions(
            [
                Remark("Why?", "answers", "not_in_documents", (), 3, number=1),
                Remark("Why?", "does-not", "not_in_documents", (), 3, number=2),
            ]
        )
    )
    assert [one["answerable"] for one in told] == [False, True]


def test_without_remarks_nothing_is_exported_and_nothing_is_made(site: Site) -> None:
    result = run("feedback", "export", "--data", str(site.folder))
    assert result.exit_code == 0 and result.stdout == ""
    assert not (site.folder / "feedback.db").exists()


def test_where_it_is_not_enabled_there_is_no_form(site: Site) -> None:
    client = create_app(Service(site.store, HashingEmbedder())).test_client()
    assert "/feedback" not in client.get("/ask", query_string={"q": QUESTION}).text
    assert client.post("/feedback", data={"q": QUESTION, "verdict": "answers"}).status_code == 404
