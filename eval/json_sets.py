"""Question sets in JSON Lines: one question a line, as DESIGN.md describes it."""

from __future__ import annotations

from typing import Any

from eval.questions import Entry, Evidence, Fact, Problem, Question, decoded_lines
from index import VOICES


def json_entries(raw: bytes, problems: list[Problem]) -> list[Entry]:
    """The questions of a file's bytes in order; what is wrong with the others is added to `problems`."""
    entries = []
    for number, record in decoded_lines(raw, problems):
        found = _problems(record)
        problems += [Problem(number, sentence) for sentence in found]
        if not found:
            entries.append(Entry(_question(record), number, record.get("draft", False)))
    return entries


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
    found += _expectation_problems(record)
    expected = bool(facts or record.get("must_cite_voices") or record.get("must_cite_at_least"))
    if answerable is True and not expected and record.get("draft") is not True:
        found.append("an answerable question needs at least one fact")
    if answerable is False and facts:
        found.append("an unanswerable question must not have facts")
    elif answerable is False and expected:
        found.append("an unanswerable question cites nothing: delete its must_cite fields")
    for number, fact in enumerate(facts, 1):
        found += [f"fact {number}: {problem}" for problem in _fact_problems(fact)]
    return found


def _expectation_problems(record: dict[str, Any]) -> list[str]:
    found = []
    if not isinstance(record.get("draft", False), bool):
        found.append('"draft" must be true or false')
    voices = record.get("must_cite_voices", [])
    if not isinstance(voices, list) or not all(isinstance(voice, str) for voice in voices):
        found.append('"must_cite_voices" must be a list of voices')
    else:
        found += [unknown_voice(voice) for voice in voices if voice not in VOICES]
    least = record.get("must_cite_at_least", 1)
    if not _is_offset(least) or not least:
        found.append('"must_cite_at_least" must be a whole number of documents, from 1')
    # Other fields may be anybody's, but a misspelt expectation would be no expectation at all.
    known = ("must_cite_voices", "must_cite_at_least")
    found += [f'unknown field "{name}"; there are {" and ".join(known)}'
              for name in record if name.startswith("must_") and name not in known]  # fmt: skip
    return found


def unknown_voice(voice: str) -> str:
    """The sentence about a voice that is none."""
    return f'no voice is called "{voice}"; there are {", ".join(VOICES)}'


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
    if not _is_text(place.get("doc")) and ("doc" in place or "quote" not in place):
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
        tuple(record.get("must_cite_voices", ())),
        record.get("must_cite_at_least", 0),
    )
