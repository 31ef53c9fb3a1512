"""Markdown: untouched source, clean block spans."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import split
from index.embed import embeddable
from index.errors import LoadError
from index.loaders import Source, read_documents
from index.loaders import load as loaded
from index.reading.annotate import annotate
from index.sources import SourceRow
from index.types import Document, in_order

SOURCE = """\ufeff---
title: not this
---
Before
======

# The *Big* report on [care](http://x.org) #

Intro para
wrapped.

<!-- a note -->

Set
ext
---

- one
  more
  - nested a
  - nested b

  after nested
- two

  second para

3. three
4. four

> quoted
> on
>> deeper

| A | B |
|---|--:|
| 1 | 2 |
| 3 | 4 \\|

```py
# code
```

    indented

[ref]: http://example.com
  "Title"

***
<div>
html text
</div>
<hr>

- [x] done
"""


def load(tmp_path: Path, source: str) -> Document:
    path = tmp_path / "a.md"
    path.write_bytes(source.encode())
    (document,) = read_documents(path, "a.md")
    return document


def shown(document: Document) -> list[tuple[str, int, str]]:
    return [(b.kind, b.level, document.text[b.start : b.end]) for b in document.blocks]


EXPECTED = [
    ("furniture", 0, "---\ntitle: not this\n---"),
    ("heading", 1, "Before"),
    ("furniture", 0, "======"),
    ("heading", 1, "The *Big* report on [care](http://x.org)"),
    ("paragraph", 0, "Intro para\nwrapped."),
    ("furniture", 0, "<!-- a note -->"),
    ("heading", 2, "Set\next"),
    ("furniture", 0, "---"),
    ("item", 0, "one\n  more"),
    ("item", 0, "nested a"),
    ("item", 0, "nested b"),
    ("item", 0, "after nested"),
    ("item", 0, "two\n\n  second para"),
    ("item", 0, "3. three"),
    ("item", 0, "4. four"),
    ("paragraph", 0, "quoted\n> on"),
    ("paragraph", 0, "deeper"),
    ("heads", 0, "A | B"),
    ("furniture", 0, "|---|--:|"),
    ("row", 0, "1 | 2"),
    ("row", 0, "3 | 4 \\|"),
    ("furniture", 0, "```py"),
    ("paragraph", 0, "# code"),
    ("furniture", 0, "```"),
    ("paragraph", 0, "indented"),
    ("furniture", 0, '[ref]: http://example.com\n  "Title"'),
    ("furniture", 0, "***"),
    ("paragraph", 0, "<div>\nhtml text\n</div>\n<hr>"),
    ("item", 0, "done"),
]


def test_blocks(tmp_path):
    document = load(tmp_path, SOURCE)
    assert document.text == SOURCE
    assert shown(document) == EXPECTED
    assert in_order(document.blocks)
    assert document.info.media_type == "text/markdown"


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends_give_the_same_blocks(tmp_path, end):
    document = load(tmp_path, SOURCE.replace("\n", end))
    assert [(k, n, text.replace(end, "\n")) for k, n, text in shown(document)] == EXPECTED


NUMBERED = """# Findings

27. The council did not know
how many children it had placed.

28. It had not asked.

3.14 The board met twice.

[16] Nobody took minutes.

The panel:

