"""What a person sees: the answer, the silence, the source, and what was typed wrongly."""

from __future__ import annotations

import html
import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from index import document_id, index_paths, open_store
from qa import Answer, Service, Understanding
from qa.understand import Period
from tests.hashing import HashingEmbedder
from tests.web.conftest import EXAMPLE, without_ours
from tests.web.standin import DOCUMENTS, HOSTILE, INSPECTION, SCRIPT, StandIn
from web.app import WebConfig, create_app


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_first_page_asks_offers_examples_and_says_what_is_searched(client: FlaskClient) -> None:
    page = client.get("/").text
    assert '<form class="ask" action="/ask" method="get">' in page
    assert EXAMPLE in page and "5 documents" in words(page) and "April 2017 to 2018" in words(page)


def test_the_first_page_with_everything_it_loads_stays_small(client: FlaskClient) -> None:
    page = client.get("/")
    sizes = [len(page.data)]
    for address in set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)):
        with client.get(address) as asset:
            assert asset.status_code == 200
            sizes.append(len(asset.data))
    assert len(sizes) >= 3 and sum(sizes) < 100_000


def test_an_empty_index_says_how_to_fill_it() -> None:
    class Empty(StandIn):
        def status(self) -> dict[str, object]:
            return {"documents": 0, "passages": 0, "generation": 0, "model": "stand-in"}

        def documents(self) -> list[object]:  # type: ignore[override]
            return []

    client = create_app(Empty(), WebConfig()).test_client()  # type: ignore[arg-type]
    assert "pincite index FOLDER" in client.get("/").text
    assert "pincite index FOLDER" in client.get("/documents").text


def test_an_answer_quotes_cites_and_names_the_voice(client: FlaskClient) -> None:
    page = client.get("/ask", query_string={"q": EXAMPLE}).text
    text = words(page)
    assert "The documents answer this" in text and "high (0.87 of 1)" in text
    assert "Inspectorate Ofsted , 7 April 2017 , paragraph 17" in text
    assert "East London News , 8 April 2017 , page 3" in text
    assert f'value="{EXAMPLE}"' in page
    assert page.index("Thresholds between") < page.index("The council accepts") < page.index('id="sources"')


def test_each_quotation_links_to_exactly_its_words(client: FlaskClient) -> None:
    page = client.get("/ask", query_string={"q": EXAMPLE}).text
    quoted = re.findall(
        r'<blockquote dir="auto">(.*?)</blockquote>.*?class="context" href="([^"]+)"', page, re.S
    )
    assert len(quoted) == 3
    for text, address in quoted:
        source = client.get(address.replace("&amp;", "&").partition("#")[0]).text
        marked = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", source, re.S))
        # A quotation may run over several blocks; only the white space between them is not marked.
        assert "".join(marked.split()) == "".join(text.split())


def test_an_answer_says_how_the_question_was_understood() -> None:
    class Asking(StandIn):
        def ask(self, question: str, **more: object) -> Answer:  # type: ignore[override]
            understood = Understanding(
                voices=frozenset({"council"}), publishers=frozenset({SCRIPT}), names=frozenset({"ann lee"}),
                periods=(Period("2017-04-07", "2017-04-07"), Period("2018-01-01", "")),
                also=("local safeguarding board",),
            )  # fmt: skip
            return replace(super().ask(question), understood=understood)

    client = create_app(Asking()).test_client()  # type: ignore[arg-type]
    page = client.get("/ask", query_string={"q": "What did Ann Lee say?"}).text
    told = words(page[page.index("How the question was understood") :])
    assert (
        "the words of Ann Lee, &lt;script&gt;" in told
        and "and the voice “Council”: theirs come first." in told
    )
    assert "It asks about 7 April 2017 and the time from 2018 on" in told
    assert "It compares: each of the 5 has its share" in told
    assert "other names for it, which were searched for too: local safeguarding board." in told


