"""The web on the real service: real loaders, model, SQLite, FAISS and tantivy, over the stand-in's texts."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from index import TransformerEmbedder, index_paths, open_store
from qa import Service
from tests.web.standin import INSPECTION, LAW, PRESS, STATEMENT
from web.app import create_app

QUESTION = "Why were thresholds not applied consistently?"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder, data = tmp_path_factory.mktemp("documents"), tmp_path_factory.mktemp("data")
    documents = (INSPECTION, STATEMENT, PRESS, LAW)
    for document in documents:
        Path(folder, document.info.source_id).write_text(document.text, encoding="utf-8")
    with Path(folder, "sources.csv").open("w", newline="", encoding="utf-8") as sidecar:
        rows = csv.writer(sidecar)
        rows.writerow(["file", "title", "publisher", "voice", "published", "url", "licence"])
        for document in documents:
            info = document.info
            rows.writerow(
                [info.source_id, info.title, info.publisher, info.voice, info.published, info.url, ""]
            )
    store = open_store(data, create=True)
    embedder = TransformerEmbedder()
    index_paths(store, embedder, [folder])
    service = Service(store, embedder)
    yield create_app(service).test_client()
    service.close()


def test_every_quotation_stands_marked_in_its_source(client: FlaskClient) -> None:
    page = client.get("/ask", query_string={"q": QUESTION}).text
    quoted = re.findall(
        r'<blockquote dir="auto">(.*?)</blockquote>\s*<figcaption.*?class="context" href="([^"]+)"',
        page,
        re.S,
    )
    assert quoted, "the texts answer this question"
    for text, address in quoted:
        source = client.get(unescape(address).partition("#")[0])
        marked = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", source.text, re.S))
        # A quotation may run over several blocks; only the white space between them is not marked.
        assert "".join(marked.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("schema", "address"),
    [
        ("AnswerOut", f"/api/ask?q={QUESTION}"),
        ("AnswerOut", "/api/ask?q=How many penguins live in the park?"),
        ("AnswerOut", f"/api/ask?q={QUESTION}&voice=court"),
        ("SearchOut", f"/api/search?q={QUESTION}&k=3"),
        ("DocumentsOut", "/api/documents"),
        ("HealthOut", "/healthz"),
    ],
)
def test_what_the_service_gives_is_what_is_described(client: FlaskClient, schema: str, address: str) -> None:
    spec = client.get("/api/openapi.json").get_json()
    response = client.get(address)
    assert response.status_code == 200, response.text
    described = {"$ref": f"#/components/schemas/{schema}", "components": spec["components"]}
    Draft202012Validator(described).validate(response.get_json())


@pytest.mark.parametrize("question", ["", " ", "x" * 100_000, "the of and"])
def test_a_question_that_cannot_be_searched_for_is_refused(client: FlaskClient, question: str) -> None:
    response = client.post("/api/ask", json={"question": question})
    assert response.status_code in (400, 413) and response.mimetype == "application/problem+json"


def test_pages_on_the_real_service(client: FlaskClient) -> None:
    assert "4 documents" in client.get("/").text
    view = re.search(r'href="(/documents/[0-9a-f]+)"', client.get("/documents").text)
    assert view and client.get(view.group(1)).status_code == 200
    assert client.get("/documents/none").status_code == 404
    told = client.get("/status.json").get_json()
    assert told["health"]["well"], told["health"]
    assert (
        told["passage_tokens"] and told["splitter"] and told["model_fingerprint"] and told["reranker"] is None
    )
