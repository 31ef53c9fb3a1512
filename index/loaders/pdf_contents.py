"""Contents pages: entries that end in page numbers, told by leaders of dots or by their heading."""

from __future__ import annotations

import re

from index.loaders.pdf_types import Line

_LEADERS = re.compile(r"(?:\.\s?){4,}\s*(?:\d{1,4}|[ivxlc]{1,7})$|(?:…\s?){2,}\s*(?:\d{1,4}|[ivxlc]{1,7})$")
_NUMBER = re.compile(r"(\d{1,4}|[ivxlc]{1,7})$")
_TITLE = re.compile(
    r"(?:table of )?contents(?:\s*\(continued\))?|(?:list of )?(?:tables|figures)", re.IGNORECASE
)
_LEAST = 3  # entries that make a list of contents


def contents(lines: list[Line]) -> list[list[Line]] | None:
    """The lines of a contents page gathered into entries, the first being what stands above; None for another.

    An entry's lines are those up to and with the one that ends in a page number.
    """
    leaders = entries = 0
    last = 0
    falls = 0
    for line in lines:
        if _ends_in_page(line):
            entries += 1
            leaders += bool(_LEADERS.search(line.text))
            found = _NUMBER.search(line.text)
            if found and found[1].isdigit():
                falls += int(found[1]) < last
                last = int(found[1])
    if entries < _LEAST or falls > entries // 8:
        return None
    named = any(_TITLE.fullmatch(line.text.strip()) for line in lines[:6])
    if leaders < max(_LEAST, entries // 2) and not named:
        return None
    first = next(index for index, line in enumerate(lines) if _ends_in_page(line))
    while (
        first
        and not _TITLE.fullmatch(lines[first - 1].text.strip())
        and _close(lines[first - 1], lines[first])
    ):
        first -= 1
    found_entries: list[list[Line]] = [[]]
    for line in lines[first:]:
        found_entries[-1].append(line)
        if _ends_in_page(line):
            found_entries.append([])
    return [lines[:first], *filter(None, found_entries)]


def is_title(text: str) -> bool:
    """Whether a heading is that of a list of contents.

    >>> is_title("Table of contents"), is_title("Table manners")
    (True, False)
    """
    return bool(_TITLE.fullmatch(text.strip()))


def _ends_in_page(line: Line) -> bool:
    if line.cells:
        return bool(_NUMBER.fullmatch(line.cells[-1].text))
    text = line.text
    return (
        text[-1].isalnum() and (".." in text or ". ." in text or "…" in text) and bool(_LEADERS.search(text))
    )


def _close(above: Line, line: Line) -> bool:
    """Whether a line is the upper part of an entry that takes two."""
    return (
        0 < line.y1 - above.y1 < 1.5 * max(line.size, 1.0)
        and abs(above.size - line.size) < 0.5
        and not above.cells
    )
