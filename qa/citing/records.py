"""Citations as records for reference managers: BibTeX through bibtexparser, RIS through rispy."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from qa.citing.source import Source

_REPORTS = ("inspectorate", "council", "government", "charity")
_NO_KEY = re.compile(r"[^a-z0-9]+")


def bibtex(sources: Sequence[Source]) -> str:
    """BibTeX entries that biblatex reads, too: what TeX would take for a command is escaped, titles keep their case.

    Each citation is an entry of its own, as the place is part of it; its key ends with the place's offsets.
    """
    import bibtexparser
    from bibtexparser.model import Entry, Field

    library = bibtexparser.Library()
    for key, source in {_key(source): source for source in sources}.items():
        kind = "article" if source.voice == "press" else "techreport" if source.voice in _REPORTS else "misc"
        body = {"article": "journal", "techreport": "institution", "misc": "howpublished"}[kind]
        publisher = _tex(source.publisher)
        fields = {
            "author": f"{{{publisher}}}" if publisher and kind != "article" else "",
            "title": f"{{{_tex(source.title)}}}",
            body: publisher,
            "year": f"{source.day[0]:04}" if source.day else "",
            "date": "-".join(f"{n:0{4 if i == 0 else 2}}" for i, n in enumerate(source.day)),
            # "pages" of a report would be those of all of it.
            "note": _tex(", ".join(filter(None, (source.speaker, _pinpoint(source))))),
            "url": source.url or source.permalink,
            "urldate": source.accessed if source.url or source.permalink else "",
            "annote": source.permalink if source.url else "",
        }
        library.add(Entry(kind, key, [Field(name, value) for name, value in fields.items() if value]))
    return str(bibtexparser.write_string(library)).strip() + "\n" if sources else ""


def ris(sources: Sequence[Source]) -> str:
    """RIS records. A tag begins a line, so no value has a line break: `Source` holds none."""
    import rispy

    class Writer(rispy.RisWriter):
        def set_header(self, count: int) -> str:
            return ""  # "1." before each record, which the format does not know

    records = []
    for source in sources:
        year, month, day = (*(f"{n:02}" for n in source.day), "", "", "")[:3]
        record: dict[str, Any] = {
            "type_of_reference": "NEWS" if source.voice == "press" else "RPRT" if source.voice in _REPORTS
            else "CASE" if source.voice == "court" else "GEN",
            "authors": [source.publisher] if source.publisher and source.voice != "press" else [],
            "title": source.title,
            "secondary_title": source.publisher if source.voice == "press" else "",
            "publisher": source.publisher,
            "year": year.zfill(4) if year else "",
            "date": f"{year.zfill(4)}/{month}/{day}/" if year else "",
            "start_page": source.first,
            "end_page": source.last if source.last != source.first else "",
            "urls": [address for address in (source.url, source.permalink) if address],
            "access_date": source.accessed.replace("-", "/") + "/" if source.accessed else "",
            "notes": [note for note in (source.speaker, _pinpoint(source)) if note],
        }  # fmt: skip
        records.append({name: value for name, value in record.items() if value})
    return str(rispy.dumps(records, implementation=Writer)).strip("\n") + "\n" if records else ""


def _pinpoint(source: Source) -> str:
    pages = f"{'pp.' if '–' in source.pages else 'p.'} {source.pages}" if source.pages else ""
    return ", ".join(
        part for part in (pages, f"para. {source.paragraph}" if source.paragraph else "") if part
    )


def _key(source: Source) -> str:
    """A key of ASCII letters and digits: publisher, year, document and place, the same on every day."""
    plain = unicodedata.normalize("NFKD", source.publisher or source.title).encode("ascii", "ignore").decode()
    words = _NO_KEY.sub("", plain.lower())[:24] or "source"
    year = f"{source.day[0]:04}" if source.day else "nd"
    return f"{words}{year}-{source.doc_id[:8]}-{source.place}"


def _tex(text: str) -> str:
    """Text as TeX prints it. Letters of other scripts stay: engines since 2018 read UTF-8.

    >>> _tex("R&D costs 5% _now_ {x}")
    'R{\\\\&}D costs 5{\\\\%} {\\\\_}now{\\\\_} {\\\\textbraceleft}x{\\\\textbraceright}'
    """
    return str(_encoder().unicode_to_latex(text))


@lru_cache(maxsize=1)
def _encoder() -> Any:
    from pylatexenc.latexencode import RULE_DICT, UnicodeToLatexConversionRule, UnicodeToLatexEncoder

    # BibTeX counts braces without looking for a backslash: "\{" would swallow the entries that follow.
    braces = {ord("{"): r"\textbraceleft", ord("}"): r"\textbraceright", ord('"'): r"\textquotedbl"}
    return UnicodeToLatexEncoder(
        conversion_rules=[UnicodeToLatexConversionRule(RULE_DICT, braces), "defaults"],
        replacement_latex_protection="braces-all",
        unknown_char_policy="keep",
        unknown_char_warning=False,
    )
