"""A file of questions, one a line: what `search` and `ask` take with --questions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, numbered from 1: a question, or what is wrong with it."""

    number: int
    question: str = ""
    name: str | None = None
    problem: str = ""


def read_lines(file: Path) -> Iterator[Line]:
    """Every line, read as it is asked for, blank ones too: what comes out matches what went in line by line.

    BadParameter, and that at once, if the file cannot be opened.
    """
    try:
        stream = file.open("rb")
    except OSError as error:
        raise click.BadParameter(
            f"{file} cannot be read ({error.strerror}); name a .jsonl file", param_hint="--questions"
        ) from error

    def lines() -> Iterator[Line]:
        with stream:
            for number, raw in enumerate(stream, 1):
                yield parse_line(number, raw)

    return lines()


def parse_line(number: int, raw: bytes) -> Line:
    r"""A line of bytes as a question with its id, or as what is wrong with it.

    >>> parse_line(1, b'{"id": "q1", "question": "Why?"}\n')
    Line(number=1, question='Why?', name='q1', problem='')
    >>> parse_line(2, b'Why?').problem
    'is not JSON (Expecting value at column 1); write {"id": "q1", "question": "Why?"}'
    """
    try:
        record = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError as error:
        return Line(number, problem=f"is not UTF-8 at byte {error.start}; save the file as UTF-8")
    except json.JSONDecodeError as error:
        blank = "is blank" if not raw.strip() else f"is not JSON ({error.msg} at column {error.colno})"
        return Line(number, problem=f'{blank}; write {{"id": "q1", "question": "Why?"}}')
    except (ValueError, RecursionError):  # an integer of 5,000 digits; brackets 100,000 deep
        return Line(number, problem="is not JSON that can be read: a number too long or nested too deep")
    if not isinstance(record, dict):
        return Line(number, problem='is not a JSON object; write {"id": "q1", "question": "Why?"}')
    name, question = record.get("id"), record.get("question")
    if isinstance(name, int) and not isinstance(name, bool):
        name = str(name)
    if name is not None and not isinstance(name, str):
        return Line(number, str(question or ""), problem='"id" is not a string; write one, or leave it out')
    if not isinstance(question, str):
        return Line(number, name=name, problem='has no "question" that is a string; write one')
    return Line(number, question, name)