1. met
2. wrote
"""


def test_numbered_paragraphs_keep_their_number(tmp_path):
    passages = split(load(tmp_path, NUMBERED))
    assert [(p.paragraph, p.text.split()[1]) for p in passages if p.paragraph] == [
        ("27", "The"),
        ("28", "It"),
        ("3.14", "The"),
        ("16", "Nobody"),
        ("1", "met"),
        ("2", "wrote"),
    ]
    assert passages[0].text.startswith("27. The council") and passages[0].heading == "Findings"


def test_unusual_separators_do_not_shift_lines(tmp_path):
    document = load(tmp_path, "a\u2028b\x0bc\x85d\n\n# Heading\n\nafter\n")
    assert shown(document)[1:] == [("heading", 1, "Heading"), ("paragraph", 0, "after")]


def test_titles(tmp_path):
    assert load(tmp_path, "## Second\n\n# First *one* & `code`\n").info.title == "First one & code"
    assert load(tmp_path, "para\n\n## Only\n").info.title == "Only"
    assert load(tmp_path, "no heading\n").info.title == "a.md"
    assert load(tmp_path, "#\n\ntext\n").info.title == "a.md"


def test_wrong_encoding(tmp_path):
    path = tmp_path / "a.md"
    path.write_bytes(b"# Caf\xe9\n")
    (outcome,) = read_documents(path, "a.md")
    assert isinstance(outcome, LoadError)
    assert outcome.line == 1


@pytest.mark.parametrize("depth", [100, 20_000])
@pytest.mark.parametrize("mark", [">", "- ", "[", "*", "<b>"])
def test_deep_nesting_keeps_the_text(tmp_path, mark, depth):
    document = load(tmp_path, f"before\n\n{mark * depth}deep\n\nafter\n")
    content = " ".join(text for kind, _, text in shown(document) if kind != "furniture")
    for word in ("before", "deep", "after"):
        assert word in content


@settings(deadline=None)
@given(st.text("#-*+>|[]()`~<!:.019 ab\t\n\r\ufeff_=", max_size=200))
def test_every_letter_is_in_a_block(tmp_path_factory, source):
    path = tmp_path_factory.mktemp("m") / "a.md"
    path.write_bytes(source.encode())
    (document,) = read_documents(path, "a.md")
    if isinstance(document, LoadError):
        assert not source.lstrip("\ufeff").strip()
        return
    assert document.text == source
    assert in_order(document.blocks)
    covered = set()
    for block in document.blocks:
        assert block.start < block.end
        assert document.text[block.start : block.end].strip("\ufeff \t\r\n")
        covered.update(range(block.start, block.end))
    assert not [at for at, c in enumerate(source) if c.isalpha() and at not in covered and c != "x"]


def test_rows_are_read_with_the_heads_of_their_table(tmp_path):
    source = (
        "# Findings\n\nBefore.\n\n| Year | Referrals | Note |\n|---|---|---|\n| 2016 | 4,120 | |\n"
        "| | 4,310 | It fell. Then it rose. |\n\nAfter.\n\n| Only | heads |\n|---|---|\n\n| | |\n|--|--|\n| a | b |\n"
    )
    document = load(tmp_path, source)
    assert [(kind, text) for kind, _, text in shown(document) if kind in ("heads", "row")] == [
        ("heads", "Year | Referrals | Note"),
        ("row", "2016 | 4,120"),
        ("row", "| 4,310 | It fell. Then it rose."),
        ("row", "Only | heads"),
        ("row", "a | b"),
    ]
    passages = split(document, 20)
    assert all(source[p.start : p.end] == p.text for p in passages)
    assert [(p.heading, embeddable(document, p).text) for p in passages] == [
        ("Findings", "Before."),
        ("Findings › Year | Referrals | Note", "Year: 2016; Referrals: 4,120."),
        ("Findings › Year | Referrals | Note", "Referrals: 4,310; Note: It fell. Note: Then it rose."),
        ("Findings", "After. Only | heads"),
        ("Findings", "a | b"),
    ]
    for p in passages:
        read = embeddable(document, p)
        assert len(read.sentences) == len(p.sentences)
        assert all(read.text[s.start : s.end].strip() == read.text[s.start : s.end] for s in read.sentences)


def test_a_table_without_rows_and_heads_too_long_to_repeat_are_found_all_the_same(tmp_path):
    long = "word " * 70
    document = load(tmp_path, f"| {long}| b |\n|---|---|\n| 1 | 2 |\n")
    passages = split(document)
    assert {p.heading for p in passages} == {""}
    assert long.strip() in " ".join(p.text for p in passages)


FRONT = {
    "---\ntitle: The  panel\ndate: 2017-04-07\npublisher: Northborough\n---\n": (
        "The panel",
        "Northborough",
        "2017-04-07",
    ),
    "\ufeff---\r\nTitle: 'A: b'\r\nDate: 7 April 2017\r\nauthors: [Ann Lee, Bob]\r\n...\r\n": (
        "A: b",
        "Ann Lee",
        "2017-04-07",
    ),
    "+++\ntitle = 'T'\npublishDate = 2017-04-07T09:30:00Z\n[author]\nname = 'Ann'\n+++\n": (
        "T",
        "Ann",
        "2017-04-07",
    ),
    "---\ndate: 2017-04-07 10:00:00 +0100\nlastmod: 2020-01-01\n---\n": ("Head", "", "2017-04-07"),
    "---\nlastmod: 2020-01-01\nupdated: 2020-01-01\ndate: soon\n---\n": ("Head", "", ""),
    "---\nbroken: [\n---\n": ("Head", "", ""),
    "---\njust words\n---\n": ("Head", "", ""),
    "---\n---\n": ("Head", "", ""),
    "+++\nbroken\n+++\n": ("Head", "", ""),
    "---\na: &a [x]\nb: &b [*a, *a]\ntitle: [*b, *b]\n---\n": ("Head", "", ""),
    f"---\ntitle: {'[' * 5000}\n---\n": ("Head", "", ""),
    f"---\ntitle: T\nx: {'y' * 100_000}\n---\n": ("Head", "", ""),
    "---\n2017-13-45: x\n? [a]\n: b\n---\n": ("Head", "", ""),
}


@pytest.mark.parametrize("front", FRONT)
def test_front_matter(tmp_path, front):
    document = load(tmp_path, f"{front}# Head\n\nReport published: 1 January 1999.\n")
    info = document.info
    assert (info.title, info.publisher, info.published) == FRONT[front]
    assert info.dated_by == ("metadata" if info.published else "")
    assert shown(document)[0][0] == "furniture"
    assert ("heading", 1, "Head") in shown(document)
    # Without a date of its own it is dated by its text.
    found = annotate(document).info
    assert (found.published, found.dated_by) == (
        (info.published, "metadata") if info.published else ("1999-01-01", "text")
    )


def test_the_address_of_front_matter(tmp_path):
    source = "---\nurl: /local/path\nsource_url: https://example.org/a\n---\nText.\n"
    assert load(tmp_path, source).info.url == "https://example.org/a"


def test_sources_csv_has_the_word_over_front_matter(tmp_path):
    (tmp_path / "a.md").write_text("---\ntitle: T\ndate: 2017\n---\nText.\n")
    source = Source("a.md", "a.md", "/a.md", ".md", SourceRow("a.md", published="2018"))
    (found,) = loaded(source, tmp_path / "a.md")
    assert (found.document.info.title, found.document.info.published, found.document.info.dated_by) == (
        "T", "2018", "sources.csv",
    )  # fmt: skip
