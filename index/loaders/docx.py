"""Word documents through python-docx: its package and styles. The body's XML is walked here, because
`Document.iter_inner_content` leaves out content controls, tracked insertions and text boxes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from lxml import etree

from index.errors import LoadError
from index.loaders.base import Extract, Limits, TextBuilder, as_title, begins_like, clean
from index.loaders.tables import Table
from index.types import BlockKind

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARAGRAPH, _TABLE, _ROW, _CELL, _TEXTBOX = map(qn, ("w:p", "w:tbl", "w:tr", "w:tc", "w:txbxContent"))
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Deleted and moved-away text is not part of the document; a fallback says again what its choice says.
_SKIPPED = frozenset((qn("w:del"), qn("w:moveFrom"), _FALLBACK, qn("w:pPr"), qn("w:rPr"), qn("w:sdtPr")))
_MARKS = {
    qn("w:tab"): "\t",
    qn("w:ptab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "\u2011",
    qn("w:softHyphen"): "\u00ad",
}
_NOTES = {qn("w:footnoteReference"): "footnotes", qn("w:endnoteReference"): "endnotes"}
_HEADING = re.compile(r"heading ([1-9])")
_OUTLINE = frozenset("012345678")  # 9 is body text
_ON = frozenset((None, "1", "true", "on"))  # a switch without a value is on
_CELL_CHARS = 800  # a cell with more than this arranges the page rather than a table's data


class _Style(NamedTuple):
    kind: BlockKind
    level: int = 0


def extract(data: bytes, where: str, limits: Limits) -> Extract:
    """Text, blocks and title of a .docx; page headers and footers are left out, notes follow the body.

    Raises LoadError for another kind of file, an encrypted one, and one that unpacks beyond the limits.
    Word's own dates are those of the file, not of publication, so none is given.
    """
    _check(data, where, limits)
    try:
        document = docx.Document(io.BytesIO(data))
    except (
        zipfile.BadZipFile,
        etree.XMLSyntaxError,
        KeyError,
        ValueError,
        NotImplementedError,
        EOFError,
    ) as error:
        detail = " ".join(str(error).split())[:120]
        raise LoadError(
            where, f"is a damaged Word document ({detail}); open it in Word and save it again"
        ) from error
    reader = _Reader(document, where, limits)
    headings = [reader.text[block.start : block.end] for block in reader.blocks if block.kind == "heading"]
    title = document.core_properties.title or next(iter(headings), "")
    return Extract(reader.text, tuple(reader.blocks), title=as_title(clean(title)))


def _check(data: bytes, where: str, limits: Limits) -> None:
    """Refuse what is not an unprotected .docx of bearable size, before anything is unpacked."""
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise LoadError(where, "is encrypted with a password; save a copy without protection")
        raise LoadError(where, "is not a .docx but an old Word document (.doc); open it and save it as .docx")
    if not data.startswith(b"PK"):
        kind = begins_like(data)
        raise LoadError(where, f"is not a Word document{f': it begins like {kind}' if kind else ' (.docx)'}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise LoadError(where, f"is a truncated or damaged Word document ({error}); copy it again") from error
    if not any(member.filename == "[Content_Types].xml" for member in members):
        raise LoadError(where, "is not a Word document but a ZIP archive; unpack it")
    if any(member.flag_bits & 1 for member in members):
        raise LoadError(where, "is encrypted with a password; save a copy without protection")
    # zipfile reads no more of a member than is announced, so the announced sizes bound what is unpacked.
    markup = sum(member.file_size for member in members if member.filename.endswith((".xml", ".rels")))
    if (
        markup > limits.max_markup_bytes
        or sum(member.file_size for member in members) > limits.max_unpacked_bytes
    ):
        raise LoadError(
            where, f"unpacks to more than the limit of {limits.max_markup_bytes:,} bytes of markup; split it"
        )


class _Reader(TextBuilder):
    """The blocks of a document's body in order, and of its notes after it."""

    def __init__(self, document: WordDocument, where: str, limits: Limits) -> None:
        super().__init__(where, limits)
        self._styles = _styles(document)
        self._notes: list[tuple[str, str]] = []
        self._read(document.element.body)
        found = {kind: _note_texts(document, kind) for kind in {kind for kind, _ in self._notes}}
        for number, (kind, key) in enumerate(self._notes, 1):
            self.add(
                "paragraph", self._text(found[kind][key]) if key in found[kind] else "", prefix=f"[{number}] "
            )

    def _read(self, container: etree._Element) -> None:
        for element in _within(container, (_PARAGRAPH, _TABLE)):
            if element.tag == _PARAGRAPH:
                self._paragraph(element)
            elif _is_layout(element):
                for cell in _within(element, (_CELL,)):
                    self._read(cell)
            else:
                self._table(element)

    def _paragraph(self, paragraph: etree._Element) -> None:
        style = self._style(paragraph)
        self.add(
            style.kind, self._text(paragraph), level=style.level, prefix="• " if style.kind == "item" else ""
        )
        # A text box hangs on the paragraph that it stands beside.
        for box in _within(paragraph, (_TEXTBOX,)):
            self._read(box)

    def _style(self, paragraph: etree._Element) -> _Style:
        properties = paragraph.find(qn("w:pPr"))
        if properties is None:
            return self._styles.get("", _Style("paragraph"))
        style = self._styles.get(
            _value(properties, "w:pStyle") or "", self._styles.get("", _Style("paragraph"))
        )
        outline = _value(properties, "w:outlineLvl") or ""
        if style.kind != "heading" and outline in _OUTLINE:
            return _Style("heading", int(outline) + 1)
        numbering = properties.find(qn("w:numPr"))
        if style.kind != "heading" and numbering is not None:
            return _Style("paragraph" if _value(numbering, "w:numId") == "0" else "item")
        return style

    def _table(self, table: etree._Element) -> None:
        rows = list(_within(table, (_ROW,)))
        made = Table()
        first = _first_is_header(rows)
        above: dict[int, str] = {}  # the text of each column's last cell, for those merged with it
        for index, row in enumerate(rows):
            repeated = row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}")
            header = (repeated is not None and repeated.get(qn("w:val")) in _ON) or (first and not index)
            column = 0
            for position, cell in enumerate(_within(row, (_CELL,))):
                merged = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
                if merged is None or merged.get(qn("w:val")) == "restart":
                    above[column] = self._cell_text(cell)
                span = _value(cell, "w:gridSpan", "w:tcPr") or ""
                columns = int(span) if re.fullmatch("[0-9]{1,3}", span) else 1
                named = header or (not position and not first and len(rows) > 1 and _is_bold(cell))
                made.cell(above.get(column, ""), header=named, columns=columns)
                column += columns
            for kind, text in made.end_row():
                self.add(kind, text)
        for kind, text in made.end():
            self.add(kind, text)

    def _cell_text(self, cell: etree._Element) -> str:
        return " ".join(
            filter(None, (self._text(part).strip() for part in _within(cell, (_PARAGRAPH,), deep=True)))
        )

    def _text(self, element: etree._Element) -> str:
        """The text of one paragraph (or note), without that of text boxes in it."""
        parts: list[str] = []
        for part in _within(element, (qn("w:t"), *_MARKS, *_NOTES), beside=_TEXTBOX):
            if part.tag in _MARKS:
                parts.append(_MARKS[part.tag])
            elif part.tag in _NOTES:
                self._notes.append((_NOTES[part.tag], part.get(qn("w:id"), "")))
                parts.append(f"[{len(self._notes)}]")
            else:
                parts.append(part.text or "")
        return "".join(parts)


