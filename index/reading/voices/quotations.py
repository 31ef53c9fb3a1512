"""Quotations by a named speaker: which words, and whose.

Conventions of English news and reports: an attribution stands before the quotation ("The report said: ..."), after
it (", said Ann Lee, its author"), inside it ("...," she added. "...") or at the end of its sentence; a quotation
over several paragraphs reopens its marks in each and closes them in the last; a paragraph that is nothing but a
quotation goes on with the speaker before it. Scare quotes, titles and what nobody is said to have said stay the
author's.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from index.reading.voices.attribution import (
    VERB,
    Subject,
    is_active,
    subject_after,
    subject_before,
    subject_whole,
)
from index.reading.voices.marks import Quoted, mask, quoted
from index.reading.voices.people import People
from index.types import Block, Speech

_SENTENCE_END = re.compile(
    r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bProf)(?<!\bSt)(?<!\bCllr)(?<!\bRev)(?<!\bHon)(?<!\bSgt)(?<!\bNo)"
    r"(?<!\bp)(?<!\bpp)(?<!\bs)(?<!\bv)(?<!\bvs)(?<!\bpara)(?<!\bparas)(?<!\bcf)(?<!\be\.g)(?<!\bi\.e)(?<!\b[A-Z])"
    r"[.!?]+[\"”’')\]]*(?=[\s\u00a0]+[^\sa-z]|\s*$)"
)
_ACCORDING = re.compile(r"\b[Aa]ccording\s+to\s+")
_STOPPED = re.compile(r"[,.?!…;:–—-][\"”’'»]*$")
_COLON = re.compile(r":\s*$")
_NAMING = re.compile(r"called|branded")
_WINDOW = 400
_LONGEST_ALONE = 2_000
_MOST_QUOTES, _MOST_IN_PARAGRAPH = 10_000, 400
"""More marks than any text of people's words has; what comes after them stays the author's, and costs no time."""
_PARTIAL_WORDS = 4
"""Fewer words between marks, within the author's own sentence, are a scare quote or a name more often than speech."""


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    subject: Subject
    direct: bool


@dataclass(slots=True)
class _Context:
    """What a paragraph takes from those before it."""

    people: People
    carried: str | None = None  # the speaker of a quotation that is still open
    open: bool = False
    intro: str | None = None  # who was announced by a colon
    colon: bool = False
    read: int = 0  # how many quotations were looked at
    flowing: str | None = None  # the speaker of the paragraph just before


def quotations(text: str, blocks: tuple[Block, ...], taken: tuple[Speech, ...] = ()) -> tuple[Speech, ...]:
    """The quotations of a text whose speaker it names, in order. `taken` are stretches to leave alone.

    A quotation over several paragraphs is one speech. Its marks belong to it, its attribution does not.

    >>> text = "“We were slow,” said Ann Lee, chief executive. “We are sorry.”"
    >>> [(text[s.start:s.end], s.speaker) for s in quotations(text, (Block("paragraph", 0, len(text)),))]
    [('“We were slow,”', 'Ann Lee, chief executive'), ('“We are sorry.”', 'Ann Lee, chief executive')]
    """
    context = _Context(People(text))
    found: list[Speech] = []
    waiting: Block | None = None  # a paragraph of nothing but words that nobody is said to speak yet
    starts = [speech.start for speech in taken]
    for n, block in enumerate(blocks):
        i = bisect_right(starts, block.start) - 1
        if i >= 0 and block.start < taken[i].end:
            continue
        if block.kind in ("furniture", "heads", "row"):
            continue
        alone = context.flowing is None and not (context.open or context.intro or context.colon)
        now = _paragraph(text, block, context, n + 1 < len(blocks))
        if waiting and (
            opening := context.people.opening(text[block.start : min(block.end, block.start + 200)])
        ):
            found.append(Speech(waiting.start, waiting.end, context.people.resolve(opening) or opening.full))
        found.extend(now)
        waiting = block if alone and not now and _is_all_quoted(text, block) else None
    return tuple(_joined(text, found))


