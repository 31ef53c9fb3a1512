"""Peers: all but the peers themselves. A stand-in adapter runs for real, in a process of its own."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

import pytest

from eval.engines import RunFileEngine
from eval.peers import __main__ as command
from eval.peers import environments, running
from eval.peers.drive import load, read_documents, read_questions
from eval.peers.environments import HERE, PeerError, environment_name, requirements
from eval.peers.running import NAMES, run_peer, write_questions, write_texts
from eval.peers.table import Entry, as_json, as_markdown
from eval.types import Measure, Report
from tests.web.standin import DOCUMENTS, StandIn

ADAPTERS = sorted((HERE / "adapters").glob("*.py"))
MODEL = Path("no-model-is-needed")

FIRST_WORDS = '''"""The first words of every document."""
import os
NAME, PACKAGES = "First words", ("pip",)
def search(documents, questions, model, k):
    print("a library that talks")
    assert os.environ["HF_HUB_OFFLINE"] == "1" and model == "no-model-is-needed"
    for name, _ in questions:
        yield name, [{"doc": doc, "text": text[:20]} for doc, text in documents][:k]
'''


@pytest.fixture
def given(tmp_path: Path) -> tuple[Path, Path]:
    """Files of texts and of questions."""
    texts, questions = tmp_path / "corpus.jsonl", tmp_path / "questions.jsonl"
    write_texts(StandIn(), texts)
    write_questions([("q1", "Why?"), ("q2", "Who, in\u2028two lines?")], questions)
    return texts, questions


@pytest.fixture
def adapters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for stand-in adapters, beside the real drive.py."""
    (tmp_path / "adapters").mkdir()
    (tmp_path / "drive.py").write_text((HERE / "drive.py").read_text("utf-8"), "utf-8")
    for module in (running, command):
        monkeypatch.setattr(module, "HERE", tmp_path)
    return tmp_path / "adapters"


class TestDrive:
    def test_texts_and_questions_arrive_as_they_were(self, given):
        assert read_documents(given[0]) == [(d.info.source_id, d.text) for d in DOCUMENTS]
        assert read_questions(given[1]) == [("q1", "Why?"), ("q2", "Who, in\u2028two lines?")]

    def test_a_folder_of_texts_is_read_untouched(self, tmp_path):
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "b.md").write_bytes("# Zwölf\r\n".encode())
        (tmp_path / "a.txt").write_bytes(b"one")
        (tmp_path / "sources.csv").write_bytes(b"file\n")
        assert read_documents(tmp_path) == [("a.txt", "one"), ("sub/b.md", "# Zwölf\r\n")]

    def test_a_test_collection_is_read(self, tmp_path):
        (tmp_path / "corpus.jsonl").write_text(
            '{"_id": "1", "title": "T", "text": "t"}\n{"_id": "2", "text": "u"}\n'
        )
        (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "Why?"}\n')
        assert read_documents(tmp_path / "corpus.jsonl") == [("1", "T\n\nt"), ("2", "u")]
        assert read_questions(tmp_path / "queries.jsonl") == [("q", "Why?")]


class TestAdapters:
    def test_there_is_one_for_every_peer(self):
        assert sorted(NAMES) == [path.stem for path in ADAPTERS]

    @pytest.mark.parametrize("path", ADAPTERS, ids=lambda path: path.stem)
    def test_each_has_what_drive_needs_and_loads_without_its_peer(self, path):
        """Imports of the peer stand inside functions: the tables and these tests know adapters without it."""
        adapter = load(path)
        assert adapter.NAME and adapter.PACKAGES and callable(adapter.search)
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] not in ("eval", "index", "qa", "web")

    @pytest.mark.parametrize("path", ADAPTERS, ids=lambda path: path.stem)
    def test_what_each_tells_the_version_of_is_pinned(self, path):
        pinned = {
            re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower()
            for line in requirements(f"{path.stem}.txt").read_text("utf-8").splitlines()
        }
        assert {re.sub(r"[-_.]+", "-", package).lower() for package in load(path).PACKAGES} <= pinned

    @pytest.mark.parametrize("path", sorted((HERE / "requirements").iterdir()), ids=lambda path: path.stem)
    def test_requirements_are_exact_and_bring_no_other_torch(self, path):
        lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
        assert all(re.fullmatch(r"[\w.\-]+==[\w.+!]+", line) for line in lines)
        names = {line.partition("==")[0].lower() for line in lines}
        assert not {name for name in names if name.startswith(("nvidia-", "cuda-", "triton"))}
        assert ("torch" in names) == (path.stem == "torch")


