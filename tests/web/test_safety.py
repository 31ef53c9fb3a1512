"""What must hold on every response, whatever was asked."""

from __future__ import annotations

import logging

import pytest
from flask.testing import FlaskClient

from index import StoreError
from tests.web.conftest import without_ours
from tests.web.standin import INSPECTION, StandIn
from web.app import WebConfig, create_app

ADDRESSES = [
    "/",
    "/ask?q=why",
    "/ask?q=",
    "/ask?q=explode",
    "/documents",
    f"/documents/{INSPECTION.info.doc_id}",
    "/nothing",
    "/documents/x?start=1",
    "/static/pincite.css",
    "/static/pincite.js",
    "/static/none",
    "/history",
    "/api/ask?q=why",
    "/api/ask?q=explode",
    "/api/none",
    "/api/search?k=0",
    "/healthz",
    "/api/openapi.json",
    "/ask.json?q=why",
    f"/documents/{INSPECTION.info.doc_id}.json",
    f"/cite/plain?document={INSPECTION.info.doc_id}&start=1&end=5",
    f"/cite/html?document={INSPECTION.info.doc_id}&start=1&end=5",
    "/pack/md?q=why",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_response_carries_the_headers(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    policy = response.headers["Content-Security-Policy"]
    assert (
        "default-src 'none'" in policy
        and "frame-ancestors 'none'" in policy
        and "form-action 'self'" in policy
    )
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy
    assert "script-src 'self';" in policy and "connect-src 'self';" in policy
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy, "no string becomes HTML"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in response.headers
    # The policy lets scripts from this site run: nothing else here may pass for one.
    assert "script" not in response.mimetype or address == "/static/pincite.js"
    response.close()


@pytest.mark.parametrize(
    "address", ["/", "/ask?q=why", "/documents", f"/documents/{INSPECTION.info.doc_id}", "/nothing"]
)
def test_no_page_runs_or_fetches_anything_but_our_own(client: FlaskClient, address: str) -> None:
    page = without_ours(client.get(address).text)
    assert "<script" not in page and "<style" not in page and " style=" not in page and " onclick" not in page
    assert 'src="http' not in page and '<link rel="stylesheet" href="/static/' in page


@pytest.mark.parametrize("address", ["/ask?q=explode", "/api/ask?q=explode", "/api/search?q=explode"])
def test_a_failure_shows_an_id_and_not_its_cause(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    with caplog.at_level(logging.ERROR, logger="web"):
        response = client.get(address)
    assert response.status_code == 500
    assert (
        "secret" not in response.text
        and "RuntimeError" not in response.text
        and "Traceback" not in response.text
    )
    (record,) = caplog.records
    error_id = record.getMessage().split()[1].removeprefix("id=")
    assert len(error_id) == 8 and error_id in response.text
    assert record.exc_info and StandIn.secret in str(record.exc_info[1])


@pytest.mark.parametrize("address", ["/", "/ask?q=why", "/api/ask?q=why"])
def test_a_damaged_store_is_503_without_its_path(address: str) -> None:
    class Damaged(StandIn):
        def documents(self) -> list[object]:  # type: ignore[override]
            raise StoreError("/home/secret/pincite.db is damaged")

        def search(self, question: str, **more: object) -> object:  # type: ignore[override]
            raise StoreError("/home/secret/pincite.db is damaged")

    response = create_app(Damaged()).test_client().get(address)  # type: ignore[arg-type]
    assert response.status_code == 503 and "secret" not in response.text


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:8000"]
)
@pytest.mark.parametrize("address", ["/", "/api/documents"])
def test_a_name_that_is_not_ours_is_refused(client: FlaskClient, host: str, address: str) -> None:
    response = client.get(address, headers={"Host": host})
    assert response.status_code == 400 and "Ofsted" not in response.text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "pincite.example.org"]
)
def test_our_names_are_answered(host: str) -> None:
    app = create_app(StandIn(), WebConfig(hosts=("pincite.example.org",)))  # type: ignore[arg-type]
    assert app.test_client().get("/documents", headers={"Host": host}).status_code == 200


def test_a_site_open_to_all_answers_to_any_name() -> None:
    app = create_app(StandIn(), WebConfig(any_host=True))  # type: ignore[arg-type]
    assert app.test_client().get("/", headers={"Host": "192.0.2.7:8000"}).status_code == 200


def test_static_files_are_cached_and_answers_are_not_shared(client: FlaskClient) -> None:
    with client.get("/static/pincite.css") as response:
        assert "max-age=86400" in response.headers["Cache-Control"]
    assert client.get("/ask?q=why").headers["Cache-Control"] == "private, no-cache"
