"""Questions to begin with, made of the documents themselves: only such as they answer.

A heading that is a question is asked as it stands. Of other headings those are taken that are a term of the documents:
two to four words without a verb that stand in running text as well. They are put into a few plain English frames, and
kept if the answer quotes what was asked for. Where nothing good comes of it, nothing is offered.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index import Document, PinciteError, clean, fold
from web.language import language_of

if TYPE_CHECKING:
    from qa import Answer, Service

log = logging.getLogger(__name__)

MOST = 3
_MOST_READ = 60
"""Documents that are read for it, of a large index a sample: the first by their ids, which are hashes."""
_MOST_ASKED = 12
_MOST_TEXT = 200_000  # characters of one document
_FEWEST_PLACES = 3
_COMMON = 0.6  # the share of the documents beyond which a term is of all of them, and of none in particular
_LONGEST_NAME = 40
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_QUESTION = re.compile(
    r"(?:why|how|what|who|when|where|which|is|are|was|were|do|does|did|can|should)\b.*\?", re.I
)
_ARTICLE = re.compile(r"^(?:the|an?|our|its|their) (?=\w)", re.I)
# A heading with one of these is a sentence or half of one, not the name of something.
_NOT_IN_TERMS = (
    "a about after an and are as at be been before but by can could did do does for from had has have how if in into"
    " is it later next no not of on or other over per say says should still that the these this those to two under"
    " was were what when where which who whom whose why will with without would you"
)
_NO_TERM = frozenset(_NOT_IN_TERMS.split())


@dataclass(frozen=True, slots=True)
class Term:
    """What several passages speak of, in the spelling that is most usual, and who publishes them by name."""

    words: str
    places: int
    documents: int
    publishers: tuple[str, ...]


class Examples:
    """Example questions by the state of the index, made in the background: no page waits for them.

    With `given` ones none are made.
    """

    def __init__(self, service: Service, given: tuple[str, ...] = (), *, made: bool = True) -> None:
        self._service, self._given, self._makes = service, given, made and not given
        self._made: tuple[int, tuple[str, ...]] = (-1, ())
        self._busy = threading.Lock()

    def offered(self) -> tuple[str, ...]:
        """Those for the index as it is now; none while they are being made."""
        if not self._makes:
            return self._given
        generation = int(self._service.status()["generation"])
        if self._made[0] == generation:
            return self._made[1]
        if self._busy.acquire(blocking=False):
            threading.Thread(
                target=self._make, args=(generation,), name="pincite-examples", daemon=True
            ).start()
        return ()

    def _make(self, generation: int) -> None:
        try:
            self._made = (generation, examples_of(self._service))
        except Exception as error:  # nobody waits for it, and a page without examples is whole
            self._made = (generation, ())
            log.warning("no example questions: %r", error)
        finally:
            self._busy.release()


def examples_of(service: Service) -> tuple[str, ...]:
    """At most three questions that the documents answer with certainty; the same for the same index."""
    infos = sorted(service.documents(), key=lambda info: info.doc_id)[:_MOST_READ]
    documents = [service.document(info.doc_id) for info in infos]
    documents = [one for one in documents if language_of(one) in ("", "en")]
    found: list[str] = []
    used: set[str] = set()
    for asked, (question, term, publishers) in enumerate(_candidates(documents)):
        if len(found) == MOST or asked == _MOST_ASKED:
            break
        key = f"{bool(term)}{publishers and len(publishers)}"
        if key in used or any(term and fold(term) in fold(one) for one in found):
            continue  # one of each kind, and each of something else
        try:
            answer = service.ask(question)
        except PinciteError:
            continue
        if _answers(answer, term, publishers):
            found.append(question)
            used.add(key)
    return tuple(found)


def _answers(answer: Answer, term: str, publishers: Sequence[str]) -> bool:
    """Whether an answer is certain, speaks of the term, and quotes all those who were asked."""
    if answer.status != "answered":
        return False
    by = {citation.document.publisher for citation in answer.citations}
    plain = fold(_ARTICLE.sub("", term))
    said = any(plain in fold(clean(quote.text)) for quote in answer.quotes)
    return said and by.issuperset(publishers)


def _candidates(documents: Sequence[Document]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Questions, what each is about, and whose words it asks for; of each kind in turn the most promising."""
    headings = list(dict.fromkeys(_headings(documents)))
    asked = [(one, "", ()) for one in headings if _is_question(one)]
    about = terms(documents, [one for one in headings if not one.endswith("?")])
    said = [(f"What do the documents say about {one.words}?", one.words, ()) for one in about]
    whose = [
        (f"What does {one.publishers[0]} say about {one.words}?", one.words, one.publishers[:1])
        for one in reversed(about)
        if one.publishers
    ]
    both = [
        (f"What do {' and '.join(one.publishers[:2])} say about {one.words}?", one.words, one.publishers[:2])
        for one in about
        if len(one.publishers) > 1
    ]
    kinds: list[list[tuple[str, str, tuple[str, ...]]]] = [both, asked, said, whose]  # type: ignore[list-item]
    for at in range(max(map(len, kinds))):
        yield from (kind[at] for kind in kinds if at < len(kind))