class TestRunning:
    def test_an_adapter_runs_and_its_run_is_read(self, given, adapters, tmp_path):
        (adapters / "first.py").write_text(FIRST_WORDS)
        run = run_peer("first", Path(sys.executable), *given, MODEL, 2, tmp_path / "run.jsonl")
        assert list(run.versions) == ["pip"] and run.seconds > 0
        engine = RunFileEngine(StandIn(), run.path)
        assert not engine.asks
        hits = engine.search("Why?", question_id="q2").hits
        assert [(hit.document.doc_id, hit.passage.start) for hit in hits] == [
            (document.info.doc_id, 0) for document in DOCUMENTS[:2]
        ]

    def test_one_that_fails_tells_its_last_words(self, given, adapters, tmp_path):
        (adapters / "bad.py").write_text("raise ValueError('the model is too large')\n")
        with pytest.raises(PeerError, match=r"bad failed: ValueError: the model is too large"):
            run_peer("bad", Path(sys.executable), *given, MODEL, 2, tmp_path / "run.jsonl")

    def test_one_without_an_interpreter_is_said_to(self, given, tmp_path):
        with pytest.raises(PeerError, match="txtai could not be run"):
            run_peer("txtai", tmp_path / "python", *given, MODEL, 2, tmp_path / "run.jsonl")


class TestEnvironments:
    def test_its_name_follows_what_is_pinned(self, tmp_path, monkeypatch):
        (tmp_path / "requirements").mkdir()
        monkeypatch.setattr(environments, "HERE", tmp_path)
        names = []
        for text in ("a==1\n", "a==1\n", "a==2\n"):
            requirements("p.txt").write_text(text)
            names.append(environment_name("p", ["p.txt"], on="base-1"))
        assert names[0] == names[1] != names[2]
        assert environment_name("p", ["p.txt"], on="base-2") != names[2]

    def test_one_that_cannot_be_installed_says_why_and_is_begun_anew(self, tmp_path, monkeypatch):
        (tmp_path / "requirements").mkdir()
        monkeypatch.setattr(environments, "HERE", tmp_path)
        for name in ("torch.txt", "base.txt", "p.txt"):
            requirements(name).write_text("")
        requirements("p.txt").write_text("./nowhere\n")
        with pytest.raises(PeerError, match=r"p\.txt could not be installed: ERROR: "):
            environments.python_of("p", tmp_path / "cache")
        requirements("p.txt").write_text("")
        python = environments.python_of("p", tmp_path / "cache")
        assert python.is_file() and environments.python_of("p", tmp_path / "cache") == python
        base = [
            path for path in (tmp_path / "cache").iterdir() if path.is_dir() and path.name.startswith("base-")
        ]
        (linked,) = python.parents[1].rglob("zz_base.pth")
        assert linked.read_text().startswith(str(base[0]))

    def test_the_cache_lies_outside_the_repository(self, monkeypatch, tmp_path):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert environments.default_cache() == tmp_path / "pincite" / "peers"
        monkeypatch.delenv("XDG_CACHE_HOME")
        assert environments.default_cache().is_relative_to(Path.home() / ".cache")


def report(violations: tuple[str, ...] = (), **values: float) -> Report:
    measures = {name.replace("_at_", "@"): Measure(value, 0, 1, 3) for name, value in values.items()}
    return Report("questions", measures, {}, {}, (), violations, ("A note.",))


