"""What gives boilerplate away: the words and forms of notices, menus, credits and small print, each with its weight.

General English of web pages and reports, in families that add up. A weight of 1 is enough on its own; less needs
company: another family, or a place at the edge of the document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern, what it adds when found in a block of at most `words` words, and the family it belongs to."""

    family: str
    weight: float
    words: int
    pattern: re.Pattern[str]


def _cue(family: str, weight: float, words: int, *patterns: str) -> Cue:
    return Cue(family, weight, words, re.compile("|".join(f"(?:{p})" for p in patterns), re.IGNORECASE))


_SITE = r"(?:this|our|the) (?:web ?)?(?:site|page|browser|service)"
_MEDIA = (
    r"(?:image|images|photo|photos|photograph|photographs|picture|pictures|illustration"
    r"|graphic|video|main image)"
)
_SOCIAL = (
    r"(?:facebook|twitter|linkedin|whatsapp|instagram|youtube|pinterest|reddit|bluesky"
    r"|mastodon|threads|tiktok|e-?mail|x)"
)
_PIECE = (
    r"(?:articles?|stor(?:y|ies)|posts?|pages?|news|content|links?|topics?|reading"
    r"|documents?|items?|features?|items|stuff)"
)
_DAY = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?(?:the )?"
    r"(?:\d{1,2}(?:st|nd|rd|th)?[ -](?:of )?[a-z]{3,9}|[a-z]{3,9} \d{1,2}(?:st|nd|rd|th)?"
    r"|\d{1,4}[/.-]\d{1,2})[,/. -]{1,2}\d{2,4}"
)
_MONEY = r"[£$€]\s?\d[\d,.]*"
_NAV = (
    r"home|main menu|menu|search(?: this site)?|skip to (?:main )?(?:content|navigation)|"
    r"(?:back|return|go) to (?:the )?top|top|close(?: menu)?"
    r"|next(?: page)?|previous(?: page)?|site ?map|log ?in|log ?out|sign ?in|sign ?out"
    r"|my account|account|basket|cart|print(?: this)?(?: page)?"
    r"|about(?: us)?|contact(?: us)?|accessibility(?: statement)?|help|faqs?|news(?:room)?"
    r"|blog|events|jobs|careers|vacancies|services|products"
    r"|a ?- ?z(?: of services)?|privacy(?: (?:policy|notice|statement))?|cookies?(?: "
    r"(?:policy|notice|settings))?|terms(?: (?:and|&) conditions| of use)?"
    r"|disclaimer|legal|sitemap|feedback|press|media|shop|donate|english|cymraeg|share"
    r"|save|follow|subscribe|expand all|collapse all|show more|load more"
    r"|sport|politics|business|opinion|world|uk|culture|lifestyle|weather|tv|radio|forums?"
    r"|members|register|resources|publications|get involved"
    r"|councillors|benefits|council tax|planning|housing|advertise(?: with us)?"
)

