"""What shapes an index, and the fingerprint by which two indexes are known to be alike."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from index.split import PASSAGE_TOKENS, SPLITTER

SCHEMA = 5
"""The version of the stored form; a store refuses one that it does not know."""


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """What shapes passages and vectors. Two indexes with equal settings and documents answer alike.

    `model` is the name or folder that the model was asked for by; only `model_fingerprint`, the hash of its
    weights, is compared.
    """

    model: str
    model_fingerprint: str
    dimensions: int
    passage_tokens: int = PASSAGE_TOKENS
    splitter: str = SPLITTER
    schema: int = SCHEMA

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> IndexSettings:
        return cls(**json.loads(text))

    def differences(self, other: IndexSettings) -> list[str]:
        """What is not alike, a phrase each ("model all-MiniLM-L6-v2, not all-mpnet-base-v2")."""
        mine, theirs = asdict(self), asdict(other)
        found = []
        if self.model_fingerprint != other.model_fingerprint:
            found.append(f"model {self.model}, not {other.model}")
        for key in ("passage_tokens", "splitter", "schema"):
            if mine[key] != theirs[key]:
                found.append(f"{key} {mine[key]}, not {theirs[key]}")
        return found
