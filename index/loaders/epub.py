"""Books in EPUB: a ZIP archive of pages in HTML, read in the order of its spine as one document.

Read here with lxml: the well-known library for it may not be used under a permissive licence, and the pages go
through the same reader as any other HTML.
"""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote, urldefrag

from lxml import etree

from index.errors import LoadError
from index.loaders import html
from index.loaders.base import Extract, Limits, as_title, clean, has_text
from index.loaders.fields import iso_day
from index.loaders.mail import shifted
from index.loaders.packed import Package
from index.types import Block

_CONTAINER = "META-INF/container.xml"
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
_TOC = "application/x-dtbncx+xml"
# In XHTML any element may close itself; to an HTML parser <title/> or <script/> swallows the rest of the page.
_CLOSED = re.compile(
    rb"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)"
    rb"([A-Za-z][\w:.-]*)((?:\s[^<>]*)?)/>"
)


def extract(data: bytes, where: str, limits: Limits) -> Extract:
    """Text, blocks and metadata of a book. A chapter that has no heading of its own takes that of the contents.

    Raises LoadError for another kind of file, an encrypted or damaged one, and one that unpacks beyond the limits.
    """
    book = Package(data, where, limits, what="an EPUB", needs=_CONTAINER)
    if "META-INF/rights.xml" in book.names:
        raise LoadError(where, "is protected against copying (DRM), so that its text cannot be read")
    root = book.xml(_CONTAINER)
    place = next((item.get("full-path", "") for item in _named(root, "rootfile")), "")
    package = book.xml(place)
    if package is None:
        raise book.damaged(f"no {place or 'package'}")
    folder = posixpath.dirname(place)
    items = {item.get("id", ""): item for item in _named(package, "item")}
    labels = _labels(book, items, folder)
    parts: list[str] = []
    blocks: list[Block] = []
    length = 0
    for reference in _named(package, "itemref"):
        item = items.get(reference.get("idref", ""))
        if (
            item is None
            or item.get("media-type") not in _PAGES
            or "nav" in item.get("properties", "").split()
        ):
            continue
        path = _path(folder, item.get("href", ""))
        page = book.read(path)
        if not page.strip():
            continue
        read = html.extract(_CLOSED.sub(rb"<\1\2></\1>", page), f"{where}/{path}", limits)
        if not has_text(read.text):
            continue
        label = labels.get(path, "")
        if label and not any(block.kind == "heading" for block in read.blocks):
            # The label often stands in the page as well, only not as a heading.
            first = read.blocks[0] if read.blocks else None
            if first and " ".join(read.text[first.start : first.end].split()).casefold() == label.casefold():
                read_blocks = (Block("heading", first.start, first.end, 1), *read.blocks[1:])
                text = read.text
            else:
                text = f"{label}\n\n{read.text}"
                read_blocks = (Block("heading", 0, len(label), 1), *shifted(read.blocks, len(label) + 2))
        else:
            text, read_blocks = read.text, read.blocks
        gap = "\n\n" if parts else ""
        blocks += shifted(read_blocks, length + len(gap))
        parts.append(gap + text)
        length += len(gap) + len(text)
        if length > limits.max_chars:
            raise LoadError(where, f"holds more than {limits.max_chars:,} characters of text; split it")
    return Extract(
        "".join(parts),
        tuple(blocks),
        title=as_title(clean(_first(package, "title"))),
        publisher=as_title(clean(_first(package, "publisher") or _first(package, "creator"))),
        published=iso_day(_first(package, "date")),
    )


def _named(root: etree._Element | None, name: str) -> list[etree._Element]:
    """The elements of a local name, in whatever namespace: books differ in what they declare."""
    if root is None:
        return []
    return list(root.iter(f"{{*}}{name}"))


def _first(root: etree._Element, name: str) -> str:
    texts = (" ".join("".join(element.itertext()).split()) for element in _named(root, name))
    return next(filter(None, texts), "")


def _path(folder: str, href: str) -> str:
    """Where in the archive a reference leads to; never out of it, since it is only looked up there."""
    return posixpath.normpath(posixpath.join(folder, unquote(urldefrag(href)[0])))


def _labels(book: Package, items: dict[str, etree._Element], folder: str) -> dict[str, str]:
    """What the table of contents calls each page, the first entry for it."""
    labels: dict[str, str] = {}
    for item in items.values():
        path = _path(folder, item.get("href", ""))
        try:
            root = book.xml(path) if _is_contents(item) else None
        except LoadError:
            continue  # contents that cannot be read cost the labels only
        here = posixpath.dirname(path)
        for point in _named(root, "navPoint"):
            target = next((c.get("src", "") for c in point.iterchildren("{*}content")), "")
            text = next(("".join(c.itertext()) for c in point.iterchildren("{*}navLabel")), "")
            labels.setdefault(_path(here, target), as_title(clean(text)))
        for link in _named(root, "a"):
            labels.setdefault(_path(here, link.get("href", "")), as_title(clean("".join(link.itertext()))))
    return labels


def _is_contents(item: etree._Element) -> bool:
    return item.get("media-type") == _TOC or "nav" in item.get("properties", "").split()
