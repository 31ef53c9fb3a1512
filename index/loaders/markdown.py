"""Markdown: the source untouched, with blocks that cover each block's words and leave its markers outside.

Numbers stay inside, of paragraphs and list items alike: people cite by them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.loaders import front_matter
from index.loaders.base import Extract, Limits, as_title
from index.loaders.plain import decode
from index.types import Block, BlockKind

# The line ends that CommonMark knows; str.splitlines knows more and would shift every line after one.
_LINE_END = re.compile(r"\r\n|\n|\r")
# A number is no marker: paragraphs are cited by it.
_MARKERS = re.compile(r"(?:[ \t\ufeff]*(?:>|[-*+](?=[ \t])))*[ \t\ufeff]*(?:\[[ xX]\][ \t]+)?")
_QUOTE_MARKS = re.compile(r"[ \t\ufeff>]*")
_HEADING_START = re.compile(r"#{1,6}(?=[ \t]|$)[ \t]*")
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<[^<>]*>", re.DOTALL)
_DEFINITION = re.compile(r"[ \t>]*\[[^\]]+\]:")
_RULE = re.compile(r"[\s|:>=*_`~+-]*")


class _Piece(NamedTuple):
    """Lines `first` to `last` (exclusive) of the source and what they are. `item` numbers their list item."""

    kind: BlockKind
    first: int
    last: int
    level: int = 0
    markers: bool = True
    item: int = 0


def extract(data: bytes, where: str, limits: Limits) -> Extract:
    """The source as it is, with a block for each heading, paragraph, list item, table row and code block.

    Front matter, comments, rules, link definitions and the lines that only draw are furniture. A table's column
    heads are `heads`, unless no row stands below them.
    """
    text = decode(data, where)
    starts = [0, *(match.end() for match in _LINE_END.finditer(text)), len(text)]
    front = front_matter.read(text)
    begin = front.end
    skipped = len(_LINE_END.findall(text, 0, begin))
    # Inline parsing is left out: nothing here needs it, and it is where hostile input costs most.
    parser = MarkdownIt("commonmark").enable("table").disable(["inline", "text_join"])
    tokens = parser.parse(text[begin:].removeprefix("\ufeff"))

    pieces = [_Piece("furniture", 0, skipped, markers=False)] if begin else []
    pieces += _pieces(tokens, skipped, text, starts)
    pieces = sorted(pieces + _leftovers(pieces, text, starts), key=lambda piece: piece.first)
    blocks: list[Block] = []
    for piece in _joined(pieces):
        start, end = _trimmed(piece, text, starts)
        start = max(start, blocks[-1].end if blocks else 0)
        if start < end:
            blocks.append(Block(piece.kind, start, end, piece.level))
    return Extract(
        text, tuple(blocks), (), front.title or _title(tokens), front.publisher, front.published, front.url
    )


def _pieces(tokens: list[Token], skipped: int, text: str, starts: list[int]) -> list[_Piece]:
    """The leaves of the token tree, by the lines they take."""
    found: list[_Piece] = []
    items: list[int] = []
    count = 0
    for at, token in enumerate(tokens):
        if token.type == "list_item_open":
            count += 1
            items.append(count)
        elif token.type == "list_item_close":
            items.pop()
        if not token.map:
            continue
        first, last = token.map[0] + skipped, token.map[1] + skipped
        item = items[-1] if items else 0
        kind: BlockKind = "item" if item else "paragraph"
        if token.type == "heading_open":
            underline = token.markup[0] in "=-"
            found.append(_Piece("heading", first, last - underline, int(token.tag[1])))
        elif token.type == "paragraph_open":
            found.append(_Piece(kind, first, last, item=item))
        elif token.type == "tr_open":
            heads = tokens[at - 1].type == "thead_open" and _is_headed(tokens, at)
            found.append(_Piece("heads" if heads else "row", first, last))
        elif token.type == "code_block":
            found.append(_Piece(kind, first, last, markers=False, item=item))
        elif token.type == "fence":
            closed = last - first > 1 and text[starts[last - 1] : starts[last]].strip(" \t\r\n>").startswith(
                token.markup
            )
            found.append(_Piece(kind, first + 1, last - closed, markers=False, item=item))
        elif token.type == "html_block":
            found.append(
                _Piece("paragraph" if _says(token.content) else "furniture", first, last, markers=False)
            )
        elif token.type == "hr":
            found.append(_Piece("furniture", first, last, markers=False))
    return found


def _is_headed(tokens: list[Token], at: int) -> bool:
    """Whether a table has a row below its heads, which begin at a token and have one row always."""
    end = next(i for i in range(at, len(tokens)) if tokens[i].type == "thead_close")
    return tokens[end + 1].type == "tbody_open"


def _says(html: str) -> bool:
    """Whether raw HTML holds text beside its tags and comments."""
    return any(c.isalnum() for c in _TAG.sub("", html))


def _leftovers(pieces: list[_Piece], text: str, starts: list[int]) -> list[_Piece]:
    """The lines that no token covers: definitions and drawn lines, or text nested too deep for the parser."""
    taken = bytearray(len(starts))
    for piece in pieces:
        taken[piece.first : piece.last] = b"\1" * (piece.last - piece.first)
    found: list[_Piece] = []
    for line in range(len(starts) - 1):
        source = text[starts[line] : starts[line + 1]]
        if taken[line] or not source.strip("\ufeff \t\r\n>"):
            continue
        drawn = _RULE.fullmatch(source) or re.match(r"[ \t>]*(?:`{3,}|~{3,})", source)
        furniture = drawn or _DEFINITION.match(source)
        if found and found[-1].last == line and found[-1].kind == "furniture" and not drawn:
            found[-1] = found[-1]._replace(last=line + 1)  # a definition's title may stand on its own line
        else:
            found.append(
                _Piece("furniture" if furniture else "paragraph", line, line + 1, markers=not furniture)
            )
    return found


def _joined(pieces: list[_Piece]) -> list[_Piece]:
    """The pieces, those of one list item made one as far as nothing stands between them."""
    joined: list[_Piece] = []
    for piece in pieces:
        if piece.item and joined and joined[-1].item == piece.item:
            joined[-1] = joined[-1]._replace(last=piece.last)
        else:
            joined.append(piece)
    return joined


def _trimmed(piece: _Piece, text: str, starts: list[int]) -> tuple[int, int]:
    """The span of a piece without the markers and white space at its edges."""
    start, end = starts[piece.first], starts[min(piece.last, len(starts) - 1)]
    end = start + len(text[start:end].rstrip())
    if piece.kind == "furniture" or not piece.markers:
        body = text[start:end]
        return start + len(body) - len(body.lstrip(" \t\r\n\ufeff")), end
    marks = (_QUOTE_MARKS if piece.kind in ("row", "heads") else _MARKERS).match(text, start, end)
    start = marks.end() if marks else start
    if piece.kind == "heading":
        if marks := _HEADING_START.match(text, start, end):
            start = marks.end()
            closed = text[start:end].rstrip("#")
            if not closed or closed[-1] in " \t":
                end = start + len(closed.rstrip(" \t"))
    elif piece.kind in ("row", "heads"):
        row = text[start:end]
        lead = (
            row.lstrip(" \t").removeprefix("|").lstrip(" \t")
        )  # one bar: another leaves the first cell empty
        start += len(row) - len(lead)
        if not row.endswith("\\|"):
            end = start + len(text[start:end].rstrip("| \t"))
    return start, end


def _title(tokens: list[Token]) -> str:
    """The first heading of the first level, else the first heading, without its markup."""
    headings = [
        (token.tag, tokens[at + 1].content) for at, token in enumerate(tokens) if token.type == "heading_open"
    ]
    source = next((content for tag, content in headings if tag == "h1"), headings[0][1] if headings else "")
    if not source.strip():
        return ""
    children = MarkdownIt("commonmark").parseInline(source[:2000])[0].children or []
    plain = (" " if token.type.endswith("break") else token.content for token in children)
    return as_title("".join(plain))
