"""Plain text -> Blocks: headings, paragraphs, list items and table rows, as a person would see them.

Only used when a loader knows no structure. Lines are put together to blocks by their shape; whether they are
hard-wrapped is decided once for the document, from their lengths. Then headings are told from paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, zip_longest

from index.reading.contents import contents, title_key
from index.reading.headings import Candidate, in_sequence, is_heading, levels, thin_out
from index.reading.lines import Line, read_lines, wrap_width
from index.types import Block, BlockKind

_PAGE = re.compile(
    r"(?:[-–—]\s*)?(?:page\s+)?(\d{1,4})(?:\s*(?:of|/)\s*\d{1,4})?(?:\s*[-–—])?", re.IGNORECASE
)
_PAGE_OF = re.compile(r"page\s+\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?", re.IGNORECASE)
_VALUE = re.compile(r"[^:]{1,40}:\s|\D{0,20}\d{1,2}\s\w{3,9}\s\d{4}")
_SHORT_CHARACTERS = 400  # what is longer is no heading and is not looked at as one
_SENTENCE_CHARACTERS = 60


def infer_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a plain text, in order; all text but bullet marks lies in exactly one of them.

    >>> [(b.kind, b.start, b.end) for b in infer_blocks("Findings\\n\\nToo many children wait.\\n")]
    [('heading', 0, 8), ('paragraph', 10, 33)]
    """
    lines = read_lines(text)
    width = wrap_width(lines)
    runs = _grouped(lines, width, hanging=_hangs(lines))
    pages = _page_numbers(runs)
    candidates = _candidates(runs)
    listed = contents([candidate.text for candidate in candidates])
    headings = _headings(candidates, width, pages | listed)
    depths = _levels(candidates, headings, listed)
    return tuple(
        Block("furniture", run[0].start, run[-1].end)
        if i in pages or run[0].drawn
        else Block("heading", run[0].start, run[-1].end, depths[i])
        if headings[i]
        else _block(runs, i, wrapped=width > 0)
        for i, run in enumerate(runs)
    )


def _grouped(lines: list[Line], width: int, *, hanging: bool) -> list[list[Line]]:
    """The lines of each block."""
    runs: list[list[Line]] = []
    numbers: set[str] = set()
    for line, following in zip_longest(lines, lines[1:]):
        if (
            runs
            and not line.drawn
            and not _leads(runs[-1][-1], line, following, width)
            and _continues(runs[-1], line, width, hanging=hanging, numbers=numbers)
        ):
            runs[-1].append(line)
        else:
            runs.append([line])
            numbers.add(line.number)
    return _with_title(runs, width)


def _leads(last: Line, line: Line, following: Line | None, width: int) -> bool:
    """Whether a short line stands above list items, right after a sentence that filled its own line."""
    if following is None or line.gap or following.gap or line.lower or line.opens or line.ends_sentence:
        return False
    items = following.opens or following.indent > line.indent
    return items and last.ends_sentence and len(line.text) < 0.6 * width


def _with_title(runs: list[list[Line]], width: int) -> list[list[Line]]:
    """The blocks, with a title that was wrapped over several lines at the top of the text made one."""
    end = 1
    while end < len(runs) and not (runs[end][0].gap or runs[end][0].opens or _VALUE.match(runs[end][0].text)):
        end += 1
    top = [line for run in runs[:end] for line in run]
    wrapped = any(line.lower for line in top)
    if (
        not width
        or end < 2
        or not 3 <= len(top) <= 8
        or not wrapped
        or any(line.ends_sentence for line in top)
    ):
        return runs
    return [top, *runs[end:]]


def _continues(run: list[Line], line: Line, width: int, *, hanging: bool, numbers: set[str]) -> bool:
    """Whether a line goes on with the block of the lines before it."""
    last = run[-1]
    if last.drawn:
        return False
    if not line.gap and line.lower and last.hyphenated:
        return True  # half a word ends no paragraph
    full = last.indent + len(last.text) + 1 + len(line.text.split(None, 1)[0]) > width * 0.9
    if line.opens:
        # A number or a dash that wrapping put at the start of a line opens nothing.
        inside = (
            bool(width) and not line.gap and full and not last.ends_sentence and line.indent <= last.indent
        )
        return inside and (_is_out_of_sequence(line, numbers) or (line.text[0] in "-–—" and not run[0].mark))
    if line.gap:
        # A page break inside a sentence leaves blank lines behind. It goes on in lower case, or after a word
        # that cannot end it.
        if last.ends_sentence or line.cells:
            return False
        if not width:
            return last.dangles and len(last.text) > _SENTENCE_CHARACTERS
        return len(last.text) > 0.5 * width and (line.lower or last.dangles)
    if not width or (line.cells and last.cells):
        return False
    if line.indent and not last.indent and not run[0].opens:
        return False  # an indented line opens a paragraph, or an item whose bullet is lost
    if line.indent and line.indent == run[0].indent and not run[0].opens:
        return full and not hanging
    # A line that had room for the next word was ended on purpose.
    return full or not (last.ends_sentence or line.text[0].isupper())


