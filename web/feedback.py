"""What readers say of answers: kept in `feedback.db` beside the index, and given back as drafts of eval questions.

A file of its own, since it is no part of what answers are made from: a remark shall not change the generation of the
index, nor be lost when the index is made anew.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

Verdict = Literal["answers", "does-not", "wrong-quote"]
VERDICTS: tuple[str, ...] = get_args(Verdict)
LONGEST_NOTE = 1_000
_MOST_ROWS = 100_000
_TIMEOUT_S = 5
_SCHEMA = """
create table if not exists feedback (
    id integer primary key,
    at text not null default (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    question text not null,
    verdict text not null,
    status text not null,
    wrong integer not null,
    note text not null,
    quotes text not null,
    generation integer not null
)
"""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader says of an answer. `quotes` are (source id, words); `wrong` counts the wrong one from 1, else 0."""

    question: str
    verdict: str
    status: str
    quotes: tuple[tuple[str, str], ...]
    generation: int
    wrong: int = 0
    note: str = ""
    number: int = 0
    at: str = ""


class Feedback:
    """The remarks of one site, in a SQLite file that is made with the first of them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, remark: Remark) -> bool:
        """Keeps a remark; False where so many are kept that this one is not."""
        with closing(self._open()) as database, database:
            (rows,) = database.execute("select count(*) from feedback").fetchone()
            if rows >= _MOST_ROWS:
                return False
            database.execute(
                "insert into feedback (question, verdict, status, wrong, note, quotes, generation)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                (
                    remark.question, remark.verdict, remark.status, remark.wrong, remark.note[:LONGEST_NOTE],
                    json.dumps(remark.quotes), remark.generation,
                ),
            )  # fmt: skip
        return True

    def all(self) -> list[Remark]:
        """Every remark, the first first."""
        if not self._path.exists():
            return []
        with closing(self._open()) as database:
            rows = database.execute(
                "select id, at, question, verdict, status, wrong, note, quotes, generation from feedback order by id"
            ).fetchall()
        return [
            Remark(
                question, verdict, status, tuple((doc, text) for doc, text in json.loads(quotes)), generation, wrong,
                note, number, at,
            )
            for number, at, question, verdict, status, wrong, note, quotes, generation in rows
        ]  # fmt: skip

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=_TIMEOUT_S)
        database.execute(_SCHEMA)
        return database


def as_questions(remarks: Sequence[Remark]) -> Iterator[dict[str, Any]]:
    """Remarks as lines of a question set. All are drafts, which count nowhere until a person has accepted them.

    What was said to answer becomes facts; a wrong quotation does not; what does not answer leaves it open whether the
    documents say anything at all.
    """
    for remark in remarks:
        good = [
            {"fact": " ".join(text.split()), "keys": [], "evidence": [{"doc": doc, "quote": text}]}
            for n, (doc, text) in enumerate(remark.quotes, 1)
            if remark.verdict != "does-not" and n != remark.wrong
        ]
        silent = remark.status == "not_in_documents"
        yield {
            "id": f"feedback-{remark.number}",
            "question": remark.question,
            "type": "feedback",
            "answerable": not silent if remark.verdict != "does-not" else silent,
            "reference": "",
            "facts": good,
            "note": _told(remark),
            "draft": True,
        }


def _told(remark: Remark) -> str:
    said = {
        "answers": "a reader says that this answers",
        "does-not": "a reader says that this does not answer: see whether the documents do",
        "wrong-quote": f"a reader says that quotation {remark.wrong or '?'} is wrong",
    }[remark.verdict]
    wrong = remark.quotes[remark.wrong - 1][1] if 0 < remark.wrong <= len(remark.quotes) else ""
    parts = [f"{remark.at}, generation {remark.generation}, {remark.status}: {said}", wrong, remark.note]
    return "; ".join(part for part in parts if part)
