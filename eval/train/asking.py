"""Training groups from an index alone: its headings, first sentences, sentences with a gap and key words as questions.

Nobody says which passage answers: it is the one that the words were taken from, and they are taken out of it where it
would be found by them alone. What the search brings besides it are the negatives, without what may answer as well.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from eval.draft_headings import pointing
from eval.train.groups import Group
from index import DocumentInfo, Hit, Passage, QuestionError, clean, fold, words
from qa import MAX_CHARACTERS, Service, as_read

KINDS = ("heading", "opening", "gap", "key words")
"""Where a question comes from: the collections of the groups."""

MOST = 400
LEAST_PASSAGES = 30
_MOST_PASSAGES = 20_000
"""Passages that questions are looked for in, of whole documents in random order: a large index has enough in some."""
_NEGATIVES = 12
_HITS = 50
_SAYS_THE_SAME = 0.6
"""A passage with this share of a question's words may answer it, so that it is no negative."""
_FEW = 3
"""Of a question with no more words than this a passage has to have all, to say the same."""
_SENTENCE_WORDS = (6, 40)
_REST_WORDS = 15
_KEY_WORDS = (2, 3)
"""So few that several passages have most of them; with more, the words alone would point at one."""
_GAP = re.compile(
    r"(?<!\w)(?:[£$€]\s?)?\d[\d,.]*\d?(?:\s?%| per cent\b)?"  # a number, an amount, a year
    r"|(?<=[^.!?:\s] )[A-ZÀ-Þ][\w'’-]+(?: (?:of |and |the )?[A-ZÀ-Þ][\w'’-]+)*"  # a name within the sentence
    r"|“[^”]{3,60}”|\"[^\"]{3,60}\""
)
_NUMBERED = re.compile(r"^\(?\d{1,3}(?:\.\d{1,3})*[.)]?\s+")

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Posed:
    """A group with where its question comes from: a document's id, its section's headings, its passage's ordinal."""

    doc_id: str
    section: str
    ordinal: int
    group: Group


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question before it was searched for. `left` is the passage without what the question was made of; a passage
    with `answer` in it answers, too; `apart` says that no other passage of the section is a negative.
    """

    kind: str
    question: str
    info: DocumentInfo
    passage: Passage
    left: Passage
    answer: str = ""
    apart: bool = False


def pose(
    service: Service, most: int = MOST, seed: int = 7, progress: OnProgress | None = None,
    kinds: Sequence[str] = KINDS,
) -> list[Posed]:  # fmt: skip
    """At most so many groups from the passages behind a service, about as many of each kind; the same from one seed.

    Boilerplate, older editions and passages that repeat others ask nothing. `service` should be without rerankers:
    the negatives are what a reranker is given to order. `progress` hears how many questions of all were searched for.
    """
    chance = random.Random(seed)
    by_kind: dict[str, list[_Asked]] = {kind: [] for kind in kinds}
    for asked in _all_asked(_sampled(service, chance), chance):
        if asked.kind in by_kind:
            by_kind[asked.kind].append(asked)
    chosen = _chosen(by_kind, most, chance)
    posed: list[Posed] = []
    for done, asked in enumerate(chosen, 1):
        if negatives := _negatives(service, asked, chance):
            group = Group(asked.kind, asked.question, _read(asked.info, asked.left), negatives)
            posed.append(Posed(asked.info.doc_id, asked.passage.heading, asked.passage.ordinal, group))
        if progress:
            progress(done, len(chosen))
    return posed


def _sampled(service: Service, chance: random.Random) -> list[tuple[DocumentInfo, list[Passage]]]:
    """Documents in random order with their passages, boilerplate aside, until there are enough."""
    documents = service.documents()
    chance.shuffle(documents)
    taken, count = [], 0
    for info in documents:
        passages = [passage for passage in service.passages(info.doc_id) if not passage.boilerplate]
        taken.append((info, passages))
        count += len(passages)
        if count >= _MOST_PASSAGES:
            break
    return taken


def _all_asked(
    documents: Sequence[tuple[DocumentInfo, list[Passage]]], chance: random.Random
) -> Iterator[_Asked]:
    common = Counter(stem for _, found in documents for passage in found for stem in set(words(passage.text)))
    headings = Counter(
        fold(_named(path))
        for _, found in documents
        for path, _ in groupby(found, key=lambda passage: passage.heading)
    )
    for info, passages in documents:
        for path, of_section in groupby(passages, key=lambda passage: passage.heading):
            section = [passage for passage in of_section if not passage.copy_of]
            if section and headings[fold(_named(path))] == 1:
                yield from _by_heading(info, section[0], path)
            for passage in section:
                yield from _by_sentences(info, passage, common, chance)


def _named(path: str) -> str:
    """The last heading of a path, without its number."""
    return _NUMBERED.sub("", clean(path.rpartition(" › ")[2])).rstrip(".:")


def _by_heading(info: DocumentInfo, passage: Passage, path: str) -> Iterator[_Asked]:
    """The heading, if it names something and is not the title; of its section the first passage, without it."""
    heading = _named(path)
    if len(pointing(heading)) >= 2 and fold(heading) != fold(clean(info.title)) and len(heading) < 150:
        left = replace(passage, heading=path.rpartition(" › ")[0])
        yield _Asked("heading", heading, info, passage, left, apart=True)


def _by_sentences(
    info: DocumentInfo, passage: Passage, common: Counter[str], chance: random.Random
) -> Iterator[_Asked]:
    for at, span in enumerate(passage.sentences):
        start, end = span.start - passage.start, span.end - passage.start
        sentence = _NUMBERED.sub("", clean(passage.text[start:end]))
        if (
            not _SENTENCE_WORDS[0] <= len(sentence.split()) <= _SENTENCE_WORDS[1]
            or len(sentence) > MAX_CHARACTERS
        ):
            continue
        about = pointing(sentence)
        if len(about) < 3:
            continue
        rest = f"{passage.text[:start]} {passage.text[end:]}"
        left = replace(passage, text=rest)
        # Where the rest says nothing of what the sentence speaks of, nobody could tell that they belong together.
        belongs = len(rest.split()) >= _REST_WORDS and bool(about & set(words(rest)))
        if at == 0 and belongs:
            yield _Asked("opening", sentence, info, passage, left)
        if at and belongs and (gap := _gap(sentence, common)):
            without = clean(sentence.replace(gap, " "))
            yield _Asked("gap", without, info, passage, left, gap)
        drawn = set(chance.sample(sorted(about), chance.choice(_KEY_WORDS)))
        told = [
            word.casefold() for word in re.findall(r"[\w'’-]+", sentence) if drawn.intersection(words(word))
        ]
        yield _Asked("key words", " ".join(dict.fromkeys(told)), info, passage, passage)


def _gap(sentence: str, common: Counter[str]) -> str:
    """The rarest number, name or quotation in a sentence; empty if it has none."""
    found = [match.group() for match in _GAP.finditer(sentence)]
    return min(
        found, key=lambda span: (min((common[stem] for stem in words(span)), default=0), span), default=""
    )


def _chosen(by_kind: dict[str, list[_Asked]], most: int, chance: random.Random) -> list[_Asked]:
    """As many of each kind as there is room for, in random order; one passage asks one question of a kind."""
    for kind, found in by_kind.items():
        chance.shuffle(found)
        by_kind[kind] = list({asked.passage.passage_id: asked for asked in found}.values())
    taken: list[_Asked] = []
    kinds = sorted(by_kind, key=lambda kind: len(by_kind[kind]))
    for number, kind in enumerate(kinds):
        share = (most - len(taken)) // (len(kinds) - number)
        taken += by_kind[kind][:share]
    chance.shuffle(taken)
    return taken


def _negatives(service: Service, asked: _Asked, chance: random.Random) -> tuple[str, ...]:
    try:
        hits = service.search(asked.question, k=_HITS).hits
    except QuestionError:  # only words that every text has
        return ()
    about = pointing(asked.question)
    found = [_read(hit.document, hit.passage) for hit in hits if not _may_answer(asked, hit, about)]
    found = list(dict.fromkeys(found))
    # Not the first ones alone: they were found by what was taken out of the passage, and may well answer better.
    return tuple(chance.sample(found, min(_NEGATIVES, len(found))))


def _may_answer(asked: _Asked, hit: Hit, about: set[str]) -> bool:
    """Whether a hit is the passage asked about, a copy of it, its neighbour, or says so in like words."""
    mine, other = asked.passage, hit.passage
    if other.passage_id == mine.passage_id or other.copy_of == mine.passage_id:
        return True
    if other.doc_id == mine.doc_id and (
        abs(other.ordinal - mine.ordinal) <= 1 or (asked.apart and other.heading == mine.heading)
    ):
        return True
    shared = len(about.intersection(words(other.text)))
    if shared >= (_SAYS_THE_SAME if len(about) > _FEW else 1) * len(about):
        return True
    return (
        bool(asked.answer)
        and 2 * shared >= _SAYS_THE_SAME * len(about)
        and fold(asked.answer) in fold(other.text)
    )


def _read(info: DocumentInfo, passage: Passage) -> str:
    return as_read(info, passage)
