"""Who is said to speak: reporting verbs and the noun phrases around them, in English prose.

Small closed lists of words (reporting verbs, function words) and the shape of names do all the work; nothing is
learnt. Every pattern is bounded, so that the time is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_STEMS = re.findall(
    r"\w+",
    """
    acknowledge add admit advise affirm allege announce answer argue assert believe boast caution claim comment
    complain concede conclude confirm contend continue declare describe emphasise emphasize estimate explain highlight
    imply indicate insist joke lament maintain note observe predict promise pledge protest recall recommend reiterate
    remark report respond reveal state stress suggest urge warn
    """,
)
_IRREGULAR = re.findall(
    r"\w+",
    """
    said says say saying told tells telling wrote writes writing found finds finding reads replied replies replying
    accused accuses accusing called criticised criticises criticized condemned condemns dismissed dismisses hailed hails
    branded denied denies denying testified testifies testifying clarified clarifies specified specifies asked asks
    tweeted tweets tweeting admitted admitting posted thinks thought
    """,
)


def _forms(stem: str) -> list[str]:
    base = stem.removesuffix("e")
    return [base + "ed", stem + "s", base + "ing"]


_VERBS = "|".join(
    sorted(
        {form for stem in _STEMS for form in _forms(stem)} | set(_IRREGULAR),
        key=lambda form: (-len(form), form),
    )
)
VERB = re.compile(rf"(?<![\w-])(?:{_VERBS}|went\son|pointed\sout|points\sout|puts?\sit)(?![\w-])")
_PASSIVE = re.compile(
    r"(?:\b(?:be|been|being|was|were|is|are|am|to|not|get|got|never|self|n['’]t|widely|reportedly|"
    r"was\salso|were\salso|is\salso)|['’]s|['’]re)\s+$",
    re.IGNORECASE,
)

_NOT_NAMES = (
    "On|In|At|By|As|But|And|Or|So|Yet|If|When|While|Where|Although|Though|However|Meanwhile|After|Before|Since|"
    "Because|For|From|With|Without|Under|Over|To|Of|Last|Earlier|Later|Yesterday|Today|Tonight|Then|Now|Also|"
    "Additionally|Furthermore|Moreover|Similarly|Instead|Indeed|Following|Despite|During|Monday|Tuesday|Wednesday|"
    "Thursday|Friday|Saturday|Sunday|January|February|March|April|June|July|August|September|October|November|"
    "December|Speaking|Writing|Responding|Commenting|Asked|Among|Until|Unlike|Through|Given|What|Why|How|There|"
    "Here|That|This|These|Those|It|He|She|They|We|I|You|Who|Which|Perhaps|Only|Not|Nor|Even|Still|Thus|Hence|Next"
)
_CAP = rf"(?!(?:{_NOT_NAMES})\b)[A-Z\u00c0-\u00de][\w’'&-]*(?:\.(?=\s[A-Z]))?"
_LINK = r"(?:of\sthe|for\sthe|of|for|and|&|de|van|von|der|al|bin|le|la|du|on|in|at)"
_NAME = rf"{_CAP}(?:\s(?:{_LINK}\s)?{_CAP}){{0,8}}"
_WORD = r"[\w’'&./-]+"
_DETERMINER = (
    r"(?:[Tt]he|[Aa]n?|[Ii]ts|[Tt]heir|[Hh]is|[Hh]er|[Oo]ne|[Aa]nother|[Tt]his|[Tt]hat|[Ss]ome|[Ss]everal|[Mm]any|"
    r"[Mm]ost|[Bb]oth|[Tt]wo|[Tt]hree|[Ff]our|[Ee]ach|[Ee]very|[Nn]o)"
)
_SPEAKERS = (
    r"(?:[a-z-]+\s)?(?:[a-z-]+(?:ors|ers|ists|ials|ants|eers|judges|experts|kers|yers|women|men|ees)|police|staff|"
    r"parents|residents|students|patients|relatives|families|councillors|prosecutors|lawyers|MPs|peers|critics|"
    r"sources|academics|witnesses|unions|charities|spokes\w+|chiefs|activists)"
)
_PARTICIPLE = re.compile(
    r"\s(?:[a-z]+ly\s)?(?:carried|published|conducted|issued|released|written|commissioned|led|made|dated|seen|"
    r"obtained|at\sp|on\sp)\b.*$"
)
_NOT_DETNP = re.compile(
    r"\s(?:is|are|was|were|has|had|have|will|would|which|who|that|can|could|should|did|does|do|be|been|said|if)\s",
)
_NOUN_PHRASE = (
    rf"(?:(?:(?!(?:{_NOT_NAMES})\b)[A-Z][a-z]+s|{_SPEAKERS})\s(?:for|of|from|at|in)\s(?:the\s|an?\s)?{_WORD}(?:\s{_WORD}){{0,3}}|"
    rf"{_DETERMINER}\s(?:{_WORD}\s){{0,11}}?{_WORD}|{_NAME}[’']s?\s(?:[a-z-]+\s){{0,4}}{_WORD}|"
    rf"(?:[a-z-]+\s(?:of\s|for\s)?){{0,4}}{_NAME}|[A-Z][a-z]+\s{_SPEAKERS}|{_SPEAKERS}|[A-Z][a-z]+s)"
)
_PHRASE_AT_END = re.compile(rf"(?<![\w’'-])(?:{_NOUN_PHRASE})$")
_PHRASE_WHOLE = re.compile(rf"(?:{_NOUN_PHRASE})\Z")
_NAME_WHOLE = re.compile(rf"(?:{_NAME})\Z")
_NAME_AT_END = re.compile(rf"(?<![\w’'-])(?:{_NAME})$")
_PRONOUN_AT_END = re.compile(r"(?<!\w)(he|she|they|it|He|She|They|It)$")
_FIRST_PERSON = re.compile(r"(?<!\w)(?:I|we|We|you|You)$")
_TRAILING = re.compile(
    r"(?:\s|^)(?:also|then|later|since|has|have|had|again|further|previously|today|yesterday|itself|himself|herself|even|"
    r"once|recently|subsequently|later\son|now|rightly|[a-z]{3,}ly|in\s\d{4}|on\s[A-Z][a-z]+day|last\s(?:week|"
    r"month|year|night)|\([^()]{0,80}\))$"
)
_ADVERBIAL = re.compile(
    r"(?:in|on|at|by|as|but|and|or|so|yet|if|when|while|where|although|though|however|meanwhile|after|before|since|"
    r"because|for|from|with|without|under|over|last|earlier|later|yesterday|today|then|now|following|despite|during|"
    r"[a-z]+ing|asked|among|until|unlike|through|given|to|[a-z]+ly|moreover|furthermore|instead|indeed)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"(?:[;:]\s|\s[–—-]\s|[–—]|\x00[^\w\x00]*|[,(]?\s(?:but|while|whereas|because|although|though|when|that|where|with|"
    r"before|after|if|as)\s|[,]?\sand\s(?=(?:the|its|their|his|her|an?|he|she|they|it)\s|[a-z]+(?:ors|ers|s)\s*$))"
)
_APPOSITIVE = re.compile(
    r",\s(?!(?:who|which|whose|where|but|and|or|adding|after|as|in|on|at|when|while|before|during|from|with|to|by|if|"
    r"because|although|though|since|so|yet|then|citing|he|she|they|it|we|i|referring|speaking|that|not|even|"
    r"[a-z]+ing|[a-z]+ed|\d{1,2}\s[A-Z])\b)([^,.;:()\x00“”\"]{2,90})(?=[,.;:()\x00]|\s[–—]|$)"
)
_STOP_FORWARD = re.compile(
    r"\s(?:on\s(?:[A-Z][a-z]+day|\d)|in\s(?:a|an|its|his|her|their|\d|[A-Z][a-z]+\s\d|response|court|Parliament)\s?|"
    r"at\s(?:a|an|the|p|para)\b|after|when|during|before|while|who|which|last|yesterday|today|that|as|to|about|with|"
    r"but|because|if|following|outside|and\s(?:called|said|warned|urged|added))\b|[,.;:()\x00“”\"?!]|\s[–—]"
)
_FORWARD = re.compile(rf"(?:he|she|they|it)\b|{_NOUN_PHRASE}")
_NO_ROLE = re.compile(
    r"(?:who|whom|which|whose|where|aged|[a-z]+ed|[a-z]+ing|\d|in|on|at|from|with|after)\b", re.IGNORECASE
)
_SECOND_DETERMINER = re.compile(
    r"\s(?!(?:of|for|at|in|from|and|on|to|with|by|or)\s)[\w’'-]+\s(?:the|an?|its|their|his|her)\s",
    re.IGNORECASE,
)
_PREAMBLE = re.compile(r"^(?:he|she|they|it)\b", re.IGNORECASE)


_TRIED = 4
"""How many clauses, and how many verbs, back from a quotation are looked at for whom it belongs to."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a reporting verb belongs to: a name or noun phrase, with what is said of them, or a pronoun."""

    name: str
    role: str = ""
    pronoun: bool = False

    @property
    def full(self) -> str:
        return f"{self.name}, {self.role}" if self.role else self.name


