"""Question sets: what a file of questions holds, and every problem in it named by file and line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index import UsageError

SHOWN = 20
"""How many problems a message lists: enough to see a pattern, few enough to read."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place that states a fact: characters of a document, or words to be found in it.

    `doc` is a source id or a prefix of exactly one. Either `quote` is set, or both `start` and `end` are.
    """

    doc: str
    start: int | None = None
    end: int | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a good answer states. `evidence` lists alternatives: finding one is enough.

    Each of `keys` has to occur in the quotes; "18|eighteen" is one key with two ways of writing it.
    """

    fact: str
    evidence: tuple[Evidence, ...]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what is known about its answer. An unanswerable one has no facts."""

    id: str
    question: str
    type: str
    answerable: bool
    facts: tuple[Fact, ...] = ()
    reference: str = ""
    note: str = ""


def read_questions(path: str | Path) -> tuple[Question, ...]:
    """The questions of a JSON Lines file, in its order; a UsageError lists everything wrong with it."""
    path = Path(path)
    questions: list[Question] = []
    problems: list[str] = []
    first_seen: dict[str, int] = {}
    for number, line in json_lines(path, problems):
        found = _problems(line)
        if not found:
            question = _question(line)
            if question.id in first_seen:
                found = [f'the id "{question.id}" was used before, on line {first_seen[question.id]}']
            else:
                first_seen[question.id] = number
                questions.append(question)
        problems += [f"{path}, line {number}: {problem}" for problem in found]
    if not questions and not problems:
        problems.append(f"{path}: holds no questions")
    raise_all(problems, f"{path} is not a question set")
    return tuple(questions)


def json_lines(path: Path, problems: list[str]) -> Iterable[tuple[int, Any]]:
    """Each line's number from 1 with what its JSON says; what cannot be read is added to `problems`."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    # Split bytes: str.splitlines also cuts at U+2028, which JSON allows inside a string.
    for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            problems.append(f"{path}, line {number}: not UTF-8 at byte {error.start}")
        except json.JSONDecodeError as error:
            problems.append(f"{path}, line {number}: not JSON, {error.msg} at column {error.colno}")
        except RecursionError:
            problems.append(f"{path}, line {number}: not a question, nested too deeply")


def raise_all(problems: list[str], summary: str) -> None:
    """Raise one UsageError that lists the problems, if there are any."""
    if problems:
        more = [f"and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise UsageError("\n  ".join([f"{summary}, {count}:", *problems[:SHOWN], *more]))


def _problems(record: Any) -> list[str]:
    """Everything wrong with one decoded line, in the order of its fields."""
    if not isinstance(record, dict):
        return ["not a JSON object"]
    found = [
        f'"{name}" must be a string that is not empty' if name in record else f'"{name}" is missing'
        for name in ("id", "question", "type")
        if not _is_text(record.get(name))
    ]
    found += [
        f'"{name}" must be a string'
        for name in ("reference", "note")
        if not isinstance(record.get(name, ""), str)
    ]
    answerable, facts = record.get("answerable"), record.get("facts", [])
    if not isinstance(answerable, bool):
        found.append(
            '"answerable" must be true or false' if "answerable" in record else '"answerable" is missing'
        )
    if not isinstance(facts, list):
        return [*found, '"facts" must be a list']
    if answerable is True and not facts:
        found.append("an answerable question needs at least one fact")
    if answerable is False and facts:
        found.append("an unanswerable question must not have facts")
    for number, fact in enumerate(facts, 1):
        found += [f"fact {number}: {problem}" for problem in _fact_problems(fact)]
    return found


def _fact_problems(fact: Any) -> list[str]:
    if not isinstance(fact, dict):
        return ["not a JSON object"]
    # A misspelt "keys" would quietly shrink a measure, so nothing unknown is let through.
    found = [f'unknown field "{name}"' for name in fact if name not in ("fact", "keys", "evidence")]
    if not _is_text(fact.get("fact")):
        found.append('"fact" must be a string that is not empty')
    keys = fact.get("keys", [])
    if not isinstance(keys, list) or not all(
        isinstance(key, str) and all(way.strip() for way in key.split("|")) for key in keys
    ):
        found.append('"keys" must be a list of strings, with nothing empty between "|"')
    evidence = fact.get("evidence")
    if not isinstance(evidence, list) or not evidence:
        return [*found, '"evidence" must be a list that is not empty']
    for number, place in enumerate(evidence, 1):
        found += [f"evidence {number}: {problem}" for problem in _evidence_problems(place)]
    return found


def _evidence_problems(place: Any) -> list[str]:
    if not isinstance(place, dict):
        return ["not a JSON object"]
    found = [f'unknown field "{name}"' for name in place if name not in ("doc", "start", "end", "quote")]
    if not _is_text(place.get("doc")):
        found.append('"doc" must be a string that is not empty')
    if "quote" in place:
        if "start" in place or "end" in place:
            found.append('give either "quote" or "start" and "end", not both')
        elif not _is_text(place["quote"]):
            found.append('"quote" must be a string that is not empty')
    elif not (_is_offset(place.get("start")) and _is_offset(place.get("end"))):
        found.append('needs "quote", or "start" and "end" as whole numbers from 0')
    elif place["start"] >= place["end"]:
        found.append(f'"start" {place["start"]} is not before "end" {place["end"]}')
    return found


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_offset(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _question(record: dict[str, Any]) -> Question:
    facts = tuple(
        Fact(
            fact["fact"],
            tuple(Evidence(**place) for place in fact["evidence"]),
            tuple(fact.get("keys", ())),
        )
        for fact in record.get("facts", ())
    )
    return Question(
        record["id"],
        record["question"],
        record["type"],
        record["answerable"],
        facts,
        record.get("reference", ""),
        record.get("note", ""),
    )
