"""Which list a character stands in, and the words that introduce it."""

from __future__ import annotations

import pytest

from index import Document, DocumentInfo, Passage, document_id, infer_blocks, listing
from index.reading.lists import lead_in

TEXT = """Nobody had looked for years. Three bodies might have noticed:

- the council, whose leaders never asked;

- the board, which met twice a year and always agreed;

- the commissioners.

None of them did."""


def document(text: str = TEXT) -> Document:
    info = DocumentInfo(document_id("a.md"), "a.md", "A", "", "text/markdown")
    return Document(info, text, blocks=infer_blocks(text))


def words(span: object) -> str:
    return TEXT[span.start : span.end]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "inside", ["Three bodies", "might have", "the council", "always agreed", "the commissioners"]
)
def test_the_words_that_introduce_it_and_every_item(inside):
    lead, items = listing(document(), TEXT.index(inside))
    assert words(lead) == "Three bodies might have noticed:"
    assert [words(item).lstrip("- ") for item in items] == [
        "the council, whose leaders never asked;",
        "the board, which met twice a year and always agreed;",
        "the commissioners.",
    ]


@pytest.mark.parametrize("outside", ["Nobody had", "None of them"])
def test_what_stands_before_and_after_is_in_no_list(outside):
    assert listing(document(), TEXT.index(outside)) is None


def test_items_that_nothing_introduces_are_no_list_and_nor_is_a_colon_without_items():
    assert listing(document(TEXT.replace("noticed:", "noticed.")), TEXT.index("the board")) is None
    text = "Three bodies might have noticed:\n\nNone of them did."
    assert listing(document(text), 3) is None
    assert listing(document(""), 0) is None


def test_a_passage_in_the_midst_of_a_list_is_introduced_and_one_that_stands_with_the_words_is_not():
    whole = document()

    def passage(beginning: str) -> Passage:
        start = TEXT.index(beginning)
        return Passage("p", "a.md", 0, start, len(TEXT), TEXT[start:])

    for beginning in ("the council", "the board", "the commissioners"):
        lead = lead_in(whole, passage(beginning))
        assert lead and words(lead) == "Three bodies might have noticed:"
    for beginning in ("Nobody", "Three", "None of"):
        assert lead_in(whole, passage(beginning)) is None
