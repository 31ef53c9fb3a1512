"""Text -> blocks -> passages: for any text in order, exact, whole; and quick on the worst of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index import (
    Block,
    Document,
    Page,
    Passage,
    count_tokens,
    document_id,
    infer_blocks,
    passage_id,
    sentence_spans,
    split,
)
from index.loaders import read_documents
from index.reading.annotate import annotate
from index.reading.lines import BULLET as _BULLET
from index.types import DocumentInfo, in_order
from tests.work import ends, grows_in_step

SHARED = Path(__file__).parents[3] / "shared"
CORPUS = Path(__file__).parents[2] / "eval/corpus"
HARD = [
    "A sentence ends. ", "is it so? ", "Mr. Smith said: ", "“No.” ", "word ", "thresholds ", "3.14 ", "[16] ", "e.g. ",
    "\n", "\n\n", "\r\n", "\r", "\r\r", "\t", "\f", "\u00a0", "\u2028", "\u00ad", "\ufeff", "\u200d", "  ", "-\n",
    "• item ", "- ", "(a) ", "1. ", "HEADING", "Heading words", "é", "e\u0301", "\u0301", "👩\u200d👩\u200d👧",
    "👍🏽", "🇬🇧", "שלום ", "مرحبا. ", "\u202e", "漢字。", "...", "?!", "'", ")", "x" * 300, "  \n", ".", "\u0000",
]  # fmt: skip
hard_text = st.lists(st.sampled_from(HARD) | st.text(max_size=6), max_size=30).map("".join)


def document(text: str, blocks=(), pages=()) -> Document:
    return Document(
        DocumentInfo(document_id("x"), "x", "x", "", "text/plain"), text, tuple(blocks), tuple(pages)
    )


def uncovered(text: str, spans) -> str:
    """What lies in none of the spans, white space aside."""
    left, at = [], 0
    for span in spans:
        left.append(text[at : span.start])
        at = span.end
    return "".join((*left, text[at:])).replace("\ufeff", "").strip() and "".join((*left, text[at:]))


def assert_sound(doc: Document, passages: list[Passage], budget: int) -> None:
    text = doc.text
    blocks = doc.blocks or infer_blocks(text)
    assert in_order(passages)
    assert [p.ordinal for p in passages] == list(range(len(passages)))
    assert len({p.passage_id for p in passages}) == len(passages)
    for p in passages:
        assert p.passage_id == passage_id(doc.info.doc_id, p.start, p.end)
        assert p.text == text[p.start : p.end] == p.text.strip() != ""
        said = text[p.sentences[0].start : p.end]
        assert count_tokens(said) <= max(budget, max(count_tokens(c) for c in said))
        assert in_order(p.sentences) and all(s.start < s.end for s in p.sentences)
        assert p.sentences[-1].end == p.end
        # What stands before the first sentence is the mark of its block.
        assert p.start == p.sentences[0].start or any(b.start <= p.sentences[0].start < b.end for b in blocks)
        assert len(text[p.start : p.sentences[0].start].strip()) <= 40
        # No heading or furniture lies inside, unless the passage is that heading; a site's own headings head nothing.
        for block in blocks:
            if block.boilerplate and block.kind == "heading":
                continue
            if block.kind in ("heading", "furniture") and block.start < p.end and p.start < block.end:
                assert block.kind == "heading"
                assert block.end - block.start > 300 or (block.start <= p.start and p.end <= block.end)
    kept = [block for block in blocks if block.kind not in ("heading", "furniture")]
    for block in kept:
        inside = [
            Page(1, max(s.start, block.start) - block.start, min(s.end, block.end) - block.start)
            for p in passages
            if p.start < block.end and block.start < p.end
            for s in p.sentences
            if s.start < block.end and block.start < s.end
        ]
        assert not uncovered(text[block.start : block.end], inside)
        cuts = {p.start for p in passages} | {p.end for p in passages}
        for start, end in sentence_spans(text, block.start, block.end):
            if count_tokens(text[start:end]) <= budget:
                assert not any(start < cut < end for cut in cuts), "a sentence that fits is never cut"
    paths = "\n".join(p.heading for p in passages)
    for block in blocks:
        if block.kind == "heading" and (title := " ".join(text[block.start : block.end].split())):
            assert title in paths or any(p.start < block.end and block.start < p.end for p in passages)


@settings(max_examples=50, deadline=None)
@given(hard_text, st.sampled_from([5, 20, 120]))
@example("", 120)
@example("\ufeff", 120)
@example("\ufeff\r\n\u00a0", 120)
@example("a\rb\r\rc", 120)
@example("e\u0301" * 300, 5)
@example("👩\u200d👩\u200d👧" * 50, 5)
@example("\u0301" * 400, 5)
@example("x" * 5000, 120)
def test_any_text(text, budget):
    blocks = infer_blocks(text)
    assert in_order(blocks)
    for block in blocks:
        assert (
            text[block.start : block.end].strip(" \t\u00a0\ufeff\f\v") == text[block.start : block.end] != ""
        )
    for line in re.split(r"[\r\n]", uncovered(text, blocks) or ""):
        line = line.strip(" \t\u00a0\ufeff\f\v")
        assert not line or _BULLET.match(line + " x"), "only white space and bullet marks are left out"
    doc = document(text)
    assert_sound(doc, split(doc, budget), budget)


@st.composite
def structured(draw) -> Document:
    """A document whose loader knew its blocks: of every kind, with and without room between them."""
    text, blocks = "", []
    for part in draw(st.lists(hard_text.filter(lambda t: t.strip()), max_size=8)):
        text += draw(st.sampled_from(["", "\n", "\n\n", " | "]))
        start = len(text) + len(part) - len(part.lstrip())
        text += part
        kind = draw(st.sampled_from(["heading", "paragraph", "item", "row", "furniture"]))
        blocks.append(
            Block(kind, start, len(text.rstrip()), draw(st.integers(1, 4)) if kind == "heading" else 0)
        )
    return document(text, blocks)


@settings(max_examples=50, deadline=None)
@given(structured(), st.sampled_from([5, 120]))
def test_any_structure(doc, budget):
    assert_sound(doc, split(doc, budget), budget)


@settings(max_examples=60, deadline=None)
@given(hard_text)
def test_sentences_cover_their_text(text):
    spans = sentence_spans(text, 0, len(text))
    assert all(text[a:b].strip() == text[a:b] != "" for a, b in spans)
    assert [x for span in spans for x in span] == sorted(x for span in spans for x in span)
    assert not uncovered(text, [Page(1, a, b) for a, b in spans]).strip("\ufeff \r\n\t")


def unseen(doc: Document, passages: list[Passage]) -> str:
    """The characters that are in no passage, no heading and no furniture; white space is nothing to see."""
    around = [block for block in doc.blocks if block.kind in ("heading", "furniture")]
    covered = bytearray(len(doc.text))
    for span in (*around, *passages):
        covered[span.start : span.end] = b"\1" * (span.end - span.start)
    return "".join(c for c, seen in zip(doc.text, covered, strict=True) if not seen).replace("\ufeff", "")


SITE = [
    "Share on Facebook. \n\n",
    "This site uses cookies. Accept all cookies.\n\n",
    "Page 3 of 9\n\n",
    "Posted by Ann, 3 May 2017\n",
]
any_text = st.lists(hard_text | st.sampled_from(SITE), max_size=4).map("".join)


@settings(max_examples=60, deadline=None)
@given(any_text, st.sampled_from([5, 80]))
@example("- one\n- two\n\n• three\n(a) four", 5)
@example("Heading\n\n- first words\n- and more.\n\nCookies. Accept all cookies.\n", 80)
@example("•\n\ntext", 80)
def test_every_character_is_seen(text, budget):
    """In order, apart, exact, and nothing is left out: as indexed, with what is marked as boilerplate."""
    doc = annotate(document(text))
    passages = split(doc, budget)
    assert_sound(doc, passages, budget)
    assert doc.text == text
    assert not unseen(doc, passages).strip()
    for p in passages:
        marked = {
            b.boilerplate for b in doc.blocks if b.start < p.end and p.start < b.end and b.kind != "heading"
        }
        assert marked <= {p.boilerplate}, "boilerplate shares no passage with other text"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the sample corpus (eval/corpus) is not here")
def test_every_character_of_the_sample_corpus_is_seen():
    for file in sorted(CORPUS.iterdir()):
        if file.suffix in (".txt", ".pdf", ".docx", ".html"):
            (read,) = read_documents(file, file.name)
            assert isinstance(read, Document)
            doc = annotate(read)
            assert not unseen(doc, split(doc)).strip(), file.name


# What a person would see


def blocks_of(text: str) -> list[tuple[str, str]]:
    return [(block.kind, text[block.start : block.end]) for block in infer_blocks(text)]


WRAPPED = "The council did not know how many children were being cared for privately and\nhad not asked their schools."


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_short_wrapped_text(newline):
    def turned(blocks):
        return [(kind, text.replace("\n", newline)) for kind, text in blocks]

    def seen(text):
        return blocks_of(text.replace("\n", newline))

    paragraph = ("paragraph", WRAPPED)
    assert seen(WRAPPED) == turned([paragraph])
    assert seen(f"Findings\n\n{WRAPPED}\n") == turned([("heading", "Findings"), paragraph])
    assert seen(f"Findings\n{WRAPPED}\n") == turned([("heading", "Findings"), paragraph])
    assert seen(f"Findings\n\n{WRAPPED}\n\nPlans\n\n{WRAPPED}") == turned(
        [("heading", "Findings"), paragraph, ("heading", "Plans"), paragraph]
    )
    assert seen(f"{WRAPPED}\n\n{WRAPPED}") == turned([paragraph] * 2)


def test_a_line_each_stays_a_line_each():
    lines = [
        "A paragraph is on one line here, however long it may be, and ends.",
        "The next one too.",
        "Third.",
    ]
    assert blocks_of("\n".join(lines)) == [("paragraph", line) for line in lines]
    assert blocks_of("\n\n".join(lines)) == [("paragraph", line) for line in lines]
    assert blocks_of("bread\nmilk\neggs\nhoney\n") == [
        ("paragraph", w) for w in ("bread", "milk", "eggs", "honey")
    ]


def test_a_hyphenated_word_is_never_torn():
    assert blocks_of("The inspec-\ntion was long.") == [("paragraph", "The inspec-\ntion was long.")]
    assert blocks_of("Phase 1 -\nthe first") == [("paragraph", "Phase 1 -"), ("paragraph", "the first")]


def test_a_passage_begins_with_the_mark_of_its_first_block():
    lines = ["- the first of two things that a list may say", "(a) the second", "The end."]
    passages = split(document("\n".join(lines)), 12)
    assert [p.text for p in passages] == [lines[0], "\n".join(lines[1:])]
    assert [len(p.sentences) for p in passages] == [1, 2]
    assert [p.text[p.sentences[0].start - p.start :][:5] for p in passages] == ["the f", "the s"]
    # In print a bullet may stand on a line of its own; what else does so belongs to nobody.
    alone = "•\nOne thing.\n\n***\n\nAnother."
    blocks = [Block("item", 2, 12), Block("paragraph", 19, 27)]
    assert [p.text for p in split(document(alone, blocks), 4)] == ["•\nOne thing.", "Another."]


def test_bullets_are_marks_and_no_text():
    text = "Plans\n\n• one thing\n• another\n(a) third\n\nEnd of it."
    assert blocks_of(text) == [
        ("heading", "Plans"), ("item", "one thing"), ("item", "another"), ("item", "third"),
        ("paragraph", "End of it."),
    ]  # fmt: skip


# Splitting, by hand


def test_headings_form_a_path_and_none_is_lost():
    text = "Report\nFindings\nIt was bad.\nPlans\nLeadership\nNew people.\nAnnex"
    kinds = [("heading", 1), ("heading", 2), ("paragraph", 0), ("heading", 2), ("heading", 3), ("paragraph", 0),
             ("heading", 1)]  # fmt: skip
    blocks, at = [], 0
    for line, (kind, level) in zip(text.split("\n"), kinds, strict=True):
        blocks.append(Block(kind, at, at + len(line), level))
        at += len(line) + 1
    assert [(p.heading, p.text) for p in split(document(text, blocks))] == [
        ("Report › Findings", "It was bad."),
        ("Report › Plans › Leadership", "New people."),
        ("", "Annex"),
    ]


def test_a_heading_as_long_as_a_page_is_text():
    title = "Very long heading. " * 500
    text = title.strip() + "\n\nBody."
    end = len(title.strip())
    passages = split(document(text, [Block("heading", 0, end, 1), Block("paragraph", end + 2, len(text))]))
    assert {p.heading for p in passages} == {""}
    assert passages[0].text.startswith("Very long heading.") and passages[-1].text.endswith("Body.")
    assert len(passages) > 10


def test_furniture_interrupts():
    text = "Before. Page 3 of 9 After."
    blocks = [Block("paragraph", 0, 7), Block("furniture", 8, 19), Block("paragraph", 20, 26)]
    assert [p.text for p in split(document(text, blocks))] == ["Before.", "After."]


def test_pages_and_paragraph_numbers():
    text = "1.2 First page.\n\n[16] Second page.\n\nNo page."
    pages = [Page(1, 0, 16), Page(2, 16, 16), Page(3, 17, 36)]
    blocks = [Block("paragraph", 0, 15), Block("heading", 17, 17, 1), Block("paragraph", 17, 34)]
    blocks += [Block("furniture", 34, 34), Block("paragraph", 36, 44)]
    found = [(p.text, p.page, p.paragraph) for p in split(document(text, blocks, pages))]
    assert found == [("1.2 First page.", 1, "1.2"), ("[16] Second page.", 3, "16"), ("No page.", None, None)]


def test_blocks_stay_together_where_they_fit():
    # 5 tokens a sentence ("One two three four." is four words and a full stop): 4 sentences to a budget of 20.
    block = "One two three four. " * 3
    text = f"{block.strip()}\n\n{block.strip()}"
    assert count_tokens("One two three four.") == 5
    first = len(block.strip())
    blocks = [Block("paragraph", 0, first), Block("paragraph", first + 2, len(text))]
    assert [len(p.sentences) for p in split(document(text, blocks), 20)] == [3, 3]
    assert [len(p.sentences) for p in split(document(text, blocks), 40)] == [6]


def test_a_long_sentence_is_cut_between_words_and_characters():
    passages = split(document("word " * 1000))
    assert all(set(p.text.split()) == {"word"} for p in passages)
    accents = split(document("e\u0301" * 2000))
    assert all(p.text[0] == "e" for p in accents)
    family = split(document("👩\u200d👩\u200d👧" * 300))
    assert all(p.text[0] != "\u200d" != p.text[-1] for p in family)


# The worst of it


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("lines of one character", lambda n: "a\n" * n),
        ("capitals with blank lines", lambda n: "A\n\n" * n),
        ("no white space", lambda n: "a" * (40 * n)),
        ("no white space, many bytes", lambda n: "漢" * (8 * n)),
        ("white space", lambda n: "a" + " " * (80 * n) + "b."),
        ("newlines", lambda n: "a" + "\n" * (80 * n) + "b."),
        ("blank lines with spaces", lambda n: "a" + " \n" * (80 * n) + "b."),
        ("full stops", lambda n: "." * (40 * n)),
        ("sentences of a letter", lambda n: "A b. " * n),
        ("quotation marks", lambda n: '"' * (40 * n)),
        ("brackets after a stop", lambda n: "a" + ".)" * (8 * n)),
        ("abbreviations", lambda n: "Mr. Dr. " * n),
        ("prose in one line", lambda n: "The council did not know. It had not asked anyone. " * (n // 8)),
        ("combining marks", lambda n: "\u0301" * (20 * n)),
        ("emoji", lambda n: "👩\u200d👧" * n),
        ("bullets", lambda n: "- a\n" * n),
        ("indented", lambda n: ("   a" * 3 + "\n") * n),
    ],
)
def test_work_grows_with_the_text(name, make):
    assert grows_in_step(split, lambda n: document(make(n)), 250)
    with ends():
        split(document(make(5_000)))


def test_a_great_text():
    prose = (
        "The council did not know how many children were cared for privately. It had not asked. " * 5 + "\n\n"
    ) * 500
    with ends():
        assert len(infer_blocks("a\n" * 30_000)) == 30_000
        assert len(split(document(prose))) >= 500
        assert [p.end for p in split(document("x" * 200_000))][-1] == 200_000


def test_a_book_of_many_pages():
    def book(count: int) -> Document:
        pages = [Page(i + 1, i * 10, i * 10 + 10) for i in range(count)]
        blocks = [Block("paragraph", i * 10, i * 10 + 9) for i in range(count)]
        return document(("A word it. " * count)[: 10 * count], blocks, pages)

    assert grows_in_step(split, book, 400)
    with ends():
        passages = split(book(5_000))
    assert all(p.page == p.start // 10 + 1 for p in passages)


# Real documents


@pytest.mark.skipif(
    not (SHARED / "seeds").is_dir(), reason="the five real documents (../shared/seeds) are not here"
)
def test_the_five_real_documents():
    files = sorted((SHARED / "seeds").glob("*.txt"))
    assert len(files) == 5
    for file in files:
        (doc,) = read_documents(file, file.name)
        assert isinstance(doc, Document)
        assert doc.text == file.read_bytes().decode()
        passages = split(doc)
        assert len(passages) > 10
        assert_sound(doc, passages, 80)


@pytest.mark.skipif(not (SHARED / "pdfs").is_dir(), reason="the PDFs (../shared/pdfs) are not here")
def test_the_shortest_real_pdf():
    file = min((SHARED / "pdfs").glob("[!e]*.pdf"), key=lambda f: f.stat().st_size)
    for doc in read_documents(file, file.name):
        if isinstance(doc, Document):
            assert_sound(doc, split(doc), 80)
