"""HTML: what a browser shows, in blocks, with nothing lost."""

import html as escaping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import LoadError
from index.loaders import Limits, read_documents
from index.types import Document, in_order
from tests.work import ends, grows_in_step

PAGE = """<!doctype html><html><head><title>Page | Site</title><meta charset=utf-8></head><body>
<header><a href=/>Site</a></header><nav><ul><li>Home<li>News</ul></nav>
<main><h1>Title <em>of</em> it</h1>
<p>One&nbsp;para   with <b>bold</b><br>and break.<script>x()</script> After script.<!-- c -->
 After comment.</p>
loose text <div>in div <span>span</span></div>
<ul><li>one<li>two <p>para in li</p><ul><li>nested</ul></ul><ol start=3><li>three<li>four</ol>
<table><caption>Caption</caption><tr><th>Judgement<th>Grade<tr><td>Overall<td>Inadequate
<tr><td rowspan=2>Leaders<td><p>Good</p><p>now</p><tr><td>Bad</table>
<table><tr><th>Key<td>Value</table><table><tr><td>a<td>b</table>
<p hidden>secret</p><p style="color: red; display: none">secret</p><template>secret</template>
<pre>a  b
  c</pre><blockquote><p>We failed</p><footer>Will</footer></blockquote>text<br><br>text2 <q>said</q>
<svg><title>secret</title></svg><h2><button>Open</button></h2><button>Share</button></main>
<form><input><label>Search</label></form><aside>Related</aside><footer>Copyright</footer></body></html>"""

DEFAULTS = Limits()


def load(
    tmp_path: Path, source: str | bytes, name: str = "a.html", limits: Limits = DEFAULTS
) -> Document | LoadError:
    path = tmp_path / name
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    (outcome,) = read_documents(path, name, limits)
    return outcome


def shown(document: Document) -> list[tuple[str, str]]:
    return [("site" if b.boilerplate else b.kind, document.text[b.start : b.end]) for b in document.blocks]


def test_blocks(tmp_path):
    document = load(tmp_path, PAGE)
    assert shown(document) == [
        ("site", "Site"),
        ("site", "Home"),
        ("site", "News"),
        ("heading", "Title of it"),
        ("paragraph", "One\u00a0para with bold\nand break. After script. After comment."),
        ("paragraph", "loose text"),
        ("paragraph", "in div span"),
        ("item", "one"),
        ("item", "two"),
        ("item", "para in li"),
        ("item", "nested"),
        ("item", "three"),
        ("item", "four"),
        ("paragraph", "Caption"),
        ("furniture", "Judgement; Grade"),
        ("row", "Judgement: Overall; Grade: Inadequate."),
        ("row", "Judgement: Leaders; Grade: Good now."),
        ("row", "Judgement: Leaders; Grade: Bad."),
        ("row", "Key: Value."),
        ("row", "a; b"),
        ("paragraph", "a  b\n  c"),
        ("paragraph", "We failed"),
        ("paragraph", "Will"),
        ("paragraph", "text"),
        ("paragraph", "text2 “said”"),
        ("heading", "Open"),
        ("site", "Share"),
        ("site", "Search"),
        ("site", "Related"),
        ("site", "Copyright"),
    ]
    assert in_order(document.blocks)
    assert [b.level for b in document.blocks if b.kind == "heading"] == [1, 2]
    assert "• one\n• two\npara in li\n• nested\n3. three\n4. four\n\nCaption" in document.text
    assert document.info.media_type == "text/html"


def test_metadata(tmp_path):
    info = load(
        tmp_path,
        """<html><head><meta property="og:title" content="Council  failing"><title>x</title>
        <meta property="og:site_name" content="The Paper"><link rel="canonical" href="https://paper.org/a">
        <meta property="article:published_time" content="2017-04-07T10:00:00+01:00"></head><p>Text""",
    ).info
    assert (info.title, info.publisher, info.published, info.url) == (
        "Council failing",
        "The Paper",
        "2017-04-07",
        "https://paper.org/a",
    )


