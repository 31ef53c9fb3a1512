"""The JSON endpoints: the contract, its description, and every way of asking wrongly."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from werkzeug.test import TestResponse

from index import StoreError
from tests.web.standin import DOCUMENTS, INSPECTION, StandIn
from web.app import WebConfig, create_app


def problem(response: TestResponse, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    body: dict[str, Any] = response.get_json()
    assert body["status"] == status and {"type", "title", "detail"} <= set(body)
    return body


def test_an_answer_is_the_contract(client: FlaskClient) -> None:
    answer = client.post("/api/ask", json={"question": "Why?", "id": "q1"}).get_json()
    assert answer["id"] == "q1" and answer["status"] == "answered" and answer["searched"]["from"] == "2017-04"
    texts = {document.info.doc_id: document.text for document in DOCUMENTS}
    for citation in answer["citations"]:
        assert texts[citation["document"]["id"]][citation["start"] : citation["end"]] == citation["text"]
        assert client.get(citation["url"].partition("#")[0]).status_code == 200


def test_a_filter_in_the_body_and_in_the_query_mean_the_same(client: FlaskClient) -> None:
    chosen = {"voices": ["press", "law"], "from": "2017", "to": "2018"}
    posted = client.post("/api/ask", json={"question": "Why?", "filter": chosen}).get_json()
    linked = client.get("/api/ask?q=Why%3F&voice=press&voice=law&from=2017&to=2018").get_json()
    assert posted == linked and {hit["document"]["voice"] for hit in posted["hits"]} == {"press", "law"}


def test_search_returns_k_hits_with_exact_offsets(client: FlaskClient) -> None:
    found = client.get("/api/search?q=thresholds&k=2&id=s1").get_json()
    assert found["id"] == "s1" and [hit["rank"] for hit in found["hits"]] == [1, 2]
    first = found["hits"][0]
    assert INSPECTION.text[first["start"] : first["end"]] == first["text"]


def test_documents_and_health(client: FlaskClient) -> None:
    listed = client.get("/api/documents").get_json()["documents"]
    assert [entry["source_id"] for entry in listed] == [document.info.source_id for document in DOCUMENTS]
    assert client.get(listed[0]["view"]).status_code == 200
    health = {"status": "ok", "documents": 5, "passages": 6, "generation": 3, "model": "stand-in"}
    assert client.get("/healthz").get_json() == health


BAD_BODIES: list[tuple[Any, int, str]] = [
    ({}, 422, "#/question"),
    ({"question": "a", "extra": 1}, 422, "#/extra"),
    ({"question": "a", "filter": {"voice": ["press"]}}, 422, "#/filter/voice"),
    ({"question": "a", "filter": {"voices": ["press", "gossip"]}}, 422, "#/filter/voices/1"),
    ({"question": "a", "filter": {"voices": "press"}}, 422, "#/filter/voices"),
    ({"question": "a", "filter": None}, 422, "#/filter"),
    ({"question": "a", "filter": {"from": "soon"}}, 422, "#/filter/from"),
    ({"question": "a", "filter": {"from": "2019", "to": "2018"}}, 422, "#/filter/from"),
    ({"question": 7}, 422, "#/question"),
    ({"question": "half a pair \ud800"}, 422, "#/question"),
    ({"question": "a", "id": 7}, 422, "#/id"),
    ({"question": ""}, 400, ""),
    ({"question": "x" * 2001}, 400, ""),
    ([1], 400, ""),
    ("text", 400, ""),
]


@pytest.mark.parametrize(("body", "status", "pointer"), BAD_BODIES)
def test_a_body_that_cannot_be_asked_names_what_is_wrong(
    client: FlaskClient, body: Any, status: int, pointer: str
) -> None:
    found = problem(client.post("/api/ask", json=body), status)
    assert [error["pointer"] for error in found.get("errors", [])] == ([pointer] if pointer else [])
    assert pointer in found["detail"]


BAD_QUERIES = [
    ("/api/search", "q"),
    ("/api/search?q=a&k=0", "k"),
    ("/api/search?q=a&k=101", "k"),
    ("/api/search?q=a&k=ten", "k"),
    ("/api/search?q=a&voice=gossip", "voice"),
    ("/api/search?q=a&voices=press", "voices"),
    ("/api/search?q=a&from=2017-13", "from"),
    ("/api/ask?q=a&k=3", "k"),
    ("/api/search?q=a&from=2018&to=2017", "from"),
]


@pytest.mark.parametrize(("address", "parameter"), BAD_QUERIES)
def test_a_query_that_cannot_be_asked_names_the_parameter(
    client: FlaskClient, address: str, parameter: str
) -> None:
    found = problem(client.get(address), 422)
    assert [error["parameter"] for error in found["errors"]] == [parameter]


def test_an_unknown_voice_is_told_the_voices(client: FlaskClient) -> None:
    found = problem(client.post("/api/ask", json={"question": "a", "filter": {"voices": ["gossip"]}}), 422)
    assert "inspectorate, council, government, court, press, law, charity, public, other" in found["detail"]


@pytest.mark.parametrize(
    ("method", "address", "more", "status"),
    [
        (
            "POST",
            "/api/ask",
            {"data": "question=a", "content_type": "application/x-www-form-urlencoded"},
            415,
        ),
        ("POST", "/api/ask", {"data": '{"question": "a"}', "content_type": "text/plain"}, 415),
        ("POST", "/api/ask", {}, 415),
        ("POST", "/api/ask", {"data": '{"question": ', "content_type": "application/json"}, 400),
        ("POST", "/api/ask", {"data": "null", "content_type": "application/json"}, 400),
        ("POST", "/api/ask", {"data": b"\xff\xfe", "content_type": "application/json"}, 400),
        ("POST", "/api/ask", {"data": "[" * 60_000, "content_type": "application/json"}, 400),
        ("POST", "/api/ask", {"json": {"question": "x" * 100_000}}, 413),
        ("GET", "/api/search?q=" + "x" * 2001, {}, 400),
        ("GET", "/api/search?q=", {}, 400),
        ("GET", "/api/nothing", {}, 404),
        ("GET", "/api", {}, 404),
        ("DELETE", "/api/search", {}, 405),
        ("POST", "/healthz", {"json": {}}, 405),
    ],
)
def test_every_refusal_is_a_problem_document(
    client: FlaskClient, method: str, address: str, more: dict[str, Any], status: int
) -> None:
    problem(client.open(address, method=method, **more), status)


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    assert "GET" in client.delete("/api/search").headers["Allow"]


def test_health_is_503_when_the_store_cannot_be_read() -> None:
    class Broken(StandIn):
        def status(self) -> dict[str, object]:
            raise StoreError("/home/secret/pincite.db is damaged")

    found = problem(create_app(Broken(), WebConfig()).test_client().get("/healthz"), 503)  # type: ignore[arg-type]
    assert "secret" not in str(found) and found["error_id"]


def test_one_line_a_question_without_the_question(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="web"):
        client.post("/api/ask", json={"question": "Who is Jane Doe?", "id": "7\nforged line"})
    (line,) = [record.getMessage() for record in caplog.records if record.name.startswith("web")]
    assert line.startswith("ask id='7\\nforged line' status=answered hits=6 citations=3 ms=")
    assert "Jane" not in line


@pytest.fixture
def spec(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/openapi.json").get_json()
    return found


def test_the_description_is_valid_and_lists_the_routes(spec: dict[str, Any]) -> None:
    validate(spec)
    routes = {(method, path) for path, operations in spec["paths"].items() for method in operations}
    assert routes == {
        ("post", "/api/ask"),
        ("get", "/api/ask"),
        ("get", "/api/search"),
        ("get", "/api/documents"),
        ("get", "/api/cite"),
        ("get", "/healthz"),
    }
    assert spec["servers"] == [{"url": "/"}]


@pytest.mark.parametrize(
    ("schema", "address"),
    [
        ("AnswerOut", "/api/ask?q=why&id=1"),
        ("AnswerOut", "/api/ask?q=penguin"),
        ("SearchOut", "/api/search?q=why"),
        ("DocumentsOut", "/api/documents"),
        ("CitedOut", "/api/cite?document=law-note.txt&start=1&end=20"),
        ("HealthOut", "/healthz"),
        ("ProblemOut", "/api/search?k=0"),
        ("ProblemOut", "/api/none"),
    ],
)
def test_what_is_sent_is_what_is_described(
    client: FlaskClient, spec: dict[str, Any], schema: str, address: str
) -> None:
    described = {"$ref": f"#/components/schemas/{schema}", "components": spec["components"]}
    Draft202012Validator(described).validate(client.get(address).get_json())
