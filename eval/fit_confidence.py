"""Fits the model behind `confidence` on test collections: python -m eval.fit_confidence FOLDER... [--most N]

Each BEIR folder gives up to N of its answerable queries and as many of its unanswerable ones. Two more kinds of
questions it cannot answer are made: its own queries with the documents that answer them left out (*without*: the corpus
is about the matter and does not say), and other folders' queries (*foreign*). The casebook with its corpus is one
collection more.

The casebook has half of the weight in the fit, since its questions are of the kind that Pincite is for: most queries of
collections repeat the words of a passage. The collections share the other half, in each all kinds of unanswerable
questions weigh alike, and three of four questions are taken to be answerable. The fit is not regularised: one
coefficient cannot overfit thousands of questions, and shrinking it flattens the confidence.

Printed are how a model fitted without each collection does there, and the coefficients for qa/confidence.py. With
--judge QUESTIONS CORPUS a question set is judged that nothing was fitted on; with --keep DIR the indexes are kept
there, and made only once.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from eval.beir import Query, read_folder
from eval.calibration import BINS, bin_of
from eval.questions import read_questions
from index import DEFAULT_MODEL, Embedder, Filter, QuestionError, TransformerEmbedder, index_paths, open_store
from qa import ConfidenceModel, Evidence, Service

Kind = Literal["own", "without", "foreign"]

_FOREIGN = 30
"""How many queries of each other folder are put to one."""
_WITHOUT = 0.5
"""For each answerable query, how many are put again with what answers them left out."""
_MOST = 300
_ANSWERABLE = 0.75
"""The share of questions that are taken to have an answer: in use most do."""
_HOME, _AT_HOME = "casebook", 0.5
"""The collection whose questions are of the kind that Pincite is for, and its share of the weight."""
_MOST_REFUSED = 0.05
"""The threshold refuses at most this share of the answerable questions of all collections together."""
_SINGLE = ("sentence", "passage", "bm25")
"""Scores of engines that a refusal could be made by instead; the best of the hits."""
_RESAMPLES = 1000
_EVAL = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sample:
    """A question put to a collection, whether it can be answered there, and what speaks for it.

    `kind` says what an unanswerable one is; `single` are the best scores of the engines in _SINGLE, of its own
    questions only.
    """

    folder: str
    answerable: bool
    kind: Kind
    evidence: Evidence
    single: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    text: str
    answerable: bool
    kind: Kind = "own"
    answered_by: tuple[str, ...] = ()
    """Source ids of the documents to leave out."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Fit the model behind `confidence` on test collections.")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument(
        "--most", type=int, default=_MOST, metavar="N", help="queries of each sort; default 300"
    )
    parser.add_argument("--judge", nargs=2, type=Path, metavar=("QUESTIONS", "CORPUS"), help="judge, not fit")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where to keep the indexes")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        _run(options, _Shelf(options.keep or Path(scratch), TransformerEmbedder(DEFAULT_MODEL)))


def _run(options: argparse.Namespace, shelf: _Shelf) -> None:
    samples = [
        *shelf.judged("casebook", _EVAL / "sets" / "casebook.jsonl", _EVAL / "corpus"),
        *shelf.collections(options.folders, options.most),
    ]
    print("held out | AUROC own, without, foreign | best single | calibration error, of a perfect model")
    refused = []
    for name in dict.fromkeys(sample.folder for sample in samples):
        held = [s for s in samples if s.folder == name]
        model = fit([s for s in samples if s.folder != name])
        refused += [model.confidence(s.evidence) for s in held if s.answerable]
        print(report(name, model, held))
    model = fit(samples)
    if options.judge:
        print(report(str(options.judge[0]), model, [*shelf.judged("judged", *options.judge)]))
    print(model, f"refuse below {np.quantile(refused, _MOST_REFUSED):.2f}", sep="\n")


def fit(samples: Sequence[Sample]) -> ConfidenceModel:
    """The model of samples, with the thresholds of qa/confidence.py."""
    kinds: dict[str, set[Kind]] = {}
    for one in samples:
        if not one.answerable:
            kinds.setdefault(one.folder, set()).add(one.kind)
    sizes = Counter(_group(one) for one in samples)
    others = {one.folder for one in samples} - {_HOME}
    share = {folder: (1 - _AT_HOME) / len(others) for folder in others} | {_HOME: _AT_HOME}
    weights = np.array(
        [
            share[one.folder]
            * (_ANSWERABLE if one.answerable else (1 - _ANSWERABLE) / len(kinds[one.folder]))
            / sizes[_group(one)]
            for one in samples
        ]
    )
    features = np.array([[one.evidence.fitting] for one in samples])
    truth = np.array([one.answerable for one in samples])
    fitted = LogisticRegression(C=1e6, max_iter=1000).fit(
        features, truth, sample_weight=weights * len(samples)
    )
    return ConfidenceModel(round(float(fitted.coef_[0][0]), 2), round(float(fitted.intercept_[0]), 2))


def _group(one: Sample) -> tuple[str, bool, str]:
    return one.folder, one.answerable, "" if one.answerable else one.kind