def subject_before(clause: str) -> Subject | None:
    """The subject of a reporting verb, from the text of its sentence before the verb.

    >>> subject_before("In a statement, Ann Lee, chief executive of the council, ").full
    'Ann Lee, chief executive of the council'
    >>> subject_before("The last inspection was critical, and inspectors also ").name
    'inspectors'
    >>> subject_before("The home was ") is None
    True
    """
    clause = clause[-300:]
    if _PASSIVE.search(clause):
        return None
    clause = _without_trailing(clause.rstrip())
    if clause.endswith((", who", ", which")):
        clause = clause.rpartition(",")[0]
    if pronoun := _PRONOUN_AT_END.search(clause):
        return Subject(pronoun[1].lower(), pronoun=True)
    if not clause or _FIRST_PERSON.search(clause):
        return None
    if clause.endswith(","):
        return _with_appositive(clause[:-1])
    tail = clause
    for border in list(_CLAUSE.finditer(clause))[: -_TRIED - 1 : -1]:
        rest = clause[border.end() :]
        if rest and _PHRASE_AT_END.search(rest[-160:]):
            tail = rest
            break
    parts = re.split(r",\s+", tail)
    return _phrase(parts[-1])


def subject_after(text: str) -> Subject | None:
    """The subject that follows a reporting verb: "said Ann Lee, chief executive, on Monday".

    >>> subject_after(" Ann Lee, chief executive, on Monday.").full
    'Ann Lee, chief executive'
    """
    text = re.sub(r"^\s+(?:(?:also|again|yesterday|today|[a-z]+ly)\s+)?", "", text[:300])
    if pronoun := _PREAMBLE.match(text):
        return Subject(pronoun[0].lower(), pronoun=True)
    stop = _STOP_FORWARD.search(text)
    phrase = text[: stop.start()] if stop else text
    if not phrase or not _PHRASE_WHOLE.match(phrase) or _is_clause(phrase):
        return None
    role = _APPOSITIVE.match(text, len(phrase))
    if (name := _NAME_AT_END.search(phrase)) and phrase[0].islower() and not re.match(_DETERMINER, phrase):
        return Subject(name[0], phrase[: name.start()].strip())  # "said tenant Ann Lee"
    if role and _NAME_WHOLE.match(role[1]) and " " in role[1] and re.match(_DETERMINER, phrase):
        return Subject(
            role[1], re.sub(rf"^{_DETERMINER}\s", "", phrase.strip())
        )  # "the club's chair, Mike Dunn"
    told = (
        ""
        if role is None or role[1].strip().isdigit() or _NOT_DETNP.search(f" {role[1]} ")
        else role[1].strip()
    )
    return Subject(phrase.strip(), told)


