"""Citations as a line to read: plain text, Markdown, HTML, an OSCOLA footnote, APA."""

from __future__ import annotations

import html as escapes
import re

from qa.cite import place_words
from qa.citing.source import MONTHS, Source, line, long_date
from qa.types import Citation

_MARKS = re.compile(r"[\\`*_\[\]<>|~$]|&(?=#?\w+;)|!(?=\[)")
_INNER = re.compile(r"‘((?:[^‘’]|’(?=\w))*)’")
"""Words in single quotation marks, with the apostrophes in them; within such marks they get double ones."""
_LEADING = re.compile(r"^(?:(?=[-+#=>:])|(\d{1,9})(?=[.)]))")


def plain(citation: Citation, source: Source) -> str:
    """Publisher, title, date, pages and paragraph, then the permalink."""
    told = ", ".join(_parts(citation, source))
    return f"{told}. {source.permalink}" if source.permalink else told


def markdown(citation: Citation, source: Source) -> str:
    """As plain text, the title in italics and the place, or the title, linked to the cited words."""
    publisher, title, *more = _parts(citation, source, keep_empty=True)
    place = line(place_words(citation))
    parts = [as_markdown(publisher), f"*{as_markdown(title)}*", *map(as_markdown, more[:2])]
    if place:
        parts.append(
            f"[{as_markdown(place)}](<{source.permalink}>)" if source.permalink else as_markdown(place)
        )
    elif source.permalink:
        parts[1] = f"[{parts[1]}](<{source.permalink}>)"
    text = ", ".join(part for part in parts if part)
    return _LEADING.sub(lambda m: f"{m[1] or ''}\\", text)


def html(citation: Citation, source: Source) -> str:
    """As Markdown, in a `cite` and an `a` element. Whatever a document says of itself is escaped."""
    publisher, title, *more = _parts(citation, source, keep_empty=True)
    place = escapes.escape(line(place_words(citation)))
    link = escapes.escape(source.permalink)
    parts = [
        escapes.escape(publisher),
        f"<cite>{escapes.escape(title)}</cite>",
        *map(escapes.escape, more[:2]),
    ]
    if place:
        parts.append(f'<a href="{link}">{place}</a>' if link else place)
    elif link:
        parts[1] = f'<a href="{link}">{parts[1]}</a>'
    return ", ".join(part for part in parts if part)


def oscola(citation: Citation, source: Source) -> str:
    """A footnote by OSCOLA, 4th edition: reports and web pages by 3.4, newspapers by 3.4.9, cases by 2.1.

    A neutral citation is not known of a judgment, so its name stands with court and date. The titles of reports
    are in single quotation marks, since no ISBN is known. A permalink beside the publisher's own address, for
    which OSCOLA has no place, is a second line.
    """
    del citation
    date = long_date(source.published)
    both = ", ".join(part for part in (source.publisher, date) if part)
    if source.voice == "court":
        text, within = source.title, both
        pinpoint = f"[{source.paragraph}]" if source.paragraph else source.pages
    else:
        inner = _INNER.sub(r"“\1”", source.title)
        title = f"‘{inner}’"
        is_press = source.voice == "press"
        text, within = (
            (title, both) if is_press or not source.publisher else (f"{source.publisher}, {title}", date)
        )
        paragraph = f"para {source.paragraph}" if source.paragraph else ""
        pinpoint = ", ".join(part for part in (source.pages, paragraph) if part)
    parts = [text, f"({within})" if within else "", pinpoint, f"({source.speaker})" if source.speaker else ""]
    if address := source.url or source.permalink:
        parts += [f"<{address}>", f"accessed {long_date(source.accessed)}" if source.accessed else ""]
    return " ".join(part for part in parts if part) + "." + _second_line(source)


def apa(citation: Citation, source: Source) -> str:
    """The entry of a reference list by APA, 7th edition, and on a second line the citation in the text;
    then the permalink, if the entry has the publisher's own address.

    The publisher is the author, as of any body's report; without one the title takes its place.
    """
    del citation
    when = "n.d."
    if source.day:
        year, *rest = source.day
        when = (
            f"{year:04}" + (f", {MONTHS[rest[0] - 1]}" if rest else "") + (f" {rest[1]}" if rest[1:] else "")
        )
    title = source.title.rstrip(".")
    stop = "" if title.endswith(("?", "!")) else "."
    if source.publisher:
        entry = f"{source.publisher.rstrip('.')}. ({when}). {title}{stop}"
    else:
        entry = f"{title}{stop} ({when})."
    if address := source.url or source.permalink:
        entry += f" {address}"
    pages = f"{'pp.' if '–' in source.pages else 'p.'} {source.pages}" if source.pages else ""
    inner = [
        source.publisher or f"“{title}”",
        when[:4],
        pages,
        f"para. {source.paragraph}" if source.paragraph else "",
    ]
    said = f"{source.speaker}, as cited in " if source.speaker else ""
    return f"{entry}\n({said}{', '.join(part for part in inner if part)})" + _second_line(source)


def as_markdown(text: str) -> str:
    r"""Words of a document as Markdown that reads as they do: no link, no emphasis, no element of theirs works.

    >>> as_markdown("[a](b) *c* <i> AT&T &lt; snake_case")
    '\\[a\\](b) \\*c\\* \\<i\\> AT&T \\&lt; snake\\_case'
    """
    return _MARKS.sub(lambda match: f"\\{match[0]}", text)


def _second_line(source: Source) -> str:
    return f"\n{source.permalink}" if source.url and source.permalink else ""


def _parts(citation: Citation, source: Source, keep_empty: bool = False) -> list[str]:
    parts = [source.publisher, source.title, source.speaker, source.published, line(place_words(citation))]
    return parts if keep_empty else [part for part in parts if part]
