"""action.yml and examples/ci: valid, without a misspelt input, command or option, and run with a stand-in `pincite`."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.web.command import run

ROOT = Path(__file__).resolve().parents[1]
ACTION = ROOT / "action.yml"
EXAMPLES = sorted((ROOT / "examples" / "ci").iterdir())
TEXTS = {path.name: path.read_text("utf-8") for path in (ACTION, *EXAMPLES)}

STAND_IN = """#!/usr/bin/env python3
import json, os, pathlib, sys
with open(os.environ["CALLS"], "a") as file:
    print(json.dumps(sys.argv[1:]), file=file)
if "--markdown" in sys.argv:
    pathlib.Path(sys.argv[sys.argv.index("--markdown") + 1]).write_text("## Gate failed\\n")
sys.exit(int(os.environ.get("EXIT", "0")))
"""


def action() -> dict[str, Any]:
    return yaml.safe_load(TEXTS["action.yml"])


def steps() -> list[dict[str, Any]]:
    return action()["runs"]["steps"]


def strings(value: Any) -> Iterator[str]:
    """Every string in a tree of YAML."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for item in value.values() for text in strings(item))
    elif isinstance(value, list):
        yield from (text for item in value for text in strings(item))


def commands(name: str) -> Iterator[list[str]]:
    """The words of every call of `pincite` in a file."""
    for text in strings(yaml.safe_load(TEXTS[name])):
        for line in text.replace("\\\n", " ").splitlines():
            if re.match(r"pincite [a-z]", line.strip()):
                # What a shell does with a failure is its own affair.
                yield shlex.split(line.strip().partition("||")[0])


@pytest.mark.parametrize("name", TEXTS)
def test_is_valid_yaml_without_a_key_twice(name: str) -> None:
    class Strict(yaml.SafeLoader):
        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            keys = [self.construct_object(key) for key, _ in node.value]
            assert len(keys) == len(set(keys)), f"a key stands twice: {keys}"
            return super().construct_mapping(node, deep)

    assert yaml.load(TEXTS[name], Strict)


def test_every_input_is_declared_described_and_used() -> None:
    inputs = action()["inputs"]
    used = {name for text in strings(steps()) for name in re.findall(r"\binputs\.([\w-]+)", text)}
    assert used == set(inputs)
    for name, declared in inputs.items():
        assert declared["description"].strip(), name
        assert declared.get("required") or "default" in declared, name


def test_every_step_that_is_referred_to_exists_and_stands_before() -> None:
    seen: set[str] = set()
    for step in steps():
        for text in strings(step):
            assert set(re.findall(r"\bsteps\.([\w-]+)", text)) <= seen
        seen.add(step.get("id", ""))
    for output in action()["outputs"].values():
        assert set(re.findall(r"\bsteps\.([\w-]+)", output["value"])) <= seen


def test_no_input_is_pasted_into_a_script() -> None:
    """A folder called `$(rm -rf .)` has to stay a name."""
    for step in steps():
        assert "${{" not in step.get("run", ""), step
        assert "run" not in step or step["shell"] == "bash"


def test_other_actions_are_pinned() -> None:
    for name in ("action.yml", "github-workflow.yml"):
        for used in re.findall(r"uses: (\S+)", TEXTS[name]):
            assert re.search(r"@v\d", used) or re.search(r"@[0-9a-f]{40}$", used), used


@pytest.mark.parametrize("name", TEXTS)
def test_commands_and_options_exist(name: str) -> None:
    listed = run("--help").stdout
    calls = list(commands(name))
    assert calls or name == "github-workflow.yml"
    missing: list[str] = []
    for _, command, *words in calls:
        assert re.search(rf"^  {command}\b", listed, re.MULTILINE), f"no command {command}"
        helped = run(command, "--help").stdout
        options = [word for word in words if word.startswith("--")]
        missing += [f"{command} {option}" for option in options if not re.search(rf"{option}\b", helped)]
    assert not missing


def test_versions_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (torch,) = [need for need in project["dependencies"] if need.startswith("torch==")]
    for name in ("action.yml", "gitlab-ci.yml"):
        assert re.findall(r"torch==[\w.]+", TEXTS[name]) == [torch], name
    assert f"@v{project['version']} " in TEXTS["github-workflow.yml"]
    assert f"pincite=={project['version']}\n" in TEXTS["gitlab-ci.yml"]


