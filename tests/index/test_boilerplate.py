"""What belongs to the site is marked; what the document says is not."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.reading.boilerplate import mark_boilerplate
from index.reading.small_print import small_print
from index.reading.structure import infer_blocks
from index.types import Block, in_order
from tests.index.boilerplate_pages import LATER, PAGES, unmarked
from tests.work import ends, grows_in_step

SHARED = Path(__file__).parents[3] / "shared"
COLLECTIONS = ("clapnq_dev", "squad2_dev", "conditionalqa_govuk", "cranfield", "covid_qa", "xquad_en")
PROSE = "The ferry left the quay forty minutes late, and nobody on the bridge had slept since the day before."


def marked(text: str) -> set[int]:
    """The characters that are marked, white space aside."""
    blocks = mark_boilerplate(text, infer_blocks(text))
    assert in_order(blocks)
    return {i for b in blocks if b.boilerplate for i in range(b.start, b.end) if text[i].isalnum()}


def scores(pages: list[tuple[str, list[tuple[int, int]]]]) -> tuple[float, float]:
    """Precision and recall, by character."""
    right = wrong = missed = 0
    for text, spans in pages:
        gold = {i for start, end in spans for i in range(start, end) if text[i].isalnum()}
        found = marked(text)
        right, wrong, missed = (
            right + len(gold & found),
            wrong + len(found - gold),
            missed + len(gold - found),
        )
    return right / (right + wrong), right / (right + missed)


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_many_kinds(name):
    text, spans = unmarked(PAGES[name])
    gold = {i for start, end in spans for i in range(start, end) if text[i].isalnum()}
    assert marked(text) == gold


def test_pages_written_after_the_rules():
    precision, recall = scores([unmarked(page) for page in LATER.values()])
    assert precision >= 0.9 and recall >= 0.8, (precision, recall)


@pytest.mark.skipif(
    not (SHARED / "seeds").is_dir(), reason="the five real documents (../shared/seeds) are not here"
)
def test_the_five_real_documents():
    regions = [json.loads(line) for line in (SHARED / "seeds" / "regions.jsonl").read_text().splitlines()]
    pages = []
    for file in sorted((SHARED / "seeds").glob("0*.txt")):
        spans = [
            (r["start"], r["end"])
            for r in regions
            if r["kind"] == "boilerplate" and r["doc"] == file.name[:3]
        ]
        pages.append((file.read_bytes().decode(), spans))
    precision, recall = scores(pages)
    assert precision >= 0.9 and recall >= 0.8, (precision, recall)


@pytest.mark.skipif(
    not (SHARED / "collections").is_dir(), reason="the collections (../shared/collections) are not here"
)
@pytest.mark.parametrize("name", COLLECTIONS)
def test_almost_nothing_of_plain_prose_is_marked(name):
    total = found = 0
    with (SHARED / "collections" / name / "corpus.jsonl").open() as file:
        for line in islice(file, 0, None, 3):
            text = json.loads(line)["text"]
            total += sum(c.isalnum() for c in text)
            found += len(marked(text))
    assert total and found < 0.005 * total


# One thing at a time


def test_only_a_last_sentence_that_is_a_link_is_split_off():
    text = f"{PROSE} See press release."
    blocks = mark_boilerplate(text, infer_blocks(text))
    assert [(b.boilerplate, text[b.start : b.end]) for b in blocks] == [
        (False, PROSE),
        (True, "See press release."),
    ]
    for text in (f"{PROSE} See section 3.", f"{PROSE} See the master.", f"{PROSE} Read it out."):
        assert not marked(text)


@pytest.mark.parametrize(
    "line",
    [
        "The board's membership rose to forty in that year.",
        "The company's newsletter did not mention the delay.",
        "The minister shared the letter with the board by email.",
        "Nobody subscribed to the magazine after the strike.",
        "Cookies were served to the crew at four.",
        "He asked readers to contact the police if they had seen the boat.",
        "The copyright case was heard in May.",
        "Home Office figures show a rise.",
        "About forty people were on board.",
        "Next, the master went to his cabin.",
        "The image of the harbour has suffered.",
    ],
)
def test_a_sentence_may_speak_of_such_things(line):
    paragraphs = [PROSE] * 4
    for at in (0, 2, 4):
        text = "\n\n".join([*paragraphs[:at], line, *paragraphs[at:]])
        assert not marked(text), at


def test_contact_lines_count_at_the_edge_only():
    line = "Tel: 020 7946 0123"
    assert marked("\n\n".join([*[PROSE] * 4, line]))
    assert not marked("\n\n".join([PROSE, PROSE, line, PROSE, PROSE]))


def test_a_summary_that_repeats_the_opening_stands_before_nothing_but_tags():
    opening = f"On Monday {PROSE[0].lower()}{PROSE[1:]}"
    body = [f"Paragraph {n} says something else about the boats and about their crews." for n in range(8)]
    text = "\n\n".join([opening, *body, PROSE, "Tags: ferries, fog"])
    assert text.rindex(PROSE) in marked(text) and text.index(opening) not in marked(text)
    without = "\n\n".join([opening, *body, PROSE])
    assert not marked(without)


def test_small_print_is_wider_than_the_text():
    body = "\n\n".join(
        ["The board met in the hall and heard all of the crew speak\n" * 3 + "and then it went home."] * 30
    )
    note = (
        "1 This note was set in smaller type at the foot of the page and so has more on a line.\nThat is all."
    )
    text = f"{body}\n\n{note}\n\n{body}"
    blocks = infer_blocks(text)
    (i,) = small_print(text, blocks)
    assert text[blocks[i].start :].startswith("1 This note")
    assert not small_print(text, [replace(b, kind="row") if j == i else b for j, b in enumerate(blocks)])
    assert not small_print(body, infer_blocks(body))
    assert not small_print(note, infer_blocks(note))


def test_what_is_marked_stays_so_and_furniture_and_notes_are_left_alone():
    text = "All rights reserved.\n\nCopyright 2020\n\nFine.\n\n1 See www.example.org"
    blocks = (
        Block("furniture", 0, 20),
        Block("paragraph", 22, 36),
        Block("paragraph", 38, 43, boilerplate=True),
        Block("note", 45, len(text)),
    )
    assert [b.boilerplate for b in mark_boilerplate(text, blocks)] == [False, True, True, False]
    assert mark_boilerplate("", ()) == ()


# Any text


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["Home | News", "Subscribe", "From £5 / month", "Contents", "Share this", "About us", "Reply", "2 comments",
             "Tel: 020 7946 0123", "a@b.org", "© 2020", PROSE, "See press release.", "\n", "\n\n", "• ", "Tags: a, b",
             "\u0301", "שלום", "\0", "a, b, c, d"]
        ) | st.text(max_size=5),
        max_size=30,
    ).map("".join)
)  # fmt: skip
def test_no_character_is_lost_or_moved(text):
    blocks = infer_blocks(text)
    result = mark_boilerplate(text, blocks)
    assert in_order(result)
    kept = [c for b in result for c in text[b.start : b.end] if not c.isspace()]
    assert kept == [c for b in blocks for c in text[b.start : b.end] if not c.isspace()]
    bare = [replace(b, boilerplate=False) for b in result]
    assert all(
        block in blocks or any(b.start <= block.start and block.end <= b.end for b in blocks)
        for block in bare
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "Contents\n" * n,
        lambda n: "a\n" * n,
        lambda n: ("home > " * 12 + "\n") * (4 * n),
        lambda n: "a@" * (250 * n),
        lambda n: ("we use cookies " * 20 + "\n\n") * (n // 20),
        lambda n: ("0123 " * 20 + "\n") * (n // 8),
        lambda n: "a, b, c, d\n" * n,
        lambda n: "Reply\n\nAnn\n\n" * (n // 2),
        lambda n: "About us\n\n" * n,
        lambda n: f"{PROSE}\n\n" * n,
        lambda n: "\u0301" * (250 * n),
    ],
)
def test_work_grows_with_the_text(make):
    def page(n: int) -> tuple[str, tuple[Block, ...]]:
        text = make(n)
        return text, infer_blocks(text)

    assert grows_in_step(lambda given: mark_boilerplate(*given), page, 250)
    text, blocks = page(4_000)
    with ends():
        mark_boilerplate(text, blocks)


def test_a_paragraph_is_boilerplate_only_if_half_of_it_speaks_so():
    contact = (
        "Please contact me on (020) 7946 0123 or lee@example.org if you have any questions about this report."
    )
    said = "The people who contributed to each chapter are named at its end. Where the figures come from is told in the"
    said += " second appendix, with the dates on which each of the four services was visited by us."
    for text, expected in (
        (contact, True),
        (f"{contact} {said}", False),
        (f"{contact} {contact} {said[:64]}", True),
    ):
        (block,) = mark_boilerplate(text, (Block("paragraph", 0, len(text)),))
        assert block.boilerplate is expected, text
