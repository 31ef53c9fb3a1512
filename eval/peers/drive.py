"""What runs inside a peer's environment: texts and questions in, one line of hits a question out.

    python -I drive.py ADAPTER.py --documents PATH --questions FILE --model FOLDER -k 100 > run.jsonl

It uses nothing but the standard library and the adapter it is given, because nothing else of Pincite is
installed there. The last line on stderr is a JSON object with the versions of what ran.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from importlib import metadata
from pathlib import Path
from types import ModuleType


def read_documents(path: Path) -> list[tuple[str, str]]:
    """Names and texts: of the records of a BEIR corpus.jsonl, or of a folder's .txt and .md files."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix in (".txt", ".md"))
        # newline="" as elsewhere: offsets count characters of the file as it is.
        return [(file.relative_to(path).as_posix(), file.read_bytes().decode("utf-8")) for file in files]
    records = [json.loads(line) for line in _lines(path)]
    return [
        (str(record["_id"]), "\n\n".join(filter(None, (record.get("title", ""), record["text"]))))
        for record in records
    ]


def read_questions(path: Path) -> list[tuple[str, str]]:
    """Ids and questions of a question set, or of the queries of a BEIR folder."""
    records = [json.loads(line) for line in _lines(path)]
    return [
        (str(record["id"] if "id" in record else record["_id"]), record.get("question", record.get("text")))
        for record in records
    ]


def load(path: Path) -> ModuleType:
    """The adapter of a file. By its path: a name such as haystack.py must never hide the package itself."""
    spec = importlib.util.spec_from_file_location(f"peer_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _lines(path: Path) -> Iterator[str]:
    # Not splitlines: JSON may hold U+2028 inside a string.
    return (line for line in path.read_text("utf-8").split("\n") if line.strip())


def main(arguments: list[str] | None = None) -> None:
    """Run one adapter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("adapter", type=Path)
    parser.add_argument("--documents", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("-k", type=int, default=100)
    options = parser.parse_args(arguments)
    adapter = load(options.adapter)
    out = sys.stdout
    with redirect_stdout(sys.stderr):  # libraries print; stdout is for the run alone
        documents, questions = read_documents(options.documents), read_questions(options.questions)
        for name, hits in adapter.search(documents, questions, options.model, options.k):
            print(json.dumps({"id": name, "hits": hits}), file=out, flush=True)
    versions = {package: metadata.version(package) for package in adapter.PACKAGES}
    print(json.dumps({"versions": versions}), file=sys.stderr)


if __name__ == "__main__":
    main()
