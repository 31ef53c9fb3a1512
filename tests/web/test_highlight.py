"""The viewer's blocks: nothing readable is lost, and exactly the cited characters are marked."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Block, Document, DocumentInfo, Page
from tests.web.standin import DOCUMENTS, INSPECTION
from web.highlight import view_blocks

INFO = DocumentInfo("d", "d.txt", "D", "0" * 64, "text/plain")


def marked(document: Document, start: int, end: int) -> list[str]:
    return [p.text for b in view_blocks(document, start, end) for p in b.pieces if p.marked]


def test_a_span_across_blocks_is_marked_in_each_and_anchored_once() -> None:
    start, end = INSPECTION.text.index("closed before"), INSPECTION.text.index(" was infrequent")
    blocks = view_blocks(INSPECTION, start, end)
    assert marked(INSPECTION, start, end) == [
        "closed before enough was known.",
        "Managers did not challenge drift. Supervision",
    ]
    anchors = [p.text for b in blocks for p in b.pieces if p.anchor]
    assert anchors == ["closed before enough was known."]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.info.source_id[:12])
@given(data=st.data())
def test_exactly_the_cited_words_are_marked(document: Document, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(document.text) - 1))
    end = data.draw(st.integers(start + 1, len(document.text)))
    blocks = view_blocks(document, start, end)
    shown = {b.start + i for b in blocks for i in range(sum(len(p.text) for p in b.pieces))}
    expected = [i for i in range(start, end) if i in shown and not document.text[i].isspace()]
    found = []
    for block in blocks:
        at = block.start
        for piece in block.pieces:
            assert document.text[at : at + len(piece.text)] == piece.text
            found += [at + i for i, c in enumerate(piece.text) if piece.marked and not c.isspace()]
            at += len(piece.text)
    assert found == expected
    assert sum(p.anchor for b in blocks for p in b.pieces) == (1 if expected else 0)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.info.source_id[:12])
def test_every_word_is_shown(document: Document) -> None:
    shown = " ".join(b.marker + " " + "".join(p.text for p in b.pieces) for b in view_blocks(document))
    assert re.findall(r"\w+", shown) == re.findall(r"\w+", document.text)


def test_text_between_blocks_and_pages_are_shown() -> None:
    text = "# One\n\nfree words\n\n- item\n- \nlast"
    document = Document(
        INFO,
        text,
        (Block("heading", 2, 5, 1), Block("item", 21, 25)),
        (Page(1, 0, 19), Page(2, 19, 33, "ii")),
    )
    blocks = view_blocks(document)
    assert [(b.kind, "".join(p.text for p in b.pieces), b.marker, b.page and b.page.number) for b in blocks] == [
        ("heading", "One", "", 1), ("paragraph", "free words", "", None), ("item", "item", "", 2),
        ("paragraph", "- \nlast", "", None),
    ]  # fmt: skip


def test_a_span_of_white_space_alone_marks_nothing() -> None:
    assert marked(Document(INFO, "one\n\ntwo"), 3, 5) == []
