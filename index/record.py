"""A short document as a whole: what its passages' vectors owe to it.

A report is cut into passages because each says something of its own. A record of a few passages (an abstract, a
press release, a page of advice) is about one thing, which its title names: there, a passage is searched by its own
vector and twice that of the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import numpy as np

from index.embed import Embedding
from index.text import clean
from index.types import DocumentInfo, Passage

MOST_PASSAGES = 6
"""The most passages that a record has, boilerplate aside; of 80 tokens they are about a printed page."""
_WEIGHT = 2.0


def is_record(passages: Sequence[Passage]) -> bool:
    """Whether a document is short enough to be read as a whole."""
    return sum(not passage.boilerplate for passage in passages) <= MOST_PASSAGES


def title_of(info: DocumentInfo, passages: Sequence[Passage]) -> str:
    """A record's title where it adds something; "" if it is the name of the file or how the text begins."""
    path = PurePosixPath(info.source_id)
    first = clean(passages[0].text) if passages else ""
    known = info.title in (path.name, path.stem, info.source_id) or first.startswith(info.title.rstrip("…"))
    return "" if known else clean(info.title)


def leaning(
    passages: Sequence[Passage], embeddings: Sequence[Embedding], title: np.ndarray | None
) -> list[Embedding]:
    """The embeddings of a record's passages, each leaning to the record: the mean of them all, boilerplate aside,
    and as much of its title's unit vector (d,), if there is one. Sentences stay what they are.
    """
    own = [e.passage for p, e in zip(passages, embeddings, strict=True) if not p.boilerplate]
    if not own:
        return list(embeddings)
    record = _unit(np.mean(own, axis=0))
    if title is not None:
        record = _unit(record + title)
    return [
        e if p.boilerplate else replace(e, passage=_unit(e.passage + _WEIGHT * record))
        for p, e in zip(passages, embeddings, strict=True)
    ]


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), dtype=np.float32)
