"""The texts of a JSON Lines corpus without an index: what another engine's results are held against."""

from __future__ import annotations

from pathlib import Path

from index import Document, DocumentInfo, LoadError, NotIndexedError, read_documents


class CorpusFile:
    """The documents of a corpus, as an index of it would hold them, but with nothing embedded.

    `failed` are the lines that could not be read. All texts are held in memory.
    """

    def __init__(self, path: str | Path) -> None:
        self.failed: list[LoadError] = []
        by_source: dict[str, Document] = {}
        for document in read_documents(Path(path), ""):
            if isinstance(document, LoadError):
                self.failed.append(document)
            else:
                by_source[document.info.source_id] = document
        self._infos = [by_source[name].info for name in sorted(by_source)]
        self._documents = by_source | {document.info.doc_id: document for document in by_source.values()}

    def documents(self) -> list[DocumentInfo]:
        """What the corpus holds, by source id."""
        return list(self._infos)

    def document(self, name: str) -> Document:
        """A document by its id or source id. NotIndexedError if there is none."""
        try:
            return self._documents[name]
        except KeyError:
            raise NotIndexedError(f"no document {name!r} is in the corpus") from None
