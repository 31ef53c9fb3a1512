"""Plain text as it is found: paragraphs, headings, lists, numbers, contents, tables."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.reading.contents import contents
from index.reading.lines import BLANK
from index.reading.structure import infer_blocks
from index.types import in_order
from tests.work import ends, grows_in_step

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
BODY = (
    "The harbour master had warned the company twice that its boats were leaving without a second engineer on "
    "board, and each time the company had promised that it would hire one before the summer began."
)


def blocks_of(text: str) -> list[tuple[str, int, str]]:
    return [(b.kind, b.level, " ".join(text[b.start : b.end].split())) for b in infer_blocks(text)]


def wrapped(text: str, width: int = 72) -> str:
    return textwrap.fill(text, width)


def kinds(text: str) -> list[str]:
    return [kind for kind, _, _ in blocks_of(text)]


def headings(text: str) -> list[tuple[int, str]]:
    return [(level, title) for kind, level, title in blocks_of(text) if kind == "heading"]


def test_a_page_break_inside_a_sentence_is_no_end():
    lines = wrapped(f"{BODY} {BODY}").split("\n")
    for at in range(1, len(lines) - 1):
        text = "\n".join(lines[:at]) + "\n\n\n" + "\n".join(lines[at:])
        broken = lines[at - 1].endswith((".", "?"))
        if lines[at][0].islower():
            assert [kind for kind, _, _ in blocks_of(text)] == ["paragraph"], lines[at]
        elif broken:
            assert len(blocks_of(text)) == 2
    # A capital goes on with a sentence that ends in a word like "the".
    text = f"{wrapped(BODY)}\nNobody at the time had told the members of the board or any of the\n\nRiver Trust.\n"
    assert blocks_of(text)[-1][2].endswith("any of the River Trust.")


def test_a_form_feed_is_a_page_break():
    lines = wrapped(f"{BODY} {BODY}").split("\n")
    at = next(i for i in range(2, len(lines)) if lines[i][0].islower())
    assert kinds("\n".join(lines[:at]) + "\n\f" + "\n".join(lines[at:])) == ["paragraph"]


def test_items_that_lost_their_bullets():
    text = f"""{wrapped(BODY)}
Boats in this harbour
 The company owns four boats, which were built between 1961 and 1988 in the
yard at Hale.
 Two of them carry cars.
 The share of trips that left late:
 in summer is 12%
 in winter is 31% (it was 19% when the boats were last looked at by the
authority).

{wrapped(BODY)}
"""
    found = blocks_of(text)
    assert [kind for kind, _, _ in found] == ["paragraph", "heading", *["item"] * 5, "paragraph"]
    assert found[2][2].endswith("yard at Hale.") and found[5][2] == "in summer is 12%"


def test_a_heading_right_under_a_full_line_above_items():
    full = "Nobody could say for how long this had been so or who had allowed it."
    text = f"{wrapped(BODY)}\n\n{full}\nBoats in this harbour\n The company owns four.\n Two of them carry cars.\n\n"
    found = blocks_of(f"{text}{wrapped(BODY)}\n\n{wrapped(BODY)}\n")
    assert found[1:4] == [
        ("paragraph", 0, full),
        ("heading", 1, "Boats in this harbour"),
        ("item", 0, "The company owns four."),
    ]


def test_a_title_wrapped_in_large_type():
    body = wrapped(BODY)
    text = f"{body}\n\nThe safety of\npassengers who\ntravel at night\n\n{body}\n\nEnd\n\n{body}\n"
    assert [title for _, title in headings(text)] == ["The safety of passengers who travel at night", "End"]


def test_levels_by_number_capitals_and_underlining():
    numbered = f"1. Findings\n\n{BODY}\n\n1.1 Boats\n\n{BODY}\n\n1.2 Crews\n\n{BODY}\n\n2. Advice\n\n{BODY}\n"
    assert headings(numbered) == [(1, "1. Findings"), (2, "1.1 Boats"), (2, "1.2 Crews"), (1, "2. Advice")]
    capitals = f"FINDINGS\n\nBoats\n\n{BODY}\n\nCrews\n\n{BODY}\n\nADVICE\n\nOwners\n\n{BODY}\n"
    assert headings(f"{BODY}\n\n{capitals}") == [
        (1, "FINDINGS"), (2, "Boats"), (2, "Crews"), (1, "ADVICE"), (2, "Owners"),
    ]  # fmt: skip
    ruled = f"{BODY}\n\nFindings\n========\n\n{BODY}\n\nBoats\n-----\n\n{BODY}\n\nAdvice\n======\n\n{BODY}\n"
    assert headings(ruled) == [(1, "Findings"), (2, "Boats"), (1, "Advice")]
    assert kinds(ruled).count("furniture") == 3


def test_a_title_that_recurs_belongs_to_its_part():
    part = f"Summary\n\n{BODY}\n\nWhat we saw\n\n{BODY}\n\n"
    text = f"{BODY}\n\nThe boats\n\n{part}The crews\n\n{part}The owners\n\n{part}"
    assert headings(text) == [
        (1, "The boats"), (2, "Summary"), (2, "What we saw"),
        (1, "The crews"), (2, "Summary"), (2, "What we saw"),
        (1, "The owners"), (2, "Summary"), (2, "What we saw"),
    ]  # fmt: skip


def test_the_title_stands_above_all():
    text = f"Ferries in the fog: a review\n\nBy A. Writer\n\n{BODY}\n\nBoats\n\n{BODY}\n\nCrews\n\n{BODY}\n"
    assert headings(text) == [(1, "Ferries in the fog: a review"), (2, "Boats"), (2, "Crews")]


@pytest.mark.parametrize(
    "line",
    [
        "The boats are not safe",  # a statement can be quoted, so it is text
        "Monday, July 22, 2019",
        "Inadequate",
        "Requires improvement",
        "Fleet size: 41",
        "Ann Lee, April 11, 2017 at 11:17 am",
        "12:04",
        "and nobody knew",
        "It sank.",
    ],
)
def test_lines_that_are_no_headings(line):
    assert kinds(f"{BODY}\n\n{line}\n\n{BODY}\n") == ["paragraph"] * 3


@pytest.mark.parametrize(
    "line",
    [
        "What went wrong?",
        "‘Nobody told us’",
        "Boats that were not seen",
        "Who is to blame",
        "Why the board stepped in",
    ],
)
def test_lines_that_are(line):
    assert kinds(f"{BODY}\n\n{line}\n\n{BODY}\n") == ["paragraph", "heading", "paragraph"]


def test_an_address_and_a_list_of_names_are_no_headings():
    address = "Quay House\nHarbour Road\nHale\nHL1 2AB"
    assert "heading" not in kinds(f"{wrapped(BODY)}\n\n{address}\n\n{wrapped(BODY)}\n")
    names = "\n\n".join(["Ann Lee", "Bo Tan", "Cy Orr", "Di Ash", "Ed Moss"])
    assert "heading" not in kinds(f"{BODY}\n\n{names}\n\n{BODY}\n")


def test_a_line_that_leads_to_a_list_is_its_heading():
    text = f"{BODY}\n\nProblems found since 2015 include:\n\n  • old boats\n  • few crews\n\n{BODY}\n"
    assert blocks_of(text)[1:4] == [
        ("heading", 1, "Problems found since 2015 include:"), ("item", 0, "old boats"), ("item", 0, "few crews"),
    ]  # fmt: skip
    assert kinds(f"{BODY}\n\nThe master said:\n\n“{BODY}”\n") == ["paragraph"] * 3


# Numbers


def test_numbered_paragraphs_keep_their_number():
    text = "".join(f"{mark} {BODY}\n\n" for mark in ("27.", "28.", "3.14", "[16]", "(4)"))
    found = blocks_of(text)
    assert [kind for kind, _, _ in found] == ["paragraph"] * 5
    assert [shown.split()[0] for _, _, shown in found] == ["27.", "28.", "3.14", "[16]", "(4)"]


def test_short_numbered_lists_are_items_and_no_headings():
    assert blocks_of(f"{BODY}\n\n1. Boats\n2. Crews\n3. Owners\n\n{BODY}\n")[1:4] == [
        ("item", 0, "1. Boats"), ("item", 0, "2. Crews"), ("item", 0, "3. Owners"),
    ]  # fmt: skip
    spaced = blocks_of(f"{BODY}\n\n1. Boats\n\n2. Crews\n\n3. Owners\n")
    assert [kind for kind, _, _ in spaced[1:3]] == ["item", "item"]


def test_a_number_that_wrapping_put_first_opens_nothing():
    text = f"{wrapped(BODY)}\nThe authority then asked for the record of the year before, on page\n"
    text += "27. That page was missing.\n"
    assert len(blocks_of(f"{text}\n{wrapped(BODY)}\n")) == 2


def test_bare_numbers_are_those_of_paragraphs_where_they_count_up():
    text = "".join(f"{n} {BODY}\n\n" for n in range(7, 12))
    assert all(block[2].startswith(str(n)) for n, block in zip(range(7, 12), blocks_of(text), strict=True))
    assert set(kinds(text)) == {"paragraph"}


# Contents, tables, page numbers


def test_contents_are_no_headings():
    text = f"""Contents

