"""HTML: the text as a browser shows it, in blocks.

The tree is walked here and not by a library. inscriptis gives text with offsets, but draws tables with spaces
and recurses, so deep nesting raises; trafilatura and jusText drop what they take for boilerplate, and here
nothing may be lost: it is only marked. lxml's iterwalk does not recurse. What a page's own tags and names say of
menus, banners and share bars is marked here; what only words say is left to index.reading.boilerplate.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree
from lxml import html as lxml_html

from index.errors import LoadError
from index.loaders import html_meta
from index.loaders.base import Extract, Limits, TextBuilder, begins_like
from index.loaders.charset import guess_encoding
from index.loaders.tables import Table
from index.types import BlockKind

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NAMES = re.compile(r"\w+")
_BLOCKS = frozenset(
    _NAMES.findall(
        """address article aside blockquote body button caption center dd details dialog dir div dl dt
        fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav
        ol optgroup option p pre search section select summary table tbody td textarea tfoot th thead tr ul"""
    )
)
_DROPPED = frozenset(
    _NAMES.findall(
        """audio canvas datalist embed frameset head iframe math noembed noframes noscript object script style
        svg template title video"""
    )
)
_ASIDE = frozenset(("nav", "footer", "aside", "form", "header", "button", "select", "dialog", "search"))
_ASIDE_ROLES = frozenset(("navigation", "banner", "contentinfo", "complementary", "search", "menu", "dialog"))
# Words of class and id that name a part of the site. Those of comments come first: they are somebody's words.
_COMMENTS = re.compile(r"(?<![a-z])comments?(?![a-z])", re.IGNORECASE)
_NAMED = re.compile(
    r"(?<![a-z])(?:cookies?|consent|gdpr|banner|share|sharing|sharebar|addthis|social|related|recommended|recirc"
    r"|newsletter|subscribe|subscription|signup|paywall|promos?|adverts?|advertisement|ads?|sponsored"
    r"|breadcrumbs?|pagination|pager|sidebar|masthead|navbar|navigation|menu|popup|modal|tags?|taglist|byline-share|skip-?link)(?![a-z])",
    re.IGNORECASE,
)
_SECTIONS = frozenset(
    ("div", "section", "ul", "ol", "p", "table", "dl", "details", "figure", "center", "fieldset")
)
_LAYOUT = ("table", "h1", "h2", "h3", "h4", "form", "article", "section", "main", "nav", "fieldset")
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)

# Stand-ins while a block is gathered, for what collapsing must not touch: a line break, a space inside <pre>.
_BREAK, _SPACE = "\x1e", "\x1f"
_WHITE = re.compile(r"[ \t\n\r\f]+")  # no-break spaces are not white space to a browser, nor here
_AROUND_BREAK = re.compile(f" ?{_BREAK} ?")
_STRAY = {ord(_BREAK): " ", ord(_SPACE): " "}
_PRE = str.maketrans({"\n": _BREAK, " ": _SPACE, "\t": _SPACE})

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_LATIN = frozenset(
    ("iso-8859-1", "iso8859-1", "latin1", "latin-1", "ascii", "us-ascii", "windows-1252", "cp1252")
)

# For pages nested beyond what libxml2 takes (2,048): containers become paragraphs, which never nest.
_CONTAINER = re.compile(
    rb"<(/?)(?:div|section|article|aside|main|center|blockquote|fieldset|details|figure|ul|ol|dl|li|dd|dt|table|tbody"
    rb"|thead|tr|td|th|form|header|footer|nav)\b[^<>]*>",
    re.IGNORECASE,
)
_INLINE = re.compile(
    rb"</?(?:span|font|b|i|em|strong|u|s|small|big|a|code|tt|sub|sup|label|ins|del|q|mark)\b[^<>]*>",
    re.IGNORECASE,
)


class _Frame(NamedTuple):
    """What holds inside an element: handed down from its parent and changed by its own tag."""

    kind: BlockKind = "paragraph"
    level: int = 0
    pre: bool = False
    in_article: bool = False
    table: Table | None = None  # the data table that we are in, if any
    cell: bool = False
    boilerplate: bool = False
    comment: bool = False


def extract(data: bytes, where: str, limits: Limits) -> Extract:
    """Text, blocks and metadata of a page.

    Navigation, page header and footer, asides, forms, banners and share bars are kept and marked as boilerplate;
    scripts, styles and what is hidden are dropped. Raises LoadError for another kind of file, and for one too
    large to parse.
    """
    if len(data) > limits.max_markup_bytes:
        raise LoadError(
            where, f"is larger than the limit of {limits.max_markup_bytes:,} bytes for HTML; split it"
        )
    kind = begins_like(data)
    if kind and not kind.startswith("an HTML"):
        raise LoadError(where, f"is not an HTML page: it begins like {kind}")
    source = decode(data)
    if "\0" in source[:4096]:
        raise LoadError(where, "is not an HTML page: it is a binary file (NUL bytes)")
    root = _parse(source.encode("utf-8", "replace"), where)
    if root is None:
        return Extract("")
    body = root if root.tag != "html" else next(root.iterchildren("body"), root)
    reader = _Reader(body, where, limits)
    if reader.blocks and all(block.boilerplate or block.kind == "furniture" for block in reader.blocks):
        reader = _Reader(body, where, limits, mark=False)  # then it is the page itself
    meta = html_meta.read(root)
    return Extract(
        reader.text, tuple(reader.blocks), (), meta.title, meta.publisher, meta.published, meta.url,
        types=meta.types,
    )  # fmt: skip


def decode(data: bytes) -> str:
    """`data` by its byte order mark, else by the encoding it declares, else by what fits; never fails."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(name, "replace").removeprefix("\ufeff")
    declared = _CHARSET.search(data[:8192]) or _XML_ENCODING.match(data[:1024])
    names = [declared[1].decode("ascii").lower()] if declared else []
    if names and names[0].startswith("utf-16"):
        names = []  # as HTML says: what could be read as ASCII so far is not UTF-16
    names = ["cp1252" if name in _LATIN else name for name in names] + ["utf-8"]
    for name in names:
        try:
            return data.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    if declared:  # a stray byte in a page that says what it is: one replacement character, not another guess
        try:
            return data.decode(names[0], "replace")
        except (LookupError, UnicodeError, ValueError):
            pass
    return data.decode(guess_encoding(data) or "cp1252", "replace")


