"""Question sets: what a file of questions holds, and every problem in it named by file and line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, overload

from index import UsageError, fold

SHOWN = 20
"""How many problems a message lists: enough to see a pattern, few enough to read."""

YAML_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place that states a fact: characters of a document, or words to be found in it.

    `doc` is a source id or a prefix of exactly one. Either `quote` is set, or both `start` and `end` are.
    An empty `doc` has the quote looked for in every document; it has to stand in exactly one.
    """

    doc: str = ""
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
    """A question with what is known about its answer. An unanswerable one has no facts.

    `must_cite_voices` are voices that a good answer quotes, each of them; `must_cite_at_least` is how many
    documents it quotes, 0 where that does not matter. `eval.unmet_expectations` holds quotes against them.
    """

    id: str
    question: str
    type: str
    answerable: bool
    facts: tuple[Fact, ...] = ()
    reference: str = ""
    note: str = ""
    must_cite_voices: tuple[str, ...] = ()
    must_cite_at_least: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a file, as a sentence, and on which line."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A question as it was read. `lines` maps (fact, evidence), counted from 1, to the line where it stands."""

    question: Question
    line: int
    draft: bool = False
    lines: Mapping[tuple[int, int], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuestionSet(Sequence[Question]):
    """The questions of a file that count, in its order, as a sequence; and where each of them stands.

    `drafts` are those that nobody has accepted yet: they are kept apart and never counted.
    """

    questions: tuple[Question, ...]
    drafts: tuple[Question, ...] = ()
    path: str = ""
    entries: Mapping[str, Entry] = field(default_factory=dict, compare=False, repr=False)

    @overload
    def __getitem__(self, index: int) -> Question: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Question, ...]: ...
    def __getitem__(self, index: int | slice) -> Question | tuple[Question, ...]:
        return self.questions[index]

    def __len__(self) -> int:
        return len(self.questions)

    def line(self, question_id: str, fact: int = 0, evidence: int = 0) -> int | None:
        """The line of a piece of evidence, of its question where that is all that is known, or None."""
        entry = self.entries.get(question_id)
        if entry is None:
            return None
        return entry.lines.get((fact, evidence)) or entry.lines.get((fact, 0)) or entry.line


def read_questions(path: str | Path) -> QuestionSet:
    """The questions of a file of JSON Lines, or of YAML if it is called so; drafts are set apart.

    A UsageError lists everything wrong with it, or says that it holds nothing but drafts.
    """
    questions, found = parse_questions(path)
    problems = [f"{path}, line {problem.line}: {problem.message}" for problem in found]
    if not questions and not problems:
        problems.append(f"{path}: {_nothing_counts(questions)}")
    raise_all(problems, f"{path} is not a question set")
    return questions


def parse_questions(path: str | Path) -> tuple[QuestionSet, list[Problem]]:
    """What can be read of a question set, and what is wrong with the rest. UsageError if there is no file."""
    path = Path(path)
    raw = _read(path)
    problems: list[Problem] = []
    if path.suffix.lower() in YAML_SUFFIXES:
        from eval.yaml_sets import yaml_entries  # PyYAML is loaded for those who write YAML

        entries = yaml_entries(raw, problems)
    else:
        from eval.json_sets import json_entries

        entries = json_entries(raw, problems)
    first: dict[str, Entry] = {}
    for entry in entries:
        name = entry.question.id
        if name in first:
            problems.append(Problem(entry.line, _repeated(entry, first[name])))
        else:
            first[name] = entry
    kept = tuple(entry.question for entry in first.values() if not entry.draft)
    drafts = tuple(entry.question for entry in first.values() if entry.draft)
    problems.sort(key=lambda problem: problem.line)
    return QuestionSet(kept, drafts, str(path), first), problems


def drafts_note(questions: Sequence[Question]) -> list[str]:
    """A note for a report when drafts were left out of what was measured; empty when there are none.

    >>> drafts_note([])
    []
    """
    drafts = getattr(questions, "drafts", ())
    if not drafts:
        return []
    those = "1 draft was" if len(drafts) == 1 else f"{len(drafts)} drafts were"
    return [f'{those} not counted: correct each and delete its "draft: true", or delete it.']


def plain_words(text: str) -> list[str]:
    """The words of a text without case, accents and punctuation: what makes two questions the same one.

    >>> plain_words("Who paid, then?")
    ['who', 'paid', 'then']
    """
    return re.findall(r"\w+", fold(text))


def _nothing_counts(questions: QuestionSet) -> str:
    if not questions.drafts:
        return "holds no questions"
    count = "1 draft" if len(questions.drafts) == 1 else f"{len(questions.drafts)} drafts"
    return f'holds nothing but {count}: correct each and delete its "draft: true"'


def _repeated(entry: Entry, first: Entry) -> str:
    same = plain_words(entry.question.question) == plain_words(first.question.question)
    again = ", for the same question: delete one of them" if same else ""
    return f'the id "{first.question.id}" was used before, on line {first.line}{again}'


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error


def json_lines(path: Path, problems: list[str]) -> Iterable[tuple[int, Any]]:
    """Each line's number from 1 with what its JSON says; what cannot be read is added to `problems`."""
    found: list[Problem] = []
    for line in decoded_lines(_read(path), found):
        problems += [f"{path}, line {problem.line}: {problem.message}" for problem in found]
        found.clear()
        yield line
    problems += [f"{path}, line {problem.line}: {problem.message}" for problem in found]


def decoded_lines(raw: bytes, problems: list[Problem]) -> Iterator[tuple[int, Any]]:
    """The same of what a file holds, with the problems as values."""
    # Split bytes: str.splitlines also cuts at U+2028, which JSON allows inside a string.
    for number, line in enumerate(raw.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            problems.append(Problem(number, f"not UTF-8 at byte {error.start}"))
        except json.JSONDecodeError as error:
            problems.append(Problem(number, f"not JSON, {error.msg} at column {error.colno}"))
        except ValueError:  # an integer of 5,000 digits
            problems.append(Problem(number, "not a question, a number in it is too long"))
        except RecursionError:
            problems.append(Problem(number, "not a question, nested too deeply"))


def raise_all(problems: list[str], summary: str) -> None:
    """Raise one UsageError that lists the problems, if there are any."""
    if problems:
        more = [f"and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise UsageError("\n  ".join([f"{summary}, {count}:", *problems[:SHOWN], *more]))
