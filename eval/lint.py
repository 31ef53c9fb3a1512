"""What is wrong with a question set before it measures anything: what cannot be verified, repeats or gives itself away.

An error is a question that measures nothing, or the wrong thing; a warning is one that a person should look at.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.questions import Problem, Question, QuestionSet, plain_words
from eval.resolve import Library, Unresolved, resolve_what_fits
from eval.types import Place, ResolvedFact, ResolvedQuestion
from index import QuestionError, fold, words
from qa import check_question

NEAR_DUPLICATE = 0.8
"""Share of the words of two questions that both have (Jaccard 1901), from which one repeats the other."""
LEAKED = 0.6
"""Share of the rare words of its evidence that a question has to give away, in their order."""
LEAKED_WORDS = 4
"""... and how many it has to be: fewer are what a question needs to be about something."""
RARE_IN = 1000
"""A word is rare when it is at most one of so many of the corpus."""

Severity = Literal["error", "warning"]
Rule = Literal["unreadable", "unverifiable", "duplicate", "leaking", "unbalanced", "draft"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong and what to do. `question_id` is empty for a finding on the whole set."""

    severity: Severity
    rule: Rule
    message: str
    question_id: str = ""
    line: int | None = None


def lint(
    questions: Sequence[Question], library: Library, problems: Sequence[Problem] = ()
) -> tuple[Finding, ...]:
    """What is wrong with a set on these documents, in the order of its lines.

    Of a QuestionSet, findings know the line and drafts are counted. `problems` are those of reading it.
    """
    resolved, unresolved = resolve_what_fits(questions, library)
    findings = [Finding("error", "unreadable", problem.message, "", problem.line) for problem in problems]
    findings += _unresolved(questions, unresolved)
    findings += _unverifiable(questions, library)
    for item in resolved:
        findings += _keys(item, library, unresolved)
    findings += _duplicates(questions)
    findings += _leaks(resolved, library)
    findings += _whole_set(questions)
    findings = [_with_line(finding, questions) for finding in findings]
    order = {question.id: number for number, question in enumerate(questions)}
    return tuple(sorted(findings, key=lambda f: (f.line or 0, order.get(f.question_id, -1))))


def _with_line(finding: Finding, questions: Sequence[Question]) -> Finding:
    if finding.line is None and isinstance(questions, QuestionSet) and finding.question_id:
        line = questions.line(finding.question_id)
        return Finding(finding.severity, finding.rule, finding.message, finding.question_id, line)
    return finding


def _unresolved(questions: Sequence[Question], unresolved: Sequence[Unresolved]) -> Iterator[Finding]:
    for item in unresolved:
        name = item.question.id
        line = questions.line(name, item.fact, item.evidence) if isinstance(questions, QuestionSet) else None
        message = f"fact {item.fact}: {item.message}; correct the evidence, or delete it"
        yield Finding("error", "unverifiable", message, name, line)


def _unverifiable(questions: Sequence[Question], library: Library) -> Iterator[Finding]:
    infos = library.documents()
    voices = {info.voice for info in infos}
    if any(voice not in voices for question in questions for voice in question.must_cite_voices):
        # A reader's comment speaks with a voice of its own in a document of another.
        documents = (library.document(info.doc_id) for info in infos)
        voices |= {speech.voice for document in documents for speech in document.speeches}
    for question in questions:
        try:
            check_question(question.question)
        except QuestionError as error:
            yield Finding("error", "unverifiable", f"it cannot be asked: {error}", question.id)
        if question.answerable and not (
            question.facts or question.must_cite_voices or question.must_cite_at_least
        ):
            yield Finding("error", "unverifiable", "no evidence; add a quote that answers it", question.id)
        for number, fact in enumerate(question.facts, 1):
            if not fact.evidence:
                message = f'fact {number}, "{fact.fact}", has no evidence; add a quote that states it'
                yield Finding("error", "unverifiable", message, question.id)
        for voice in question.must_cite_voices:
            if voice not in voices:
                message = f"no indexed document has the voice {voice}, so it cannot be cited; delete it"
                yield Finding("error", "unverifiable", message, question.id)
        if question.must_cite_at_least > len(infos):
            message = f"{question.must_cite_at_least} documents to be cited, and {len(infos)} indexed; ask for fewer"
            yield Finding("error", "unverifiable", message, question.id)


def _keys(item: ResolvedQuestion, library: Library, unresolved: Sequence[Unresolved]) -> Iterator[Finding]:
    asked = fold(item.question.question)
    broken = {(gap.question.id, gap.fact) for gap in unresolved}
    for number, fact in enumerate(item.facts, 1):
        texts = [fold(_text(place, library)) for place in fact.places]
        for key in fact.keys:
            ways = [fold(way) for way in key.split("|")]
            if texts and not any(way in text for way in ways for text in texts):
                if (item.question.id, number) in broken:
                    continue  # what holds the key may be what was not found
                message = (
                    f'fact {number}: the key "{key}" is in none of its evidence, so quoting the evidence would'
                    " not count; correct the key, or the evidence"
                )
                yield Finding("error", "unverifiable", message, item.question.id)
        if fact.keys and all(_says(key, asked) for key in fact.keys):
            listed = ", ".join(f'"{key}"' for key in fact.keys)
            message = (
                f"fact {number}: the question itself holds {listed}, so any quote that repeats the question would"
                " do; choose a key that only the answer has"
            )
            yield Finding("warning", "leaking", message, item.question.id)


