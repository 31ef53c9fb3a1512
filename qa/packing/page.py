"""An evidence pack as one HTML page that fetches nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from qa.citing import prose
from qa.packing.sheet import CONTEXT, SILENT, Extract, Sheet

_STYLE = """
body { font: 1rem/1.5 Georgia, serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #111; }
h1, h2, .status, .about { font-family: system-ui, sans-serif; }
blockquote { margin: 1rem 0; padding: .2rem 1rem; border-left: .3rem solid #1d70b8; font-size: 1.1rem; }
.editor { color: #505a5f; font-family: system-ui, sans-serif; font-size: .9rem; margin: 1rem 0 -.5rem; }
.differ { display: grid; gap: 1.5rem; }
@media (min-width: 40rem) { .differ { grid-template-columns: 1fr 1fr; } }
.context { color: #505a5f; font-size: .9rem; margin-left: 1.3rem; }
.context b { font-family: system-ui, sans-serif; }
.about, footer { color: #505a5f; font-size: .85rem; }
code { overflow-wrap: anywhere; }
section { break-inside: avoid; }
@media print { body { margin: 0; max-width: none; } }
"""


def as_html(sheets: Sequence[Sheet], made: str) -> str:
    """The page. All words of documents are escaped, and a policy in its head forbids whatever else there might be."""
    title = sheets[0].question if len(sheets) == 1 else f"{len(sheets)} questions"
    body = "\n".join(line for one in sheets for line in _answer(one))
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
{body}
<footer><p>Made by Pincite, <time>{escape(made)}</time>.</p></footer>
</body>
</html>
"""


def _answer(sheet: Sheet) -> Iterator[str]:
    yield f"<article>\n<h1>{escape(sheet.question)}</h1>"
    yield f'<p class="status"><strong>{escape(sheet.headline)}.</strong> {escape(sheet.explanation)}</p>'
    for n, extract in enumerate(sheet.extracts, 1):
        yield f"<section>\n<h2>Quote {n}</h2>"
        yield f"{_label(extract.label)}<blockquote><p>“{escape(extract.words)}”</p></blockquote>"
        yield f"<p>{prose.html(extract.citation, extract.source)} ({escape(extract.who)})</p>"
        yield f'<p class="about">{escape(extract.place)}</p>'
        yield from _context(extract)
        yield "</section>"
    for pair in sheet.pairs:
        yield f'<section>\n<h2>{escape(pair.heading)}</h2>\n<div class="differ">'
        for side in pair.sides:
            yield f"<div>{_label(side.label)}<blockquote><p>“{escape(side.words)}”</p></blockquote>"
            yield f"<p>{prose.html(side.citation, side.source)} ({escape(side.who)})</p></div>"
        yield "</div>\n</section>"
    if sheet.nearest:
        yield f"<h2>{SILENT}</h2>"
        yield from (
            f'<p class="context">{escape(words)} ({escape(cited)})</p>' for words, cited in sheet.nearest
        )
    if sheet.origins:
        yield "<h2>Sources</h2>\n<ol>"
        for origin in sheet.origins:
            link = f' <a href="{escape(origin.url)}">{escape(origin.url)}</a>' if origin.url else ""
            licence = f"; {escape(origin.licence)}" if origin.licence else ""
            yield (
                f"<li>{escape(origin.cited)}{link}; {escape(origin.file)}; sha256 <code>{escape(origin.sha256)}</code>"
                f"{licence}</li>"
            )
        yield "</ol>"
    yield f'<p class="about">Found with {escape(sheet.made_with)}.</p>\n</article>'


def _label(label: str) -> str:
    """An editor's label, before the quotation and no part of it."""
    return f'<p class="editor">{escape(label.strip())}</p>' if label else ""


def _context(extract: Extract) -> Iterator[str]:
    own = " ".join(part for part in (escape(extract.lead), "[the quote]", escape(extract.tail)) if part)
    parts = [escape(extract.before), own if own != "[the quote]" else "", escape(extract.after)]
    if any(parts):
        yield f'<div class="context"><b>{CONTEXT}</b>'
        yield from (f"<p>{part}</p>" for part in parts if part)
        yield "</div>"
