"""Fits the confidence to a question set of one's own, and tells what that changes.

Scores keep their order: they are only stretched and shifted (Platt, "Probabilistic Outputs for Support Vector
Machines", 1999), and the threshold of refusal is put where most answerable and most unanswerable questions are on
their own side of it (Youden's J). With some dozens of questions more could not be learned. What it changes is judged
on questions that were left out of the fit, one at a time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from eval.calibration import Judged, gaps_by_bin
from eval.questions import QuestionSet
from index import UsageError
from qa import ConfidenceModel, Evidence, Service

_LEAST = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """How a confidence does: of those refused the share that had no answer (None if none was), of those without
    answer the share refused, of those with one the share answered, and the expected calibration error.
    """

    precision: float | None
    recall: float
    answered: float
    error: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted model, what there was before, and both judged; `after` on questions that were not fitted on."""

    model: ConfidenceModel
    questions: int
    before: Figures
    after: Figures


def calibrate(service: Service, questions: QuestionSet) -> Calibration:
    """A confidence model for the index behind `service`.

    UsageError with fewer than five answerable or five unanswerable questions.
    """
    asked = questions.questions
    truth = [question.answerable for question in asked]
    if min(truth.count(True), truth.count(False)) < _LEAST:
        raise UsageError(
            f"there are {truth.count(True)} answerable and {truth.count(False)} unanswerable questions; to calibrate"
            f" takes at least {_LEAST} of each"
        )
    evidence = [service.evidence(question.question) or Evidence(0.0) for question in asked]
    old = service.settings.confidence
    fitted = fit(evidence, truth)
    left_out = []
    for i, one in enumerate(evidence):
        model = fit(evidence[:i] + evidence[i + 1 :], truth[:i] + truth[i + 1 :])
        confidence = model.confidence(one)
        left_out.append((confidence, confidence < model.refuse))
    before = [(confidence := old.confidence(one), confidence < old.refuse) for one in evidence]
    return Calibration(fitted, len(truth), _figures(before, truth), _figures(left_out, truth))


def fit(evidence: Sequence[Evidence], truth: Sequence[bool]) -> ConfidenceModel:
    """The model that Pincite comes with, stretched and shifted to these questions, with its threshold."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_curve

    old = ConfidenceModel()
    scores = old.fitting * np.array([one.fitting for one in evidence])
    fitted = LogisticRegression(C=1.0).fit(scores[:, None], truth)
    # Questions on which the scores are upside down teach nothing but how many can be answered.
    slope = float(fitted.coef_[0][0])
    if slope <= 0:
        fitted = LogisticRegression(C=1.0).fit(np.zeros((len(scores), 1)), truth)
        slope = 1e-6
    model = ConfidenceModel(round(slope * old.fitting, 4), round(float(fitted.intercept_[0]), 4))
    confidences = [model.confidence(one) for one in evidence]
    false, true, thresholds = roc_curve(truth, confidences)
    best = max(range(len(thresholds)), key=lambda i: (round(float(true[i] - false[i]), 9), -i))
    refuse = round(float(min(thresholds[best], max(confidences))), 4)
    return ConfidenceModel(model.fitting, model.intercept, refuse, max(refuse, old.partial))


def _figures(judged: Sequence[tuple[float, bool]], truth: Sequence[bool]) -> Figures:
    refused = [answerable for (_, refuses), answerable in zip(judged, truth, strict=True) if refuses]
    right = refused.count(False)
    return Figures(
        right / len(refused) if refused else None,
        right / truth.count(False),
        1 - refused.count(True) / truth.count(True),
        _error([(c, answerable) for (c, _), answerable in zip(judged, truth, strict=True)]),
    )


def _error(judged: Sequence[Judged]) -> float:
    return math.fsum(abs(math.fsum(column)) for column in gaps_by_bin(judged).T) / len(judged)
