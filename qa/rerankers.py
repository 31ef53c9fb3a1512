"""Which rerankers read for an index: the one that Pincite comes with, one that was adapted to it, or a named one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from index import Embedder, Readings, TokenEmbedder, UsageError
from qa.late import PACKAGED, PACKAGED_NAME, LateReranker, is_late, read_head
from qa.rerank import Reranker
from qa.rerank_model import CrossEncoderReranker

NONE = "none"
ADAPTED = "student"
"""The folder, within that of an index, of the head that `pincite adapt` found better there."""


def rerankers(
    embedder: Embedder, location: str | Path | None = None, named: str | Path | None = None
) -> tuple[LateReranker | None, Reranker | None]:
    """What compares token by token, and the cross-encoder that reads the best few after it; None for either.

    `location` is where the index is; what is made of its passages is kept there if it is a folder. `named` is the
    folder of a cross-encoder or of a head of late interaction, or "none" to do without both. A UsageError for a
    folder that is neither, or the head of another model.
    """
    if str(named) == NONE:
        return None, None
    folder = Path(location) if location is not None and Path(location).is_dir() else None
    readings = Readings(folder)
    tokens = embedder if isinstance(embedder, TokenEmbedder) else None
    if named and is_late(Path(named)):
        if tokens is None:
            raise UsageError(f"{named} compares tokens, and {embedder.name} gives none; leave --reranker out")
        return LateReranker(tokens, named, readings), None
    return _usual(tokens, folder, readings) if tokens else None, CrossEncoderReranker(
        named
    ) if named else None


def reranker_of(engine: Mapping[str, Any]) -> str | None:
    """What `named` has to be for the rerankers that a receipt or a run tells of."""
    if engine.get("reranker"):
        return str(engine["reranker"])
    late = engine.get("late")
    return NONE if late is None else None if late == PACKAGED_NAME else str(late)


def _usual(embedder: TokenEmbedder, folder: Path | None, readings: Readings) -> LateReranker | None:
    """The adapted head if there is one, else the one that Pincite comes with; None for a model that it is not for."""
    adapted = folder / ADAPTED if folder else None
    if adapted and is_late(adapted):
        return LateReranker(embedder, adapted, readings)
    if read_head(PACKAGED).model_fingerprint != embedder.fingerprint:
        return None
    return LateReranker(embedder, PACKAGED, readings)