@pytest.mark.parametrize(
    ("markup", "published"),
    [
        ('<meta name="date" content="2017-04">', "2017-04"),
        ('<meta name="DC.date" content="2017">', "2017"),
        ('<meta itemprop="datePublished" content="2017-04-07 10:00:00">', "2017-04-07"),
        (
            '<script type="application/ld+json">{"a":[{"datePublished":"2017-04-07T09:00:00Z"}]}</script>',
            "2017-04-07",
        ),
        (
            '<script type="application/ld+json">{broken</script><time datetime="2017-04-07">7 April</time>',
            "2017-04-07",
        ),
        (
            '<time datetime="2016-01-01">x</time><main><time datetime="2017-04-07T08:00">y</time></main>',
            "2017-04-07",
        ),
        ('<time datetime="2016-01-01">x</time><time datetime="2017-01-01">y</time>', ""),
        (
            '<time datetime="2016-01-01">x</time><time pubdate datetime="2017-01-01">y</time>',
            "2017-01-01",
        ),
        ('<meta name="date" content="7 April 2017">', "2017-04-07"),
        ('<meta name="date" content="April 7th, 2017">', "2017-04-07"),
        ('<meta name="pubdate" content="20170407">', "2017-04-07"),
        ('<meta name="pubdate" content="Fri, 07 Apr 2017 10:00:00 +0100">', "2017-04-07"),
        ('<meta name="pubdate" content="07/04/2017">', ""),
        ('<meta name="date" content="7 Smarch 2017">', ""),
        ('<meta name="parsely-pub-date" content="2017-04-07T10:00:00.123Z">', "2017-04-07"),
        ("<time datetime='2017-04-07 09:30'>x</time>", "2017-04-07"),
        (
            """<script type="application/ld+json"><!-- [{"@type":"Comment","datePublished":"2019-01-01"},
            {"@type":["NewsArticle"],"datePublished":"7 April 2017"}] --></script>""",
            "2017-04-07",
        ),
        (
            """<article><time datetime="2017-04-07">x</time><div class="comment"><time pubdate
            datetime="2017-05-01">y</time></div></article>""",
            "2017-04-07",
        ),
        ('<meta name="date" content="2017-02-30">', ""),
    ],
)
def test_published(tmp_path, markup, published):
    assert load(tmp_path, f"<html><body>{markup}<p>Text</p>").info.published == published


def test_title_fallbacks_and_unsafe_address(tmp_path):
    info = load(tmp_path, '<link rel=canonical href="javascript:alert(1)"><h1>Only <b>heading</b></h1>').info
    assert (info.title, info.url) == ("Only heading", "")
    assert load(tmp_path, "<p>Text").info.title == "a.html"
    assert load(tmp_path, '<meta name=author content="A. Writer"><p>Text').info.publisher == "A. Writer"


@pytest.mark.parametrize(
    "source",
    [
        "\ufeff<p>café “ünïcode”".encode(),
        "<p>café “ünïcode”".encode("utf-16"),
        "<meta charset=windows-1252><p>café “ünïcode”".encode("cp1252"),
        "<meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'><p>café “ünïcode”".encode(
            "cp1252"
        ),
        "<?xml version='1.0' encoding='cp1252'?><html><p>café “ünïcode”".encode("cp1252"),
        "<meta charset=nonsense><p>café “ünïcode”".encode(),
        "<meta charset=utf-16><p>café “ünïcode”".encode(),
        "<p>café “ünïcode”".encode(),
    ],
)
def test_encodings(tmp_path, source):
    assert load(tmp_path, source).text == "café “ünïcode”"


def test_undeclared_encoding_is_guessed(tmp_path):
    text = "Die Prüfung der Behörde fand später statt, als die Räte es wünschten. " * 20
    assert load(tmp_path, f"<p>{text}".encode("cp1252")).text == text.strip()


def test_one_stray_byte_does_not_change_the_encoding(tmp_path):
    text = load(tmp_path, b"<meta charset=utf-8><p>caf\xc3\xa9 \xff end").text
    assert text == "café \ufffd end"


def test_a_page_within_a_form_is_the_page(tmp_path):
    document = load(
        tmp_path, "<body><form><p>A long paragraph of the page.</p></form><footer>c</footer></body>"
    )
    assert [kind for kind, _ in shown(document)] == ["paragraph", "site"]


