"""The same text printed twice is linked to where it stood first, and nothing else is."""

from __future__ import annotations

import random
import time

import pytest

from index.copies import LEAST_WORDS, Printed, copies

RELEASE = [
    "The county will spend six million pounds on mending the sea wall at Anwick before next winter.",
    "Work begins in March and will be done at night, so that the harbour can stay open by day.",
    "Engineers found that the old wall had been hollow for most of its length since the storm of 1953.",
    "The leader of the county said that no family would have to leave its home while the work goes on.",
    "A public meeting is held in the town hall on the second of February, and everyone is welcome there.",
    "Those who cannot come may write to the clerk, who answers every letter within ten working days.",
]
OTHER = [
    "The museum has bought a painting of the fleet that was thought to be lost in a fire long ago.",
    "It hangs in the north room, next to the model of the lighthouse that school classes built last year.",
]


def passage(key: str, sentences: list[str], published: str = "") -> Printed:
    return Printed(key, key.partition(":")[0], " ".join(sentences), published)


def test_a_press_release_in_three_papers_with_other_borders_has_one_origin() -> None:
    passages = [
        passage("echo:0", [*RELEASE[1:4]], "2024-01-11"),
        passage("echo:1", [*RELEASE[4:], OTHER[0]], "2024-01-11"),
        passage("county:0", RELEASE[:3], "2024-01-10"),
        passage("county:1", RELEASE[3:], "2024-01-10"),
        passage("post:0", RELEASE[:2], "2024-01-12"),
        passage("post:1", OTHER, "2024-01-12"),
        passage("times:0", RELEASE, "2024-01"),
    ]
    assert copies(passages) == {"echo:0": "county:0", "post:0": "county:0", "times:0": "county:1"}
    # The paper that prints it all repeats most of county:1. A third of echo:1 is the paper's own; it is no copy.


def test_a_report_that_repeats_its_summary() -> None:
    passages = [
        passage("report:0", RELEASE[:3]),
        passage("report:1", OTHER),
        passage("report:2", RELEASE[:3]),
    ]
    assert copies(passages) == {"report:2": "report:0"}


def test_small_edits_are_no_new_source() -> None:
    edited = (
        " ".join(RELEASE[:4])
        .replace("The county", "Anwick county council")
        .replace("so that", "in order that")
    )
    passages = [passage("a:0", RELEASE[:4], "2024"), Printed("b:0", "b", edited, "2025")]
    assert copies(passages) == {"b:0": "a:0"}
    wrapped = edited.replace(" ", "\n", 9).replace("'", "’").upper()
    assert copies([passages[0], Printed("b:0", "b", wrapped, "2025")]) == {"b:0": "a:0"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("six million", "6 million"),
        ("of 1953", "of 1963"),
        ("no family would", "every family would"),
        ("had been hollow", "had not been hollow"),
        ("can stay open", "cannot stay open"),
    ],
)
def test_another_figure_or_a_negation_is_another_statement(old: str, new: str) -> None:
    edited = " ".join(RELEASE).replace(old, new)
    assert edited != " ".join(RELEASE)
    assert copies([passage("a:0", RELEASE, "2024"), Printed("b:0", "b", edited, "2025")]) == {}


def test_a_changed_figure_at_either_end_is_seen() -> None:
    for text, other in (("{} of them were late. ", "{}"), ("{}", "They came late, all {}")):
        one = text.format("14") + " " + " ".join(RELEASE[:2]) + " " + other.format("14")
        two = text.format("15") + " " + " ".join(RELEASE[:2]) + " " + other.format("15")
        assert copies([Printed("a:0", "a", one), Printed("b:0", "b", two)]) == {}
        assert copies([Printed("a:0", "a", one), Printed("b:0", "b", one)]) == {"b:0": "a:0"}


def test_earliest_is_by_date_then_by_order_and_undated_comes_last() -> None:
    dates = {"none": "", "year": "2024", "day": "2024-12-31", "month": "2024-12", "twin": "2024-12-31"}
    same = [passage(f"{name}:0", RELEASE[:3], published) for name, published in dates.items()]
    assert copies(same) == {"none:0": "day:0", "year:0": "day:0", "month:0": "day:0", "twin:0": "day:0"}


