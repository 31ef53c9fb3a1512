"""What an evidence pack says, in words; each form only sets it."""

from __future__ import annotations

from dataclasses import dataclass

from index import DocumentInfo
from qa.citing.source import Source, line, source_of
from qa.pack import Pack
from qa.types import Citation, Quote, Telling

HEADLINES = {
    "answered": "The documents answer this",
    "partial": "The documents answer part of this",
    "not_in_documents": "The documents do not say",
}
DIFFER = {
    "number": "Sources differ in a number",
    "date": "Sources differ in a date",
    "polarity": "Sources differ in whether it is so",
}
"""How a difference is headed, by kind; no verdict."""
CONTEXT = "Context, not quoted"
SILENT = "The nearest passages, which do not answer"


@dataclass(frozen=True, slots=True)
class Extract:
    """A quote as it is set: its label in brackets, if any, its words, what stands around them, its citation and who
    speaks. All on one line each.
    """

    label: str
    words: str
    before: str
    lead: str
    tail: str
    after: str
    citation: Citation
    source: Source
    who: str
    place: str


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a difference as it is set."""

    label: str
    words: str
    citation: Citation
    source: Source
    who: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sources that differ, under a heading."""

    heading: str
    sides: tuple[Side, Side]


@dataclass(frozen=True, slots=True)
class Origin:
    """A source of the list: its citation without a place, its file and edition, and the sha256 of that file."""

    cited: str
    url: str
    file: str
    sha256: str
    licence: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One answer as it is set. `nearest` are passages that do not answer, each with its citation."""

    question: str
    headline: str
    explanation: str
    extracts: tuple[Extract, ...]
    origins: tuple[Origin, ...]
    nearest: tuple[tuple[str, str], ...]
    made_with: str
    pairs: tuple[Pair, ...] = ()


def sheet(pack: Pack, site: str, accessed: str) -> Sheet:
    """An answer in words, cleaned: hard wraps joined, no control characters. The words of a quote stay its words."""
    answer = pack.answer
    silent = answer.status == "not_in_documents"
    extracts = []
    for one in pack.quotes:
        extracts.append(
            Extract(
                label=bracketed(one.quote),
                words=line(one.quote.text),
                before=line(one.context.before),
                lead=line(one.context.lead),
                tail=line(one.context.tail),
                after=line(one.context.after),
                citation=one.citation,
                source=source_of(one.citation, site, accessed),
                who=_who(one.quote),
                place=f"{line(one.citation.document.source_id)}, characters {one.quote.start} to {one.quote.end}",
            )
        )
    told = [answer.explanation, f"Confidence {answer.confidence:.2f}."]
    if answer.withheld:
        told.append(f"Withheld, as not found word for word: {answer.withheld}.")
    receipt = answer.receipt
    return Sheet(
        question=line(answer.question),
        headline=HEADLINES[answer.status],
        explanation=line(" ".join(told)),
        extracts=tuple(extracts),
        origins=tuple(_origin(info) for info in pack.sources),
        nearest=tuple((line(hit.passage.text), _cited(hit.document)) for hit in answer.hits[:3])
        if silent
        else (),
        made_with=line(
            f"model {receipt.get('model', '')}, fingerprint {receipt.get('model_fingerprint', '')},"
            f" index generation {receipt.get('generation', '')}"
        ),
        pairs=tuple(
            Pair(DIFFER[one.kind], (_side(one.one, site, accessed), _side(one.other, site, accessed)))
            for one in answer.differences
        ),
    )


def bracketed(quote: Quote) -> str:
    """An editor's label as it stands before a quote, and outside of its quotation marks; "" without one."""
    return f"[{line(quote.label)}] " if quote.label else ""


def _who(quote: Quote) -> str:
    return f"{quote.voice}, {line(quote.speaker)}" if quote.speaker else quote.voice


def _side(side: Telling, site: str, accessed: str) -> Side:
    cited = side.citation
    source = source_of(cited, site, accessed)
    return Side(bracketed(side.quote), line(side.quote.text), cited, source, _who(side.quote))


def _origin(info: DocumentInfo) -> Origin:
    source = source_of(Citation(1, info, 0, 0, ""))
    edition = f", edition {info.edition}" if info.edition > 1 or info.superseded_by else ""
    return Origin(_cited(info), source.url, line(info.source_id) + edition, info.sha256, line(info.licence))


def _cited(info: DocumentInfo) -> str:
    parts = (info.publisher, info.title or info.source_id, info.published)
    return ", ".join(line(part) for part in parts if part)
