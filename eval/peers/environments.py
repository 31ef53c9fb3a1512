"""An environment of its own for every peer, on top of one that all share: its packages never meet Pincite's."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

HERE = Path(__file__).parent
_READY = "ready"
_INSTALL_S = 3600


class PeerError(Exception):
    """A peer could not be installed or run; the message is the reason."""


def default_cache() -> Path:
    """Where environments are kept, outside the repository: several gigabytes that can be made again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pincite" / "peers"


def python_of(peer: str, cache: Path) -> Path:
    """The interpreter of a peer's environment, which is made if it is not there yet. PeerError if it cannot be."""
    base = _environment("base", ["torch.txt", "base.txt"], cache)
    return _environment(peer, [f"{peer}.txt"], cache, on=base)


def requirements(name: str) -> Path:
    """A file of pinned requirements."""
    return HERE / "requirements" / name


def environment_name(name: str, files: list[str], on: str = "") -> str:
    """The folder of an environment: another one as soon as anything that is pinned changes.

    >>> environment_name("base", ["torch.txt"]) == environment_name("base", ["torch.txt", "base.txt"])
    False
    """
    pinned = "\n".join(requirements(file).read_text("utf-8") for file in files)
    version = ".".join(map(str, sys.version_info[:2]))
    return f"{name}-" + hashlib.sha256("\n".join((version, on, pinned)).encode()).hexdigest()[:12]


def _environment(name: str, files: list[str], cache: Path, on: Path | None = None) -> Path:
    folder = cache / environment_name(name, files, on.parents[1].name if on else "")
    python = folder / "bin" / "python"
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if (folder / _READY).is_file():
            return python
        shutil.rmtree(folder, ignore_errors=True)  # what was begun and not finished
        _run([sys.executable, "-m", "venv", str(folder)], f"no environment for {name} could be made")
        if on is not None:
            # Found by path, after the peer's own packages: so torch is on the disk once, and what a peer needs
            # in another version goes before it.
            (_packages(python) / "zz_base.pth").write_text(f"{_packages(on)}\n", "utf-8")
        for file in files:
            # --no-deps: the files name all that is needed, so nothing is resolved and no other torch slips in.
            _run(
                [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                 "-r", str(requirements(file))],
                f"{file} could not be installed",
            )  # fmt: skip
        (folder / _READY).touch()
    return python


def _packages(python: Path) -> Path:
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(_run([str(python), "-I", "-c", asked], "an environment does not start").strip())


def _run(command: list[str], failure: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PeerError(f"{failure}: {error}") from error
    if done.returncode:
        raise PeerError(f"{failure}: {last_words(done.stderr)}")
    return done.stdout


def last_words(stderr: str) -> str:
    r"""The line that says why: the last one of a traceback, the first that pip calls an error.

    >>> last_words("Traceback:\n  File\nValueError: no\n"), last_words("ERROR: none fits\nnote: see above\n")
    ('ValueError: no', 'ERROR: none fits')
    """
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    return ((errors or lines[::-1] or ["it said nothing"])[0])[:300]
