"""An engine that is a file: what it returned was written down before, by whatever made it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.engines.base import ForeignEngine, Texts
from eval.engines.payloads import answer_of, hits_of, problems_in
from eval.questions import json_lines, raise_all
from index import QuestionError, UsageError

if TYPE_CHECKING:
    from index import Hit
    from qa import Answer, SearchResult

Records = dict[str, dict[str, Any]]


class RunFileEngine(ForeignEngine):
    """Answers from a run file: the JSON Lines of `pincite ask|search --questions --json`, or a TREC run.

    A question that a JSON Lines run holds no line for is turned away, and counts as nothing found; in a TREC
    run, which cannot say otherwise, it had no results. A UsageError lists every line that is not of its form.
    """

    def __init__(self, corpus: Texts, path: str | Path) -> None:
        super().__init__(corpus)
        self._path = Path(path)
        self._number_of_documents = len(corpus.documents())
        self._asked: set[str] = set()
        self._hits: dict[str, tuple[Hit, ...]] = {}
        if is_trec(self._path):
            self._records, self._reordered = read_trec(self._path)
            self._trec = True
        else:
            self._records, self._reordered = read_lines(self._path), 0
            self._trec = False
        self.asks = any("quotes" in record or "status" in record for record in self._records.values())
        self._by_question = {record.get("question"): name for name, record in self._records.items()}
        digest = hashlib.sha256(self._path.read_bytes()).hexdigest()
        self.settings = {"run": self._path.name, "sha256": digest}

    def ask(self, question: str, *, question_id: str | None = None) -> Answer:
        """The answer that the run holds; of a run of searches, one without quotes."""
        record = self._record(question, question_id)
        return answer_of(
            record, self._counting(question_id), question, question_id, self._number_of_documents
        )

    def search(self, question: str, *, k: int = 10, question_id: str | None = None) -> SearchResult:
        """The first k hits that the run holds for the question."""
        from qa import SearchResult

        record = self._record(question, question_id)
        key = question_id or ""
        if key not in self._hits:  # a test collection asks again for more, and nothing shall be counted twice
            self._hits[key] = hits_of(record, self._counting(question_id))
        return SearchResult(question, self._hits[key][:k], question_id)

    def notes(self) -> Iterator[str]:
        """What the file leaves open, and what of it was not asked for."""
        yield from super().notes()
        most = max((len(record.get("hits") or ()) for record in self._records.values()), default=0)
        yield f"The run {self._path.name} holds at most {most} hits a question; no more could be counted."
        if self._reordered:
            yield f"{self._reordered:,} ranks are not those of the scores, which decided, as in trec_eval."
        if extra := len(self._records.keys() - self._asked):
            yield f"{extra:,} questions of the run are not in the set, and were left out."

    def _record(self, question: str, name: str | None) -> dict[str, Any]:
        if name is None:  # asked only to warm up: a file needs none, but the words may tell which is meant
            name = self._by_question.get(question)
        record = self._records.get(name) if name is not None else None
        if record is None and self._trec and name is not None:
            return {}
        if name is None or record is None:
            raise QuestionError(f'{self._path} holds no line with the id "{name}"')
        self._asked.add(name)
        if record.get("error"):
            raise QuestionError(str(record["error"]))
        return record


def is_trec(path: Path) -> bool:
    """Whether a file is in TREC form: its first line has six columns and is no JSON."""
    try:
        with path.open("rb") as file:
            first = next((line for line in file if line.strip()), b"")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    return not first.lstrip(b"\xef\xbb\xbf").startswith(b"{") and len(first.split()) == 6


def read_lines(path: Path) -> Records:
    """The records of a JSON Lines run by their ids."""
    problems: list[str] = []
    records: Records = {}
    first_seen: dict[str, int] = {}
    for number, record in json_lines(path, problems):
        found = list(problems_in(record))
        if isinstance(record, dict) and "pincite_run" in record:
            raise UsageError(
                f"{path} is an evaluation that was saved, not what an engine returned; to hold it against another: "
                f"pincite compare {path} OTHER"
            )
        name = record.get("id") if isinstance(record, dict) else None
        if isinstance(name, int) and not isinstance(name, bool):
            name = str(name)
        if not found and not (isinstance(name, str) and name):
            found.append('"id" is missing or not a string; it has to be that of the question')
        elif not found and name in first_seen:
            found.append(f'the id "{name}" was used before, on line {first_seen[name]}')
        problems += [f"{path}, line {number}: {problem}" for problem in found]
        if not found and isinstance(name, str):
            first_seen[name], records[name] = number, record
    if not records and not problems:
        problems.append(f"{path}: holds no line")
    raise_all(problems, f"{path} is not a run in JSON Lines or TREC form")
    return records


def read_trec(path: Path) -> tuple[Records, int]:
    """The records of a TREC run (`qid Q0 docid rank score tag`), and how many ranks their scores contradict.

    Sorted by score as trec_eval does, because some tools write ranks that mean nothing; equal scores by rank.
    """
    problems: list[str] = []
    found: dict[str, dict[str, tuple[float, int]]] = {}
    for number, raw in enumerate(path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not raw.strip():
            continue
        try:
            query, _, document, rank_text, score_text, _ = raw.decode("utf-8").split()
            rank, score = int(rank_text), float(score_text)
            if score != score:
                raise ValueError
        except ValueError:
            problems.append(
                f"{path}, line {number}: not six columns with numbers for rank and score:"
                " query Q0 document rank score tag"
            )
            continue
        if document in found.setdefault(query, {}):
            problems.append(f'{path}, line {number}: "{document}" was ranked before for query "{query}"')
        found[query][document] = (score, rank)
    raise_all(problems, f"{path} is not a TREC run")
    records, reordered = {}, 0
    for query, ranking in found.items():
        by_score = sorted(ranking, key=lambda document: (-ranking[document][0], ranking[document][1]))
        by_rank = sorted(ranking, key=lambda document: ranking[document][1])
        reordered += sum(one != other for one, other in zip(by_score, by_rank, strict=True))
        records[query] = {"hits": [{"doc": document, "score": ranking[document][0]} for document in by_score]}
    return records, reordered