def test_silence_says_what_was_searched_and_marks_what_does_not_answer(client: FlaskClient) -> None:
    page = client.get("/ask", query_string={"q": "How many penguins?"}).text
    text = words(page)
    assert "The documents do not say" in text and "Searched 5 documents, 6 passages" in text
    assert text.index("These do not answer the question.") < text.index("Thresholds between early help")
    assert 'class="quote"' not in page and 'id="sources"' not in page


def test_filters_narrow_the_answer_and_stay_filled_in(client: FlaskClient) -> None:
    query = {"q": "thresholds", "voice": ["press", "law"], "from": "2017-04", "to": "2017", "publisher": ""}
    page = client.get("/ask", query_string=query).text
    assert (
        "East London News" in words(page)
        and "The council accepts" not in page
        and "A judgement of" not in page
    )
    assert re.search(r'value="press" checked', page) and 'value="2017-04"' in page
    assert '<details class="filters" open>' in page


def test_the_json_link_gives_the_same_answer(client: FlaskClient) -> None:
    page = client.get("/ask", query_string={"q": "thresholds", "voice": "press", "to": "2017"}).text
    link = re.search(r'<a href="([^"]+)" type="application/json">This answer', page)
    assert link
    answer = client.get(link.group(1).replace("&amp;", "&")).get_json()
    assert [quote["voice"] for quote in answer["quotes"]] == ["press"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"q": ""}, "The question is empty"),
        ({"q": "x" * 2001}, "at most 2000"),
        ({"q": "a", "voice": "gossip"}, "“gossip” is not a voice. The voices are inspectorate, council"),
        ({"q": "a", "from": "2019", "to": "2012"}, "From 2019 to 2012 runs backwards"),
        ({"q": "a", "from": "April"}, "“April” is not a date"),
        ({"q": "a", "to": "2017-02-30"}, "“2017-02-30” is not a date"),
    ],
)
def test_what_was_typed_wrongly_is_said_at_the_form(
    client: FlaskClient, query: dict[str, str], message: str
) -> None:
    response = client.get("/ask", query_string=query)
    assert response.status_code == 400 and response.mimetype == "text/html"
    assert message in response.text and 'role="alert"' in response.text
    assert f'value="{query["q"]}"' in response.text, "what was typed is there to be mended"


def test_no_question_at_all_leads_to_the_form(client: FlaskClient) -> None:
    response = client.get("/ask")
    assert response.status_code == 302 and response.location == "/"


def test_the_list_holds_every_document_under_its_voice(client: FlaskClient) -> None:
    page = client.get("/documents").text
    for document in DOCUMENTS:
        assert f'href="/documents/{document.info.doc_id}"' in page
    assert page.index("Inspectorate") < page.index("Council") < page.index("Press")


def test_the_viewer_shows_structure_and_greys_furniture(client: FlaskClient) -> None:
    page = client.get(f"/documents/{INSPECTION.info.doc_id}").text
    assert re.search(r"<h2[^>]*>\s*Leadership, management and governance</h2>", page)
    assert re.search(r'<p class="furniture"[^>]*>\s*OFFICIAL', page)
    assert '<span class="marker">17.</span>' in page
    assert '<a href="https://example.org/ofsted-2017" rel="noopener noreferrer nofollow">' in page
    assert "<mark" not in page


@pytest.mark.parametrize(
    "query",
    [
        "start=5",
        "end=5",
        "start=x&end=9",
        "start=-1&end=9",
        "start=9&end=9",
        "start=9&end=2",
        "start=0&end=99999",
        "start=%D9%A1&end=9",
        "start=&end=9",
        "start=0&end=" + "9" * 5000,
    ],
)
def test_a_span_that_is_not_there_is_refused(client: FlaskClient, query: str) -> None:
    response = client.get(f"/documents/{INSPECTION.info.doc_id}?{query}")
    assert response.status_code == 400 and "<mark" not in response.text


