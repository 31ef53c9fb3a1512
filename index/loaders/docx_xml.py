"""WordprocessingML as it is walked: elements in the order of reading, and what is shown of them."""

from __future__ import annotations

from collections.abc import Iterator

from docx.oxml.ns import qn
from lxml import etree

PARAGRAPH, TABLE, ROW, CELL, TEXTBOX = map(qn, ("w:p", "w:tbl", "w:tr", "w:tc", "w:txbxContent"))
ON = frozenset((None, "1", "true", "on"))
"""What a switch may say that is on; one without a value is."""

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Deleted and moved-away text is not part of the document; a fallback says again what its choice says.
_SKIPPED = frozenset((qn("w:del"), qn("w:moveFrom"), _FALLBACK, qn("w:pPr"), qn("w:rPr"), qn("w:sdtPr")))


def within(
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


def value(element: etree._Element, tag: str, parent: str = "") -> str | None:
    """What a child element's `w:val` says; None without the child or its value."""
    found = element.find(f"{qn(parent)}/{qn(tag)}" if parent else qn(tag))
    return None if found is None else found.get(qn("w:val"))


def is_on(element: etree._Element | None) -> bool:
    """Whether a switch is there and on."""
    return element is not None and element.get(qn("w:val")) in ON