def _is_out_of_sequence(line: Line, numbers: set[str]) -> bool:
    """Whether a number at the start of a line follows none that was seen: it is then part of a sentence."""
    head, _, tail = line.number.rpartition(".")
    if not tail.isdigit():
        return False
    before = f"{head}.{int(tail) - 1}" if head else str(int(tail) - 1)
    return tail != "1" and before not in numbers


def _hangs(lines: list[Line]) -> bool:
    """Whether an indent marks the first line of an item only: its second line then stands at the margin."""
    margin = indented = 0
    for last, line in pairwise(lines):
        if last.indent and not last.opens and not line.gap and line.lower and not last.ends_sentence:
            margin += not line.indent
            indented += line.indent == last.indent
    return margin > indented


def _page_numbers(runs: list[list[Line]]) -> frozenset[int]:
    """The blocks that are page numbers: single lines that count up, or say that they are."""
    found = {
        i: match[1]
        for i, run in enumerate(runs)
        if len(run) == 1 and len(run[0].text) < 24 and run[0].gap and (match := _PAGE.fullmatch(run[0].text))
    }
    said = {i for i in found if _PAGE_OF.fullmatch(runs[i][0].text)}
    return frozenset(found if in_sequence(list(found.values())) else said)


def _candidates(runs: list[list[Line]]) -> list[Candidate]:
    """Each block as what might be a heading; the text of long ones is left out."""
    found = []
    for i, run in enumerate(runs):
        short = run[-1].end - run[0].start <= _SHORT_CHARACTERS and not run[0].drawn
        words = " ".join(" ".join(line.text for line in run).split()) if short else ""
        below = runs[i + 1][0] if i + 1 < len(runs) else None
        ruled = below.text[0] if below and below.drawn and not below.gap and short and len(run) <= 2 else ""
        found.append(Candidate(run, words, ruled))
    return found


def _headings(candidates: list[Candidate], width: int, others: frozenset[int]) -> list[bool]:
    """Which blocks are headings; `others` are known to be something else."""
    said = [i for i, candidate in enumerate(candidates) if not candidate.lines[0].drawn and i not in others]
    flags = [False] * len(candidates)
    for at, i in enumerate(said):
        if not candidates[i].text:
            continue
        last = candidates[said[at - 1]] if at else None
        following = candidates[said[at + 1]] if at + 1 < len(said) else None
        listed = bool(following and (following.lines[0].mark or following.lines[0].indent))
        flags[i] = is_heading(candidates[i], last, following, width, listed=listed)
    kept = [flags[i] for i in said]
    thin_out(kept, [candidates[i] for i in said])
    for i, flag in zip(said, kept, strict=True):
        flags[i] = flag
    return flags


def _levels(candidates: list[Candidate], headings: list[bool], listed: frozenset[int]) -> dict[int, int]:
    """The depth of each heading, by its place among the blocks."""
    places = [i for i, flag in enumerate(headings) if flag]
    said = [i for i, candidate in enumerate(candidates) if not candidate.lines[0].drawn]
    if not places:
        return {}
    top = places[0] == said[0] and len(said) > 1
    # A title stands above something short that is not yet the text: a byline, a date, the first heading.
    titled = top and (len(candidates[places[0]].text.split()) >= 5 or headings[said[1]])
    keys = frozenset(title_key(candidates[i].text) for i in listed)
    # Directly under another, or with no more than a verdict between them.
    stacked = [
        i > 0 and (headings[i - 1] or (i > 1 and headings[i - 2] and 0 < len(candidates[i - 1].text) < 80))
        for i in places
    ]
    found = levels([candidates[i] for i in places], keys, titled=titled, stacked=stacked)
    return dict(zip(places, found, strict=True))


def _block(runs: Sequence[list[Line]], i: int, *, wrapped: bool) -> Block:
    """A block that is no heading."""
    run = runs[i]
    first, end = run[0], run[-1].end
    kind: BlockKind = "paragraph"
    if first.mark:
        kind = "item"
    elif first.number:
        whole = run[-1].ends_sentence and end - first.start > _SENTENCE_CHARACTERS
        kind = "paragraph" if whole and (first.gap or not first.number.isdigit()) else "item"
    elif first.indent and (wrapped or _in_list(runs, i)):
        kind = "item"  # its bullet is lost
    elif len(run) == 1 and first.cells and _in_table(runs, i):
        kind = "row"
    return Block(kind, first.start + first.mark, end)


def _in_list(runs: Sequence[list[Line]], i: int) -> bool:
    """Whether a line as much indented stands right above or below."""
    line = runs[i][0]
    near = [(runs[i - 1][0], line)] if i else []
    near += [(runs[i + 1][0], runs[i + 1][0])] if i + 1 < len(runs) else []
    return any(other.indent == line.indent and not lower.gap for other, lower in near)


def _in_table(runs: Sequence[list[Line]], i: int) -> bool:
    """Whether a line of cells stands next to another."""
    return any(runs[at][0].cells for at in (i - 1, i + 1) if 0 <= at < len(runs))
