"""A list is quoted as a list: all of its items in their order, after the words that introduce them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from index import Document, Span, listing
from qa.retrieve import Candidate
from qa.sentences import Sentence, quoted_tokens, sentences_of

ENOUGH = 2
"""The answer is a list where so many of its sentences were chosen: one item may be all that was asked for."""


def whole_lists(
    chosen: Sequence[Sentence],
    candidates: Sequence[Candidate],
    document_of: Callable[[str], Document],
    list_tokens: int,
    all_tokens: int,
) -> tuple[list[Sentence], frozenset[tuple[str, int]]]:
    """The chosen sentences, but lists of which several were chosen whole, each where its best sentence stood; and
    where the sentences of these lists begin, by document and offset: they are quoted in one.

    A list longer than `list_tokens` is left as it is. What no longer fits into `all_tokens` is dropped from the
    end, but nothing that stands before the list.
    """
    found = list(chosen)
    seen: set[tuple[str, int]] = set()
    listed: set[tuple[str, int]] = set()
    for sentence in chosen:
        doc_id = sentence.candidate.document.doc_id
        around = listing(document_of(doc_id), sentence.span.start)
        if not around or (doc_id, around[0].start) in seen or sentence not in found:
            continue
        lead, items = around
        seen.add((doc_id, lead.start))

        def within(one: Sentence, spans: Sequence[Span] = (lead, *items), name: str = doc_id) -> bool:
            return one.candidate.document.doc_id == name and any(
                span.start <= one.span.start < span.end for span in spans
            )

        if sum(map(within, found)) < ENOUGH:
            continue
        whole = sorted(
            filter(
                within, (one for c in candidates if c.document.doc_id == doc_id for one in sentences_of(c))
            ),
            key=lambda one: one.span.start,
        )
        if quoted_tokens(whole) > list_tokens:
            continue
        before = [one for one in found[: found.index(sentence)] if not within(one)]
        after = [one for one in found[found.index(sentence) :] if not within(one)]
        if quoted_tokens(before + whole) <= all_tokens:
            found = _fitting(before + whole, after, all_tokens)
            listed |= {(doc_id, one.span.start) for one in whole}
    return found, frozenset(listed)


def _fitting(kept: Sequence[Sentence], others: Sequence[Sentence], tokens: int) -> list[Sentence]:
    """What is kept, and of the others in their order each that still fits."""
    found = list(kept)
    for sentence in others:
        if quoted_tokens([*found, sentence]) <= tokens:
            found.append(sentence)
    return found
