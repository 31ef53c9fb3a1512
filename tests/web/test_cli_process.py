"""The command as a real process with the real model: streams, signals, a terminal, a reader that goes away."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.web.command import finish, run, run_json, start

QUESTION = "Why were thresholds inconsistent?"


def no_reader() -> int:
    """The writing end of a pipe that nobody reads: what `| head -1` is once it has its line."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def test_110_questions_in_one_process_and_a_reader_that_went_away(
    casebook: Path, tmp_path: Path, corpus: Path, pincite: Path
) -> None:
    sample = (corpus.parent / "sets" / "casebook.jsonl").read_text("utf-8")
    asked = [json.loads(line) for line in sample.splitlines()]
    questions = [{"id": f"n{n}", "question": asked[n % len(asked)]["question"]} for n in range(110)]
    lines = [json.dumps(question) for question in questions]
    lines[40], lines[70] = "{broken", '{"id": "n70", "question": ""}'
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    writing = no_reader()
    try:  # side by side: each loads the model
        process = start("ask", "--questions", file, "--json", "--data", casebook, program=pincite)
        headless = start("search", QUESTION, "--data", casebook, stdout=writing)
        code, out, said = finish(process)
        gone = finish(headless)
    finally:
        os.close(writing)
    assert gone == (1, "", ""), "no traceback, and no other words"
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 1 and len(answers) == 110
    assert [n for n, answer in enumerate(answers) if "error" in answer] == [40, 70]
    for n, (question, answer) in enumerate(zip(questions, answers, strict=True)):
        assert answer["id"] == (None if n == 40 else question["id"])
        assert n in (40, 70) or answer["question"] == question["question"].strip()
    assert [re.sub(r":.*", "", line[len(f"pincite: {file}, ") :]) for line in said.splitlines()] == [
        "line 41", "line 71"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "arguments", [["documents"], ["show", "figures-2017.md"], ["show", "figures-2017.md", "--text"]]
)
def test_a_reader_that_went_away_is_no_error_worth_words(arguments: list[str], casebook: Path) -> None:
    writing = no_reader()
    try:
        assert finish(start(*arguments, "--data", casebook, stdout=writing)) == (1, "", "")
    finally:
        os.close(writing)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_a_sentence(casebook: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        code, _, said = finish(start("documents", "--data", casebook, stdout=full))
    assert (
        code == 1 and said.startswith("pincite: the output failed: No space left") and said.count("\n") == 1
    )


class Terminal:
    """A terminal that records what is shown on it."""

    def __init__(self) -> None:
        self._ours, self.theirs = pty.openpty()
        self.shown = ""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._ours, 4096)
            except OSError:  # EIO: the other end is closed
                return
            if not data:
                return
            self.shown += data.decode(errors="replace")

    def wait_for(self, pattern: str, timeout_s: float) -> bool:
        end = time.monotonic() + timeout_s
        while time.monotonic() < end and not re.search(pattern, self.shown):
            time.sleep(0.02)
        return bool(re.search(pattern, self.shown))

    def close(self) -> None:
        os.close(self.theirs)
        self._thread.join(timeout=60)
        os.close(self._ours)


def test_a_bar_on_the_terminal_and_ctrl_c_in_the_middle(tmp_path: Path, corpus: Path, pincite: Path) -> None:
    documents, data = tmp_path / "documents", tmp_path / "data"
    documents.mkdir()
    text = (corpus / "ofsted-2017-lscb-review.txt").read_text(encoding="utf-8")
    for n in range(60):  # several batches, of which the first is stored at 27 %
        # No two sentences are alike: what was embedded once is not embedded again.
        (documents / f"{n:02}.txt").write_text(text.replace(".", f" (copy {n})."), encoding="utf-8")
    with closing(Terminal()) as terminal:
        process = start("index", documents, "--data", data, stderr=terminal.theirs, program=pincite)
        assert terminal.wait_for(r"[3-9]\d%", 300), terminal.shown
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=300)
        assert terminal.wait_for(r"on with the others\r?\n", 60)
    assert process.returncode == 1 and out == b"", "nothing but results on stdout"
    assert "txt" in terminal.shown and "stopped; the documents that" in terminal.shown
    assert "Traceback" not in terminal.shown and "Aborted" not in terminal.shown
    result = run("check", "--data", data)
    assert result.exit_code == 0, result.stderr
    kept = [info["source_id"] for info in run_json("documents", "--data", data)]
    assert 0 < len(kept) < 60
    for path in documents.iterdir():
        if path.name not in kept and path.name != "59.txt":
            path.unlink()  # the rest would only cost time
    again = run_json("index", documents, "--data", data)
    assert set(again["unchanged"]) == set(kept) and again["added"] == ["59.txt"]
    assert run("check", "--data", data).exit_code == 0


@pytest.fixture(scope="module")
def served(casebook: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server on a free port, and its address."""
    process = start("serve", "--port", "0", "--data", casebook, "--example", QUESTION)
    assert process.stderr is not None
    line = process.stderr.readline().decode()
    match = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert match, line
    yield process, match.group()
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_serve_answers_and_sigterm_stops_it(
    served: tuple[subprocess.Popen[bytes], str], casebook: Path
) -> None:
    process, address = served
    with urllib.request.urlopen(address, timeout=120) as page:
        assert QUESTION in page.read().decode()
    request = urllib.request.Request(
        f"{address}/api/ask",
        data=json.dumps({"question": QUESTION}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=120) as response:
        answer = json.load(response)
    same = run_json("ask", QUESTION, "--data", casebook)
    assert answer["status"] == same["status"] and answer["quotes"], "the same answer by every way"
    assert [quote["text"] for quote in answer["quotes"]] == [quote["text"] for quote in same["quotes"]]

    taken = run("serve", "--port", address.rpartition(":")[2], "--data", casebook)
    assert taken.exit_code == 1 and "is taken" in taken.stderr and "--port" in taken.stderr

    process.send_signal(signal.SIGTERM)
    code, out, said = finish(process)
    assert (code, out, said) == (0, "", "")
    with socket.socket() as again:
        assert again.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) != 0


def test_serve_refuses_what_it_should(casebook: Path, tmp_path: Path) -> None:
    open_to_all = run("serve", "--host", "0.0.0.0", "--port", "0", "--data", casebook)
    assert open_to_all.exit_code == 2 and "--public-read" in open_to_all.stderr
    nothing = run("serve", "--data", tmp_path / "none")
    assert nothing.exit_code == 2 and "pincite index" in nothing.stderr
    assert run("serve", "--port", "70000", "--data", casebook).exit_code == 2
