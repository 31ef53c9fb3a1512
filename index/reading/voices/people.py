"""Who has been named in a document: full forms for short ones ("Biggs"), and whom a pronoun means."""

from __future__ import annotations

import re
from collections import Counter

from index.reading.voices.attribution import Subject

_TITLES = (
    "Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lord|Lady|Baroness|Cllr|Councillor|Mayor|Judge|Justice|Minister|"
    "President|Senator|Rev|Reverend|Inspector|Superintendent|Sergeant|Constable|Captain|Major|Colonel|General"
)
_TITLE = re.compile(rf"(?:(?:{_TITLES})\.?\s+)+")
_BODY = re.compile(
    r"\b(?:Ofsted|CQC|HMICFRS|Estyn|Ombudsman|Council|Committee|Board|Authority|Commission|Office|Department|Ministry|Agency|Trust|Service|Services|"
    r"Association|Union|Society|Institute|University|College|School|Group|Party|Court|Report|Review|Government|"
    r"Federation|Foundation|Network|Charity|Company|Ltd|Limited|plc|Inc|Police|News|Times|Advertiser|Guardian|BBC|"
    r"Alliance|Centre|Fund|Bank|Partnership|Inquiry|Tribunal|Parliament|House|Panel|Unit|Team|Act|Summary)\b"
)
_PERSON = re.compile(
    r"[A-Z\u00c0-\u00de][\w’'-]+(?:\s(?:[A-Z]\.?|[a-z]{1,3}|[A-Z\u00c0-\u00de][\w’'-]+)){1,3}\Z"
)
_ROLE = re.compile(
    r"\b(?:man|woman|spokes\w+|leader|head|director|chief|chair\w*|mayor|minister|officer|councillor|mother|father|"
    r"parent|teacher|secretary|manager|judge|lawyer|solicitor|campaigner|MP|resident|editor|author|professor)\Z"
)
_DETERMINER = re.compile(r"(?:the|a|an|its|their|his|her|this|that|one|another)\s", re.IGNORECASE)
_WORD = re.compile(r"[A-Z\u00c0-\u00de][\w’'-]*\Z")
_HE = re.compile(r"(?:Mr|Sir|Lord|Father|King|Prince)\b|[^,]*\b(?:man|father|son|husband|brother)\Z")
_SHE = re.compile(
    r"(?:Mrs|Ms|Miss|Dame|Lady|Baroness|Mother|Queen|Princess)\b|[^,]*\b(?:woman|mother|daughter|wife|sister)\Z"
)
_OPENING = re.compile(
    r"(?:(?:But|And|Yet|So|Then)\s)?(?:(?P<role>(?:Her|His|Their|Its|The|A|An)\s(?:[\w’'-]+\s){0,6}?[\w’'-]+),\s|"
    r"[A-Z][\w’'-]*\s(?:[a-z’'-]+\s){1,5}(?<!\sof\s)(?<!\sin\s)(?<!\sat\s)(?<!\sfor\s)(?<!\sfrom\s)(?<!\sby\s)(?<!\sthe\s))?"
    r"(?P<name>[A-Z\u00c0-\u00de][\w’'-]*\.?(?:\s[A-Z\u00c0-\u00de][\w’'-]*){1,3})(?=,?\s[a-z]|,\s\d{1,3},)"
)
_BESIDE = re.compile(r",\s(?P<name>[A-Z\u00c0-\u00de][\w’'-]*(?:\s[A-Z\u00c0-\u00de][\w’'-]*){1,3}),\s[a-z]")
_SURNAME = re.compile(r"(?:(?:But|And|Yet|So|Then)\s)?([A-Z\u00c0-\u00de][\w-]*)(?=,?\s[a-z]|['’]s\s)")
_KIN = re.compile(
    r"(?P<kin>(?:His|Her|Their)\s(?:[a-z’'-]+\s){0,3}?[a-z’'-]+),\s(?P<name>[A-Z][\w’'-]+),\s[a-z]"
)
_AGED = re.compile(r"[Tt]he\s(?:now\s)?\d{1,3}-year-old\Z")
_THEIR = re.compile(r"(?:[Ii]ts|[Tt]heir|[Hh]is|[Hh]er)\s")
_DOCUMENT = re.compile(
    r"\b(?:report|statement|letter|judge?ment|ruling|findings|summary|response|reply|review)\Z"
)
_OPENING_BODY = re.compile(
    r"(?:The\s)?[A-Z][\w’'-]*(?:\s(?:of\s|for\s|and\s)?[A-Z][\w’'-]*){0,5}(?=,?\s[a-z])"
)
_LOOKUPS = 500
_SEARCHED = 1_000_000


