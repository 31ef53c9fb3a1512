"""The sample corpus and its questions: complete, consistent, rebuilt to the byte, and nobody else's text."""

from __future__ import annotations

import csv
import html
import json
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "eval" / "corpus"
SOURCES = CORPUS / "sources.csv"
QUESTIONS = ROOT / "eval" / "sets" / "casebook.jsonl"
SEEDS = ROOT.parent / "shared" / "seeds"
COLUMNS = {"file", "licence", "published", "publisher", "title", "url", "voice"}
TYPES = {"factoid", "why", "list", "multi", "attribution", "temporal", "unanswerable"}
RUN = 8  # words in a row that count as copied

DOCUMENTS = sorted(path.name for path in CORPUS.iterdir() if path != SOURCES)
LINES = QUESTIONS.read_text(encoding="utf-8").splitlines()
SET: list[dict[str, Any]] = [json.loads(line) for line in LINES]
FACTS = [(question["id"], fact) for question in SET for fact in question["facts"]]


@cache
def raw(name: str) -> str:
    """The words of a document, by the plainest means: the loaders under test elsewhere are not asked."""
    path = CORPUS / name
    if path.suffix == ".pdf":
        pages = [page.get_textpage() for page in pypdfium2.PdfDocument(path)]
        return "\n".join(page.get_text_range() for page in pages)
    if path.suffix == ".docx":
        document = docx.Document(str(path))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)
    text = path.read_bytes().decode("utf-8")
    if path.suffix == ".html":
        text = re.sub(r"<(style|script)>.*?</\1>", " ", text, flags=re.DOTALL)
        return html.unescape(re.sub(r"<[^>]+>", " ", text))
    return text


def folded(text: str) -> str:
    return " ".join(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


def runs(text: str) -> set[tuple[str, ...]]:
    """Every run of `RUN` words, with apostrophes dropped and, separately, taken as spaces."""
    found: set[tuple[str, ...]] = set()
    for stand_in in ("", " "):
        plain = re.sub(r"['\N{RIGHT SINGLE QUOTATION MARK}]", stand_in, text.lower())
        words = re.findall(r"[a-z0-9]+", plain)
        found.update(zip(*(words[shift:] for shift in range(RUN)), strict=False))
    return found


def test_every_document_is_in_sources_and_every_source_is_there() -> None:
    with SOURCES.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert set(reader.fieldnames or ()) == COLUMNS
        rows = list(reader)
    assert sorted(row["file"] for row in rows) == DOCUMENTS
    for row in rows:
        assert row["title"].startswith("Digest: ")
        assert row["publisher"]
        assert row["licence"] == "CC0 1.0 (Pincite sample corpus)"
    voices = {row["voice"] for row in rows}
    assert {"inspectorate", "council", "government", "press", "law", "charity", "public"} == voices


def test_ten_documents_or_more_in_the_five_formats() -> None:
    formats = Counter(Path(name).suffix for name in DOCUMENTS)
    assert len(DOCUMENTS) >= 10
    assert set(formats) == {".md", ".txt", ".html", ".pdf", ".docx"}
    assert min(formats.values()) >= 2


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_a_digest_of_moderate_length(name: str) -> None:
    assert 700 <= len(raw(name).split()) <= 1200
    assert "digest written for Pincite's sample corpus" in folded(raw(name))


def test_ids_are_unique_and_every_type_is_asked() -> None:
    assert len({question["id"] for question in SET}) == len(SET) >= 60
    assert len({question["question"].casefold() for question in SET}) == len(SET)
    kinds = Counter(question["type"] for question in SET)
    assert set(kinds) == TYPES
    assert min(kinds.values()) >= 5
    assert 5 * kinds["unanswerable"] >= len(SET)


def test_only_the_unanswerable_have_no_facts() -> None:
    for question in SET:
        assert question["answerable"] == (question["type"] != "unanswerable") == bool(question["facts"])
        assert question["reference"]


@pytest.mark.parametrize(("identity", "fact"), FACTS)
def test_evidence_is_in_its_document(identity: str, fact: dict[str, Any]) -> None:
    assert fact["evidence"]
    for place in fact["evidence"]:
        text, quote = raw(place["doc"]), place["quote"]
        if place["doc"].endswith((".txt", ".md")):
            assert text.count(quote) == 1
        else:
            assert folded(text).count(folded(quote)) == 1


@pytest.mark.parametrize(("identity", "fact"), FACTS)
def test_every_key_occurs_in_the_evidence(identity: str, fact: dict[str, Any]) -> None:
    assert fact["keys"]
    for key in fact["keys"]:
        assert key == key.lower()
        ways = key.split("|")
        for place in fact["evidence"]:
            quote = folded(place["quote"]).lower()
            assert any(way in quote for way in ways), f"{identity}: {key!r} is not in {quote!r}"


def test_typeset_documents_are_rebuilt_to_the_byte(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "eval.typeset", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    built = sorted(path.name for path in tmp_path.iterdir())
    assert built == [name for name in DOCUMENTS if name.endswith((".pdf", ".docx"))]
    for name in built:
        assert (tmp_path / name).read_bytes() == (CORPUS / name).read_bytes(), f"{name}: see eval/typeset"


@pytest.mark.skipif(not SEEDS.is_dir(), reason=f"{SEEDS} is absent: nothing to compare the corpus with")
def test_nothing_is_copied_from_the_real_documents() -> None:
    theirs = set().union(*(runs(path.read_text(encoding="utf-8")) for path in SEEDS.glob("*.txt")))
    assert theirs
    for name in [*DOCUMENTS, QUESTIONS.name]:
        mine = runs(raw(name) if name in DOCUMENTS else "\n".join(LINES))
        assert not mine & theirs, f"{name} shares {sorted(' '.join(run) for run in mine & theirs)}"