def test_the_workflow_gives_inputs_that_the_action_takes() -> None:
    (job,) = yaml.safe_load(TEXTS["github-workflow.yml"])["jobs"].values()
    given = job["steps"][-1]["with"]
    inputs = action()["inputs"]
    assert set(given) <= set(inputs)
    assert {name for name, declared in inputs.items() if declared.get("required")} <= set(given)


def test_pre_commit_hooks_have_what_pre_commit_asks_for() -> None:
    (repository,) = yaml.safe_load(TEXTS["pre-commit-config.yaml"])["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        assert {"id", "name", "entry", "language"} <= set(hook)
        assert re.search(hook["files"], "reports/a.pdf") and not re.search(hook["files"], "src/a.py")


class Runner:
    """The scripts of the action's steps, run as a runner runs them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls, self.output, self.summary = (folder / name for name in ("calls", "output", "summary"))
        stand_in = folder / "venv" / "bin" / "pincite"
        stand_in.parent.mkdir(parents=True)
        stand_in.write_text(STAND_IN)
        stand_in.chmod(0o755)

    def run(self, script_of: str, **env: str) -> subprocess.CompletedProcess[str]:
        (step,) = [step for step in steps() if step.get("id", step.get("name")) == script_of]
        given = {name: env.pop(name, "") for name in step["env"]}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.folder, capture_output=True, text=True, check=False,
            env={
                "PATH": os.environ["PATH"], "RUNNER_TEMP": str(self.folder), "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_OUTPUT": str(self.output), "GITHUB_STEP_SUMMARY": str(self.summary),
                "CALLS": str(self.calls), **given,
                "VENV": given.get("VENV") or str(self.folder / "venv"), **env,
            },
        )  # fmt: skip


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def test_a_failed_gate_fails_the_step_and_is_told(runner: Runner) -> None:
    done = runner.run("measure", QUESTIONS="my questions.jsonl", BASELINE="base.jsonl", DATA="d", REPORTS="out put",
                      FLOORS="  rr=0.5 \n\nverbatim=1\n", EXIT="1")  # fmt: skip
    assert done.returncode == 1, done.stderr
    (call,) = [json.loads(line) for line in runner.calls.read_text().splitlines()]
    assert call[:10] == [
        "eval", "my questions.jsonl", "--data", "d", "--baseline", "base.jsonl",
        "--floor", "rr=0.5", "--floor", "verbatim=1",
    ]  # fmt: skip
    assert "--gate" not in call
    assert runner.output.read_text() == "exit-code=1\n"
    assert runner.summary.read_text() == "## Gate failed\n"


def test_without_baseline_or_floors_it_only_measures(runner: Runner) -> None:
    done = runner.run("measure", QUESTIONS="q.jsonl", DATA="d", REPORTS="out")
    assert done.returncode == 0, done.stderr
    (call,) = [json.loads(line) for line in runner.calls.read_text().splitlines()]
    assert call[:5] == ["eval", "q.jsonl", "--data", "d", "--json"]


def test_a_hostile_name_is_only_a_name(runner: Runner) -> None:
    done = runner.run("Index the documents", DOCUMENTS="$(touch owned); `touch owned`", DATA="d")
    assert done.returncode == 0, done.stderr
    assert json.loads(runner.calls.read_text())[1] == "$(touch owned); `touch owned`"
    assert not (runner.folder / "owned").exists()


def test_the_key_of_the_cache_follows_the_documents(runner: Runner) -> None:
    documents = runner.folder / "my documents"
    documents.mkdir()
    keys = []
    for text in ("one", "one", "two"):
        (documents / "a b.md").write_text(text)
        runner.output.unlink(missing_ok=True)
        done = runner.run("keys", DOCUMENTS=str(documents))
        assert done.returncode == 0, done.stderr
        keys.append(dict(line.split("=", 1) for line in runner.output.read_text().splitlines()))
    assert keys[0] == keys[1]
    assert keys[0]["texts"] != keys[2]["texts"]
    assert keys[0]["code"] == keys[2]["code"]
    assert re.fullmatch(r"[0-9a-f]{16}", keys[0]["texts"])


def test_a_missing_folder_is_said_before_anything_is_installed(runner: Runner) -> None:
    done = runner.run("keys", DOCUMENTS="nowhere")
    assert done.returncode == 2
    assert "no folder of documents is at nowhere" in done.stdout


def test_what_is_installed_is_this_source_with_its_versions_and_torch_first(runner: Runner) -> None:
    stand_in = runner.folder / "path" / "python"
    stand_in.parent.mkdir()
    stand_in.write_text(STAND_IN)
    stand_in.chmod(0o755)
    venv_python = runner.folder / "venv" / "bin" / "python"
    venv_python.symlink_to(stand_in)
    done = runner.run(
        "Install Pincite and its model", PATH=f"{stand_in.parent}{os.pathsep}{os.environ['PATH']}"
    )
    assert done.returncode == 0, done.stderr
    made, torch, rest = [json.loads(line) for line in runner.calls.read_text().splitlines()]
    assert made == ["-m", "venv", "--clear", str(runner.folder / "venv")]
    assert torch[:3] == rest[:3] == ["-m", "pip", "install"]
    assert torch[-1].startswith("torch==")
    assert rest[-3:] == ["-c", str(ROOT / "constraints.txt"), str(ROOT)]


DOCUMENTS = {
    "inspection.md": "# Inspection\n\nInspectors visited twelve homes in March 2024. In five of them they saw damp.\n",
    "statement.md": "# Statement\n\nThe council will spend two million pounds on repairs to the homes by December.\n",
}
QUESTIONS = [
    ("homes", "How many homes did inspectors visit?", "inspection.md", "Inspectors visited twelve homes"),
    (
        "money",
        "How much will the council spend on repairs?",
        "statement.md",
        "The council will spend two million",
    ),
    ("buses", "When does the new bus station open?", "", ""),
]


def test_the_steps_in_order_with_the_real_command(pincite: Path, tmp_path: Path) -> None:
    """As a build runs them: in a checkout, with what one step says handed to the next, twice."""
    checkout, runner = tmp_path / "check out", Runner(tmp_path)
    (checkout / "reports").mkdir(parents=True)
    for name, text in DOCUMENTS.items():
        (checkout / "reports" / name).write_text(text, "utf-8")
    lines = []
    for name, question, doc, words in QUESTIONS:
        facts = [{"fact": words, "evidence": [{"doc": doc, "quote": words}]}] if doc else []
        record = {
            "id": name,
            "question": question,
            "type": "factoid",
            "answerable": bool(doc),
            "facts": facts,
        }
        lines.append(json.dumps(record) + "\n")
    (checkout / "questions.jsonl").write_text("".join(lines), "utf-8")
    runner.folder = checkout
    keys = runner.run("keys", DOCUMENTS="reports", RUNNER_TEMP=str(tmp_path))
    assert keys.returncode == 0, keys.stderr
    told = dict(line.split("=", 1) for line in runner.output.read_text().splitlines())
    venv = Path(told["venv"])
    assert venv == tmp_path / "pincite-venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "pincite").symlink_to(pincite)
    common = {"DATA": ".pincite", "VENV": str(venv)}
    indexed = runner.run("Index the documents", DOCUMENTS="reports", **common)
    assert indexed.returncode == 0, indexed.stderr
    asked = {"QUESTIONS": "questions.jsonl", "REPORTS": "out put", **common}
    first = runner.run("measure", FLOORS="fact_recall@1000=1\nverbatim=1", **asked)
    assert first.returncode == 0, first.stdout + first.stderr
    reports = checkout / "out put"
    assert {file.name for file in reports.iterdir()} == {
        "report.json", "report.html", "summary.md", "junit.xml", "run.jsonl",
    }  # fmt: skip
    assert runner.summary.read_text("utf-8").startswith("## ✅ Gate passed")
    # The run is what the next is held against; then somebody cuts a document short.
    (reports / "run.jsonl").rename(checkout / "baseline.jsonl")
    same = runner.run("measure", BASELINE="baseline.jsonl", **asked)
    assert same.returncode == 0, same.stderr
    (checkout / "reports" / "statement.md").write_text("# Statement\n\nThe council will reply.\n")
    assert runner.run("Index the documents", DOCUMENTS="reports", **common).returncode == 0
    broken = runner.run("measure", BASELINE="baseline.jsonl", **asked)
    assert broken.returncode == 2 and "question money, fact 1: statement.md does not hold" in broken.stderr
    assert [line for line in runner.output.read_text().splitlines() if "exit-code" in line] == [
        "exit-code=0", "exit-code=0", "exit-code=2",
    ]  # fmt: skip
