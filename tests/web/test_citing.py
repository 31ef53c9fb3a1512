"""Citations by address and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import bibtexparser
import pytest
import rispy
from flask.testing import FlaskClient

from qa import CITATION_STYLES
from tests.web.command import run
from tests.web.standin import HITS, HOSTILE, INSPECTION, SCRIPT

PASSAGE = HITS[0].passage
PLACE = f"document={INSPECTION.info.doc_id}&start={PASSAGE.start}&end={PASSAGE.end}&edition=00000000"


@pytest.mark.parametrize("style", CITATION_STYLES)
def test_each_style_has_an_address(client: FlaskClient, style: str) -> None:
    response = client.get(f"/cite/{style}?{PLACE}")
    assert response.status_code == 200 and "Ofsted" in response.text
    told = client.get(f"/api/cite?{PLACE}").get_json()["styles"]
    assert list(told) == list(CITATION_STYLES) and told[style] == response.text
    if style in ("bibtex", "ris"):
        assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    else:  # HTML too: shown in this site's name, it would be a page of the document's making
        assert response.mimetype == "text/plain"


def test_the_permalink_of_a_citation_opens(client: FlaskClient) -> None:
    told = client.get(f"/cite/plain?{PLACE}").text
    page = client.get("/" + told.rpartition("http://localhost/")[2])
    assert page.status_code == 200 and "<mark" in page.text


def test_a_hostile_document_stays_text(client: FlaskClient) -> None:
    response = client.get(f"/cite/html?document={HOSTILE.info.doc_id}&start=0&end=8")
    assert (
        SCRIPT not in response.text
        and "&lt;script&gt;" in response.text
        and "javascript:" not in response.text
    )


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        (f"/cite/mla?{PLACE}", 404, "There are plain, markdown"),
        ("/cite/plain?document=x", 400, "A citation needs document, start and end. end: Missing data"),
        ("/cite/plain?document=none.txt&start=1&end=2", 404, "No document"),
        (f"/cite/plain?document={INSPECTION.info.doc_id}&start=9&end=3", 400, "is no stretch of it"),
        (
            f"/cite/plain?document={INSPECTION.info.doc_id}&start=1&end=3&edition=abcdef01",
            404,
            "no edition of",
        ),
        (f"/api/cite?document={INSPECTION.info.doc_id}&start=1&end=99999999", 400, "is no stretch of it"),
        ("/api/cite?document=x&start=1", 422, "end"),
        (f"/api/cite?{PLACE}&styles=plain", 422, "styles"),
    ],
)
def test_what_cannot_be_cited_is_told(client: FlaskClient, address: str, status: int, told: str) -> None:
    response = client.get(address)
    assert response.status_code == status and told in response.text


QUESTION = "Why were thresholds inconsistent?"


def test_ask_cites_in_a_style(casebook: Path) -> None:
    told = run("ask", QUESTION, "--cite", "oscola", "--site", "https://x.example", "--data", casebook)
    assert told.exit_code == 0 and "“" in told.stdout
    assert "[1] " in told.stdout and "https://x.example/documents/" in told.stdout
    assert "’ (" in told.stdout.partition("\n[1] ")[2]


def test_records_are_all_that_is_printed(casebook: Path) -> None:
    answer = json.loads(run("ask", QUESTION, "--json", "--cite", "ris", "--data", casebook).stdout)
    citations = answer["citations"]
    assert citations and all(rispy.loads(citation["cited"]) for citation in citations)
    assert len(rispy.loads(run("ask", QUESTION, "--cite", "ris", "--data", casebook).stdout)) == len(
        citations
    )
    library = bibtexparser.parse_string(run("ask", QUESTION, "--cite", "bibtex", "--data", casebook).stdout)
    assert len(library.entries) == len(citations) and not library.failed_blocks


def test_an_unknown_style_is_misuse(casebook: Path) -> None:
    result = run("ask", QUESTION, "--cite", "mla", "--data", casebook)
    assert result.exit_code == 2 and "oscola" in result.stderr


def test_the_option_names_the_styles_there_are() -> None:
    from web.commands.ask import Styles

    assert Styles().choices == CITATION_STYLES
