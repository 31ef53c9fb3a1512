"""Every phrase of `../shared/pdfs/page_facts.tsv` is found by searching for it, in passages that cite its page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index import Document, Passage, fold, index_paths, open_store
from qa import Service
from tests.hashing import HashingEmbedder
from tests.index.pdfs import SHARED, facts

pytestmark = pytest.mark.skipif(
    not (SHARED / "page_facts.tsv").is_file(), reason="the PDFs and their facts (../shared/pdfs) are not here"
)


def squeezed(text: str) -> str:
    """What two printings of one phrase share: no white space, no hyphens, no case."""
    return "".join(fold(text).replace("-", "").split())


class Shelf:
    """The example PDFs as they are searched, with all their passages in order."""

    def __init__(self, folder: Path) -> None:
        store = open_store(folder, create=True)
        embedder = HashingEmbedder()
        summary = index_paths(store, embedder, [SHARED])
        assert [failed.where.rsplit("/", 1)[-1] for failed in summary.failed] == ["edge-html-not-pdf.pdf"]
        self.service = Service(store, embedder)
        self.documents: dict[str, Document] = {}
        self.passages: dict[str, list[Passage]] = {}
        for info in store.documents():
            self.documents[info.source_id] = store.document(info.doc_id)
            self.passages[info.doc_id] = [passage for _, passage in store.passages_of(info.doc_id)]

    def holding(self, found: Passage, phrase: str) -> list[Passage]:
        """The passage if it holds the phrase, or it and the neighbour over whose border the phrase goes; or []."""
        shelf, at = self.passages[found.doc_id], found.ordinal
        for both in (shelf[at : at + 1], shelf[max(at - 1, 0) : at + 1], shelf[at : at + 2]):
            if squeezed(phrase) in squeezed("\n".join(passage.text for passage in both)):
                return both
        return []


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    made = Shelf(tmp_path_factory.mktemp("facts") / "data")
    yield made
    made.service.close()


@pytest.mark.parametrize("number", range(len(facts()) if (SHARED / "page_facts.tsv").is_file() else 0))
def test_a_phrase_is_found_on_its_page(shelf, number):
    fact = facts()[number]
    document, page = shelf.documents[fact["file"]], int(fact["pdf_page"])
    for hit in shelf.service.search(fact["phrase"], k=10).hits:
        holding = shelf.holding(hit.passage, fact["phrase"]) if hit.document == document.info else []
        if holding and holding[0].page <= page <= holding[-1].page_end:
            break
    else:
        pytest.fail(f"no passage on page {page} of {fact['file']} with: {fact['phrase']}")
    # A paragraph may be cut at a sentence's end; what was printed in one line is never torn between two.
    first, last = holding[0], holding[-1]
    assert len(holding) == 1 or any(
        block.start <= first.sentences[-1].start and last.start < block.end for block in document.blocks
    )
    # The printed label is that of the page, and of every passage that begins on it.
    if fact["label"]:
        assert document.pages[page - 1].label == fact["label"]
        assert {p.page_label for p in holding if p.page == page} <= {fact["label"]}
    if hit.passage.page == hit.passage.page_end:
        span = document.pages[hit.passage.page - 1]
        assert span.start <= hit.passage.start and hit.passage.end <= span.end
