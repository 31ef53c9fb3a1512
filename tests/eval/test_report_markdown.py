import re
from dataclasses import replace

import pytest
from lxml import html
from markdown_it import MarkdownIt

from eval.report import as_markdown
from tests.eval.report_values import ROWS, make_report, make_verdict


@pytest.fixture(scope="module")
def page():
    """What GitHub makes of it, more or less."""
    text = as_markdown(make_report(), make_verdict())
    return html.fromstring(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


def words(element) -> str:
    return " ".join(element.text_content().replace("\u200b", "").split())


def test_the_verdict_comes_first():
    assert as_markdown(make_report(), make_verdict()).startswith("## ❌ Gate failed\n")
    assert as_markdown(make_report(), make_verdict(passed=True)).startswith("## ✅ Gate passed\n")
    assert as_markdown(make_report()).startswith("## Pincite evaluation\n")


def test_measures_with_intervals_and_changes(page):
    rows = {words(row[0]): [words(cell) for cell in row] for row in page.xpath("(//table)[1]//tr")}
    assert rows["measure"][-4:] == ["before", "change", "p", "verdict"]
    # Of the six facts, those of "fine" and one of "part" were found; the baseline's values are as given.
    assert rows["fact_recall@1000"][1] == "0.333"
    assert rows["fact_recall@1000"][-4:] == ["0.750", "-0.375", "<0.001", "❌ worse"]
    assert rows["refusal_recall"][-4:] == ["0.500", "0.000", "1.000", "same"]
    assert rows["verbatim"][-4:] == ["", "", "", ""]
    assert len({len(row) for row in rows.values()}) == 1


def test_changed_questions_show_old_quotes_beside_new(page):
    (details,) = page.xpath("//details[contains(summary, 'fine')]")
    assert words(details.find("summary")) == "changed fine: How many?"
    old, new = details.xpath(".//td")
    assert [words(e) for e in old.iter("del")] == ["six", "May."]
    assert [words(e) for e in new.iter("ins")] == ["five", "May and June."]
    assert words(new).startswith("The council closed five homes in May and June.")
    kinds = [words(b) for b in page.xpath("//details/summary/b")]
    assert kinds == ["worse", "worse", "worse", "better", "changed"]


def test_what_was_wholly_wrong_is_listed(page):
    (details,) = page.xpath("//details[contains(summary, 'nothing was right')]")
    assert words(details.find("summary")) == "4 questions where nothing was right"
    assert [words(row[0]) for row in details.xpath(".//tbody/tr")] == ["deaf", "lost", "mute", "loud"]


def test_hostile_words_stay_words(page):
    assert not page.xpath("//script | //a | //em | //code[not(parent::td or parent::th)] | //h1")
    text = words(page)
    assert '<script>alert("q")</script> a|b *c* `d` [e](javascript:f) $x$ @someone #12' in text
    assert "\x1b" not in text and "{{ 7*7 }}" in text and "\ud800" not in text
    assert not re.search(r"[@#]\w", page.text_content().replace("recall@", "").replace("precision@", ""))


def test_it_can_be_written_to_a_file_and_is_the_same_every_time():
    text = as_markdown(make_report(), make_verdict())
    assert text.encode().decode() == text == as_markdown(make_report(), make_verdict())


def test_a_summary_has_room_for_any_set():
    rows = tuple(replace(ROWS[2], id=f"q{n}") for n in range(3000))
    text = as_markdown(make_report(rows))
    assert "3000 questions where nothing was right, the worst 50" in text
    assert len(text.encode()) < 200_000


def test_untrue_quotes_cannot_be_overlooked():
    text = as_markdown(make_report(violations=("question q1, quote 1: not the text",)))
    assert "**❌ Not verbatim (1)**\n\n- question q1, quote 1: not the text" in text