def _paragraph(text: str, block: Block, context: _Context, more: bool) -> list[Speech]:
    quotes = quoted(text, block.start, block.end, carried=context.open)
    if len(quotes) > _MOST_IN_PARAGRAPH or context.read > _MOST_QUOTES:
        quotes = []
    context.read += len(quotes)
    masked = mask(text, block.start, block.end, quotes)
    heading = block.kind == "heading" and not re.search(r"[.!?…:][\"”’']*$", text[block.start : block.end])
    found: list[Speech] = []
    at = 0  # how far into the paragraph its names have been read
    speaker: str | None = None
    previous: Quoted | None = None
    for i, quote in enumerate(quotes if not heading else ()):
        following = quotes[i + 1].start if i + 1 < len(quotes) else block.end
        name = None
        subject = _attribution(text, masked, block.start, quote, following, context.people)
        words = len(re.findall(r"\w+", text[quote.start : quote.end]))
        if subject is not None:
            _notice(masked, at, subject.start, context.people)
            name = context.people.resolve(subject.subject)
            at = max(at, subject.start)
            if not subject.direct and (words < _PARTIAL_WORDS or _is_title(text, quote)):
                name = None
        elif quote.start == block.start or not quote.opened:
            if context.open or (words >= _PARTIAL_WORDS or (words > 1 and _ends_sentence(text, quote))):
                name = _inherited(context)
        elif previous is not None and speaker and _goes_on(text, previous, quote):
            name = speaker
        if not quote.closed and quote.start != block.start and name is None:
            continue
        if name:
            found.append(Speech(quote.start, quote.end, name))
            if subject is None or subject.direct:
                speaker, previous = name, quote
    whole = not quotes and not found
    last = quotes[-1] if quotes else None
    if whole and context.intro and _is_block_quotation(text, block):
        found.append(Speech(block.start, block.end, context.intro))
    _carry(text, block, masked, context, found, last, heading)
    return found


def _inherited(context: _Context) -> str | None:
    if context.open:
        return context.carried
    if context.intro:
        return context.intro
    if context.colon:
        return context.people.last
    return context.flowing


def _carry(
    text: str,
    block: Block,
    masked: str,
    context: _Context,
    found: list[Speech],
    last: Quoted | None,
    heading: bool,
) -> None:
    """Sets what the next paragraph takes from this one."""
    named = _last_named(masked[-5000:], context.people)  # of a paragraph of pages, its end
    closed = text[block.start : block.end].rstrip()
    colon = closed.endswith(":")
    whole = bool(last and found and found[-1].end == last.end)
    context.open = bool(last and not last.closed and whole)
    context.carried = found[-1].speaker if context.open else None
    context.intro = (
        named if colon and named and (last is None or not masked.rstrip().endswith("\x00:")) else None
    )
    context.colon = colon
    if heading:
        context.flowing = None
    elif found:
        context.flowing = found[-1].speaker if whole or named is None else named
    else:
        context.flowing = named


def _notice(masked: str, start: int, end: int, people: People) -> None:
    """Reads the names that sentences begin with."""
    if start == 0:
        people.notice(masked[:200])
    for match in _SENTENCE_END.finditer(masked, start, end):
        if match.end() < end:
            people.notice(masked[match.end() : match.end() + 200].lstrip())


def _last_named(masked: str, people: People) -> str | None:
    """The last speaker that a paragraph names, with or without a quotation; remembered for pronouns."""
    name = None
    at = 0
    for verb in VERB.finditer(masked):
        _notice(masked, at, verb.start(), people)
        at = verb.start()
        clause = _sentence_before(masked, verb.start())
        subject = subject_before(clause)
        if subject is None and masked[max(0, verb.start() - 3) : verb.start()].strip(" ,.").endswith("\x00"):
            subject = subject_after(masked[verb.end() :][:_WINDOW])
        if subject is not None:
            name = people.resolve(subject) or name
    _notice(masked, at, len(masked), people)
    return name


def _sentence_before(masked: str, at: int) -> str:
    window = masked[max(0, at - _WINDOW) : at]
    border = 0
    for match in _SENTENCE_END.finditer(window):
        if match.end() < len(window):
            border = match.end()
    return window[border:].lstrip()


def _sentence_after(masked: str, at: int, stop: int) -> str:
    window = masked[at : min(stop, at + _WINDOW)]
    match = _SENTENCE_END.search(window, 1)
    return window[: match.end()] if match else window


def _attribution(
    text: str, masked: str, offset: int, quote: Quoted, following: int, people: People
) -> _Found | None:
    """Who is said to speak a quotation. `direct`: it is set off as speech, and not part of the author's sentence."""
    start, end = quote.start - offset, quote.end - offset
    before = _sentence_before(masked, start)
    after = _sentence_after(masked, end, following - offset) if quote.closed else ""
    verbs = list(VERB.finditer(before))
    if not verbs and _COLON.search(before) and (opening := people.opening(before) or people.beside(before)):
        return _Found(start - len(before), start, opening, True)  # "Ann Lee was not amused: ..."
    if verbs and re.search(r"[:,]\s*$", before):
        # "Lee said:" and "Lee said, after the vote:"; after a comma the verb must stand right there.
        tail = before[verbs[-1].end() :]
        if _COLON.search(before) or re.fullmatch(r"[^,]{0,30},\s*", tail):
            found = _from_verbs(before, verbs, start, direct=True)
            if found:
                return found
    stopped = bool(_STOPPED.search(text[max(quote.start, quote.end - 4) : quote.end]))
    comma = after.lstrip()[:1] in (",", "–", "—")
    if quote.closed and (stopped or comma):
        found = _directly_after(masked, after, end, sentence=_ends_sentence(text, quote) and not comma)
        if found:
            return found
    if verbs:
        found = _from_verbs(before, verbs, start, direct=False)
        if found:
            return found
    if match := _ACCORDING.search(before):
        subject = subject_after(" " + before[match.end() :])
        if subject:
            return _Found(start, end, subject, direct=before.rstrip().endswith((",", ":")))
    return _trailing(masked, after, end)


