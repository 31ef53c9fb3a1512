"""Evidence packs: the quote and what stands around it cannot be taken for each other, in any form."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index import Document, DocumentInfo, Passage, Span, UsageError, document_id, passage_id
from qa import Answer, Citation, Difference, Pack, Quote, Searched, Service, Telling, make_pack, write_pack
from qa.pack import Context, context_of

MADE = "2026-11-23T03:00:00Z"
SITE = "https://pincite.example.org"


def _pack(text: str, title: str = "A report") -> Pack:
    """A document of three passages; the second's middle is quoted."""
    info = DocumentInfo(
        document_id("a.txt"), "a.txt", title, "ab" * 32, "text/plain", publisher=title, licence=title
    )
    around = [f"Before {text}.", f"Lead {text}. Quoted {text}. Tail {text}.", f"After {text}."]
    whole = "\n\n".join(around)
    at, passages = 0, []
    for n, part in enumerate(around):
        at = whole.index(part, at)
        passages.append(
            Passage(passage_id(info.doc_id, at, at + len(part)), info.doc_id, n, at, at + len(part), part)
        )
        at += len(part)
    start = whole.index("Quoted ")
    end = start + len(f"Quoted {text}.")
    own = passages[1]
    citation = Citation(1, info, own.start, own.end, own.text, page=2, url=f"/documents/{info.doc_id}")
    quote = Quote(whole[start:end], 1, "press", info.doc_id, start, end, speaker=title)
    answer = Answer(
        question=f"What of {text}?", status="answered", confidence=0.9, quotes=(quote,), citations=(citation,),
        searched=Searched(1, 3), hits=(), explanation="Quoted from 1 of 1 documents searched.",
        receipt={"model": "m", "model_fingerprint": "f", "generation": 3}, withheld=2,
    )  # fmt: skip

    class Library:
        def document(self, name: str) -> Document:
            return Document(info, whole)

        def passages(self, name: str) -> list[Passage]:
            return passages

    return make_pack(answer, Library())


def test_what_stands_around_a_quote() -> None:
    (one,) = _pack("it").quotes
    assert one.context == Context("Before it.", "Lead it. ", " Tail it.", "After it.")


def test_boilerplate_and_the_edges_are_no_context() -> None:
    text = "Notice. One. Two."
    made = [Passage(f"d:{a}-{b}", "d", 0, a, b, text[a:b]) for a, b in ((0, 7), (8, 12), (13, 17))]
    passages = [replace(made[0], boilerplate=True), *made[1:]]
    assert context_of(text, passages, 8, 12) == Context("", "", "", "Two.")
    assert context_of(text, passages, 8, 17) == Context("", "", "", "")
    assert context_of(text, [], 8, 12) == Context("", "", "", "")


