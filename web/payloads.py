"""What comes out: the JSON contract as schemas, for the OpenAPI description.

Answers are sent as `qa` builds them and never pass through these, so no field can get lost on the way; a test
holds real answers against the description instead.
"""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, Schema, fields, validate

from index import VOICES, DocumentInfo
from qa import document_payload


class _Out(Schema):
    class Meta:
        # Answers may grow fields; the description tells programs to expect that.
        unknown = INCLUDE


class DocumentOut(_Out):
    """A document that something was found in."""

    doc_id = fields.String(required=True, data_key="id")
    source_id = fields.String(required=True, metadata={"description": "the file or record it was read from"})
    title = fields.String(required=True)
    publisher = fields.String(required=True)
    voice = fields.String(required=True, validate=validate.OneOf(VOICES))
    published = fields.String(required=True, metadata={"description": "ISO date or its prefix; may be empty"})
    url = fields.String(required=True, metadata={"description": "where it was published; may be empty"})


class ListedDocumentOut(DocumentOut):
    """A document as the list shows it."""

    media_type = fields.String(required=True)
    licence = fields.String(required=True)
    view = fields.String(required=True, metadata={"description": "address of its page in the source viewer"})


class DocumentsOut(_Out):
    """All documents that are indexed."""

    documents = fields.List(fields.Nested(ListedDocumentOut), required=True)


class _PlaceOut(_Out):
    start = fields.Integer(
        required=True, metadata={"description": "character offset into the document's text"}
    )
    end = fields.Integer(required=True, metadata={"description": "the offset after the last character"})
    page = fields.Integer(required=True, allow_none=True)
    page_end = fields.Integer(
        required=True, allow_none=True, metadata={"description": "the page on which it ends"}
    )
    page_label = fields.String(
        required=True, allow_none=True, metadata={"description": "what is printed on the page as its number"}
    )
    paragraph = fields.String(required=True, allow_none=True)
    voice = fields.String(required=True, validate=validate.OneOf(VOICES))
    speaker = fields.String(
        required=True, metadata={"description": "who says it, if not the document's author; may be empty"}
    )
    published = fields.String(required=True, metadata={"description": "ISO date or its prefix; may be empty"})
    copy_of = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "id of the earliest passage that says the same in nearly the same words"},
    )
    text = fields.String(required=True, metadata={"description": "exactly text[start:end] of the document"})
    document = fields.Nested(DocumentOut, required=True)


class HitOut(_PlaceOut):
    """A passage found for the question."""

    rank = fields.Integer(required=True)
    score = fields.Float(required=True, metadata={"description": "higher is better"})
    heading = fields.String(required=True)


class CitationOut(_PlaceOut):
    """Where quotes come from."""

    n = fields.Integer(required=True)
    heading = fields.String(required=True)
    url = fields.String(required=True, metadata={"description": "permalink, relative to this service"})
    selector = fields.List(fields.Nested(lambda: SelectorOut()), required=True)


class SelectorOut(_Out):
    """One way to find the words again, of the Web Annotation Data Model: by quotation, or by position."""

    type_ = fields.String(
        required=True, data_key="type", validate=validate.OneOf(("TextQuoteSelector", "TextPositionSelector"))
    )


class PeriodOut(_Out):
    """A stretch of time, ISO days, both inclusive; open where there is none."""

    first = fields.String(required=True, allow_none=True, data_key="from")
    last = fields.String(required=True, allow_none=True, data_key="to")


class _WordsOut(_Out):
    text = fields.String(required=True)
    voice = fields.String(required=True, validate=validate.OneOf(VOICES))
    start = fields.Integer(required=True, metadata={"description": "of the quoted words themselves"})
    end = fields.Integer(required=True)
    speaker = fields.String(
        required=True, metadata={"description": "who says it, if not the document's author; may be empty"}
    )
    selector = fields.List(fields.Nested(SelectorOut), required=True)
    speeches = fields.List(
        fields.Nested(lambda: SpeechOut()),
        required=True,
        metadata={"description": "what is quoted of others within it, each with its speaker"},
    )
    label = fields.String(
        required=True,
        metadata={
            "description": "what it is about where it does not say: no part of the quote; may be empty"
        },
    )
    published = fields.String(required=True, metadata={"description": "ISO date or its prefix; may be empty"})
    about = fields.List(
        fields.Nested(PeriodOut), required=True, metadata={"description": "the times that it speaks of"}
    )


class QuoteOut(_WordsOut):
    """Words taken from a document, unchanged."""

    citation = fields.Integer(required=True, metadata={"description": "the `n` of its citation"})


