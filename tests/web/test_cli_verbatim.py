"""The first promise: every quote, citation and hit is `document.text[start:end]`, to the character.

The hundred best hits of every sample question are held to it by `eval`, in test_cli_eval.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from index import TransformerEmbedder, index_paths, open_store
from qa import Answer, Service

SHARED = Path(__file__).resolve().parents[3] / "shared"


def questions(path: Path) -> list[str]:
    return [json.loads(line)["question"] for line in path.read_text("utf-8").splitlines()]


def assert_verbatim(service: Service, asked: list[str]) -> None:
    texts = {info.doc_id: service.document(info.doc_id).text for info in service.documents()}
    quoted = 0
    for question in asked:
        answer: Answer = service.ask(question)
        for hit in answer.hits:
            passage = hit.passage
            assert passage.doc_id == hit.document.doc_id
            assert texts[passage.doc_id][passage.start : passage.end] == passage.text != "", question
        cited = {citation.n: citation for citation in answer.citations}
        for citation in answer.citations:
            text = texts[citation.document.doc_id]
            assert text[citation.start : citation.end] == citation.text != "", question
        for quote in answer.quotes:
            assert texts[quote.doc_id][quote.start : quote.end] == quote.text != "", question
            citation = cited[quote.citation]
            assert citation.document.doc_id == quote.doc_id
            assert citation.start <= quote.start < quote.end <= citation.end, question
        quoted += len(answer.quotes)
    assert quoted >= len(asked) / 2, "or nothing much was checked"


@pytest.fixture
def sample(casebook: Path) -> Iterator[Service]:
    service = Service.open(casebook)
    yield service
    service.close()


def test_over_the_sample_corpus(sample: Service, corpus: Path) -> None:
    assert_verbatim(sample, questions(corpus.parent / "sets" / "casebook.jsonl"))


@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the shared seeds are not on this machine")
def test_over_the_seeds(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data", create=True)
    embedder = TransformerEmbedder()
    assert not index_paths(store, embedder, [SHARED / "seeds"]).failed
    service = Service(store, embedder)
    try:
        assert store.check() == []
        for path in (SHARED / "seeds").glob("*.txt"):
            assert service.document(path.name).text == path.read_bytes().decode()
        assert_verbatim(service, questions(SHARED / "eval" / "questions-dev.jsonl")[::3])
    finally:
        service.close()
