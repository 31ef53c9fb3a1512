"""What the source itself promises: the way imports go, the public names, sizes, docstrings, nothing of one machine."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.command import run

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("index", "qa", "web", "eval")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# What a layer may import of the others. The command line alone, the outermost part of web, may use eval too.
BELOW = {"index": set(), "qa": {"index"}, "web": {"index", "qa"}, "eval": {"index", "qa"}}
COMMANDS = "web/commands/"
MAX_LINES = 350

PUBLIC = {
    "index": """
        DEFAULT_MODEL KINDS PASSAGE_TOKENS VOICES Alias Block Counts Document DocumentInfo
        Embeddable Embedder Embedding Entry FetchSettings Filter Hit IndexSettings Limits LoadError
        Mention MismatchError NotIndexedError Page Passage PinciteError Progress QuestionError
        Readings Resolution Scored Selector Similarity Span Speech Store StoreError Summary
        TokenEmbedder TransformerEmbedder UsageError changes clean count_tokens describe document_id fold
        from_json index_paths infer_blocks iso_date listing locked mentions open_store passage_id
        read_documents resolve sentence_spans split token_spans words
    """,
    "qa": """
        ADAPTED_HEAD CITATION_STYLES DATA_STYLES MAX_CHARACTERS PACKAGED_HEAD PACK_FORMATS Answer
        AnswerSettings Cell Citation ConfidenceModel CrossEncoderReranker Difference Evidence LanguageModel
        LateHead LateReranker Matrix Order Pack Precision Quote Receipt RerankSettings Reranker RetrievalSettings Row
        SearchResult Searched Service Settings Status Summary SummarySentence Telling Understanding
        answer_payload as_read check_question cite_as compare_receipt document_payload forget_confidence
        in_order keep_confidence kept_confidence language_model_of long_date make_pack make_receipt matrix
        matrix_payload pages permalink place_words read_head read_receipt reference reranker_of rerankers
        search_payload seal_reranker summarised understood_payload write_pack
    """,
    "eval": """
        Adaptation Bin Calibration Comparison CorpusFile Draft EndpointEngine Evidence Fact FactRow Figures
        Finding GateSettings MEASURE_NAMES Measure MeasureChange Place Question QuestionChange QuestionSet
        QuoteRow Report ResolvedFact ResolvedQuestion Row RunFileEngine Verdict adapt adaptation_payload
        as_html as_json as_junit as_markdown as_table as_yaml calibrate check_replay compare crossed draft
        drafts_as_yaml drafts_note evaluate evaluate_beir forget_adapted is_run judge keep_adapted lint
        parse_floor parse_questions questions_of read_gate_settings read_questions read_run replayed
        report_of resolve save_run settings_of_run told unmet_expectations update_baseline
    """,
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Every import of one of our packages, wherever in the file: (module, names, line)."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno}: relative imports hide their layer"
            found = [(node.module or "", tuple(alias.name for alias in node.names))]
        elif isinstance(node, ast.Import):
            found = [(alias.name, ()) for alias in node.names]
        else:
            continue
        for module, names in found:
            if module.partition(".")[0] in (*PACKAGES, "tests"):
                yield module, names, node.lineno


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_one_way_and_only_to_public_names(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    allowed = BELOW[package] | ({"eval"} if name_of(path).startswith(COMMANDS) else set())
    for module, names, line in imports(path):
        place, layer = f"{name_of(path)}:{line}", module.partition(".")[0]
        if layer == package:
            continue
        assert layer in allowed, f"{place}: {package} must not import {layer}"
        assert module == layer, f"{place}: import from {layer} itself, not from {module}"
        if module == "index" and path.name == "__init__.py" and not names:
            continue  # for what it does when it is loaded, not for a name
        assert names and set(names) <= set(PUBLIC[layer].split()), f"{place}: not public: {names}"


@pytest.mark.parametrize("package", PUBLIC)
def test_public_names_are_these(package: str) -> None:
    module = importlib.import_module(package)
    assert sorted(module.__all__) == sorted(PUBLIC[package].split())
    assert all(hasattr(module, name) for name in module.__all__)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_what_it_is_and_can_be_read_in_one_sitting(path: Path) -> None:
    source = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(source)), "no docstring"
    assert source.count("\n") <= MAX_LINES, "split it"


def test_the_version_is_told_alike() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert run("--version").stdout == f"pincite, version {version}\n"


def test_nothing_of_one_machine_is_in_the_repository() -> None:
    """No absolute path of whoever wrote it, and no name that only their network knows."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True
    )
    if done.returncode:
        pytest.skip("this is not a git checkout")
    private = re.compile(
        r"(?<![\w.])/(?:work|root|home/(?!(?:pincite|secret)\b)[a-z]\w*|Users/\w+)/"
        r"|https?://[\w.-]+\.(?:internal|local|lan|corp|intranet)\b"
        r"|\b(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}\b"
    )
    found = []
    for name in sorted(filter(None, done.stdout.decode().split("\0"))):
        path = ROOT / name
        if not path.is_file():
            continue
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a PDF or a Word file of the sample corpus
        found += [
            f"{name}:{number}: {match.group()}"
            for number, line in enumerate(text.splitlines(), 1)
            if (match := private.search(line))
        ]
    assert not found


@pytest.mark.parametrize("package", ["index", "qa", "eval", "web.app"])
def test_how_threads_wait_is_said_before_numpy_is_loaded(package: str) -> None:
    code = f"""
import os, sys
class Watch:
    def find_spec(self, name, *_):
        if name == "numpy":
            print(os.environ.get("OPENBLAS_NUM_THREADS"), os.environ.get("OMP_WAIT_POLICY"))
sys.meta_path.insert(0, Watch())
import {package}, numpy
"""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("OPENBLAS", "OMP"))}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert (run.stdout, run.stderr) == ("1 PASSIVE\n", "")
