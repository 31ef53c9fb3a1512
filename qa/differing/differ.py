"""Where the sources of an answer differ: two sentences on the same point that cannot both be right, side by side.

Nothing is said of which is right, or why they differ. One of the two is quoted in the answer; the other may come from
any of the passages that were found for it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index import Hit, Span, Store, describe, passage_id
from qa.answer import about
from qa.cite import cite
from qa.differing.claims import Claim, claims
from qa.differing.point import Said, Weight, contradict
from qa.labels import label_of
from qa.retrieve import Candidate, Retrieval
from qa.speakers import speaker_of, speeches_in
from qa.types import Citation, Difference, Quote, Telling
from qa.verbatim import located

COMPARED = 25
"""So many hits are compared with the quotes, more than are shown: who says otherwise often says it in other words, and
so stands further down."""
_MOST = 3
"""More differences than this are no help to a reader; the first are of the quotes that stand first."""
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class _Sentence:
    candidate: Candidate
    said: Said
    claims: tuple[Claim, ...]


def differences(
    store: Store, quotes: Sequence[Quote], citations: Sequence[Citation], among: Sequence[Candidate]
) -> tuple[Difference, ...]:
    """Where the quotes differ from each other, or from a sentence `among` the passages found; at most 3.

    Costs no call of a model: the same point is told by words, rarer ones weighing more, names, times and what is
    counted. Every sentence is compared with the stored document, as quotes are.
    """
    sentences = [one for candidate in among for one in _sentences(candidate)]
    quoted = [one for quote in quotes for one in sentences if _within(one.said, quote)]
    if not quoted:
        return ()
    weight = _weights(store, sentences)
    known = {(citation.document.doc_id, citation.start): citation.n for citation in citations}
    found: list[Difference] = []
    told: set[object] = set()
    for one in quoted:
        for other in sentences:
            for a, b in _pairs(one, other, weight):
                named = a.kind == "date" and a.clause.names & b.clause.names
                if not named and not _one_subject(store, one.said, other.said):
                    continue
                # One difference, however many documents have the one number or the other.
                keys = {frozenset((_value(a), _value(b))), frozenset((_place(one), _place(other)))}
                sides = () if keys & told else tuple(_tellings(store, ((one, a), (other, b)), known))
                if len(sides) == 2:
                    told |= keys
                    found.append(Difference(a.kind, *sides))
                if len(found) == _MOST:
                    return tuple(found)
    return tuple(found)


def behind(retrieval: Retrieval, hits: Sequence[Hit], citations: Sequence[Citation]) -> list[Candidate]:
    """The candidates of these hits, and of the passages that are quoted."""
    wanted = {hit.passage.passage_id for hit in hits}
    wanted |= {passage_id(one.document.doc_id, one.start, one.end) for one in citations}
    return [candidate for candidate in retrieval.candidates if candidate.passage.passage_id in wanted]


def _sentences(candidate: Candidate) -> Iterator[_Sentence]:
    for span in candidate.passage.sentences:
        said = Said(candidate.passage, candidate.document, span)
        if found := claims(said.text):
            yield _Sentence(candidate, said, found)


def _within(said: Said, quote: Quote) -> bool:
    return (
        said.document.doc_id == quote.doc_id and quote.start <= said.span.start and said.span.end <= quote.end
    )


def _pairs(one: _Sentence, other: _Sentence, weight: Weight) -> Iterator[tuple[Claim, Claim]]:
    for a in one.claims:
        for b in other.claims:
            if a.kind == b.kind and contradict(one.said, a, other.said, b, weight):
                yield a, b


def _one_subject(store: Store, one: Said, other: Said) -> bool:
    """Whether one of two documents may be about what the other is about: their titles do not each name something that
    the other never mentions, as reports on two towns do.
    """
    texts = [store.document(said.passage.doc_id).text for said in (one, other)]
    known = [
        set(_words(f"{said.document.title} {text}")) for said, text in zip((one, other), texts, strict=True)
    ]
    named = [
        {word for word in _words(said.document.title) if word[0].isupper() and word.lower() not in here}
        for said, here in zip((one, other), known, strict=True)
    ]
    folded = [{word.casefold() for word in here} for here in known]
    spare = [
        any(word.casefold() not in there for word in mine)
        for mine, there in zip(named, folded[::-1], strict=True)
    ]
    return not all(spare)


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _weights(store: Store, sentences: Sequence[_Sentence]) -> Weight:
    """How rare a stem is among all passages, as the logarithm of their number over that of those that have it."""
    stems = {
        stem for one in sentences for claim in one.claims for stem in claim.clause.about | claim.clause.names
    }
    frequencies = store.frequencies(sorted(stems))
    passages = store.counts().passages
    return lambda stem: math.sqrt(math.log(1 + passages / (frequencies.get(stem, 0) + 0.5)))


def _value(claim: Claim) -> object:
    if claim.figure:
        return claim.figure.low, claim.figure.high, claim.figure.unit, claim.figure.counted[:1]
    return (claim.when.since, claim.when.until) if claim.when else claim.denied


def _place(one: _Sentence) -> object:
    return one.said.document.doc_id, one.said.span


def _tellings(
    store: Store, sides: Sequence[tuple[_Sentence, Claim]], known: dict[tuple[str, int], int]
) -> Iterator[Telling]:
    """The sides that are found in their documents word for word. `known` are citations' numbers, and grows."""
    for one, claim in sides:
        passage, span = one.said.passage, one.said.span
        text = store.document(passage.doc_id).text
        words = located(text, span.start, span.end, one.said.text)
        if words is None:
            return
        n = known.setdefault((passage.doc_id, passage.start), max(known.values(), default=0) + 1)
        citation = cite(one.candidate, n, text)
        affirmed = claim.kind == "polarity" and not claim.denied
        at = (
            Span(span.end, span.end)
            if affirmed
            else Span(span.start + claim.span.start, span.start + claim.span.end)
        )
        quote = Quote(
            text=words,
            citation=n,
            voice=citation.voice,
            doc_id=passage.doc_id,
            start=span.start,
            end=span.end,
            speaker=speaker_of(passage, span),
            selector=describe(text, span.start, span.end),
            speeches=speeches_in(passage, span),
            label=label_of(words, passage, one.candidate.document),
            published=citation.published,
            about=about(passage, span),
        )
        yield Telling(quote, citation, at)
