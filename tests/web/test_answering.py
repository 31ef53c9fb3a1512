"""An answer as the page shows it: by voice, along time, copies folded, and each hit with its reasons."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from index import DocumentInfo, Hit, Passage, passage_id
from qa import Answer, Citation, Quote, Searched
from tests.web.conftest import EXAMPLE
from tests.web.standin import StandIn
from web.answering import by_time, by_voice, shown
from web.app import create_app
from web.timeline import entries, years

TOLD = "The bridge was closed because nobody had looked at its bearings for nine years."
RETOLD = "The bridge was closed because nobody had looked at the bearings for nine years."


def info(doc_id: str, voice: str, published: str) -> DocumentInfo:
    return DocumentInfo(
        doc_id, f"{doc_id}.txt", f"Paper {doc_id}", "a" * 64, "text/plain", "", voice, published
    )


REPORT = info("report", "inspectorate", "2016-05-02")
PAPER = info("paper", "press", "2016-05-04")
BLOG = info("blog", "public", "")
LATER = info("later", "council", "2015")
ORIGIN = passage_id("report", 0, len(TOLD))


def citation(n: int, document: DocumentInfo, text: str, copy_of: str = "") -> Citation:
    return Citation(
        n,
        document,
        0,
        len(text),
        text,
        url=f"/documents/{document.doc_id}",
        voice=document.voice,
        copy_of=copy_of,
    )


def quote(n: int, document: DocumentInfo, text: str) -> Quote:
    return Quote(text, n, document.voice, document.doc_id, 0, len(text))


def hit(rank: int, document: DocumentInfo, text: str, copy_of: str = "") -> Hit:
    passage = Passage(
        passage_id(document.doc_id, 0, len(text)), document.doc_id, 0, 0, len(text), text, copy_of=copy_of
    )
    return Hit(rank, 1 / rank, passage, document, {"passage": 0.5}, {"passage": 1 / rank})


def answer(*said: tuple[DocumentInfo, str, str], found: tuple[Hit, ...] = ()) -> Answer:
    return Answer(
        "Why?", "answered", 0.9,
        tuple(quote(n, document, text) for n, (document, text, _) in enumerate(said, 1)),
        tuple(citation(n, *one) for n, one in enumerate(said, 1)),
        Searched(4, 9), found, receipt={"generation": 3},
    )  # fmt: skip


MIXED = answer((PAPER, "A paper.", ""), (REPORT, TOLD, ""), (BLOG, "A blog.", ""), (LATER, "A council.", ""))


def test_quotations_stand_under_their_voices_and_what_answers_first_is_first() -> None:
    groups = by_voice(shown(MIXED))
    assert [group.title for group in groups] == ["Press", "Inspectorate", "Public", "Council"]
    assert [one.quote.text for one in groups[1].shown] == [TOLD]


def test_along_time_the_earliest_is_first_and_the_undated_last() -> None:
    groups = by_time(shown(MIXED))
    assert [group.title for group in groups] == ["2015", "2016", "Without a date"]
    assert [one.published for one in groups[1].shown] == ["2016-05-02", "2016-05-04"]


def test_a_quotation_printed_twice_is_folded_into_the_first() -> None:
    (one,) = shown(answer((REPORT, TOLD, ""), (PAPER, RETOLD, ORIGIN)))
    assert one.quote.text == TOLD and one.documents == 2
    assert [(copy.document.doc_id, copy.voice, copy.quote is not None) for copy in one.copies] == [
        ("paper", "press", True)
    ]


def test_a_passage_found_that_repeats_a_quotation_is_named_with_it() -> None:
    found = (hit(1, REPORT, TOLD), hit(2, PAPER, RETOLD, ORIGIN), hit(3, BLOG, "Something else.", ORIGIN))
    (one,) = shown(answer((REPORT, TOLD, ""), found=found))
    assert [copy.document.doc_id for copy in one.copies] == ["paper"] and one.copies[0].quote is None


def test_what_is_linked_but_says_something_else_is_not_folded() -> None:
    """Two passages may be copies as wholes while each is quoted with another sentence."""
    assert len(shown(answer((REPORT, TOLD, ""), (PAPER, "The council paid for a new one.", ORIGIN)))) == 2
    assert len(shown(answer((REPORT, TOLD, ""), (PAPER, RETOLD, "")))) == 2, "alike, but nobody linked them"


def test_the_page_tells_documents_from_origins() -> None:
    class Copied(StandIn):
        def ask(self, question: str, **more: object) -> Answer:  # type: ignore[override]
            return answer((REPORT, TOLD, ""), (PAPER, RETOLD, ORIGIN), found=(hit(1, BLOG, TOLD, ORIGIN),))

        def document(self, name: str) -> object:  # type: ignore[override]
            return StandIn().documents() and StandIn.document(self, "law-note.txt")

    page = create_app(Copied()).test_client().get("/ask?q=why").text  # type: ignore[arg-type]
    assert "3 documents, 1 origin" in page
    assert page.count('<figure class="quote"') == 1
    assert 'href="/documents/blog?' in page and 'href="/documents/paper?' in page


def test_a_timeline_has_what_was_quoted_and_what_was_found_beside_it() -> None:
    found = (
        hit(1, REPORT, TOLD),
        hit(2, PAPER, RETOLD, ORIGIN),
        hit(3, BLOG, "Undated."),
        hit(4, LATER, "Early."),
    )
    told = entries(answer((REPORT, TOLD, ""), found=found))
    assert [(one.document.doc_id, one.quoted) for one in told] == [
        ("later", False), ("report", True), ("paper", False), ("blog", False)
    ]  # fmt: skip
    assert [year.name for year in years(told)] == ["2015", "2016", ""]


def test_the_order_is_kept_in_the_address_and_in_the_form(client: FlaskClient) -> None:
    page = client.get("/ask", query_string={"q": EXAMPLE, "voice": ["press", "inspectorate"]}).text
    link = re.search(r'href="([^"]+)">Along time', page)
    assert link
    address = html.unescape(link[1])
    assert "voice=press&voice=inspectorate" in address
    page = client.get(address).text
    assert '<input type="hidden" name="order" value="time">' in page
    assert re.findall(r'<h3 id="group-([^"]+)"', page) == ["2017"]
    assert page.index("Thresholds between") < page.index("Inspectors said")
    assert re.search(r'aria-current="true">Along time', page)
    assert client.get("/ask?q=why&order=none").status_code == 200, (
        "an order that there is not is the usual one"
    )


def test_every_hit_tells_what_its_score_is_made_of() -> None:
    class Scored(StandIn):
        def ask(self, question: str, **more: object) -> Answer:  # type: ignore[override]
            return answer((LATER, "Early.", ""), found=(hit(1, LATER, "Early."),))

        def document(self, name: str) -> object:  # type: ignore[override]
            return StandIn.document(self, "law-note.txt")

    page = create_app(Scored()).test_client().get("/ask?q=why").text  # type: ignore[arg-type]
    assert re.search(r"cosine of the passage</th><td>0\.500</td><td>\+1\.000</td>", page)
    assert "How it was found" in page and "Generation" in page


@pytest.mark.parametrize("style", ["oscola", "bibtex"])
def test_each_quotation_can_be_cited_in_every_style(client: FlaskClient, style: str) -> None:
    page = client.get("/ask", query_string={"q": EXAMPLE}).text
    links = re.findall(rf'href="(/cite/{style}\?[^"]+)"', page)
    assert len(links) == 3
    for link in links:
        assert client.get(html.unescape(link)).status_code == 200


def test_a_document_can_be_chosen_from_the_form(client: FlaskClient) -> None:
    page = client.get("/").text
    assert '<select id="document" name="document">' in page and ">Our response to Ofsted</option>" in page
    chosen = client.get("/ask", query_string={"q": "why", "document": ""}).text
    assert '<details class="filters">' in chosen, "an empty choice narrows nothing"


TWINS = [
    "/index.json", "/ask.json?q=why", "/timeline.json?q=why", "/documents.json", "/documents/{id}.json",
    "/status.json", "/accessibility.json",
]  # fmt: skip


@pytest.mark.parametrize("address", TWINS)
def test_every_page_has_a_twin_in_json(client: FlaskClient, address: str) -> None:
    from tests.web.standin import INSPECTION

    address = address.format(id=INSPECTION.info.doc_id)
    response = client.get(address)
    assert response.status_code == 200 and response.mimetype == "application/json" and response.get_json()
    page = client.get(address.replace("index.json", "").replace(".json", ""))
    assert page.status_code == 200 and page.mimetype == "text/html"


def test_a_twin_answers_with_the_contract_and_its_links(client: FlaskClient) -> None:
    told = client.get("/ask.json", query_string={"q": "thresholds", "voice": "press"}).get_json()
    links = told.pop("links")
    api = client.get("/api/ask?q=thresholds&voice=press").get_json()
    assert told == api and client.get(links["page"]).status_code == 200


@pytest.mark.parametrize(
    "address", ["/ask.json?q=", "/timeline.json?q=a&voice=gossip", "/documents/none.json"]
)
def test_a_twin_tells_an_error_as_a_problem_document(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code in (400, 404) and response.mimetype == "application/problem+json"


def test_a_timeline_without_a_question_asks_for_one(client: FlaskClient) -> None:
    page = client.get("/timeline").text
    assert 'action="/timeline"' in page and "Error" not in page
    assert client.get("/timeline?q=a&from=x").status_code == 400
    told = client.get("/timeline", query_string={"q": "thresholds"}).text
    assert told.index('id="year-2017"') < told.index('id="year-2018"') < told.index('id="year-none"')
