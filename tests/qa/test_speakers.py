"""Who is named with a quote, and which passages a question by name asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import Passage, Span, Speech, index_paths, open_store
from index.reading.voices import speeches
from qa.service import Service
from qa.speakers import names_in, speaker_of, speaks, speeches_in
from qa.understand import understand
from tests.hashing import HashingEmbedder


def passage(text: str) -> Passage:
    return Passage("a:0", "a", 0, 0, len(text), text, speeches=speeches(text))


def quoted(text: str, part: str = "") -> str:
    start = text.index(part) if part else 0
    return speaker_of(passage(text), Span(start, start + len(part or text)))


@pytest.mark.parametrize(
    "text",
    [
        # Two speeches of one person, whose office takes more room than what she says.
        "“We were slow,” said Ann Lee, the new interim chief executive of Westhaven harbour board. “We are sorry.”",
        "“We were slow,” Ann Lee said. “We are sorry,” said Ann Lee, the chief executive.",
        "Ann Lee, the chief executive, said: “We were slow to see it.” She added: “We are sorry for that now.”",
    ],
)
def test_two_speeches_of_one_person_name_her(text: str) -> None:
    assert quoted(text).startswith("Ann Lee")


TWO = "“We were slow to see it,” said Ann Lee. But Bo Ray replied: “They were not slow. They were asleep.”"


def test_of_two_people_the_one_is_named_whose_words_are_quoted() -> None:
    assert quoted(TWO, "“We were slow to see it,” said Ann Lee.") == "Ann Lee"
    assert quoted(TWO, "But Bo Ray replied: “They were not slow. They were asleep.”") == "Bo Ray"
    both = speeches_in(passage(TWO), Span(0, len(TWO)))
    assert [(speech.speaker, TWO[speech.start : speech.end]) for speech in both] == [
        ("Ann Lee", "“We were slow to see it,”"),
        ("Bo Ray", "“They were not slow. They were asleep.”"),
    ]
    even = "“We were slow to see it all,” said Ann Lee. But Bo Ray replied: “They were all fast asleep.”"
    assert quoted(even) == ""


def test_a_few_words_of_another_leave_the_sentence_to_its_author() -> None:
    text = "Ann Lee told the board that its plan for the old pier was “not worth the ink it took” and left the room."
    assert quoted(text) == "" and quoted("The pier was shut.") == ""


def test_a_span_is_cut_from_its_speeches() -> None:
    (cut,) = speeches_in(passage("“We were slow to see it all,” said Ann Lee."), Span(4, 12))
    assert (cut.start, cut.end) == (4, 12)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What did Priya Raman say?", {"priya raman"}),
        ("What did Ms Raman say about the pier?", {"raman"}),
        ("According to Councillor Priya Raman, why was it shut?", {"priya raman"}),
        ("What did Mayor Priya Raman and Ms Lee say?", {"priya raman", "lee"}),
        ("What was Will Tuckley's explanation?", {"will tuckley"}),
        ("Why, according to the chief executive Will Tuckley, was it shut?", {"will tuckley"}),
        ("Did Priya Raman and Bo Ray agree?", {"priya raman", "bo ray"}),
        ("What did Priya Raman do in May 2017?", set()),  # her deeds, not her words
        ("When was the Upper Marl pier shut?", set()),
        ("What did the council say?", set()),
        ("What did they say in May?", set()),
    ],
)
def test_names_whose_words_are_asked_for(question: str, names: set[str]) -> None:
    assert understand(question, {}).names == names


def test_bodies_and_publishers_are_no_people() -> None:
    asked = understand("What did Ofsted and the Westhaven Gazette say?", {"Westhaven Gazette": "press"})
    assert (asked.names, asked.voices, asked.publishers) == (set(), {"inspectorate"}, {"Westhaven Gazette"})
    assert list(names_in("why was it shut?")) == []


def test_a_full_name_has_to_be_there_and_one_word_has_to_be_the_last() -> None:
    said = Passage("a:0", "a", 0, 0, 9, "123456789", speeches=(Speech(0, 9, "Priya Raman, leader"),))
    assert speaks(said, {"priya raman"}) and speaks(said, {"raman"})
    assert not any(speaks(said, {name}) for name in ("priya", "bo raman", "ram", "leader"))
    assert not speaks(said, set())
    comment = Passage("a:0", "a", 0, 0, 9, "123456789", voice="public", speaker="Cy")
    assert speaks(comment, {"cy"})


NEWS = """Pier to stay shut

The board of Westhaven harbour met on Monday to talk about the pier and its boards, its lamps and its winch.

“Nobody told us that the winch had been sold,” said Priya Raman, the board's leader.

Bo Ray, who runs the sailing school, said: “The pier should have been mended years ago, whatever the board says now.”

The board's plan for the pier says that the pier will be mended when the board has the money for the pier.
"""


def test_what_a_named_person_said_comes_first(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "news.txt").write_text(NEWS)
    store = open_store(tmp_path / "data", create=True)
    try:
        index_paths(store, HashingEmbedder(), [tmp_path / "docs"], passage_tokens=40)
        with_name = Service(store, HashingEmbedder()).search(
            "What did Priya Raman say about the pier and the board?"
        )
        first = with_name.hits[0]
        assert "Nobody told us" in first.passage.text and first.shares["source"] > 0
        assert all(hit.shares["source"] == 0 for hit in with_name.hits if "Raman" not in hit.passage.text)
        unnamed = Service(store, HashingEmbedder()).search(
            "What did Zoe Quill say about the pier and the board?"
        )
        assert all(hit.shares["source"] == 0 for hit in unnamed.hits)
    finally:
        store.close()
