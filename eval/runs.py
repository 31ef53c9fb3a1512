"""Runs as files: what was asked, what came of it and what made it, to be read, compared and counted again later.

JSON Lines. The first line is the manifest: the version of the format, the kind of run, its settings (hashes of
corpus, questions and code; model, sizes, versions), notes, violations, and the hash of all the other lines, each
of which is a question's row. Measures are not in it: they are computed from rows, so that two runs are always
measured by the same code. Nothing in it depends on when it was made, so the same results are the same bytes;
timings are written only when asked for.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import tempfile
import types
from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from eval.summary import report_of
from eval.types import Report, Row
from index import UsageError

FORMAT = 1
_MAGIC = "pincite_run"
_KINDS = ("questions", "beir")


def run_bytes(report: Report, *, timings: bool = False) -> bytes:
    """A run as a file holds it."""
    rows = [_line(asdict(row)) for row in report.rows]
    manifest: dict[str, Any] = {
        _MAGIC: FORMAT,
        "kind": report.kind,
        "rows": len(rows),
        "sha256": hashlib.sha256(b"".join(rows)).hexdigest(),
        "settings": report.settings,
        "notes": list(report.notes),
        "violations": list(report.violations),
    }
    if timings:
        manifest["timings"] = report.timings
    return _line(manifest) + b"".join(rows)


def save_run(path: str | Path, report: Report, *, timings: bool = False) -> None:
    """Write a run, whole or not at all: whoever reads meanwhile finds the old file or the new one.

    A link stays a link to what is written; into a device or a pipe, which must not be replaced, it is written.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(run_bytes(report, timings=timings))
            return
        path = path.resolve()
        handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(run_bytes(report, timings=timings))
                file.flush()
                os.fsync(file.fileno())
            # mkstemp makes files for their owner alone; a baseline is read by whoever builds.
            Path(scratch).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
            Path(scratch).replace(path)
        except BaseException:
            Path(scratch).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"the run cannot be written to {path}: {error.strerror or error}") from error


def update_baseline(path: str | Path, report: Report) -> None:
    """Make a run the one that others are held against."""
    save_run(path, report)


def is_run(path: str | Path) -> bool:
    """Whether a file begins as a saved run does; what else is wrong with it, `read_run` says."""
    try:
        with Path(path).open("rb") as file:
            return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b'{"' + _MAGIC.encode() + b'"')
    except OSError:
        return False


def read_run(path: str | Path) -> Report:
    """The report that was saved, its measures computed anew: equal to the one that was saved but for timings.

    A UsageError names the file, and the line that is not what a run has there.
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    first, _, rest = raw.partition(b"\n")
    manifest = _manifest(first, path)
    lines = rest.split(b"\n")
    if rest and lines.pop() != b"":
        raise _bad(path, len(lines) + 2, "the line has no end, so the file was cut off")
    rows = []
    for number, line in enumerate(lines if rest else [], 2):
        try:
            rows.append(_value(Row, _decoded(line, path, number), ""))
        except (ValueError, OverflowError) as error:
            raise _bad(path, number, str(error)) from error
    if len(rows) != manifest["rows"]:
        raise _bad(path, 1, f"it tells of {manifest['rows']} questions, and {len(rows)} are there")
    if hashlib.sha256(rest).hexdigest() != manifest["sha256"]:
        raise _bad(path, 1, "the questions are not those that were saved with it: the file was changed")
    return report_of(
        manifest["kind"],
        rows,
        violations=manifest["violations"],
        notes=manifest["notes"],
        settings=manifest["settings"],
        timings=manifest.get("timings"),
    )


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _bad(path: Path, number: int, problem: str) -> UsageError:
    return UsageError(f"{path}, line {number}: {problem}")


def _decoded(line: bytes, path: Path, number: int) -> Any:
    try:
        return json.loads(line.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        what = "this is not a run of Pincite" if number == 1 else "damaged"
        raise _bad(path, number, f"{what}: not JSON ({error})") from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _manifest(line: bytes, path: Path) -> dict[str, Any]:
    read = _decoded(line, path, 1)
    if not isinstance(read, dict) or type(read.get(_MAGIC)) is not int:
        raise _bad(
            path, 1, f'this is not a run of Pincite: it does not begin with a line that has "{_MAGIC}"'
        )
    if read[_MAGIC] != FORMAT:
        raise _bad(
            path,
            1,
            f"the run is of format {read[_MAGIC]} and this Pincite reads {FORMAT}: "
            + ("update it, or make the run again" if read[_MAGIC] > FORMAT else "make the run again"),
        )
    shape = {"kind": str, "rows": int, "sha256": str, "settings": dict, "notes": list, "violations": list}
    for name, kind in shape.items():
        if type(read.get(name)) is not kind:
            raise _bad(path, 1, f'"{name}" is missing or not a {kind.__name__}')
    for name in ("notes", "violations"):
        if not all(isinstance(sentence, str) for sentence in read[name]):
            raise _bad(path, 1, f'"{name}" holds something that is not a str')
    if read["kind"] not in _KINDS:
        raise _bad(path, 1, f'"kind" is {read["kind"]!r}, and a run is one of {" or ".join(_KINDS)}')
    if type(read.get("timings", {})) is not dict:
        raise _bad(path, 1, '"timings" is not a dict')
    return read


def _value(kind: Any, value: Any, where: str) -> Any:
    """A value of a type out of what JSON makes of it; a ValueError says where it is something else."""
    origin, arguments = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        return _record(kind, value, where)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        return _value(next(a for a in arguments if a is not type(None)), value, where)
    if origin is tuple and isinstance(value, list):
        return tuple(_value(arguments[0], item, f"{where}[{n}]") for n, item in enumerate(value))
    if origin is dict and isinstance(value, dict):
        # JSON has only strings for keys; a budget was a number.
        return {
            arguments[0](key): _value(arguments[1], item, f"{where}[{key!r}]") for key, item in value.items()
        }
    if kind is float and type(value) in (int, float) and math.isfinite(value):
        return float(value)
    if type(value) is kind and kind is not float:
        return value
    wanted = getattr(origin or kind, "__name__", str(kind))
    raise ValueError(f"{where or 'it'} is {json.dumps(value)[:40]} and not a {wanted}")


def _record(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise ValueError(f"{where or 'it'} is not a JSON object")
    hints = _hints(kind)
    if unknown := sorted(set(value) - set(hints)):
        raise ValueError(f'{where or "a question"} has an unknown field "{unknown[0]}"')
    read = {}
    for field in fields(kind):
        name = f"{where}.{field.name}".lstrip(".")
        if field.name in value:
            read[field.name] = _value(hints[field.name], value[field.name], name)
        elif field.default is MISSING and field.default_factory is MISSING:
            raise ValueError(f"{name} is missing")
    return kind(**read)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
