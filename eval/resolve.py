"""Evidence held against the indexed documents: which one is meant, and which characters of it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from eval.questions import Evidence, Question, raise_all
from eval.types import Place, ResolvedFact, ResolvedQuestion

if TYPE_CHECKING:
    from qa import Service

_QUOTATION = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u0060\u00b4\u2032\u02bc", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"')
)
_NEAR_ENOUGH = 0.3
"""Share of a quote's words that a stretch of text has to hold to be offered in its place."""


def resolve(questions: Sequence[Question], service: Service) -> tuple[ResolvedQuestion, ...]:
    """The questions with their evidence as places; a UsageError lists all evidence that has none."""
    by_source = {info.source_id: info.doc_id for info in service.documents()}
    text_of = cache(lambda doc_id: service.document(doc_id).text)
    problems: list[str] = []
    resolved = []
    for question in questions:
        facts = []
        for number, fact in enumerate(question.facts, 1):
            places: list[Place] = []
            for evidence in fact.evidence:
                try:
                    doc_id = find_document(evidence.doc, by_source)
                    places += find_places(evidence, doc_id, text_of(doc_id))
                except ValueError as error:
                    problems.append(f"question {question.id}, fact {number}: {error}")
            facts.append(ResolvedFact(fact.fact, tuple(places), fact.keys))
        resolved.append(ResolvedQuestion(question, tuple(facts)))
    raise_all(problems, "The question set does not fit the indexed documents")
    return tuple(resolved)


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
    """Where a document holds the evidence; several places when a quote occurs several times."""
    if evidence.quote is not None:
        spans = locate(evidence.quote, text)
        if not spans:
            raise ValueError(
                f'{evidence.doc} does not hold the quote "{evidence.quote}"; {_nearest(evidence.quote, text)}'
            )
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


@lru_cache(maxsize=16)
def strip_typesetting(text: str) -> tuple[str, list[int]]:
    """A text without what typesetting changes, and the offset that each of its characters came from.

    White space and every dash go, because a line break may stand for either; quotation marks become
    straight and ligatures letters. One character at a time, so that offsets can be kept.

    >>> strip_typesetting("a \ufb01-\\nx")
    ('afix', [0, 2, 2, 5])
    """
    kept: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text.translate(_QUOTATION)):
        for part in unicodedata.normalize("NFKD", character):
            # Cf: the soft hyphen and characters of no width.
            if not part.isspace() and not _is_dash(part) and unicodedata.category(part) != "Cf":
                kept.append(part)
                offsets.append(offset)
    return "".join(kept), offsets


def _is_dash(character: str) -> bool:
    # The minus sign is a mathematical symbol to Unicode and a dash to everyone else.
    return character == "\u2212" or unicodedata.category(character) == "Pd"


def _nearest(quote: str, text: str) -> str:
    """What the text holds that is most like a vanished quote, as the end of a sentence.

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
    if best_shared < _NEAR_ENOUGH * size:
        return "nothing in it comes near"
    start, end = words[best].start(), words[min(best + size, len(words)) - 1].end()
    return f'nearest, at {start} to {end}: "{" ".join(text[start:end].split())}"'
