"""A saved run asked again: the same questions with the same settings, and whether every answer is the same.

A run holds what a replay needs: the questions with their evidence, the settings, and hashes of the corpus, the
code and the model. What cannot be set back (the code that runs now, its libraries, the index) is compared, and
every difference is told: with none of them, a difference in an answer is a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from eval.compare import Run, comparable, compare, settings_changed
from eval.gate import Verdict
from eval.instruments import corpus_of
from eval.provenance import identity_of
from eval.questions import Fact, Question
from eval.types import Report, Row
from index import UsageError

if TYPE_CHECKING:
    from eval.engines import Texts
    from qa import Settings

_SHOWN = 10
"""How many questions the verdict lists; `--details` and the reports have them all."""


def questions_of(run: Run) -> tuple[Question, ...]:
    """The questions that a run was made with, as far as they are measured: without references and notes.

    A UsageError for a run that does not hold them: one of a test collection, or one saved before runs kept
    their evidence. Such a run is replayed with its set or its folder.
    """
    if run.kind != "questions":
        raise UsageError(
            "the run is of a test collection and does not hold its corpus; give the folder as well:"
            " pincite eval FOLDER --replay RUN"
        )
    questions = tuple(
        Question(
            row.id,
            row.question,
            row.type,
            row.answerable,
            tuple(Fact(fact.fact, fact.evidence, fact.wanted) for fact in row.facts),
            must_cite_voices=row.must_cite_voices,
            must_cite_at_least=row.must_cite_at_least,
        )
        for row in run.rows
    )
    if identity_of(questions) != run.settings.get("questions"):
        raise UsageError(
            "the run does not hold the evidence of its questions; give the question set as well:"
            " pincite eval SET --replay RUN"
        )
    return questions


def settings_of_run(run: Run) -> Settings:
    """The settings that a run was made with. One that is not known here any longer is left out.

    A UsageError for the run of another engine, which has to be named to be asked again.
    """
    from qa import Settings

    held = run.settings.get("service", {})
    if address := held.get("endpoint"):
        raise UsageError(f"the run was made by the engine at {address}; name it: --endpoint {address}")
    if file := held.get("run"):
        raise UsageError(f"the run was made from the results in {file}; name that file: --run {file}")
    return _set_back(Settings(), held)


def check_replay(
    run: Run, corpus: Texts, questions: Sequence[Question] | None = None, *, across_corpora: bool = False
) -> None:
    """A UsageError where a replay would ask other documents or other questions, unless it is allowed to.

    Before anything is asked: an answer from other documents says nothing about the run.
    """
    settings = {**run.settings, "corpus": corpus_of(corpus)}
    if questions is not None:
        settings["questions"] = identity_of(questions)
    list(comparable(run, replace(run, settings=settings), across_corpora))


def replayed(run: Run, report: Report, *, across_corpora: bool = False) -> Verdict:
    """Whether a report made again is that of the run in every answer: status, confidence, quotes, what was found.

    It passes when it is, whatever else may differ; the notes of the comparison say what does.
    """
    comparison = compare(run, report, across_corpora=across_corpora)
    if not [*comparable(run, report, across_corpora), *settings_changed(run.settings, report.settings)]:
        same = "Corpus, questions, model, settings, code and versions are those of the run."
        comparison = replace(comparison, notes=(*comparison.notes, same))
    now = {row.id: row for row in report.rows}
    pairs = [(row, now[row.id]) for row in run.rows if row.id in now]
    told = [f"{old.id}: {'; '.join(found)}" for old, new in pairs if (found := list(_differences(old, new)))]
    sentences = (
        [f"{len(told)} of {len(pairs)} answers are not those of the run", *told[:_SHOWN]] if told else []
    )
    if len(told) > _SHOWN:
        sentences.append(f"and {len(told) - _SHOWN} more")
    if report.violations != run.violations:
        sentences.append(
            f"{len(report.violations)} texts are not verbatim, and {len(run.violations)} were not"
        )
    return Verdict(not sentences, tuple(sentences), comparison, of="replay")


def _differences(old: Row, new: Row) -> Iterator[str]:
    """What is not the same about two answers to one question, in words."""
    if old.status != new.status:
        yield f"{new.status or 'not asked'}, was {old.status or 'not asked'}"
    if old.error != new.error:
        yield f"turned away: {new.error}" if new.error else "no longer turned away"
    if old.confidence != new.confidence:
        yield f"confidence {new.confidence}, was {old.confidence}"
    if old.quotes != new.quotes:
        kept = len(set(old.quotes) & set(new.quotes))
        yield (
            f"{kept} of its {len(old.quotes)} quotes are among the {len(new.quotes)} of now"
            if kept < max(len(old.quotes), len(new.quotes))
            else "the same quotes in another order"
        )
    # A run that was saved before this was kept has nothing to say about it.
    if old.served and old.served != new.served:
        yield "other passages were found"
    judged = ("facts", "rr", "quote_rr", "ranking", "documents", "quote_tokens")
    if not old.served and old.facts and not old.facts[0].evidence:
        new = replace(new, facts=tuple(replace(fact, evidence=(), wanted=()) for fact in new.facts))
    if changed := [name for name in judged if getattr(old, name) != getattr(new, name)]:
        yield f"measured otherwise: {', '.join(changed)}"


def _set_back(default: Any, held: Any) -> Any:
    """Settings with the values that a run holds, wherever a value of that name and kind is there now."""
    if not isinstance(held, dict):
        return default
    values = {}
    for field in fields(default):
        now, then = getattr(default, field.name), held.get(field.name)
        if is_dataclass(now):
            values[field.name] = _set_back(now, then)
        elif isinstance(now, tuple) and isinstance(then, list):
            values[field.name] = tuple(then)
        elif type(now) is float and type(then) is int:
            values[field.name] = float(then)
        elif type(then) is type(now):
            values[field.name] = then
    return replace(default, **values)
