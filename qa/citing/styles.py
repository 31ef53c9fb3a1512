"""The styles by name, and the one function that all ways of asking use."""

from __future__ import annotations

from collections.abc import Sequence

from index import UsageError
from qa.citing import prose, records
from qa.citing.source import source_of
from qa.types import Citation

_PROSE = {
    "plain": prose.plain,
    "markdown": prose.markdown,
    "html": prose.html,
    "oscola": prose.oscola,
    "apa": prose.apa,
}
_RECORDS = {"bibtex": records.bibtex, "ris": records.ris}

CITATION_STYLES = (*_PROSE, *_RECORDS)
"""The names of the styles."""
DATA_STYLES = tuple(_RECORDS)
"""Those of them that are files for a reference manager, and no lines to read."""


def cite_as(
    style: str, citations: Sequence[Citation], *, site: str = "", accessed: str = ""
) -> tuple[str, ...]:
    """Each citation in a style, in order, to be pasted. UsageError for a style that is not known.

    `site` is the address of the server that permalinks lead to, such as "http://127.0.0.1:8000"; without it they
    are left out. `accessed` is the ISO day that OSCOLA and records give for what was read on the web.
    """
    if style not in CITATION_STYLES:
        raise UsageError(f"no style of citation is called {style!r}; there are {', '.join(CITATION_STYLES)}")
    told = []
    for citation in citations:
        source = source_of(citation, site, accessed)
        told.append(_PROSE[style](citation, source) if style in _PROSE else _RECORDS[style]([source]))
    return tuple(told)
