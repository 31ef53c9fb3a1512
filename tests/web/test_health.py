"""/status says whether all is well, and how questions are answered here, in words and as data."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest
from flask.testing import FlaskClient

from index import Passage, QuestionError, StoreError
from qa import SearchResult, Settings
from tests.web.standin import DOCUMENTS, StandIn
from web.app import create_app
from web.workings import _plain, workings


def served(service: StandIn) -> FlaskClient:
    return create_app(service).test_client()  # type: ignore[arg-type]


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.replace("</dt>", " </dt>")))


def test_all_is_well(client: FlaskClient) -> None:
    page = words(client.get("/status").text)
    assert (
        "All is well." in page
        and "Database: well. The database can be read: 5 documents, 6 passages." in page
    )
    assert "of 3 documents looked at: each is the very text at its place." in page
    assert re.search(r"Search: well\. A search for the title of a document took \d+ ms\.", page)
    told = client.get("/status.json").get_json()
    assert told["health"]["well"] and [one["name"] for one in told["health"]["checks"]] == [
        "database", "passages", "search",
    ]  # fmt: skip


def test_each_state_of_the_index_has_other_documents_looked_at() -> None:
    looked: list[str] = []

    class Watched(StandIn):
        generation = 0

        def passages(self, name: str) -> list[Passage]:
            looked.append(name)
            return super().passages(name)

        def status(self) -> dict[str, object]:
            return super().status() | {"generation": self.generation}

    service = Watched()
    for service.generation in (0, 1):
        served(service).get("/status")
    assert len(looked) == 6 and set(looked) == {one.info.doc_id for one in DOCUMENTS}


class Shifted(StandIn):
    def passages(self, name: str) -> list[Passage]:
        return [replace(one, start=one.start + 1, end=one.end + 1) for one in super().passages(name)]


class Miscounted(StandIn):
    def status(self) -> dict[str, object]:
        return super().status() | {"documents": 7}


class Deaf(StandIn):
    def search(self, question: str, **more: object) -> SearchResult:  # type: ignore[override]
        return SearchResult(question, ())


class Broken(StandIn):
    def search(self, question: str, **more: object) -> SearchResult:  # type: ignore[override]
        raise StoreError("/home/secret/vectors.faiss is gone")


@pytest.mark.parametrize(
    ("service", "name", "found"),
    [
        (Shifted(), "passages", "is not the text at its place: run pincite check"),
        (Miscounted(), "database", "lists 5 documents and counts 7"),
        (Deaf(), "search", "found nothing: run pincite check"),
        (Broken(), "search", "This could not be looked at"),
    ],
)
def test_what_is_not_well_is_said(service: StandIn, name: str, found: str) -> None:
    client = served(service)
    response = client.get("/status")
    page = words(response.text)
    assert response.status_code == 200 and "Something is wrong" in page and "secret" not in page
    assert f"{name.capitalize()}: not well." in page and found in page
    told = client.get("/status.json").get_json()["health"]
    assert not told["well"] and [one["name"] for one in told["checks"] if not one["well"]] == [name]


def test_a_title_that_cannot_be_searched_for_is_no_damage() -> None:
    class Stop(StandIn):
        def search(self, question: str, **more: object) -> SearchResult:  # type: ignore[override]
            raise QuestionError("only words that every text has")

    assert served(Stop()).get("/status.json").get_json()["health"]["well"]


def test_every_setting_is_told_in_words(client: FlaskClient) -> None:
    page = words(client.get("/status").text)
    assert "Passages that each of three searches brings 100" in page
    assert "Search for what acronyms stand for, too yes" in page
    assert f"Below this the documents do not say {Settings().confidence.refuse:g}" in page
    assert "Reading again" not in page and "Pincite version" in page
    told = client.get("/status.json").get_json()
    assert told["settings"]["retrieval"]["pool"] == 100 and told["settings"]["hits"] == 10
    groups = workings(Settings(), "a reranker")
    assert "Reading again (reranker)" in [title for title, _ in groups]
    lines = [label for _, lines in groups for label, _ in lines]
    assert "Passages that are shown" in lines and not [label for label in lines if "_" in label]


def test_a_setting_without_words_of_its_own_is_told_by_its_name() -> None:
    settings = Settings()
    told = dict(workings(settings, "a reranker"))
    for title, group in zip(told, (settings.retrieval, settings.answer, settings.confidence), strict=False):
        assert len(told[title]) >= len(fields(group)), "none is left out"
    assert _plain("some_new_weight") == "Some new weight"


def test_the_history_has_a_twin_that_says_the_server_keeps_none(client: FlaskClient) -> None:
    client.get("/ask?q=why")
    told = client.get("/history.json").get_json()
    assert told["questions"] == [] and told["kept_by"] == "browser" and "keeps no list" in told["detail"]
    page = client.get("/history").text
    assert "This page needs JavaScript" in page and "why" not in words(page)
