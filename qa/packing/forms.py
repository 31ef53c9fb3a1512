"""The forms of an evidence pack by name."""

from __future__ import annotations

from collections.abc import Sequence

from index import UsageError
from qa.pack import Pack
from qa.packing.sheet import sheet

PACK_FORMATS = ("md", "html", "docx")


def write_pack(form: str, packs: Sequence[Pack], *, made: str, site: str = "") -> bytes:
    """Evidence packs as one file: "md", "html" or "docx". UsageError for any other form.

    `made` is the time as ISO 8601; `site` is where the server is reached that permalinks lead to.
    """
    sheets = [sheet(pack, site, made[:10]) for pack in packs]
    if form == "md":
        from qa.packing.markdown import as_markdown

        return as_markdown(sheets, made).encode()
    if form == "html":
        from qa.packing.page import as_html

        return as_html(sheets, made).encode()
    if form == "docx":
        from qa.packing.word import as_docx

        return as_docx(sheets, made)
    raise UsageError(f"an evidence pack cannot be written as {form!r}; there are {', '.join(PACK_FORMATS)}")
