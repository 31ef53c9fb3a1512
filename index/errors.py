"""Every error that Pincite raises on purpose.

    PinciteError
    ├── UsageError           what was asked for cannot be done as asked; nothing was changed (exit 2, HTTP 4xx)
    │   ├── QuestionError    a question that cannot be searched for
    │   ├── NotIndexedError  no index there, or nothing in it, or no such document
    │   └── MismatchError    the index was made with other settings than those asked for
    ├── LoadError            one file or record could not be read; the others were (exit 1)
    └── StoreError           the store is damaged, or written by a newer version (exit 1)

A message is one sentence that says what, which value, and what to do next.
"""

from __future__ import annotations


class PinciteError(Exception):
    """The root: what `except` catches at the edge to print a sentence in place of a traceback."""


class UsageError(PinciteError):
    """What was asked for cannot be done as asked; nothing was changed."""


class QuestionError(UsageError):
    """A question that cannot be searched for: empty, too long, or of stop words only."""


class NotIndexedError(UsageError):
    """No index where one was named, an index without documents, or no such document in it."""


class MismatchError(UsageError):
    """The index was made with another model or other settings than those asked for."""


class LoadError(PinciteError):
    """One file, or one line of it, could not be read. `where` names it, `line` counts from 1."""

    def __init__(self, where: str, reason: str, *, line: int | None = None) -> None:
        self.where, self.reason, self.line = where, reason, line
        super().__init__(f"{where}{f', line {line}' if line else ''}: {reason}")


class StoreError(PinciteError):
    """The store cannot be read as it is: damaged, or written by a newer version of Pincite."""
