"""axe-core finds nothing on any page in either theme, and nothing is wider than a screen of 320 pixels.

320 CSS pixels are what 1280 become at 400 %, so that this is the test of reflow (WCAG 1.4.10) as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from tests.browser import need
from tests.web.conftest import Served
from tests.web.standin import HOSTILE, INSPECTION

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
    page.goto(served.url + PAGES[name])
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
