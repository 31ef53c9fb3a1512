"""Acronyms, learned from the passages at hand: "multi-agency safeguarding hub (MASH)" says what either stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_DEFINED = re.compile(r"\(\s*([A-Z][A-Za-z&]{1,9}?)(?:s|[’']s)?\s*\)")
_REVERSED = re.compile(r"\b([A-Z]{2,10})\s*\(([A-Za-z][^()]{5,100})\)")
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_SMALL = frozenset(["a", "an", "and", "at", "by", "de", "for", "in", "of", "on", "or", "the", "to", "with"])
_MOST_WORDS = 12


def definitions(texts: Iterable[str]) -> dict[str, str]:
    """What acronyms stand for, by acronym, as the first text that says so has it.

    >>> definitions(["The Multi-Agency Safeguarding Hub (MASH) and the LSCB (local safeguarding children board)."])
    {'MASH': 'Multi-Agency Safeguarding Hub', 'LSCB': 'local safeguarding children board'}
    """
    found: dict[str, str] = {}
    for text in texts:
        if "(" not in text:  # as in most, and a question looks through some hundred
            continue
        for short, long in _defined(text):
            found.setdefault(short, long)
    return found


def _defined(text: str) -> Iterator[tuple[str, str]]:
    for match in _DEFINED.finditer(text):
        before = list(_WORD.finditer(text, max(0, match.start() - 150), match.start()))[-_MOST_WORDS:]
        for at in range(len(before) - 1, -1, -1):
            if _spells([word[0] for word in before[at:]], match.group(1)):
                yield match.group(1), " ".join(text[before[at].start() : before[-1].end()].split())
                break
    for match in _REVERSED.finditer(text):
        if _spells(_WORD.findall(match.group(2)), match.group(1)):
            yield match.group(1), " ".join(match.group(2).split())


def _spells(words: list[str], short: str) -> bool:
    """Whether the initials of words, small ones counted or not, are an acronym."""
    letters = short.replace("&", "").lower()
    if len(letters) < 2 or words[0][0].lower() != letters[0] or words[0].lower() in _SMALL:
        return False
    initials = "".join(word[0] for word in words).lower()
    spare = "".join(word[0] for word in words if word.lower() not in _SMALL).lower()
    return letters in (initials, spare)


def other_names(question: str, known: dict[str, str]) -> list[str]:
    """What those acronyms in a question stand for, and the acronyms of what it spells out.

    >>> other_names("What did the MASH do?", {"MASH": "multi-agency safeguarding hub"})
    ['multi-agency safeguarding hub']
    >>> other_names("Do safeguarding children boards meet?", {"SCB": "Safeguarding Children Board"})
    ['SCB']
    """
    tokens = set(re.findall(r"\b[A-Za-z&]{2,10}?(?=s?\b)", question)) | set(
        re.findall(r"[A-Za-z&]+", question)
    )
    folded = " ".join(_WORD.findall(question.lower()))
    named = []
    for short, long in known.items():
        if short in tokens:
            named.append(long)
        elif " ".join(_WORD.findall(long.lower())) in folded:
            named.append(short)
    return named