def test_a_page_of_menus_only_is_content(tmp_path):
    assert shown(load(tmp_path, "<body><nav><p>All there is</p></nav></body>")) == [
        ("paragraph", "All there is")
    ]


def test_header_and_footer_by_where_they_are(tmp_path):
    source = """<header><p>Skip to content</p></header><main><article><header><p>By A. Writer</p></header>
    <p>Body of the article, longer than the rest of it all.</p>
    <div role=complementary>Ad</div></article></main>"""
    assert [kind for kind, _ in shown(load(tmp_path, source))] == [
        "site",
        "paragraph",
        "paragraph",
        "site",
    ]


SITE = """<body><div id="cookie-banner"><h2>Cookies</h2><p>We use them.</p></div>
<nav><ul><li>News<li>Sport</ul></nav>
<main class="has-sidebar"><article class="post tag-council">
<header><h1>Bridge closed again</h1><p>By A. Writer</p></header>
<div class="social-share"><a>Tweet</a> <a>Email</a></div>
<p>The council closed the bridge on Monday after a lorry hit the parapet.</p>
<p>Engineers will look at it on Friday, and the river bus will run in its place until they have.</p>
<aside class="related"><h3>Related</h3><ul><li>Bridge opened</ul></aside>
<p>It has been closed three times since May.</p>
<p class="tags">bridges, roads</p></article>
<section id="comments"><h2>2 comments</h2>
<article class="comment"><footer class="comment-meta"><b>Ann Lee</b></footer><div>3 May 2020</div>
<p>Close it for good.</p></article>
<article class="comment"><header><cite>Bo Tan</cite> <time>4 May 2020</time></header>
<p>I need it to get to work.</p>
<button>Reply</button></article>
<form class="comment-form"><p>Leave a reply</p></form></section></main>
<div class="breadcrumbs"><a>Home</a></div><footer>Copyright</footer></body>"""


def test_parts_of_the_site_are_marked_and_kept(tmp_path):
    assert shown(load(tmp_path, SITE)) == [
        ("site", "Cookies"),
        ("site", "We use them."),
        ("site", "News"),
        ("site", "Sport"),
        ("heading", "Bridge closed again"),
        ("paragraph", "By A. Writer"),
        ("site", "Tweet Email"),
        ("paragraph", "The council closed the bridge on Monday after a lorry hit the parapet."),
        (
            "paragraph",
            "Engineers will look at it on Friday, and the river bus will run in its place until they have.",
        ),
        ("site", "Related"),
        ("site", "Bridge opened"),
        ("paragraph", "It has been closed three times since May."),
        ("site", "bridges, roads"),
        ("heading", "2 comments"),
        ("paragraph", "Ann Lee"),
        ("paragraph", "3 May 2020"),
        ("paragraph", "Close it for good."),
        ("paragraph", "Bo Tan 4 May 2020"),
        ("paragraph", "I need it to get to work."),
        ("site", "Reply"),
        ("site", "Leave a reply"),
        ("site", "Home"),
        ("site", "Copyright"),
    ]


def test_a_heading_of_the_site_is_in_no_path(tmp_path):
    document = load(tmp_path, SITE)
    assert [(b.level, document.text[b.start : b.end]) for b in document.blocks if b.level] == [
        (1, "Bridge closed again"),
        (2, "2 comments"),
    ]


def test_marking_deep_pages_takes_work_in_step_with_their_depth(tmp_path):
    def deep(depth: int, words: int = 2_000) -> str:
        return "<div class=share>" * depth + "deep" + "</div>" * depth + "<p>" + "word " * words

    assert grows_in_step(lambda page: load(tmp_path, page), deep, 200)
    for depth in (1_000, 1_900):
        with ends():
            assert isinstance(load(tmp_path, deep(depth, 200_000)), Document)


