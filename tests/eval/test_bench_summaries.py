"""What the bench of summaries counts, and that it asks the language model that the environment names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.bench.summaries import lines, main
from qa import Summary, SummarySentence
from tests.qa.test_summary import ANSWER


def test_sentences_are_counted_by_what_became_of_them() -> None:
    kept = SummarySentence("Thresholds were not applied consistently.", (1,))
    cites, number = "it cites nothing", "a number that the quotes do not have"
    made = [
        Summary((kept, kept), 1, (cites,)),
        Summary((), 3, (cites, number, cites), problem="no summary: nothing stands"),
        Summary(problem="no summary: the language model refused"),
        None,
    ]
    assert list(lines(replace(ANSWER, summary=one) for one in made)) == [
        "3 answers, 1 with a summary",
        "6 sentences, 2 kept",
        f"     3 removed: {cites}",
        f"     1 removed: {number}",
        "     1 no summary: the language model refused",
    ]


def test_it_runs(
    casebook: Path, corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = str(corpus.parent / "sets" / "casebook.jsonl")
    assert main([questions, "--data", str(casebook)]) == 2
    assert "set PINCITE_LLM_URL" in capsys.readouterr().err
    monkeypatch.setenv("PINCITE_LLM_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("PINCITE_LLM_MODEL", "none")
    assert main([questions, "--data", str(casebook), "--most", "4"]) == 0
    told = capsys.readouterr().out
    assert " answers, 0 with a summary" in told and "cannot be reached" in told
