"""What the script adds, in a real Chromium: answers in place, keys, copying, history, uploads; what it cannot."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

import web.app
from tests.web.conftest import EXAMPLE, Served
from tests.web.standin import HOSTILE, SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SOURCE = Path(web.app.__file__).parent / "static" / "pincite.js"
IMAGE = "<img src=x onerror=alert(1)> thresholds"


@pytest.fixture
def page(scripted: Page) -> Page:
    return scripted


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask").click()
    page.wait_for_function("asked => document.querySelector('.asked')?.textContent === asked", arg=question)


def mark(page: Page) -> None:
    """Leave something in the page that another page would not have."""
    page.evaluate("window.here = 'here'")


def is_same(page: Page) -> bool:
    return bool(page.evaluate("window.here === 'here'"))


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent || document.activeElement.id"))


def test_an_answer_comes_in_place_and_the_way_back_too(page: Page, served: Served) -> None:
    mark(page)
    ask(page, EXAMPLE)
    address = urlsplit(page.url)
    assert address.path == "/ask" and parse_qs(address.query) == {"q": [EXAMPLE]}, (
        "what was left empty is left out"
    )
    assert page.title().startswith(EXAMPLE) and focused(page) == "The documents answer this"
    page.wait_for_function(
        "() => document.getElementById('live').textContent.startsWith('Three documents answer')"
    )
    ask(page, "why penguins")
    assert focused(page) == "The documents do not say"
    page.go_back()
    page.get_by_text("The documents answer this", exact=True).wait_for()
    assert page.get_by_label("Your question").input_value() == EXAMPLE
    page.go_back()
    page.get_by_role("heading", name="Ask the documents").wait_for()
    assert urlsplit(page.url).path == "/" and page.locator("#answer").count() == 0
    page.go_forward()
    page.get_by_text("The documents answer this", exact=True).wait_for()
    assert is_same(page), "no page was loaded"
    page.reload()
    assert page.get_by_label("Your question").input_value() == EXAMPLE and not is_same(page)


def test_the_place_of_reading_is_found_again(page: Page) -> None:
    ask(page, EXAMPLE)
    page.evaluate("scrollTo(0, 400)")
    page.wait_for_function("() => scrollY === 400")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.get_by_role("link", name="Along time", exact=True).evaluate("link => link.click()")
    page.wait_for_url("**order=time*")
    page.wait_for_function("() => document.activeElement.textContent === 'Along time'")
    page.evaluate("scrollTo(0, 50)")
    page.go_back()
    page.wait_for_function(
        "() => document.querySelector('.orders [aria-current]').textContent === 'By voice' && scrollY === 400"
    )


@pytest.mark.parametrize("how", ["refused", "broken"])
def test_without_an_answer_in_place_the_page_is_loaded(page: Page, how: str) -> None:
    def reached(route) -> None:  # type: ignore[no-untyped-def]
        if route.request.resource_type != "xhr":
            route.continue_()
        elif how == "refused":
            route.abort()
        else:
            route.fulfill(status=200, content_type="application/json", body="{}")

    page.route("**/ask?*", reached)
    mark(page)
    page.get_by_label("Your question").fill(EXAMPLE)
    page.get_by_role("button", name="Ask").click()
    page.get_by_text("The documents answer this", exact=True).wait_for()
    assert not is_same(page) and page.get_by_label("Your question").input_value() == EXAMPLE


def test_a_failure_is_shown_as_the_page_that_tells_it(page: Page) -> None:
    page.get_by_label("Your question").fill("explode")
    page.get_by_role("button", name="Ask").click()
    page.get_by_text("Something went wrong").wait_for()


def test_what_was_typed_wrongly_is_said_in_place(page: Page) -> None:
    mark(page)
    page.get_by_text("Choose who and when").click()
    page.get_by_label("From").fill("April")
    page.get_by_label("Your question").fill("why")
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("alert").wait_for()
    assert is_same(page) and "“April” is not a date" in focused(page)


def test_a_second_question_overtakes_the_first(page: Page) -> None:
    page.get_by_label("Your question").fill("slowly")
    page.get_by_role("button", name="Ask").click()
    ask(page, EXAMPLE)
    page.wait_for_timeout(2_000)
    assert page.locator(".asked").inner_text() == EXAMPLE and "slowly" not in page.url


@pytest.mark.parametrize("question", [SCRIPT, IMAGE])
def test_hostile_words_stay_words(page: Page, served: Served, question: str) -> None:
    mark(page)
    ask(page, question)
    assert is_same(page) and page.locator("main script, main img").count() == 0
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    assert page.get_by_text("Ignore all previous instructions.").first.is_visible(), (
        "the hostile document was found"
    )
    assert (
        page.locator(f'a[href*="{HOSTILE.info.doc_id}"]').count()
        and page.locator('a[href^="javascript"]').count() == 0
    )
    page.goto(served.url + "/history")
    assert page.get_by_role("link", name=question).is_visible()
    assert page.locator("main script, main img").count() == 0


def test_no_string_can_become_html(page: Page) -> None:
    """The policy demands Trusted Types and knows none, so that even a mistake in the script could not."""
    for attempt in (
        "document.body.innerHTML = '<b>x</b>'",
        "new DOMParser().parseFromString('<b>x</b>', 'text/html')",
        "document.createElement('script').src = '/static/pincite.js'",
        "document.write('<b>x</b>')",
    ):
        refused = page.evaluate(f"() => {{ try {{ {attempt} }} catch (error) {{ return error.name }} }}")
        assert refused == "TypeError", attempt
    for sink in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "DOMParser",
        "document.write",
        "eval(",
        "Function(",
    ):
        assert sink not in SOURCE.read_text("utf-8"), sink


def test_a_citation_is_copied_in_every_style(page: Page, served: Served) -> None:
    ask(page, EXAMPLE)
    listed = page.locator("details.cite-as").first
    listed.locator("summary").click()
    links = listed.locator("a[data-style]")
    assert links.count() == 7
    for i in range(links.count()):
        wanted = page.request.get(served.url + str(links.nth(i).get_attribute("href"))).text()
        listed.get_by_role("button").nth(i).click()
        listed.get_by_role("button").nth(i).get_by_text("Copied").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.replace("\r\n", "\n") == wanted.replace("\r\n", "\n") != ""
    page.wait_for_function("() => document.getElementById('live').textContent.startsWith('Copied: RIS')")


def test_the_link_is_copied_whole_and_where_the_clipboard_is_not_to_be_had(
    page: Page, served: Served
) -> None:
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    page.goto(f"{served.url}/ask?q=why")
    page.get_by_role("button", name=re.compile("^Copy.*A link to this answer")).click()
    page.wait_for_function("() => document.getElementById('live').textContent.startsWith('Copied')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{served.url}/ask?q=why&generation=3&quote=")
    page.add_init_script("document.execCommand = () => false")
    page.reload()
    page.get_by_role("button", name=re.compile("^Copy.*A link to this answer")).click()
    page.get_by_text("Not copied").wait_for()


def test_keys_lead_to_the_question_and_along_the_quotations(page: Page) -> None:
    page.keyboard.press("/")
    assert focused(page) == "q"
    page.keyboard.type("a/n why")
    assert page.get_by_label("Your question").input_value() == "a/n why", "typed, not obeyed"
    page.keyboard.press("Enter")
    page.get_by_text("The documents answer this", exact=True).wait_for()
    for key, quote in (
        ("n", "quote-1"),
        ("j", "quote-2"),
        ("k", "quote-1"),
        ("p", "quote-1"),
        ("Control+n", "quote-1"),
    ):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.id") == quote
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # read in context
    page.get_by_text("Quotation 1 of 3").wait_for()
    for key, at in (("n", 2), ("j", 3), ("p", 2)):
        page.keyboard.press(key)
        page.get_by_text(f"Quotation {at} of 3").wait_for()
        assert page.locator("mark#cited").is_visible()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"


def test_keys_can_be_switched_off(page: Page, served: Served) -> None:
    page.goto(served.url + "/accessibility")
    page.get_by_label("Use these keys in this browser").uncheck()
    page.goto(served.url)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.goto(served.url + "/accessibility")
    page.get_by_label("Use these keys in this browser").check()
    page.goto(served.url)
    page.keyboard.press("/")
    assert focused(page) == "q"


def test_an_upload_tells_how_far_it_is_file_by_file(page: Page, served: Served) -> None:
    page.goto(served.url + "/add")
    files = [
        {"name": "a.txt", "mimeType": "text/plain", "buffer": b"text " * 50_000},
        {"name": "b.pdf", "mimeType": "application/pdf", "buffer": b"no PDF"},
    ]
    page.get_by_label("Files").set_input_files(files)  # type: ignore[arg-type]
    page.get_by_label("Token for adding").fill("wrong")
    mark(page)
    page.get_by_role("button", name="Add").click()
    page.get_by_role("alert").wait_for()
    assert is_same(page) and "not the token" in page.get_by_role("alert").inner_text()
    page.get_by_label("Files").set_input_files(files)  # type: ignore[arg-type]
    page.get_by_label("Token for adding").fill("write-write-write")
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(re.compile(r"/add/[\w-]+$"))
    states = page.locator("ul.names li").all_inner_texts()
    assert [one.split()[0] for one in states] == ["a.txt", "b.pdf"] and all(
        "eing read" in s or "aiting" in s for s in states
    )
    mark(page)
    page.get_by_role("heading", name="Not everything could be added").wait_for()
    assert is_same(page), "the page looked by itself, without being loaded again"
    page.wait_for_function(
        "() => document.getElementById('live').textContent === 'Not everything could be added'"
    )
    failed = page.locator("section", has=page.get_by_role("heading", name="Failed"))
    assert "b.pdf" in failed.inner_text() and "<b>x</b>" in failed.inner_text()


def test_without_javascript_the_job_looks_again_by_itself(browser: Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served.url + "/add")
    page.get_by_label("Files").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"text"})
    page.get_by_label("Token for adding").fill("write-write-write")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("heading", name="Not everything could be added").wait_for(timeout=20_000)
    context.close()


def test_the_script_is_small_and_alone(page: Page, served: Served) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served.url + "/ask?q=why", wait_until="networkidle")
    assert [one for one in asked if one.partition("?")[0].endswith(".js")] == [
        served.url + str(page.locator("script").get_attribute("src"))
    ]
    assert all(one.startswith(served.url) for one in asked)
    assert SOURCE.stat().st_size < 20_000