def report(name: str, model: ConfidenceModel, held: Sequence[Sample]) -> str:
    """How a model does on samples that it was not fitted on, as a row of a table."""
    good = [one for one in held if one.answerable]
    cells = []
    for kind in ("own", "without", "foreign"):
        bad = [one for one in held if not one.answerable and one.kind == kind]
        cells.append(_auroc([(model.confidence(one.evidence), one.answerable) for one in [*good, *bad]]))
    own = [one for one in held if one.kind == "own"]
    single = [
        f"{score} {_auroc([(one.single[i], one.answerable) for one in own])}"
        for i, score in enumerate(_SINGLE)
        if len({one.answerable for one in own}) > 1 and all(one.single for one in own)
    ]
    judged = own if len({one.answerable for one in own}) > 1 else [s for s in held if s.kind != "foreign"]
    confidences = np.array([model.confidence(one.evidence) for one in judged])
    truth = np.array([one.answerable for one in judged])
    error, low, high, perfect = calibration_error(confidences, truth)
    return (
        f"{name} ({len(held)}) | {', '.join(cells)} | {', '.join(single) or '-'}"
        f" | {error:.3f} ({low:.3f} to {high:.3f}), {perfect:.3f}"
    )


def calibration_error(
    confidences: np.ndarray, truth: np.ndarray, seed: int = 0
) -> tuple[float, float, float, float]:
    """The expected calibration error with its 95 % bootstrap interval, and what a perfect model would show.

    Answerable questions weigh three to one, whatever their number. The last is the mean error of answers drawn by the
    confidences themselves: with few questions no model comes near 0 (Kumar et al., NeurIPS 2019).
    """
    random = np.random.RandomState(seed)
    bins = np.array([bin_of(float(confidence)) for confidence in confidences])
    weights = np.where(truth, _ANSWERABLE / max(truth.sum(), 1), (1 - _ANSWERABLE) / max((~truth).sum(), 1))

    def error(rows: np.ndarray, right: np.ndarray, weight: np.ndarray) -> float:
        gaps = np.bincount(bins[rows], weights=weight * (confidences[rows] - right), minlength=BINS)
        return float(np.abs(gaps).sum() / weight.sum())

    every = np.arange(len(truth))
    drawn = [random.randint(0, len(truth), len(truth)) for _ in range(_RESAMPLES)]
    again = [error(rows, truth[rows], weights[rows]) for rows in drawn]
    even = np.ones(len(truth))
    perfect = [error(every, random.random_sample(len(truth)) < confidences, even) for _ in range(_RESAMPLES)]
    low, high = np.percentile(again, [2.5, 97.5])
    return error(every, truth, weights), float(low), float(high), float(np.mean(perfect))


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A folder of indexes, one for each collection."""

    folder: Path
    embedder: Embedder

    def collections(self, folders: Sequence[Path], most: int) -> Iterator[Sample]:
        queries = {folder.name: read_folder(folder)[0] for folder in folders}
        texts = {folder.name: _texts(folder) for folder in folders}
        for folder in folders:
            asked = list(_own(queries[folder.name], most))
            asked += [
                _Asked(query.text, False, "foreign")
                for name, foreign in queries.items()
                if not texts[name] & texts[folder.name]  # else it may well answer them
                for query in _evenly(foreign, _FOREIGN)
            ]
            yield from self._put(folder.name, folder / "corpus.jsonl", asked)

    def judged(self, name: str, questions: Path, corpus: Path) -> Iterator[Sample]:
        asked = [_Asked(one.question, one.answerable) for one in read_questions(questions).questions]
        yield from self._put(name, corpus, asked)

    def _put(self, name: str, corpus: Path, asked: Sequence[_Asked]) -> Iterator[Sample]:
        """What speaks for an answer to each question that can be searched for."""
        with closing(open_store(self.folder / name, create=True)) as store:
            index_paths(store, self.embedder, [corpus])
            service = Service(store, self.embedder)
            known = frozenset(info.source_id for info in service.documents())
            for one in asked:
                left = known - set(one.answered_by)
                where = Filter(documents=left) if one.answered_by else Filter()
                try:
                    evidence = service.evidence(one.text, filter=where)
                    hits = service.search(one.text, k=50).hits if one.kind == "own" else ()
                except QuestionError:
                    continue
                if evidence is not None and left:
                    single = tuple(max(hit.scores[score] for hit in hits) for score in _SINGLE if hits)
                    yield Sample(name, one.answerable, one.kind, evidence, single)
        print(f"{name} read", file=sys.stderr)


def _own(queries: Sequence[Query], most: int) -> Iterator[_Asked]:
    """A collection's own questions, and some again without what answers them."""
    good = _evenly([query for query in queries if query.answerable], most)
    for query in (*good, *_evenly([query for query in queries if not query.answerable], most)):
        yield _Asked(query.text, query.answerable)
    for query in _evenly(good, int(_WITHOUT * most)):
        answering = tuple(name for name, grade in query.grades.items() if grade > 0)
        yield _Asked(query.text, False, "without", answering)


def _texts(folder: Path) -> set[str]:
    with (folder / "corpus.jsonl").open("rb") as lines:
        return {" ".join(json.loads(line)["text"].split()) for line in lines}


def _evenly(queries: Sequence[Query], most: int) -> Sequence[Query]:
    step = max(1, len(queries) // max(most, 1))
    return queries[::step][:most]


def _auroc(judged: Sequence[tuple[float, bool]]) -> str:
    if len({answerable for _, answerable in judged}) < 2:
        return "-"
    return f"{roc_auc_score([answerable for _, answerable in judged], [score for score, _ in judged]):.3f}"


if __name__ == "__main__":
    main()