class TestTable:
    ENTRIES = (
        Entry("Pincite", report(fact_recall_at_500=0.5, rr=0.25, verbatim=1.0), 3.2),
        Entry("Other | one", report(("x",), fact_recall_at_500=0.25, rr=0.25), 61.0, {"other": "1.2"}),
        Entry("Third", reason="p.txt could not be\ninstalled: <no>"),
    )

    def test_measures_go_down_and_engines_across(self):
        assert as_markdown(self.ENTRIES).splitlines() == [
            "| measure | Pincite | Other \\| one |",
            "|---|---:|---:|",
            "| fact_recall@500 | **0.500** | 0.250 |",
            "| rr | **0.250** | **0.250** |",
            "| verbatim | 1.000 | – |",
            "| seconds, with loading and indexing | 3 | 61 |",
            "",
            "- **Pincite**",
            "  - A note.",
            "- **Other \\| one** (other 1.2)",
            "  - A note.",
            "  - 1 texts are not in their documents where they are said to be.",
            "- **Third** was not measured: p.txt could not be installed: &lt;no>",
        ]

    def test_json_has_the_intervals_and_the_reasons(self):
        engines = json.loads(json.dumps(as_json(self.ENTRIES)))["engines"]
        assert engines[0]["measures"]["rr"] == {"value": 0.25, "low": 0, "high": 1, "n": 3}
        assert [engine["reason"] for engine in engines[:2]] == ["", ""]
        assert engines[1]["violations"] == 1
        assert engines[2]["measures"] == {} and "could not be" in engines[2]["reason"]


class TestCommand:
    def test_one_that_fails_does_not_stop_the_others(
        self, casebook, corpus, adapters, tmp_path, monkeypatch, capsys
    ):
        (adapters / "good.py").write_text(FIRST_WORDS.replace('"no-model-is-needed"', f'"{MODEL}"'))
        (adapters / "bad.py").write_text(
            'NAME = "Bad"\nPACKAGES = ()\ndef search(*_): raise ValueError("no")\n'
        )
        monkeypatch.setattr(command, "NAMES", ("bad", "good"))
        monkeypatch.setattr(command, "python_of", lambda name, cache: Path(sys.executable))
        sample = (corpus.parents[0] / "sets" / "casebook.jsonl").read_text("utf-8").splitlines(keepends=True)
        questions = tmp_path / "questions.jsonl"
        questions.write_text("".join(sample[::4]), "utf-8")
        code = command.main(
            [str(questions), "--data", str(casebook), "--model", str(MODEL), "--runs", str(tmp_path / "runs"),
             "--markdown", str(tmp_path / "t.md"), "--json", str(tmp_path / "t.json")]
        )  # fmt: skip
        assert code == 1
        table = capsys.readouterr().out
        assert table == (tmp_path / "t.md").read_text("utf-8")
        assert table.startswith("| measure | Pincite | First words |\n")
        assert "- **Bad** was not measured: bad failed: ValueError: no\n" in table
        pincite, bad, good = json.loads((tmp_path / "t.json").read_text("utf-8"))["engines"]
        assert (
            pincite["measures"]["fact_recall@1000"]["value"] > good["measures"]["fact_recall@1000"]["value"]
        )
        assert "verbatim" in pincite["measures"] and "verbatim" not in good["measures"]
        assert bad["reason"] and (tmp_path / "runs" / "good.jsonl").is_file()

    def test_without_an_index_nothing_is_measured(self, tmp_path, corpus, capsys):
        questions = corpus.parents[0] / "sets" / "casebook.jsonl"
        assert command.main([str(questions), "--data", str(tmp_path / "nowhere")]) == 2
        assert "peers: " in capsys.readouterr().err

    def test_the_small_model_is_found(self):
        assert (command.default_model() / "model.safetensors").is_file()