def subject_whole(text: str) -> Subject | None:
    """The subject, where a text must be nothing else: "Ms Lee", "the report", "Ann Lee, its head,".

    >>> subject_whole("and the report") is None
    True
    """
    text = _without_trailing(text.strip())
    if _PREAMBLE.fullmatch(text):
        return Subject(text.lower(), pronoun=True)
    if text.endswith(","):
        head, _, role = text[:-1].partition(", ")
        found = _phrase(head) if _PHRASE_WHOLE.match(head) else None
        return Subject(found.name, "" if _NO_ROLE.match(role) else role) if found else None
    if not _PHRASE_WHOLE.match(text) or _is_clause(text):
        return None
    return Subject(text)


def is_active(clause: str) -> bool:
    """Whether a verb after this text can be one that someone speaks with: "was found" is not.

    >>> is_active("the report "), is_active("the home was ")
    (True, False)
    """
    return not _PASSIVE.search(clause[-40:])


def _is_clause(phrase: str) -> bool:
    """Whether what looks like one noun phrase holds a verb, or is two: "its reply the council"."""
    return bool(_NOT_DETNP.search(f" {phrase} ") or _SECOND_DETERMINER.search(f" {phrase} "))


def _without_trailing(clause: str) -> str:
    for _ in range(4):
        match = _TRAILING.search(clause)
        if not match:
            break
        clause = clause[: match.start()].rstrip()
    return clause


def _with_appositive(clause: str) -> Subject | None:
    """The subject of "..., NAME, role, said"."""
    borders = list(re.finditer(r";\s|\s[–—]\s|\x00", clause))
    if borders:
        clause = clause[borders[-1].end() :]
    parts = [part.strip() for part in clause.split(", ")][-6:]
    parts[0] = re.sub(r"^(?:But|And|Yet|So|Then|Now|While|But then)\s", "", parts[0])
    for i, part in enumerate(parts[:-1]):
        found = _phrase(part)
        if found is None or (_ADVERBIAL.match(part) and not _NAME_AT_END.match(part)):
            continue
        role = ", ".join(parts[i + 1 :])
        if _NAME_WHOLE.match(role) and not _NAME_WHOLE.match(found.name):
            return Subject(role, re.sub(rf"^{_DETERMINER}\s", "", part))  # "Her deputy, Sam Oduya,"
        return Subject(found.name, "" if _NO_ROLE.match(role) or len(role) > 90 else role)
    return _phrase(parts[-1])


def _phrase(part: str) -> Subject | None:
    part = part.strip()
    found = None
    for match in re.finditer(r"(?:^|(?<=\s))(?=[\w])", part[-160:]):
        candidate = part[-160:][match.start() :]
        if _PHRASE_WHOLE.match(candidate) and not _is_clause(candidate):
            first = candidate.split(" ", 1)[0]
            if first[0].islower() and not re.match(_DETERMINER + r"\Z", first):
                # "mayor of Leeds John Smith": the name alone, unless there is none.
                name = _NAME_AT_END.search(candidate)
                if name and not _ADVERBIAL.match(candidate):
                    return Subject(name[0])
                if name or not re.match(rf"{_SPEAKERS}\Z", candidate):
                    continue
            found = candidate
            break
    return Subject(_PARTICIPLE.sub("", found)) if found else None
