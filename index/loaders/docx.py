"""Word documents through python-docx: its package and styles. The body's XML is walked here, because
`Document.iter_inner_content` leaves out content controls, tracked insertions and text boxes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import NamedTuple

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from lxml import etree

from index.errors import LoadError
from index.loaders.base import Extract, Limits, TextBuilder, as_title, begins_like, clean
from index.loaders.docx_numbering import Label, Numbering
from index.loaders.docx_tables import is_layout, rows_of
from index.loaders.docx_xml import CELL, PARAGRAPH, TABLE, TEXTBOX, value, within
from index.loaders.packed import safe_parser
from index.types import BlockKind

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
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
_CLAUSE_CHARS = 120
"""What is numbered, at least as long and ends like a sentence is a clause, whatever its style is called."""


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
        self._elements = {
            style.get(qn("w:styleId"), ""): style for style in document.styles.element.iter(qn("w:style"))
        }
        self._styles = _styles(self._elements)
        self._numbering = Numbering(_part(document, RELATIONSHIP_TYPE.NUMBERING), self._elements)
        self._notes: list[tuple[str, str]] = []
        self._read(document.element.body)
        found = {kind: _note_texts(document, kind) for kind in {kind for kind, _ in self._notes}}
        for number, (kind, key) in enumerate(self._notes, 1):
            self.add(
                "paragraph", self._text(found[kind][key]) if key in found[kind] else "", prefix=f"[{number}] "
            )

    def _read(self, container: etree._Element) -> None:
        for element in within(container, (PARAGRAPH, TABLE)):
            if element.tag == PARAGRAPH:
                self._paragraph(element)
            elif is_layout(element):
                for cell in within(element, (CELL,)):
                    self._read(cell)
            else:
                for kind, text in rows_of(element, self._cell_text, self._elements):
                    self.add(kind, text)

    def _paragraph(self, paragraph: etree._Element) -> None:
        properties = paragraph.find(qn("w:pPr"))
        label, style, text = self._numbering.label(properties), self._style(properties), self._text(paragraph)
        if label is None:
            pass
        elif label.text:
            style = _numbered(label, style, text)
        elif style.kind != "heading":
            style = _Style("item" if label.bullet else "paragraph")
        bullet = style.kind == "item" and not (label and label.text)
        self.add(style.kind, _labelled(label, text), level=style.level, prefix="• " if bullet else "")
        # A text box hangs on the paragraph that it stands beside.
        for box in within(paragraph, (TEXTBOX,)):
            self._read(box)

    def _style(self, properties: etree._Element | None) -> _Style:
        usual = self._styles.get("", _Style("paragraph"))
        if properties is None:
            return usual
        style = self._styles.get(value(properties, "w:pStyle") or "", usual)
        outline = value(properties, "w:outlineLvl") or ""
        if style.kind != "heading" and outline in _OUTLINE:
            return _Style("heading", int(outline) + 1)
        numbering = properties.find(qn("w:numPr"))
        if style.kind != "heading" and numbering is not None:
            return _Style("paragraph" if value(numbering, "w:numId") == "0" else "item")
        return style

    def _cell_text(self, cell: etree._Element) -> str:
        texts = []
        for paragraph in within(cell, (PARAGRAPH,), deep=True):
            label = self._numbering.label(paragraph.find(qn("w:pPr")))
            texts.append(_labelled(label, self._text(paragraph)).strip())
        return " ".join(filter(None, texts))

    def _text(self, element: etree._Element) -> str:
        """The text of one paragraph (or note), without that of text boxes in it."""
        parts: list[str] = []
        for part in within(element, (qn("w:t"), *_MARKS, *_NOTES), beside=TEXTBOX):
            if part.tag in _MARKS:
                parts.append(_MARKS[part.tag])
            elif part.tag in _NOTES:
                self._notes.append((_NOTES[part.tag], part.get(qn("w:id"), "")))
                parts.append(f"[{len(self._notes)}]")
            else:
                parts.append(part.text or "")
        return "".join(parts)


def _labelled(label: Label | None, text: str) -> str:
    """A paragraph's text after the number that Word prints before it; Word prints none before nothing."""
    text = text.strip()
    return f"{label.text}{label.gap}{text}" if label and label.text and text else text


def _numbered(label: Label, style: _Style, text: str) -> _Style:
    """What a numbered paragraph is: "3.14" begins one of the text, "(a)" and a short "1." an item of a list."""
    sentence = text.rstrip().endswith((".", ";", ":", "!", "?"))
    if style.kind == "heading":
        return _Style("paragraph") if sentence and len(text) >= _CLAUSE_CHARS else style
    parts = re.findall("[0-9]+", label.text)
    whole = label.arabic and sentence and (len(parts) > 1 or len(text) >= _CLAUSE_CHARS)
    return _Style("paragraph" if whole else "item")


def _styles(elements: Mapping[str, etree._Element]) -> dict[str, _Style]:
    """What each paragraph style makes of a paragraph, by style id; "" is the default style."""
    found: dict[str, _Style] = {}
    for key, style in elements.items():
        made, seen = _Style("paragraph"), set()
        while style is not None and id(style) not in seen:  # a style can be based on itself in a broken file
            seen.add(id(style))
            name = (value(style, "w:name") or "").lower()
            outline = value(style, "w:outlineLvl", "w:pPr") or ""
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
                style = elements.get(value(style, "w:basedOn") or "")
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
    """The footnotes or endnotes by their id."""
    wanted = {"footnotes": RELATIONSHIP_TYPE.FOOTNOTES, "endnotes": RELATIONSHIP_TYPE.ENDNOTES}[kind]
    notes = _part(document, wanted)
    return {} if notes is None else {note.get(qn("w:id"), ""): note for note in notes}


def _part(document: WordDocument, kind: str) -> etree._Element | None:
    """The root of a part that belongs to the document, by the kind of relation; python-docx leaves some unparsed."""
    for relation in document.part.rels.values():
        if relation.reltype == kind and not relation.is_external:
            root: etree._Element = etree.fromstring(relation.target_part.blob, safe_parser())
            return root
    return None
