"""What makes a build fail when quality falls: floors, losses against a baseline, words that are not there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from eval.compare import Comparison, MeasureChange, Run, compare, measured_once
from eval.settings import GateSettings
from eval.summary import NAMES
from eval.types import Report
from index import UsageError

DEFAULTS = GateSettings()
_SHOWN = 5
"""How many violations or questions a verdict lists; the report has them all."""
_SLACK = 1e-9
"""A drop of 0.05 exactly is allowed, although 0.8 - 0.75 is a little more."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a run passes, and a sentence for each reason why not. `comparison` is with the baseline, if any.

    `of` says what was passed or failed: the gate, or a replay.
    """

    passed: bool
    sentences: tuple[str, ...]
    comparison: Comparison | None = None
    of: str = "gate"

    @property
    def against(self) -> str:
        """What the comparison is with."""
        return "run" if self.of == "replay" else "baseline"


def judge(
    report: Report,
    baseline: Run | None = None,
    settings: GateSettings = DEFAULTS,
    *,
    across_corpora: bool = False,
) -> Verdict:
    """The verdict on a run. It fails by a measure below its floor, by any text that is not verbatim, and where
    every single question was turned away, since then nothing was measured.

    Held against a baseline it also fails by a loss (see GateSettings), by a watched measure that can no longer
    be taken, and by a question that is now turned away. A UsageError as in `compare` where the baseline is of
    another corpus or question set. An unchanged run never fails: nothing in it is left to chance.
    """
    sentences = [*_all_turned_away(report), *_not_verbatim(report), *_below(report, settings)]
    comparison = None
    if baseline is not None:
        comparison = compare(
            baseline, report, across_corpora=across_corpora, alpha=settings.alpha, measures=settings.measures
        )
        sentences += _turned_away(report, baseline)
        sentences += _vanished(comparison, settings)
        told = {change.name: _loss(change, settings) for change in comparison.measures}
        sentences += filter(None, told.values())
        # More than chance or not, what fails the gate is not to be read as the same.
        marked = [
            replace(change, verdict="fell") if told[change.name] and change.verdict == "same" else change
            for change in comparison.measures
        ]
        comparison = replace(comparison, measures=tuple(marked))
    return Verdict(not sentences, tuple(sentences), comparison)


def _not_verbatim(report: Report) -> Iterator[str]:
    if report.violations:
        more = len(report.violations) - _SHOWN
        listed = "; ".join(report.violations[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        yield f"{len(report.violations)} texts are not what their document holds there: {listed}"


def _all_turned_away(report: Report) -> Iterator[str]:
    if report.rows and all(row.failed for row in report.rows):
        yield f"all {len(report.rows)} questions were turned away, so nothing was measured: {report.rows[0].error}"


def _below(report: Report, settings: GateSettings) -> Iterator[str]:
    for name, floor in settings.floors.items():
        if name in report.measures:
            yield from crossed(report, [(name, floor)])
        else:
            # An engine that refuses everything has nothing to measure, and must not pass by it.
            yield f"{name} has a floor of {floor:.4g} and could not be measured"


def _turned_away(report: Report, baseline: Run) -> Iterator[str]:
    failed_before = {row.id: row.failed for row in baseline.rows}
    failed = [row for row in report.rows if row.failed and not failed_before.get(row.id, True)]
    if failed:
        listed = "; ".join(f"{row.id}, {row.error}" for row in failed[:_SHOWN])
        listed += f"; and {len(failed) - _SHOWN} more" if len(failed) > _SHOWN else ""
        yield f"{len(failed)} questions are now turned away: {listed}"


def _vanished(comparison: Comparison, settings: GateSettings) -> Iterator[str]:
    for name in settings.measures:
        if measured_once(name, "old") in comparison.notes:
            yield f"{name} was measured in the baseline and could not be measured now"


def _loss(change: MeasureChange, settings: GateSettings) -> str | None:
    drop = change.old - change.new
    significant = change.verdict == "worse"
    if not significant and drop <= settings.max_drop + _SLACK:
        return None
    told = f"{change.name} fell from {change.old:.4g} to {change.new:.4g}, over {change.n} questions"
    if significant:
        return f"{told}: a significant loss (p = {change.p:.2g}, corrected, at alpha {settings.alpha:g})"
    return f"{told}: more than the {settings.max_drop:g} allowed, though not significant (p = {change.p:.2g})"


def parse_floor(text: str) -> tuple[str, float]:
    """A measure's name and the least value it may have.

    >>> parse_floor("fact_recall@1000=0.53")
    ('fact_recall@1000', 0.53)
    """
    name, equals, number = (part.strip() for part in text.partition("="))
    if not equals:
        raise UsageError(
            f'"{text}" is not a floor; write a measure and its least value: fact_recall@1000=0.53'
        )
    if name not in NAMES:
        raise UsageError(f'no measure is called "{name}"; there are {", ".join(NAMES)}')
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    # Measures lie between 0 and 1: "53" for 53 % would fail every build, "-1" none.
    if not 0 <= value <= 1:
        raise UsageError(f'the floor "{text}" needs a number from 0 to 1 after the equals sign')
    return name, value


def crossed(report: Report, floors: Iterable[tuple[str, float]]) -> tuple[str, ...]:
    """A sentence for each measure that lies below its floor; touching it is allowed.

    A floor under something that the report does not hold is a UsageError: it would never fail.
    """
    sentences = []
    for name, floor in floors:
        if name not in report.measures:
            raise UsageError(
                f'"{name}" was not measured here, so it cannot have a floor; '
                f"measured were {', '.join(report.measures)}"
            )
        measure = report.measures[name]
        if measure.value < floor:
            sentences.append(
                f"{name} is {measure.value:.4g}, below its floor of {floor:.4g} "
                f"(95 % interval {measure.low:.3f} to {measure.high:.3f}, {measure.n} questions)"
            )
    return tuple(sentences)
