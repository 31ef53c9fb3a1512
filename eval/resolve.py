"""Evidence held against the indexed documents: which one is meant, and which characters of it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Protocol

from eval.questions import Evidence, Question, QuestionSet, raise_all
from eval.types import Place, ResolvedFact, ResolvedQuestion
from index import Document, DocumentInfo, Span

_QUOTATION = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u0060\u00b4\u2032\u02bc", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"')
)
_NEAR_ENOUGH = 0.3
"""Share of a quote's words that a stretch of text has to hold to be offered in its place."""
_READ_CLOSELY = 5
"""How many documents are read word by word for what is nearest: those with most of the quote's words."""


class Library(Protocol):
    """What evidence is looked up in: a Service, or a Store."""

    def documents(self) -> list[DocumentInfo]: ...
    def document(self, name: str) -> Document: ...


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Evidence that has no place, by its fact and its own number, both counted from 1."""

    question: Question
    fact: int
    evidence: int
    message: str


def resolve(questions: Sequence[Question], service: Library) -> tuple[ResolvedQuestion, ...]:
    """The questions with their evidence as places; a UsageError lists all evidence that has none.

    It names file and line where the questions are a QuestionSet, which knows them.
    """
    resolved, unresolved = resolve_what_fits(questions, service)
    problems = []
    for item in unresolved:
        line = (
            questions.line(item.question.id, item.fact, item.evidence)
            if isinstance(questions, QuestionSet)
            else None
        )
        where = f"{getattr(questions, 'path', '')}, line {line}: " if line else ""
        problems.append(f"{where}question {item.question.id}, fact {item.fact}: {item.message}")
    raise_all(problems, "The question set does not fit the indexed documents")
    return resolved


def resolve_what_fits(
    questions: Sequence[Question], library: Library
) -> tuple[tuple[ResolvedQuestion, ...], list[Unresolved]]:
    """The questions with such places as their evidence has, and the evidence that has none."""
    by_source = {info.source_id: info.doc_id for info in library.documents()}
    everywhere = _find_everywhere(questions, library)
    text_of = cache(lambda doc_id: library.document(doc_id).text)
    unresolved: list[Unresolved] = []
    resolved = []
    for question in questions:
        facts = []
        for number, fact in enumerate(question.facts, 1):
            places: list[Place] = []
            for n, evidence in enumerate(fact.evidence, 1):
                try:
                    if not evidence.doc and evidence.quote is not None:
                        places += _the_only(evidence.quote, everywhere[evidence.quote], library)
                    else:
                        doc_id = find_document(evidence.doc, by_source)
                        places += find_places(evidence, doc_id, text_of(doc_id))
                except _VanishedError as error:
                    message = (
                        f"{error}; {_elsewhere(error.quote, library) or _nearest(error.quote, error.text)}"
                    )
                    unresolved.append(Unresolved(question, number, n, message))
                except ValueError as error:
                    unresolved.append(Unresolved(question, number, n, str(error)))
            facts.append(ResolvedFact(fact.fact, tuple(places), fact.keys))
        resolved.append(ResolvedQuestion(question, tuple(facts)))
    return tuple(resolved), unresolved


class _VanishedError(ValueError):
    """A document does not hold the quote that it is said to hold."""

    def __init__(self, doc: str, quote: str, text: str) -> None:
        super().__init__(f'{doc} does not hold the quote "{quote}"')
        self.quote, self.text = quote, text


def _elsewhere(quote: str, library: Library) -> str:
    """Which other documents hold a quote, as the end of a sentence; empty if none does."""
    documents = library.documents()
    holders = [info.source_id for info in documents if locate(quote, library.document(info.doc_id).text)]
    if not holders:
        return ""
    return f"it stands in {', '.join(holders[:5])}{', …' if len(holders) > 5 else ''}"


Found = list[tuple[str, list[Place]]]
"""The source ids of the documents that hold a quote, with where they do."""


def _find_everywhere(questions: Sequence[Question], library: Library) -> dict[str, Found]:
    """Every quote that names no document, with all that hold it; each document is read once."""
    found: dict[str, Found] = {
        evidence.quote: []
        for question in questions
        for fact in question.facts
        for evidence in fact.evidence
        if not evidence.doc and evidence.quote is not None
    }
    if not found:
        return {}
    bare = {quote: quote.translate(_BARE) for quote in found}
    for info in library.documents():
        text = library.document(info.doc_id).text
        bare_text = text.translate(_BARE)
        for quote, holders in found.items():
            # What typesetting cannot tell apart holds every exact match too, so this misses nothing.
            if bare[quote] and bare[quote] in bare_text:
                spans = locate(quote, text)
                holders.append((info.source_id, [Place(info.doc_id, *span) for span in spans]))
    return found


def _the_only(quote: str, found: Found, library: Library) -> list[Place]:
    if len(found) == 1:
        return found[0][1]
    if found:
        listed = ", ".join(source for source, _ in found[:5]) + (", …" if len(found) > 5 else "")
        raise ValueError(
            f'{len(found)} documents hold the quote "{quote}", say which is meant'
            f' with "in" (in JSON Lines: "doc"): {listed}'
        )
    raise ValueError(f'no document holds the quote "{quote}"; {_nearest_anywhere(quote, library)}')


def _nearest_anywhere(quote: str, library: Library) -> str:
    """What any document holds that is most like a vanished quote, as the end of a sentence."""
    wanted = {word.casefold() for word in re.findall(r"\w+", quote)}
    promising: list[tuple[int, str, str]] = []
    for info in library.documents():
        text = library.document(info.doc_id).text.casefold()
        promising.append((-sum(word in text for word in wanted), info.source_id, info.doc_id))
    best: tuple[float, str, str, Span] | None = None
    for _, source_id, doc_id in sorted(promising)[:_READ_CLOSELY]:
        text = library.document(doc_id).text
        share, span = _most_like(quote, text)
        if span and (best is None or share > best[0]):
            best = (share, source_id, text, span)
    if best is None:
        return "nothing in any comes near"
    _, source_id, text, span = best
    return f"nearest, in {source_id} {_shown(text, span)}"


def find_document(name: str, by_source: dict[str, str]) -> str:
    """The id of the document with a source id, or whose source id alone begins so.

    >>> find_document("00", {"001.txt": "a1", "0": "b2"})
    'a1'
    """
    if name in by_source:
        return by_source[name]
    candidates = sorted(source for source in by_source if source.startswith(name))
    if len(candidates) == 1:
        return by_source[candidates[0]]
    if candidates:
        listed = ", ".join(candidates[:5]) + (", …" if len(candidates) > 5 else "")
        raise ValueError(f'"{name}" begins {len(candidates)} documents, write one in full: {listed}')
    import difflib

    near = difflib.get_close_matches(name, sorted(by_source), n=3, cutoff=0.4) or sorted(by_source)[:3]
    raise ValueError(f'no indexed document is called or begins with "{name}"; there is {", ".join(near)}')


def find_places(evidence: Evidence, doc_id: str, text: str) -> list[Place]:
    """Where a document holds the evidence; several places when a quote occurs several times.

    Each of them states the same, so finding one is enough.
    """
    if evidence.quote is not None:
        spans = locate(evidence.quote, text)
        if not spans:
            raise _VanishedError(evidence.doc, evidence.quote, text)
        return [Place(doc_id, start, end) for start, end in spans]
    start, end = evidence.start or 0, evidence.end or 0
    if end > len(text):
        raise ValueError(f"{evidence.doc} has {len(text)} characters, so {start} to {end} lies outside it")
    if not text[start:end].strip():
        raise ValueError(f"{evidence.doc} holds nothing but white space from {start} to {end}")
    return [Place(doc_id, start, end)]


def locate(quote: str, text: str) -> list[tuple[int, int]]:
    """Every place of a quote in a text: exactly, else as far as typesetting cannot tell them apart.

    >>> locate("inspection found five", "The inspec-\\ntion  found ﬁve homes")
    [(4, 27)]
    """
    quote = quote.strip()
    exact = _occurrences(quote, text)
    if exact:
        return [(start, start + len(quote)) for start in exact]
    bare, _ = strip_typesetting(quote)
    bare_text, offsets = strip_typesetting(text)
    if not bare:
        return []
    return [(offsets[start], offsets[start + len(bare) - 1] + 1) for start in _occurrences(bare, bare_text)]


def _occurrences(needle: str, text: str) -> list[int]:
    starts, start = [], text.find(needle)
    while start >= 0:
        starts.append(start)
        start = text.find(needle, start + len(needle))
    return starts


class _Bare(dict[int, str]):
    """What is left of each character when typesetting is taken away, worked out once for each."""

    def __missing__(self, code: int) -> str:
        character = chr(code).translate(_QUOTATION)
        # Cf: the soft hyphen and characters of no width.
        self[code] = "".join(
            part
            for part in unicodedata.normalize("NFKD", character)
            if not part.isspace() and not _is_dash(part) and unicodedata.category(part) != "Cf"
        )
        return self[code]


_BARE = _Bare()


@lru_cache(maxsize=16)
def strip_typesetting(text: str) -> tuple[str, list[int]]:
    """A text without what typesetting changes, and the offset that each of its characters came from.

    White space and every dash go, because a line break may stand for either; quotation marks become
    straight and ligatures letters. One character at a time, so that offsets can be kept.

    >>> strip_typesetting("a \ufb01-\\nx")
    ('afix', [0, 2, 2, 5])
    """
    kept = [_BARE[ord(character)] for character in text]
    return "".join(kept), [offset for offset, parts in enumerate(kept) for _ in parts]


def _is_dash(character: str) -> bool:
    # The minus sign is a mathematical symbol to Unicode and a dash to everyone else.
    return character == "\u2212" or unicodedata.category(character) == "Pd"


def _nearest(quote: str, text: str) -> str:
    """What the text holds that is most like a vanished quote, as the end of a sentence."""
    _, span = _most_like(quote, text)
    return f"nearest, {_shown(text, span)}" if span else "nothing in it comes near"


def _shown(text: str, span: Span) -> str:
    return f'at {span.start} to {span.end}: "{" ".join(text[span.start : span.end].split())}"'


def _most_like(quote: str, text: str) -> tuple[float, Span | None]:
    """The stretch of a text that shares most words with a quote, and how large a share; None if too few.

    Words in common are counted in windows as long as the quote: quick over a whole report.
    """
    wanted = Counter(word.casefold() for word in re.findall(r"\w+", quote))
    size = max(1, wanted.total())
    words = list(re.finditer(r"\w+", text))
    best, best_shared = 0, 0
    for first in range(0, max(1, len(words) - size + 1), max(1, size // 4)):
        window = Counter(word.group().casefold() for word in words[first : first + size])
        shared = (wanted & window).total()
        if shared > best_shared:
            best, best_shared = first, shared
    if not best_shared or best_shared < _NEAR_ENOUGH * size:
        return 0.0, None
    return best_shared / size, Span(words[best].start(), words[min(best + size, len(words)) - 1].end())
