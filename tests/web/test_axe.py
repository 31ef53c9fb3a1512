"""axe-core finds nothing on any page in either theme, and nothing is wider than a screen of 320 pixels.

320 CSS pixels are what 1280 become at 400 %, so that this is the test of reflow (WCAG 1.4.10) as well.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server

from index import index_paths, open_store
from qa import Service
from tests.browser import need
from tests.hashing import HashingEmbedder
from tests.web.conftest import Served
from tests.web.standin import HOSTILE, INSPECTION
from tests.web.test_sheets import TOLD, pdf
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

VIEWER = f"/documents/{INSPECTION.info.doc_id}"
PAGES = {
    "home": "/",
    "answer": "/ask?q=why",
    "along time": "/ask?q=why&order=time&voice=press&voice=inspectorate",
    "silence": "/ask?q=penguin",
    "refused": "/ask?q=a&from=2019&to=2012&voice=gossip",
    "shared": f"/ask?q=why&generation=2&quote={INSPECTION.info.doc_id}.00000000.65.105"
    "&quote=0123456789abcdef.00000000.1.2",
    "timeline": "/timeline?q=why",
    "timeline form": "/timeline",
    "documents": "/documents?find=o",
    "viewer": f"{VIEWER}?start=65&end=105&q=why&find=were",
    "hostile": f"/documents/{HOSTILE.info.doc_id}",
    "status": "/status",
    "accessibility": "/accessibility",
    "matrix form": "/matrix",
    "matrix": "/matrix?q=Why+were+thresholds+inconsistent%0AHow+many+penguins&voice=press&voice=law",
    "history": "/history",
    "add": "/add",
    "thanks": "/ask?q=why&thanks=1",
    "not found": "/nothing",
}
# Everything that WCAG 2.2 AA asks for and axe-core can see, and what it holds to be good practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def axe() -> str:
    need("axe_playwright_python")
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(color_scheme=request.param, viewport={"width": 320, "height": 640})
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(page: Page, served: Served, axe: str, name: str) -> None:
    if name == "history":
        for question in ("why", "how"):
            page.goto(f"{served.url}/ask?q={question}")
    page.goto(served.url + PAGES[name])
    if name == "history":
        assert page.locator("ol.past li").count() >= 2
    looked(page, axe)


def test_axe_finds_nothing_in_an_answer_that_came_in_place(page: Page, served: Served, axe: str) -> None:
    page.goto(served.url)
    page.get_by_label("Your question").fill("why")
    page.keyboard.press("Enter")
    page.get_by_text("The documents answer this", exact=True).wait_for()
    page.locator("details.cite-as summary").first.click()
    page.locator("details.cite-as button").first.click()
    looked(page, axe)


def test_axe_finds_nothing_while_documents_are_added_and_after(page: Page, served: Served, axe: str) -> None:
    form = {
        "token": "write-write-write",
        "files": {"name": "a.txt", "mimeType": "text/plain", "buffer": b"text"},
    }
    sent = page.request.post(served.url + "/add", multipart=form, max_redirects=0)  # type: ignore[arg-type]
    page.goto(served.url + sent.headers["location"])
    looked(page, axe)
    page.get_by_role("heading", name="Not everything could be added").wait_for()
    looked(page, axe)


def test_axe_finds_nothing_in_a_printed_document(page: Page, printed: str, axe: str) -> None:
    page.goto(printed, wait_until="networkidle")
    assert page.locator("details.sheet[open] img").evaluate("picture => picture.naturalWidth") == 900
    looked(page, axe)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PDF with words cited in it, served by the real service."""
    folder = tmp_path_factory.mktemp("printed")
    path = folder / "docs" / "bridge.pdf"
    path.parent.mkdir()
    pdf(path)
    with closing(open_store(folder / "data", create=True)) as store:
        index_paths(store, HashingEmbedder(), [path.parent])
        info, text = store.documents()[0], store.document("bridge.pdf").text
        server = make_server("127.0.0.1", 0, create_app(Service(store, HashingEmbedder())), threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        start = text.index(TOLD[:30])
        yield f"http://127.0.0.1:{server.port}/documents/{info.doc_id}?start={start}&end={start + 60}&q=bearings"
        server.shutdown()
        thread.join()
        server.server_close()


def looked(page: Page, axe: str) -> None:
    """Nothing is found by axe-core, all that can be opened being open, and nothing is wider than the screen."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.evaluate(axe)
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)
    told = [
        f"{one['id']}: {one['help']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
    assert not told, "\n".join(told)
    assert len(found["passes"]) > 10, "it did look"


def test_axe_would_find_something(page: Page, served: Served, axe: str) -> None:
    page.goto(served.url)
    page.evaluate("document.querySelector('label[for=q]').remove()")
    page.evaluate(axe)
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)
    assert "label" in {one["id"] for one in found["violations"]}
