"""Citations to paste: the styles by their manuals, and nothing that a document says of itself breaks out of one."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import bibtexparser
import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index import Document, DocumentInfo, Page, Passage, Speech, UsageError, document_id, passage_id
from qa import CITATION_STYLES, DATA_STYLES, Citation, cite_as
from qa.cite import cite_span

SITE = "https://pincite.example.org"
DAY = "2026-11-23"
REPORT = DocumentInfo(
    document_id("a.pdf"), "a.pdf", "Services for ‘looked after’ children", "f" * 64, "application/pdf",
    publisher="Ofsted", voice="inspectorate", published="2017-04-07", url="https://example.org/a.pdf",
)  # fmt: skip
URL = f"/documents/{REPORT.doc_id}?start=4&end=90&edition=ffffffff#cited"
CITED = Citation(1, REPORT, 4, 90, "…", page=9, page_label="7", paragraph="12", url=URL)
PRESS = replace(
    REPORT, title="Council apologises", publisher="Daily Echo", voice="press", published="2017-04"
)


def cited(style: str, citation: Citation = CITED, site: str = SITE, accessed: str = DAY) -> str:
    (told,) = cite_as(style, [citation], site=site, accessed=accessed)
    return told


def about(**changes: Any) -> Citation:
    return replace(CITED, document=replace(REPORT, **changes))


@pytest.mark.parametrize(
    ("style", "told"),
    [
        ("plain",
         "Ofsted, Services for ‘looked after’ children, 2017-04-07, page 9 (printed 7), paragraph 12. " + SITE + URL),
        ("markdown",
         "Ofsted, *Services for ‘looked after’ children*, 2017-04-07,"
         f" [page 9 (printed 7), paragraph 12](<{SITE}{URL}>)"),
        ("html",
         "Ofsted, <cite>Services for ‘looked after’ children</cite>, 2017-04-07,"
         f' <a href="{SITE}{URL.replace("&", "&amp;")}">page 9 (printed 7), paragraph 12</a>'),
        # OSCOLA 3.4: author, ‘title’ (date) pinpoint <address> accessed day; quotation marks alternate.
        ("oscola",
         "Ofsted, ‘Services for “looked after” children’ (7 April 2017) 7, para 12 <https://example.org/a.pdf>"
         f" accessed 23 November 2026.\n{SITE}{URL}"),
        # APA 7, 10.4: a body as author; 8.13 and 8.23: parts and paragraphs in the text.
        ("apa",
         "Ofsted. (2017, April 7). Services for ‘looked after’ children. https://example.org/a.pdf\n"
         f"(Ofsted, 2017, p. 7, para. 12)\n{SITE}{URL}"),
    ],
)  # fmt: skip
def test_a_report_in_each_style(style: str, told: str) -> None:
    assert cited(style) == told


@pytest.mark.parametrize(
    ("citation", "told"),
    [
        # A newspaper's name stands with the day, where a report's author goes before its title.
        (replace(CITED, document=PRESS, page=None, page_label=None, paragraph=None),
         "‘Council apologises’ (Daily Echo, April 2017) <https://example.org/a.pdf> accessed 23 November 2026."),
        # A judgment's paragraph is in square brackets and takes the place of the page.
        (about(voice="court", publisher="High Court", title="R (A) v B", url=""),
         f"R (A) v B (High Court, 7 April 2017) [12] <{SITE}{URL}> accessed 23 November 2026."),
        (about(title="The children’s ‘we’re fine’ report", published="", publisher="", url="javascript:x"),
         f"‘The children’s “we’re fine” report’ 7, para 12 <{SITE}{URL}> accessed 23 November 2026."),
        (replace(about(url=""), page_end=11, speaker="Ann Lee"),
         f"Ofsted, ‘Services for “looked after” children’ (7 April 2017) 7–9, para 12 (Ann Lee) <{SITE}{URL}>"
         " accessed 23 November 2026."),
    ],
)  # fmt: skip
def test_oscola(citation: Citation, told: str) -> None:
    assert cited("oscola", citation).partition("\n")[0] == told


@pytest.mark.parametrize(
    ("citation", "told"),
    [
        (about(publisher="", published=""), "Services for ‘looked after’ children. (n.d.). https://example.org/a.pdf\n"
         "(“Services for ‘looked after’ children”, n.d., p. 7, para. 12)"),
        (replace(about(published="2017-04", title="Why?"), page_end=10, speaker="Ann Lee"),
         "Ofsted. (2017, April). Why? https://example.org/a.pdf\n"
         "(Ann Lee, as cited in Ofsted, 2017, pp. 7–8, para. 12)"),
    ],
)  # fmt: skip
def test_apa(citation: Citation, told: str) -> None:
    assert cited("apa", citation).removesuffix(f"\n{SITE}{URL}") == told


def test_without_a_server_there_is_no_permalink() -> None:
    for style in CITATION_STYLES:
        told = cited(style, site="")
        assert ("edition=" not in told and "http" in told) or style in ("plain", "markdown", "html"), style
    assert cited("plain", site="").endswith("paragraph 12")
    assert cited("html", about(title="A & B"), site="").startswith("Ofsted, <cite>A &amp; B</cite>")


def test_a_place_without_number_links_the_title() -> None:
    bare = replace(CITED, page=None, page_label=None, paragraph=None)
    assert f"[*Services for ‘looked after’ children*](<{SITE}{URL}>)" in cited("markdown", bare)
    assert "<cite>Services for ‘looked after’ children</cite></a>" in cited("html", bare)


def test_a_style_that_is_not_known() -> None:
    with pytest.raises(UsageError, match="no style of citation is called 'mla'; there are plain, markdown"):
        cite_as("mla", [CITED])


def test_bibtex_is_read_again() -> None:
    library = bibtexparser.parse_string(cited("bibtex"))
    assert not library.failed_blocks
    (entry,) = library.entries
    found = {name: field.value for name, field in entry.fields_dict.items()}
    assert entry.entry_type == "techreport" and entry.key == f"ofsted2017-{REPORT.doc_id[:8]}-4-90"
    assert found["author"] == "{Ofsted}" and found["institution"] == "Ofsted"
    assert (found["year"], found["date"], found["note"]) == ("2017", "2017-04-07", "p. 7, para. 12")
    assert (found["url"], found["annote"], found["urldate"]) == ("https://example.org/a.pdf", SITE + URL, DAY)
    assert (
        bibtexparser.parse_string(cited("bibtex", replace(CITED, document=PRESS))).entries[0]["journal"]
        == "Daily Echo"
    )


def test_ris_is_read_again() -> None:
    (record,) = rispy.loads(cited("ris"))
    assert record["type_of_reference"] == "RPRT" and record["authors"] == ["Ofsted"]
    assert record["title"] == REPORT.title and record["date"] == "2017/04/07/" and record["year"] == "2017"
    assert record["urls"] == ["https://example.org/a.pdf", SITE + URL]
    assert (record["start_page"], record["notes"], record["access_date"]) == (
        "7",
        ["p. 7, para. 12"],
        "2026/11/23/",
    )
    (press,) = rispy.loads(cited("ris", replace(CITED, document=PRESS)))
    assert (press["type_of_reference"], press["secondary_title"]) == (
        "NEWS",
        "Daily Echo",
    ) and "authors" not in press


HOSTILE = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(
            ["\n", "\r\n", "\u2028", "TY  - ", "ER  - ", "}", "{", "\\", "\\input{x}", "%", "&amp;", "<script>",
             "</cite>", "](javascript:x)", "*", "_", "[", "]", "`", '"', "'", "$", "#", "~", "^", "@article{x,", "1.",
             "-", "![a](b)", "a", "é", "漢", "\x1b[31m", "\u202e", "http://a.b", " "]
        ),
        max_size=8,
    ).map("".join),
)  # fmt: skip


class _Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        assert tag == "cite" or (tag == "a" and [name for name, _ in attrs] == ["href"])

    def handle_data(self, data: str) -> None:
        self.words += data


@settings(max_examples=80, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_nothing_breaks_out(title: str, publisher: str, speaker: str, url: str) -> None:
    citation = replace(
        about(title=title, publisher=publisher, url=f"https://example.org/{url}"),
        speaker=speaker,
        paragraph=title,
    )
    plain = cited("plain", citation)
    assert len(plain.splitlines()) == 1 and not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e]", plain)

    elements = _Elements(cited("html", citation))
    assert elements.names == ["cite", "a"]
    assert f"{elements.words}. {SITE}{URL}" == plain

    # Read as Markdown it says what the plain text says, and links to the permalink only.
    (inline,) = [token for token in MarkdownIt().parse(cited("markdown", citation)) if token.type == "inline"]
    tokens = inline.children or []
    assert [t.attrs["href"] for t in tokens if t.type == "link_open"] == [SITE + URL]
    assert {t.type for t in tokens} <= {
        "text", "text_special", "em_open", "em_close", "link_open", "link_close"
    }  # fmt: skip
    assert "".join(t.content for t in tokens) == elements.words

    (record,) = rispy.loads(cited("ris", citation))
    assert record["type_of_reference"] == "RPRT" and len(cited("ris", citation).split("\nER  - ")) == 2

    written = cited("bibtex", citation)
    library = bibtexparser.parse_string(written)
    assert not library.failed_blocks and [entry.entry_type for entry in library.entries] == ["techreport"]
    assert len(library.blocks) == 1
    body = library.entries[0].fields_dict["title"].value
    assert body.count("{") == body.count("}") and not re.search(r"(?<!\\)[%$#&]", body)
    assert "\\input" not in written


def _document() -> tuple[Document, list[Passage]]:
    text = "First page. It ends here.\nSecond page says “We tried,” said Ann Lee.\n"
    info = replace(REPORT, url="")
    cut = text.index("Second")
    spans = [(0, cut - 1, "12"), (cut, len(text) - 1, "13")]
    passages = [
        Passage(
            passage_id(info.doc_id, a, b), info.doc_id, i, a, b, text[a:b], "Findings", paragraph=number,
            speeches=(Speech(text.index("“"), text.index(" said"), "Ann Lee"),) if i else (),
        )
        for i, (a, b, number) in enumerate(spans)
    ]  # fmt: skip
    return Document(info, text, pages=(Page(1, 0, cut, "i"), Page(2, cut, len(text), "ii"))), passages


def test_any_stretch_can_be_cited() -> None:
    document, passages = _document()
    text = document.text
    for start, end in ((0, 11), (12, 40), (text.index("“"), text.index(" said"))):
        citation = cite_span(document, passages, start, end)
        assert citation.text == text[start:end] == document.text[citation.start : citation.end]
        assert citation.selector is not None and citation.selector.exact == citation.text
    first, both, speech = (
        cite_span(document, passages, *span)
        for span in ((0, 11), (12, 40), (text.index("“"), text.index(" said")))
    )
    assert (first.page, first.page_end, first.page_label, first.paragraph) == (1, 1, "i", "12")
    assert (both.page, both.page_end, both.paragraph, both.heading) == (1, 2, "12 to 13", "Findings")
    assert (speech.page, speech.page_label, speech.paragraph, speech.speaker) == (2, "ii", "13", "Ann Lee")
    assert "start=0&end=11&edition=ffffffff" in first.url
    bare = cite_span(replace(document, pages=()), [], 0, 5)
    assert (bare.page, bare.paragraph, bare.heading, bare.voice) == (None, None, "", "inspectorate")


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (5, 2), (0, 10_000)])
def test_no_such_stretch(start: int, end: int) -> None:
    with pytest.raises(UsageError, match="is no stretch of it"):
        cite_span(*_document(), start, end)


def test_two_places_of_one_report_have_two_keys() -> None:
    told = cite_as("bibtex", [CITED, replace(CITED, start=100, end=120)])
    keys = [bibtexparser.parse_string(one).entries[0].key for one in told]
    assert len(set(keys)) == 2 and set(DATA_STYLES) == {"bibtex", "ris"}
