"""Adapts the reranker to the documents of an index, without labels, and tells whether that helped.

The questions are made from the documents themselves (`eval.train.asking`). Those of some sections, or of some documents
where there are many, are left out of the training, and the head before and after it is judged on them; also on a
question set, if there is one. Without a gain that is more than chance nothing is worth keeping.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from eval.compare import MeasureChange, compare
from eval.intervals import ratio
from eval.questions import Question
from eval.run import evaluate
from eval.train.asking import LEAST_PASSAGES, MOST, Posed, pose
from eval.train.groups import Group
from eval.train.late import HeadTraining, Tokens, first_head, ranked, train_head
from eval.types import Measure
from index import Embeddable, Readings, Store, TransformerEmbedder, UsageError
from qa import PACKAGED_HEAD, LateHead, LateReranker, Reranker, Service, read_head

MEASURES = ("fact_recall@500", "fact_recall@1000")
"""What a question set judges by; none of them may fall."""

OnProgress = Callable[[str, int, int], None]
"""Called with what is being counted, how many are done and how many there are."""

_HELD_OUT = 0.25
_LEAST_APART = 10
"""So many sections or documents have to be left out for the judgement to mean anything; with at most half of all."""
_DOCUMENTS = 40
"""From so many documents on whole documents are left out, a quarter; below that sections."""
_STRETCH = 8
"""Passages of a section, at most, that are left out together: a report may have no headings at all."""
_TEACHER = 0.5


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What training made of the head, and how it did on the questions that were left out of it.

    `before` and `after` are mean reciprocal ranks of the passage that each question was made of, among its negatives;
    `gain` has the interval of their difference over sections (or documents), `kinds` the two for each kind of question
    and how many there were. `measures` is what a question set says, empty without one. `helped` says whether it is
    worth keeping, and `reason` why, as a sentence. `anew` is set where there was no head for the index's model: then
    `before` is the order by that model's own vectors. `taught` says whether there was a teacher.
    """

    head: LateHead
    helped: bool
    reason: str
    questions: int
    held_out: int
    before: float
    after: float
    gain: Measure
    kinds: dict[str, tuple[float, float, int]]
    measures: tuple[MeasureChange, ...]
    anew: bool
    taught: bool
    seed: int
    seconds: float


def adapt(
    store: Store,
    embedder: TransformerEmbedder,
    questions: Sequence[Question] = (),
    *,
    teacher: Reranker | None = None,
    most: int = MOST,
    seed: int = 7,
    progress: OnProgress = lambda what, done, total: None,
) -> Adaptation:
    """What training on the passages of a store makes of the head that Pincite comes with. Nothing is kept.

    It always begins with that head, never with one that was adapted before: that one has seen what is left out now.
    Only the question's side is trained, so that what was made of passages stays. Where the head is for another model
    than the index's, one is trained from nothing, both its sides. With a `teacher` its view is half of the loss.
    UsageError for a store with fewer than thirty passages, or that gives too few questions.
    """
    started = time.monotonic()
    passages = store.counts().passages
    if passages < LEAST_PASSAGES:
        raise UsageError(
            f"{store.location} holds {passages} passages, and to adapt the reranker takes at least {LEAST_PASSAGES};"
            " index more documents first"
        )
    service = Service(store, embedder)
    posed = pose(service, most, seed, lambda *counted: progress("questions searched for", *counted))
    units = units_of(posed)
    apart = left_out(units, seed)
    if len(apart) < _LEAST_APART or 2 * sum(unit in apart for unit in units) > len(units):
        raise UsageError(
            f"{store.location} gives only {len(posed)} questions, too few to train on some and judge by the others;"
            " index more documents first, or such with headings and longer paragraphs"
        )
    taught = [one.group for one, unit in zip(posed, units, strict=True) if unit not in apart]
    asked = [one.group for one, unit in zip(posed, units, strict=True) if unit in apart]
    if teacher:
        taught = _scored(taught, teacher, progress)
    packaged = read_head(PACKAGED_HEAD)
    anew = packaged.model_fingerprint != embedder.fingerprint
    training = HeadTraining(
        epochs=4 if anew else 2, teacher=_TEACHER if teacher else 0.0, question_only=not anew, seed=seed
    )
    with tempfile.TemporaryDirectory(prefix="pincite-adapt-") as scratch:
        tokens = Tokens(embedder, Readings(Path(scratch)))
        _read(tokens, [*taught, *asked], progress)
        start = packaged
        if anew:
            start = first_head(tokens, taught, embedder.fingerprint, training.width, embedder.dimensions)
        total = training.epochs * len(taught)
        head = train_head(start, taught, tokens, training, _counted("groups trained on", total, progress))
        # Judged as it is used: what is kept of it has 16 bits.
        head.save(Path(scratch, "after"))
        head = read_head(Path(scratch, "after"))
        after = [_reciprocal_rank(scores) for scores in ranked(head, asked, tokens)]
        said = _by_vectors(embedder, asked) if anew else ranked(packaged, asked, tokens)
        before = [_reciprocal_rank(scores) for scores in said]
        measures: tuple[MeasureChange, ...] = ()
        if questions:
            readings = Readings(Path(store.location) if Path(store.location).is_dir() else None)
            old = None if anew else LateReranker(embedder, PACKAGED_HEAD, readings)
            new = LateReranker(embedder, Path(scratch, "after"), readings)
            measures = _measured(
                Service(store, embedder, late=old), Service(store, embedder, late=new), questions, progress
            )
    gain = _gain([unit for unit in units if unit in apart], before, after)
    helped, reason = verdict(gain, measures)
    return Adaptation(
        head, helped, reason, len(taught), len(asked), _mean(before), _mean(after), gain,
        _by_kind(asked, before, after), measures, anew, teacher is not None, seed, round(time.monotonic() - started, 1),
    )  # fmt: skip


