"""The facade: the same question, the same answer; silence is an answer; a changed index is noticed."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from index import (
    Filter,
    MismatchError,
    NotIndexedError,
    QuestionError,
    TransformerEmbedder,
    index_paths,
    open_store,
)
from qa import Answer, Service, answer_payload, search_payload

_QUESTION = "Why were thresholds inconsistent?"


def _told(answer: Answer) -> dict[str, Any]:
    return {key: value for key, value in answer_payload(answer).items() if key != "timings_ms"}


def test_the_same_question_the_same_answer(service: Service, casebook: Path) -> None:
    first = _told(service.ask(_QUESTION))
    service.ask("What did readers blame?")
    assert _told(service.ask(_QUESTION)) == first
    with closing(Service.open(casebook)) as another:
        assert _told(another.ask(_QUESTION)) == first


def test_threads_get_the_same_answer(service: Service) -> None:
    first = _told(service.ask(_QUESTION))
    with ThreadPoolExecutor(8) as pool:
        assert all(_told(answer) == first for answer in pool.map(service.ask, [_QUESTION] * 24))


def test_an_answer_says_what_was_searched(service: Service) -> None:
    answer = service.ask(_QUESTION, question_id="q1")
    assert answer.status in ("answered", "partial") and answer.question_id == "q1"
    status = service.status()
    assert (answer.searched.documents, answer.searched.passages) == (status["documents"], status["passages"])
    assert (answer.searched.first, answer.searched.last) == (status["first"], status["last"])
    assert answer.receipt["generation"] == status["generation"]
    assert answer.timings_ms["total"] > 0


def test_an_answer_says_what_was_understood(service: Service) -> None:
    told = _told(service.ask("What did the council say about thresholds in 2017?"))["understood"]
    assert told == {
        "voices": ["council"], "publishers": [], "names": [], "also": [],
        "periods": [{"from": "2017-01-01", "to": "2017-12-31"}],
    }  # fmt: skip
    assert not any(_told(service.ask(_QUESTION))["understood"].values())


def test_a_filter_narrows_what_was_searched(service: Service) -> None:
    answer = service.ask(_QUESTION, filter=Filter(voices=frozenset({"council"})))
    councils = [info for info in service.documents() if info.voice == "council"]
    assert answer.searched.documents == len(councils) < len(service.documents())
    assert {quote.voice for quote in answer.quotes} <= {"council"}


def test_silence_names_what_is_missing_and_shows_the_nearest(service: Service) -> None:
    answer = service.ask("How do I renew a fishing licence in Norway?")
    assert answer.status == "not_in_documents"
    assert answer.quotes == () and answer.citations == ()
    assert len(answer.hits) == 10
    assert "do not seem to say" in answer.explanation and "“Norway”" in answer.explanation


def test_a_question_that_cannot_be_searched_for(service: Service) -> None:
    for ask in (service.ask, service.search, service.evidence):
        with pytest.raises(QuestionError):
            ask("who is it")


def test_a_document_by_id_and_by_source_id(service: Service) -> None:
    by_name = service.document("figures-2017.md")
    assert service.document(by_name.info.doc_id) == by_name
    with pytest.raises(NotIndexedError, match=r"no-such\.md"):
        service.document("no-such.md")


def test_a_changed_index_is_noticed(casebook: Path, corpus: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(casebook, data)
    note = tmp_path / "note.txt"
    note.write_text("The zeppelin committee reported that moorings were unsafe.")
    with closing(Service.open(data)) as service:
        before = service.ask("What did the zeppelin committee report?")
        assert before.status != "answered" and "zeppelin" in before.explanation
        with closing(open_store(data)) as store:
            index_paths(store, TransformerEmbedder(), [note])
        answer = service.ask("What did the zeppelin committee report?")
        assert [quote.text for quote in answer.quotes][:1] == [note.read_text()]


def test_no_index_or_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(NotIndexedError, match="pincite index"):
        Service.open(tmp_path)
    open_store(tmp_path, create=True).close()
    with pytest.raises(NotIndexedError, match="without documents"):
        Service.open(tmp_path)


def test_another_model_than_the_index(casebook: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    TransformerEmbedder()._model.save(str(model))
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\x00\x00\x80\x3f")  # the last weight becomes 1.0
    with pytest.raises(MismatchError, match="all-MiniLM-L6-v2"):
        Service.open(casebook, str(model))


def test_payloads_have_the_promised_fields(service: Service) -> None:
    found = search_payload(service.search(_QUESTION, k=1))
    assert list(found) == ["id", "question", "hits"]
    assert set(found["hits"][0]) >= {
        "rank",
        "score",
        "document",
        "start",
        "end",
        "page",
        "paragraph",
        "heading",
        "text",
    }
    assert list(found["hits"][0]["document"]) == [
        "id", "source_id", "title", "publisher", "voice", "published", "url",
    ]  # fmt: skip
    answer = answer_payload(service.ask(_QUESTION))
    assert set(answer) >= {
        "id", "question", "status", "confidence", "quotes", "citations", "searched", "hits", "timings_ms", "receipt",
        "withheld", "understood",
    }  # fmt: skip
    assert set(answer["quotes"][0]) >= {"text", "citation", "voice"}
    assert set(answer["citations"][0]) >= {
        "n",
        "document",
        "start",
        "end",
        "page",
        "paragraph",
        "text",
        "url",
    }
    assert list(answer["searched"]) == ["documents", "passages", "from", "to"]
