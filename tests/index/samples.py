"""Files of every format that is read, made here; what they say is the same, so that tests can look for it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from email.message import EmailMessage

import docx
import openpyxl
from fpdf import FPDF
from pptx import Presentation
from pptx.util import Inches

TITLE = "Review of the library service"
FINDING = "The reviewers found that opening hours had been cut by a third."
REPLY = "The council said that it would restore them by September."


def packed(members: Mapping[str, bytes | str], compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compress) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def pdf() -> bytes:
    document = FPDF()
    document.set_font("Helvetica")
    for text in (FINDING, REPLY):
        document.add_page()
        document.multi_cell(0, text=text)
    return bytes(document.output())


def word() -> bytes:
    document = docx.Document()
    document.add_heading(TITLE, 1)
    document.add_paragraph(FINDING)
    document.add_paragraph(REPLY)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def slides() -> bytes:
    """Two slides: a title with bullets and speaker notes, and one with a table and a chart's worth of text."""
    deck = Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = TITLE
    first.placeholders[1].text_frame.text = FINDING
    first.placeholders[1].text_frame.add_paragraph().text = REPLY
    first.notes_slide.notes_text_frame.text = "Do not promise a date."
    second = deck.slides.add_slide(deck.slide_layouts[5])
    second.shapes.title.text = "Hours"
    table = second.shapes.add_table(3, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    for row, texts in enumerate((("Branch", "Hours"), ("Mile End", "38"), ("Bow", "26"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    made = io.BytesIO()
    deck.save(made)
    return made.getvalue()


def workbook() -> bytes:
    """Two sheets: a table with a line above it, and another without a header."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Hours"
    for row in (
        [f"{TITLE}: figures"],
        [],
        ["Branch", "Hours", "Change", "Since"],
        ["Mile End", 38, -0.125, date(2017, 4, 7)],
        ["Bow", 26.5, 0.5, None],
    ):
        sheet.append(row)
    for row in (4, 5):
        sheet.cell(row, 3).number_format = "0.0%"
    other = book.create_sheet("Findings")
    other.append([FINDING])
    other.append([REPLY])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"'
)


def odt(body: str = "", meta: str = "") -> bytes:
    body = (
        body
        or f'<text:h text:outline-level="1">{TITLE}</text:h><text:p>{FINDING}</text:p><text:p>{REPLY}</text:p>'
    )
    content = (
        f"<office:document-content {ODF}><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )
    about = f"<office:document-meta {ODF}><office:meta>{meta}</office:meta></office:document-meta>"
    return packed({
        "mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, "meta.xml": about,
        "META-INF/manifest.xml": "<manifest/>",
    })  # fmt: skip


def rtf() -> bytes:
    return (
        rf"{{\rtf1\ansi\ansicpg1252{{\fonttbl{{\f0 Arial;}}}}{{\info{{\title {TITLE}}}}}"
        rf"\pard {FINDING}\par {REPLY}\par}}"
    ).encode("ascii")


OPF = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" version="3.0">
<metadata><dc:title>{title}</dc:title><dc:creator>The Reviewers</dc:creator><dc:date>2017-04-07</dc:date></metadata>
<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>{items}</manifest>
<spine>{spine}</spine></package>"""


def epub(chapters: Mapping[str, str] | None = None, labels: Mapping[str, str] | None = None) -> bytes:
    """A book whose chapters are given by file name; `labels` are what its contents call them."""
    chapters = chapters or {
        "one.xhtml": f"<h1>{TITLE}</h1><p>{FINDING}</p>",
        "two.xhtml": f"<p>{REPLY}</p>",
    }
    labels = {"two.xhtml": "The reply"} if labels is None else labels
    items = "".join(f'<item id="{n}" href="text/{n}" media-type="application/xhtml+xml"/>' for n in chapters)
    spine = "".join(f'<itemref idref="{n}"/>' for n in chapters)
    links = "".join(f'<li><a href="text/{n}">{label}</a></li>' for n, label in labels.items())
    html = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{}</body></html>'
    return packed({
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="book/package.opf"/></rootfiles></container>',
        "book/package.opf": OPF.format(title=TITLE, items=items, spine=spine),
        "book/nav.xhtml": html.format(f"<nav><ol>{links}</ol></nav>"),
        **{f"book/text/{name}": html.format(body) for name, body in chapters.items()},
    })  # fmt: skip


def mail(attachments: Mapping[str, bytes] | None = None, *, html: bool = False) -> bytes:
    message = EmailMessage()
    message["From"] = "Jane Doe <jane@example.org>"
    message["To"] = "board@example.org"
    message["Subject"] = TITLE
    message["Date"] = "Fri, 07 Apr 2017 10:00:00 +0100"
    if html:
        message.set_content(f"<p>{FINDING}</p><p>{REPLY}</p>", subtype="html")
    else:
        message.set_content(f"{FINDING}\n\n{REPLY}\n")
    for name, data in (attachments or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def table() -> bytes:
    return f"What,Said\nFinding,{FINDING}\nReply,{REPLY}\n".encode()


def page() -> bytes:
    head = f"<!DOCTYPE html><html><head><title>{TITLE}</title></head>"
    return f"{head}<body><p>{FINDING}</p><p>{REPLY}</p></body></html>".encode()


def text() -> bytes:
    return f"{TITLE}\n\n{FINDING}\n\n{REPLY}\n".encode()


def archive() -> bytes:
    return packed({"inside/review.txt": text()})


MADE: dict[str, Callable[[], bytes]] = {
    ".txt": text, ".md": text, ".html": page, ".pdf": pdf, ".docx": word, ".pptx": slides, ".xlsx": workbook,
    ".odt": odt, ".rtf": rtf, ".epub": epub, ".csv": table, ".eml": mail, ".zip": archive,
}  # fmt: skip
"""A sample of each format by its suffix; all of them hold FINDING and REPLY."""
