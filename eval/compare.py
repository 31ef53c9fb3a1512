"""Two runs of the same questions side by side: which measures moved, and which questions moved them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.metrics import FACT_BUDGETS
from eval.summary import NAMES, RATIOS, counted, measures_of
from eval.types import FactRow, QuoteRow, Report, Row
from index import UsageError

Run = Report
"""A run is a report: as it was just made, or as `read_run` made it again from a file."""

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """A measure in two runs of the same questions.

    `p` is Holm-corrected over the measures compared; `n` is how many questions the measure rests on. The
    `verdict` is "better" or "worse" where p is at most alpha, and "same" where chance would do.
    The gate makes "fell" of "same" where a measure fell by more than its settings allow.
    """

    name: str
    old: float
    new: float
    p: float
    n: int
    verdict: str


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """A question that was answered otherwise; `lost` and `won` say in words what got worse and better.

    Both are empty where only the quotes changed, or a status that no measure tells apart.
    """

    id: str
    question: str
    type: str
    lost: tuple[str, ...]
    won: tuple[str, ...]
    old_status: str
    new_status: str
    old_quotes: tuple[QuoteRow, ...]
    new_quotes: tuple[QuoteRow, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one run to another: measures in the order of reports, questions in that of the set."""

    measures: tuple[MeasureChange, ...]
    questions: tuple[QuestionChange, ...]
    notes: tuple[str, ...]


def compare(
    old: Run,
    new: Run,
    *,
    across_corpora: bool = False,
    alpha: float = ALPHA,
    measures: Sequence[str] | None = None,
) -> Comparison:
    """The changes from one run to another, question by question; `measures` are those tested, else all.

    Every measure is tested by a paired randomisation test (see `significance.py`), and the p-values are
    corrected together. A UsageError where the runs are of different corpora or question sets, unless
    `across_corpora` allows it: then only the questions of both are compared, and a note says so.
    """
    from eval.significance import holm, paired_p

    notes = list(comparable(old, new, across_corpora))
    before, after = _shared(old, new, notes)
    values_before, values_after = measures_of(before), measures_of(after)
    asked = [name for name in NAMES if measures is None or name in measures]
    common = [name for name in asked if name in values_before and name in values_after]
    for name in asked:
        if (name in values_before) != (name in values_after):
            notes.append(measured_once(name, "old" if name in values_before else "new"))
    notes += settings_changed(old.settings, new.settings)
    corrected = holm({name: paired_p(before, after, name) for name in common})
    changes = []
    for name in common:
        was, now, p = values_before[name].value, values_after[name].value, corrected[name]
        verdict = "same" if p > alpha or was == now else "better" if now > was else "worse"
        changes.append(MeasureChange(name, was, now, p, counted(before, after, name), verdict))
    questions = [
        change
        for row, other in zip(before, after, strict=True)
        if (change := _question_change(row, other)) is not None
    ]
    return Comparison(tuple(changes), tuple(questions), tuple(notes))


def measured_once(name: str, run: str) -> str:
    """The note on a measure that only one of two runs has, of the questions that both have."""
    return f"{name} was measured in the {run} run only."


def comparable(old: Run, new: Run, across_corpora: bool) -> Iterator[str]:
    """Notes on what differs and was allowed to; a UsageError for what was not."""
    if old.kind != new.kind:
        raise UsageError(
            f"a run of {old.kind} cannot be compared with one of {new.kind}: they have no measure in common"
        )
    for what, plural in (("corpus", "corpora"), ("questions", "question sets")):
        mine, theirs = _identity(old, what), _identity(new, what)
        if mine == theirs:
            continue
        sentence = f"The runs are of different {plural}: {mine} before, {theirs} now"
        if not across_corpora:
            raise UsageError(
                f"{sentence}. Their measures say little about each other; make a new baseline with"
                " --update-baseline, or compare the questions that both have with --across-corpora"
            )
        yield f"{sentence}."


def _identity(run: Run, what: str) -> str:
    """A corpus or a question set by its size and the beginning of its hash."""
    known = run.settings.get(what, {})
    size = known.get("documents" if what == "corpus" else "count", 0)
    unit = "documents" if what == "corpus" else "questions"
    return f"{size} {unit} (sha256 {str(known.get('sha256', 'unknown'))[:12]})"