def test_tables(tmp_path):
    def rows(source: str) -> list[tuple[str, str]]:
        return shown(load(tmp_path, f"<table>{source}</table>"))

    assert rows("<thead><tr><td>A<td>B</thead><tr><td>1<td>2") == [
        ("furniture", "A; B"),
        ("row", "A: 1; B: 2."),
    ]
    assert rows("<tr><th>A<th>B") == [("row", "A; B")]
    assert rows("<tr><th colspan=2>2016<th>2017<tr><th>a<th>b<th>c<tr><td>1<td>2<td>3")[-1] == (
        "row",
        "2016 a: 1; b: 2; 2017 c: 3.",
    )
    assert rows("<td>no<td>row") == [("paragraph", "no"), ("paragraph", "row")]
    assert rows("<tr><th>Q:<th>Why?<tr><td>x<td>y?") == [("furniture", "Q:; Why?"), ("row", "Q: x; Why?: y?")]
    assert rows("<tr><td><h2>Layout</h2><p>text</p><td>side") == [
        ("heading", "Layout"),
        ("paragraph", "text"),
        ("paragraph", "side"),
    ]
    assert rows("<tr><td><ol><li>a<li>b</ol><td>c") == [("row", "a b; c")]


@pytest.mark.parametrize("depth", [300, 10_000])
@pytest.mark.parametrize("tag", ["div", "span", "ul><li", "table><tr><td", "blockquote", "nav", "a"])
def test_deep_nesting_loses_nothing(tmp_path, tag, depth):
    document = load(tmp_path, f"<p>before</p>{f'<{tag}>' * depth}deep{'</div>' * depth}<p>after</p>")
    assert document.text.replace("• ", "").split() == ["before", "deep", "after"]


def test_nesting_that_cannot_be_read_is_an_error_and_not_a_loss(tmp_path):
    outcome = load(tmp_path, "<p>before</p>" + "<x-y>" * 10_000 + "deep")
    assert "more than 2,000 elements deep" in str(outcome)


def test_errors(tmp_path):
    assert "has no text" in str(load(tmp_path, "<html><body><script>x</script></body></html>"))
    assert "has no text" in str(load(tmp_path, "<!-- -->"))
    assert "begins like a PDF" in str(load(tmp_path, b"%PDF-1.4 x"))
    assert "binary file" in str(load(tmp_path, b"\x00\x01\x02text"))
    assert "limit of 10 bytes for HTML" in str(
        load(tmp_path, "<p>" + "x" * 20, limits=Limits(max_markup_bytes=10))
    )


def test_a_header_repeated_on_every_row_cannot_fill_memory(tmp_path):
    source = "<table><tr>" + "<th>" * 2 + "h" * 190 + "<th>i" + "<tr><td>1<td>2<td>3" * 5000 + "</table>"
    assert "more than 100,000 characters" in str(load(tmp_path, source, limits=Limits(max_chars=100_000)))


words = st.text("ab\u00e9\u05d0\u0301 \u00a0\n", min_size=1, max_size=12)
NAMES = "p div span b li ul ol td tr table th h2 br pre form nav footer header section q dl dd a"
tags = st.sampled_from(NAMES.split())
trees = st.recursive(
    words.map(escaping.escape),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", tags, st.lists(inner, max_size=4)
    ),
    max_leaves=25,
)


@settings(deadline=None)
@given(st.lists(trees, min_size=1, max_size=4).map("".join))
def test_nothing_is_lost_and_all_is_in_blocks(tmp_path_factory, source):
    from lxml import html

    expected = sorted(
        c for c in "".join(html.document_fromstring(f"<body>{source}").itertext()) if c.isalpha()
    )
    document = load(tmp_path_factory.mktemp("h"), f"<body>{source}")
    if isinstance(document, LoadError):
        assert not expected
        return
    assert in_order(document.blocks)
    covered = set()
    for block in document.blocks:
        assert document.text[block.start : block.end].strip() == document.text[block.start : block.end] != ""
        covered.update(range(block.start, block.end))
    outside = {c for at, c in enumerate(document.text) if at not in covered and not c.isspace()}
    assert outside <= set("•0123456789.")
    if "<th>" not in source and "<table>" not in source:  # labels are repeated
        assert sorted(c for c in document.text if c.isalpha()) == expected
    else:
        assert set(expected) <= set(document.text)


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(PAGE)))
def test_damage_never_raises(tmp_path_factory, noise, at):
    data = PAGE.encode()
    outcome = load(tmp_path_factory.mktemp("d"), data[:at] + noise + data[at + len(noise) :])
    assert isinstance(outcome, (Document, LoadError))