Summary

The boats

The crews

Summary

Summary

{BODY}

The boats

{BODY}

The crews

{BODY}
"""
    assert [title for _, title in headings(text)] == ["Summary", "The boats", "The crews"]


def test_contents_end_where_the_text_begins():
    titles = ["Title", "Contents", "1 Boats", "2 Crews ..... 7", "Boats", "", "Crews", ""]
    assert contents(titles) == {1, 2, 3}
    assert contents(["Contents", "Something", "Other", ""]) == frozenset()
    assert contents(["a", "x ........ 3", "y ........ 4", "z ........ 5", ""]) == {1, 2, 3}


def test_a_table_drawn_with_spaces_or_bars_is_rows():
    table = "Area             Grade\nBoats            Good\nCrews            Poor"
    assert kinds(f"{BODY}\n\n{table}\n\n{BODY}\n") == ["paragraph", "row", "row", "row", "paragraph"]
    barred = "Area | Grade\nBoats | Good"
    assert kinds(f"{BODY}\n\n{barred}\n\n{BODY}\n") == ["paragraph", "row", "row", "paragraph"]


def test_page_numbers_are_furniture_where_they_count_up():
    text = f"{BODY}\n\n1\n\n{BODY}\n\n2\n\n{BODY}\n\n3\n\n{BODY}\n"
    assert kinds(text).count("furniture") == 3
    assert "furniture" not in kinds(f"{BODY}\n\n7\n\n{BODY}\n")
    assert kinds(f"{BODY}\n\nPage 2 of 9\n\n{BODY}\n")[1] == "furniture"


# Any text


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["Boats", "1. ", "1.1 Crews", "27. ", "[3] ", "• ", "Contents", "....... 4", BODY, "\n", "\n\n", "\f", "  ",
             "=====", "A | B", "a   b", "12", "Page 1 of 2", "HALE", "the ", "\u00a0", "שלום", "e\u0301", "\0", ":"]
        ) | st.text(max_size=5),
        max_size=40,
    ).map("".join)
)  # fmt: skip
def test_blocks_are_in_order_and_only_headings_have_levels(text):
    blocks = infer_blocks(text)
    assert in_order(blocks)
    for block in blocks:
        assert (block.level > 0) == (block.kind == "heading")
        assert text[block.start : block.end].strip(BLANK) == text[block.start : block.end] != ""


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "A\n\n" * n,
        lambda n: "Contents\n" * n,
        lambda n: "x ..... 3\n" * n,
        lambda n: "1. a b c\n\n" * n,
        lambda n: "e\u0301" * (100 * n),
        lambda n: "a" + "\n" * (100 * n) + "b",
        lambda n: "a\0b " * (100 * n),
        lambda n: ("שלום " * 8 + "\n") * n,
        lambda n: (wrapped(BODY) + "\n\n") * (n // 4),
        lambda n: " x\n" * n,
    ],
)
def test_work_grows_with_the_text(make):
    assert grows_in_step(infer_blocks, make, 250)
    with ends():
        infer_blocks(make(10_000))


# Real documents


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the five real documents (../shared/seeds) are not here")
def test_the_real_report_reads_as_a_person_would_read_it():
    (file,) = SEEDS.glob("001_*.txt")
    text = file.read_bytes().decode()
    found = headings(text)
    titles = [title for _, title in found]
    assert titles.count("Inspection findings") == 3 and titles.count("Summary") == 3
    assert not {"Inadequate", "Requires improvement", "Board1", "Manchester", "Contents"} & set(titles)
    parts = {title: level for level, title in found}
    assert parts["Leadership, management and governance"] < parts["Summary"] == parts["Inspection findings"]
    # Sentences that a page break cut in two are whole again.
    paragraphs = [" ".join(text[b.start : b.end].split()) for b in infer_blocks(text)]
    for cut in (
        "Management oversight of assessments is poor",
        "for a large majority of children",
        "childrens attainment",
    ):
        assert sum(cut in paragraph for paragraph in paragraphs) == 1, cut


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the five real documents (../shared/seeds) are not here")
def test_the_headings_of_comments_are_none():
    (file,) = SEEDS.glob("002_*.txt")
    text = file.read_bytes().decode()
    assert not [title for _, title in headings(text) if title.endswith("#")]
