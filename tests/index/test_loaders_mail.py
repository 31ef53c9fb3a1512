"""Mail: headers, the text that is read, attachments as documents of their own."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

from index import Limits, LoadError
from index.loaders import Loaded, Remark
from tests.index.samples import FINDING, REPLY, TITLE, mail, packed, pdf
from tests.index.test_sources_formats import document, read, reason


def test_headers_are_metadata_and_text():
    made = document(".eml", mail())
    assert (made.info.title, made.info.publisher, made.info.published) == (TITLE, "Jane Doe", "2017-04-07")
    assert made.info.dated_by == "metadata"
    kinds = [(block.kind, made.text[block.start : block.end]) for block in made.blocks]
    assert kinds[:3] == [
        ("heading", TITLE),
        ("row", "From: Jane Doe <jane@example.org>"),
        ("row", "To: board@example.org"),
    ]
    assert ("paragraph", FINDING) in kinds and ("paragraph", REPLY) in kinds


def test_html_is_read_where_there_is_no_plain_text_and_plain_text_goes_before():
    assert [b.kind for b in document(".eml", mail(html=True)).blocks][-2:] == ["paragraph", "paragraph"]
    both = EmailMessage()
    both["From"], both["Subject"] = "a@example.org", "Both"
    both.set_content("In plain words.")
    both.add_alternative("<p>In marked-up words.</p>", subtype="html")
    text = document(".eml", bytes(both)).text
    assert "In plain words." in text and "marked-up" not in text


def test_attachments_are_documents_below_the_mail():
    found = read(".eml", mail({
        "report.pdf": pdf(), "../../etc/report.pdf": pdf(), "logo.png": b"\x89PNG", "bad.docx": b"no",
        "more.zip": packed({"deep/note.txt": "A note in an archive in a mail."}),
    }))  # fmt: skip
    names = [one.document.info.source_id for one in found if isinstance(one, Loaded)]
    assert names == ["a.eml", "a.eml/report.pdf", "a.eml/report (2).pdf", "a.eml/more.zip/deep/note.txt"]
    (attached,) = (
        one.document for one in found if isinstance(one, Loaded) and one.document.info.source_id == names[1]
    )
    assert attached.info.origin == "/a.eml/report.pdf" and attached.info.media_type == "application/pdf"
    assert [one.where for one in found if isinstance(one, LoadError)] == ["a.eml/bad.docx"]
    assert [one.where for one in found if isinstance(one, Remark) and one.skipped] == ["a.eml/logo.png"]


def test_a_mail_in_a_mail_and_how_deep():
    inner = mail()
    for _ in range(3):
        outer = EmailMessage()
        outer["From"], outer["Subject"] = "a@example.org", "Forwarded"
        outer.set_content("See below.")
        outer.add_attachment(email.message_from_bytes(inner, policy=email.policy.default))
        inner = bytes(outer)
    found = read(".eml", inner)
    names = [one.document.info.source_id for one in found if isinstance(one, Loaded)]
    assert names[-1] == "a.eml/attachment-1.eml/attachment-1.eml/attachment-1.eml"
    shallow = read(".eml", inner, Limits(max_depth=1))
    assert len([one for one in shallow if isinstance(one, Loaded)]) == 2
    assert "deep" in next(one for one in shallow if isinstance(one, LoadError)).reason


def test_pictures_in_the_text_are_no_attachments():
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.org", "Picture"
    message.set_content("<p>With a picture.</p>", subtype="html")
    message.add_related(b"\x89PNG", "image", "png", cid="<1>")
    assert [type(one) for one in read(".eml", bytes(message))] == [Loaded]


def test_hostile_headers():
    raw = (
        b"From: =?x?q?\xff?= <@@>\r\nSubject: =?utf-8?b?//8=?=\r\nDate: 99 Foo 0000\r\n\r\n"
        + FINDING.encode()
    )
    made = document(".eml", raw)
    assert FINDING in made.text and made.info.published == ""
    made.text.encode()
    wrong = (
        b"From: a@example.org\r\nContent-Type: text/plain; charset=no-such\r\n\r\nCaf\xe9 " + FINDING.encode()
    )
    assert f"Café {FINDING}" in document(".eml", wrong).text


def test_what_is_no_mail():
    assert "no From, Date or Subject" in reason(".eml", b"Just words.\n")
    assert "begins like an HTML page" in reason(".eml", b"<!DOCTYPE html><p>x")