def _from_verbs(before: str, verbs: list[re.Match[str]], start: int, *, direct: bool) -> _Found | None:
    for verb in verbs[:-5:-1]:  # the nearest ones: a sentence of verbs alone would take its square
        if verb[0].endswith("ing") and before[: verb.start()].rstrip().endswith(","):
            continue  # "she told the Gazette, adding": of the verb before it
        if _NAMING.fullmatch(verb[0]) and not before[verb.end() :].strip():
            continue  # 'a plan called "Better roads"'
        subject = subject_before(before[: verb.start()])
        if subject:
            return _Found(start - len(before) + verb.start(), start, subject, direct)
    return None


def _directly_after(masked: str, after: str, end: int, *, sentence: bool) -> _Found | None:
    """The attribution that begins right after a quotation. `sentence`: a full stop within the marks ended it."""
    lead = re.match(r"[\s,–—-]*", after)
    at = lead.end() if lead else 0
    rest = after[at:]
    if sentence and rest[:1].isupper():
        return None  # the author's next sentence
    if according := re.match(r"according\s+to", rest):
        subject = subject_after(rest[according.end() :])
        return _Found(end + at, end, subject, True) if subject else None
    for verb in VERB.finditer(rest[:200]):
        if verb.start() == 0:
            subject = subject_after(rest[verb.end() :])
        else:
            subject = subject_whole(rest[: verb.start()]) if is_active(rest[: verb.start()]) else None
        if subject:
            return _Found(end + at, end, subject, True)
        if verb.start() > 0:
            break
    return None


def _trailing(masked: str, after: str, end: int) -> _Found | None:
    """The attribution that ends a quotation's sentence: "..., inspectors found."."""
    body = after.rstrip(" .\n")
    if match := _ACCORDING.search(after):
        subject = subject_after(" " + after[match.end() :])
        return _Found(end + match.start(), end, subject, False) if subject else None
    for verb in VERB.finditer(body):
        if verb.end() == len(body):
            head, comma, subject_text = body[: verb.start()].rpartition(", ")
            subject = subject_whole(subject_text) if comma and is_active(body[: verb.start()]) else None
            if subject:
                return _Found(end + len(head), end, subject, False)
    return None


def _is_all_quoted(text: str, block: Block) -> bool:
    """Whether a paragraph is one whole quotation and nothing else: whose, the next paragraph may tell."""
    quotes = quoted(text, block.start, block.end) if block.end - block.start <= _LONGEST_ALONE else []
    whole = len(quotes) == 1 and (quotes[0].start, quotes[0].end) == (block.start, block.end)
    return block.kind == "paragraph" and whole and quotes[0].closed and _ends_sentence(text, quotes[0])


def _goes_on(text: str, previous: Quoted, quote: Quoted) -> bool:
    """Whether a quotation goes on with the one before it: only its attribution lies between."""
    between = text[previous.end : quote.start]
    if not re.search(r"(?:^|[.,!?;:–—])\s*$", between):
        return False  # a word of the author's runs straight into the marks
    return len(between) < 250 and len(_SENTENCE_END.findall(between.strip())) <= 1


def _ends_sentence(text: str, quote: Quoted) -> bool:
    return bool(re.search(r"[.…][\"”’'»]*$", text[max(quote.start, quote.end - 4) : quote.end]))


def _fills(text: str, quote: Quoted, block: Block) -> bool:
    return quote.end - quote.start >= 0.6 * len(text[block.start : block.end].strip())


def _is_title(text: str, quote: Quoted) -> bool:
    """Whether most words between the marks are capitalised, as in the title of a report."""
    words = re.findall(r"[^\W\d_]{4,}", text[quote.start : quote.end])
    return len(words) >= 2 and sum(w[0].isupper() for w in words) > 0.6 * len(words)


def _is_block_quotation(text: str, block: Block) -> bool:
    """Whether a paragraph after "The report found:" is what it found: set as a paragraph, not as a list."""
    line = text[max(0, block.start - 6) : block.start].rpartition("\n")[2].strip()
    return block.kind in ("paragraph", "item") and not line and text[block.start : block.start + 1].isalpha()


def _joined(text: str, found: list[Speech]) -> list[Speech]:
    """Speeches with those of one speaker joined that only white space parts."""
    joined: list[Speech] = []
    for speech in found:
        last = joined[-1] if joined else None
        if (
            last
            and last.speaker == speech.speaker
            and not text[last.end : speech.start].strip(" \t\r\n\u00a0'\"")
        ):
            joined[-1] = Speech(last.start, speech.end, last.speaker)
        else:
            joined.append(speech)
    return joined
