"""The silence matrix: what each document answers alone and beside the others, and a question is embedded once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import DocumentInfo, Filter, QuestionError, TransformerEmbedder, open_store
from qa import Cell, Citation, Matrix, Quote, Row, Service, matrix, matrix_payload
from qa.matrix import BEHIND
from tests.web.command import run
from web.commands.matrix_files import as_csv, as_html

_QUESTIONS = ["Why were thresholds inconsistent?", "Which penguins live at the south pole?"]
_OFSTED = Filter(publishers=frozenset({"Ofsted"}))


@pytest.fixture(scope="module")
def made(service: Service) -> Matrix:
    return matrix(service, _QUESTIONS, ids=["q1"])


def test_each_cell_is_what_asking_that_document_gives(service: Service, made: Matrix) -> None:
    assert made.documents == tuple(service.documents())
    assert [(row.question, row.question_id) for row in made.rows] == [
        (_QUESTIONS[0], "q1"),
        (_QUESTIONS[1], None),
    ]
    for row in made.rows:
        for info, cell in zip(made.documents, row.cells, strict=True):
            answer = service.ask(row.question, filter=Filter(documents=frozenset({info.doc_id})))
            assert cell.confidence == answer.confidence
            assert (cell.status == "silent") == (answer.status == "not_in_documents")
            assert (cell.status == "says") <= (answer.status == "answered")
            assert cell.quote == (answer.quotes[0] if answer.quotes else None)


def test_what_is_said_stands_among_the_first_when_all_are_asked(service: Service, made: Matrix) -> None:
    hits = service.search(_QUESTIONS[0], k=200).hits
    first = {info.doc_id: [hit.score for hit in hits if hit.document == info][:1] for info in made.documents}
    told = set()
    for info, cell in zip(made.documents, made.rows[0].cells, strict=True):
        near = bool(first[info.doc_id]) and hits[0].score - first[info.doc_id][0] <= BEHIND
        answer = service.ask(_QUESTIONS[0], filter=Filter(documents=frozenset({info.doc_id})))
        if answer.status == "answered":
            assert (cell.status, cell.note) == (
                ("says", "") if near else ("partly", "other documents have passages much nearer")
            )
            told.add(cell.status)
    assert told == {"says", "partly"}


def test_alone_a_document_says_what_it_says_partly_beside_others(service: Service, made: Matrix) -> None:
    info = next(
        info
        for info, cell in zip(made.documents, made.rows[0].cells, strict=True)
        if cell.note == "other documents have passages much nearer"
    )
    alone = matrix(service, _QUESTIONS[:1], Filter(documents=frozenset({info.doc_id})))
    assert [cell.status for cell in alone.rows[0].cells] == ["says"]


def test_a_part_that_a_document_lacks_makes_it_answer_partly(service: Service) -> None:
    info = service.document("figures-2017.md").info
    question = "How many children were privately fostered, and which penguins were they?"
    found = matrix(service, [question], Filter(documents=frozenset({info.doc_id})))
    (cell,) = found.rows[0].cells
    assert (cell.status, cell.note) == ("partly", "not all of the question is found here")
    assert matrix_payload(found)["questions"][0]["cells"][0]["note"] == cell.note


def test_a_cell_opens_its_quote(service: Service, made: Matrix) -> None:
    cells = [(i, c) for row in made.rows for i, c in zip(made.documents, row.cells, strict=True) if c.quote]
    assert cells
    for info, cell in cells:
        assert cell.quote is not None and cell.citation is not None and cell.status != "silent"
        text = service.document(info.doc_id).text
        assert text[cell.quote.start : cell.quote.end] == cell.quote.text
        assert cell.quote.doc_id == cell.citation.document.doc_id == info.doc_id
        assert cell.citation.start <= cell.quote.start < cell.quote.end <= cell.citation.end
        assert f"start={cell.quote.start}&end={cell.quote.end}" in cell.citation.url


def test_silence_is_told_by_document(made: Matrix) -> None:
    for row in made.rows:
        silent = made.silent(row)
        cells = dict(zip(made.documents, row.cells, strict=True))
        assert all(cells[info].quote is None for info in silent)
        assert len(silent) == sum(cell.status == "silent" for cell in row.cells)
    assert made.silent(made.rows[0]) != made.documents == made.silent(made.rows[1])


class _Counting(TransformerEmbedder):
    """The model, counting what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_question(self, question: str) -> np.ndarray:
        self.asked.append(question)
        return super().embed_question(question)


@pytest.fixture
def counting(casebook: Path) -> Iterator[tuple[Service, _Counting]]:
    embedder = _Counting()
    with closing(Service(open_store(casebook), embedder)) as service:
        yield service, embedder


def test_a_question_is_embedded_once(counting: tuple[Service, _Counting]) -> None:
    service, embedder = counting
    told: list[tuple[int, int]] = []
    found = matrix(service, _QUESTIONS, _OFSTED, progress=lambda done, total: told.append((done, total)))
    assert embedder.asked == _QUESTIONS
    assert len(found.documents) > 2 and {info.publisher for info in found.documents} == {"Ofsted"}
    assert told == [(n, 2 * len(found.documents)) for n in range(1, 2 * len(found.documents) + 1)]


def test_the_service_forgets_old_vectors(counting: tuple[Service, _Counting]) -> None:
    service, embedder = counting
    for n in range(12):
        service.search(f"thresholds number {n}", k=1)
    service.search("thresholds number 11", k=1)
    assert len(embedder.asked) == 12
    service.search("thresholds number 0", k=1)
    assert len(embedder.asked) == 13


