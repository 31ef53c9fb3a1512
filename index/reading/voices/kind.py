"""Whose document it is, when nobody says: a voice told from publisher, address, metadata and conventions of the text.

Judgments, inspection reports, statements of a body and news articles each have forms that the others lack. Where none
is clear the voice is "other".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile

from index.reading.voices.bodies import of_address, of_name, of_types
from index.types import DocumentInfo

_HEAD, _TAIL = 3_000, 2_500
_HEAD_LINES = 12
_OWN = 20_000  # how much of a text is read for how it speaks of itself

_CITATION = re.compile(
    r"\[(?:19|20)\d\d\] (?:EWHC|EWCA|EWFC|EWCOP|UKSC|UKHL|UKPC|UKUT|UKFTT|CSIH|CSOH|NIQB|NICA|NIFam|IEHC|IESC)\b"
)
_COURT_FORM = re.compile(
    r"^\W*(?:IN THE [\w' ’]*(?:COURT|TRIBUNAL)\b|Case No|Claim No|Neutral Citation|B\s?e\s?f\s?o\s?r\s?e\s?:"
    r"|B\s?e\s?t\s?w\s?e\s?e\s?n\s?:|(?:Approved |APPROVED )?(?:JUDGMENT|Judgment)\W*$|Heard on|Hearing dates?:)",
    re.MULTILINE,
)
_INSPECTED = re.compile(
    r"^\W*(?:Inspection (?:dates?|number|report)\b|Dates? of (?:previous )?inspection\b|Lead inspector\b"
    r"|Reporting inspector\b|Date inspected\b|Inspected (?:under|between|on)\b|Inspectors?:"
    r"|(?:Re-?|Full |Short |Joint |Unannounced |Focused )?[Ii]nspection of\b)",
    re.MULTILINE,
)
# What a contact block gives: a mail address, or a site after its label. Links alone lead to other people's pages.
_CONTACT = re.compile(
    r"(?:[\w.+-]+@|(?:^|\s)(?:W|Web|Website|Visit)\s?:?\s+(?:us at )?(?:https?://)?(?:www\.)?)"
    r"(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)",
    re.IGNORECASE,
)
_RIGHTS = re.compile(
    r"(?:©|\(c\)|\bcopyright\b)\s*(?:(?:19|20)\d\d)?[\s,–-]*(?P<who>[A-Z][^\n.|©]{2,60})", re.I
)
_CHARITY = re.compile(
    r"\bregistered charit(?:y|ies)\b[^\n]{0,60}?\d{6,7}|\bcharity (?:registration )?(?:no|number)\b\W{0,3}\d{6,7}"
    r"|\bregistered as a charity in\b",
    re.IGNORECASE,
)
_FIRM = re.compile(
    r"\b(?:authorised and regulated by the Solicitors Regulation Authority|regulated by the Bar Standards Board"
    r"|this (?:article|post|blog) (?:is|does) not (?:intended as|constitute) legal advice)\b",
    re.IGNORECASE,
)
_PRESENTED = re.compile(
    r"\bPresented to (?:both Houses of )?Parliament\b|^\W*HM Government\W*$"
    r"|\bFederal Register\s+Vol\.|^DEPARTMENT OF [A-Z ]+(?::|$)",
    re.MULTILINE,
)
_QUOTED = re.compile(r"[“\"][^“”\"]{1,3000}[”\"]")
_WE = re.compile(r"\b(?:we|our|ours|us)\b", re.IGNORECASE)
_NAME = r"[A-Z][\w’'-]+(?: (?:[A-Z]\.|de|van|O’)?[A-Z]?[\w’'-]+){1,2}"
_DAY = (
    r"(?:[A-Z][a-z]+day,? )?"
    r"(?:\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]+,? \d{4}|[A-Z][a-z]+ \d{1,2}(?:st|nd|rd|th)?,? \d{4})"
)
_PRESS_SIGNS = (
    # A byline: "By Ann Lee" with what she is, or her name above the day.
    rf"^(?:By|by|BY) {_NAME}(?:,? [\w’' ]*(?:[Rr]eporter|[Cc]orrespondent|[Ee]ditor)\b.*)?$|^{_NAME}\n+\W*{_DAY}\W*$"
    rf"|^{_NAME},? (?:[\w’'-]+ ){{0,3}}(?:[Rr]eporter|[Cc]orrespondent|[Ee]ditor)$",
    # A headline in the present tense whose claim is another's.
    r"\A[^\n]{20,160}, (?:finds|says|claims|warns|reveals|hears|admits|reports?) [A-Z][\w’']+[^\n]{0,40}$"
    r"|\A[^\n]{20,160}, (?:court|inquest|council|panel|report|inquiry|jury)"
    r" (?:told|hears|finds|says|reveals|warns|is told)$",
    r"\b(?:[Ii]mage|[Pp]icture|[Pp]hoto(?:graph)?)s?(?: (?:credit|by))?: ?[A-Z]",
    r"^(?:(?:Digital )?(?:[Mm]embership|[Ss]ubscription)s?|Subscribe(?: now| today)?|Newsletters?|Advertisement"
    r"|Latest (?:digital )?issues?|Print issues|Most (?:read|popular)|Read more:?.*|Related articles?)$"
    r"|\b(?:digital|latest) issues\b",
    r"\b(?:contacted|approached) for (?:a )?comment\b|\bdeclined to comment\b|\b(?:told|tells) (?:the )?"
    r"(?:BBC|[A-Z]\w+ (?:News|Times|Care|Post|Gazette|Herald|Live|Week)|Gazette|Herald|Advertiser)\b",
    r"^(?:\d+ (?:comments?|[Rr]esponses?)\b.*|Comments? \(\d+\)|Join the (?:conversation|discussion)|Have your say)$"
    r"|^.{0,60}\b\d{4} at \d{1,2}:\d\d ?(?:[ap]m)?\b.{0,12}$",
)
_PRESS = [re.compile(pattern, re.MULTILINE) for pattern in _PRESS_SIGNS]
_PRESS_LEAST = 2


def document_voice(info: DocumentInfo, text: str, types: Iterable[str] = ()) -> str:
    """The voice of a document, from its publisher, address, schema.org types and text; "other" if none is clear.

    A judgment is the court's whoever prints it. Otherwise the publisher's name is taken before the address, this
    before the types, and the text last. Only the beginning and the end of the text are read.

    >>> document_voice(DocumentInfo("a", "a.txt", "Pier", "", "text/plain", publisher="Westhaven Gazette"), "The pier.")
    'press'
    """
    head, tail = text[:_HEAD], text[max(0, len(text) - _TAIL) :]
    if _CITATION.search(head[:1500]) and len({m[0][:9] for m in _COURT_FORM.finditer(head)}) >= 2:
        return "court"
    return (
        of_name(info.publisher)
        or of_address(info.url, text)
        or of_types(types)
        or _by_form(head, tail, text)
        or "other"
    )


def _by_form(head: str, tail: str, text: str) -> str:
    """The voice that a text's own form tells of."""
    head = head.replace("\r\n", "\n").lstrip("\ufeff \n")
    found = {m[0].strip(r" \W*#").split(":")[0].casefold() for m in _INSPECTED.finditer(head)}
    if len(found) >= 2 or (found and _contact_voice(tail, text) == "inspectorate"):
        return "inspectorate"
    lines = [line.strip(" *#_") for line in head.splitlines() if line.strip()][:_HEAD_LINES]
    if _PRESENTED.search(head):
        return "government"
    title = list(takewhile(lambda line: len(line) <= 120 and not line.endswith((".", ":", ";", ",")), lines))
    mast = [voice for line in title if len(line) <= 80 and (voice := _of_masthead(line))]
    if len(set(mast)) == 1:
        return mast[0]
    if sum(bool(sign.search(text[:_OWN])) for sign in _PRESS) >= _PRESS_LEAST:
        return "press"
    if _FIRM.search(tail):
        return "law"
    if _CHARITY.search(tail):
        return "charity"
    return _contact_voice(tail, text) or _owner(tail) or _speaks_of_itself(lines, text)