def test_an_unknown_document_is_a_friendly_404(client: FlaskClient) -> None:
    response = client.get("/documents/none-such")
    assert response.status_code == 404 and "none-such" in response.text and response.mimetype == "text/html"


@pytest.mark.parametrize(
    "address",
    [
        "/ask?q=" + SCRIPT,
        "/documents",
        f"/documents/{HOSTILE.info.doc_id}",
        f"/?publisher={SCRIPT}&document={SCRIPT}&from={SCRIPT}",
        "/documents/<script>alert(1)",
        f"/ask?q=&voice={SCRIPT}",
    ],
)
def test_hostile_words_stay_words(client: FlaskClient, address: str) -> None:
    page = without_ours(client.get(address).text)
    assert "<script" not in page and "<img src=x" not in page and "<b>" not in page
    assert 'href="javascript:' not in page.lower()
    assert "&lt;script&gt;" in page, "shown as text, not dropped"


def test_a_citation_of_an_older_edition_opens_that_edition(tmp_path: Path) -> None:
    """The words that were cited are marked in their own edition, and followed into the newest."""
    docs, embedder = tmp_path / "docs", HashingEmbedder()
    docs.mkdir()
    told = "The inspectors found that thresholds were unclear."
    with closing(open_store(tmp_path / "data", create=True)) as store:
        hashes = []
        for text in (f"Findings.\n\n{told}\n", f"Findings.\n\nA preface of one line.\n\n{told}\n"):
            (docs / "a.txt").write_text(text)
            index_paths(store, embedder, [docs])
            hashes.append(store.document("a.txt").info.sha256)
        client = create_app(Service(store, embedder)).test_client()
        path = f"/documents/{document_id('a.txt')}"
        page = client.get(f"{path}?start=11&end={11 + len(told)}&edition={hashes[0][:8]}").text
        assert f'<mark id="cited">{told}</mark>' in page
        assert "This is an older edition" in page and "stand elsewhere in the newest edition" in page
        moved = re.search(r'href="([^"]+)">The newest edition', page)
        assert moved is not None
        newest = client.get(html.unescape(moved[1])).text
        assert f'<mark id="cited">{told}</mark>' in newest and "older edition" not in newest
        lost = client.get(f"{path}?start=11&end=30&edition=00000000").text
        assert "<mark" not in lost and "an older edition, which is not kept here" in lost


def test_a_permalink_follows_a_file_whose_cited_name_is_gone(tmp_path: Path) -> None:
    """The same bytes under two names: the one that was cited is deleted, and the words are still there."""
    docs, told = tmp_path / "docs", "The pier was shut because its boards gave way."
    docs.mkdir()
    for name in ("a.txt", "b & c.txt"):
        (docs / name).write_text(f"Findings\n\n{told}\n")
    with closing(open_store(tmp_path / "data", create=True)) as store:
        index_paths(store, HashingEmbedder(), [docs])
        client = create_app(Service(store, HashingEmbedder()), WebConfig()).test_client()
        (answer,) = client.post("/api/ask", json={"question": "Why was the pier shut?"}).json["citations"]
        assert answer["document"]["source_id"] == "a.txt"
        assert "under the name" not in client.get(answer["url"]).text
        (docs / "a.txt").unlink()
        index_paths(store, HashingEmbedder(), [docs], prune=True)
        page = client.get(answer["url"])
        assert page.status_code == 200 and f'<mark id="cited">{told}</mark>' in page.text
        assert "no longer indexed under that name" in page.text and "b &amp; c.txt" in page.text
        path, edition = answer["url"].partition("?")[0], answer["url"].partition("edition=")[2][:8]
        # Without the hash, with another or with too little of it, no document is known to be the same.
        for query in ("", f"?edition={edition[:7]}", "?edition=00000000", "?edition=", "?start=1&end=3"):
            assert client.get(path + query).status_code == 404, query
        assert (
            client.get(f"/documents/0000000000000000?edition={edition}&start=0&end=99999").status_code == 400
        )
