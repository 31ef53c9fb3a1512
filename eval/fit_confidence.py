"""Fits the model behind `confidence` on test collections: python -m eval.fit_confidence FOLDER...

Each BEIR folder gives its own queries, answerable or not, and has the other folders' queries put to it, which
it cannot answer. The fit weighs folders alike and, within one, answerable and unanswerable alike. Printed are
the coefficients for qa/confidence.py and how a model fitted on the other folders does on each.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from eval.beir import Query, read_folder
from index import DEFAULT_MODEL, QuestionError, TransformerEmbedder, index_paths, open_store
from qa import ConfidenceModel, Evidence, Service

_FOREIGN = 80
"""How many queries of each other folder are put to one."""

_MOST_REFUSED = 0.05
"""The threshold refuses at most this share of any folder's answerable queries, by the model fitted without it."""


@dataclass(frozen=True, slots=True)
class _Sample:
    folder: str
    answerable: bool
    foreign: bool
    evidence: Evidence


def main(folders: Sequence[Path]) -> None:
    samples = _samples(folders)
    thresholds = []
    print(f"{'held out':24}{'n':>6}{'AUROC near':>12}{'AUROC foreign':>15}{'refused':>9}")
    for folder in folders:
        held = [s for s in samples if s.folder == folder.name]
        model = _fit([s for s in samples if s.folder != folder.name])
        answerable = [model.confidence(s.evidence) for s in held if s.answerable]
        threshold = float(np.quantile(answerable, _MOST_REFUSED))
        thresholds.append(threshold)
        near = _auroc(model, [s for s in held if not s.foreign])
        far = _auroc(model, [s for s in held if s.foreign or s.answerable])
        print(f"{folder.name:24}{len(held):6}{near:>12}{far:>15}{threshold:9.2f}")
    print(_fit(samples), f"refuse below {min(thresholds):.2f}", sep="\n")


def _samples(folders: Sequence[Path]) -> list[_Sample]:
    queries = {folder.name: read_folder(folder)[0] for folder in folders}
    texts = {folder.name: _texts(folder) for folder in folders}
    embedder = TransformerEmbedder(DEFAULT_MODEL)
    samples = []
    for folder in folders:
        with tempfile.TemporaryDirectory() as scratch, closing(open_store(scratch, create=True)) as store:
            index_paths(store, embedder, [folder / "corpus.jsonl"])
            service = Service(store, embedder)
            own = [(query, query.answerable, False) for query in queries[folder.name]]
            others = [
                (query, False, True)
                for name, foreign in queries.items()
                if not texts[name] & texts[folder.name]  # else it may well answer them
                for query in _evenly(foreign)
            ]
            for query, answerable, foreign in own + others:
                try:
                    evidence = service.evidence(query.text)
                except QuestionError:
                    continue
                if evidence is not None:
                    samples.append(_Sample(folder.name, answerable, foreign, evidence))
        print(f"{folder.name} read", file=sys.stderr)
    return samples


def _texts(folder: Path) -> set[str]:
    with (folder / "corpus.jsonl").open("rb") as lines:
        return {" ".join(json.loads(line)["text"].split()) for line in lines}


def _evenly(queries: Sequence[Query]) -> Sequence[Query]:
    step = max(1, len(queries) // _FOREIGN)
    return queries[::step][:_FOREIGN]


def _fit(samples: Sequence[_Sample]) -> ConfidenceModel:
    features = np.array([astuple(sample.evidence) for sample in samples])
    answerable = np.array([sample.answerable for sample in samples])
    groups = [(sample.folder, sample.answerable) for sample in samples]
    weights = np.array([1 / groups.count(group) for group in groups])
    weights *= len(samples) / weights.sum()
    model = LogisticRegression(max_iter=1000).fit(features, answerable, sample_weight=weights)
    sentence, passage, covered = (round(float(weight), 2) for weight in model.coef_[0])
    return ConfidenceModel(sentence, passage, covered, round(float(model.intercept_[0]), 2))


def _auroc(model: ConfidenceModel, samples: Sequence[_Sample]) -> str:
    truth = [sample.answerable for sample in samples]
    if len(set(truth)) < 2:
        return "-"
    return f"{roc_auc_score(truth, [model.confidence(sample.evidence) for sample in samples]):.3f}"


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
