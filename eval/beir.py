"""Test collections in the BEIR layout: queries and judgements in, ranking measures out.

The corpus is indexed elsewhere, with each record's `_id` as its document's source id. Measures come from
the reference implementations behind ir_measures (MacAvaney et al., ECIR 2022): pytrec_eval for nDCG (gain is
the grade, discount log2, Järvelin and Kekäläinen 2002) and recall, MS MARCO's script for RR@10.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.instruments import Clock, Witness, corpus_of, digest, resampling, sha256, warm_up
from eval.provenance import provenance_of
from eval.questions import json_lines, raise_all
from eval.run import OnProgress, quote_rows, quote_tokens
from eval.summary import RANKING, notes_on, report_of
from eval.types import ERROR, Report, Row
from index import UsageError

if TYPE_CHECKING:
    from eval.engines import Engine

DEPTH = 100
"""Documents ranked for each query: as deep as the deepest measure looks."""
_MOST_HITS = 1600


@dataclass(frozen=True, slots=True)
class Query:
    """A query with its judgements: grades by document, above 0 for a relevant one."""

    id: str
    text: str
    answerable: bool
    grades: dict[str, int]


def read_folder(folder: str | Path) -> tuple[tuple[Query, ...], int]:
    """The queries that can be scored, in the order of the file, and the number of those that cannot.

    Scored are queries with judgements, and those that say `metadata.answerable` is false. A UsageError
    lists everything wrong with `queries.jsonl` and `qrels/test.tsv`, by file and line.
    """
    folder = Path(folder)
    problems: list[str] = []
    texts, unanswerable = _read_queries(folder / "queries.jsonl", problems)
    qrels = _read_qrels(folder / "qrels" / "test.tsv", texts, unanswerable, problems)
    raise_all(problems, f"{folder} is not a test collection")
    queries = [
        Query(name, text, name not in unanswerable, qrels.get(name, {}))
        for name, text in texts.items()
        if name in qrels or name in unanswerable
    ]
    if not queries:
        raise UsageError(f"{folder} has no query with judgements in qrels/test.tsv, so nothing can be scored")
    return tuple(queries), len(texts) - len(queries)


def evaluate_beir(service: Engine, folder: str | Path, *, progress: OnProgress | None = None) -> Report:
    """What a service makes of a test collection whose corpus it has indexed.

    Refusal is measured only where the collection has unanswerable queries: only then is anything asked.
    """
    queries, left_out = read_folder(folder)
    ask = not all(query.answerable for query in queries)
    known = {info.source_id for info in service.documents()}
    clock, witness = Clock(), Witness(service)
    receipt = warm_up(service, [query.text for query in queries])
    runs: dict[str, list[str]] = {}
    rows = []
    for done, query in enumerate(queries, 1):
        rows.append(_row(service, query, ask, len(known), runs, clock, witness))
        if progress:
            progress(done, len(queries))
    qrels = {query.id: query.grades for query in queries if query.answerable}
    scored = score_runs(qrels, runs)
    rows = [replace(row, ranking=scored[row.id]) if row.id in scored else row for row in rows]
    notes = list(notes_on(rows))
    if left_out:
        notes.append(f"{left_out} queries without judgements were left out.")
    missing = {name for grades in qrels.values() for name, grade in grades.items() if grade > 0} - known
    if missing:
        notes.append(f"{len(missing)} relevant documents are not in the corpus; they count as not found.")
    return report_of(
        "beir",
        rows,
        violations=witness.violations,
        notes=notes,
        settings={
            "questions": {
                "count": len(queries),
                "sha256": sha256([[q.id, q.text, q.answerable, q.grades] for q in queries]),
            },
            "corpus": corpus_of(service),
            "depth": DEPTH,
            **resampling(),
            **provenance_of(service, receipt),
        },
        timings=clock.timings(),
    )


def score_runs(
    qrels: Mapping[str, Mapping[str, int]], runs: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """nDCG@10, recall@10, recall@100 and RR@10 of every judged query; without a run it scores 0.

    >>> score_runs({"q": {"a": 1}, "r": {"a": 1}}, {"q": ["b", "a"]})["q"]["rr@10"]
    0.5
    """
    import ir_measures
    from ir_measures import RR, R, nDCG

    names = dict(zip((nDCG @ 10, R @ 10, R @ 100, RR @ 10), RANKING, strict=True))
    judged = [ir_measures.Qrel(q, doc, grade) for q, grades in qrels.items() for doc, grade in grades.items()]
    # Scores are made from ranks: trec_eval sorts by score and breaks ties by id, whatever order was served.
    run = [
        ir_measures.ScoredDoc(q, doc, float(len(ranking) - rank))
        for q, ranking in runs.items()
        for rank, doc in enumerate(ranking)
    ]
    scored = {q: dict.fromkeys(RANKING, 0.0) for q in qrels}
    # The providers are named because pytrec_eval takes RR@10 and computes RR without the cut-off.
    for provider, measures in (
        (ir_measures.pytrec_eval, [nDCG @ 10, R @ 10, R @ 100]),
        (ir_measures.msmarco, [RR @ 10]),
    ):
        for metric in provider.iter_calc(measures, judged, run) if judged else ():
            scored[metric.query_id][names[metric.measure]] = float(metric.value)
    return scored


def rank_documents(service: Engine, query: Query, of: int) -> list[str]:
    """Up to 100 source ids in the order of each document's first hit, out of `of` documents indexed."""
    k = 2 * DEPTH
    while True:
        hits = service.search(query.text, k=k, question_id=query.id).hits
        ranking = list(dict.fromkeys(hit.document.source_id for hit in hits))
        # Long documents take many hits each: ask for more until there are enough, or no more to be had.
        if len(ranking) >= min(DEPTH, of) or len(hits) < k or k >= _MOST_HITS:
            return ranking[:DEPTH]
        k *= 2