def _shared(old: Run, new: Run, notes: list[str]) -> tuple[list[Row], list[Row]]:
    """The rows of both runs, in pairs."""
    after = {row.id: row for row in new.rows}
    pairs = [(row, after[row.id]) for row in old.rows if row.id in after]
    # A question that became unanswerable is another question.
    kept = [(row, other) for row, other in pairs if row.answerable == other.answerable]
    if not kept:
        raise UsageError("the runs have no question in common, so there is nothing to compare")
    if len(kept) < max(len(old.rows), len(new.rows)):
        notes.append(
            f"{len(kept)} questions are in both runs and were compared; the old run has {len(old.rows)} and the"
            f" new one {len(new.rows)}."
        )
    return [row for row, _ in kept], [other for _, other in kept]


def settings_changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each setting that is not the same: what may explain the rest."""
    before, after = dict(_leaves(old)), dict(_leaves(new))
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name, "not set"), after.get(name, "not set")
        if was == now or name.startswith(("corpus.", "questions.")):
            continue
        if name.endswith(("sha256", "fingerprint")):
            was, now = str(was)[:12], str(now)[:12]
        yield f"{name} was {was} and is {now}."


def _leaves(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _question_change(old: Row, new: Row) -> QuestionChange | None:
    lost: list[str] = []
    won: list[str] = []
    for gained, sentence in [*_facts_changed(old, new), *_values_changed(old, new)]:
        (won if gained else lost).append(sentence)
    if not lost and not won and (old.status, old.quotes) == (new.status, new.quotes):
        return None
    return QuestionChange(
        old.id, old.question, old.type, tuple(lost), tuple(won), old.status, new.status, old.quotes, new.quotes
    )  # fmt: skip


def _facts_changed(old: Row, new: Row) -> Iterator[tuple[bool, str]]:
    """Whether it is a gain, and a sentence, for everything that became of a fact."""
    after = dict(_numbered(new.facts))
    for key, before in _numbered(old.facts):
        now = after.get(key)
        if now is None:
            continue
        was_at, is_at = _least_budget(before), _least_budget(now)
        if was_at != is_at:
            yield is_at < was_at, f"{_within(is_at)}, was {_within(was_at)}: {before.fact}"
        if before.quoted != now.quoted and None not in (before.quoted, now.quoted):
            yield bool(now.quoted), f"{'now quoted' if now.quoted else 'no longer quoted'}: {before.fact}"
        elif before.keys != now.keys and None not in (before.keys, now.keys):
            told = "its key words are now" if now.keys else "its key words are no longer"
            yield bool(now.keys), f"{told} in the quotes: {before.fact}"
        if before.voiced != now.voiced and None not in (before.voiced, now.voiced):
            told = "is now" if now.voiced else "is no longer"
            yield bool(now.voiced), f"the voice that says so {told} quoted: {before.fact}"


def _numbered(facts: Sequence[FactRow]) -> Iterator[tuple[tuple[str, int], FactRow]]:
    """Facts by their words and, should two have the same, by which of them it is."""
    seen: Counter[str] = Counter()
    for fact in facts:
        yield (fact.fact, seen[fact.fact]), fact
        seen[fact.fact] += 1


def _least_budget(fact: FactRow) -> float:
    return min((budget for budget in FACT_BUDGETS if fact.found.get(budget)), default=float("inf"))


def _within(budget: float) -> str:
    return "not found" if budget == float("inf") else f"found within {budget} tokens"


_OF_FACTS = ("fact_recall", "quote_recall", "key_recall", "voice_recall", "refusal_precision")
"""Measures told fact by fact, or by another: refusal_precision moves with `answered` and `refusal_recall`."""


def _values_changed(old: Row, new: Row) -> Iterator[tuple[bool, str]]:
    """The same for every measure of the question that is not told fact by fact."""
    if old.failed != new.failed:
        yield old.failed, f"turned away: {new.error}" if new.failed else "no longer turned away"
    for name, pair_of in RATIOS.items():
        before, after = pair_of(old), pair_of(new)
        if name.startswith(_OF_FACTS) or before is None or after is None or 0 in (before[1], after[1]):
            continue
        was, now = before[0] / before[1], after[0] / after[1]
        if name in ("answered", "refusal_recall"):
            sentence = f"{_STATUS.get(new.status, new.status)}, was {_STATUS.get(old.status, old.status)}"
        else:
            sentence = f"{name} {was:.3g} → {now:.3g}"
        if was != now:
            yield now > was, sentence


_STATUS = {"answered": "answered", "partial": "answered in part", "not_in_documents": "refused"}
