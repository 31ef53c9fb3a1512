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


def test_the_first_tab_leads_past_the_head_and_focus_is_seen(page: Page, served: Served) -> None:
    page.goto(served.url + "/ask?q=why")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the main content")
    box = skip.bounding_box()
    assert box is not None and box["x"] >= 0 and box["y"] >= 0
    assert skip.evaluate("link => getComputedStyle(link).outlineWidth") == "3px"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("id") == "q", "the head was passed"


def test_a_link_to_an_answer_opens_in_a_fresh_profile(browser: Browser, page: Page, served: Served) -> None:
    page.goto(served.url + "/ask?q=why")
    page.get_by_role("link", name="A link to this answer as it is now").click()
    said = page.locator("figure.quote blockquote").all_inner_texts()
    address = page.url
    other = browser.new_context().new_page()
    other.goto(address)
    assert other.locator("figure.quote blockquote").all_inner_texts() == said != []
    assert other.get_by_role("note").inner_text().startswith("You followed a link")
    other.context.close()


def test_the_way_along_the_quotations_and_a_search_in_the_document(page: Page, served: Served) -> None:
    page.goto(served.url + "/ask?q=why")
    page.locator("a.context").first.click()
    page.get_by_role("link", name="Next quotation").click()
    assert page.get_by_text("Quotation 2 of 3").is_visible()
    assert page.locator("mark#cited").is_visible()
    page.get_by_label("Find in this document").fill("the council")
    page.get_by_role("button", name="Find").click()
    assert page.get_by_role("status").inner_text().startswith("“the council” stands in")
    page.get_by_role("link", name="Place 1").click()
    box = page.locator("#found-1").bounding_box()
    assert box is not None and 0 <= box["y"] < 500, "the place is in view"
    page.get_by_role("link", name="Back to the answer").click()
    assert page.url.endswith("#quote-2")


def test_a_printed_answer_can_be_filed(page: Page, served: Served) -> None:
    page.goto(served.url + "/ask?q=why")
    page.emulate_media(media="print")
    for gone in ("search", ".masthead nav", ".take", ".others", ".cite-as", ".context", ".foot"):
        assert not page.locator(gone).first.is_visible(), gone
    for kept in ("figure.quote", ".sources", ".filed", ".verdict"):
        assert page.locator(kept).first.is_visible(), kept
    after = page.locator(".sources a").first.evaluate("link => getComputedStyle(link, '::after').content")
    assert "/documents/" in after, "the address is written out"
    assert (
        page.locator("html").evaluate("html => getComputedStyle(html).backgroundColor")
        == "rgb(255, 255, 255)"
    )


def test_a_remark_is_kept_and_leads_back_to_the_answer(page: Page, served: Served) -> None:
    page.goto(served.url + "/ask?q=why&voice=press")
    page.get_by_label("Anything to add").fill("It says who.")
    page.get_by_role("button", name="This answers").click()
    assert page.get_by_text("Thank you. Your remark is kept").is_visible()
    assert page.get_by_label("Your question").input_value() == "why" and "voice=press" in page.url


def test_a_file_without_the_token_is_refused_at_the_form(page: Page, served: Served) -> None:
    page.goto(served.url)
    page.get_by_role("link", name="Add documents").click()
    page.get_by_label("Files").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"text"})
    page.get_by_label("Token for adding").fill("wrong")
    page.get_by_role("button", name="Add").click()
    assert "not the token" in page.get_by_role("alert").inner_text()
