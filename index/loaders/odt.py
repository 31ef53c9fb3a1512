"""OpenDocument text (.odt). Its content.xml is walked here with lxml: the converters for it give plain lines, in
which headings, lists and the cells of tables can no longer be told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from index.errors import LoadError
from index.loaders.base import Extract, Limits, TextBuilder, as_title, clean
from index.loaders.packed import Package
from index.loaders.tables import Table
from index.types import BlockKind

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"

# Deleted text, comments and settings are not part of what the document says.
_SKIPPED = frozenset(
    (
        f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_OFFICE}forms", f"{_TEXT}sequence-decls",
        f"{_TEXT}variable-decls", f"{_TEXT}user-field-decls", f"{_TABLE}table-columns", f"{_TEXT}note-citation",
    )
)  # fmt: skip
_CONTENTS = frozenset(
    f"{_TEXT}{name}"
    for name in ("table-of-content", "illustration-index", "table-index", "object-index", "user-index")
)
_MARKS = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n", f"{_TEXT}soft-page-break": ""}
_APART = frozenset((f"{_DRAW}text-box", f"{_DRAW}g"))  # text that hangs on a paragraph and is none of it
_MAX_REPEATED = 100


def extract(data: bytes, where: str, limits: Limits) -> Extract:
    """Text, blocks and title; page headers and footers are left out, notes follow the body.

    Raises LoadError for another kind of file, an encrypted or damaged one, and one that unpacks beyond the limits.
    """
    package = Package(data, where, limits, what="an OpenDocument text", needs="content.xml")
    if b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise LoadError(where, "is encrypted with a password; save a copy without protection")
    content = package.xml("content.xml")
    body = None if content is None else content.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise LoadError(where, "is not an OpenDocument text; save it as .odt")
    reader = _Reader(body, where, limits)
    meta = package.xml("meta.xml")
    headings = (reader.text[block.start : block.end] for block in reader.blocks if block.kind == "heading")
    return Extract(
        reader.text,
        tuple(reader.blocks),
        title=as_title(clean(_first(meta, f"{_DC}title"))) or as_title(next(headings, "")),
    )


class _Reader(TextBuilder):
    """The blocks of a document's body in order, and of its notes after it."""

    def __init__(self, body: etree._Element, where: str, limits: Limits) -> None:
        super().__init__(where, limits)
        self._notes: list[etree._Element] = []
        self._read(body, "paragraph")
        notes, self._notes = self._notes, []
        for number, note in enumerate(notes, 1):
            texts = (self._text(element) for element in note.iter(f"{_TEXT}p"))
            self.add("paragraph", " ".join(texts), prefix=f"[{number}] ")

    def _read(self, container: etree._Element, kind: BlockKind, prefix: str = "") -> None:
        for element in container:
            tag = element.tag
            if tag in _SKIPPED:
                continue
            if tag == f"{_TEXT}h" and kind == "paragraph":
                level = element.get(f"{_TEXT}outline-level", "")
                self.add(
                    "heading", self._text(element), level=int(level) if re.fullmatch("[1-9]", level) else 1
                )
                self._beside(element)
            elif tag in (f"{_TEXT}p", f"{_TEXT}h"):
                before = len(self.blocks)
                self.add(kind, self._text(element), prefix=prefix)
                prefix = "" if len(self.blocks) > before else prefix  # a bullet is for the first line only
                self._beside(element)
            elif tag == f"{_TEXT}list":
                for item in element.iter(f"{_TEXT}list-item", f"{_TEXT}list-header"):
                    if next(item.iterancestors(f"{_TEXT}list")) is element:
                        self._read(item, "item" if kind == "paragraph" else kind, "• ")
            elif tag == f"{_TABLE}table":
                self._table(element, kind)
            elif tag in _CONTENTS:
                self._read(element, "furniture")
            elif tag.startswith((_TEXT, _DRAW)):
                self._read(element, kind, prefix)

    def _beside(self, paragraph: etree._Element) -> None:
        """Text boxes, which hang on the paragraph that they stand beside."""
        for box in paragraph.iter(f"{_DRAW}text-box"):
            if next((above for above in box.iterancestors(f"{_TEXT}p", f"{_TEXT}h")), None) is paragraph:
                self._read(box, "paragraph")

    def _table(self, table: etree._Element, kind: BlockKind) -> None:
        made = Table()
        rows = list(_within(table, f"{_TABLE}table-row"))
        for row in rows:
            header = row.getparent().tag == f"{_TABLE}table-header-rows"
            for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                if cell.tag.endswith("}covered-table-cell"):
                    continue
                text = " ".join(
                    filter(None, (self._text(p).strip() for p in cell.iter(f"{_TEXT}p", f"{_TEXT}h")))
                )
                columns = _count(cell, "number-columns-spanned")
                for _ in range(_count(cell, "number-columns-repeated")):
                    made.cell(text, header=header, columns=columns, rows=_count(cell, "number-rows-spanned"))
            for made_kind, text in made.end_row():
                self.add("furniture" if kind == "furniture" else made_kind, text)
        for made_kind, text in made.end():
            self.add("furniture" if kind == "furniture" else made_kind, text)

    def _text(self, paragraph: etree._Element) -> str:
        """A paragraph's own text; its notes are kept for the end."""
        parts: list[str] = []

        def walk(element: etree._Element) -> None:
            parts.append(_folded(element.text))
            for child in element:
                tag = child.tag
                if tag == f"{_TEXT}note":
                    self._notes.append(child)
                    parts.append(f"[{len(self._notes)}]")
                elif tag == f"{_TEXT}s":
                    spaces = child.get(f"{_TEXT}c", "1")
                    parts.append(" " * (int(spaces) if re.fullmatch("[0-9]{1,3}", spaces) else 1))
                elif tag in _MARKS:
                    parts.append(_MARKS[tag])
                elif tag not in _SKIPPED and tag not in _APART:
                    walk(child)
                parts.append(_folded(child.tail))

        walk(paragraph)
        return "".join(parts)


def _within(table: etree._Element, tag: str) -> Iterator[etree._Element]:
    """A table's own rows, not those of tables in its cells."""
    for element in table.iter(tag):
        if next(element.iterancestors(f"{_TABLE}table")) is table:
            yield element


def _count(cell: etree._Element, name: str) -> int:
    value = cell.get(f"{_TABLE}{name}", "1")
    return min(int(value), _MAX_REPEATED) if re.fullmatch("[1-9][0-9]{0,5}", value) else 1


def _folded(text: str | None) -> str:
    """Text as OpenDocument reads it: a run of white space is one space."""
    return re.sub(r"[ \t\r\n]+", " ", text or "")


def _first(root: etree._Element | None, tag: str) -> str:
    element = None if root is None else next(root.iter(tag), None)
    return "".join(element.itertext()) if element is not None else ""
