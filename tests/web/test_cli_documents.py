"""index, documents, remove, show and check, on the real store."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from tests.web.command import finish, run, run_json, start

DOCUMENT_KEYS = {"id", "source_id", "title", "publisher", "voice", "published", "url"}
CRLF = "First line of café.\r\n\r\nThe  second\tparagraph is here.\r\nIt ends without a newline — truly."


@pytest.fixture
def data(casebook: Path, tmp_path: Path) -> Path:
    """A copy of the index that a test may change."""
    return Path(shutil.copytree(casebook, tmp_path / "data"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index of awkward texts beside it."""
    folder = tmp_path_factory.mktemp("small")
    documents = folder / "documents"
    (documents / "deep").mkdir(parents=True)
    (documents / "crlf.txt").write_bytes(CRLF.encode())
    (documents / "bom.md").write_bytes("\ufeff# Title\r\n\r\nWords after a mark.\r".encode())
    (documents / "deep" / "escape.txt").write_text("Beware \x1b[2J of the terminal: \x9b31m paragraphs.\n")
    (documents / "notes.xyz").write_text("not a kind that is read")
    result = run("index", documents, "--data", folder / "data")
    assert result.exit_code == 0
    return folder


def test_index_sums_up_and_skips_what_has_not_changed(tmp_path: Path) -> None:
    documents, data = tmp_path / "documents", tmp_path / "data"
    documents.mkdir()
    (documents / "a.txt").write_text("The council met on Monday. It agreed a plan.")
    (documents / "b.txt").write_text("The inspectors came on Tuesday. They read the plan.")
    keys = {"added", "changed", "unchanged", "removed", "skipped", "notes", "failed", "passages",
            "documents", "stored_passages"}  # fmt: skip
    first = run_json("index", documents, "--data", data)
    assert set(first) == keys
    assert (first["added"], first["documents"], first["stored_passages"]) == (["a.txt", "b.txt"], 2, 2)
    second = run("index", documents, "--data", data)
    assert second.stdout == f"2 unchanged\n{data} now holds 2 passages of 2 documents\n" and not second.stderr
    (documents / "a.txt").write_text("The council met on Wednesday.")
    (documents / "b.txt").unlink()
    kept = run_json("index", documents, "--data", data)
    assert (kept["changed"], kept["removed"], kept["documents"]) == (["a.txt"], [], 2)
    pruned = run_json("index", documents, "--data", data, "--prune")
    assert (pruned["unchanged"], pruned["removed"], pruned["documents"]) == (["a.txt"], ["b.txt"], 1)
    assert run("check", "--data", data).exit_code == 0