def test_what_no_filter_lets_through_has_no_column(service: Service) -> None:
    one = service.documents()[0]
    assert matrix(service, _QUESTIONS[:1], Filter(documents=frozenset({one.source_id}))).documents == (one,)
    nothing = matrix(service, _QUESTIONS, Filter(publishers=frozenset({"Nobody"})))
    assert nothing.documents == () and [row.cells for row in nothing.rows] == [(), ()]
    assert matrix(service, []) == Matrix(tuple(service.documents()), ())


def test_a_bad_question_is_told_before_any_is_asked(counting: tuple[Service, _Counting]) -> None:
    service, embedder = counting
    with pytest.raises(QuestionError):
        matrix(service, [_QUESTIONS[0], "  "])
    assert embedder.asked == []


def test_the_json(made: Matrix) -> None:
    told = json.loads(json.dumps(matrix_payload(made)))
    assert [info["id"] for info in told["documents"]] == [info.doc_id for info in made.documents]
    for entry, row in zip(told["questions"], made.rows, strict=True):
        assert (entry["id"], entry["question"]) == (row.question_id, row.question)
        assert entry["silent"] == [info.source_id for info in made.silent(row)]
        for info, cell, own in zip(made.documents, entry["cells"], row.cells, strict=True):
            assert (cell["document"], cell["status"], cell["confidence"]) == (
                info.doc_id,
                own.status,
                own.confidence,
            )
            assert (cell["quote"] or {}).get("text") == (own.quote.text if own.quote else None)


def _hostile() -> Matrix:
    info = DocumentInfo(
        "ab", "=cmd|x", "<script>", "", "text/plain", publisher="@SUM(A1)", url="javascript:x"
    )
    quote = Quote('=HYPERLINK("http://x")<script>, "a"\nb', 1, "other", "ab", 0, 36)
    citation = Citation(1, info, 0, 36, quote.text, page=2, url="/documents/ab?start=0&end=36#cited")
    return Matrix((info,), (Row("+Why <b>?", None, (Cell("says", 0.9, quote, citation),)),))


def test_no_spreadsheet_runs_a_cell() -> None:
    (head, line) = csv.reader(io.StringIO(as_csv(_hostile(), "http://127.0.0.1:8000/")))
    cell = dict(zip(head, line, strict=True))
    assert cell["quote"] == '\'=HYPERLINK("http://x")<script>, "a" b' and cell["source_id"] == "'=cmd|x"
    assert (cell["publisher"], cell["question"]) == ("'@SUM(A1)", "'+Why <b>?")
    assert (cell["status"], cell["page"], cell["start"]) == ("says", "2", "0")
    assert cell["permalink"] == "http://127.0.0.1:8000/documents/ab?start=0&end=36#cited"


def test_the_page_escapes_what_documents_say() -> None:
    page = as_html(_hostile(), "http://127.0.0.1:8000")
    assert "<script>" not in page and "javascript:" not in page and "<b>" not in page
    assert '<td class="says"><details><summary>' in page and "&lt;script&gt;" in page
    silent = replace(_hostile(), rows=(Row("Why?", None, (Cell("silent", 0.1),)),))
    assert '<td class="silent">silent <small>0.10</small></td>' in as_html(silent, "")


def test_the_command(casebook: Path, tmp_path: Path, made: Matrix) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text(
        "".join(json.dumps({"id": f"q{n}", "question": text}) + "\n" for n, text in enumerate(_QUESTIONS, 1))
    )
    arguments = ("matrix", "--questions", questions, "--data", casebook)
    shown = run(*arguments, "--csv", tmp_path / "m.csv", "--html", tmp_path / "m.html")
    assert shown.exit_code == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert lines[0].split() == [str(n) for n in range(1, len(made.documents) + 1)]
    marks = {"says": "+", "partly": "~", "silent": "."}
    for line, row, name in zip(lines[1:], made.rows, ("q1", "q2"), strict=False):
        assert line.split() == [name, *(marks[cell.status] for cell in row.cells)]
    assert "every document is silent" in shown.stdout
    read = list(csv.DictReader(io.StringIO((tmp_path / "m.csv").read_bytes().decode("utf-8-sig"))))
    assert len(read) == 2 * len(made.documents) and {line["id"] for line in read} == {"q1", "q2"}
    assert (tmp_path / "m.html").read_text().count("<td class=") == len(read)

    told = json.loads(run(*arguments, "--json", "--publisher", "Ofsted").stdout)
    assert {info["publisher"] for info in told["documents"]} == {"Ofsted"}


def test_a_bad_line_costs_only_itself(casebook: Path, tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text('no json\n{"question": "the"}\n{"question": "private fostering"}\n')
    result = run(
        "matrix", "--questions", questions, "--document", "figures-2017.md", "--json", "--data", casebook
    )
    assert result.exit_code == 1 and "line 1: is not JSON" in result.stderr and "line 2: " in result.stderr
    assert [entry["question"] for entry in json.loads(result.stdout)["questions"]] == ["private fostering"]


@pytest.mark.parametrize(
    ("contents", "options", "told"),
    [("", [], "has no question"), ("{}\n", [], "has no question"),
     ('{"question": "fostering"}\n', ["--csv", "none/such/m.csv"], "is no folder")],
)  # fmt: skip
def test_misuse(casebook: Path, tmp_path: Path, contents: str, options: list[str], told: str) -> None:
    (tmp_path / "q.jsonl").write_text(contents)
    result = run("matrix", "--questions", tmp_path / "q.jsonl", *options, "--data", casebook)
    assert result.exit_code == 2 and told in result.stderr and result.stdout == ""
