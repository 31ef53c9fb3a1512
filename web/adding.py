"""Adding documents through the browser: files and addresses, by those who know the token for writing.

The token is typed into the form itself. No cookie and no remembered password speaks for anyone, so that no other site
can make a browser add something (CSRF).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import urlsplit

from apiflask import APIBlueprint
from flask import abort, current_app, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response as Sent

from index import KINDS
from web import asking, words
from web.jobs import Job, Jobs, QueueFullError

adding = APIBlueprint("adding", __name__, enable_openapi=False)

ENDINGS = frozenset((*KINDS, "zip"))
_SUBFOLDER = "uploads"  # part of the names of what was added, so that it takes no other document's place
_MOST_FILES = 50
_LONGEST_URL = 2_000


@dataclass(frozen=True, slots=True)
class AddingConfig:
    """Who may add documents, and where they are kept: `folder` holds the originals, `location` is the index."""

    token: str = field(repr=False)
    folder: Path = Path()
    location: str = ""
    model: str | None = None
    max_mb: int = 64


def register_adding(app: Any, config: AddingConfig | None, jobs: Jobs | None = None) -> None:
    """Let an app add documents; without `config` there is no such page."""
    if config is None:
        return
    app.extensions["pincite-adding"] = config
    app.extensions["pincite-jobs"] = jobs or Jobs(config.location, config.model)
    app.register_blueprint(adding)


@adding.get("/add")
def form() -> str:
    """Where files and addresses are given."""
    return _form()


@adding.post("/add")
def add() -> Sent | tuple[str, int]:
    """Keeps what was sent and begins to index it."""
    try:
        return _add(_config())
    finally:
        request.close()  # large files lie in temporary ones


def _add(config: AddingConfig) -> Sent | tuple[str, int]:
    request.max_content_length = config.max_mb * 1_000_000
    if not hmac.compare_digest(
        request.form.get("token", "").encode("utf-8", "replace"), config.token.encode()
    ):
        return _form("That is not the token for adding documents."), 403
    files = [file for file in request.files.getlist("files") if file.filename]
    url = request.form.get("url", "").strip()
    problem = _problem(files, url)
    if problem:
        return _form(problem), 400
    folder = config.folder / _SUBFOLDER
    folder.mkdir(parents=True, exist_ok=True)
    names = [_keep(file, folder) for file in files]
    hashes = [_hash(folder / name) for name in names]
    paths = ([str(config.folder)] if files else []) + ([url] if url else [])
    try:
        job = _jobs().start([*names, *([url] if url else [])], paths, hashes)
    except QueueFullError:
        abort(503, "Too many documents are waiting to be read. Try again in some minutes.")
    return redirect(url_for(".job", job_id=job.job_id), 303)


@adding.get("/add/<job_id>")
def job(job_id: str) -> str:
    """What has become of a job; the page asks again by itself until it is over."""
    found = _found(job_id)
    return render_template("job.html", job=found, files=progress(found))


@adding.get("/add/<job_id>.json")
def job_twin(job_id: str) -> dict[str, Any]:
    """The same as data."""
    found = _found(job_id)
    return {
        "id": found.job_id, "state": found.state, "names": list(found.names), "summary": found.summary,
        "files": [{"name": name, "state": state} for name, state in progress(found)],
    }  # fmt: skip


def progress(job: Job) -> list[tuple[str, str]]:
    """What was given, and how far each of it is: waiting, reading, done or failed.

    A file is done as soon as the index holds it as it was sent: the store says so, and not who reads.
    """
    if not job.over:
        stored = {(info.source_id, info.sha256) for info in asking.service().documents()}
        begun = "waiting" if job.state == "waiting" else "reading"
        hashes = (*job.hashes, *[""] * (len(job.names) - len(job.hashes)))
        return [
            (name, "done" if (f"{_SUBFOLDER}/{name}", digest) in stored else begun)
            for name, digest in zip(job.names, hashes, strict=True)
        ]
    if job.summary is None:
        return [(name, "failed") for name in job.names]
    # What an archive holds is named by the archive and its own path.
    failed = [f"/{one['file']}/" for one in job.summary.get("failed", ())]
    return [
        (name, "failed" if any(f"/{words.file_name(name)}/" in one for one in failed) else "done")
        for name in job.names
    ]


def _form(error: str = "") -> str:
    config = _config()
    return render_template("add.html", error=error, endings=sorted(ENDINGS), max_mb=config.max_mb)


def _problem(files: list[FileStorage], url: str) -> str:
    """What is wrong with what was sent, in a sentence; "" if nothing is."""
    if not files and not url:
        return "Choose a file, or give an address."
    if len(files) > _MOST_FILES:
        return f"At most {_MOST_FILES} files can be sent at once; put more into a .zip."
    for file in files:
        ending = PurePath(file.filename or "").suffix.lstrip(".").lower()
        if ending not in ENDINGS:
            known = ", ".join(sorted(ENDINGS))
            return f"{file.filename}: files of this kind are not read. Those that are end in {known}."
    if url:
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.netloc or len(url) > _LONGEST_URL:
            return "An address begins with http:// or https://."
    return ""


def _keep(file: FileStorage, folder: Path) -> str:
    """Writes a file under a name that is safe; gives the name."""
    given = PurePath(file.filename or "")
    name = f"{secure_filename(given.stem)[:100] or 'document'}{given.suffix.lower()}"
    half = folder / f".{name}.part"
    file.save(half)
    half.replace(folder / name)
    return name


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _found(job_id: str) -> Job:
    found = _jobs().get(job_id)
    if found is None:
        abort(
            404,
            "No such job is known. A server that was started anew has forgotten its jobs, but not the documents.",
        )
    return found


def _config() -> AddingConfig:
    config: AddingConfig = current_app.extensions["pincite-adding"]
    return config


def _jobs() -> Jobs:
    jobs: Jobs = current_app.extensions["pincite-jobs"]
    return jobs
