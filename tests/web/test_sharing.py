"""A link to an answer: the same while the index stays, and what it quoted when the index has changed."""

from __future__ import annotations

import html
import re
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from index import document_id, index_paths, open_store
from qa import Service
from tests.hashing import HashingEmbedder
from tests.web.conftest import EXAMPLE, without_ours
from web.app import create_app

QUESTION = "Why was the pier shut?"
OLD = "The pier was shut because its boards gave way."
NEW = "The pier was shut because a storm had come."


def share_of(client: FlaskClient, **query: object) -> str:
    page = client.get("/ask", query_string=query).text
    link = re.search(r'href="([^"]+)">A link to this answer', page)
    assert link
    return html.unescape(link[1])


def test_the_same_index_gives_the_same_answer(client: FlaskClient) -> None:
    share = share_of(client, q=EXAMPLE, voice=["press", "inspectorate"], order="time")
    assert "generation=3" in share and "order=time" in share and share.count("&voice=") == 2
    plain = client.get(
        "/ask", query_string={"q": EXAMPLE, "voice": ["press", "inspectorate"], "order": "time"}
    ).text
    page = client.get(share).text
    assert "so is the answer" in page and "have changed" not in page

    def quotes(text: str) -> list[str]:
        return re.findall(r"<figure.*?</figure>", text, re.S)

    assert quotes(page) == quotes(plain) != []


def test_a_changed_index_is_told_and_both_are_shown(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "pier.txt").write_text(f"Findings\n\n{OLD}\n")
    with closing(open_store(tmp_path / "data", create=True)) as store:
        index_paths(store, HashingEmbedder(), [docs])
        client = create_app(Service(store, HashingEmbedder())).test_client()
        share = share_of(client, q=QUESTION)
        assert f".{len('Findings') + 2}." in share and document_id("pier.txt") in share
        (docs / "pier.txt").write_text(f"Findings\n\nA preface.\n\n{NEW}\n")
        index_paths(store, HashingEmbedder(), [docs])
        page = client.get(share).text
        told = page.partition('<article class="answer"')
        assert "The documents have changed since this link was made" in told[0]
        assert OLD in told[0] and NEW not in told[0] and "An older edition" in told[0]
        assert NEW in told[2] and OLD not in re.findall(r"<figure.*?</figure>", told[2], re.S)[0]
        now = re.search(r'href="([^"]+)">an address of its own', page)
        assert now and "generation" not in now[1] and client.get(html.unescape(now[1])).status_code == 200
        old = re.search(r'href="(/documents/[^"]+)"', told[0][told[0].index('class="shared"') :])
        assert old and f'<mark id="cited">{OLD}</mark>' in client.get(html.unescape(old[1])).text
        (docs / "pier.txt").unlink()
        (docs / "other.txt").write_text("Something else altogether about a pier.\n")
        index_paths(store, HashingEmbedder(), [docs], prune=True)
        page = client.get(share)
        assert page.status_code == 200 and "no longer kept here" in page.text and OLD not in page.text


@pytest.mark.parametrize(
    "tail",
    [
        "generation=x", "generation=%D9%A3", "generation=" + "9" * 500, "generation=-1", "quote=a",
        "generation=2&quote=<script>", "generation=2&quote=0123456789abcdef.00000000.5.1",
        "generation=2&quote=" + "9" * 4000, "generation=2" + "&quote=0123456789abcdef.00000000.0.9" * 200,
    ],
)  # fmt: skip
def test_a_link_that_was_tampered_with_still_answers(client: FlaskClient, tail: str) -> None:
    response = client.get(f"/ask?q=why&{tail}")
    assert response.status_code == 200 and "<script" not in without_ours(response.text)
    assert response.text.count("no longer kept") <= 40


def test_a_link_can_quote_only_what_stands_in_the_documents(client: FlaskClient) -> None:
    from tests.web.standin import INSPECTION

    place = f"{INSPECTION.info.doc_id}.00000000"
    page = client.get(f"/ask?q=why&generation=2&quote={place}.65.105&quote={place}.0.99999").text
    shared = page[page.index('class="shared"') : page.index('<article class="answer"')]
    assert shared.count("<figure") == 1
    said = re.search(r"<blockquote[^>]*>(.*?)</blockquote>", shared, re.S)
    assert said and html.unescape(said[1].replace("<br>", " ")).split() == INSPECTION.text[65:105].split()


def test_silence_can_be_shared_too(client: FlaskClient) -> None:
    share = share_of(client, q="Any penguin?")
    assert "so is the answer" in client.get(share).text
    assert "The link quotes nothing" in client.get(share.replace("generation=3", "generation=2")).text