def _within(
    element: etree._Element, tags: tuple[str, ...], *, beside: str = "", deep: bool = False
) -> Iterator[etree._Element]:
    """The outermost descendants with one of `tags` (with `deep`, those inside them too), in order, without
    those in parts that are not shown or within `beside`. Does not recurse.
    """
    waiting = [iter(element)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif child.tag in tags:
            yield child
            if deep:
                waiting.append(iter(child))
        elif child.tag not in _SKIPPED and child.tag != beside:
            waiting.append(iter(child))


def _value(element: etree._Element, tag: str, parent: str = "") -> str | None:
    found = element.find(f"{qn(parent)}/{qn(tag)}" if parent else qn(tag))
    return None if found is None else found.get(qn("w:val"))


def _styles(document: WordDocument) -> dict[str, _Style]:
    """What each paragraph style makes of a paragraph, by style id; "" is the default style."""
    elements = {
        style.get(qn("w:styleId"), ""): style for style in document.styles.element.iter(qn("w:style"))
    }
    found: dict[str, _Style] = {}
    for key, style in elements.items():
        made, seen = _Style("paragraph"), set()
        while style is not None and id(style) not in seen:  # a style can be based on itself in a broken file
            seen.add(id(style))
            name = (_value(style, "w:name") or "").lower()
            outline = _value(style, "w:outlineLvl", "w:pPr") or ""
            if name == "title":
                made = _Style("heading", 1)
            elif match := _HEADING.fullmatch(name):
                made = _Style("heading", int(match[1]))
            elif outline in _OUTLINE:
                made = _Style("heading", int(outline) + 1)
            elif (
                re.match(r"list (bullet|number)|list( \d)?$", name)
                or style.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None
            ):
                made = _Style("item")
            else:
                style = elements.get(_value(style, "w:basedOn") or "")
                continue
            break
        found[key] = made
        if (
            elements[key].get(qn("w:default")) in ("1", "true")
            and elements[key].get(qn("w:type")) == "paragraph"
        ):
            found[""] = made
    return found


def _note_texts(document: WordDocument, kind: str) -> dict[str, etree._Element]:
    """The footnotes or endnotes by their id; python-docx leaves their part unparsed."""
    wanted = {"footnotes": RELATIONSHIP_TYPE.FOOTNOTES, "endnotes": RELATIONSHIP_TYPE.ENDNOTES}[kind]
    for relation in document.part.rels.values():
        if relation.reltype == wanted and not relation.is_external:
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            return {
                note.get(qn("w:id"), ""): note for note in etree.fromstring(relation.target_part.blob, parser)
            }
    return {}


def _is_layout(table: etree._Element) -> bool:
    """Whether a table arranges the page: one column, a table in a table, or cells of running text."""
    if next(table.iterdescendants(_TABLE), None) is not None:
        return True
    if all(len(row.findall(_CELL)) <= 1 for row in table.iter(_ROW)):
        return True
    return any(
        sum(len(t.text or "") for t in cell.iter(qn("w:t"))) > _CELL_CHARS for cell in table.iter(_CELL)
    )


def _first_is_header(rows: list[etree._Element]) -> bool:
    """Whether the first row names the columns: all bold, or in a wider table short words without figures."""
    if len(rows) < 2:
        return False
    cells = list(_within(rows[0], (_CELL,)))
    texts = ["".join(t.text or "" for t in cell.iter(qn("w:t"))).strip() for cell in cells]
    if not any(texts[1:]) or max(map(len, texts)) > 60:
        return False
    if all(_is_bold(cell) for cell, text in zip(cells, texts, strict=True) if text):
        # All bold, but so is the row below: then bold says nothing.
        return not all(map(_is_bold, _within(rows[1], (_CELL,))))
    return len(cells) > 2 and all(texts) and not any(any(c.isdigit() for c in text) for text in texts)


def _is_bold(cell: etree._Element) -> bool:
    """Whether all text of a cell is bold by its own formatting."""
    runs = [run for run in cell.iter(qn("w:r")) if any((t.text or "").strip() for t in run.iter(qn("w:t")))]
    bolds = [run.find(f"{qn('w:rPr')}/{qn('w:b')}") for run in runs]
    return bool(bolds) and all(bold is not None and bold.get(qn("w:val")) in _ON for bold in bolds)