def test_a_link_leads_to_an_origin_and_never_to_a_copy() -> None:
    first = [*RELEASE, *OTHER]
    second = [*RELEASE, OTHER[0], "Nobody asked for it."]
    third = [*RELEASE[3:], OTHER[0], "Nobody asked for it."]
    passages = [passage("a:0", first, "2024"), passage("b:0", second, "2025"), passage("c:0", third, "2026")]
    assert copies(passages) == {"c:0": "b:0"}  # "nobody" is in no earlier one
    passages[1] = passage("b:0", [*RELEASE, OTHER[0], "Everybody asked for the ships."], "2025")
    passages[2] = passage("c:0", [*RELEASE[4:], OTHER[0], "Everybody asked for the ships."], "2026")
    found = copies(passages)
    assert found == {"b:0": "a:0", "c:0": "a:0"}


def test_short_passages_are_never_copies() -> None:
    short = " ".join(["word"] * (LEAST_WORDS - 1))
    assert copies([Printed("a:0", "a", short), Printed("b:0", "b", short)]) == {}
    assert copies([]) == {} and copies([Printed("a:0", "a", "")]) == {}


def test_a_sentence_quoted_in_another_text_makes_it_no_copy() -> None:
    passages = [passage("a:0", RELEASE[:3], "2024"), passage("b:0", [OTHER[0], RELEASE[1], OTHER[1]], "2025")]
    assert copies(passages) == {}


def test_what_many_documents_share_is_one_origin_and_quickly_found() -> None:
    licence = (
        "You may copy and reuse this document free of charge in any form, provided that you name its source."
    )
    passages = [Printed(f"{i}:0", f"{i}", licence, f"2020-01-{i % 28 + 1:02}") for i in range(3000)]
    began = time.process_time()
    found = copies(passages)
    assert len(found) == 2999 and set(found.values()) == {"0:0"}
    assert time.process_time() - began < 5


def corpus(count: int, seed: int = 5) -> tuple[list[Printed], dict[str, str]]:
    """Passages of sentences of made-up words, one in ten of them a light edit of another, and which of which."""
    chance = random.Random(seed)
    vocabulary = ["".join(chance.choices("aeioubcdfglmnprst", k=chance.randint(2, 9))) for _ in range(20_000)]
    weights = [1 / (i + 1) for i in range(len(vocabulary))]
    stream = iter(chance.choices(vocabulary, weights, k=count * 110))
    passages: list[Printed] = []
    expected: dict[str, str] = {}
    for i in range(count):
        key = f"{i // 20}:{i}"
        if i % 10 == 9:
            origin = passages[chance.randrange(0, i - i % 20 or 1)]
            words = origin.text.split()
            for _ in range(2):
                words[chance.randrange(len(words))] = "edited"
            passages.append(Printed(key, f"{i // 20}", " ".join(words), "2024"))
            expected[key] = expected.get(origin.key, origin.key)
        else:
            sentences = [
                " ".join(next(stream) for _ in range(chance.randint(8, 28))).capitalize() + "."
                for _ in range(5)
            ]
            passages.append(Printed(key, f"{i // 20}", " ".join(sentences), "2024"))
    return passages, expected


def test_nearly_all_copies_are_found_no_other_is_and_twice_the_same() -> None:
    passages, expected = corpus(3000)
    found = copies(passages)
    right = sum(found.get(key) == origin for key, origin in expected.items())
    assert right >= 0.97 * len(expected)
    assert len(found) - right <= 0.01 * len(expected)
    assert copies(passages) == found


def test_nothing_in_common() -> None:
    texts = (
        "One board met in May and wrote to all schools.",
        "Another body never met at all and wrote to no one.",
    )
    assert (
        copies(
            [
                Printed(text, text, f"{text} It has twelve words at the very least, and more.", "")
                for text in texts
            ]
        )
        == {}
    )
    assert copies([Printed(text, text, text, "") for text in texts]) == {}
