"""/history: the questions asked in this browser, kept by it alone, in a real Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import Served
from tests.web.standin import SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

IMAGE = "<img src=x onerror=alert(1)> thresholds"


@pytest.fixture
def page(scripted: Page) -> Page:
    return scripted


def test_questions_are_kept_in_this_browser_until_they_are_forgotten(page: Page, served: Served) -> None:
    page.goto(served.url + "/history")
    assert page.get_by_text("Nothing has been asked here yet").is_visible()
    for address in ("/ask?q=first", "/ask?q=second&voice=press", "/ask?q=first&order=time"):
        page.goto(served.url + address)
    page.goto(served.url + "/history")
    rows = page.locator("ol.past li")
    assert [row.locator("a").inner_text() for row in rows.all()] == ["first", "second"], (
        "the latest first, each once"
    )
    assert "The documents answer this" in rows.first.inner_text()
    assert rows.nth(1).locator("a").get_attribute("href") == "/ask?q=second&voice=press"
    rows.first.get_by_role("button", name="Forget").click()
    assert rows.count() == 1
    page.get_by_role("button", name="Forget all questions").click()
    assert rows.count() == 0 and page.get_by_text("Nothing has been asked here yet").is_visible()
    page.get_by_label("Keep the questions").uncheck()
    page.goto(served.url + "/ask?q=third")
    page.goto(served.url + "/history")
    assert rows.count() == 0 and not page.get_by_label("Keep the questions").is_checked()


def test_a_history_that_someone_tampered_with_does_no_harm(page: Page, served: Served) -> None:
    bad = [
        {"question": "x", "address": "javascript:alert(1)", "said": "", "at": ""},
        {"question": "x", "address": "//example.org/", "said": "", "at": ""},
        {"question": "x", "address": "/\\example.org/", "said": "", "at": ""},
        {"question": 7, "address": "/", "said": "", "at": ""}, None, "x",
        {"question": IMAGE, "address": "/ask?q=a", "said": SCRIPT, "at": "never"},
    ]  # fmt: skip
    page.evaluate("bad => localStorage.setItem('pincite.history', JSON.stringify(bad))", bad)
    page.goto(served.url + "/history")
    assert page.locator("ol.past a").all_inner_texts() == [IMAGE]
    assert page.locator("main script, main img").count() == 0
    page.evaluate("localStorage.setItem('pincite.history', 'no JSON')")
    page.reload()
    assert page.get_by_text("Nothing has been asked here yet").is_visible()


def test_a_browser_that_keeps_nothing_is_told_of(page: Page, served: Served) -> None:
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full') }")
    page.goto(served.url + "/ask?q=why")
    page.goto(served.url + "/history")
    assert page.get_by_text("This browser does not let this site keep anything").is_visible()
    assert not page.get_by_label("Keep the questions").is_visible()


def test_without_javascript_the_history_says_what_it_needs(browser: Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served.url + "/history")
    assert page.get_by_text("This page needs JavaScript").is_visible()
    assert not page.get_by_text("Nothing has been asked").is_visible()
    page.goto(served.url + "/accessibility")
    assert not page.get_by_label("Use these keys").is_visible()
    context.close()