def _of_masthead(line: str) -> str:
    """The voice of a body whose name is a line of its own: not a sentence, and not one that is spoken of."""
    if line.endswith("?") or len(line.split()) > 8 or not line[:1].isupper():
        return ""
    rest = [
        w
        for w in line.split()
        if w[0].islower() and w not in ("of", "for", "and", "the", "upon", "&", "on", "in")
    ]
    return of_name(line) if not rest else ""


def _contact_voice(tail: str, text: str) -> str:
    """The voice of the addresses in a contact block at the end, where they agree."""
    voices = {
        of_address(m["host"], text)
        for line in tail.splitlines()
        if len(line) <= 90
        for m in _CONTACT.finditer(line)
    }
    voices.discard("")
    if "inspectorate" in voices and voices <= {"inspectorate", "government"}:
        return "inspectorate"
    return voices.pop() if len(voices) == 1 else ""


def _owner(tail: str) -> str:
    """The voice of whom the rights are said to belong to."""
    voices = {voice for m in _RIGHTS.finditer(tail) if (voice := of_name(m["who"].strip(" ,")))}
    return voices.pop() if len(voices) == 1 else ""


def _speaks_of_itself(lines: list[str], text: str) -> str:
    """The voice of a body that its own text begins with, and that says "we" and "our" outside quotation marks."""
    own = _QUOTED.sub(" ", text[:_OWN])
    if not lines or len(_WE.findall(own)) < 2:
        return ""
    for line in lines[:2]:
        words = line.split()
        for size in range(min(7, len(words)), 1, -1):
            name = " ".join(words[:size])
            # The name has to be all of what it is matched in: "Leeds City Council | to", not "... Council tax".
            if (voice := of_name(name)) and re.search(
                r"(?:[Cc]ouncil|Authority|Police|Office|Trust|Service)$", name
            ):
                return voice
    return ""
