"""No false accusation: of all pairs of sentences of unrelated texts, none is said to differ.

On the test collections beside the checkout, as `make bench-quality` has them; skipped without.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from index import DocumentInfo, Passage, Span, Store, document_id, sentence_spans, words
from qa.differing.claims import Claim, claims
from qa.differing.differ import _one_subject
from qa.differing.point import Said, contradict

_COLLECTIONS = Path(__file__).resolve().parents[2].parent / "shared" / "collections"
_SENTENCES = 3  # of a passage, about as many as the splitter puts into one


def _passages(name: str) -> Iterator[tuple[DocumentInfo, Passage]]:
    with (_COLLECTIONS / name / "corpus.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            text, name = record["text"], str(record["_id"])
            info = DocumentInfo(document_id(name), name, record.get("title", ""), "", "text/plain")
            spans = tuple(Span(a, b) for a, b in sentence_spans(text, 0, len(text)))
            for at in range(0, len(spans), _SENTENCES):
                part = spans[at : at + _SENTENCES]
                start, end = part[0].start, part[-1].end
                key = f"{info.doc_id}:{start}-{end}"
                yield info, Passage(key, info.doc_id, at, start, end, text[start:end], sentences=part)


def _keys(claim: Claim) -> list[tuple[Any, ...]]:
    """What two claims have to have alike to be about one point; the first is a claim's own."""
    if claim.figure:
        return [("number", claim.figure.unit, claim.figure.counted[:1])]
    if claim.when:
        return [("date", claim.event, claim.side)]
    return [("polarity", stem) for stem in ([claim.denied] if claim.denied else sorted(claim.clause.about))]


@pytest.mark.parametrize("name", ["conditionalqa_govuk", "squad2_dev", "clapnq_dev", "xquad_en"])
def test_unrelated_texts_do_not_differ(name: str) -> None:
    if not (_COLLECTIONS / name / "corpus.jsonl").is_file():
        pytest.skip(f"the collection {name} is not in {_COLLECTIONS}")
    texts: defaultdict[str, str] = defaultdict(str)
    found_in: Counter[str] = Counter()
    members: defaultdict[tuple[Any, ...], list[tuple[Said, Claim]]] = defaultdict(list)
    passages = 0
    for info, passage in _passages(name):
        passages += 1
        texts[info.doc_id] += passage.text + "\n"
        found_in.update(set(words(passage.text)))
        for span in passage.sentences:
            said = Said(passage, info, span)
            for claim in claims(said.text):
                for key in _keys(claim):
                    members[key].append((said, claim))
    store = cast(Store, SimpleNamespace(document=lambda doc_id: SimpleNamespace(text=texts[doc_id])))
    assert sum(map(len, members.values())) > 200, "too little to say anything"

    def weight(stem: str) -> float:
        return math.sqrt(math.log(1 + passages / (found_in[stem] + 0.5)))

    shown = [
        (one.text, other.text)
        for key, claimed in members.items()
        for at, (one, a) in enumerate(claimed)
        if key[0] != "polarity" or a.denied
        for other, b in (claimed if key[0] == "polarity" else claimed[at + 1 :])
        if len((a.clause.about | a.clause.names) & (b.clause.about | b.clause.names)) > 1
        and contradict(one, a, other, b, weight)
        and _one_subject(store, one, other)
    ]
    assert shown == []