class People:
    """The speakers of one document, in the order in which it names them."""

    def __init__(self, text: str) -> None:
        self._text = text[:_SEARCHED]
        self._full: dict[str, str] = {}  # a last name, or a whole name -> the fullest form so far
        self._looked_up: dict[str, str] = {}
        self._persons: dict[str, str] = {}  # "he" and "she" -> whoever was named last, as far as titles tell
        self._body: str | None = None
        self.last: str | None = None
        """Whoever was named last as speaking."""

    def resolve(self, subject: Subject) -> str | None:
        """The fullest form of a speaker's name known so far; None for a pronoun that means nobody named yet."""
        if subject.pronoun:
            if subject.name in ("he", "she"):
                found = self._persons.get(subject.name)
            else:
                found = self._body if subject.name == "it" else self.last
            self.last = found or self.last
            return found
        name = " ".join(subject.name.split())
        if _THEIR.match(name) and _DOCUMENT.search(name):  # "Its report says": the words are the body's
            found = (
                self._body
                if name[:3].casefold() in ("its", "the")
                else self._persons.get("he" if name[:2].casefold() == "hi" else "she")
            )
            if found:
                self.last = found
                return found
        if _AGED.match(name) and self.last:
            return self.last
        role = " ".join(subject.role.split())
        full = self._fullest(name, role)
        if self._is_person(full.partition(",")[0]):
            self._meet(name, full)
        elif _ROLE.search(name):
            self._meet(name, full)
            self._body = full
        else:
            self._body = full
        self.last = full
        return full

    def notice(self, sentence: str) -> None:
        """Remembers the person that a sentence begins with, for a pronoun that follows."""
        if subject := self.opening(sentence):
            self._meet(subject.name, self._fullest(subject.name, subject.role))
        elif kin := _KIN.match(sentence):
            self._meet(kin["kin"], kin["name"])
        elif (known := _SURNAME.match(sentence)) and known[1] in self._full:
            self._meet(known[1], self._full[known[1]])
        elif (body := _OPENING_BODY.match(sentence)) and _BODY.search(body[0]):
            self._body = " ".join(body[0].split())

    def opening(self, sentence: str) -> Subject | None:
        """The person that a sentence begins with, if there is one."""
        match = _OPENING.match(sentence)
        if match and self._is_person(match["name"]) and not _NOT_FIRST.match(match["name"]):
            return Subject(" ".join(match["name"].split()), _DETERMINER.sub("", match["role"] or ""))
        return None

    def beside(self, sentence: str) -> Subject | None:
        """The person whom a sentence names beside an office: "Lee's deputy, Bo Ray, was blunt"."""
        match = _BESIDE.search(sentence)
        if match and self._is_person(match["name"]) and not _NOT_FIRST.match(match["name"]):
            return Subject(" ".join(match["name"].split()))
        return None

    def _meet(self, name: str, full: str) -> None:
        if not _SHE.match(name):
            self._persons["he"] = full
        if not _HE.match(name):
            self._persons["she"] = full

    def _fullest(self, name: str, role: str) -> str:
        bare = _TITLE.sub("", name, count=1) or name
        words = bare.split()
        key = words[-1] if words else name
        if _DETERMINER.match(name) or _BODY.search(name):
            return name if not role else self._remember(name, f"{name}, {role}", name)
        known = self._full.get(bare) or (self._full.get(key) if len(words) == 1 else None)
        if known and (not role or "," in known):
            return known
        if len(words) == 1 and _WORD.match(bare):
            found = self._first_name(bare)
            if found:
                bare = found
            elif name == bare and not role:
                return name  # a body of one word: "Ofsted"
        shown = name if len(words) > 1 else (bare if bare.count(" ") else name)
        return self._remember(bare, f"{shown}, {role}" if role else shown, key)

    def _remember(self, name: str, full: str, key: str) -> str:
        self._full[name] = full
        if self._is_person(full.partition(",")[0]):
            self._full[key] = full
        return full

    def _first_name(self, last: str) -> str:
        """ "Ann Lee" for "Lee", where the document has it; a title is no first name."""
        if last not in self._looked_up:
            if len(self._looked_up) >= _LOOKUPS:
                return ""
            pattern = re.compile(
                rf"\b([A-Z\u00c0-\u00de][a-z\u00df-\u00ff’'-]+)\s{re.escape(last)}\b(?!\s[A-Z])"
            )
            names = Counter(
                match[1]
                for match in pattern.finditer(self._text)
                if not re.fullmatch(_TITLES, match[1]) and not _NOT_FIRST.fullmatch(match[1])
            )
            self._looked_up[last] = f"{names.most_common(1)[0][0]} {last}" if names else ""
        return self._looked_up[last]

    @staticmethod
    def _is_person(name: str) -> bool:
        if _BODY.search(name):
            return False
        return bool(_TITLE.match(name) or _PERSON.match(name))


_NOT_FIRST = re.compile(
    r"(?:The|A|An|In|On|At|By|As|But|And|Or|If|When|While|After|Before|Since|For|From|With|That|This|It|He|She|They|"
    r"Said|Says|Council|Inspector|Chief|Meanwhile|However|Yesterday|Today|Last|Then|Although|Because|To|Of|Under|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|"
    r"September|October|November|December)\b"
)
