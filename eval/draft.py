"""A question set drafted from the indexed documents, for a person to correct. No language model.

Questions come from sentences (`draft_rules`), from headings, from headings that two documents share, and from
questions whose year or name was swapped for one that no document has. Nothing drafted counts until accepted.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from eval.draft_headings import (
    Section,
    lower_first,
    pointing,
    quotable,
    sections_of,
    shared_words,
    subjects,
    unnumbered,
)
from eval.draft_rules import MONTH, questions_of
from eval.questions import Evidence, Fact, Question
from eval.resolve import Library
from eval.yaml_sets import question_id
from eval.yaml_writer import as_yaml
from index import Document, UsageError, clean, fold, infer_blocks, sentence_spans, words

MOST = 1000
_SHARES = {
    "number": 4,
    "unanswerable": 4,
    "heading": 3,
    "temporal": 2,
    "why": 2,
    "multi": 2,
    "attribution": 1,
}
"""How many of each kind, against each other, as far as the documents give them."""


_YEAR = re.compile(r"\b(?:19|20)\d\d\b(?![-–/]\d)")
_PLACE = re.compile(r"(?<= in | at )(?:[A-Z][\w'’]+ )*[A-Z][\w'’]+|(?<= from )(?:[A-Z][\w'’]+ )*[A-Z][\w'’]+")
# What stands in for names that the documents hold: any that occurs in them is passed over.
_PLACES = ("Aberdeen", "Swansea", "Carlisle", "Plymouth", "Norwich", "Lisbon", "Rotterdam", "Gdansk")
_PEOPLE = ("Agnes Whitlock", "Tobias Fenwick", "Rosalind Achebe", "Conrad Ellery", "Ingrid Maddox")


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted question with what a person should check before accepting it."""

    question: Question
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    draft: Draft
    kind: str
    source_id: str
    voice: str
    rank: int = 0  # 1 for what is drafted only when the better ones of its kind are used up


def draft(library: Library, n: int = 20, seed: int = 0) -> tuple[Draft, ...]:
    """Up to n drafted questions, spread over kinds, voices and documents; fewer if the documents give fewer.

    The same documents, n and seed give the same drafts. UsageError if n is not from 1 to 1000.
    """
    if not 1 <= n <= MOST:
        raise UsageError(f"{n} questions cannot be drafted; ask for 1 to {MOST}")
    documents = [library.document(info.doc_id) for info in library.documents()]
    common = _common_words(documents)
    stated = _merged(found for document in documents for found in _from_sentences(document, common))
    sections = [section for document in documents for section in sections_of(document, common)]
    candidates = [
        *stated,
        *_merged(_from_heading(section) for section in sections),
        *_merged(_comparisons(sections)),
        *_merged(_refusals(stated, sections, documents)),
    ]
    return tuple(candidate.draft for candidate in _spread(candidates, n, seed))


def drafts_as_yaml(drafts: Sequence[Draft], documents: int, seed: int = 0) -> str:
    """The drafts as a question set in YAML, each with comments on what to check."""
    head = (
        f"{len(drafts)} questions drafted by pincite from {documents} documents (seed {seed}), to be corrected.",
        "",
        'None of them is counted while it says "draft: true". For each question:',
        "1. Is it one that somebody would ask? Put it into their words: a question that repeats the words of its",
        "   source is too easy to find.",
        "2. Does the quote answer it by itself? Correct the quote; add what else answers it under",
        '   "any: [{quote: ..., in: ...}, ...]".',
        '3. Delete "draft: true", or the whole question.',
        "Then run: pincite questions lint FILE",
    )
    return as_yaml(
        [item.question for item in drafts],
        head=head,
        checks={item.question.id: item.checks for item in drafts},
        draft=True,
    )


def _from_sentences(document: Document, common: frozenset[str]) -> Iterator[_Candidate]:
    text = document.text
    for block in document.blocks or infer_blocks(text):
        if block.kind not in ("paragraph", "item"):
            continue
        for start, end in sentence_spans(text, block.start, block.end):
            sentence = unnumbered(clean(text[start:end]))
            if not quotable(sentence, text[start:end]):
                continue
            for asked in questions_of(sentence, lambda phrase: lower_first(phrase, common)):
                yield _candidate(asked.question, asked.kind, [(document, sentence, asked.keys)], asked.check)


def _from_heading(section: Section) -> _Candidate:
    if section.heading.endswith("?"):
        question = section.heading[0].upper() + section.heading[1:]
    else:
        who = _speaker(section.document)
        question = f"What {_do(who)} {who} say about {section.heading}?"
    check = "is this sentence the one that answers, and do other documents say it as well?"
    # A heading whose words do not come back in its text is more often a figure of speech than a subject.
    rank = 0 if set(words(section.heading)) & pointing(section.lead) else 1
    return replace(_candidate(question, "heading", [(section.document, section.lead, ())], check), rank=rank)


def _comparisons(sections: Sequence[Section]) -> Iterator[_Candidate]:
    """Questions on two documents, by two publishers, whose headings share words."""
    by_word: dict[str, list[Section]] = {}
    for section in sections:
        for word in subjects(section.heading):
            by_word.setdefault(word, []).append(section)
    for sharing in by_word.values():
        for one, other in combinations(sharing, 2):
            who, whom = _speaker(one.document), _speaker(other.document)
            topic = shared_words(one.heading, other.heading)
            whole = topic in (one.heading, other.heading)
            if who == whom or not (whole or " " in topic):
                continue  # a single word of two headings is seldom what both are about
            found = _candidate(
                f"What do {who} and {whom} say about {topic}?",
                "multi",
                [(one.document, one.lead, ()), (other.document, other.lead, ())],
                "do both quotes speak of the same thing, and do they agree or differ?",
            )
            voices = tuple(dict.fromkeys((one.document.info.voice, other.document.info.voice)))
            question = replace(
                found.draft.question,
                must_cite_voices=voices if len(voices) == 2 else (),
                must_cite_at_least=2,
            )
            yield replace(found, draft=replace(found.draft, question=question))


