"""What is told from a document's text, put together."""

from __future__ import annotations

from index.reading.annotate import annotate
from index.types import Document, DocumentInfo

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
