"""Adding documents: only with the token, only what can be read, one at a time, told file by file."""

from __future__ import annotations

import hashlib
import io
import re
import sys
import time
from contextlib import closing
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from flask.testing import FlaskClient

from index import DocumentInfo
from qa import Service
from tests.web.conftest import without_ours
from tests.web.standin import SCRIPT, StandIn
from web.adding import AddingConfig
from web.app import WebConfig, create_app
from web.jobs import Job, Jobs, QueueFullError

TOKEN = "write-write-write-write"


def site(tmp_path: Path, script: str = "", max_mb: int = 64) -> FlaskClient:
    """A site whose jobs run a script in place of `pincite index`."""
    config = AddingConfig(TOKEN, tmp_path / "added", str(tmp_path / "data"), max_mb=max_mb)
    app = create_app(StandIn(), WebConfig(adding=config))  # type: ignore[arg-type]
    app.extensions["pincite-jobs"] = Jobs("", command=[sys.executable, "-c", script or "print('{}')"])
    return app.test_client()


def send(client: FlaskClient, *files: tuple[str, bytes], token: str = TOKEN, url: str = "") -> Any:
    data: dict[str, Any] = {"token": token, "url": url}
    if files:
        data["files"] = [(io.BytesIO(content), name) for name, content in files]
    return client.post("/add", data=data, content_type="multipart/form-data")


def ended(client: FlaskClient, address: str) -> dict[str, Any]:
    until = time.monotonic() + 240
    while time.monotonic() < until:
        told: dict[str, Any] = client.get(f"{address}.json").get_json()
        if told["state"] in ("done", "failed"):
            return told
        time.sleep(0.1)
    raise AssertionError("the job did not end")


def test_a_file_is_indexed_and_can_be_asked_about(casebook: Path, tmp_path: Path, pincite: Path) -> None:
    data = tmp_path / "data"
    copytree(casebook, data)
    with closing(Service.open(data)) as service:
        config = AddingConfig(TOKEN, data / "added", str(data))
        app = create_app(service, WebConfig(adding=config))
        jobs: Jobs = app.extensions["pincite-jobs"]
        assert jobs._command[:2] == [sys.executable, "-c"]
        jobs._command[:3] = [str(pincite)]  # the same, started at once
        client = app.test_client()
        told = b"The harbour lantern was painted green by Ada Brightwater in the spring of 1931.\n"
        sent = send(client, ("lantern.txt", told), ("broken.pdf", b"no PDF"))
        assert sent.status_code == 303
        summary = ended(client, sent.location)["summary"]
        assert summary["added"] == ["uploads/lantern.txt"]
        assert "is not a PDF" in summary["failed"][0]["error"]
        page = client.get(sent.location).text
        assert "Not everything could be added" in page and "broken.pdf" in page and str(data) not in page
        answer = client.get("/ask?q=Who+painted+the+harbour+lantern+green%3F").text
        assert "Ada Brightwater" in answer


def test_without_the_token_nothing_is_kept(tmp_path: Path) -> None:
    client = site(tmp_path)
    for token in ("", "wrong", "é" * 30):
        response = send(client, ("a.txt", b"text"), token=token)
        assert response.status_code == 403 and "not the token" in response.text and TOKEN not in response.text
    assert not (tmp_path / "added").exists()


@pytest.mark.parametrize(
    ("files", "url", "message"),
    [
        ((), "", "Choose a file"),
        ((("a.exe", b"MZ"),), "", "a.exe: files of this kind are not read"),
        (((f"{SCRIPT}.svg", b"<svg/>"),), "", "files of this kind are not read"),
        ((), "file:///etc/passwd", "begins with http"),
        ((), "--prune", "begins with http"),
        ((), "http://[", "begins with http"),
        (tuple((f"{n}.txt", b"a") for n in range(51)), "", "At most 50 files"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, files: Any, url: str, message: str) -> None:
    response = send(site(tmp_path), *files, url=url)
    assert response.status_code == 400 and message in response.text
    assert "<script" not in without_ours(response.text)
    assert not (tmp_path / "added").exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../../etc/cron.txt", "cron.txt"),
        ("-rf.TXT", "-rf.txt"),
        ("日本.txt", "document.txt"),
        ("a b/c.md", "c.md"),
        ("..txt.txt", "txt.txt"),
        ("x" * 300 + ".txt", "x" * 100 + ".txt"),
    ],
)
def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path, given: str, kept: str) -> None:
    assert send(site(tmp_path), (given, b"text")).status_code == 303
    assert [path.name for path in (tmp_path / "added" / "uploads").iterdir()] == [kept]
    assert [path.name for path in tmp_path.iterdir()] == ["added"]


def test_too_large_is_413_and_other_bodies_stay_small(tmp_path: Path) -> None:
    client = site(tmp_path, max_mb=1)

    def sized(size: int) -> int:  # by hand: the test client would leave its own temporary file open
        parts = (
            f'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n{TOKEN}\r\n--b\r\nContent-Disposition: '
            f'form-data; name="files"; filename="a.txt"\r\n\r\n{"x" * size}\r\n--b--\r\n'
        )
        return client.post("/add", data=parts, content_type="multipart/form-data; boundary=b").status_code

    assert sized(1_100_000) == 413
    assert sized(900_000) == 303
    assert client.post("/api/ask", json={"question": "x" * 70_000}).status_code == 413


