"""The checks on metadata that people write by hand, in `sources.csv` and in JSON Lines."""

from __future__ import annotations

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from index.types import VOICES

_FORMATS = ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%Y/%m/%d", "%Y%m%d")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:")
_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def iso_date(value: str) -> str:
    """`value` when it is a real date as YYYY, YYYY-MM or YYYY-MM-DD, else "".

    >>> iso_date("2017-04"), iso_date("2017-02-30"), iso_date("7 April 2017")
    ('2017-04', '', '')
    """
    match = _ISO.fullmatch(value)
    if not match or not value.isascii():
        return ""
    try:
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return ""
    return value


def iso_day(value: str) -> str:
    """The date that begins an ISO 8601 date or timestamp, as machines write them in HTML and JSON; else "".

    >>> iso_day("2017-04-07T10:00:00+01:00"), iso_day("2017-04"), iso_day("soon")
    ('2017-04-07', '2017-04', '')
    """
    value = value.strip()
    if found := iso_date(value):
        return found
    try:
        return datetime.fromisoformat(value).date().isoformat()
    except ValueError:
        return ""


def stated_day(value: str) -> str:
    """The day that a machine or a person wrote; "" where it could be read in two ways, such as 07/04/2017.

    >>> [stated_day(day) for day in ("2017-04-07 10:00:00 +0100", "Friday, 7th April 2017", "7/4/17")]
    ['2017-04-07', '2017-04-07', '']
    >>> stated_day("Fri, 07 Apr 2017 10:00:00 GMT")
    '2017-04-07'
    """
    if found := iso_day(value) or (_STAMP.match(value.strip()) and iso_day(value.strip()[:10])):
        return found
    value = value.strip()[:60]
    plain = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|,|^[A-Za-z]+day\b", " ", value)
    plain = re.sub(r"(?<=\d{4}) .*", "", " ".join(plain.split()))  # the time of day
    for form in _FORMATS:
        try:
            return datetime.strptime(plain, form).date().isoformat()
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(value).date().isoformat() if re.match(r"[A-Za-z]{3},", value) else ""
    except (ValueError, OverflowError):
        return ""


def is_web_url(value: str) -> bool:
    """Whether `value` is an absolute http or https address: any other scheme would be unsafe as a link."""
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", value)
    except ValueError:
        return False


def field_error(name: str, value: str) -> str:
    """What is wrong with one field, as a sentence without subject; "" when nothing is. Empty is fine.

    >>> field_error("published", "7/4/17")
    "published '7/4/17' is not a date; write it as YYYY, YYYY-MM or YYYY-MM-DD"
    """
    if not value:
        return ""
    shown = repr(value if len(value) <= 60 else value[:59] + "…")
    if name == "voice" and value not in VOICES:
        return f"voice {shown} is unknown; use one of {', '.join(VOICES)}"
    if name == "published" and not iso_date(value):
        return f"published {shown} is not a date; write it as YYYY, YYYY-MM or YYYY-MM-DD"
    if name == "url" and not is_web_url(value):
        return f"url {shown} is not a web address; write it in full, beginning with http:// or https://"
    return ""
