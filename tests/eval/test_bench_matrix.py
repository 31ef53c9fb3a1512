"""What the bench of the silence matrix counts, on cells made by hand, and that it runs on the sample corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.bench.matrix import lines, main, trust
from eval.questions import Question
from eval.types import Place, ResolvedFact, ResolvedQuestion
from index import DocumentInfo
from qa import Cell, Matrix, Row

_DOCUMENTS = tuple(DocumentInfo(name, f"{name}.txt", name, "", "text/plain") for name in ("a", "b", "c"))


def _resolved(*holding: str) -> ResolvedQuestion:
    question = Question(id="q", question="Why?", type="", answerable=bool(holding))
    return ResolvedQuestion(question, (ResolvedFact("f", tuple(Place(name, 0, 9) for name in holding)),))


def test_cells_are_counted_by_what_their_documents_hold() -> None:
    rows = (
        Row("Why?", None, (Cell("says", 0.9), Cell("partly", 0.3), Cell("silent", 0.1))),
        Row("How?", None, (Cell("says", 0.8), Cell("silent", 0.1), Cell("says", 0.7))),
    )
    found = trust(Matrix(_DOCUMENTS, rows), (_resolved("a", "c"), _resolved("a")))
    assert found.cells == {"says": (3, 2), "partly": (1, 0), "silent": (2, 1)}
    # Held .9 .1 .8 against .3 .1 .7: of nine pairs 3 + 3 are won by .9 and .8, and .1 ties once: 6.5 of 9.
    assert found.auroc is not None and found.auroc.value == pytest.approx(6.5 / 9)
    told = lines(found)
    assert "| says | 3 | 2 |" in told and any(line.startswith("\nAUROC 0.722") for line in told)


def test_without_evidence_there_is_no_auroc() -> None:
    found = trust(Matrix(_DOCUMENTS[:1], (Row("Why?", None, (Cell("silent", 0.1),)),)), (_resolved(),))
    assert found.auroc is None and not any("AUROC" in line for line in lines(found))


def test_it_runs(casebook: Path, corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    questions = corpus.parent / "sets" / "casebook.jsonl"
    assert main([str(questions), "--data", str(casebook), "--most", "2"]) == 0
    told = capsys.readouterr().out
    assert "| silent |" in told and "ms a cell" in told
    assert main([str(questions), "--data", str(casebook / "none")]) == 2
    assert "eval.bench.matrix: " in capsys.readouterr().err
