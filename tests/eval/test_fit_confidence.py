"""The fit behind `confidence`: what it weighs, what it judges by, and the questions it makes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from eval.fit_confidence import Kind, Sample, _Shelf, calibration_error, fit, report
from index import TransformerEmbedder
from qa import ConfidenceModel, Evidence


def _samples(folder: str, good: int, bad: int, kind: Kind = "own", often: int = 1) -> list[Sample]:
    """At fitting 0.6 `good` are answerable and `bad` are not, at 0.3 the other way round."""
    return often * [
        *(Sample(folder, n < good, kind, Evidence(0.6)) for n in range(good + bad)),
        *(Sample(folder, n >= good, kind, Evidence(0.3)) for n in range(good + bad)),
    ]


def test_the_fit_takes_three_of_four_to_be_answerable_and_shrinks_nothing() -> None:
    model = fit(_samples("a", 8, 2))
    # Of the answerable .8 are at 0.6, of the unanswerable .2, so that with 3 to 1 the odds there are 12 to 1, and at
    # 0.3 they are 3 * .2 to .8.
    assert model.confidence(Evidence(0.6)) == pytest.approx(12 / 13, abs=0.002)
    assert model.confidence(Evidence(0.3)) == pytest.approx(0.6 / 1.4, abs=0.002)


def test_collections_and_kinds_weigh_alike_whatever_their_number() -> None:
    few, many = _samples("a", 8, 2), _samples("b", 6, 4, often=20)
    assert fit([*few, *many]) == fit([*few, *_samples("b", 6, 4)])
    rare = [one for one in _samples("a", 5, 5, "foreign") if not one.answerable]
    with_rare = fit([*few, *rare])
    assert with_rare != fit(few)
    assert with_rare == fit([*few, *(7 * rare)])


def test_the_casebook_has_half_of_the_weight() -> None:
    home, other = _samples("casebook", 9, 1), _samples("b", 6, 4)
    # At 0.6 the answerable are (.9 + .6) / 2 of theirs, the unanswerable (.1 + .4) / 2.
    assert fit([*home, *other]).confidence(Evidence(0.6)) == pytest.approx(9 / 10, abs=0.002)
    assert fit([*home, *other, *_samples("c", 6, 4)]) == fit([*home, *other])


def test_the_calibration_error_by_hand() -> None:
    confidences, truth = np.array([0.95, 0.95, 0.25, 0.25]), np.array([True, True, True, False])
    # Answerable ones weigh .25 each, the one that is not .25: |2 * .25 * -.05| + |.25 * -.75 + .25 * .25|.
    error, low, high, perfect = calibration_error(confidences, truth)
    assert error == pytest.approx(0.025 + 0.125)
    assert low <= error <= high
    assert 0 < perfect < 0.5


def test_a_perfect_model_of_few_questions_shows_an_error_all_the_same() -> None:
    random = np.random.RandomState(1)
    confidences = random.random_sample(2000)
    truth = random.random_sample(2000) < confidences
    few, many = calibration_error(confidences[:40], truth[:40]), calibration_error(confidences, truth)
    assert many[3] < 0.04 < 0.08 < few[3]


def test_the_report_of_a_collection() -> None:
    held = [
        Sample("a", True, "own", Evidence(0.7), (0.5, 0.4, 9.0)),
        Sample("a", True, "own", Evidence(0.5), (0.6, 0.6, 8.0)),
        Sample("a", False, "own", Evidence(0.6), (0.3, 0.5, 9.5)),
        Sample("a", False, "foreign", Evidence(0.1), (0.1, 0.1, 1.0)),
    ]
    name, aurocs, single, error = report("a", ConfidenceModel(), held).split(" | ")
    assert (name, aurocs) == ("a (4)", "0.500, -, 1.000")
    assert single == "sentence 1.000, passage 0.500, bm25 0.000"
    (mean, _, _, perfect) = (float(number) for number in re.findall(r"[0-9.]+", error))
    assert 0 < perfect < mean < 1


def test_the_questions_that_are_made(tmp_path: Path) -> None:
    for name, subject in (("towns", ("mill", "bridge", "harbour")), ("stars", ("comet", "nebula", "pulsar"))):
        (tmp_path / name / "qrels").mkdir(parents=True)
        records = [
            {"_id": f"d{n}", "title": "", "text": f"The {one} was first seen in 1850."}
            for n, one in enumerate(subject)
        ]
        queries = [
            {"_id": f"q{n}", "text": f"When was the {one} first seen?"} for n, one in enumerate(subject)
        ]
        (tmp_path / name / "corpus.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records))
        (tmp_path / name / "queries.jsonl").write_text("".join(json.dumps(one) + "\n" for one in queries))
        judged = "".join(f"q{n}\td{n}\t1\n" for n in range(3))
        (tmp_path / name / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}")
    shelf = _Shelf(tmp_path / "kept", TransformerEmbedder())
    samples = list(shelf.collections([tmp_path / "towns", tmp_path / "stars"], 4))
    for name in ("towns", "stars"):
        of = {
            kind: [one for one in samples if one.folder == name and one.kind == kind]
            for kind in ("own", "without", "foreign")
        }
        assert [one.answerable for one in of["own"]] == [True] * 3
        assert [one.answerable for one in of["without"]] == [False] * 2
        assert [one.answerable for one in of["foreign"]] == [False] * 3
        assert min(one.evidence.fitting for one in of["own"]) > max(
            one.evidence.fitting for one in of["without"]
        )
        assert all(len(one.single) == (3 if one.kind == "own" else 0) for one in samples)
    made = (tmp_path / "kept" / "towns" / "pincite.db").stat().st_mtime_ns
    assert next(shelf.collections([tmp_path / "towns"], 1)).evidence == samples[0].evidence
    assert (tmp_path / "kept" / "towns" / "pincite.db").stat().st_mtime_ns == made, "an index is made once"
