"""Receipts: complete, read again as they were written, and compared by what was said."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from index import Filter, UsageError
from qa import RetrievalSettings, Service, Settings, compare_receipt, make_receipt, read_receipt
from qa.receipts import fingerprint

_SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "receipt.schema.json").read_text())
_WHERE = Filter(voices=frozenset({"inspectorate", "press"}), published_from="2012-01-01", editions=True)
_MADE = "2026-11-23T03:00:00Z"


@pytest.fixture(scope="module")
def written(service: Service) -> dict[str, Any]:
    answer = service.ask("Why were thresholds inconsistent?", question_id="q1", filter=_WHERE)
    assert answer.quotes
    found = make_receipt(answer, service, service.settings, filter=_WHERE, made=_MADE, version="0.1.0")
    return json.loads(json.dumps(found))  # as it comes back from a file


@pytest.fixture
def receipt(written: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(written)


def test_it_holds_all_that_the_answer_rested_on(service: Service, receipt: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(_SCHEMA)
    Draft202012Validator(_SCHEMA).validate(receipt)
    documents = {info["id"]: info for info in receipt["documents"]}
    for info in documents.values():
        text = service.document(info["id"]).text
        assert info["text_sha256"] == hashlib.sha256(text.encode()).hexdigest()
        assert info["sha256"] == service.document(info["id"]).info.sha256
    for quote in receipt["quotes"]:
        assert service.document(quote["document"]).text[quote["start"] : quote["end"]] == quote["text"]
    assert [hit["rank"] for hit in receipt["hits"]] == list(range(1, len(receipt["hits"]) + 1))
    assert {hit["document"] for hit in receipt["hits"]} <= set(documents)
    assert receipt["index"]["generation"] == service.status()["generation"]
    assert receipt["settings"]["fingerprint"] == fingerprint(service.settings)
    assert receipt["settings"]["values"]["retrieval"]["pool"] == service.settings.retrieval.pool


def test_it_is_read_as_it_was_written(receipt: dict[str, Any]) -> None:
    found = read_receipt(receipt)
    assert found.sealed and (found.question, found.question_id) == ("Why were thresholds inconsistent?", "q1")
    assert found.filter == _WHERE
    assert [quote.selector.exact for quote in found.quotes] == [quote["text"] for quote in receipt["quotes"]]
    assert compare_receipt(found, receipt) == ([], [])


@pytest.mark.parametrize("key", ["question", "confidence", "made", "explanation"])
def test_a_receipt_that_was_altered_is_told(receipt: dict[str, Any], key: str) -> None:
    receipt[key] = 0.5 if key == "confidence" else "something else"
    assert not read_receipt(receipt).sealed


def test_settings_that_differ_have_another_fingerprint() -> None:
    assert fingerprint(Settings()) == fingerprint(Settings())
    other = replace(Settings(), retrieval=replace(RetrievalSettings(), pool=99))
    assert fingerprint(Settings()) != fingerprint(other)


def _status(receipt: dict[str, Any]) -> None:
    receipt["status"] = "partial"


def _lost(receipt: dict[str, Any]) -> None:
    del receipt["quotes"][0]


def _reworded(receipt: dict[str, Any]) -> None:
    receipt["quotes"][0]["text"] += " Not."


def _elsewhere(receipt: dict[str, Any]) -> None:
    name = receipt["quotes"][0]["document"]
    next(info for info in receipt["documents"] if info["id"] == name)["source_id"] = "other.txt"


@pytest.mark.parametrize(
    ("change", "told"),
    [(_status, "status was answered and is partial"), (_lost, "no longer quoted"), (_reworded, "newly quoted"),
     (_elsewhere, "newly quoted: other.txt")],
)  # fmt: skip
def test_another_answer_is_told(receipt: dict[str, Any], written: dict[str, Any], change: Callable[..., None], told: str
) -> None:  # fmt: skip
    receipt["status"] = written["status"] = "answered"
    was = read_receipt(copy.deepcopy(receipt))
    change(receipt)
    differs, _ = compare_receipt(was, receipt)
    assert any(told in sentence for sentence in differs)


def test_the_order_of_the_quotes_counts_and_white_space_does_not(receipt: dict[str, Any]) -> None:
    was = read_receipt(copy.deepcopy(receipt))
    for quote in receipt["quotes"]:
        quote["text"] = quote["text"].replace(" ", "\n ")
    assert compare_receipt(was, receipt)[0] == []
    receipt["quotes"].reverse()
    expected = ["the quotes stand in another order"] if len(receipt["quotes"]) > 1 else []
    assert compare_receipt(was, receipt)[0] == expected


def test_what_else_changed_is_told_apart(receipt: dict[str, Any]) -> None:
    was = read_receipt(copy.deepcopy(receipt))
    receipt["index"]["generation"] += 3
    receipt["confidence"] = 0.123
    receipt["hits"][0], receipt["hits"][1] = receipt["hits"][1], receipt["hits"][0]
    receipt["settings"]["fingerprint"] = "0" * 64
    receipt["pincite"] = "9"
    differs, since = compare_receipt(was, receipt)
    assert differs == []
    assert "2 of 10 ranks are held by other passages" in since
    for word in ("confidence", "generation", "settings", "Pincite was 0.1.0 and is 9"):
        assert any(word in sentence for sentence in since), word


@pytest.mark.parametrize(
    "contents", [[], {}, {"receipt": 1}, {"receipt": 2}, {"receipt": True}, {"receipt": "1"}]
)
def test_what_is_no_receipt(contents: Any) -> None:
    with pytest.raises(UsageError, match=r"no \"receipt\"|no whole receipt|receipt of version"):
        read_receipt(contents)


@pytest.mark.parametrize(
    ("key", "value"),
    [("quotes", [{}]), ("quotes", None), ("documents", [1]), ("hits", ["x"]), ("filter", {"voice": 1}),
     ("filter", {"editions": "yes"}), ("filter", []), ("question", 7), ("settings", {}), ("index", [])],
)  # fmt: skip
def test_a_broken_receipt_is_told(receipt: dict[str, Any], key: str, value: Any) -> None:
    receipt[key] = value
    with pytest.raises(UsageError):
        read_receipt(receipt)
