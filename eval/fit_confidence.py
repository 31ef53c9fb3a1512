"""Fits the model behind `confidence` on test collections: python -m eval.fit_confidence FOLDER...

Each BEIR folder gives up to 300 of its answerable queries and as many unanswerable ones, and has some of the other
folders' queries put to it, which it cannot answer. The casebook with its corpus is one collection more. The fit weighs
all alike and takes three of four questions to be answerable. Printed are the coefficients for qa/confidence.py and
how a model fitted on the others does on each.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from eval.beir import Query, read_folder
from eval.questions import read_questions
from index import DEFAULT_MODEL, Embedder, QuestionError, TransformerEmbedder, index_paths, open_store
from qa import ConfidenceModel, Evidence, Service

_FOREIGN = 40
"""How many queries of each other folder are put to one."""
_MOST = 300
_ANSWERABLE = 0.75
"""The share of questions that are taken to have an answer: in use most do."""
_MOST_REFUSED = 0.05
"""The threshold refuses at most this share of the answerable queries of all folders together."""
_EVAL = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class _Sample:
    folder: str
    answerable: bool
    foreign: bool
    evidence: Evidence


def main(folders: Sequence[Path]) -> None:
    embedder = TransformerEmbedder(DEFAULT_MODEL)
    samples = [*_casebook(embedder), *_samples(folders, embedder)]
    refused = []
    print(f"{'held out':24}{'n':>6}{'AUROC near':>12}{'AUROC foreign':>15}")
    for name in dict.fromkeys(sample.folder for sample in samples):
        held = [s for s in samples if s.folder == name]
        model = _fit([s for s in samples if s.folder != name])
        refused += [model.confidence(s.evidence) for s in held if s.answerable]
        near = _auroc(model, [s for s in held if not s.foreign])
        far = _auroc(model, [s for s in held if s.foreign or s.answerable])
        print(f"{name:24}{len(held):6}{near:>12}{far:>15}")
    print(_fit(samples), f"refuse below {np.quantile(refused, _MOST_REFUSED):.2f}", sep="\n")


def _casebook(embedder: Embedder) -> list[_Sample]:
    questions = read_questions(_EVAL / "sets" / "casebook.jsonl").questions
    asked = [(question.question, question.answerable, False) for question in questions]
    return _put("casebook", _EVAL / "corpus", asked, embedder)


def _samples(folders: Sequence[Path], embedder: Embedder) -> list[_Sample]:
    queries = {folder.name: read_folder(folder)[0] for folder in folders}
    texts = {folder.name: _texts(folder) for folder in folders}
    samples = []
    for folder in folders:
        own = queries[folder.name]
        asked = [
            (query.text, answerable, False)
            for answerable in (True, False)
            for query in _evenly([query for query in own if query.answerable is answerable], _MOST)
        ]
        asked += [
            (query.text, False, True)
            for name, foreign in queries.items()
            if not texts[name] & texts[folder.name]  # else it may well answer them
            for query in _evenly(foreign, _FOREIGN)
        ]
        samples += _put(folder.name, folder / "corpus.jsonl", asked, embedder)
    return samples


def _put(
    name: str, corpus: Path, asked: Sequence[tuple[str, bool, bool]], embedder: Embedder
) -> list[_Sample]:
    """What speaks for an answer to each question: its text, whether the corpus answers it, whether it is another's."""
    samples = []
    with tempfile.TemporaryDirectory() as scratch, closing(open_store(scratch, create=True)) as store:
        index_paths(store, embedder, [corpus])
        service = Service(store, embedder)
        for text, answerable, foreign in asked:
            try:
                evidence = service.evidence(text)
            except QuestionError:
                continue
            if evidence is not None:
                samples.append(_Sample(name, answerable, foreign, evidence))
    print(f"{name} read", file=sys.stderr)
    return samples


def _texts(folder: Path) -> set[str]:
    with (folder / "corpus.jsonl").open("rb") as lines:
        return {" ".join(json.loads(line)["text"].split()) for line in lines}


def _evenly(queries: Sequence[Query], most: int) -> Sequence[Query]:
    step = max(1, len(queries) // most)
    return queries[::step][:most]


def _fit(samples: Sequence[_Sample]) -> ConfidenceModel:
    features = np.array([astuple(sample.evidence) for sample in samples])
    answerable = np.array([sample.answerable for sample in samples])
    groups = [(sample.folder, sample.answerable) for sample in samples]
    sizes = Counter(groups)
    weights = np.array([(_ANSWERABLE if group[1] else 1 - _ANSWERABLE) / sizes[group] for group in groups])
    weights *= len(samples) / weights.sum()
    model = LogisticRegression(max_iter=1000).fit(features, answerable, sample_weight=weights)
    fitting, covered = (round(float(weight), 2) for weight in model.coef_[0])
    return ConfidenceModel(fitting, covered, round(float(model.intercept_[0]), 2))


def _auroc(model: ConfidenceModel, samples: Sequence[_Sample]) -> str:
    truth = [sample.answerable for sample in samples]
    if len(set(truth)) < 2:
        return "-"
    return f"{roc_auc_score(truth, [model.confidence(sample.evidence) for sample in samples]):.3f}"


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