class SpeechOut(_Out):
    """Words of one speaker within a quote, at `start` to `end` of the document's text."""

    start = fields.Integer(required=True)
    end = fields.Integer(required=True)
    speaker = fields.String(required=True)


class ValueOut(_Out):
    """The words by which one side of a difference differs; empty at the end of what is said without a denial."""

    text = fields.String(required=True)
    start = fields.Integer(required=True)
    end = fields.Integer(required=True)


class TellingOut(_WordsOut):
    """One side of a difference: a whole sentence, with its citation in full."""

    citation = fields.Nested(CitationOut, required=True)
    value = fields.Nested(ValueOut, required=True)


class DifferenceOut(_Out):
    """Two sources that say different things on one point; no verdict on either."""

    kind = fields.String(required=True, validate=validate.OneOf(("number", "date", "polarity")))
    sides = fields.List(fields.Nested(TellingOut), required=True, validate=validate.Length(equal=2))


class SearchedOut(_Out):
    """What the question was held against."""

    documents = fields.Integer(required=True)
    passages = fields.Integer(required=True)
    first = fields.String(required=True, allow_none=True, data_key="from")
    last = fields.String(required=True, allow_none=True, data_key="to")


class SearchOut(_Out):
    """The passages found for a question, best first."""

    question_id = fields.String(required=True, allow_none=True, data_key="id")
    question = fields.String(required=True)
    hits = fields.List(fields.Nested(HitOut), required=True)


class UnderstoodOut(_Out):
    """Whose words and what times a question was understood to ask for; empty where it asks for none."""

    voices = fields.List(fields.String(validate=validate.OneOf(VOICES)), required=True)
    publishers = fields.List(fields.String(), required=True)
    names = fields.List(fields.String(), required=True, metadata={"description": "of people, in lower case"})
    periods = fields.List(fields.Nested(PeriodOut), required=True)
    also = fields.List(
        fields.String(), required=True, metadata={"description": "other names that were searched for, too"}
    )


class AnswerOut(SearchOut):
    """A cited answer. When the documents do not say, `quotes` is empty and the hits do not answer."""

    status = fields.String(
        required=True, validate=validate.OneOf(("answered", "partial", "not_in_documents"))
    )
    confidence = fields.Float(required=True, validate=validate.Range(0, 1))
    explanation = fields.String(required=True, metadata={"description": "what the status means, in words"})
    quotes = fields.List(fields.Nested(QuoteOut), required=True)
    citations = fields.List(fields.Nested(CitationOut), required=True)
    searched = fields.Nested(SearchedOut, required=True)
    timings_ms = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)
    receipt = fields.Dict(keys=fields.String(), required=True)
    withheld = fields.Integer(
        required=True, metadata={"description": "quotes not shown since their document does not say them"}
    )
    understood = fields.Nested(UnderstoodOut, required=True)
    order = fields.String(
        required=True,
        validate=validate.OneOf(("answer", "time")),
        metadata={
            "description": "of the quotes: what answers first first, or along time where change is asked for"
        },
    )
    differences = fields.List(fields.Nested(DifferenceOut), required=True)


class CitedOut(_Out):
    """A citation in every style, by the style's name."""

    styles = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class HealthOut(_Out):
    """That the index can be read, and what is in it."""

    status = fields.String(required=True, validate=validate.Equal("ok"))
    documents = fields.Integer(required=True)
    passages = fields.Integer(required=True)
    generation = fields.Integer(required=True)
    model = fields.String(required=True)


class ProblemErrorOut(_Out):
    """One thing that is wrong with the request."""

    detail = fields.String(required=True)
    pointer = fields.String(metadata={"description": "JSON pointer into the body"})
    parameter = fields.String(metadata={"description": "name of the query parameter"})


class ProblemOut(_Out):
    """An error, as RFC 9457 describes it."""

    type_ = fields.String(required=True, data_key="type")
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(ProblemErrorOut))
    error_id = fields.String(metadata={"description": "of a failure on our side: the log has its cause"})


Responses = dict[int | str, dict[str, str | dict[str, dict[str, Any]]]]
"""Responses by status, as APIFlask has them described."""


def problem_responses(**described: str) -> Responses:
    """Responses for the OpenAPI description: `problem_responses(s404="No such document")`."""
    content: dict[str, dict[str, Any]] = {"application/problem+json": {"schema": ProblemOut}}
    return {key[1:]: {"description": text, "content": content} for key, text in described.items()}


def listed(info: DocumentInfo, view: str) -> dict[str, str]:
    """A document as `GET /api/documents` lists it."""
    more = {"media_type": info.media_type, "licence": info.licence, "view": view}
    return document_payload(info) | more
