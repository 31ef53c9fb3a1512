"""Draws docs/images/format-*.png: a file as it looks, beside the passages that are cut from it.

    python -m tests.pictures docs/images [FORMAT...]

The files are those of the sample corpus, and for other formats the ones that tests make. Wants Chromium.
"""

from __future__ import annotations

import base64
import html
import io
import re
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pypdfium2
from PIL import Image
from pptx import Presentation

from index import DocumentInfo, Passage, index_paths, open_store
from tests.browser import launched
from tests.hashing import HashingEmbedder
from tests.index import samples

CORPUS = Path(__file__).parents[1] / "eval/corpus"
WIDTH, HEIGHT = 1280, 860
COLOURS = ("#fff3bf", "#d3f9d8", "#d0ebff", "#ffe3e3", "#e5dbff", "#ffe8cc")
USED = "Math.max(...[...document.querySelectorAll('section > *')].map(e => e.getBoundingClientRect().bottom))"
STYLE = """
body { margin: 0; font: 13px/1.4 sans-serif; height: 860px; overflow: hidden }
body { display: grid; grid-template-columns: 1fr 1fr }
section { padding: 12px 16px; overflow: hidden; height: 836px } section + section { border-left: 2px solid #888 }
h6 { margin: 0 0 8px; font-size: 13px; color: #555 } pre { white-space: pre-wrap; font: 12px/1.35 monospace; margin: 0 }
iframe { border: 0; width: 100%; height: 800px } img { width: 100% } table { border-collapse: collapse }
td { border: 1px solid #aaa; padding: 2px 6px } .slide { border: 1px solid #888; padding: 8px 16px; margin: 8px 0 }
.p { padding: 5px 8px; margin-bottom: 5px; border-radius: 4px; white-space: pre-wrap }
.p.b { background: #eee; color: #666 }
.p small { display: block; color: #444; font-weight: bold }
"""


def main() -> None:
    """Draws all formats, or those that are named."""
    out, *wanted = sys.argv[1:]
    with launched() as browser, tempfile.TemporaryDirectory() as folder:
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name, (data, look) in files().items():
            kind = name.rpartition(".")[2]
            if wanted and kind not in wanted:
                continue
            path = Path(folder) / name
            path.write_bytes(data)
            page.set_content(composed(name, path, look), wait_until="load")
            target = Path(out) / f"format-{kind}.png"
            used = min(HEIGHT, page.evaluate(USED) + 12)
            seen = page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": used})
            shot = Image.open(io.BytesIO(seen))
            shot.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(target, optimize=True)
            print(f"{target}: {target.stat().st_size // 1024} kB")


def files() -> Mapping[str, tuple[bytes, Callable[[bytes, list[Passage]], str]]]:
    """File name -> its bytes, and what draws it as HTML."""
    own = {
        "ofsted-2017-leadership.pdf": print_of,
        "council-2017-statement.docx": word,
        "press-2017-community-care.html": web_page,
        "figures-2017.md": raw,
        "readers-2017-comments.txt": raw,
    }
    made: dict[str, tuple[bytes, Callable[[bytes, list[Passage]], str]]] = {
        "review.pptx": (samples.slides(), slides),
        "hours.xlsx": (samples.workbook(), sheets),
        "hours.csv": (samples.table(), raw),
        "review.odt": (samples.odt(), open_document),
        "review.rtf": (samples.rtf(), raw),
        "review.epub": (samples.epub(), book),
        "review.eml": (samples.mail({"hours.csv": samples.table()}), raw),
        "review.zip": (samples.archive(), members),
    }
    return {**{name: ((CORPUS / name).read_bytes(), look) for name, look in own.items()}, **made}


def composed(name: str, path: Path, look: Callable[[bytes, list[Passage]], str]) -> str:
    """A page with a file on the left and its passages on the right."""
    found = list(passages(path))
    shown = [passage for _, cut in found for passage in cut]
    boxes = []
    for info, cut in found:
        published = f", published {info.published} (by {info.dated_by})" if info.published else ""
        boxes.append(f"<h6>{html.escape(info.source_id)}: {html.escape(info.title)}{published}</h6>")
        boxes += [box(number, passage) for number, passage in enumerate(cut)]
    return (
        f"<style>{STYLE}</style><section><h6>{name}</h6>{look(path.read_bytes(), shown)}</section>"
        f"<section>{''.join(boxes)}</section>"
    )


