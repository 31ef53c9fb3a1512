"""A summary by a real small language model: whatever it writes, the quotes stay and what survives is borne out.

The model is far too small to be of use, which is the point: it makes things up in earnest.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from index import open_store
from qa import Answer, AnswerSettings, LanguageModel, Service, Settings, summarised
from qa.grounds import grounds_of, unfounded
from tests.conftest import ROOT
from tests.qa.test_summary import ANSWER
from tests.web.command import run

_FOLDER = ROOT / ".small-model"
_UNANSWERED = ("did not answer within", "cannot be reached", "server answered")

pytestmark = pytest.mark.skipif(
    not _FOLDER.is_dir(), reason="no small language model here: make small-model fetches it (127 MB)"
)


@pytest.fixture(scope="module")
def model() -> Iterator[LanguageModel]:
    serving = subprocess.Popen(
        [sys.executable, "-I", str(Path(__file__).with_name("small_model.py")), str(_FOLDER)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert serving.stdin and serving.stdout
    try:
        address = next((line.strip() for line in serving.stdout if line.startswith("http://127.0.0.1:")), "")
        if not address and serving.wait(30) < 0:
            # Its wheel is built for newer processors than some; that is no fault of what is tested here.
            pytest.skip(f"the small model does not run on this processor: signal {-serving.returncode}")
        assert address, "the small model's server did not start"
        yield LanguageModel(f"{address}/v1", "SmolLM2-135M", timeout_s=240.0, reply_tokens=60)
    finally:
        serving.stdin.close()
        serving.stdout.close()
        serving.wait(30)


def _check(answer: Answer, model: LanguageModel) -> None:
    """The model did write something; the answer is as it was; each sentence that is left passes the checks."""
    told = summarised(answer, model)
    assert told.summary is not None and replace(told, summary=None) == answer
    assert not any(problem in told.summary.problem for problem in _UNANSWERED), told.summary.problem
    assert told.summary.sentences or told.summary.problem
    assert len(told.summary.why) == told.summary.removed
    grounds = grounds_of(answer)
    for sentence in told.summary.sentences:
        assert sentence.citations and set(sentence.citations) <= {quote.citation for quote in answer.quotes}
        assert unfounded(sentence.text, sentence.citations, grounds) is None
    print(told.summary)


def test_an_answer_from_the_sample_corpus(casebook: Path, service: Service, model: LanguageModel) -> None:
    with closing(open_store(casebook)) as store:
        short = Service(store, service._embedder, Settings(answer=AnswerSettings(quote_tokens=60)))
        answer = short.ask("Why were thresholds inconsistent?")
    assert answer.quotes
    _check(answer, model)


def test_a_quote_that_gives_orders(model: LanguageModel) -> None:
    _check(ANSWER, model)


def test_the_command(tmp_path: Path, model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Inspectors found in 2017 that thresholds for help were not applied consistently.")
    assert run("index", note, "--data", tmp_path / "data").exit_code == 0
    asked = ("ask", "Were thresholds for help applied consistently?", "--json", "--data", tmp_path / "data")
    plain = json.loads(run(*asked).stdout)
    monkeypatch.setenv("PINCITE_LLM_URL", model.url)
    monkeypatch.setenv("PINCITE_LLM_MODEL", model.model)
    result = run(*asked, "--summary")
    told = json.loads(result.stdout)
    assert result.exit_code == 0 and told["summary"]["model"] == "SmolLM2-135M"
    assert bool(told["summary"]["sentences"]) != bool(told["summary"]["problem"])
    for key in ("status", "confidence", "quotes", "citations", "hits", "explanation"):
        assert told[key] == plain[key], key
