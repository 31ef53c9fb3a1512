"""What a page says about itself: title, publisher, date, address, and what kind of thing it is."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree

from index.loaders.base import as_title, clean
from index.loaders.fields import is_web_url, stated_day

_DATES = (
    "article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "dcterms.date",
    "dcterms.issued", "dcterms.created", "citation_publication_date", "pubdate", "publish-date",
    "og:article:published_time", "og:published_time", "publication_date", "publishdate", "published", "published_date",
    "published_at", "parsely-pub-date", "sailthru.date", "citation_date", "citation_online_date", "dc.date.created",
    "article.published", "govuk:first-published-at", "govuk:public-updated-at",
)  # fmt: skip
_PUBLISHERS = (
    "publisher",
    "dc.publisher",
    "dcterms.publisher",
    "article:publisher_name",
    "citation_publisher",
)
_JSON_WRAP = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*$")
_COMMENT = re.compile(r"(?<![a-z])comments?(?![a-z])", re.IGNORECASE)
# What a page describes beside itself, with dates of its own.
_OTHERS = frozenset(("Comment", "Review", "Person", "ImageObject", "Rating", "Event", "Book"))


class Meta(NamedTuple):
    """Each field is empty when the page does not state it. `published` is an ISO 8601 date, `types` are schema.org's
    of the page and of its publisher."""

    title: str
    publisher: str
    published: str
    url: str
    types: tuple[str, ...] = ()


def read(root: etree._Element) -> Meta:
    """The metadata of a parsed page, from the sources that are most often right first."""
    named: dict[str, str] = {}
    for meta in root.iter("meta"):
        content = (meta.get("content") or "").strip()
        for key in filter(None, (meta.get("property"), meta.get("name"), meta.get("itemprop"))):
            if content:
                named.setdefault(key.strip().lower(), content)
    linked = list(_linked_data(root))
    title = named.get("og:title") or _text(root, "title") or _text(root, "h1") or _headline(linked)
    stated = next((named[key] for key in _PUBLISHERS if key in named), "")
    publisher = named.get("og:site_name") or _publisher(linked) or stated or named.get("author") or ""
    dates = [named[key] for key in _DATES if key in named]
    dates += [
        item["datePublished"]
        for item in linked
        if isinstance(item.get("datePublished"), str) and not _types(item) & _OTHERS
    ]
    dates += _times(root)
    return Meta(
        title=as_title(clean(title)),
        publisher=as_title(clean(publisher)),
        published=next(filter(None, map(stated_day, dates)), ""),
        url=_address(root, named),
        types=_kinds(linked),
    )


def _text(root: etree._Element, tag: str) -> str:
    """The text of the first `tag` outside drawings, where <title> names an icon."""
    for element in root.iter(tag):
        if next(element.iterancestors("svg"), None) is None:
            return " ".join("".join(element.itertext()).split())
    return ""


def _address(root: etree._Element, named: dict[str, str]) -> str:
    links = (
        link.get("href", "")
        for link in root.iter("link")
        if "canonical" in link.get("rel", "").lower().split()
    )
    return next((url.strip() for url in (*links, named.get("og:url", "")) if is_web_url(url.strip())), "")


def _times(root: etree._Element) -> list[str]:
    """Dates of <time>: those said to be of publication; else the article's first; else the only one."""
    times = [time for time in root.iter("time") if time.get("datetime") and not _in_comment(time)]
    stated = [
        time
        for time in times
        if "datepublished" in time.get("itemprop", "").lower() or "pubdate" in time.attrib
    ]
    if not stated:
        stated = [time for time in times if next(time.iterancestors("article", "main"), None) is not None][:1]
    if not stated and len(times) == 1:
        stated = times
    return [time.get("datetime", "") for time in stated]


def _in_comment(element: etree._Element) -> bool:
    return any(
        _COMMENT.search(f"{at.get('class', '')} {at.get('itemtype', '')}") for at in element.iterancestors()
    )


def _linked_data(root: etree._Element) -> Iterator[dict[str, Any]]:
    """Every object in the page's JSON-LD, outer before inner. What is not JSON is left out."""
    for script in root.iter("script"):
        if "ld+json" not in script.get("type", "").lower():
            continue
        try:
            waiting = deque([json.loads(_JSON_WRAP.sub("", script.text or ""), strict=False)])
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.popleft()
            if isinstance(value, dict):
                yield value
                waiting += value.values()
            elif isinstance(value, list):
                waiting += value


def _publisher(linked: list[dict[str, Any]]) -> str:
    for item in linked:
        publisher = item.get("publisher")
        if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
            return publisher["name"]
    return ""


def _kinds(linked: list[dict[str, Any]]) -> tuple[str, ...]:
    """The types of what is published here, and of who publishes it, which may be named by its id alone."""
    ids = {item["@id"]: item for item in linked if isinstance(item.get("@id"), str) and len(item) > 1}
    found: dict[str, None] = {}
    for item in linked:
        publisher = item.get("publisher")
        if not (publisher or item.get("datePublished")) or _types(item) & _OTHERS:
            continue
        found |= dict.fromkeys(sorted(_types(item)))
        if isinstance(publisher, dict):
            known = ids.get(publisher.get("@id") if isinstance(publisher.get("@id"), str) else "", {})
            found |= dict.fromkeys(sorted(_types(publisher) | _types(known)))
    return tuple(found)


def _types(item: dict[str, Any]) -> set[str]:
    kind = item.get("@type")
    return (
        {kind}
        if isinstance(kind, str)
        else {k for k in kind if isinstance(k, str)}
        if isinstance(kind, list)
        else set()
    )


def _headline(linked: list[dict[str, Any]]) -> str:
    return next((item["headline"] for item in linked if isinstance(item.get("headline"), str)), "")