def units_of(posed: Sequence[Posed]) -> list[str]:
    """What each group is left out together with: its document, or where there are few of these its section, the long
    ones in stretches.
    """
    by_document = len({one.doc_id for one in posed}) >= _DOCUMENTS
    return [
        one.doc_id if by_document else f"{one.doc_id} {one.section} {one.ordinal // _STRETCH}"
        for one in posed
    ]


def left_out(units: Sequence[str], seed: int) -> set[str]:
    """The units whose groups are not trained on: drawn by chance until they are ten and have a quarter of all."""
    every = sorted(set(units))
    random.Random(seed).shuffle(every)
    apart: set[str] = set()
    held = 0
    for unit in every:
        if held >= _HELD_OUT * len(units) and len(apart) >= _LEAST_APART:
            break
        apart.add(unit)
        held += units.count(unit)
    return apart


def verdict(gain: Measure, measures: Sequence[MeasureChange]) -> tuple[bool, str]:
    """Whether the head is worth keeping, and why.

    >>> verdict(Measure(0.02, -0.01, 0.05, 80), ())
    (False, 'the gain on questions that were left out may be chance: its interval is not above 0')
    """
    if gain.value <= 0:
        return False, f"on questions that were left out it gained nothing ({gain.value:+.3f})"
    if gain.low <= 0:
        return False, "the gain on questions that were left out may be chance: its interval is not above 0"
    fell = [one for one in measures if one.new < one.old]
    if fell:
        told = ", ".join(f"{one.name} from {one.old:.3f} to {one.new:.3f}" for one in fell)
        return False, f"the question set fell: {told}"
    also = " and the question set did not fall" if measures else ""
    return True, f"the gain on questions that were left out is more than chance{also}"


def _read(tokens: Tokens, groups: Sequence[Group], progress: OnProgress) -> None:
    texts = {text for group in groups for text in (group.question, *group.passages)}
    tokens.prepare(sorted(texts), _counted("texts read", len(texts), progress))


def _counted(what: str, total: int, progress: OnProgress) -> Callable[[int], None]:
    """What hears how many more are done, and tells how many of all."""
    done = 0

    def more(count: int) -> None:
        nonlocal done
        done += count
        progress(what, done, total)

    return more


def _scored(groups: Sequence[Group], teacher: Reranker, progress: OnProgress) -> list[Group]:
    """The groups with the teacher's scores of their passages."""
    scored = []
    for done, group in enumerate(groups, 1):
        scores = teacher.scores(group.question, group.passages)
        scored.append(replace(group, scores=tuple(map(float, scores))))
        progress("groups scored by the teacher", done, len(groups))
    return scored


def _by_vectors(embedder: TransformerEmbedder, groups: Sequence[Group]) -> list[list[float]]:
    """The cosines of each group's passages with its question, each as one vector."""
    texts = list(dict.fromkeys(text for group in groups for text in group.passages))
    found = embedder.embed([Embeddable(text) for text in texts])
    vectors = dict(zip(texts, (one.passage for one in found), strict=True))
    return [
        (
            np.stack([vectors[text] for text in group.passages]) @ embedder.embed_question(group.question)
        ).tolist()
        for group in groups
    ]


def _reciprocal_rank(scores: Sequence[float]) -> float:
    """That of the first score; a tie counts against it."""
    return 1 / (1 + sum(score >= scores[0] for score in scores[1:]))


def _gain(units: Sequence[str], before: Sequence[float], after: Sequence[float]) -> Measure:
    """The mean difference with its interval; units are resampled, since questions of one section are alike."""
    sums: dict[str, tuple[float, int]] = {}
    for unit, old, new in zip(units, before, after, strict=True):
        total, count = sums.get(unit, (0.0, 0))
        sums[unit] = (total + new - old, count + 1)
    return ratio(list(sums.values()))


def _by_kind(
    groups: Sequence[Group], before: Sequence[float], after: Sequence[float]
) -> dict[str, tuple[float, float, int]]:
    found: dict[str, tuple[float, float, int]] = {}
    for kind in sorted({group.collection for group in groups}):
        at = [i for i, group in enumerate(groups) if group.collection == kind]
        found[kind] = (_mean([before[i] for i in at]), _mean([after[i] for i in at]), len(at))
    return found


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4)


def _measured(
    before: Service, after: Service, questions: Sequence[Question], progress: OnProgress
) -> tuple[MeasureChange, ...]:
    """What the question set says of both, measured one after another."""
    total = 2 * len(questions)
    old = evaluate(before, questions, progress=lambda done, _: progress("questions of the set", done, total))
    new = evaluate(
        after, questions,
        progress=lambda done, _: progress("questions of the set", len(questions) + done, total),
    )  # fmt: skip
    return compare(old, new, measures=MEASURES).measures
