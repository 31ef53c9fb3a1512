"""What goes in: one set of rules for what a person types and what a program sends.

APIFlask validates with these schemas and writes the OpenAPI description from them, so the two cannot part.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate, validates_schema
from werkzeug.datastructures import MultiDict

from index import KINDS, VOICES, Filter

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_VOICE = validate.OneOf(VOICES, error="“{input}” is not a voice. The voices are {choices}.")
_KIND = validate.OneOf(tuple(KINDS), error="“{input}” is not a kind of file. The kinds are {choices}.")
_ABOUT_KIND = {"description": "kinds of file, by their ending"}
_NAME = validate.Length(min=1, max=500)


class Text(fields.String):
    """A string that can be encoded: JSON lets half a surrogate pair through, and engines choke on it."""

    default_error_messages = {  # noqa: RUF012 (as marshmallow declares it)
        "surrogate": "Holds half a surrogate pair (\\ud800 to \\udfff), which is no character."
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            text.encode()
        except UnicodeEncodeError:
            raise self.make_error("surrogate") from None
        return text


def _check_date(value: str) -> None:
    match = _DATE.fullmatch(value)
    try:
        if match is None:
            raise ValueError
        date(*(int(part or 1) for part in match.groups()))
    except ValueError:
        message = f"“{value}” is not a date. Write 2017, 2017-04 or 2017-04-07."
        raise ValidationError(message) from None


_ABOUT_DATE = {
    "description": "ISO date, inclusive; a year or a month stands for all its days",
    "example": "2017-04",
}


class _Filter(Schema):
    """What every filter has under the same names; its dates are checked against each other."""

    published_from = Text(data_key="from", validate=_check_date, metadata=_ABOUT_DATE)
    published_to = Text(data_key="to", validate=_check_date, metadata=_ABOUT_DATE)
    about_from = Text(validate=_check_date, metadata=_ABOUT_DATE)
    about_to = Text(validate=_check_date, metadata=_ABOUT_DATE)
    boilerplate = fields.Boolean(metadata={"description": "search notices, navigation and contents, too"})
    editions = fields.Boolean(metadata={"description": "search older editions, too"})

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        for prefix, key in (("published_", "from"), ("about_", "about_from")):
            first, last = data.get(f"{prefix}from"), data.get(f"{prefix}to")
            if first and last and first_day(first) > last_day(last):
                raise ValidationError(
                    f"From {first} to {last} runs backwards: put the earlier date first.", key
                )


class FilterIn(_Filter):
    """Which documents may answer. An empty or missing field lets everything through."""

    class Meta:
        unknown = RAISE

    voices = fields.List(Text(validate=_VOICE))
    publishers = fields.List(Text(validate=_NAME))
    documents = fields.List(Text(validate=_NAME), metadata={"description": "ids or source ids"})
    kinds = fields.List(Text(validate=_KIND), metadata=_ABOUT_KIND)


class AskIn(Schema):
    """A question, with an id of the caller's own if it wants one back."""

    class Meta:
        unknown = RAISE

    # Its length is the service's rule (QuestionError), the same on every way in.
    question = Text(required=True, metadata={"example": "Why were thresholds inconsistent?"})
    question_id = Text(data_key="id", allow_none=True, validate=validate.Length(max=200))
    filter = fields.Nested(FilterIn)


class QuestionQuery(_Filter):
    """A question and its filter as a query string; `voice`, `publisher`, `document` and `kind` may be repeated."""

    q = Text(required=True, metadata={"description": "the question"})
    question_id = Text(data_key="id", validate=validate.Length(max=200))
    voices = fields.List(Text(validate=_VOICE), data_key="voice")
    publishers = fields.List(Text(validate=_NAME), data_key="publisher")
    documents = fields.List(
        Text(validate=_NAME), data_key="document", metadata={"description": "ids or source ids"}
    )
    kinds = fields.List(Text(validate=_KIND), data_key="kind", metadata=_ABOUT_KIND)


class SearchQuery(QuestionQuery):
    """As for a question, and how many passages to return."""

    k = fields.Integer(load_default=10, validate=validate.Range(min=1, max=100))


def filter_from(data: dict[str, Any]) -> Filter:
    """The Filter that loaded data describes; years and months become the days they begin and end with.

    >>> filter_from({"published_from": "2017", "published_to": "2018-02"}).published_to
    '2018-02-28'
    """
    dates = {}
    for prefix in ("published_", "about_"):
        first, last = data.get(f"{prefix}from", ""), data.get(f"{prefix}to", "")
        dates[f"{prefix}from"], dates[f"{prefix}to"] = first and first_day(first), last and last_day(last)
    return Filter(
        voices=frozenset(data.get("voices", ())),
        publishers=frozenset(data.get("publishers", ())),
        documents=frozenset(data.get("documents", ())),
        kinds=frozenset(KINDS[name] for name in data.get("kinds", ())),
        boilerplate=data.get("boilerplate", False),
        editions=data.get("editions", False),
        **dates,
    )


def load_form(args: MultiDict[str, str]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What a person's query string holds, and what is wrong with it by field.

    A browser sends every field of a form, so an empty one means "not filled in"; unknown ones are let pass,
    because links grow tails of their own on the way.
    """
    given: dict[str, Any] = {}
    for name, field in QuestionQuery().fields.items():
        key = field.data_key or name
        values = [value for value in args.getlist(key) if value.strip()]
        if values:
            given[key] = values if isinstance(field, fields.List) else values[-1]
    given["q"] = args.get("q", "")
    try:
        return QuestionQuery().load(given, unknown=EXCLUDE), {}
    except ValidationError as error:
        valid = error.valid_data if isinstance(error.valid_data, dict) else {}
        return valid, {name: _messages(found) for name, found in error.normalized_messages().items()}


def _messages(found: Any) -> list[str]:
    if isinstance(found, dict):
        return [message for inner in found.values() for message in _messages(inner)]
    return [str(message) for message in found]


def first_day(prefix: str) -> str:
    """The first day of a year, month or day."""
    return prefix + {4: "-01-01", 7: "-01"}.get(len(prefix), "")


def last_day(prefix: str) -> str:
    """The last day of a year, month or day.

    >>> last_day("2016"), last_day("2016-02"), last_day("2016-02-03"), first_day("2016"), first_day("2016-02")
    ('2016-12-31', '2016-02-29', '2016-02-03', '2016-01-01', '2016-02-01')
    """
    if len(prefix) == 4:
        return f"{prefix}-12-31"
    if len(prefix) == 7:
        year, month = int(prefix[:4]), int(prefix[5:])
        return f"{prefix}-{calendar.monthrange(year, month)[1]:02}"
    return prefix