def _refusals(
    stated: Sequence[_Candidate], sections: Sequence[Section], documents: Sequence[Document]
) -> Iterator[_Candidate]:
    """Questions with a year or a name that no document has: they look answerable, and are not."""
    texts = [fold(document.text) for document in documents]

    def unknown(name: str) -> bool:
        return not any(re.search(rf"\b{re.escape(fold(name))}\b", text) for text in texts)

    places = [place for place in _PLACES if unknown(place)]
    people = [name for name in _PEOPLE if all(unknown(part) for part in name.split())]
    years: dict[int, str] = {}
    for number, candidate in enumerate(stated):
        question = candidate.draft.question.question
        if match := _YEAR.search(question):
            year = int(match.group())
            if year not in years:
                around = (year + step * sign for step in range(1, 100) for sign in (1, -1))
                years[year] = next((str(other) for other in around if unknown(str(other))), "")
            if years[year]:
                yield _refused(candidate, match, years[year])
        if (match := _PLACE.search(question)) and not re.search(MONTH, match.group()) and places:
            yield _refused(candidate, match, places[number % len(places)])
    for number, section in enumerate(sections):
        if people and not section.heading.endswith("?"):
            who = people[number % len(people)]
            question = f"What does {who} say about {section.heading}?"
            yield replace(_unanswerable(_from_heading(section), question, who), rank=1)


def _refused(candidate: _Candidate, swapped: re.Match[str], name: str) -> _Candidate:
    text = swapped.string
    return _unanswerable(candidate, text[: swapped.start()] + name + text[swapped.end() :], name)


def _unanswerable(candidate: _Candidate, question: str, name: str) -> _Candidate:
    check = f"“{name}” stands in no document; is what it asks not said in other words?"
    made = Question(question_id(question), question, "unanswerable", answerable=False)
    return replace(candidate, kind="unanswerable", draft=Draft(made, (check,)))


def _candidate(
    question: str, kind: str, stated: Sequence[tuple[Document, str, tuple[str, ...]]], check: str
) -> _Candidate:
    """A question with a fact for each (document, quote, keys)."""
    facts = tuple(
        Fact(quote, (Evidence(document.info.source_id, quote=quote),), keys)
        for document, quote, keys in stated
    )
    info = stated[0][0].info
    # What a person sorts by in a report: the kinds of the sample set, where there is one.
    named = {"number": "factoid", "heading": "general"}.get(kind, kind)
    made = Question(question_id(question), question, named, True, facts)
    return _Candidate(Draft(made, (check,)), kind, info.source_id, info.voice)


def _merged(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """Each question once; another document that gives the same one becomes an alternative."""
    by_question: dict[str, _Candidate] = {}
    for candidate in candidates:
        name = candidate.draft.question.id
        if name not in by_question:
            by_question[name] = candidate
            continue
        first = by_question[name].draft.question
        if len(first.facts) == 1 and first.facts[0].evidence[0].doc != candidate.source_id:
            (mine,), (theirs,) = first.facts, candidate.draft.question.facts
            keys = mine.keys if mine.keys == theirs.keys else ()
            fact = replace(mine, evidence=mine.evidence + theirs.evidence, keys=keys)
            merged = replace(by_question[name].draft, question=replace(first, facts=(fact,)))
            by_question[name] = replace(by_question[name], draft=merged)
    return list(by_question.values())


def _spread(candidates: Sequence[_Candidate], n: int, seed: int) -> list[_Candidate]:
    """n of the candidates: kinds by their shares, then voices, then documents in turn; the seed breaks ties."""

    def chance(candidate: _Candidate) -> str:
        return hashlib.sha256(f"{seed}:{candidate.draft.question.question}".encode()).hexdigest()

    left = sorted(candidates, key=chance)
    used: Counter[str] = Counter()
    chosen: list[_Candidate] = []
    quotes: set[str] = set()
    while left and len(chosen) < n:
        best = min(
            left,
            key=lambda c: (
                (used[f"kind {c.kind}"] + 0.5) / _SHARES[c.kind],
                c.rank,
                used[f"voice {c.voice}"],
                used[f"source {c.source_id}"],
            ),
        )
        left.remove(best)
        if best.kind != "multi":  # comparing what a sentence says is another matter than asking for it
            mine = {evidence.quote or "" for fact in best.draft.question.facts for evidence in fact.evidence}
            if mine & quotes:
                continue
            quotes |= mine
        used.update((f"kind {best.kind}", f"voice {best.voice}", f"source {best.source_id}"))
        chosen.append(best)
    return chosen


def _common_words(documents: Iterable[Document]) -> frozenset[str]:
    """The words that stand in small letters somewhere: no names, when they open a sentence."""
    return frozenset(
        word for document in documents for word in re.findall(r"\b[a-z][a-z'’-]*\b", document.text)
    )


def _speaker(document: Document) -> str:
    return clean(document.info.publisher) or f"“{clean(document.info.title) or document.info.source_id}”"


def _do(who: str) -> str:
    """The verb for a speaker: "Readers of the Echo" are many."""
    return "do" if re.match(r"\w+[^s\W]s (?:of|in|at) ", who) else "does"
