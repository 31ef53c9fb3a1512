"""Another engine's hits and quotes as places in the local documents: verified, located, or said to be nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from eval.resolve import locate
from index import DocumentInfo, NotIndexedError, Span

if TYPE_CHECKING:
    from eval.engines.base import Texts

NOWHERE = "nowhere"
"""The document id of what no document here holds. It uses up its tokens and its rank, and covers nothing."""

_SAID = {
    "unknown": "{n} hits or quotes name documents that are not indexed here, such as {example}; they find nothing.",
    "lost": "{n} hits or quotes hold a text that their document does not, such as {example}; they find nothing.",
    "folded": "{n} texts were found with white space, dashes and quotation marks folded, such as in {example}.",
    "twice": "{n} texts occur several times in their document, such as in {example}; the first free place counts.",
    "whole": "{n} hits name a document alone, such as {example}; each counts as the whole of its text.",
}


class Anchored(NamedTuple):
    """Where a text stands; `doc_id` is NOWHERE if it stands nowhere here."""

    info: DocumentInfo
    doc_id: str
    start: int
    end: int
    text: str


class Anchor:
    """Finds the local documents that other engines name, and the places that they quote."""

    def __init__(self, corpus: Texts) -> None:
        infos = corpus.documents()
        # A source id goes first: it is what people write, and an id is the same only where Pincite made it.
        self._infos = {info.doc_id: info for info in infos} | {info.source_id: info for info in infos}
        self.text = lru_cache(maxsize=1024)(lambda doc_id: corpus.document(doc_id).text)
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, str] = {}

    def info(self, name: object) -> DocumentInfo | None:
        """The document of that name: a source id, an id, or an object that has either."""
        if isinstance(name, Mapping):
            return next((info for key in ("source_id", "id") if (info := self.info(name.get(key)))), None)
        return self._infos.get(name) if isinstance(name, str) else None

    def place(
        self, record: Mapping[str, Any], taken: set[tuple[str, int, int]], *, as_served: bool
    ) -> Anchored:
        """Where a hit or a quote stands: `{"doc" or "document", "start", "end", "text"}`.

        With offsets it stands there, and its text is kept as it was served, so that false offsets show. With
        a text alone it is looked for: exactly, then folded, past the places in `taken`, which grows. A folded
        one keeps its served text if `as_served` is set; else the document's own takes its place.
        """
        named = record.get("document", record.get("doc"))
        text, info = record.get("text"), self.info(named)
        if info is None:
            return self._nowhere("unknown", _name(named), named, text)
        start, end = record.get("start"), record.get("end")
        whole = self._text_of(info)
        if start is None or end is None:
            if text is None:
                self._count("whole", info.source_id)
                return Anchored(info, info.doc_id, 0, len(whole), whole)
            found = self._find(info, text, whole, taken)
            if found is None:
                return self._nowhere("lost", f'"{_short(text)}" of {info.source_id}', info, text)
            start, end = found.start, found.end
            text = text.strip() if as_served else whole[start:end]
        elif text is None and end > len(whole):
            return self._nowhere("lost", f"characters {start} to {end} of {info.source_id}", info, text)
        taken.add((info.doc_id, start, end))
        return Anchored(info, info.doc_id, start, end, whole[start:end] if text is None else text)

    def notes(self) -> Iterator[str]:
        """A sentence for everything that was not as plain as an offset, with how often it was met."""
        for kind, sentence in _SAID.items():
            if self._counts[kind]:
                yield sentence.format(n=f"{self._counts[kind]:,}", example=self._examples[kind])

    def _find(
        self, info: DocumentInfo, text: str, whole: str, taken: set[tuple[str, int, int]]
    ) -> Span | None:
        places = locate(text, whole) if text.strip() else []
        if not places:
            return None
        if len(places) > 1:
            self._count("twice", info.source_id)
        free = [place for place in places if (info.doc_id, *place) not in taken]
        start, end = (free or places)[0]
        if whole[start:end] != text.strip():
            self._count("folded", info.source_id)
        return Span(start, end)

    def _text_of(self, info: DocumentInfo) -> str:
        try:
            return self.text(info.doc_id)
        except NotIndexedError:  # removed from the index since it was listed
            return ""

    def _nowhere(self, kind: str, example: str, named: object, text: object) -> Anchored:
        self._count(kind, example)
        info = named if isinstance(named, DocumentInfo) else _stranger(_name(named))
        return Anchored(info, NOWHERE, 0, 0, text if isinstance(text, str) else "")

    def _count(self, kind: str, example: str) -> None:
        self._counts[kind] += 1
        self._examples.setdefault(kind, example)


def _name(named: object) -> str:
    """What a record calls its document."""
    if isinstance(named, Mapping):
        named = named.get("source_id") or named.get("id")
    return named if isinstance(named, str) else "no document"


def _stranger(name: str) -> DocumentInfo:
    return DocumentInfo(NOWHERE, name, name, "", "")


def _short(text: str, width: int = 60) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= width else joined[: width - 1] + "…"
