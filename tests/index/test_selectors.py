"""References that outlive edits: found again where they are, and never passed off as unchanged."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.selectors import Selector, describe, from_json, resolve
from tests.work import ends

TEXT = (
    "The board met four times. It was not told that the bridge had failed its test in 2016.\n\n"
    "Engineers had written to the “owner” twice, and the final figure of £4.8m was never agreed.\n\n"
    "The bridge closed on 7 April. The board met again in May, and it was told everything then."
)
QUOTE = "It was not told that the bridge had failed its test in 2016."


def selector(quote: str, text: str = TEXT) -> Selector:
    start = text.index(quote)
    return describe(text, start, start + len(quote))


def words(seed: int, characters: int) -> str:
    """Running text without end: words of a made-up language, in sentences and paragraphs."""
    chance = random.Random(seed)
    syllables = ["ka", "lo", "mi", "ter", "un", "sel", "ora", "bi", "ne", "dust", "fen", "gar", "pri", "wo"]
    vocabulary = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(4000)]
    pieces, size = [], 0
    while size < characters:
        sentence = " ".join(chance.choices(vocabulary, k=chance.randint(5, 25))).capitalize() + "."
        pieces.append(sentence + ("\n\n" if chance.random() < 0.2 else " "))
        size += len(pieces[-1])
    return "".join(pieces)[:characters]


def test_the_same_place() -> None:
    found = resolve(selector(QUOTE), TEXT)
    assert (found.status, TEXT[found.start : found.end], found.similarity) == ("same", QUOTE, 1.0)


def test_moved_by_an_edit_before_it() -> None:
    changed = "A new first paragraph.\n\n" + TEXT.replace("four times", "five times")
    found = resolve(selector(QUOTE), changed)
    assert (found.status, changed[found.start : found.end]) == ("moved", QUOTE)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("not told", "told", "It was told that the bridge had failed its test in 2016."),
        ("2016", "2017", "It was not told that the bridge had failed its test in 2017."),
        ("It was", "Nobody was", "Nobody was not told that the bridge had failed its test in 2016."),
        ("test in 2016.", "test in 2016!", "It was not told that the bridge had failed its test in 2016!"),
        (
            "had failed",
            "narrowly passed",
            "It was not told that the bridge narrowly passed its test in 2016.",
        ),
        ("It was not", "it was not", "it was not told that the bridge had failed its test in 2016."),
    ],
)
def test_a_changed_word_is_a_change_with_its_new_span(old: str, new: str, expected: str) -> None:
    for before in ("", "Preface.\n\n"):
        changed = before + TEXT.replace(old, new, 1)
        found = resolve(selector(QUOTE), changed)
        assert found.status == "changed"
        assert changed[found.start : found.end] == expected
        assert 0.6 <= found.similarity < 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("not told that", "not\n   told\u00a0that"),
        ("the “owner” twice", 'the "owner" twice'),
        ("final figure", "ﬁnal ﬁgure"),
    ],
)
def test_white_space_ligatures_and_quotation_marks_are_no_change(old: str, new: str) -> None:
    quote = TEXT[: TEXT.index("agreed.") + 7]
    changed = TEXT.replace(old, new)
    assert changed != TEXT
    found = resolve(describe(TEXT, 0, len(quote)), changed)
    assert found.status == "moved" and found.similarity == 1
    assert changed[found.start : found.end].endswith("was never agreed.") and found.start == 0
    back = resolve(describe(changed, found.start, found.end), TEXT)
    assert (back.status, TEXT[back.start : back.end]) == ("moved", TEXT[: TEXT.index("agreed.") + 7])


def test_white_space_where_there_was_none_is_a_change() -> None:
    text = "The clerk says that the money is nowhere. The books were closed on Friday."
    found = resolve(selector("the money is nowhere.", text), text.replace("nowhere", "now here"))
    assert found.status == "changed"


def test_removed_words_are_gone() -> None:
    found = resolve(selector(QUOTE), TEXT.replace(QUOTE + "\n\n", ""))
    assert (found.status, found.start, found.end, found.similarity) == ("gone", 0, 0, 0.0)
    assert resolve(selector(QUOTE), "").status == "gone"
    assert resolve(selector(QUOTE), words(1, 5000)).status == "gone"


def test_of_equal_words_the_ones_in_the_same_surroundings_are_taken() -> None:
    rows = [("Leadership", "Good"), ("Care", "Good"), ("Adoption", "Good"), ("Health", "Good")]
    text = "\n".join(f"{name} of the service was judged {grade}." for name, grade in rows)
    start = text.index("Good", text.index("Adoption"))
    chosen = describe(text, start, start + 4, context=40)
    changed = "Contents and a summary of every judgement.\n" + text
    found = resolve(chosen, changed)
    assert (found.status, found.start) == ("moved", changed.index("Good", changed.index("Adoption")))


def test_equal_words_elsewhere_do_not_hide_a_change() -> None:
    text = (
        "In the north the pumps were working. The crews went home early on Monday.\n\n"
        "In the south the pumps were working. Nobody had checked the cables since May."
    )
    start = text.rindex("the pumps were working.")
    chosen = describe(text, start, start + len("the pumps were working."))
    changed = text[:start] + "the pumps were not working." + text[start + len("the pumps were working.") :]
    found = resolve(chosen, changed)
    assert (found.status, changed[found.start : found.end]) == ("changed", "the pumps were not working.")


def test_words_at_the_ends_of_a_text_and_no_words() -> None:
    for start, end in ((0, 9), (len(TEXT) - 5, len(TEXT)), (0, len(TEXT)), (30, 30)):
        chosen = describe(TEXT, start, end)
        assert chosen.exact == TEXT[start:end]
        assert TEXT[:start].endswith(chosen.prefix) and TEXT[end:].startswith(chosen.suffix)
        found = resolve(chosen, TEXT)
        assert (found.status, found.start, found.end) == ("same", start, end)


def test_context_is_cut_between_words_and_never_longer_than_asked() -> None:
    chosen = selector("bridge had failed")
    assert 0 < len(chosen.prefix) <= 32 and 0 < len(chosen.suffix) <= 32
    assert chosen.prefix == "times. It was not told that the "
    assert TEXT[chosen.end + len(chosen.suffix)].isspace()


def test_a_span_outside_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="characters 3 to 400 are not in a text of"):
        describe("short", 3, 400)


def test_the_json_of_the_recommendation() -> None:
    chosen = selector("four times")
    assert chosen.as_json() == [
        {"type": "TextQuoteSelector", "exact": "four times", "prefix": "The board met ",
         "suffix": chosen.suffix},
        {"type": "TextPositionSelector", "start": 14, "end": 24},
    ]  # fmt: skip
    assert from_json(chosen.as_json()) == chosen


@pytest.mark.parametrize(
    "parts",
    [
        [], [{"type": "TextQuoteSelector", "exact": "a"}], ["text"], [{}], 7,
        [{"type": "TextQuoteSelector", "exact": 1}, {"type": "TextPositionSelector", "start": 0, "end": 1}],
        [{"type": "TextQuoteSelector", "exact": "a"}, {"type": "TextPositionSelector", "start": 0, "end": 9}],
        [{"type": "TextQuoteSelector", "exact": "a"}, {"type": "TextPositionSelector", "start": -1, "end": 0}],
        [{"type": "TextQuoteSelector", "exact": "a"}, {"type": "TextPositionSelector", "start": True, "end": 2}],
    ],
)  # fmt: skip
def test_what_is_no_reference_is_refused(parts: list[object]) -> None:
    with pytest.raises(ValueError, match="a reference"):
        from_json(parts)  # type: ignore[arg-type]


_edits = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 30), st.text("abc ox.\n", max_size=30)), max_size=6
)


def edited(text: str, edits: list[tuple[float, int, str]]) -> str:
    for where, removed, inserted in edits:
        at = int(where * len(text))
        text = text[:at] + inserted + text[at + removed :]
    return text


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 50), where=st.floats(0, 0.9), length=st.integers(60, 400), before=_edits, after=_edits
)
def test_edits_elsewhere_never_lose_a_quotation(
    seed: int,
    where: float,
    length: int,
    before: list[tuple[float, int, str]],
    after: list[tuple[float, int, str]],
) -> None:
    text = words(seed, 3000)
    start = int(where * (len(text) - length))
    chosen = describe(text, start, start + length)
    head, tail = edited(text[:start], before), edited(text[start + length :], after)
    changed = head + chosen.exact + tail
    found = resolve(chosen, changed)
    assert (found.start, found.end) == (len(head), len(head) + length)
    assert found.status == ("same" if len(head) == start else "moved")
    assert found.similarity == 1


@settings(deadline=None, max_examples=80)
@given(
    seed=st.integers(0, 50),
    where=st.floats(0, 0.9),
    length=st.integers(60, 400),
    at=st.floats(0, 1),
    removed=st.integers(0, 12),
    inserted=st.text("abc notx.7", max_size=12),
    before=_edits,
)
def test_edits_inside_are_never_passed_off_as_the_same(
    seed: int,
    where: float,
    length: int,
    at: float,
    removed: int,
    inserted: str,
    before: list[tuple[float, int, str]],
) -> None:
    text = words(seed, 3000)
    start = int(where * (len(text) - length))
    chosen = describe(text, start, start + length)
    cut = int(at * (length - 1))
    inside = chosen.exact[:cut] + inserted + chosen.exact[cut + removed :]
    head = edited(text[:start], before)
    changed = head + inside + text[start + length :]
    found = resolve(chosen, changed)
    unchanged = "".join(chosen.exact.split()) in "".join(
        changed.split()
    )  # what was put in stood there already
    if not unchanged:
        assert found.status in ("changed", "gone")
        assert found.similarity < 1
    if len(inside) > 2 * len(chosen.exact) // 3 + 12 and not unchanged:
        assert found.status == "changed"
        assert abs(found.start - len(head)) <= 40 and abs(found.end - len(head) - len(inside)) <= 40


def test_a_megabyte_is_searched_at_once() -> None:
    text = words(3, 1_000_000)
    start = 700_000
    chosen = describe(text, start, start + 600)
    shifted = "A new beginning. " + text
    changed = shifted[: start + 300] + "and another thing entirely " + shifted[start + 320 :]
    for new, status in (
        (text, "same"),
        (shifted, "moved"),
        (changed, "changed"),
        (words(9, 1_000_000), "gone"),
    ):
        with ends(5):  # comparing the words with each place takes minutes
            found = resolve(chosen, new)
        assert found.status == status


def test_a_text_that_repeats_itself_takes_no_time() -> None:
    text = "ab " * 300_000
    with ends(10):
        found = resolve(describe(text, 600_000, 600_030), text)
        assert found.status == "same"
        found = resolve(Selector("ab ab ac ab ab " * 20, "zzz ", " yyy", 5, 305), text)
        assert found.status in ("changed", "gone")