def _says(key: str, folded: str) -> bool:
    return any(fold(way) in folded for way in key.split("|"))


def _duplicates(questions: Sequence[Question]) -> Iterator[Finding]:
    """Questions asked before: the same when folded, or with nearly the same words.

    Two that differ in a number, a name or the word that asks are two questions: near misses are made so.
    """
    seen: dict[str, Question] = {}
    stems: list[tuple[Question, frozenset[str]]] = []
    sharing: dict[str, list[int]] = {}
    for question in questions:
        folded = " ".join(plain_words(question.question))
        if folded in seen:
            message = f"it asks the same as {seen[folded].id}; delete one of them"
            yield Finding("error", "duplicate", message, question.id)
            continue
        seen[folded] = question
        mine = frozenset(words(question.question))
        others = Counter(number for stem in mine for number in sharing.get(stem, ()))
        for number, common in sorted(others.items()):
            other, theirs = stems[number]
            overlap = common / len(mine | theirs)
            if overlap >= NEAR_DUPLICATE and not _differ(question.question, other.question, mine ^ theirs):
                message = (
                    f"it asks nearly the same as {other.id}: {common} of {len(mine | theirs)} words are in both"
                    f" (Jaccard {overlap:.2f}, {NEAR_DUPLICATE} or more is told); delete one, or make them differ"
                )
                yield Finding("warning", "duplicate", message, question.id)
        for stem in mine:
            sharing.setdefault(stem, []).append(len(stems))
        stems.append((question, mine))


_ASKING = frozenset(
    words("who whose whom what which when where why how not no never first last before after")
)


def _differ(one: str, other: str, only: frozenset[str]) -> bool:
    """Whether what stands in but one of two questions makes them two: a number, a name, another asking word."""
    names = {
        stem
        for text in (one, other)
        for word in re.findall(r"(?<!^)\b[A-Z]\w*", text)
        for stem in words(word)
    }
    return any(stem in _ASKING or stem in names or re.search(r"\d", stem) for stem in only)


def _leaks(resolved: Sequence[ResolvedQuestion], library: Library) -> Iterator[Finding]:
    count: Counter[str] = Counter()
    for info in library.documents():
        count.update(words(library.document(info.doc_id).text))
    limit = max(3, count.total() // RARE_IN)
    for item in resolved:
        for number, fact in enumerate(item.facts, 1):
            if finding := _leak(item.question, number, fact, library, count, limit):
                yield finding


def _leak(
    question: Question, number: int, fact: ResolvedFact, library: Library, count: Counter[str], limit: int
) -> Finding | None:
    """The first of a fact's places that the question gives away, as a finding."""
    plain = " ".join(plain_words(question.question))
    asked = words(question.question)
    for place in fact.places:
        text = _text(place, library)
        quote = plain_words(text)
        if len(quote) >= LEAKED_WORDS and f" {' '.join(quote)} " in f" {plain} ":
            message = f"fact {number}: the question holds its evidence word for word; ask for what it says"
            return Finding("error", "leaking", message, question.id)
        rare = [stem for stem in dict.fromkeys(words(text)) if count[stem] <= limit]
        given = _in_order(asked, rare)
        if given >= LEAKED_WORDS and given >= LEAKED * len(rare):
            message = (
                f"fact {number}: the question has {given} of the {len(rare)} rare words of its evidence in their"
                " order, so finding it proves little; ask in other words"
            )
            return Finding("warning", "leaking", message, question.id)
    return None


def _in_order(asked: Sequence[str], rare: Sequence[str]) -> int:
    """How many of the distinct `rare` words stand in `asked` in the same order: the longest rising run.

    >>> _in_order(["c", "a", "x", "b"], ["a", "b", "c"])
    2
    """
    position = {word: at for at, word in enumerate(rare)}
    ends: list[int] = []
    for word in asked:
        if word in position:
            at = bisect_left(ends, position[word])
            ends[at : at + 1] = [position[word]]
    return len(ends)


def _whole_set(questions: Sequence[Question]) -> Iterator[Finding]:
    if questions and all(question.answerable for question in questions):
        message = (
            "no question must be refused, so nothing tells whether silence is kept; add some that the documents"
            " leave open"
        )
        yield Finding("warning", "unbalanced", message)
    elif questions and not any(question.answerable for question in questions):
        yield Finding("warning", "unbalanced", "every question must be refused; add some that are answered")
    if isinstance(questions, QuestionSet) and questions.drafts:
        lines = sorted(questions.line(draft.id) or 0 for draft in questions.drafts)
        listed = ", ".join(map(str, lines[:10])) + (", …" if len(lines) > 10 else "")
        those = "1 draft is left, on line" if len(lines) == 1 else f"{len(lines)} drafts are left, on lines"
        message = (
            f'{those} {listed}, and not counted; correct each and delete its "draft: true", or delete it'
        )
        yield Finding("warning", "draft", message, "", lines[0])


def _text(place: Place, library: Library) -> str:
    return library.document(place.doc_id).text[place.start : place.end]
