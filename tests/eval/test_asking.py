"""Questions made of an index: where they come from, what is left of their passage, and what may be a negative."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from eval.train.asking import KINDS, Posed, pose
from eval.train.draw import main as draw
from eval.train.groups import read_groups
from index import Store, index_paths, open_store
from qa import Service
from tests.hashing import HashingEmbedder

TRADES = [
    "bakers",
    "millers",
    "coopers",
    "weavers",
    "smiths",
    "dyers",
    "potters",
    "glaziers",
    "tanners",
    "fishers",
    "carters",
    "printers",
    "masons",
    "thatchers",
]

DOCUMENT = """# Register of the {trade}

## Admission of {trade}

The {trade} admit a new member after seven years of service. Nobody may vouch for a cousin, and the {trade} hear two
neighbours before they vote. In {year} the guild of Amberley refused {count} members for want of a second voucher.

## Notes

Dues of the {trade} are paid at midsummer to the clerk. The clerk of the {trade} keeps a book of dues, and reads it out
every autumn. Whoever owes {count} pence is named, and the {trade} then take a lamp from the debtor until it is paid.
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("guilds")
    (folder / "docs").mkdir()
    for number, trade in enumerate(TRADES):
        text = DOCUMENT.format(trade=trade, year=1610 + number, count=23 + number)
        (folder / "docs" / f"{trade}.md").write_text(text, "utf-8")
    with closing(open_store(folder / "data", create=True)) as store:
        summary = index_paths(store, HashingEmbedder(), [folder / "docs"])
        assert len(summary.added) == len(TRADES) and not summary.failed
        yield store


@pytest.fixture(scope="module")
def posed(store: Store) -> list[Posed]:
    return pose(Service(store, HashingEmbedder()))


def of_kind(posed: list[Posed], kind: str) -> list[Posed]:
    return [one for one in posed if one.group.collection == kind]


def test_there_are_questions_of_each_kind_and_the_same_every_time(store: Store, posed: list[Posed]) -> None:
    assert set(Counter(one.group.collection for one in posed)) == set(KINDS)
    assert pose(Service(store, HashingEmbedder())) == posed
    assert pose(Service(store, HashingEmbedder()), seed=8) != posed
    assert len(pose(Service(store, HashingEmbedder()), 9)) <= 9


def test_a_heading_is_taken_out_of_its_passage_and_one_that_many_share_asks_nothing(
    posed: list[Posed],
) -> None:
    asked = of_kind(posed, "heading")
    assert {one.group.question for one in asked} == {f"Admission of {trade}" for trade in TRADES}
    for one in asked:
        assert "Admission of" not in one.group.positive and "admit a new member" in one.group.positive


def test_a_sentence_is_taken_out_of_its_passage(posed: list[Posed]) -> None:
    asked = of_kind(posed, "opening")
    assert any("admit a new member after seven years" in one.group.question for one in asked)
    for one in asked:
        assert one.group.question not in one.group.positive
        assert one.group.positive.startswith("Register of the ")


def test_the_span_that_is_blanked_out_is_in_no_text_of_its_question(posed: list[Posed]) -> None:
    asked = of_kind(posed, "gap")
    of_guild = [one for one in asked if "the guild of" in one.group.question]
    assert of_guild
    for one in of_guild:
        assert not {"Amberley", "year"} <= set(one.group.question.split())
    assert all(one.group.positive.count("  ") == 0 for one in asked)


def test_neither_the_passage_itself_nor_its_neighbours_are_negatives(posed: list[Posed]) -> None:
    for one in posed:
        title = one.group.positive.partition(".")[0]
        assert one.group.positive not in one.group.negatives
        assert not any(text.startswith(f"{title}. ") for text in one.group.negatives)
        assert 1 <= len(one.group.negatives) <= 12


def test_it_tells_how_far_it_is(store: Store) -> None:
    heard: list[tuple[int, int]] = []
    pose(Service(store, HashingEmbedder()), 6, progress=lambda done, total: heard.append((done, total)))
    assert [done for done, _ in heard] == list(range(1, 7)) and {total for _, total in heard} == {6}


def test_the_command_draws_groups_from_any_documents(tmp_path: Path) -> None:
    for folder, trades in (("one", TRADES[:7]), ("two", TRADES[7:])):
        (tmp_path / folder).mkdir()
        for trade in trades:
            text = DOCUMENT.format(trade=trade, year=1650, count=len(trade))
            (tmp_path / folder / f"{trade}.md").write_text(text, "utf-8")
    out = tmp_path / "drawn.jsonl"
    sources = [str(tmp_path / "one"), str(tmp_path / "two")]
    said = CliRunner().invoke(
        draw, [*sources, "--out", str(out), "--most", "6", "--scratch", str(tmp_path / "scratch")]
    )
    assert said.exit_code == 0, said.output
    drawn = read_groups(out)
    assert {group.collection for group in drawn} <= set(KINDS) and 8 <= len(drawn) <= 12
    assert all(group.positive and group.positive not in group.negatives for group in drawn)


@pytest.mark.parametrize(("name", "said"), [("nowhere", "does not exist"), ("short.md", "asks nothing")])
def test_documents_that_ask_nothing_are_named(name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "short.md").write_text("Closed.", "utf-8")
    arguments = [str(tmp_path / name), "--out", str(tmp_path / "o.jsonl"), "--scratch", str(tmp_path / "s")]
    run = CliRunner().invoke(draw, arguments)
    assert run.exit_code == 2 and name in run.output and said in run.output