def test_markdown() -> None:
    told = write_pack("md", [_pack("it")], made=MADE, site=SITE).decode()
    tokens = MarkdownIt().parse(told)
    inside, depth, quoted = [], 0, []
    for token in tokens:
        depth += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "inline":
            (quoted if depth else inside).append(token.content)
    assert quoted == ["“Quoted it.”"]
    for part in (
        "*Before it.*",
        "*Lead it. \\[the quote\\] Tail it.*",
        "*After it.*",
        "Context, not quoted:",
    ):
        assert part in inside
    assert (
        f"sha256 `{'ab' * 32}`" in told
        and f"[page 2](<{SITE}/documents/" in told
        and "word for word: 2" in told
    )


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: dict[str, str] = {}
        self.names: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        given_ = dict(attrs)
        assert set(given_) <= {"class", "href", "lang", "charset", "name", "content", "http-equiv"}, given_
        assert (given_.get("href") or "https:").startswith("https:")
        if tag != "meta":
            self.open.append((given_.get("class") or "") + tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().endswith(tag)

    def handle_data(self, data: str) -> None:
        for name in ("blockquote", "contextdiv"):
            if name in self.open:
                self.words[name] = self.words.get(name, "") + data


def test_html() -> None:
    page = _Page(write_pack("html", [_pack("it")], made=MADE, site=SITE).decode())
    assert page.open == [] and page.words["blockquote"] == "“Quoted it.”"
    context = page.words["contextdiv"]
    assert all(part in context for part in ("Before it.", "Lead it. [the quote] Tail it.", "After it."))
    assert "Quoted it." not in context


def test_docx() -> None:
    document = docx.Document(BytesIO(write_pack("docx", [_pack("it")], made=MADE, site=SITE)))
    by_style: dict[str, list[str]] = {}
    for paragraph in document.paragraphs:
        by_style.setdefault(paragraph.style.name if paragraph.style else "", []).append(paragraph.text)
    assert by_style["Intense Quote"] == ["“Quoted it.”"] and by_style["Heading 1"] == ["What of it?"]
    small = [p for p in document.paragraphs if p.text in ("Before it.", "After it.")]
    assert len(small) == 2 and all(
        p.runs[0].italic and str(p.runs[0].font.color.rgb) == "505A5F" for p in small
    )
    assert any("ab" * 32 in text for text in by_style["List Number"])
    assert document.core_properties.created.isoformat()[:10] == MADE[:10]


def _labelled(label: str, told: str = "it") -> Pack:
    """A pack whose quote has a label, and that differs from another source."""
    pack = _pack(told)
    packed = replace(pack.quotes[0], quote=replace(pack.quotes[0].quote, label=label))
    sides = [
        Telling(replace(packed.quote, text=words), replace(packed.citation, n=n), Span(0, 0))
        for n, words in ((1, f"It had 12 {told}."), (2, f"It had 15 {told}."))
    ]
    answer = replace(pack.answer, differences=(Difference("number", sides[0], sides[1]),))
    return replace(pack, quotes=(packed,), answer=answer)


def test_a_label_and_the_sources_that_differ() -> None:
    pack = _labelled("Early help")
    told = write_pack("md", [pack], made=MADE, site=SITE).decode()
    assert "\n\n\\[Early help\\]\n\n> “Quoted it.”\n" in told
    heading, _, differ = told.partition("## Sources differ in a number\n")
    assert differ.index("“It had 12 it.”") < differ.index("“It had 15 it.”") and "12" not in heading
    page = write_pack("html", [pack], made=MADE, site=SITE).decode()
    assert '<p class="editor">[Early help]</p><blockquote><p>“Quoted it.”</p>' in page
    assert page.count('<div class="differ">') == 1 and "“It had 15 it.”" in page
    assert _Page(page).open == []
    document = docx.Document(BytesIO(write_pack("docx", [pack], made=MADE, site=SITE)))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[texts.index("“Quoted it.”") - 1] == "[Early help]"
    (table,) = document.tables
    assert [cell.paragraphs[0].text for cell in table.rows[0].cells] == [
        "[Early help] “It had 12 it.”", "[Early help] “It had 15 it.”",
    ]  # fmt: skip


_NASTY = st.one_of(
    st.text(max_size=30),
    st.lists(
        st.sampled_from(["<script>", "</p>", "</blockquote>", "\n\n# x", "> ", "](x)", "`", "*", "\x00", "\x1b[2J",
                         "\ufffe", "\u202e", "&lt;", '"', "“", "<!--", "1. ", "- ", "é", "\n"]),
        max_size=6,
    ).map("".join),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(_NASTY, _NASTY)
def test_nothing_that_a_document_says_breaks_out(text: str, title: str) -> None:
    pack = _pack(text, title)
    page = _Page(write_pack("html", [pack], made=MADE, site=SITE).decode("utf-8"))
    assert not page.names & {"script", "img", "iframe", "link"} and page.open == []
    assert page.words["blockquote"].startswith("“Quoted ")
    tokens = MarkdownIt().parse(write_pack("md", [pack], made=MADE, site=SITE).decode())
    assert sum(token.type == "blockquote_open" for token in tokens) == 1
    assert sum(token.type == "heading_open" for token in tokens) == 3
    assert not any(token.type in ("html_block", "fence", "code_block") for token in tokens)
    document = docx.Document(BytesIO(write_pack("docx", [pack], made=MADE)))
    assert sum(p.style is not None and p.style.name == "Intense Quote" for p in document.paragraphs) == 1


@settings(max_examples=25, deadline=None)
@given(_NASTY, _NASTY)
def test_no_label_breaks_out(label: str, text: str) -> None:
    pack = _labelled(label, text)
    page = _Page(write_pack("html", [pack], made=MADE, site=SITE).decode("utf-8"))
    assert not page.names & {"script", "img", "iframe", "link"} and page.open == []
    tokens = MarkdownIt().parse(write_pack("md", [pack], made=MADE, site=SITE).decode())
    assert sum(token.type == "blockquote_open" for token in tokens) == 3
    assert not any(token.type in ("html_block", "fence", "code_block") for token in tokens)
    write_pack("docx", [pack], made=MADE)


def test_silence_is_filed_too(service: Service) -> None:
    answer = service.ask("Which penguins live at the south pole?")
    assert answer.status == "not_in_documents"
    told = write_pack("md", [make_pack(answer, service)], made=MADE).decode()
    assert "**The documents do not say.**" in told and "## The nearest passages, which do not answer" in told
    assert "\n> " not in told and "## Sources" not in told


def test_several_questions_in_one_file(service: Service) -> None:
    answers = [
        service.ask(question) for question in ("Why were thresholds inconsistent?", "private fostering")
    ]
    packs = [make_pack(answer, service) for answer in answers]
    for one in (quote for pack in packs for quote in pack.quotes):
        text = service.document(one.quote.doc_id).text
        around = f"{one.context.lead}{one.quote.text}{one.context.tail}"
        assert around in text and (not one.context.before or one.context.before in text)
    told = write_pack("html", packs, made=MADE).decode()
    assert told.count("<h1>") == 2 and "<title>2 questions</title>" in told
    assert told.count("<blockquote>") == sum(len(answer.quotes) for answer in answers)
    assert re.search(r"<h2>Sources</h2>", told)


def test_another_form_is_misuse() -> None:
    with pytest.raises(UsageError, match="there are md, html, docx"):
        write_pack("pdf", [], made=MADE)