def passages(path: Path) -> Iterator[tuple[DocumentInfo, list[Passage]]]:
    """The documents of a file with their passages, as they are indexed."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "data", create=True)
        summary = index_paths(store, HashingEmbedder(), [path])
        if summary.failed:
            raise SystemExit(str(summary.failed[0]))
        for info in store.documents():
            yield store.document(info.doc_id).info, [passage for _, passage in store.passages_of(info.doc_id)]
        store.close()


def box(number: int, passage: Passage) -> str:
    """A passage with what is known of it."""
    pages = f"page {passage.page}" if passage.page else ""
    if passage.page_end and passage.page_end != passage.page:
        pages = f"pages {passage.page}–{passage.page_end}"
    said = [speech.speaker for speech in passage.speeches if speech.speaker]
    about = [
        pages,
        f"label {passage.page_label}" if passage.page_label else "",
        f"paragraph {passage.paragraph}" if passage.paragraph else "",
        passage.heading,
        " ".join(filter(None, ("voice:", passage.voice, passage.speaker, passage.published)))
        if passage.voice
        else "",
        f"quotes {', '.join(dict.fromkeys(said))}" if said else "",
        "boilerplate" if passage.boilerplate else "",
    ]
    head = html.escape(" · ".join(filter(None, (str(number + 1), *about))))
    colour = "" if passage.boilerplate else f' style="background:{COLOURS[number % len(COLOURS)]}"'
    grey = " b" if passage.boilerplate else ""
    return f'<div class="p{grey}"{colour}><small>{head}</small>{html.escape(passage.text)}</div>'


def raw(data: bytes, cut: list[Passage]) -> str:
    """The file as text; the passages are marked where their characters are those of the file."""
    text = data.decode()
    parts, at = [], 0
    if all(text[passage.start : passage.end] == passage.text for passage in cut):
        for number, passage in enumerate(cut):
            colour = "#eee" if passage.boilerplate else COLOURS[number % len(COLOURS)]
            parts.append(html.escape(text[at : passage.start]))
            parts.append(f'<span style="background:{colour}">{html.escape(passage.text)}</span>')
            at = passage.end
    return f"<pre>{''.join(parts)}{html.escape(text[at:])}</pre>"


def print_of(data: bytes, _: list[Passage]) -> str:
    """The first page as printed."""
    document = pypdfium2.PdfDocument(data)
    made = io.BytesIO()
    document[0].render(scale=1.4).to_pil().save(made, "PNG")
    document.close()
    return f'<img src="data:image/png;base64,{base64.b64encode(made.getvalue()).decode()}">'


def web_page(data: bytes, _: list[Passage]) -> str:
    return f'<iframe sandbox srcdoc="{html.escape(data.decode())}"></iframe>'


def word(data: bytes, _: list[Passage]) -> str:
    """Paragraphs and tables of a Word file by their styles."""
    parts = []
    for block in docx.Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(block, docx.table.Table):
            parts.append(rows_of([[cell.text for cell in row.cells] for row in block.rows]))
        else:
            style = (block.style.name or "") if block.style else ""
            tag = (
                "h3" if style.startswith(("Heading", "Title")) else "li" if style.startswith("List") else "p"
            )
            parts.append(f"<{tag}>{html.escape(block.text)}</{tag}>")
    return "".join(parts)


def rows_of(rows: list[list[str]]) -> str:
    lines = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows)
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def slides(data: bytes, _: list[Passage]) -> str:
    """The shapes of each slide, and the speaker's notes below it."""
    parts = []
    for slide in Presentation(io.BytesIO(data)).slides:
        inside = []
        for shape in slide.shapes:
            if shape.has_table:
                inside.append(rows_of([[cell.text for cell in row.cells] for row in shape.table.rows]))
            elif shape.has_text_frame:
                inside += [f"<p>{html.escape(line.text)}</p>" for line in shape.text_frame.paragraphs]
        parts.append(f'<div class="slide">{"".join(inside)}</div>')
        if slide.has_notes_slide:
            parts.append(f"<i>Notes: {html.escape(slide.notes_slide.notes_text_frame.text)}</i>")
    return "".join(parts)


def sheets(data: bytes, _: list[Passage]) -> str:
    parts = []
    for sheet in openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets:
        rows = [[shown(cell) for cell in row] for row in sheet.iter_rows()]
        hidden = "" if sheet.sheet_state == "visible" else " (hidden)"
        parts.append(f"<h3>{html.escape(sheet.title)}{hidden}</h3>{rows_of(rows)}")
    return "".join(parts)


def shown(cell: Any) -> str:
    """A cell as a spreadsheet shows it."""
    if cell.value is None:
        return ""
    if isinstance(cell.value, datetime):
        return cell.value.date().isoformat()
    return f"{cell.value:.1%}" if "%" in cell.number_format else str(cell.value)


def open_document(data: bytes, _: list[Passage]) -> str:
    """The body of content.xml, whose names for headings and paragraphs are turned into those of HTML."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        content = package.read("content.xml").decode()
    body = content[content.index("<office:text") : content.index("</office:text>")]
    for theirs, ours in (("text:h", "h3"), ("text:p", "p"), ("text:list-item", "li"), ("table:table-row", "tr"),
                         ("table:table-cell", "td"), ("table:table", "table")):  # fmt: skip
        body = re.sub(rf"<(/?){theirs}(?=[\s>])[^>]*>", rf"<\1{ours}>", body)
    return body


def book(data: bytes, _: list[Passage]) -> str:
    """The chapters, in the order of their names."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        chapters = [
            package.read(name).decode()
            for name in sorted(package.namelist())
            if "htm" in name and "nav" not in name
        ]
    return "".join(
        re.sub(r"^.*?<body[^>]*>|</body>.*$", "", chapter, flags=re.DOTALL) for chapter in chapters
    )


def members(data: bytes, _: list[Passage]) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        rows = [[info.filename, f"{info.file_size} bytes"] for info in package.infolist()]
    return rows_of(rows)


if __name__ == "__main__":
    main()
