"""Pairs of sentences as two sources might have them, written for the tests: what differs, and what only seems to.

Each is (one, other, kind), kind being "number", "date" or "polarity" where both speak of the same point and cannot
both be right, and "" where they may. A date of publication can stand before a sentence, "2018-03| ...".
"""

from __future__ import annotations

import json
from pathlib import Path


def _pairs(name: str) -> list[tuple[str, str, str]]:
    lines = Path(__file__).with_suffix(".jsonl").read_text("utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return [(one["one"], one["other"], one["kind"]) for one in found if one["set"] == name]


PAIRS = _pairs("pairs")
UNSEEN = _pairs("unseen")
"""Written after the first rules, and used to mend them."""
HELD = _pairs("held")
"""Written last, when the rules were settled."""
