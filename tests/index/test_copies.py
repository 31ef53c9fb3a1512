"""The same text printed twice is linked to where it stood first, and nothing else is."""

from __future__ import annotations

import random
from collections.abc import Collection

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.bands import LEAST_WORDS, band_keys
from index.copies import Place, Printed, copies, moment, relink
from tests.work import ends, grows_in_step

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

    def printed(count: int) -> list[Printed]:
        return [Printed(f"{i}:0", f"{i}", licence, f"2020-01-{i % 28 + 1:02}") for i in range(count)]

    with ends():
        found = copies(printed(3000))
    assert len(found) == 2999 and set(found.values()) == {"0:0"}
    assert grows_in_step(copies, printed, 200)


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


SENTENCES = [
    *RELEASE,
    *OTHER,
    RELEASE[0].replace("six", "nine"),
    RELEASE[1].replace("so that", "in order that"),
    RELEASE[2].replace("had been", "had never been"),
    "See page four.",
]
_document = st.tuples(
    st.sampled_from(["", "2024", "2024-01-10", "2024-01-11", "2025"]),
    st.lists(st.lists(st.integers(0, len(SENTENCES) - 1), min_size=1, max_size=4), min_size=1, max_size=3),
)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.tuples(st.integers(0, 13), st.none() | _document), min_size=1, max_size=24))
def test_after_every_change_the_links_are_those_of_a_look_at_everything(
    changes: list[tuple[int, tuple[str, list[list[int]]] | None]],
) -> None:
    """Documents come, change and go; an unchanged name keeps its passages' keys, as a store does."""
    texts: dict[int, str] = {}
    places: dict[int, Place] = {}
    keys: dict[int, bytes] = {}
    links: dict[int, str] = {}
    for document, content in changes:
        name = f"{document:02}"
        gone = [number for number, place in places.items() if place.document == name and number in texts]
        for number in gone:
            del texts[number]
        new = []
        for ordinal, picked in enumerate(content[1] if content else []):
            number = len(keys)  # never given twice
            texts[number] = " ".join(SENTENCES[i] for i in picked)
            places[number] = Place(moment(content[0] if content else ""), name, ordinal, f"{name}:{ordinal}")
            (keys[number],) = band_keys([texts[number]])
            new.append(number)
        links = relink(
            {number: keys[number] for number in (*texts, *gone)},
            new,
            gone,
            {number: origin for number, origin in links.items() if number in texts},
            lambda wanted: {number: places[number] for number in wanted},
            lambda wanted: {number: texts[number] for number in wanted},
        )
        ordered = sorted(texts, key=places.__getitem__)
        whole = copies(
            [Printed(places[n].key, places[n].document, texts[n], places[n].when.strip("~")) for n in ordered]
        )
        assert {places[number].key: origin for number, origin in links.items()} == whole


def test_keys_do_not_depend_on_what_else_is_looked_at() -> None:
    passages, _ = corpus(300)
    texts = ["", "short", *(one.text for one in passages), ""]
    together = band_keys(texts)
    assert [band_keys([text])[0] for text in texts] == together
    assert together[0] == together[1] == b"" and all(len(keys) % 64 == 0 and keys for keys in together[2:-1])
    assert band_keys([]) == []


def test_one_document_more_is_linked_without_a_look_at_the_texts_of_the_others() -> None:
    passages, _ = corpus(4000)
    told = {i: Place(moment(one.published), one.document, i, one.key) for i, one in enumerate(passages)}
    keys = dict(enumerate(band_keys(one.text for one in passages)))
    read: list[int] = []

    def texts(numbers: Collection[int]) -> dict[int, str]:
        read.extend(numbers)
        return {number: passages[number].text for number in numbers}

    def places(numbers: Collection[int]) -> dict[int, Place]:
        return {number: told[number] for number in numbers}

    whole = relink(keys, keys, (), {}, places, texts)
    last = [number for number in keys if passages[number].document == passages[-1].document]
    before = relink(
        {n: k for n, k in keys.items() if n not in last}, set(keys) - set(last), (), {}, places, texts
    )
    read.clear()
    assert relink(keys, last, (), before, places, texts) == whole
    assert len(read) < 400
    read.clear()
    assert relink(keys, (), last, {n: o for n, o in whole.items() if n not in last}, places, texts) == before
    assert len(read) < 400
