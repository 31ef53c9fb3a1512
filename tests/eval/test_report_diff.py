from hypothesis import given
from hypothesis import strategies as st

from eval.report.diff import mark_quotes, mark_words
from tests.eval.report_values import NEW_QUOTE, OLD_QUOTE, quote

TEXTS = st.text(alphabet="ab c\n", max_size=30)


def marked(pieces) -> str:
    return "".join(piece.text if piece.shared else f"[{piece.text}]" for piece in pieces)


def test_words_of_one_run_only_are_marked():
    (old,), (new,) = mark_quotes([OLD_QUOTE], [NEW_QUOTE])
    assert marked(old.pieces) == "The council closed [six ]homes in [May.]"
    assert marked(new.pieces) == "The council closed [five ]homes in [May and June.]"
    assert not old.same and not new.same


def test_a_quote_that_only_moved_is_the_same():
    first, second = quote("Elm House shut."), quote("Oak House did not.", 40)
    old, new = mark_quotes([first, second], [second, first])
    assert all(item.same for item in (*old, *new))


def test_the_same_words_of_another_document_are_another_quote():
    (old,), (new,) = mark_quotes([quote("Six homes.")], [quote("Six homes.", source="b.txt")])
    assert not old.same and not new.same


def test_quotes_with_little_in_common_are_not_held_against_each_other():
    (old,), (new,) = mark_quotes([quote("The cat sat on a mat.")], [quote("The council did nothing of it.")])
    assert marked(old.pieces) == "[The cat sat on a mat.]"
    assert marked(new.pieces) == "[The council did nothing of it.]"


@given(TEXTS, TEXTS)
def test_nothing_is_lost_and_what_is_shared_is_shared(old, new):
    before, after = mark_words(old, new)
    assert "".join(piece.text for piece in before) == old
    assert "".join(piece.text for piece in after) == new
    shared = [[w for piece in side if piece.shared for w in piece.text.split()] for side in (before, after)]
    assert shared[0] == shared[1]
    assert mark_words(old, old)[0] == tuple(piece for piece in mark_words(old, old)[1])
    assert all(piece.shared for piece in mark_words(old, old)[0])
