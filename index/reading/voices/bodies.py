"""Which voice a publisher has, by its name, its address on the web and what schema.org calls it.

A small vocabulary of bodies in public life, and how their names are made. A name that could be two things
("General Medical Council", "Deloitte LLP") has no voice here: to be wrong costs more than to be silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

_CAP = r"[A-Z][\w’'&.-]*"
# Councils that are no local authority are told by what stands before the word.
_NO_PLACE = (
    "General|British|Arts|Research|National|Medical|Bar|Privy|Security|Nursing|Midwifery|European|English|Sports|Press"
    "|Design|Health|Care|Dental|Optical|Pharmaceutical|Funding|Consumer|Judicial|Governing|School|Student|Students"
    "|Youth|Church|Trade|Trades|Legal|International|World|American|Professions|Relations|Policy|Education|Teaching"
    "|Social|Science|Engineering|Skills|Learning|Film|Disability|Refugee|Islamic|Jewish|Muslim|Works|Family|Justice"
    "|Safeguarding|Advisory|Executive|Leadership|Business|Reporting|Bible|Atlantic|Nordic|Federal|State|Supreme"
)
_NAMES = (
    (
        "court",
        r"\b(?:High|Supreme|Crown|County|Family|Appeals?|District|Circuit|Magistrates['’]?|Coroner['’]?s|Youth"
        r"|Administrative) Court\b(?! (?:News|Report))"
        r"|\bCourts? of (?:Appeals?|Protection|Session|Justice|Human Rights)\b"
        r"|\bTribunals?\b|\bJudiciary\b|\bBAILII\b",
    ),
    (
        "inspectorate",
        r"\b(?:Ofsted|OFSTED|Estyn|CQC|HMIC|HMICFRS|HMIP|HMCPSI|RQIA|Ofcom|Ofgem|Ofwat|Ofqual)\b"
        r"|\bCare Quality Commission\b|\bOffice for Standards in Education\b"
        r"|\bInspectorates?\b(?! Watch)|\bOmbuds(?:man|men)\b"
        r"|\b(?:National Audit Office|Audit (?:Commission|Scotland|Wales|Office)|Government Accountability Office)\b"
        r"|\b(?:Auditor|Inspector|Comptroller)s?[ -]General\b|\bH(?:er|is)? ?M(?:ajesty['’]s)? (?:Chief )?Inspect",
    ),
    (
        "council",
        r"\b(?:City|County|Borough|District|Town|Parish|Metropolitan|Unitary|Island) Council\b"
        rf"|\bBorough of (?:the )?{_CAP}|\b(?:Greater London|Combined) Authority\b|\bMayor of {_CAP}"
        rf"|^(?:The )?(?:(?!(?:{_NO_PLACE})\b){_CAP} (?:(?:and|upon|on|the|of) )*){{1,4}}Council(?:['’]s\b.*)?$",
    ),
    (
        "government",
        r"^(?:The )?(?:UK |U\.S\. |US )?Department (?:for|of) (?!.*\b(?:University|College|Faculty|Hospital)\b)"
        r"|\b(?:Home|Cabinet|Scotland|Wales|Northern Ireland|Foreign|Prime Minister['’]s) Office\b(?! Supplies)"
        r"|\b(?:Ministry|Minister) (?:of|for)\b|\bHM (?:Government|Treasury|Revenue|Prison|Courts)|\bGOV\.UK\b"
        r"|\b(?:UK|HM|Scottish|Welsh|British|US|Irish) Government\b|\bGovernment of (?:the )?[A-Z]"
        r"|\bH(?:er|is) Majesty['’]s (?:Government|Treasury)|\b(?:Police Service|Constabulary)$|\bPolice$"
        r"|\bFederal [\w ]*(?:Administration|Agency|Bureau|Reserve)\b|\b(?:Secretary of State|Attorney General)\b",
    ),
    (
        "press",
        r"\b(?:News|Newspapers?|Times|Herald|Gazette|Guardian|Telegraph|Mirror|Observer|Chronicle|Echo|Argus|Courier"
        r"|Tribune|Advertiser|Examiner|Mercury|Inquirer|Sentinel|Magazine|Post|Star|Standard|Reporter|Independent)"
        r"(?: (?:Online|UK|Live|Series|Group|Digital|Media|Now|& Star))?$"
        r"|\b(?:BBC|ITV|CNN|AFP|Reuters|Bloomberg|Newsquest|Press Association|Associated Press)\b"
        r"|^(?:The )?(?:Daily|Evening|Sunday) [A-Z]|\b(?:Schools|Farmers|Legal) Week(?:ly)?$"
        r"|^(?:Community Care|CYP Now|Inside Housing|Children & Young People Now)$",
    ),
    (
        "law",
        r"\b(?:Solicitors?|Barristers?|Chambers|Attorneys|Law (?:Firm|Centre|Blog|Offices?)|Legal Blog|LLC Law)\b"
        r"|\bLaw LLP$|\bLegal blog\b"
        r"|^(?!.*\b(?:KPMG|Deloitte|Pricewaterhouse|PwC|Ernst|Grant Thornton|BDO|Mazars|RSM)\b)"
        r".*\b(?:Law|Legal|& Co|and Co)\b.*\bLLP\b",
    ),
    (
        "charity",
        r"\b[Cc]harit(?:y|ies|able)\b|\b(?:NSPCC|RSPCA|Barnardo['’]?s|Oxfam|Mencap|Citizens Advice|Age UK|Samaritans)\b"
        r"|\b(?:Save the Children|The Children['’]s Society|Action for Children|Coram(?:BAAF)?)\b",
    ),
)
_OF_NAME = [(voice, re.compile(pattern)) for voice, pattern in _NAMES]
# Who is named for what they oversee, teach or unite: "Magistrates' Association", "Charity Commission".
_UNSURE = re.compile(
    r"\b(?:Association|Federation|Union|University|College|School|Society (?:of|for)|Institute"
    r"|Charity Commission|Users?|Watch|Campaign|Friends of|Museum|Library|Theatre)\b"
)

_TYPES = {
    "governmentorganization": "government", "governmentoffice": "government", "governmentservice": "government",
    "cityhall": "council", "courthouse": "court", "newsmediaorganization": "press", "newspaper": "press",
    "newsarticle": "press", "reportagenewsarticle": "press", "analysisnewsarticle": "press",
    "opinionnewsarticle": "press", "legalservice": "law", "attorney": "law", "notary": "law", "ngo": "charity",
}  # fmt: skip
_SUFFIXES = re.compile(r"(?:\.(?:co|org|gov|ac|ltd|plc|net|nhs|police|sch))?\.[a-z]{2,}$")
_INSPECTORATES = frozenset(
    re.findall(
        r"\w+",
        """ofsted cqc estyn justiceinspectorates hmicfrs careinspectorate nao gao lgo ombudsman rqia
        educationinspectorate hmiprisons hmiprobation oig""",
    )
)
_COURTS = ("judiciary.uk", "judiciary.gov.uk", "supremecourt.uk", "bailii.org", "uscourts.gov", "courts.ie",
           "caselaw.nationalarchives.gov.uk", "supremecourt.gov", "curia.europa.eu", "echr.coe.int")  # fmt: skip
_PRESS_LABEL = re.compile(
    r"(?:the)?(?:\w*(?:gazette|herald|guardian|telegraph|chronicle|advertiser|newspapers?|times|argus|courier|tribune)"
    r"|\w+news|bbc|reuters|itv|skynews|daily\w+|evening\w+)"
)
_LAW_LABEL = re.compile(
    r"\w*(?:solicitors|chambers|barristers|lawfirm|attorneys|lawyers|lawllp)\w*|\w{3,}law"
)


def of_name(name: str) -> str:
    """The voice of a body by its name; "" where the name does not tell.

    >>> of_name("Westhaven City Council"), of_name("Ofsted"), of_name("Harbour Chambers"), of_name("The Arts Council")
    ('council', 'inspectorate', 'law', '')
    """
    name = " ".join(name.split())[:200]
    for voice, pattern in _OF_NAME:
        if pattern.search(name):
            return "" if _UNSURE.search(name) and voice != "inspectorate" else voice
    return ""


def of_address(url: str, text: str = "") -> str:
    """The voice of whoever has an address on the web (or an e-mail domain); "" where it does not tell.

    `text` settles whether a place under .gov.uk is a council: it then names one of that place.

    >>> of_address("https://www.westhaven.gov.uk/news", "Westhaven Borough Council shut the pier.")
    'council'
    >>> of_address("https://www.gov.uk/guidance"), of_address("https://example.org/")
    ('government', '')
    """
    try:
        host = (urlsplit(url if "//" in url else f"//{url}").hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    if any(host == court or host.endswith(f".{court}") for court in _COURTS):
        return "court"
    label = _SUFFIXES.sub("", host).rpartition(".")[2] if host != "gov.uk" else ""
    state = host == "gov.uk" or host.endswith((".gov.uk", ".gov", ".police.uk", ".gov.scot", ".gov.wales"))
    if label in _INSPECTORATES and (state or host.endswith((".org.uk", ".gov.wales"))):
        return "inspectorate"
    if host.endswith(".gov.uk") and (label.endswith("council") or _is_place(label, text)):
        return "council"
    if state:
        return "government"
    if host.endswith((".ac.uk", ".edu", ".nhs.uk", ".sch.uk")):
        return ""
    return "press" if _PRESS_LABEL.fullmatch(label) else "law" if _LAW_LABEL.fullmatch(label) else ""


def of_types(types: Iterable[str]) -> str:
    """The voice that schema.org's types of a page and its publisher tell of, the more exact first; "" for none.

    >>> of_types(["WebPage", "NewsArticle"]), of_types(["Article"])
    ('press', '')
    """
    found = [_TYPES[kind] for one in types if (kind := one.rpartition("/")[2].casefold()) in _TYPES]
    # A council's news page is a NewsArticle too, so that type says least.
    return next((voice for voice in found if voice != "press"), found[0] if found else "")


def _is_place(label: str, text: str) -> bool:
    """Whether a text names a council of the place that a label stands for: "towerhamlets"."""
    label = re.sub(r"[^a-z]", "", label.casefold())
    for match in re.finditer(r"\b[Cc]ouncil\b|\bBorough of\b", text[:20_000]):
        near = text[max(0, match.start() - 60) : match.end() + 60]
        if len(label) > 3 and label in re.sub(r"[^a-z]", "", near.casefold()):
            return True
    return False
