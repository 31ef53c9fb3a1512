"""Where a document lists its own headings: its table of contents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_OPENS = re.compile(
    r"(?:table of |list of )?contents(?: page)?|(?:in|on|inside) this (?:page|report"
    r"|document|section|guide|article|issue)"
    r"|page contents|jump to(?: section)?",
    re.IGNORECASE,
)
_LEADER = re.compile(r"(?:\s*\.){3,}\s*(?:\d{1,4}|[ivxl]{1,6})?$|\s{2,}\d{1,4}$|\t\d{1,4}$")
_PAGE = re.compile(r"[\s.…·_-]*(?:\bpage\s*)?\d{1,4}$", re.IGNORECASE)
_FRONT = re.compile(r"^[\d.()\s•·*–-]+")
_ENTRY_CHARACTERS = 160
_MISSES = 2  # entries in a row that name no heading: their words may have been changed


def title_key(title: str) -> str:
    """What two printings of one heading share: no number before it, no page or footnote mark after it.

    >>> title_key("2.1 The local  area ..... 7"), title_key("The local area2")
    ('the local area', 'the local area')
    """
    title = _PAGE.sub("", _FRONT.sub("", " ".join(title.split())))
    return re.sub(r"\W+", " ", title).strip().casefold()


def contents(titles: Sequence[str]) -> frozenset[int]:
    """The places in a document's short blocks (long ones are given as "") that belong to its table of contents.

    Known by a line that says so and the lines after it that name what comes later, or by dot leaders alone.
    """
    keys = [title_key(title) if 0 < len(title) <= _ENTRY_CHARACTERS else "" for title in titles]
    after = Counter(filter(None, keys))
    before: set[str] = set()
    found: set[int] = set()
    i = 0
    while i < len(titles):
        if keys[i]:
            after[keys[i]] -= 1
        if _OPENS.fullmatch(titles[i].strip(" :.")):
            entries = _entries(titles, keys, after, before, i + 1)
            if entries >= 2:
                found.update(range(i, i + 1 + entries))
                for key in filter(None, keys[i + 1 : i + 1 + entries]):
                    after[key] -= 1
                before.update(keys[i : i + 1 + entries])
                i += 1 + entries
                continue
        before.add(keys[i])
        i += 1
    return frozenset(found | _with_leaders(titles))


def _entries(
    titles: Sequence[str], keys: Sequence[str], after: Counter[str], before: set[str], at: int
) -> int:
    """How many lines from `at` on are entries: their heading comes later, or they end in a page number."""
    left = Counter[str]()
    good, misses, i = 0, 0, at
    while i < len(titles) and keys[i] and misses <= _MISSES:
        left[keys[i]] += 1
        named = after[keys[i]] - left[keys[i]] > 0 or (keys[i] in before and left[keys[i]] == 1)
        if named or _LEADER.search(titles[i]):
            good, misses = i + 1 - at, 0
        else:
            misses += 1
        i += 1
    return good


def _with_leaders(titles: Sequence[str]) -> set[int]:
    """Three or more lines in a row that end in dots and a page number."""
    found: set[int] = set()
    run: list[int] = []
    for i, title in enumerate([*titles, ""]):
        if 0 < len(title) <= _ENTRY_CHARACTERS and re.search(r"(?:\.\s?){4,}\s*\w{1,4}$", title):
            run.append(i)
            continue
        if len(run) >= 3:
            found.update(run)
        run = []
    return found
