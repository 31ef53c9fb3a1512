"""Conditional requests: the same state of the index is sent once, and not even asked again."""

from __future__ import annotations

import pytest

from qa import Answer
from tests.web.standin import INSPECTION, StandIn
from web.app import create_app

PAGES = [
    "/", "/ask?q=why", "/timeline?q=why", "/documents", "/status", "/accessibility", "/index.json", "/ask.json?q=why",
    "/timeline.json?q=why", "/documents.json", "/status.json", f"/documents/{INSPECTION.info.doc_id}",
    f"/documents/{INSPECTION.info.doc_id}.json",
]  # fmt: skip


class Counting(StandIn):
    generation = 3
    asked = 0

    def ask(self, question: str, **more: object) -> Answer:  # type: ignore[override]
        self.asked += 1
        return super().ask(question, **more)  # type: ignore[arg-type]

    def status(self) -> dict[str, object]:
        return super().status() | {"generation": self.generation}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_sent_once_for_a_state_of_the_index(address: str) -> None:
    service = Counting()
    client = create_app(service).test_client()  # type: ignore[arg-type]
    first = client.get(address)
    tag = first.headers["ETag"]
    assert first.status_code == 200 and tag.startswith('W/"3-')
    asked = service.asked
    again = client.get(address, headers={"If-None-Match": tag})
    assert again.status_code == 304 and again.data == b"" and again.headers["ETag"] == tag
    assert service.asked == asked, "nothing is asked for what is known"
    assert "default-src 'none'" in again.headers["Content-Security-Policy"]
    service.generation = 4
    changed = client.get(address, headers={"If-None-Match": tag})
    assert changed.status_code == 200 and changed.headers["ETag"] != tag


def test_another_question_filter_or_order_has_another_tag() -> None:
    client = create_app(Counting()).test_client()  # type: ignore[arg-type]
    addresses = [
        "/ask?q=why",
        "/ask?q=how",
        "/ask?q=why&voice=press",
        "/ask?q=why&order=time",
        "/timeline?q=why",
    ]
    assert len({client.get(address).headers["ETag"] for address in addresses}) == len(addresses)


@pytest.mark.parametrize("address", ["/ask?q=", "/ask", "/documents/none", "/nothing", "/ask?q=explode"])
def test_what_is_no_page_has_no_tag(address: str) -> None:
    response = create_app(Counting()).test_client().get(address)  # type: ignore[arg-type]
    assert response.status_code != 200 and "ETag" not in response.headers


def test_another_process_starts_anew() -> None:
    """Its templates, settings and model may be others."""
    import importlib

    from web import conditional

    old = conditional._PROCESS
    assert old != importlib.reload(conditional)._PROCESS


def test_an_answer_is_asked_for_once_and_again_when_the_index_has_changed() -> None:
    service = Counting()
    client = create_app(service).test_client()  # type: ignore[arg-type]
    for address in ("/ask?q=why", "/ask?q=why&order=time", "/timeline?q=why", "/ask.json?q=why"):
        client.get(address)
    assert service.asked == 1
    client.get("/ask?q=why&voice=press")
    service.generation = 4
    client.get("/ask?q=why")
    assert service.asked == 3


def test_only_so_many_answers_are_kept() -> None:
    service = Counting()
    client = create_app(service).test_client()  # type: ignore[arg-type]
    for n in range(70):
        client.get(f"/ask.json?q=why{n}")
    client.get("/ask.json?q=why69")
    assert service.asked == 70
    client.get("/ask.json?q=why0")
    assert service.asked == 71
