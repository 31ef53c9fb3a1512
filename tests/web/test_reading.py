"""The list of documents and the source viewer: anchors, speakers, search, the way along an answer, many and long."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from flask.testing import FlaskClient

from index import Block, Document, DocumentInfo, Page, Speech
from tests.web.conftest import EXAMPLE, without_ours
from tests.web.standin import DOCUMENTS, INSPECTION, StandIn
from tests.work import ends
from web.app import create_app
from web.reading import PER_PAGE

GERMAN = "Die Prüfer stellten fest, dass niemand die Lager der Brücke neun Jahre lang angesehen hatte. " * 3


def served(*documents: Document) -> FlaskClient:
    class Library(StandIn):
        def documents(self) -> list[DocumentInfo]:
            return [document.info for document in documents]

        def document(self, name: str) -> Document:
            return next((one for one in documents if one.info.doc_id == name), None) or super().document(name)

        def status(self) -> dict[str, object]:
            return super().status() | {"documents": len(documents)}

    return create_app(Library()).test_client()  # type: ignore[arg-type]


def made(doc_id: str, text: str, **more: object) -> Document:
    info = DocumentInfo(doc_id, f"{doc_id}.txt", f"Paper {doc_id}", "b" * 64, "text/plain")
    return replace(Document(info, text), **more)  # type: ignore[arg-type]


def test_numbered_paragraphs_can_be_linked_to(client: FlaskClient) -> None:
    page = client.get(f"/documents/{INSPECTION.info.doc_id}").text
    assert re.search(
        r'<p dir="auto" id="para-17"><a class="pin" href="#para-17" aria-label="Paragraph 17">', page
    )
    assert page.count('id="para-18"') == 1


def test_a_number_that_stands_twice_names_its_first_place() -> None:
    page = served(made("a", "1. One thing.\n\n2.1 Another.\n\n1. A third.\n\n12 children waited.")).get(
        "/documents/a"
    )
    assert page.text.count('id="para-1"') == 1 and 'id="para-2.1"' in page.text and "para-12" not in page.text


def test_who_speaks_stands_beside_their_words() -> None:
    text = "The report was published.\n\nWe were never told.\n\nNobody asked us.\n\nThe council replied."
    start, end = text.index("We"), text.index("\n\nThe council")
    blocks = tuple(Block("paragraph", text.index(p), text.index(p) + len(p)) for p in text.split("\n\n"))
    speech = Speech(start, end, "A. Reader <b>", "public", "2017-04-09")
    page = served(made("a", text, blocks=blocks, speeches=(speech,))).get("/documents/a").text
    assert page.count('class="said"') == 1, "once for all that they say"
    said = page[page.index('class="said"') : page.index("We were never told")]
    assert "A. Reader &lt;b&gt;" in said and "Public" in said and "9 April 2017" in said


def test_boilerplate_is_greyed() -> None:
    text = "Menu Home Contact\n\nThe pier was shut."
    blocks = (Block("paragraph", 0, 17, boilerplate=True), Block("paragraph", 19, len(text)))
    page = served(made("a", text, blocks=blocks)).get("/documents/a").text
    assert re.search(r'<p class="furniture" dir="auto">Menu Home', page)
    assert re.search(r'<p dir="auto">The pier', page)


def test_searching_in_a_document_marks_every_place(client: FlaskClient) -> None:
    address = f"/documents/{INSPECTION.info.doc_id}?find=WERE+not&start=65&end=105"
    page = client.get(address).text
    assert re.findall(r'<mark class="found" id="found-(\d)">', page) == ["1", "2"]
    assert "stands in 2 places" in page and 'href="#found-2"' in page
    assert 'name="start" value="65"' in page and 'id="cited"' in page, "the citation stays marked"
    none = client.get(f"/documents/{INSPECTION.info.doc_id}?find=penguin").text
    assert "does not stand in this document" in none and "found-1" not in none


def test_a_search_over_lines_and_blocks_and_hostile_ones(client: FlaskClient) -> None:
    assert "1 place." in client.get(f"/documents/{INSPECTION.info.doc_id}?find=too+many+children").text
    for find in ("(", ".*", "<script>", "a" * 5000, "\\"):
        page = client.get(f"/documents/{INSPECTION.info.doc_id}", query_string={"find": find})
        assert page.status_code == 200 and "<script" not in without_ours(page.text)


def test_the_way_along_the_quotations_of_an_answer(client: FlaskClient) -> None:
    query = {"q": EXAMPLE, "voice": ["inspectorate", "press", "council"]}
    page = client.get("/ask", query_string=query).text
    addresses = [html.unescape(a) for a in re.findall(r'class="context" href="([^"]+)"', page)]
    assert len(addresses) == 3
    seen = [addresses[0]]
    for n in (1, 2, 3):
        page = client.get(seen[-1].partition("#")[0]).text
        assert f"Quotation {n} of 3" in page and ("Previous quotation" in page) == (n > 1)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        assert (following is not None) == (n < 3)
        if following:
            seen.append(html.unescape(following[1]))
    assert seen == addresses
    back = re.search(r'href="([^"]+)">Back to the answer', page)
    assert back and html.unescape(back[1]).endswith("#quote-3")
    assert client.get(html.unescape(back[1]).partition("#")[0]).status_code == 200


def test_a_place_that_is_no_quotation_only_leads_back(client: FlaskClient) -> None:
    path = f"/documents/{INSPECTION.info.doc_id}"
    page = client.get(f"{path}?start=0&end=5&q=why").text
    assert "Back to the answer" in page and "Quotation 1" not in page and "quotation</a>" not in page
    assert "Back to the answer" not in client.get(f"{path}?start=0&end=5&q=").text
    assert "Back to the answer" not in client.get(f"{path}?start=0&end=5&q={'x' * 2001}").text


def test_the_language_of_a_document_is_told() -> None:
    client = served(made("a", GERMAN), made("b", "Short."), *DOCUMENTS)
    assert re.search(r'<article class="doc" dir="auto" lang="de">', client.get("/documents/a").text)
    for doc_id in ("b", INSPECTION.info.doc_id):
        assert '<article class="doc" dir="auto">' in client.get(f"/documents/{doc_id}").text
    assert client.get("/documents/a.json").get_json()["language"] == "de"


def test_the_twin_of_a_document_holds_its_text(client: FlaskClient) -> None:
    told = client.get(f"/documents/{INSPECTION.info.doc_id}.json?start=65&end=105").get_json()
    assert told["text"] == INSPECTION.text
    assert told["cited"] == {"start": 65, "end": 105, "text": INSPECTION.text[65:105]}
    wrong = client.get(f"/documents/{INSPECTION.info.doc_id}.json?start=1&end=2&edition=12345678")
    assert wrong.status_code == 404, "another edition's words are not given for those that were cited"


def test_a_thousand_documents_are_listed_in_pages_and_searched() -> None:
    many = [made(f"d{n}", "Text.") for n in range(1000)]
    many[700] = replace(many[700], info=replace(many[700].info, title="The Ünusual one", voice="press"))
    client = served(*many)
    with ends():
        page = client.get("/documents").text
    assert page.count('href="/documents/d') == PER_PAGE and "page 1 of 10" in page and len(page) < 100_000
    following = re.search(r'href="([^"]+)" rel="next"', page)
    assert following and "page=2" in following[1]
    last = client.get("/documents?page=99999").text
    assert "page 10 of 10" in last and 'rel="next"' not in last
    assert "page 1 of 10" in client.get("/documents?page=-3").text
    found = client.get("/documents?find=unusual+PAPER").text
    assert found.count('href="/documents/d') == 0, "both words have to stand there"
    found = client.get("/documents?find=unusual").text
    assert found.count('href="/documents/d') == 1 and "1 document of 1000" in found
    told = client.get("/documents.json?voice=press").get_json()
    assert told["total"] == 1 and [one["id"] for one in told["documents"]] == ["d700"]
    assert client.get("/documents.json?page=2").get_json()["links"] == {
        "previous": "/documents.json?page=1", "next": "/documents.json?page=3"
    }  # fmt: skip


def test_a_document_of_five_hundred_pages_is_made_in_time() -> None:
    paragraph = "The inspectors looked at how the pier was kept and found that nobody had. " * 4
    parts, blocks, sheets, at = [], [], [], 0
    for number in range(500):
        begin = at
        for _ in range(6):
            parts.append(paragraph)
            blocks.append(Block("paragraph", at, at + len(paragraph)))
            at += len(paragraph) + 2
        sheets.append(Page(number + 1, begin, at - 2))
    client = served(made("long", "\n\n".join(parts), blocks=tuple(blocks), pages=tuple(sheets)))
    with ends():
        page = client.get("/documents/long?start=800000&end=800040&find=inspectors").text
    assert page.count('<section class="leaf"') == 500 and 'class="doc long"' in page
    assert (
        page.count('id="cited"') == 1
        and "more than 500 places" in page
        and page.count('class="found"') == 500
    )