def _row(
    service: Engine,
    query: Query,
    ask: bool,
    documents: int,
    runs: dict[str, list[str]],
    clock: Clock,
    witness: Witness,
) -> Row:
    answer, error, search_error = None, "", ""
    if ask:
        answer, error = clock.attempt(
            "ask", query.id, query.text, lambda: service.ask(query.text, question_id=query.id)
        )
    if query.answerable:
        ranking, search_error = clock.attempt(
            "search", query.id, query.text, lambda: rank_documents(service, query, documents)
        )
        runs[query.id] = ranking or []
    status, confidence = "", None
    if ask:
        status = answer.status if answer else ERROR
        confidence = answer.confidence if answer else 0.0
    return Row(
        id=query.id,
        question=query.text,
        type="",
        answerable=query.answerable,
        status=status,
        confidence=confidence,
        quotes=quote_rows(query.id, answer, witness),
        quote_tokens=quote_tokens(answer),
        documents=tuple(runs.get(query.id, ())[:10]),
        error=error or search_error,
        served=digest(runs.get(query.id, ())),
    )


def _read_queries(path: Path, problems: list[str]) -> tuple[dict[str, str], set[str]]:
    texts: dict[str, str] = {}
    unanswerable: set[str] = set()
    for number, record in json_lines(path, problems):
        problem = _query_problem(record, texts)
        if problem:
            problems.append(f"{path}, line {number}: {problem}")
            continue
        name = str(record["_id"])
        texts[name] = record["text"]
        if (record.get("metadata") or {}).get("answerable", True) is False:
            unanswerable.add(name)
    return texts, unanswerable


def _query_problem(record: Any, texts: Mapping[str, str]) -> str | None:
    if not isinstance(record, dict):
        return "not a JSON object"
    name, text, metadata = record.get("_id"), record.get("text"), record.get("metadata") or {}
    # Some published collections number their queries without quotation marks.
    if isinstance(name, bool) or not isinstance(name, str | int) or name == "":
        return '"_id" is missing or not a string'
    if str(name) in texts:
        return f'the _id "{name}" was used before'
    if not isinstance(text, str) or not text.strip():
        return '"text" is missing or empty'
    if not isinstance(metadata, dict) or not isinstance(metadata.get("answerable", True), bool):
        return '"metadata.answerable" must be true or false'
    return None


def _read_qrels(
    path: Path, texts: Mapping[str, str], unanswerable: set[str], problems: list[str]
) -> dict[str, dict[str, int]]:
    """Grades by query and document, from three columns divided by tabs, with or without a header."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 at byte {error.start}") from error
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(lines, 1):
        fields = line.rstrip("\r").split("\t")
        if not line.strip() or (number == 1 and len(fields) == 3 and not _is_grade(fields[2])):
            continue
        problem = None
        if len(fields) != 3 or not _is_grade(fields[2]):
            problem = "needs a query, a document and a whole number, divided by tabs"
        elif fields[0] not in texts:
            problem = f'the query "{fields[0]}" is not in queries.jsonl'
        elif fields[0] in unanswerable and int(fields[2]) > 0:
            problem = f'the query "{fields[0]}" is unanswerable, yet has a relevant document'
        elif int(fields[2]) != qrels.get(fields[0], {}).get(fields[1], int(fields[2])):
            problem = f'"{fields[0]}" and "{fields[1]}" were judged otherwise before'
        if problem:
            problems.append(f"{path}, line {number}: {problem}")
        else:
            qrels.setdefault(fields[0], {})[fields[1]] = int(fields[2])
    return qrels


def _is_grade(field: str) -> bool:
    return field.strip().removeprefix("-").isdecimal()
