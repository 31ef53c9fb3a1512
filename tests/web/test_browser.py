"""The main line in a real Chromium, without JavaScript: ask, follow the citation, see the words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import EXAMPLE, Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 500})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def test_ask_by_form_and_follow_a_citation_to_the_marked_words(page: Page, served: Served) -> None:
    elsewhere: list[str] = []
    page.on(
        "request", lambda request: elsewhere.append(request.url) if served.url not in request.url else None
    )
    page.goto(served.url)
    page.get_by_label("Your question").fill(EXAMPLE)
    page.get_by_role("button", name="Ask").click()
    assert page.get_by_role("heading", level=1).inner_text() == "The documents answer this"
    quotation = page.locator("figure.quote").first
    quoted = quotation.locator("blockquote").inner_text()
    quotation.get_by_role("link", name="Read in context").click()
    mark = page.locator("mark#cited")
    assert " ".join(mark.inner_text().split()) == quoted
    box = mark.bounding_box()
    assert box is not None and box["y"] >= 0 and box["y"] + 20 <= 500, "the words are in view"
    page.go_back()
    assert page.get_by_label("Your question").input_value() == EXAMPLE
    assert elsewhere == []


def test_narrowing_to_a_voice_by_keyboard_alone(page: Page, served: Served) -> None:
    page.goto(served.url)
    page.get_by_label("Your question").focus()
    page.keyboard.type("thresholds")
    for key in ("Tab", "Tab", "Enter", "Tab", "Tab", "Tab", "Space"):  # button, filters, then the third voice
        page.keyboard.press(key)
    assert page.get_by_label("Press").is_checked()
    page.keyboard.press("Enter")
    page.wait_for_url("**/ask?q=thresholds&voice=press*")
    assert page.locator("figure.quote").count() == 1


@pytest.mark.parametrize("address", ["/", "/ask?q=why", "/ask?q=penguin", "/documents", "/nothing"])
def test_nothing_is_wider_than_a_small_screen(page: Page, served: Served, address: str) -> None:
    page.goto(served.url + address)
    main = page.locator("html").evaluate("html => html.scrollWidth")
    assert main <= 320
