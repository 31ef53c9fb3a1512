"""What is told from a document's text, put together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reading.annotate import annotate
from index.reading.voices.furniture import comment_furniture, without_furniture
from index.split import split
from index.types import Block, Document, DocumentInfo, Passage, Span, Speech, in_order
from tests.work import ends, grows_in_step

ARTICLE = """Ferry pier shut

Posted on Friday 26th March 2021 by Harbour Watch

I have read the whole survey. It says the boards will rot
within three winters, and that the board was told so in
2016.

"""

COMMENTS = """3 Comments

Cy
March 26, 2021 at 7:40 pm
They sold the winch for less than half of what it was worth.
Reply

Ann Lee
March 27, 2021 at 9:12 am
They knew of it in 2016 and told nobody about it.
Reply

Bo Ray
March 28, 2021 at 8:01 pm
Who valued the land?
Reply
"""


def test_what_a_reader_asks_is_no_heading() -> None:
    """It would be in no passage, and could neither be found nor quoted."""
    text = ARTICLE + COMMENTS
    document = annotate(Document(DocumentInfo("a", "a.txt", "A", "0", "text/plain"), text))
    kinds = {text[block.start : block.end].split("\n")[0]: block.kind for block in document.blocks}
    assert kinds["Ferry pier shut"] == "heading"
    assert [speech.speaker for speech in document.speeches] == ["Cy", "Ann Lee", "Bo Ray"]
    asked = text.index("Who valued")
    holding = [block for block in document.blocks if block.start <= asked < block.end]
    assert [block.kind for block in holding] == ["paragraph"]


def test_when_and_by_whom_it_was_posted_is_no_heading() -> None:
    """Every passage below would be cited under it."""
    document = annotate(Document(DocumentInfo("a", "a.txt", "A", "0", "text/plain"), ARTICLE))
    assert (document.info.published, document.info.dated_by) == ("2021-03-26", "text")
    assert [block.kind for block in document.blocks] == ["heading", "paragraph", "paragraph"]


def passages(text: str) -> list[Passage]:
    return split(annotate(Document(DocumentInfo("a", "a.txt", "A", "0", "text/plain"), text)))


@pytest.mark.parametrize(
    "reply", ["Reply", "Reply to Ann Lee", "Log in to Reply", "Like | Reply", "2 replies", "Report comment"]
)
@pytest.mark.parametrize(
    "header",
    ["{} says:\n7 April 2017 at 9:14", "{}\n\nApril 7, 2017 at 9:14 am", "{} 7 April 2017 at 9:14 #"],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_comments_header_and_reply_link_are_in_no_passage(header: str, reply: str, gap: str) -> None:
    said = {"Ann Lee": "I walked over it for years. Now I can't.", "Bo Ray": "So did I. Like most of us."}
    parts = ["The bridge is shut\n\nIt will stay shut.\n\n2 comments\n"]
    parts += [gap.join([header.format(name), words, reply]) for name, words in said.items()]
    found = passages("\n\n".join(parts))
    spoken = [one for one in found if one.voice]
    assert [(one.voice, one.speaker, one.published, one.text) for one in spoken] == [
        ("public", name, "2017-04-07", words) for name, words in said.items()
    ]
    for one in found:
        assert "9:14" not in one.text and reply not in one.text, one.text


def test_words_about_replies_stay_a_comment() -> None:
    text = ARTICLE + COMMENTS.replace(
        "Who valued the land?", "Reply to my letter, please.\n\nLike that will happen."
    )
    (asked,) = [one for one in passages(text) if one.speaker == "Bo Ray"]
    assert asked.text == "Reply to my letter, please.\n\nLike that will happen."
    # Who says "Like" and no more has still said it.
    (only,) = [
        one
        for one in passages(ARTICLE + COMMENTS.replace("Who valued the land?", "Like"))
        if one.speaker == "Bo Ray"
    ]
    assert only.text.startswith("Like")


@given(st.text(alphabet="ab \n", max_size=60), st.data())
def test_cutting_furniture_out_loses_no_character(text: str, data: st.DataObject) -> None:
    def cut(most: int) -> list[Span]:
        places = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=most)))
        return [Span(a, b) for a, b in zip(places[::2], places[1::2], strict=False)]

    blocks = tuple(Block("paragraph", span.start, span.end) for span in cut(8))
    spans = tuple(cut(6))
    found = without_furniture(text, blocks, spans)
    assert in_order(found)
    kinds = {i: block.kind for block in found for i in range(block.start, block.end)}
    for block in blocks:
        for i in range(block.start, block.end):
            inside = any(span.start <= i < span.end for span in spans)
            assert text[i].isspace() or kinds[i] == ("furniture" if inside else "paragraph")


def test_many_comments_take_work_in_step() -> None:
    def comments(count: int) -> tuple[str, tuple[Speech, ...]]:
        text = "".join(
            f"Ann Lee says:\n7 April 2017 at 9:{i % 60:02}\nWell {i}.\nReply\n\n" for i in range(count)
        )
        at, remarks = 0, []
        for part in text.split("\n\n")[:-1]:
            remarks.append(Speech(at, at + len(part), "Ann Lee", "public"))
            at += len(part) + 2
        return text, tuple(remarks)

    def work(given: tuple[str, tuple[Speech, ...]]) -> tuple[tuple[Span, ...], tuple[Block, ...]]:
        text, remarks = given
        spans = comment_furniture(text, remarks)
        return spans, without_furniture(text, (Block("paragraph", 0, len(text)),), spans)

    assert grows_in_step(work, comments, 100)
    text, remarks = comments(3_000)
    with ends():
        spans, blocks = work((text, remarks))
    assert len(spans) == 6_000 and [text[s.start : s.end] for s in spans[1::2]] == ["Reply"] * 3_000
    assert len(blocks) == 9_000
