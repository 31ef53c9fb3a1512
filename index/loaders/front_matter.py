"""What a Markdown file says of itself before its text: YAML between "---" lines, or TOML between "+++" lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from index.loaders.base import as_title, clean
from index.loaders.fields import is_web_url, stated_day

_END = r"(?:\r\n|\n|\r)"
_YAML = re.compile(
    rf"\ufeff?---[ \t]*{_END}(?P<body>(?:.*?{_END})?)(?:---|\.\.\.)[ \t]*(?:{_END}|\Z)", re.DOTALL
)
_TOML = re.compile(rf"\ufeff?\+\+\+[ \t]*{_END}(?P<body>(?:.*?{_END})?)\+\+\+[ \t]*(?:{_END}|\Z)", re.DOTALL)
_MAX_CHARS = 100_000

# As the static site generators, Pandoc and Obsidian name them. A date of change is none of publication.
_DATES = (
    "published", "date_published", "datepublished", "publication_date", "publish_date", "publishdate", "pubdate",
    "published_at", "issued", "date",
)  # fmt: skip
_PUBLISHERS = ("publisher", "organisation", "organization", "site_name")
_AUTHORS = ("author", "authors", "by")
_ADDRESSES = ("canonical_url", "canonical", "source_url", "url", "source", "link")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Where the text begins after it, and what it says; each field is empty if it doesn't say it."""

    end: int = 0
    title: str = ""
    publisher: str = ""
    published: str = ""
    url: str = ""


def read(text: str) -> FrontMatter:
    """The front matter of a text. What is broken, or larger than any honest one, is passed over and says nothing."""
    found, parse = _YAML.match(text), _from_yaml
    if not found:
        found, parse = _TOML.match(text), _from_toml
    if not found:
        return FrontMatter()
    body = found["body"]
    said = parse(body) if len(body) <= _MAX_CHARS else None
    fields = {str(key).strip().lower().replace("-", "_"): value for key, value in (said or {}).items()}
    return FrontMatter(
        found.end(),
        as_title(clean(_first(fields, ("title",)))),
        as_title(clean(_first(fields, _PUBLISHERS) or _first(fields, _AUTHORS))),
        next(filter(None, (stated_day(value) for value in _texts(fields, _DATES))), ""),
        next((value for value in _texts(fields, _ADDRESSES) if is_web_url(value)), ""),
    )


def _first(fields: dict[str, Any], names: tuple[str, ...]) -> str:
    return next(_texts(fields, names), "")


def _texts(fields: dict[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    """What fields say that is one value, or the first of several; `{name: Ann Lee}` names Ann Lee."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = value.get("name")
        if isinstance(value, date):  # a datetime is one, too
            value = value.isoformat()
        if isinstance(value, str) and value.strip():
            yield value.strip()


def _from_yaml(body: str) -> dict[Any, Any] | None:
    import yaml

    try:
        said = yaml.load(body, yaml.BaseLoader)  # which makes nothing but strings, lists and dictionaries
    # Deep nesting ends in a RecursionError, odd keys and dates in others.
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _from_toml(body: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(body.replace("\r\n", "\n"))
    except (ValueError, RecursionError):
        return None