def test_a_job_that_runs_looks_again_by_itself(tmp_path: Path) -> None:
    goes_on = tmp_path / "goes on"
    waiting = f"import pathlib, time\nwhile not pathlib.Path({str(goes_on)!r}).exists(): time.sleep(0.05)\n"
    client = site(tmp_path, waiting + "print('{\"failed\": []}')")
    address = send(client, url="https://example.org/report.pdf").location
    page = client.get(address)
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page.text
    assert "https://example.org/report.pdf" in page.text and "Being read" in page.text
    goes_on.touch()
    assert ended(client, address)["state"] == "done"
    page = client.get(address)
    assert "refresh" not in page.text and "All of it was here already" in page.text


def test_how_far_each_file_is(tmp_path: Path) -> None:
    class Growing(StandIn):
        """Holds a.txt as it was sent, and b.txt as it was before."""

        def documents(self) -> list[DocumentInfo]:
            stored = {"uploads/a.txt": b"first", "uploads/b.txt": b"an older edition"}
            return super().documents() + [
                DocumentInfo(name, name, "", hashlib.sha256(text).hexdigest(), "text/plain")
                for name, text in stored.items()
            ]

    said = {
        "failed": [
            {"file": f"/data/added/uploads/{name}", "error": "broken"} for name in ("c.zip/in.pdf", "bb.txt")
        ]
    }
    config = AddingConfig(TOKEN, tmp_path / "added", str(tmp_path / "data"))
    app = create_app(Growing(), WebConfig(adding=config))  # type: ignore[arg-type]
    script = f"import json, time; time.sleep(2); print(json.dumps({said!r}))"
    app.extensions["pincite-jobs"] = Jobs("", command=[sys.executable, "-c", script])
    client = app.test_client()
    files = (("a.txt", b"first"), ("b.txt", b"second"), ("c.zip", b"third"))
    address = send(client, *files, url="https://example.org/x.html").location
    while client.get(f"{address}.json").get_json()["state"] == "waiting":
        time.sleep(0.02)
    waits = send(client, ("d.txt", b"fourth")).location
    told = client.get(f"{address}.json").get_json()
    assert told["state"] == "running" and [one["state"] for one in told["files"]] == [
        "done", "reading", "reading", "reading"
    ]  # fmt: skip
    page = client.get(address).text
    assert page.count("In the index") == 1 and page.count(">Being read<") == 4, (
        "the heading, and three of them"
    )
    assert [one["state"] for one in client.get(f"{waits}.json").get_json()["files"]] == ["waiting"]
    assert {one["name"]: one["state"] for one in ended(client, address)["files"]} == {
        "a.txt": "done", "b.txt": "done", "c.zip": "failed", "https://example.org/x.html": "done"
    }  # fmt: skip


@pytest.mark.parametrize("script", ["raise SystemExit(3)", "print('no json')", "import os; os.abort()"])
def test_an_indexer_that_fails_is_told_without_its_paths(tmp_path: Path, script: str) -> None:
    client = site(tmp_path, f"import sys; sys.stderr.write('/home/secret')\n{script}")
    address = send(client, ("a.txt", b"text")).location
    assert ended(client, address) == {
        "id": address.rpartition("/")[2], "state": "failed", "names": ["a.txt"], "summary": None,
        "files": [{"name": "a.txt", "state": "failed"}],
    }  # fmt: skip
    page = client.get(address).text
    assert "did not come to its end" in page and "secret" not in page


def test_a_job_that_is_not_known(tmp_path: Path) -> None:
    assert site(tmp_path).get("/add/none").status_code == 404


def test_only_so_many_wait() -> None:
    jobs = Jobs("", command=[sys.executable, "-c", "import time; time.sleep(2)"])
    with pytest.raises(QueueFullError):
        for n in range(30):
            jobs.start([f"{n}"], [])
    jobs._worker.shutdown(cancel_futures=True)


def test_options_end_before_what_was_given() -> None:
    jobs = Jobs(
        "",
        command=[
            sys.executable,
            "-c",
            "import json, sys; print(json.dumps({'failed': [], 'got': sys.argv[1:]}))",
        ],
    )
    started = jobs.start(["a"], ["--prune"])
    found: Job | None = started
    until = time.monotonic() + 120
    while found is not None and not found.over and time.monotonic() < until:
        time.sleep(0.05)
        found = jobs.get(started.job_id)
    assert found is not None and found.summary == {"failed": [], "got": ["--", "--prune"]}


def test_where_it_is_not_enabled_there_is_no_such_page() -> None:
    client = create_app(StandIn()).test_client()  # type: ignore[arg-type]
    assert client.get("/add").status_code == 404 and 'href="/add"' not in client.get("/").text


def test_the_form_is_linked_and_can_be_used_without_a_script(tmp_path: Path) -> None:
    client = site(tmp_path)
    assert 'href="/add"' in client.get("/").text
    page = client.get("/add").text
    assert re.search(r'method="post" enctype="multipart/form-data"', page) and 'type="password"' in page
