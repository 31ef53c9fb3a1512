"""What headings name, for questions made of them; and the sentences and words that drafts are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from eval.draft_rules import LEANS, MARKUP
from eval.resolve import locate
from index import Document, QuestionError, clean, infer_blocks, sentence_spans, words
from qa import check_question


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_GENERIC = _words(
    "about acknowledgement acknowledgements annex appendix background brief conclusion conclusions contact contacts"
    " contents context digest figures foreword glossary headline index introduction key notes overview page preface"
    " recommendations references report section sources statement story summary table timeline title"
)
_NEVER = _words("annex appendix contents digest foreword glossary index introduction references summary")
_ASKING = re.compile(r"\b(?:What|Why|How|Who|When|Where|Which)\b")
_IN_HEADING = r"[\w'’-]+"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the first sentence below it."""

    document: Document
    heading: str
    lead: str


def sections_of(document: Document, common: frozenset[str]) -> Iterator[Section]:
    """The headings that name a subject, each with the sentence that opens its section."""
    text = document.text
    blocks = document.blocks or infer_blocks(text)
    first = True
    for block, following in pairwise(blocks):
        if block.kind != "heading":
            continue
        heading = clean(text[block.start : block.end])
        title, first = first, False
        if title or following.kind != "paragraph" or not _names_a_subject(heading):
            continue
        spans = sentence_spans(text, following.start, following.end)
        opening = text[spans[0][0] : spans[0][1]] if spans else ""
        lead = unnumbered(clean(opening))
        if 5 <= len(lead.split()) <= 60 and lead.endswith((".", "!", "?")) and quotable(lead, opening):
            yield Section(document, lower_first(heading.rstrip("."), common), lead)


def _names_a_subject(heading: str) -> bool:
    found = re.findall(r"\w+", heading.casefold())
    return (
        1 <= len(found) <= 10
        and not re.search(r"[,:;\[\]()|/*_“”‘\"]|\d", heading)
        and not LEANS.search(heading)
        and not _ASKING.search(heading, 1)
        and (not heading.endswith("?") or (len(found) >= 4 and bool(_ASKING.match(heading))))
        and not heading.isupper()
        and bool(subjects(heading))
        and _NEVER.isdisjoint(found)
    )


def subjects(heading: str) -> list[str]:
    """The words of a heading that name what its section is about, in small letters."""
    found = dict.fromkeys(re.findall(r"\w{4,}", heading.casefold()))
    return [word for word in found if word not in _GENERIC and _points_somewhere(word)]


def shared_words(one: str, other: str) -> str:
    """The longest run of words that two headings have in common, without words at its ends that say nothing."""
    theirs = re.findall(_IN_HEADING, other.casefold())
    mine = re.findall(_IN_HEADING, one)
    best: list[str] = []
    for start in range(len(mine)):
        for end in range(start + 1, len(mine) + 1):
            run = [word.casefold() for word in mine[start:end]]
            held = any(theirs[at : at + len(run)] == run for at in range(len(theirs)))
            if held and end - start > len(best) and _points_somewhere(run[0]) and _points_somewhere(run[-1]):
                best = mine[start:end]
    return " ".join(best)


def unnumbered(sentence: str) -> str:
    """A sentence without the number of its paragraph."""
    return re.sub(r"^\(?\d{1,3}(?:\.\d{1,3})*[.)] (?=[A-Z])", "", sentence)


def quotable(sentence: str, original: str) -> bool:
    """Whether a cleaned sentence can be quoted: it is found again where it was taken from, and holds no markup."""
    return not MARKUP.search(sentence) and bool(locate(sentence, original))


def lower_first(phrase: str, common: frozenset[str]) -> str:
    """A phrase as it stands inside a sentence: its first letter small, if `common` knows the word so.

    >>> lower_first("The board", frozenset(["the"])), lower_first("Ofsted found", frozenset(["the"]))
    ('the board', 'Ofsted found')
    """
    first = re.match(r"[A-Z][a-z'’-]*\b", phrase)
    known = first and first.group().lower() in common
    return phrase[0].lower() + phrase[1:] if known else phrase


def pointing(text: str) -> set[str]:
    """The stems of the words of a text that can point somewhere."""
    return {stem for word in re.findall(r"\w+", text) if _points_somewhere(word) for stem in words(word)}


def _points_somewhere(word: str) -> bool:
    """Whether a question of this word alone could be searched for."""
    try:
        return bool(check_question(word))
    except QuestionError:
        return False
