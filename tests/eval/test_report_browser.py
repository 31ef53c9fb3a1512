"""The page of a report in a real Chromium: plots drawn, nothing fetched, nothing run, nothing too wide."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eval.report import as_html
from tests.browser import need
from tests.eval.report_values import make_report, make_verdict

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_as_it_is_seen(browser: Browser, tmp_path: Path, width: int, scheme: str) -> None:
    need("matplotlib")
    path = tmp_path / "report.html"
    path.write_text(as_html(make_report(), make_verdict()), "utf-8")
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.goto(path.as_uri())
    assert page.get_by_role("heading", level=1).inner_text() == "The gate failed"
    plots = page.locator("figure > img")
    assert plots.count() == 4
    for plot in plots.all():
        assert plot.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
        assert len(plot.get_attribute("alt") or "") > 40
    asked = page.locator("#questions .asked").filter(has_text="alert")
    assert '<script>alert("q")</script> a|b *c*' in asked.inner_text()
    struck = page.locator("del").filter(has_text="six")
    assert "line-through" in struck.evaluate("element => getComputedStyle(element).textDecorationLine")
    assert page.locator("html").evaluate("html => html.scrollWidth") <= width
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    context.close()