CUES = (
    # Notices of the site itself.
    _cue(
        "consent",
        1.0,
        90,
        rf"\b(?:we|{_SITE}|by (?:using|continuing|clicking)|some) .{{0,60}}\bcookies\b",
        r"\b(?:accept|reject|manage|allow|refuse) (?:all |additional |optional |essential "
        r"|non-essential |your )*cookies\b",
        r"\bcookies? (?:policy|settings|preferences|notice|consent)\b",
    ),
    _cue(
        "consent",
        1.0,
        60,
        r"\b(?:this|your|the|an? (?:old|older|unsupported|outdated)) browser\b.{0,80}\b"
        r"(?:support|upgrad|updat|out of date|outdated|version)",
        r"\b(?:enable|turn on|switch on|requires?|needs?)\b.{0,30}\bjava ?script\b",
        r"\bjava ?script (?:is|must be|needs to be)\b",
    ),
    # Selling.
    _cue(
        "offer",
        1.0,
        25,
        r"^(?:subscribe|sign ?up|register|join|log ?in|sign ?in|donate|support us"
        r"|become an? \w+|start your|get (?:our|the|your|unlimited)"
        r"|buy|renew|upgrade)\b(?!.*\b(?:was|were|had|said)\b).{0,40}\b(?:now|today|here|free"
        r"|newsletters?|alerts?|bulletins?|updates?"
        r"|e-?mails?|inbox|trial|access|members?(?:hip)?|subscri\w+|us|account|read|continue)\b",
        r"^(?:subscribe|sign up|register|join (?:us|now)|donate|advertisements?|advertorial"
        r"|sponsored(?: content| by.*)?|promoted"
        r"|scroll to continue(?: .*)?|subscribers? only|free newsletters?)\W*$",
        r"\balready (?:an? )?(?:member|subscriber|registered)\b",
        r"\bunlimited (?:digital |online )?access\b",
        r"(?:^|[.!?] )(?:become an? (?:member|supporter|subscriber|patron)|donate|subscribe"
        r"|sign up) (?:today|now|here)\b",
        r"\bfree trial\b",
        r"\bcancel any ?time\b",
        r"\b(?:straight|direct(?:ly)?|delivered) (?:in)?to your inbox\b",
        r"\byou have (?:\w+ ){1,4}(?:free )?articles (?:left|remaining)\b",
    ),
    _cue(
        "offer",
        1.0,
        12,
        rf"^(?:now |only |just |from |for )*{_MONEY}\s*(?:/|per|an?|every|each|for)\s*(?:\d+ )?"
        rf"(?:mo(?:nth)?s?|year|yr|week|issue|quarter|day)\b.*$",
    ),
    _cue(
        "offer",
        0.8,
        45,
        r"\b(?:subscribe|sign up)\b.{0,60}\b(?:newsletter|e-?mail|alerts?|updates?|channel"
        r"|podcast|bulletin)s?\b",
        r"\b(?:our|free|weekly|monthly|daily) (?:e-?)?newsletter\b",
        r"\bif you (?:enjoyed|value|like)d? .{0,60}\b(?:donat|support|subscrib)",
    ),
    _cue(
        "offer",
        1.0,
        40,
        r"^view (?:this|it|the) ?(?:e-?mail|message|newsletter|page)?\b.{0,20}\b(?:browser"
        r"|online)\b",
        r"\bunsubscribe\b",
        r"\byou (?:are receiving|have received|received|get|are getting) (?:this|these) "
        r"(?:e-?mail|message|newsletter)s?\b",
        r"^(?:update|manage|change) (?:your )?(?:e-?mail )?(?:preferences|subscriptions?)\b",
    ),
    _cue("offer", 0.6, 8, r"\b(?:membership|subscriptions?|newsletters?|magazine)\b[^.]*$"),
    # Sharing and commenting.
    _cue(
        "share",
        1.0,
        14,
        rf"^(?:share|tweet|follow|like|post|pin|find|connect)\b.{{0,30}}\b(?:this|us|on|via"
        rf"|with)\b.{{0,30}}(?:{_SOCIAL}|us|article|page|story|post)\W*",
        r"^(?:share\W*$|tweet|retweet|copy link|copy url|e-?mail (?:this|a link)|print this"
        r"|share this|share (?:page|via|on)|share:)(?:[\s:|,/•·].{0,60})?$",
        rf"(?:\b{_SOCIAL}\b[\s|,/•·&]*(?:and )?){{3,}}",
    ),
    _cue(
        "comment form",
        1.0,
        40,
        r"^(?:leave|post|add|write|submit) (?:a|your) (?:reply|comment|response|review)\b",
        r"\byour e-?mail (?:address )?(?:will|is) not (?:be )?(?:published|shared|required)",
        r"\brequired fields are marked\b",
        r"^(?:be the first to|log ?in to|sign ?in to|you must be logged in to|register to"
        r"|join the) (?:comment|reply|post|conversation|discussion)",
        r"^(?:there (?:is|are) )?(?:\d[\d,]*|no|one|two|three) (?:comments?|responses?|repl"
        r"(?:y|ies)|thoughts?)(?: (?:to|on|so far|yet)\b.*)?$",
        r"^comments?(?: are| is)?(?: now)? (?:closed|moderated|disabled)",
        r"\bnotify me of (?:new|follow)",
        r"^save my name, e-?mail",
        r"^(?:reply|report|report (?:this )?(?:comment|abuse)|recommend(?: \d+)?|flag|quote"
        r"|like \(?\d+\)?|permalink|view (?:all|more) comments"
        r"|sort by(?: .*)?|newest|oldest|most liked|cancel reply)\W*$",
        r"^this site uses akismet",
    ),
    _cue(
        "feedback",
        1.0,
        20,
        r"\b(?:was|is|did you find|how (?:useful|helpful) was|anything wrong with|problem with"
        r"|improve|rate) this (?:page|article|information|answer|site|content)\b",
    ),
    # Ways to elsewhere.
    _cue(
        "related",
        1.0,
        16,
        rf"^(?:related|recommended|suggested|similar|popular|trending|latest|recent|further"
        rf"|more|other|most)(?: \w+)? {_PIECE}\W*$",
        r"^(?:more|also|elsewhere) (?:from|on|in|about|by) [^.]{2,70}$",
        r"^more like this\W*$",
        r"^(?:most|what's) (?:read|popular|viewed|shared|trending)\W*$",
        r"^(?:you (?:may|might|could)(?: also)?|people also) (?:like|be interested|read|enjoy)",
        r"^(?:don['’]t miss|up next|trending(?: now)?|editor['’]s (?:picks?|choice))\b",
        r"^(?:read|see|find out|learn|view|discover|watch|show|load) (?:more|also|next"
        r"|the full (?:story|article|report|statement|release))\b[^.]{0,80}[.:]?$",
        r"^(?:previous|next|older|newer)(?: (?:article|post|posts|story|entry"
        r"|page))?\s*[:«»<>→←-]",
        r"^[«»<>→←]",
        r"^(?:related|see also|quick links|useful links|on this site)\W*$",
    ),
    _cue(
        "menu",
        1.0,
        40,
        r"^(?:you are here\W*)?home\s*[>»/›|→].*",
        rf"^(?:(?:{_NAV})\W+){{1,30}}(?:{_NAV})\W*$",
        r"^(?:skip|jump) to (?:main |the )?(?:content|navigation|search|footer)\b.*",
    ),
    _cue("menu", 0.7, 6, rf"^(?:{_NAV})\W*$"),
    # What is said about the page.
    _cue(
        "page",
        1.0,
        12,
        r"^\W*(?:(?:estimated |average )?read(?:ing)? time\W*)?(?:about "
        r"|approx\w* )?\d{1,3}[ -]min(?:ute)?s?[ -]?(?:listen|watch|video|read(?:ing)?(?: time)?)?\W*$",
    ),
    _cue(
        "page",
        1.0,
        12,
        r"^\W*\d{1,3} minutes? (?:to )?read\b",
        rf"^(?:posted|page (?:last )?(?:updated|modified|published)|last (?:updated|modified"
        rf"|reviewed|changed)|this page was (?:last )?\w+|web ?page (?:updated|published))\b\W*"
        rf"(?:on|at|by)?\W*(?:{_DAY})?.{{0,30}}$",
    ),
    _cue("page", 0.5, 10, rf"^(?:first )?(?:published|updated|date)\b\W*(?:on|at)?\W*{_DAY}.{{0,20}}$"),
    _cue(
        "tags",
        1.0,
        40,
        r"^(?:tags?|tagged(?: with| as)?|filed (?:under|in)|categor(?:y|ies)|topics|keywords?"
        r"|posted in|labels|explore more on these topics|more on)\s*:\s*\S",
    ),
    _cue("tags", 1.0, 4, r"^(?:tags|filed under|topics|categories)\W*$"),
    _cue(
        "credit",
        1.0,
        60,
        rf"(?:^|[\s(\[.]){_MEDIA}(?: (?:credit|source|by|copyright"
        rf"|courtesy of))?\s*:\s*[^.:]{{2,70}}\W*$",
        rf"^\W*{_MEDIA} (?:by|courtesy of|credit|supplied by|provided by|©)[^.]{{2,70}}\W*$",
        r"\((?:photo|image|picture|credit|pic)s?\b[^)]{2,60}\)\W*$",
        r"^(?:getty images|shutterstock|alamy|istock|reuters|pa media|pa images"
        r"|ap photo)\b.{0,40}$",
        r"(?:©|\bcopyright\b) ?(?:getty|alamy|shutterstock|pa |reuters|ap )",
        r"^(?:credit|caption|image caption|image source)\b\W.{2,80}$",
    ),
    # Law and licence.
    _cue("rights", 1.0, 60, r"\ball rights (?:are )?reserved\b"),
    _cue(
        "rights",
        1.0,
        14,
        r"^\W*(?:©|\(c\)|copyright|crown copyright)\b.{0,70}$",
        r"^\W*©",
        r"^.{0,40}\bcopyright (?:©|\(c\))? ?(?:19|20)\d\d.{0,40}$",
        r"^© ",
    ),
    _cue(
        "rights",
        0.8,
        110,
        r"\b(?:re-?use|reproduce|copy|republish)\w*\b.{0,120}\b(?:free of charge|permission"
        r"|licen[cs]e|consent)\b",
        r"\bopen government licen[cs]e\b",
        r"\bcreative commons\b",
    ),
    _cue(
        "company",
        0.7,
        60,
        r"\bregistered (?:charity|company)\b.{0,20}\d{4}",
        r"\bregistered in (?:england|scotland|wales|northern ireland|ireland)\b",
        r"\bregistered (?:office|address)\s*[:,-]",
        r"\b(?:charity|company|vat)(?: registration| reg\.?)? (?:no"
        r"|number)\b\W{0,3}\w{0,3}\d{4}",
        r"\bauthorised and regulated by\b",
        r"\bISBN\b",
    ),
    _cue(
        "terms",
        1.0,
        40,
        r"\b(?:not|nor) (?:be |intended (?:to be|as) |constitute |(?:a )?substitute for "
        r"|relied (?:up)?on as )+(?:legal|financial|medical|professional|investment) advice\b",
    ),
    _cue(
        "terms",
        0.6,
        12,
        r"\bterms (?:and conditions|of (?:use|service))\b",
        r"\bprivacy (?:policy|notice|statement)\b",
        r"\bopinions expressed\b.{0,80}\b(?:author|own)\b",
    ),
    # Whom to ask.
    _cue(
        "press", 1.0, 6, r"^\W*(?:ends?|media release|press release|for immediate release|embargoed .*)\W*$"
    ),
    _cue(
        "format",
        0.8,
        90,
        r"\b(?:copy|version|copies|document|publication|information)\b.{0,60}\b(?:different"
        r"|other|another|alternative|accessible) (?:format|language)s?\b",
        r"\blarge print\b.{0,40}\b(?:braille|audio)\b",
    ),
    _cue(
        "invitation",
        0.6,
        90,
        r"^(?:for (?:further|more|additional|all)|to (?:arrange|request|find out))\b.{0,60}\b"
        r"(?:information|details|interviews?|enquir|inquir|media|contact|please|press|visit)",
        r"\bplease (?:contact|telephone|phone|call|e-?mail|visit|get in touch)\b",
        r"^(?:press|media|news desk|general|out of hours)(?: \w+)? (?:enquiries|inquiries"
        r"|contacts?|office|team)\b",
        r"^(?:contacts?(?: (?:us|details|information|the .{2,40}))?|get in touch"
        r"|how to contact us|enquiries|where to find us)\W*$",
        r"\b(?:this publication|this document|this report) is (?:also )?available (?:at|on"
        r"|from|online)\b",
        r"\b(?:contact|call|phone|ring|write to|e-?mail) (?:us|our)\b",
    ),
    _cue(
        "phone",
        0.5,
        110,
        r"(?:\b(?:tel(?:ephone)?|phone|fax|textphone|t|m|mob(?:ile)?)\b\W{1,3})?"
        r"(?:\+\d{1,3}[ -]?)?\(?0\d{2,5}\)?[ -]?\d{3,4}[ -]?\d{3,4}\b",
        r"\b\(?\d{3}\)?[ .-]\d{3}[.-]\d{4}\b",
    ),
    _cue("e-mail", 0.5, 110, r"\b[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,30}"),
    _cue("address", 0.4, 110, r"\b(?:https?://|www\.)\S{3,}"),
    _cue("postcode", 0.5, 16, r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b", r"\b[A-Z]{2} \d{5}(?:-\d{4})?\b"),
)

LINK_TEXT = re.compile(
    r"(?:see|read|view|download|watch|visit|click|find out|learn|get|listen to)(?: (?:the"
    r"|our|this|a|an|full|more|also|here|about|original|latest|for"
    r"|to|on|it|details?|information|press|media|news|release|notice|story|statement"
    r"|article|website|web|page|link|video|pdf|photos?|gallery))+\W*",
    re.IGNORECASE,
)
"""A last sentence that is nothing but a link whose target is gone."""

LISTING = frozenset(("related", "share"))
"""Families of which a line may stand above a list of links."""

REACHES = frozenset(("phone", "e-mail", "address", "postcode"))
REACH = re.compile(
    r"(?:\b(?:tel(?:ephone)?|phone|fax|textphone|mobile|e-?mail|web(?: ?site)?"
    r"|[temw])\b\W{0,3})?"
    r"(?:(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w.-]{3,80}|\+?\(?\d[\d ()+-]{7,}\d)",
    re.IGNORECASE,
)
"""Ways to reach somebody, with their labels."""

COMMENTS = re.compile(r"\b(?:comments?|responses?|repl(?:y|ies))\b", re.IGNORECASE)
STAMP = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.]\d\d\b|\bago\b")
ABOUT = re.compile(r"about (?:us|the (?:author|writer)s?|(?:the )?(?P<who>[^.:?]{2,60}))\W*", re.IGNORECASE)
