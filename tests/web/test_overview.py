"""What is indexed, in numbers and bars, and the statement on accessibility."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from index import DocumentInfo
from tests.web.standin import StandIn
from web.app import create_app


def test_the_charts_say_what_they_show_in_words_too(client: FlaskClient) -> None:
    page = client.get("/status").text
    rows = dict(
        re.findall(r'<th scope="row">(?:<a[^>]+>)?([^<]+)(?:</a>)?</th>.*?<span>([\d,]+)</span>', page, re.S)
    )
    assert rows == {
        "Inspectorate": "1", "Council": "1", "Press": "1", "Law": "1", "Public": "1", "2017": "3", "2018": "1",
        "No date": "1", "txt": "5",
    }  # fmt: skip
    assert "stand-in" in page and 'href="/documents?voice=press"' in page
    assert ' style="' not in page


def test_bars_are_as_long_as_their_numbers(client: FlaskClient) -> None:
    page = client.get("/status").text
    years = page[page.index("By year") : page.index("By kind")]
    assert re.findall(r'<rect width="([\d.]+)"', years) == ["100.0", "33.3", "33.3"]


def test_the_twin_has_the_same_numbers(client: FlaskClient) -> None:
    told = client.get("/status.json").get_json()
    assert told["years"] == {"2017": 3, "2018": 1, "No date": 1} and told["kinds"] == {"txt": 5}
    assert told["generation"] == 3 and told["voices"]["Press"] == 1


def test_years_without_documents_show_and_a_slip_of_the_pen_does_no_harm() -> None:
    def library(*dates: str) -> FlaskClient:
        infos = [
            DocumentInfo(f"d{n}", f"d{n}.txt", "", "c" * 64, "text/plain", published=published)
            for n, published in enumerate(dates)
        ]

        class Library(StandIn):
            def documents(self) -> list[DocumentInfo]:
                return infos

        return create_app(Library()).test_client()  # type: ignore[arg-type]

    assert library("2012", "2015-03").get("/status.json").get_json()["years"] == {
        "2012": 1, "2013": 0, "2014": 0, "2015": 1
    }  # fmt: skip
    assert library("0204-01-01", "2015").get("/status.json").get_json()["years"] == {"0204": 1, "2015": 1}
    assert library().get("/status.json").get_json()["years"] == {}


def test_the_statement_on_accessibility_is_linked_from_every_page(client: FlaskClient) -> None:
    for address in ("/", "/ask?q=why", "/documents", "/status", "/nothing"):
        assert 'href="/accessibility"' in client.get(address).text
    assert "WCAG) 2.2" in client.get("/accessibility").text
