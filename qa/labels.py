"""Editorial labels: what a quote is about, where its own words do not say; set in brackets and never part of it."""

from __future__ import annotations

import re

from index import DocumentInfo, Passage, clean

_LONGEST = 60
_PRONOUN = re.compile(
    r"(?:(?:however|but|and|also|yet|nevertheless|moreover|furthermore|in addition|as a result|for example),? )?"
    r"(?:they|it|he|she|this|these|those|its|their|his|her|both|neither|such|the (?:former|latter)"
    r"|[\w,]+ of (?:them|these|those)"
    r"|(?:\d[\d,]*|one|two|three|four|five|six|seven|eight|nine|ten|some|many|few|most|several|all|none"
    r"|(?:the )?others?) (?:was|were|is|are|had|has|have|did|said))\b",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"(?:the|this|that|these|those) (?:new |local |independent |whole )?"
    r"(?:boards?|councils?|authorit(?:y|ies)|reports?|reviews?|inquiry|teams?|services?|departments?|committees?|panels?"
    r"|groups?|partnerships?|partners|chairs?|director|manager|scheme|programme|project|school|trust|company|charity"
    r"|agency|agencies|organisations?|hospital|home|unit|court|judge|government|minister|mayor|inspectors?|inspectorate"
    r"|regulator|body|bodies|plan|strategy|document|paper|letter|article|author|staff|workers|family)\b(?! of\b)",
    re.IGNORECASE,
)
_MARK = re.compile(r"(?:[-–—•*·▪◦>]+|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)])\s+|[\"'“‘(*]+")
_EMPTY = re.compile(
    r"(?:(?:page|part|section|chapter|annex|appendix)\s*)?[\W\d]*[ivxlc]{0,4}\.?", re.IGNORECASE
)
_NUMBERED = re.compile(r"^(?:\d+(?:\.\d+)*[.)]?|\(?[a-z]\))\s+", re.IGNORECASE)


def label_of(quoted: str, passage: Passage, document: DocumentInfo) -> str:
    """What a quote is about, from the nearest heading or the title; "" where the quote itself says.

    It is about something unnamed if it begins with a pronoun, a body that is only called what it is ("the board"), or
    in the middle, as an item of a list does.

    >>> passage = Passage("d:0-9", "d", 0, 0, 9, "", heading="Findings › Leadership and management")
    >>> label_of("They had lost sight of cases.", passage, DocumentInfo("d", "a.txt", "A report", "", ""))
    'Leadership and management'
    """
    words = clean(quoted)
    while mark := _MARK.match(words):
        words = words[mark.end() :]
    if not (_PRONOUN.match(words) or _BODY.match(words) or words[:1].islower()):
        return ""
    said = _plain(words)
    for found in (*reversed(passage.heading.split(" › ")), document.title):
        label = _NUMBERED.sub("", clean(found)).replace("[", "(").replace("]", ")").strip(" .:;,-–—|")
        if label and not _EMPTY.fullmatch(label) and _plain(label) not in said:
            return _shortened(label)
    return ""


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _shortened(label: str) -> str:
    """A label of a length that can be read over."""
    if len(label) <= _LONGEST:
        return label
    return (
        label[: label.rindex(" ", 0, _LONGEST) if " " in label[:_LONGEST] else _LONGEST].rstrip(" ,;:–-")
        + "…"
    )
