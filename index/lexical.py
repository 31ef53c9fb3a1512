"""BM25 over the words of all passages with tantivy: derived from the database, rebuilt when in doubt."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import tantivy

_HEAP_BYTES = 64_000_000
_ANALYSER = "words"
_SPARE = 16
_SHORTEST_SLIP = 5
"""Shorter stems are a letter from too many others."""
_SLIP_WEIGHT = 0.5


class LexicalIndex:
    """Passages by BM25 (Robertson & Zaragoza 2009; k1 1.2, b 0.75): English stems, without case or accents."""

    FORM = f"words 2, tantivy {version('tantivy')}"
    """What the files depend on besides the texts: to be raised with the schema or the analyser."""

    def __init__(self, index: tantivy.Index) -> None:
        index.register_tokenizer(_ANALYSER, _analyser())
        # By itself it would look twice a second whether the files have changed; they never do.
        index.config_reader(reload_policy="manual")
        index.reload()
        self._searcher = index.searcher()

    @classmethod
    def build(cls, folder: Path | None, rows: Iterable[tuple[int, str, str]]) -> LexicalIndex:
        """From (number, text, context) into a new folder or, without one, in memory.

        The context is the text with what stands around it. OSError if the disk does not take it.

        In one thread, so that equal input gives equal scores.
        """
        if folder:
            folder.mkdir()
        try:
            index = tantivy.Index(_schema(), path=str(folder) if folder else None)
            index.register_tokenizer(_ANALYSER, _analyser())
            writer = index.writer(_HEAP_BYTES, 1)
            for number, text, context in rows:
                writer.add_document(tantivy.Document(number=number, text=text, context=context))
            writer.commit()
            writer.wait_merging_threads()
            return cls(index)
        except ValueError as error:  # by which tantivy says everything
            raise OSError(f"tantivy cannot write {str(folder)!r}: {error}") from error

    @classmethod
    def read(cls, folder: Path) -> LexicalIndex:
        return cls(tantivy.Index(_schema(), path=str(folder), reuse=True))

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def best(
        self,
        question: str,
        k: int,
        *,
        only: Collection[int] | None = None,
        but: Collection[int] = (),
        context: bool = False,
    ) -> list[tuple[int, float]]:
        """(number, score) of the k passages that score highest for any of the question's words.

        By their own text or, with `context`, with what stands around it. `only` narrows the search to these
        passages before ranking, `but` keeps these out of it; scores stay those of the whole index.
        """
        query_words = list(dict.fromkeys(words(question)))
        if k <= 0 or not query_words or not len(self) or (only is not None and not only):
            return []
        any_word = self._any(query_words, "context" if context else "text")
        query = any_word
        if only is not None:
            among = tantivy.Query.term_set_query(_schema(), "number", list(only))
            query = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, any_word),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(among, 0.0)),
                ]
            )
        elif but:
            left_out = tantivy.Query.term_set_query(_schema(), "number", list(but))
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, any_word), (tantivy.Occur.MustNot, left_out)]
            )
        fetch = k + _SPARE
        while True:
            hits = self._searcher.search(query, limit=min(fetch, len(self)), count=False).hits
            # What was not fetched must not tie with the last one kept, or chance would choose among equals.
            if len(hits) < fetch or round(hits[k - 1][0], 5) > round(hits[-1][0], 5):
                break
            fetch *= 4
        found = self._searcher.fast_field_values("number", [address for _, address in hits])
        ranked = sorted(
            ((int(number or 0), float(score or 0)) for number, (score, _) in zip(found, hits, strict=True)),
            key=lambda pair: (-round(pair[1], 5), pair[0]),
        )
        return ranked[:k]

    def relevances(self, question: str, numbers: Sequence[int]) -> np.ndarray:
        """BM25 scores of the given passages, (n, 2): of their own text, and with its context; 0 without a word."""
        among = set(numbers)
        found = [
            dict(self.best(question, len(among), only=among, context=context)) for context in (False, True)
        ]
        scores = [[scored.get(number, 0.0) for scored in found] for number in numbers]
        return np.array(scores, dtype=np.float32).reshape(-1, 2)

    def frequencies(self, stems: Sequence[str]) -> dict[str, int]:
        """How many passages each stem occurs in."""
        return {stem: self._searcher.doc_freq("text", stem) for stem in stems}

    def _any(self, stems: list[str], field: str) -> tantivy.Query:
        """Any of the stems; one that no passage has stands for those it may be a slip for."""
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, self._term(stem, field)) for stem in stems]
        )

    def _term(self, stem: str, field: str) -> tantivy.Query:
        if len(stem) < _SHORTEST_SLIP or self._searcher.doc_freq("text", stem):
            return tantivy.Query.term_query(_schema(), field, stem, "freq")
        alike = tantivy.Query.fuzzy_term_query(_schema(), field, stem, 1)
        # It scores 1 by itself, and should what a rare word does, but for the doubt.
        return tantivy.Query.boost_query(alike, _SLIP_WEIGHT * math.log1p(len(self)))


def words(text: str) -> list[str]:
    """The words of a text as they are indexed: stems without case or accents, in order.

    >>> words("Thresholds were inconsistent.")
    ['threshold', 'were', 'inconsist']
    """
    return _analyser().analyze(text)


@cache
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", stored=False, indexed=True, fast=True)
    for field in ("text", "context"):
        builder.add_text_field(field, stored=False, tokenizer_name=_ANALYSER, index_option="freq")
    return builder.build()


@cache
def _analyser() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )
