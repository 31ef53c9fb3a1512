"""Bad input of every kind that issue 2 lists: a sentence that says where and what to do, and all else kept."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import Result
from fpdf import FPDF

from index import index_paths, open_store
from tests.hashing import HashingEmbedder
from tests.web.command import run, run_json

GOOD = "The council met on Monday. It agreed a plan for the library."
BROKEN_PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Co"


def pdf(path: Path, password: str = "") -> None:
    document = FPDF()
    if password:
        document.set_encryption(owner_password="owner", user_password=password)
    document.add_page()
    document.set_font("Helvetica")
    document.multi_cell(0, text="The inspectors found that plans were late and thin. " * 40)
    document.output(str(path))


def encrypted(path: Path) -> None:
    pdf(path, "secret")


def truncated(path: Path) -> None:
    pdf(path)
    path.write_bytes(path.read_bytes()[:700])


def holding(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content) and None


def records(*lines: str) -> Callable[[Path], None]:
    """A good record, these lines, a good record; ids begin with the name of the file, in place of a @."""

    def make(path: Path) -> None:
        all_lines = ['{"_id": "@1", "text": "A good one."}', *lines, '{"_id": "@9", "text": "Another."}', ""]
        path.write_text("\n".join(all_lines).replace("@", path.stem))

    return make


# name: the file, what makes it, the line that has to be named, words the sentence has to hold
FILES: dict[str, tuple[str, Callable[[Path], object], int | None, Sequence[str]]] = {
    "empty": ("empty.txt", holding(b""), None, ["empty (0 bytes)", "remove or replace"]),
    "white space": ("blank.md", holding(b" \n\t\n"), None, ["has no text", "remove or replace"]),
    "wrong encoding": ("latin.txt", holding("One.\nThe café is shut.\n".encode("latin-1")), 2,
                       ["not UTF-8", "0xe9", "iconv"]),
    "UTF-16": ("wide.txt", holding("The café is shut.".encode("utf-16")), 1, ["not UTF-8", "UTF-16", "iconv"]),
    "binary": ("picture.txt", holding(b"\x89PNG\r\n\x1a\n\0\0\0\xff"), None, ["PNG image"]),
    "HTML named .pdf": ("page.pdf", holding(b"<!DOCTYPE html><html><body>Sign in</body></html>"), None,
                        ["an HTML page", "save it as .html"]),
    "encrypted PDF": ("locked.pdf", encrypted, None, ["password"]),
    "truncated PDF": ("cut.pdf", truncated, None, ["cut.pdf"]),
    "broken PDF": ("broken.pdf", holding(BROKEN_PDF), None, ["broken.pdf"]),
    "no mail": ("words.eml", holding(b"Only words."), None, ["no From, Date or Subject"]),
    "no archive": ("fake.zip", holding(b"PK nothing"), None, ["no ZIP archive", "copy it again"]),
    "no workbook": ("fake.xlsx", holding(b"PK nothing"), None, ["damaged", "copy it again"]),
    "no slides": ("fake.pptx", holding(b"<html>"), None, ["an HTML page"]),
    "old Office": ("old.odt", holding(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), None, ["old Office document"]),
    "binary CSV": ("bytes.csv", holding(b"a,b\n\0\0"), None, ["NUL"]),
    "no RTF": ("plain.rtf", holding(b"Only words."), None, ["is not RTF"]),
    "no book": ("fake.epub", holding(b"words"), None, ["is not an EPUB"]),
    "no Word file": ("fake.docx", holding(b"not a zip"), None, ["fake.docx"]),
    "line not JSON": ("a.jsonl", records("{broken"), 2, ["is not JSON", "column", "correct the line"]),
    "line lacks text": ("b.jsonl", records('{"_id": "@2", "title": "x"}'), 2, ["'b2' has no text", "give it"]),
    "line lacks _id": ("c.jsonl", records('{"text": "x"}'), 2, ["no _id", "give each record one"]),
    "duplicate _id": ("d.jsonl", records('{"_id": "@2", "text": "x"}', '{"_id": "@1", "text": "y"}'), 3,
                      ["'d1'", "line 1", "rename or drop one"]),
    "unknown voice": ("e.jsonl", records('{"_id": "@2", "text": "x", "voice": "me"}'), 2,
                      ["'me'", "inspectorate, council"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A folder with every bad file and a good one, beside `data`, its index; and what indexing it gave."""
    folder = tmp_path_factory.mktemp("bad") / "documents"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD)
    for name, make, _, _ in FILES.values():
        make(folder / name)
    return folder, run("index", folder, "--json", "--data", folder.with_name("data"))


def test_bad_files_cost_only_themselves(indexed: tuple[Path, Result]) -> None:
    folder, result = indexed
    data = folder.with_name("data")
    summary = json.loads(result.stdout)
    corpora = [Path(name).stem for name, *_ in FILES.values() if name.endswith(".jsonl")]
    kept = {"good.txt", "d2"} | {f"{stem}{n}" for stem in corpora for n in (1, 9)}
    assert result.exit_code == 1 and result.stderr.count("\n") == len(FILES) == len(summary["failed"])
    assert {info["source_id"] for info in run_json("documents", "--data", data)} == kept
    assert set(summary["added"]) == kept
    assert run("check", "--data", data).exit_code == 0
    again = run("index", folder, "--data", data)
    assert again.exit_code == 1 and again.stdout.startswith(f"{len(kept)} unchanged, {len(FILES)} failed\n")


@pytest.mark.parametrize("kind", FILES)
def test_a_bad_file_is_told_in_a_sentence(kind: str, indexed: tuple[Path, Result]) -> None:
    name, _, line, words = FILES[kind]
    folder, result = indexed
    (said,) = [sentence for sentence in result.stderr.splitlines(keepends=True) if f"/{name}" in sentence]
    assert_sentence(said, f"{folder / name}{f', line {line}' if line else ''}: ", words)
    (failed,) = [one for one in json.loads(result.stdout)["failed"] if one["file"] == str(folder / name)]
    assert failed["line"] == line and failed["error"] in said


def assert_sentence(stderr: str, begins: str, words: Sequence[str]) -> None:
    """stderr is one line that begins so and holds these words."""
    assert stderr.startswith(f"pincite: {begins}"), stderr
    assert stderr.count("\n") == 1 and "Traceback" not in stderr
    for word in words:
        assert word in stderr, (word, stderr)


SOURCES_HEADER = "file,title,publisher,voice,published,url,licence"
SECOND_ROW = "second.txt,Second,Them,press,2018,,"


@pytest.fixture(scope="module")
def two_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two files that is indexed already, so that no test waits for the model."""
    folder = tmp_path_factory.mktemp("two")
    (folder / "good.txt").write_text(GOOD)
    (folder / "second.txt").write_text(GOOD.replace("Monday", "Friday"))
    (folder / "sources.csv").write_text(f"{SOURCES_HEADER}\n{SECOND_ROW}\n")
    assert run("index", folder, "--data", folder / ".data").exit_code == 0
    return folder


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("good.txt,A title,Us,nobody,2017,,", ["voice 'nobody' is unknown", "inspectorate, council"]),
        ("good.txt,A title,Us,press,7/4/17,,", ["'7/4/17' is not a date", "YYYY-MM-DD"]),
        ("good.txt,A title,Us,press,2017,ftp://x,", ["not a web address", "https://"]),
        ("good.txt,A title, with a comma,Us,press,2017,,", ["8 fields", "quotation marks"]),
        (",A title,Us,press,2017,,", ["no file name", "fill in"]),
        ('good.txt,"A title,Us,press,2017,,', ["not CSV", "quotation marks"]),
    ],
)
def test_a_bad_row_of_sources_names_its_line(row: str, words: list[str], two_files: Path) -> None:
    sources = two_files / "sources.csv"
    sources.write_text(f"{SOURCES_HEADER}\n{SECOND_ROW}\n{row}\n")
    result = run("index", two_files, "--data", two_files / ".data")
    assert result.exit_code == 1
    assert_sentence(result.stderr, f"{sources}, line 3: ", words)
    second = run_json("documents", "--data", two_files / ".data")[1]
    assert (second["title"], second["voice"]) == ("Second", "press"), "the good row holds"


def test_a_row_for_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(GOOD)
    (tmp_path / "sources.csv").write_text("file,voice\ngood.txt,press\ngone.txt,press\n")
    result = run("index", tmp_path, "--data", tmp_path / ".data")
    assert result.exit_code == 1
    assert_sentence(result.stderr, f"{tmp_path / 'sources.csv'}", ["'gone.txt'", "remove"])
    assert [info["voice"] for info in run_json("documents", "--data", tmp_path / ".data")] == ["press"]


def test_a_missing_path(tmp_path: Path) -> None:
    good, missing, data = tmp_path / "good.txt", tmp_path / "missing", tmp_path / "data"
    good.write_text(GOOD)
    alone = run("index", missing, "--data", data)
    assert alone.exit_code == 2 and f"{missing}: no such file or folder" in alone.stderr
    assert not data.exists(), "nothing was made"
    beside = run("index", missing, good, "--data", data)
    assert beside.exit_code == 1
    assert_sentence(beside.stderr, f"{missing}: no such file or folder", [])
    assert [info["source_id"] for info in run_json("documents", "--data", data)] == ["good.txt"]


def test_the_shared_page_that_calls_itself_a_pdf(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[3] / "shared" / "pdfs" / "edge-html-not-pdf.pdf"
    if not page.is_file():
        pytest.skip("the shared PDFs are not on this machine")
    result = run("index", page, "--data", tmp_path / "data")
    assert result.exit_code == 1
    assert_sentence(result.stderr, f"{page}: ", ["HTML"])


def test_a_corpus_that_is_wrong_throughout_does_not_flood(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text("no\n" * 500)
    result = run("index", tmp_path / "c.jsonl", "--data", tmp_path / "data")
    assert result.exit_code == 1 and result.stderr.count("\n") <= 22 and "more such errors" in result.stderr


# Questions


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("", ["is empty", "ask something"]),
        (" \n\t ", ["is empty", "ask something"]),
        ("why " * 25_000, ["characters", "shorten it"]),
        ("Who is it that was there?", ["only words that every text has", "name what you are looking for"]),
        ("?!", ["name what you are looking for"]),
        ("caf\udce9", ["not text"]),
    ],
)
@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_question_that_cannot_be_searched_for(
    command: str, question: str, words: list[str], casebook: Path
) -> None:
    result = run(command, question, "--json", "--data", casebook)
    assert result.exit_code == 2 and result.stdout == ""
    assert_sentence(result.stderr, "the question ", words)


def test_a_question_or_a_file_but_not_both_nor_neither(casebook: Path, tmp_path: Path) -> None:
    for arguments in ([], ["Why?", "--questions", tmp_path / "q.jsonl"]):
        result = run("ask", *arguments, "--data", casebook)
        assert result.exit_code == 2 and "either a question or --questions" in result.stderr


def test_a_file_of_questions_that_cannot_be_read(casebook: Path, tmp_path: Path) -> None:
    for file, why in ((tmp_path / "none.jsonl", "No such file"), (tmp_path, "Is a directory")):
        result = run("ask", "--questions", file, "--json", "--data", casebook)
        assert (
            result.exit_code == 2
            and result.stdout == ""
            and str(file) in result.stderr
            and why in result.stderr
        )


def test_a_file_of_questions_that_is_not_utf8(casebook: Path, tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_bytes('{"id": "a", "question": "Where is the café?"}\n'.encode("latin-1"))
    result = run("ask", "--questions", file, "--json", "--data", casebook)
    assert result.exit_code == 1 and set(json.loads(result.stdout)) == {"id", "question", "error"}
    assert_sentence(result.stderr, f"{file}, line 1: ", ["not UTF-8", "save the file as UTF-8"])


# Where the index should be


@pytest.fixture
def foreign_model(tmp_path: Path) -> Path:
    (tmp_path / "good.txt").write_text(GOOD)
    store = open_store(tmp_path / "data", create=True)
    assert index_paths(store, HashingEmbedder(), [tmp_path / "good.txt"]).added == ["good.txt"]
    store.close()
    return tmp_path / "data"


@pytest.mark.parametrize(
    "command", [["ask", "Who agreed a plan?"], ["search", "Who agreed a plan?"], ["index"]]
)
def test_an_index_made_with_another_model(command: list[str], foreign_model: Path) -> None:
    paths = [foreign_model.parent / "good.txt"] if command == ["index"] else []
    result = run(*command, *paths, "--model", "all-MiniLM-L6-v2", "--data", foreign_model)
    assert result.exit_code == 2 and result.stdout == ""
    assert_sentence(result.stderr, f"the index in {foreign_model} was made with", ["hashing", "--data"])
    unknown = run(*command, *paths, "--data", foreign_model)
    assert unknown.exit_code == 2 and unknown.stdout == ""
    assert_sentence(unknown.stderr, "the model 'hashing' cannot be loaded", ["folder"])
    assert [info["source_id"] for info in run_json("documents", "--data", foreign_model)] == ["good.txt"]


def test_a_fingerprint_that_is_not_that_of_the_model(casebook: Path, tmp_path: Path) -> None:
    data = shutil.copytree(casebook, tmp_path / "data")
    with sqlite3.connect(data / "pincite.db") as db:
        db.execute(
            "UPDATE meta SET value = json_set(value, '$.model_fingerprint', 'other') WHERE key = 'settings'"
        )
    db.close()
    for command in (["ask", "Who agreed a plan?"], ["index", Path(__file__).parents[2] / "eval" / "corpus"]):
        result = run(*command, "--data", data)
        assert result.exit_code == 2 and result.stdout == "" and "all-MiniLM-L6-v2" in result.stderr


COMMANDS_ON_AN_INDEX = (
    ["documents"],
    ["check"],
    ["show", "a"],
    ["remove", "a"],
    ["ask", "Who met?"],
    ["serve"],
)


@pytest.mark.parametrize("command", COMMANDS_ON_AN_INDEX, ids=lambda command: command[0])
def test_no_index_there(command: list[str], tmp_path: Path) -> None:
    result = run(*command, "--data", tmp_path / "none")
    assert result.exit_code == 2 and not (tmp_path / "none").exists()
    assert_sentence(result.stderr, str(tmp_path / "none"), ["holds no index", "pincite index FOLDER"])


@pytest.mark.parametrize(
    "command", [*COMMANDS_ON_AN_INDEX, ["index", __file__]], ids=lambda command: command[0]
)
def test_a_folder_that_is_a_file(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for data in (tmp_path / "file", tmp_path / "file" / "below"):
        result = run(*command, "--data", data)
        assert result.exit_code == 2 and result.stdout == ""
        assert f"{tmp_path / 'file'} is a file; name the folder" in result.stderr
    assert (tmp_path / "file").read_text() == "mine"


def foreign_text(path: Path) -> None:
    path.write_text("not a database at all")


def foreign_tables(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE notes (line TEXT)")
        db.execute("INSERT INTO notes VALUES ('mine')")
    db.close()


@pytest.mark.parametrize("make", [foreign_text, foreign_tables])
@pytest.mark.parametrize("command", ["documents", "ask", "index"])
def test_a_database_that_is_not_ours_is_left_alone(
    command: str, make: Callable[[Path], None], tmp_path: Path
) -> None:
    make(tmp_path / "pincite.db")
    before = (tmp_path / "pincite.db").read_bytes()
    arguments = {"documents": [], "ask": ["Who met?"], "index": [__file__]}[command]
    if command == "index":
        (tmp_path / "good.txt").write_text(GOOD)
        arguments = [str(tmp_path / "good.txt")]
    result = run(command, *arguments, "--data", tmp_path)
    assert result.exit_code in (1, 2) and result.stdout == ""
    assert_sentence(result.stderr, str(tmp_path / "pincite.db"), [])
    assert (tmp_path / "pincite.db").read_bytes() == before