def test_a_corpus_of_records_goes_by_ids(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    records = [
        {"_id": "r1", "title": "One", "text": "A record about rivers."},
        {"_id": "r2", "title": "Two", "text": "A record about roads.", "voice": "press"},
    ]
    corpus.write_text("".join(json.dumps(record) + "\n" for record in records))
    assert run_json("index", corpus, "--data", tmp_path / "data")["added"] == ["r1", "r2"]
    infos = run_json("documents", "--data", tmp_path / "data")
    assert [(info["source_id"], info["voice"]) for info in infos] == [("r1", "other"), ("r2", "press")]


def test_what_is_skipped_is_said_on_stderr(small: Path) -> None:
    result = run("index", small / "documents", "--data", small / "data")
    assert "notes.xyz: not a kind of file that is read" in result.stderr
    assert "notes" not in result.stdout and result.exit_code == 0


def test_documents_lists_every_document(casebook: Path, corpus: Path) -> None:
    infos = run_json("documents", "--data", casebook)
    assert [info["source_id"] for info in infos] == sorted(
        path.name for path in corpus.iterdir() if path.name != "sources.csv"
    )
    for info in infos:
        assert set(info) == DOCUMENT_KEYS | {
            *("sha256", "licence", "also", "dated_by", "edition", "superseded_by")
        }
        assert info["sha256"] == hashlib.sha256((corpus / info["source_id"]).read_bytes()).hexdigest()
    lines = run("documents", "--data", casebook).stdout.splitlines()
    assert [line.split()[1] for line in lines] == [info["source_id"] for info in infos]
    code, out, said = finish(start("documents", "--json", "--data", casebook))
    assert (code, json.loads(out), said) == (0, infos, "")


def test_show_text_is_the_file_to_the_byte(casebook: Path, corpus: Path, small: Path) -> None:
    for folder, data in ((corpus, casebook), (small / "documents", small / "data")):
        for path in (path for path in folder.rglob("*") if path.suffix in (".txt", ".md")):
            shown = run("show", path.relative_to(folder).as_posix(), "--text", "--data", data)
            assert shown.stdout_bytes == path.read_bytes() and shown.stderr == ""
    process = start("show", "crlf.txt", "--text", "--data", small / "data")
    assert process.communicate(timeout=60) == (CRLF.encode(), b"") and process.returncode == 0


def test_show_tells_what_is_known_and_then_the_text(casebook: Path, small: Path) -> None:
    shown = run("show", "ofsted-2017-leadership.pdf", "--data", casebook).stdout
    assert "source_id:   ofsted-2017-leadership.pdf\n" in shown and "pages:  " in shown
    text = run("show", "ofsted-2017-leadership.pdf", "--data", casebook, "--text").stdout
    assert shown.endswith(f"\n\n{text}\n")
    by_id = run_json("documents", "--data", casebook)[0]["id"]
    assert f"doc_id:      {by_id}" in run("show", by_id, "--data", casebook).stdout
    # Read by a person at a terminal, a document must not be able to give that terminal orders.
    assert "Beware \ufffd[2J of" in run("show", "deep/escape.txt", "--data", small / "data").stdout
    assert "\x1b" in run("show", "deep/escape.txt", "--data", small / "data", "--text").stdout


def test_remove_takes_out_what_it_names(data: Path) -> None:
    before = run_json("documents", "--data", data)
    result = run("remove", before[0]["id"], before[1]["source_id"], "--data", data)
    assert result.exit_code == 0 and result.stdout == "" and before[0]["source_id"] in result.stderr
    assert run_json("documents", "--data", data) == before[2:]
    assert run("check", "--data", data).exit_code == 0
    hits = run_json("search", "private fostering", "-k", "50", "--data", data)["hits"]
    assert hits and before[0]["id"] not in {hit["document"]["id"] for hit in hits}


def test_remove_is_all_or_nothing(data: Path) -> None:
    before = run_json("documents", "--data", data)
    result = run("remove", before[0]["id"], "nosuch.txt", "--data", data)
    assert result.exit_code == 2 and "nosuch.txt" in result.stderr
    assert run_json("documents", "--data", data) == before


@pytest.mark.parametrize("harm", ["delete", "damage", "truncate"])
def test_what_is_derived_is_made_anew(data: Path, harm: str) -> None:
    vectors, lexical = data / "vectors.faiss", data / "lexical"
    if harm == "delete":
        vectors.unlink()
        shutil.rmtree(lexical)
    for path in [vectors, *lexical.iterdir()] if harm != "delete" else []:
        content = path.read_bytes()
        half = len(content) // 2
        path.write_bytes(
            content[:half] if harm == "truncate" else content[:half] + b"\0pincite" + content[half:]
        )
    result = run("check", "--data", data)
    assert result.exit_code == 0 and result.stdout.startswith("all is well: ")
    question = "Why were thresholds inconsistent?"
    assert len(run_json("search", question, "--data", data)["hits"]) == 10


def test_check_tells_of_a_text_that_was_changed(data: Path) -> None:
    import sqlite3

    with sqlite3.connect(data / "pincite.db") as db:
        db.execute("UPDATE documents SET text = 'x' || text WHERE source_id = 'figures-2017.md'")
    db.close()
    result = run("check", "--data", data)
    assert result.exit_code == 1 and result.stdout == ""
    assert "figures-2017.md" in result.stderr and "is not the text at its offsets" in result.stderr


# Where the index is


def test_the_environment_names_the_folder_and_what_is_typed_goes_before_it(
    casebook: Path, small: Path, tmp_path: Path
) -> None:
    here = {"PINCITE_DATA": str(casebook)}
    assert "figures-2017.md" in run("documents", env=here).stdout
    assert "crlf.txt" in run("documents", "--data", small / "data", env=here).stdout
    assert "crlf.txt" in run("documents", "--store", f"sqlite:{small / 'data'}", env=here).stdout
    store = {"PINCITE_STORE": f"sqlite:{casebook}"}
    assert "figures-2017.md" in run("documents", env=store).stdout
    assert "crlf.txt" in run("documents", "--data", small / "data", env=store).stdout
    code, out, said = finish(start("documents", env=here, cwd=tmp_path))
    assert code == 0 and "figures-2017.md" in out and not said


def test_the_default_folder_is_in_the_working_directory(
    casebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("documents")
    assert result.exit_code == 2 and "pincite-data" in result.stderr and "pincite index" in result.stderr
    assert not list(tmp_path.iterdir()), "a reader makes nothing"
    shutil.copytree(casebook, tmp_path / "pincite-data")
    assert "figures-2017.md" in run("documents").stdout


@pytest.mark.parametrize("store", ["sqllite:data", "foo:bar", "postgres:x"])
def test_a_slip_in_the_kind_of_store_makes_no_folder(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("The council met.")
    for arguments in (("index", "a.txt"), ("documents",)):
        result = run(*arguments, "--store", store)
        assert result.exit_code == 2 and f"write ./{store}" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert run("index", "a.txt", "--data", f"./{store}").exit_code == 0
    assert run("documents", "--data", store).exit_code == 0, "there, it is a folder like any other"


def test_a_store_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("The council met.")
    for arguments in (("index", file), ("documents",), ("check",)):
        result = run(*arguments, "--store", f"sqlite:{file}")
        assert result.exit_code == 2 and str(file) in result.stderr
    assert file.read_text() == "The council met."


def test_a_model_that_cannot_be_loaded_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The council met.")
    (tmp_path / "model").mkdir()
    for _ in range(2):
        result = run("index", tmp_path / "a.txt", "--data", tmp_path / "data", "--model", tmp_path / "model")
        assert result.exit_code == 2 and "cannot be loaded" in result.stderr
        assert not (tmp_path / "data").exists()


def test_limits_are_set_on_the_command_line_and_in_the_environment(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "large.txt").write_text("The council met. " * 2_000)
    (docs / "small.txt").write_text("The board met.")
    for more, env in ((["--max-file-mb", "0.02"], {}), ([], {"PINCITE_MAX_FILE_MB": "0.02"})):
        result = run("index", docs, "--data", tmp_path / "data", *more, env=env)
        assert (
            result.exit_code == 1 and "large.txt: is larger than the limit of 20,000 bytes" in result.stderr
        )
    assert [info["source_id"] for info in run_json("documents", "--data", tmp_path / "data")] == ["small.txt"]
    for wrong in (("--max-seconds", "0"), ("--max-file-mb", "-1"), ("--max-seconds", "soon")):
        assert run("index", docs, "--data", tmp_path / "data", *wrong).exit_code == 2
    assert run_json("index", docs, "--data", tmp_path / "data")["added"] == ["large.txt"]


def test_notes_are_said_and_given(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("Name,Town\nCafé,Bow\n".encode("cp1252"))
    result = run("index", tmp_path / "a.csv", "--data", tmp_path / "data", "--json")
    note = {"file": str(tmp_path / "a.csv"), "note": "is not UTF-8 and was read as CP1252"}
    assert result.exit_code == 0 and json.loads(result.stdout)["notes"] == [note]
    assert "a.csv: is not UTF-8 and was read as CP1252" in result.stderr


def test_a_page_of_the_web(tmp_path: Path) -> None:
    import functools
    import http.server
    import threading

    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "a.html").write_text("<title>A page</title><p>The council met on Monday.")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    handler = functools.partial(Quiet, directory=str(tmp_path / "web"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url, data = f"http://127.0.0.1:{server.server_port}/a.html", tmp_path / "data"
        refused = run("index", url, "--data", data)
        assert refused.exit_code == 1 and "--allow-address 127.0.0.1 would allow it" in refused.stderr
        allowed = {"PINCITE_ALLOW_ADDRESS": "192.0.2.0/24 127.0.0.1"}
        for env, more in ((allowed, []), ({}, ["--allow-address", "127.0.0.0/8"])):
            result = run("index", url, "--data", data, *more, "--json", env=env)
            assert result.exit_code == 0, result.stderr
        assert json.loads(result.stdout)["unchanged"] == [url]
        server.shutdown()
    (info,) = run_json("documents", "--data", data)
    assert (info["source_id"], info["url"], info["title"]) == (url, url, "A page")
    for wrong in ("ftp://example.org/a", "https://user:pass@example.org/"):
        result = run("index", wrong, "--data", data)
        assert result.exit_code == 2 and "pass@" not in result.stderr


def test_a_store_of_an_unknown_kind_is_refused(casebook: Path) -> None:
    result = run("documents", "--store", "mysql://somewhere/db")
    assert result.exit_code == 2 and "mysql" in result.stderr and "sqlite:FOLDER" in result.stderr
    both = run("documents", "--store", f"sqlite:{casebook}", "--data", casebook)
    assert both.exit_code == 2 and "one of them" in both.stderr


def test_other_names_and_older_editions(tmp_path: Path) -> None:
    docs, data = tmp_path / "docs", tmp_path / "data"
    docs.mkdir()
    for name in ("a.txt", "b.txt"):
        (docs / name).write_text("The inspectors found that thresholds were unclear.")
    assert run("index", docs, "--data", data).exit_code == 0
    (listed,) = run_json("documents", "--data", data)
    assert (listed["source_id"], listed["also"], listed["edition"]) == ("a.txt", ["b.txt"], 1)
    assert (
        run("show", "b.txt", "--text", "--data", data).stdout
        == "The inspectors found that thresholds were unclear."
    )
    assert run("remove", "b.txt", "--data", data).exit_code == 0
    (listed,) = run_json("documents", "--data", data)
    assert listed["also"] == []
    (docs / "b.txt").unlink()
    (docs / "a.txt").write_text("The inspectors found that thresholds were clear.")
    assert run("index", docs, "--data", data).exit_code == 0
    newest, older = run_json("documents", "--editions", "--data", data)
    assert (newest["edition"], older["edition"]) == (2, 1)
    assert older["superseded_by"] == newest["sha256"]
    found = run_json("search", "thresholds", "--data", data)["hits"]
    assert [hit["document"]["id"] for hit in found] == [newest["id"]]
    found = run_json("search", "thresholds", "--editions", "--data", data)["hits"]
    assert {hit["document"]["id"] for hit in found} == {newest["id"], older["id"]}
    assert run("remove", "a.txt", "--data", data).exit_code == 0
    assert run_json("documents", "--editions", "--data", data) == []