def terms(documents: Sequence[Document], headings: Sequence[str]) -> list[Term]:
    """Those headings that running text speaks of too, what most documents speak of first."""
    running = [(document, _running_text(document)) for document in documents]
    found: dict[str, Term] = {}
    for heading in headings:
        plain = _ARTICLE.sub("", heading.rstrip("."))
        article = "the " if plain != heading.rstrip(".") else ""
        named = _WORD.findall(plain)
        if (
            not 2 <= len(named) <= 4
            or " ".join(named) != plain
            or _NO_TERM & {word.lower() for word in named}
        ):
            continue
        pattern = re.compile(rf"\b{re.escape(plain)}\b", re.I)
        # Where no sentence begins, and no longer name: there it is spelt as what it is.
        within = re.compile(rf"(?<=[a-z,;] ){re.escape(plain)}\b(?!(?-i: [A-Z]))", re.I)
        spelt: Counter[str] = Counter()
        by: Counter[str] = Counter()
        held = total = 0
        for document, text in running:
            places = pattern.findall(text)
            spelt.update(within.findall(text))
            held, total = held + bool(places), total + len(places)
            if places and _is_name(document.info.publisher):
                by[document.info.publisher] += len(places)
        if spelt and total >= _FEWEST_PLACES and held <= max(_FEWEST_PLACES, _COMMON * len(documents)):
            usual = min(spelt, key=lambda one: (-spelt[one], one))
            publishers = tuple(sorted(by, key=lambda name: (-by[name], name)))
            found[fold(plain)] = Term(article + usual, total, held, publishers)
    return sorted(found.values(), key=lambda one: (-one.documents, -one.places, one.words))


def _is_name(publisher: str) -> bool:
    """Whether a publisher can be asked for in one word: not several, not a sentence."""
    return 0 < len(publisher) <= _LONGEST_NAME and not re.search(r"\band\b|[,;?]", publisher)


def _is_question(heading: str) -> bool:
    """Whether a heading can be asked as it stands.

    >>> [_is_question(one) for one in ("How many bridges were shut?", "First question: what?", "Why?")]
    [True, False, False]
    """
    return bool(_QUESTION.fullmatch(heading)) and 4 <= len(heading.split()) <= 20


def _headings(documents: Sequence[Document]) -> Iterator[str]:
    for document in documents:
        for block in document.blocks:
            if block.kind == "heading" and not block.boilerplate and block.end <= _MOST_TEXT:
                yield clean(document.text[block.start : block.end]).strip()


def _running_text(document: Document) -> str:
    """A document's text without its headings and boilerplate, as it reads."""
    parts = [
        document.text[block.start : min(block.end, _MOST_TEXT)]
        for block in document.blocks
        if block.kind != "heading" and not block.boilerplate and block.start < _MOST_TEXT
    ]
    return clean("\n\n".join(parts))
