"""What an indexing run tells: how it comes along, and what it did."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.errors import LoadError


@dataclass(slots=True)
class Summary:
    """What an indexing run did: source ids by what became of them, and what could not be read.

    `skipped` holds files of an indexed folder or archive that are no documents, each with the reason; `notes`
    files with what a reader should know of how they were read.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    failed: list[LoadError] = field(default_factory=list)
    passages: int = 0


class Progress:
    """Hears how an indexing run comes along; this one does nothing with it."""

    def start(self, total_bytes: int) -> None: ...

    def advance(self, done_bytes: float, name: str) -> None: ...
