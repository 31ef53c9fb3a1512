"""Hits -> quotes: the sentences that answer, word for word, each with its citation."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

import numpy as np

from index import Mention, Passage, Span, Store, describe
from qa.cite import cite
from qa.labels import label_of
from qa.retrieve import Candidate, Retrieval
from qa.sentences import Sentence, quoted_tokens, sentences_of, text_of
from qa.speakers import speaker_of, speeches_in
from qa.types import Citation, Quote
from qa.understand import Understanding
from qa.verbatim import located
from qa.whole_lists import whole_lists


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """How quotes are chosen; docs/retrieval.md says how each number was.

    Sentences come from the best `passages`, and from `part_passages` of each part of a comparison. One is worth
    its passage's score plus `sentence_weight` times its own standardised cosine; each further one from the same
    document costs `spread`, as among hits. What is worth `margin` less than the best is not quoted, even if there is
    room. A list of up to `list_tokens` of which several sentences were chosen is quoted whole.
    """

    quote_tokens: int = 250
    passages: int = 15
    part_passages: int = 3
    sentence_weight: float = 0.25
    spread: float = 0.15
    margin: float = 2.5
    shortest_tokens: int = 5
    list_tokens: int = 160


def quote(
    store: Store, retrieval: Retrieval, settings: AnswerSettings = AnswerSettings()
) -> tuple[tuple[Quote, ...], tuple[Citation, ...], int]:
    """The quotes that answer, what answers first first, their citations numbered in that order, and how many quotes
    were withheld.

    Neighbouring sentences of a paragraph become one quote. Every quote is compared with the stored document;
    one that is not found there word for word is withheld.
    """
    document_of = cache(store.document)
    chosen, listed = whole_lists(
        _choose(_sentences(retrieval, settings), retrieval.understood.parts(), settings),
        retrieval.candidates,
        document_of,
        settings.list_tokens,
        settings.quote_tokens,
    )
    quotes: list[Quote] = []
    citations: dict[str, Citation] = {}
    withheld = 0
    for candidate, span in _merge(chosen, listed):
        doc_id = candidate.document.doc_id
        text = document_of(doc_id).text
        words = located(text, span.start, span.end, text_of(candidate, span))
        if words is None:
            withheld += 1
            continue
        citation = citations.setdefault(
            candidate.passage.passage_id, cite(candidate, len(citations) + 1, text)
        )
        quotes.append(
            Quote(
                text=words,
                citation=citation.n,
                voice=citation.voice,
                doc_id=doc_id,
                start=span.start,
                end=span.end,
                speaker=speaker_of(candidate.passage, span),
                speeches=speeches_in(candidate.passage, span),
                selector=describe(text, span.start, span.end),
                label=label_of(words, candidate.passage, candidate.document),
                published=citation.published,
                about=about(candidate.passage, span),
            )
        )
    return tuple(quotes), tuple(citations.values()), withheld


def about(passage: Passage, span: Span) -> tuple[Mention, ...]:
    """The times that a span of a passage speaks of."""
    return tuple(date for date in passage.dates if span.start <= date.start and date.end <= span.end)


def _sentences(retrieval: Retrieval, settings: AnswerSettings) -> list[Sentence]:
    """The sentences of the best passages, and of the best of each part of a comparison, with what each is worth."""
    best = list(retrieval.candidates[: settings.passages])
    for part in retrieval.understood.parts():
        of_part = (c for c in retrieval.candidates if part.meets(c.document, c.passage))
        best += [c for c in islice(of_part, settings.part_passages) if c not in best]
    cosines = np.array([cosine for c in best for cosine in c.similarity.sentences])
    if not len(cosines):
        return []
    mean, deviation = cosines.mean(), max(cosines.std(), 1e-9)
    return [
        replace(
            sentence,
            worth=round(candidate.score + settings.sentence_weight * (cosine - mean) / deviation, 5),
        )
        for candidate in best
        for sentence, cosine in zip(sentences_of(candidate), candidate.similarity.sentences, strict=True)
    ]


def _choose(
    sentences: Sequence[Sentence], parts: Sequence[Understanding], settings: AnswerSettings
) -> list[Sentence]:
    """The sentences worth most within the budget, what is worth most first.

    The best of each part of a comparison is among them, however much the other side has to say. Greedy, with a heap
    as in `retrieve.spread`: what a sentence is worth only falls while others are taken.
    """
    floor = max((sentence.worth for sentence in sentences), default=0.0) - settings.margin
    long = [i for i, sentence in enumerate(sentences) if sentence.tokens >= settings.shortest_tokens]
    taken: Counter[str] = Counter()
    said: set[str] = set()
    chosen: dict[int, float] = {}

    def take(i: int, worth: float) -> None:
        words = " ".join(sentences[i].text.split()).casefold()
        tokens = quoted_tokens([sentences[at] for at in (*chosen, i)])
        if tokens <= settings.quote_tokens and words not in said:
            chosen[i] = worth
            said.add(words)
            taken[sentences[i].candidate.document.doc_id] += 1

    for part in parts:
        of_part = [
            i for i in long if part.meets(sentences[i].candidate.document, sentences[i].candidate.passage)
        ]
        if of_part:
            best = max(of_part, key=lambda i: (sentences[i].worth, -i))
            take(best, sentences[best].worth)
    heap = [
        (-sentences[i].worth, sentences[i].candidate.document.doc_id, sentences[i].span.start, 0, i)
        for i in long
        if sentences[i].worth >= floor
    ]
    heapq.heapify(heap)
    while heap:
        worth, doc_id, start, counted, i = heapq.heappop(heap)
        if taken[doc_id] != counted:
            worth = -round(sentences[i].worth - settings.spread * math.log1p(taken[doc_id]), 5)
            heapq.heappush(heap, (worth, doc_id, start, taken[doc_id], i))
            continue
        take(i, -worth)
    return [sentences[i] for i in sorted(chosen, key=lambda i: -chosen[i])]


def _merge(chosen: Sequence[Sentence], listed: Collection[tuple[str, int]]) -> list[tuple[Candidate, Span]]:
    """One span for sentences that follow each other in a paragraph or in a list that is quoted whole, where the
    first of them was chosen. What is quoted of one passage stands together, in the order of its text.
    """
    spans: list[tuple[Candidate, Span]] = []
    done: set[tuple[str, int]] = set()
    by_passage: dict[str, list[Span]] = {}
    for sentence in chosen:
        by_passage.setdefault(sentence.candidate.passage.passage_id, []).append(sentence.span)
    for sentence in chosen:
        passage = sentence.candidate.passage
        if (passage.passage_id, sentence.span.start) in done:
            continue
        wanted = {span.start for span in by_passage[passage.passage_id]}
        runs: list[list[Span]] = [[]]
        for span in passage.sentences:
            in_list = (passage.doc_id, span.start) in listed
            if runs[-1] and (
                span.start not in wanted
                or in_list != ((passage.doc_id, runs[-1][-1].start) in listed)
                or (not in_list and _apart(sentence.candidate, runs[-1][-1], span))
            ):
                runs.append([])
            if span.start in wanted:
                runs[-1].append(span)
        run = next(run for run in runs if sentence.span in run)
        done.update((passage.passage_id, span.start) for span in run)
        spans.append((sentence.candidate, Span(run[0].start, run[-1].end)))
    passages = list(dict.fromkeys(candidate.passage.passage_id for candidate, _ in spans))
    return sorted(spans, key=lambda one: (passages.index(one[0].passage.passage_id), one[1].start))


def _apart(candidate: Candidate, before: Span, after: Span) -> bool:
    """Whether a blank line or a bullet stands between two sentences: they are then quoted one by one."""
    between = text_of(candidate, Span(before.end, after.start))
    return bool(between.strip()) or between.count("\n") > 1