def _parse(source: bytes, where: str) -> etree._Element | None:
    """The root element; None for a page without any."""
    for flatten in (False, True):
        if flatten:
            source = _INLINE.sub(b"", _CONTAINER.sub(rb"<\1p>", source))
        parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True)
        try:
            root = lxml_html.document_fromstring(source, parser=parser)
        except etree.ParserError:  # "Document is empty"
            return None
        # libxml2 drops all that follows its limit, and reports it here only.
        if not any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
            return root
    raise LoadError(
        where, "is nested more than 2,000 elements deep, so that text would be lost; simplify its markup"
    )


class _Reader(TextBuilder):
    """The blocks of a page, made while walking its tree once."""

    def __init__(self, body: etree._Element, where: str, limits: Limits, *, mark: bool = True) -> None:
        super().__init__(where, limits)
        self._mark = mark
        self._inline: list[str] = []
        self._prefix = ""
        self._counters: list[int | None] = []  # for each list we are in: its last number, or None for bullets
        self._asked = 0
        self._size = sum(map(len, body.itertext())) if mark else 0
        frames = [_Frame()]
        walker = etree.iterwalk(body, events=("start", "end", "comment"))
        dropped = None
        for event, element in walker:
            if event == "comment":
                self._inline.append(self._shown(element.tail, frames[-1]))
            elif event == "start":
                if element.tag in _DROPPED or _is_hidden(element):
                    walker.skip_subtree()
                    dropped = element
                    continue
                frames.append(self._open(element, frames[-1]))
                self._inline.append(self._shown(element.text, frames[-1]))
            else:
                if element is dropped:
                    dropped = None
                else:
                    self._close(element, frames.pop())
                if element is not body:
                    self._inline.append(self._shown(element.tail, frames[-1]))
        self._flush(frames[-1])

    def _open(self, element: etree._Element, above: _Frame) -> _Frame:
        tag = element.tag
        if tag == "br":
            self._inline.append(_BREAK)
        elif tag == "q":
            self._inline.append("“")
        if tag not in _BLOCKS or (tag == "button" and above.kind == "heading"):
            return above
        self._boundary(above)
        frame = above
        if self._mark and not above.cell:
            frame = self._placed(element, above)
        if tag == "table":
            return frame._replace(table=None if above.cell or _is_layout(element) else Table())
        if tag in ("td", "th") and frame.table is not None:
            return frame._replace(cell=True)
        if tag in ("ul", "ol", "menu", "dir"):
            self._counters.append(_integer(element.get("start"), 1) - 1 if tag == "ol" else None)
        elif tag == "li":
            self._prefix = "• "
            if self._counters and self._counters[-1] is not None:
                self._counters[-1] = _integer(element.get("value"), self._counters[-1] + 1)
                self._prefix = f"{self._counters[-1]}. "
        if tag == "pre":
            frame = frame._replace(pre=True)
        if tag in ("article", "main") or element.get("role") == "main":
            frame = frame._replace(in_article=True)
        if tag in _HEADINGS and not frame.boilerplate:
            frame = frame._replace(kind="heading", level=_HEADINGS[tag])
        elif tag == "li":
            frame = frame._replace(kind="item", level=0)
        return frame

    def _close(self, element: etree._Element, frame: _Frame) -> None:
        tag = element.tag
        if tag == "q":
            self._inline.append("”")
        if tag not in _BLOCKS or (tag == "button" and frame.kind == "heading"):
            return
        if tag in ("td", "th") and frame.cell and frame.table is not None and not _inside_cell(element):
            header = tag == "th" or element.getparent().getparent().tag == "thead"
            columns, rows = _integer(element.get("colspan"), 1), _integer(element.get("rowspan"), 1)
            frame.table.cell(self._take(), header=header, columns=columns, rows=rows)
            return
        self._boundary(frame)
        if frame.table is not None and not frame.cell and tag in ("tr", "table"):
            made = [*frame.table.end_row(), *(frame.table.end() if tag == "table" else ())]
            for kind, text in made:
                self.add(kind, text, boilerplate=frame.boilerplate)
        elif tag in ("ul", "ol", "menu", "dir") and self._counters:
            self._counters.pop()
        elif tag == "li":
            self._prefix = ""

    def _placed(self, element: etree._Element, above: _Frame) -> _Frame:
        """The frame within an element: whether it is the site's, a comment's, or what it was above."""
        if above.comment or not above.boilerplate:
            names = f"{element.get('class', '')} {element.get('id', '')} {element.get('itemtype', '')}"
            if not above.comment and _COMMENTS.search(names) and element.tag != "form":
                return above._replace(comment=True)
            if self._is_aside(element, above, names):
                return above._replace(kind="paragraph", level=0, boilerplate=True)
        return above

    def _is_aside(self, element: etree._Element, above: _Frame, names: str) -> bool:
        tag = element.tag
        if above.boilerplate:
            return False
        if above.comment:  # its header and footer hold the name and the date
            return tag in ("form", "button", "select", "nav")
        if element.get("role", "").lower() in _ASIDE_ROLES:
            return self._is_minor(element)
        if tag not in _ASIDE:
            named = tag in _SECTIONS and _NAMED.search(names) is not None
            # A part that holds the title or the article is the page, however its author called it.
            return (
                named
                and next(element.iter("h1", "main", "article"), None) is None
                and self._is_minor(element)
            )
        if tag == "header":
            # An article's header is its title and byline; so is a page's when the title stands in it.
            return not above.in_article and next(element.iter("h1", "main", "article"), None) is None
        if tag == "footer":  # of a quotation, it names the speaker
            return next(element.iterancestors("blockquote", "figure"), None) is None
        # ASP.NET wraps whole pages in a form.
        return self._is_minor(element) if tag in ("form", "aside", "dialog") else True

    def _is_minor(self, element: etree._Element) -> bool:
        """Whether an element holds less than half of the page."""
        self._asked += 1  # within one that holds more it is asked again: nested 2,000 deep that is too often
        return self._asked < 200 and sum(map(len, element.itertext())) * 2 < self._size

    def _boundary(self, frame: _Frame) -> None:
        if frame.cell:
            self._inline.append(" ")  # a cell is one piece of text however it is built
        else:
            self._flush(frame)

    def _flush(self, frame: _Frame) -> None:
        """Make what was gathered a block, or several where <br><br> stands for a paragraph's end."""
        for part in self._take().split("\n\n"):
            if part.strip():
                self.add(
                    frame.kind, part, level=frame.level, prefix=self._prefix, boilerplate=frame.boilerplate
                )
                self._prefix = ""

    def _take(self) -> str:
        """The gathered text with its white space collapsed."""
        text = "".join(self._inline)
        self._inline.clear()
        text = _AROUND_BREAK.sub("\n", _WHITE.sub(" ", text))
        return text.replace(_SPACE, " ")

    @staticmethod
    def _shown(text: str | None, frame: _Frame) -> str:
        if not text:
            return ""
        text = text.translate(_STRAY)
        return text.translate(_PRE) if frame.pre and not frame.cell else text


def _is_hidden(element: etree._Element) -> bool:
    hidden = element.get("hidden")
    if hidden is not None and hidden.lower() != "until-found":
        return True
    return bool(_HIDDEN.search(element.get("style", "")))


def _is_layout(table: etree._Element) -> bool:
    """Whether a table arranges a page rather than data: its cells are then read as blocks of their own."""
    if (
        table.get("role") in ("presentation", "none")
        or next(table.iterdescendants(*_LAYOUT), None) is not None
    ):
        return True
    if all(len(row) <= 1 for row in table.iter("tr")):
        return True
    return any(sum(child.tag == "p" for child in cell) > 2 for cell in table.iter("td"))


def _inside_cell(element: etree._Element) -> bool:
    return next(element.iterancestors("td", "th", "table")).tag != "table"


def _integer(value: str | None, default: int) -> int:
    return int(value) if value and re.fullmatch(r"-?[0-9]{1,6}", value.strip()) else default
