"""A silence matrix as a file: CSV for a spreadsheet, HTML for a browser."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from html import escape

from index import DocumentInfo, clean
from qa import Cell, Matrix, cite_as

_COLUMNS = (
    "id", "question", "source_id", "title", "publisher", "voice", "published", "status", "confidence", "quote",
    "page", "paragraph", "start", "end", "permalink",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_STYLE = """
body { font: 1rem/1.4 system-ui, sans-serif; margin: 1.5rem; color: #111; }
table { border-collapse: collapse; }
th, td { border: 1px solid #b1b4b6; padding: .4rem .6rem; vertical-align: top; text-align: left; max-width: 22rem; }
thead th { position: sticky; top: 0; background: #fff; }
.says { background: #cce2d8; } .partly { background: #fff7bf; } .silent { color: #505a5f; }
blockquote { margin: .5rem 0; } small { color: #505a5f; }
"""


def as_csv(found: Matrix, site: str) -> str:
    """A line for each cell. What a spreadsheet would take for a formula has an apostrophe before it."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(_COLUMNS)
    for row in found.rows:
        for info, cell in zip(found.documents, row.cells, strict=True):
            quote, citation = cell.quote, cell.citation
            place = (
                (
                    clean(quote.text), citation.page or "", citation.paragraph or "", quote.start, quote.end,
                    f"{site.rstrip('/')}{citation.url}",
                )
                if quote and citation
                else ("",) * 6
            )  # fmt: skip
            about = (info.source_id, info.title, info.publisher, info.voice, info.published)
            values = (row.question_id or "", row.question, *about, cell.status, cell.confidence, *place)
            writer.writerow([_harmless(value) if isinstance(value, str) else value for value in values])
    return stream.getvalue()


def _harmless(text: str) -> str:
    """Text that no spreadsheet runs: a document may begin a line with =HYPERLINK(…).

    >>> _harmless("=1+1"), _harmless("1 = 1")
    ("'=1+1", '1 = 1')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_html(found: Matrix, site: str) -> str:
    """A page that fetches nothing and runs nothing; each cell opens its quote."""
    heads = "".join(_head(info) for info in found.documents)
    body = "\n".join(
        f'<tr><th scope="row">{escape(row.question)}</th>{"".join(_cells(row.cells, site))}</tr>'
        for row in found.rows
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Who says what</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>Who says what</h1>
<table>
<thead><tr><td></td>{heads}</tr></thead>
<tbody>
{body}
</tbody>
</table>
</body>
</html>
"""


def _head(info: DocumentInfo) -> str:
    about = ", ".join(escape(part) for part in (info.publisher, info.published) if part)
    return f'<th scope="col">{escape(info.title or info.source_id)}<br><small>{about}</small></th>'


def _cells(cells: tuple[Cell, ...], site: str) -> Iterator[str]:
    for cell in cells:
        if cell.quote is None or cell.citation is None:
            yield f'<td class="silent">silent <small>{cell.confidence:.2f}</small></td>'
            continue
        (cited,) = cite_as("html", [cell.citation], site=site)
        note = f"<p><small>{escape(cell.note)}</small></p>" if cell.note else ""
        yield (
            f'<td class="{cell.status}"><details><summary>{cell.status} <small>{cell.confidence:.2f}</small></summary>'
            f"<blockquote>“{escape(clean(cell.quote.text))}”</blockquote>{cited}{note}</details></td>"
        )
