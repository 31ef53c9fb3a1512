"""Nothing changed, so nothing may change: twenty evaluations, each by a service of its own, give the same file.

Some are made by processes of their own, which load the model anew and hash strings with another seed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from eval import GateSettings, Question, Report, evaluate, judge, read_questions
from eval.runs import read_run, run_bytes, update_baseline
from index import Embedder, TransformerEmbedder, open_store
from qa import Service, rerankers

ROOT = Path(__file__).parents[2]
SET = ROOT / "eval" / "sets" / "casebook.jsonl"
IN_THIS_PROCESS, PROCESSES, IN_EACH = 14, 2, 3
"""Twenty in all. Nobody may edit the code meanwhile: its hash is part of a run."""

ELSEWHERE = """
import sys
from pathlib import Path
from eval.runs import run_bytes
from index import TransformerEmbedder
from tests.eval.test_reruns import evaluated, of_every_type

model = TransformerEmbedder()
for number in range(int(sys.argv[3])):
    Path(f"{sys.argv[2]}-{number}").write_bytes(run_bytes(evaluated(Path(sys.argv[1]), model, of_every_type())))
"""


def of_every_type() -> list[Question]:
    """A question of every type, and three of those to be refused, in the order of the set."""
    taken: Counter[str] = Counter()
    kept = []
    for question in read_questions(SET):
        taken[question.type] += 1
        if taken[question.type] <= (1 if question.answerable else 3):
            kept.append(question)
    return kept


def evaluated(data: Path, model: Embedder, questions: Sequence[Question]) -> Report:
    """A real evaluation by a service that knows nothing of any other."""
    late, _ = rerankers(model, data)
    with closing(Service(open_store(data), model, late=late)) as service:
        return evaluate(service, questions)


@pytest.fixture(scope="module")
def elsewhere(casebook: Path, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """What other processes made of the same questions."""
    folder = tmp_path_factory.mktemp("elsewhere")
    made = []
    for seed in range(1, PROCESSES + 1):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", ELSEWHERE, casebook, folder / f"run-{seed}", str(IN_EACH)],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=600,
            env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        made += [(folder / f"run-{seed}-{number}").read_bytes() for number in range(IN_EACH)]
    return made


def test_twenty_runs_without_change_pass_and_are_the_same_bytes(
    casebook: Path, elsewhere: list[bytes], tmp_path: Path
) -> None:
    questions = of_every_type()
    assert len({question.type for question in questions}) == 7 and len(questions) == 9
    model = TransformerEmbedder()
    first = evaluated(casebook, model, questions)
    update_baseline(tmp_path / "baseline.jsonl", first)
    baseline = read_run(tmp_path / "baseline.jsonl")
    # No drop at all is allowed, and not the smallest p.
    strict = GateSettings(alpha=1.0, max_drop=0.0)
    runs = [run_bytes(evaluated(casebook, model, questions)) for _ in range(IN_THIS_PROCESS)] + elsewhere
    assert len(runs) == 20
    for number, made in enumerate(runs):
        assert made == (tmp_path / "baseline.jsonl").read_bytes(), f"run {number} is another"
        (tmp_path / "run.jsonl").write_bytes(made)
        for settings in (GateSettings(), strict):
            verdict = judge(read_run(tmp_path / "run.jsonl"), baseline, settings)
            assert verdict.passed and not verdict.sentences
            assert verdict.comparison is not None and not verdict.comparison.questions
            assert {change.p for change in verdict.comparison.measures} == {1.0}


def test_one_changed_word_is_not_the_same_file(casebook: Path) -> None:
    """What the test above would see if there were something to see."""
    questions, model = of_every_type()[:2], TransformerEmbedder()
    other = [replace(questions[0], question="Which schools were rated outstanding?"), questions[1]]
    assert run_bytes(evaluated(casebook, model, questions)) != run_bytes(evaluated(casebook, model, other))
