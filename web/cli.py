"""The `pincite` command. Results go to stdout, talk and progress to stderr.

Nothing heavy is imported before a command needs it, so that `pincite --help` answers at once.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from eval import Report
    from index import Filter, LoadError, Summary
    from qa import Answer, SearchResult, Service

_MOST_ERRORS = 20
"""How many errors of one file are printed; a corpus that is wrong throughout would bury all else."""


class _Commands(click.Group):
    """A group that prints our errors as a sentence and leaves with the code that DESIGN.md gives them."""

    def invoke(self, ctx: click.Context) -> Any:
        from index.errors import PinciteError, UsageError

        try:
            return super().invoke(ctx)
        except PinciteError as error:
            click.echo(f"pincite: {error}", err=True)
            ctx.exit(2 if isinstance(error, UsageError) else 1)


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="pincite")
@click.option("-v", "--verbose", is_flag=True, help="Say more on stderr.")
def main(verbose: bool) -> None:
    """Answers questions from a folder of documents, in quotations cited to the character."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    logging.getLogger("faiss.loader").setLevel(logging.WARNING)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


# Options that several commands share


def _located(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --data and --store; the command receives where the index is as `location`."""

    @click.option("--data", envvar="PINCITE_DATA", default="./pincite-data", show_default=True,
                  show_envvar=True, metavar="DIR", help="The folder that holds the index.")  # fmt: skip
    @click.option("--store", envvar="PINCITE_STORE", show_envvar=True, metavar="URL",
                  help="Another store, in place of --data.")  # fmt: skip
    @wraps(command)
    def wrapped(*args: Any, data: str, store: str | None, **options: Any) -> Any:
        return command(*args, location=store or data, **options)

    return wrapped


def _filtered(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the filters; the command receives them as `where`."""

    @click.option("--voice", multiple=True, help="Only documents of this voice; may be repeated.")
    @click.option("--publisher", multiple=True, help="Only this publisher; may be repeated.")
    @click.option(
        "--document", multiple=True, help="Only this document, by id or source id; may be repeated."
    )
    @click.option("--from", "published_from", metavar="DATE", default="", help="Published on or after.")
    @click.option("--to", "published_to", metavar="DATE", default="", help="Published on or before.")
    @wraps(command)
    def wrapped(
        *args: Any, voice: tuple[str, ...], publisher: tuple[str, ...], document: tuple[str, ...],
        published_from: str, published_to: str, **options: Any,
    ) -> Any:  # fmt: skip
        where = _filter(voice, publisher, document, published_from, published_to)
        return command(*args, where=where, **options)

    return wrapped


def _filter(
    voice: tuple[str, ...], publisher: tuple[str, ...], document: tuple[str, ...], since: str, until: str
) -> Filter:
    from index import VOICES, Filter, iso_date

    for name in voice:
        if name not in VOICES:
            raise click.BadParameter(
                f"no voice is called {name!r}; there are {', '.join(VOICES)}", param_hint="--voice"
            )
    for option, date in (("--from", since), ("--to", until)):
        if date != iso_date(date):
            raise click.BadParameter(
                f"{date!r} is not a date; write 2017, 2017-04 or 2017-04-07", param_hint=option
            )
    return Filter(frozenset(voice), frozenset(publisher), frozenset(document), since, until)


_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_model = click.option("--model", envvar="PINCITE_MODEL", show_envvar=True, metavar="NAME",
                      help="A sentence-transformers model, by name or folder; default: the one the index was made"
                      " with, or all-MiniLM-L6-v2.")  # fmt: skip


# Documents in


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@_located
@_model
@click.option("--prune", is_flag=True, help="Remove what came from these paths and is there no longer.")
@_as_json
def index(paths: tuple[Path, ...], location: str, model: str | None, prune: bool, as_json: bool) -> None:
    """Add or update files, folders and .jsonl corpora. What has not changed is skipped."""
    from index import DEFAULT_MODEL, TransformerEmbedder, index_paths, locked, open_store
    from web.progress import Bar

    if not any(path.exists() for path in paths):
        raise click.BadParameter(f"{', '.join(map(str, paths))}: no such file or folder", param_hint="PATH")
    with (
        closing(open_store(location, create=True)) as store,
        locked(Path(store.location), _say_waiting),
        Bar() as bar,
    ):
        known = store.settings
        embedder = TransformerEmbedder(model or (known.model if known else DEFAULT_MODEL))
        summary = index_paths(store, embedder, paths, prune=prune, progress=bar)
        counts = store.counts()
    if as_json:
        _print_json(
            _summary_payload(summary) | {"documents": counts.documents, "stored_passages": counts.passages}
        )
    else:
        done = (("added", summary.added), ("changed", summary.changed), ("unchanged", summary.unchanged),
                ("removed", summary.removed), ("failed", summary.failed))  # fmt: skip
        click.echo(", ".join(f"{len(names)} {what}" for what, names in done if names) or "nothing to index")
        click.echo(f"{location} now holds {counts.passages:,} passages of {counts.documents:,} documents")
    for name, reason in summary.skipped:
        click.echo(f"skipped {name}: {reason}", err=True)
    _print_errors(summary.failed)
    sys.exit(1 if summary.failed else 0)


@main.command()
@_located
@_as_json
def documents(location: str, as_json: bool) -> None:
    """What is indexed."""
    from index import open_store
    from qa import document_payload

    with closing(open_store(location)) as store:
        infos = store.documents()
    if as_json:
        _print_json(
            [document_payload(info) | {"sha256": info.sha256, "licence": info.licence} for info in infos]
        )
        return
    for info in infos:
        about = ", ".join(part for part in (info.publisher, info.voice, info.published) if part)
        click.echo(f"{info.doc_id}  {info.source_id}  {info.title}  ({about})")


@main.command()
@click.argument("names", nargs=-1, required=True, metavar="DOCUMENT...")
@_located
def remove(names: tuple[str, ...], location: str) -> None:
    """Remove documents, by id or source id."""
    from index import locked, open_store

    with closing(open_store(location)) as store, locked(Path(store.location), _say_waiting):
        infos = [store.document(name).info for name in names]  # all are looked up before any is removed
        store.remove([info.doc_id for info in infos])
        store.refresh()
    click.echo(f"removed {', '.join(dict.fromkeys(info.source_id for info in infos))}", err=True)


@main.command()
@click.argument("name", metavar="DOCUMENT")
@_located
@click.option("--text", is_flag=True, help="Print the extracted text alone, to the character.")
def show(name: str, location: str, text: bool) -> None:
    """A document, by id or source id: what is known of it, and the text that offsets refer to."""
    from dataclasses import asdict

    from index import open_store

    with closing(open_store(location)) as store:
        document = store.document(name)
        passages = len(store.passages_of(document.info.doc_id))
    if not text:
        for key, value in asdict(document.info).items():
            click.echo(f"{key + ':':12} {value}")
        click.echo(f"characters:  {len(document.text):,}\npassages:    {passages:,}")
        if document.pages:
            click.echo(f"pages:       {len(document.pages):,}")
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(document.text.encode())  # as bytes: no newline may be translated


@main.command()
@_located
def check(location: str) -> None:
    """Verify the database, the derived files, and every passage's offsets and hashes."""
    from index import open_store

    with closing(open_store(location)) as store:
        wrong = store.check()
        counts = store.counts()
    for sentence in wrong:
        click.echo(sentence, err=True)
    if wrong:
        sys.exit(1)
    click.echo(f"all is well: {counts.passages:,} passages of {counts.documents:,} documents")


# Questions


def _questions(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--questions", "file", type=click.Path(path_type=Path), metavar="FILE",
                           help='Answer every line {"id", "question"} of a .jsonl file.')(command)  # fmt: skip
    return click.argument("question", required=False)(command)


@main.command()
@_questions
@click.option("-k", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many passages.")
@_located
@_model
@_filtered
@_as_json
def search(
    question: str | None,
    file: Path | None,
    k: int,
    location: str,
    model: str | None,
    where: Filter,
    as_json: bool,
) -> None:
    """The passages that are nearest to a question."""
    from qa import search_payload

    def one(service: Service, text: str, name: str | None) -> None:
        result = service.search(text, k=k, question_id=name, filter=where)
        if as_json:
            _print_json(search_payload(result))
        else:
            _print_hits(result)

    _answer_all(one, question, file, location, model)


@main.command()
@_questions
@_located
@_model
@_filtered
@_as_json
def ask(
    question: str | None, file: Path | None, location: str, model: str | None, where: Filter, as_json: bool
) -> None:
    """The answer to a question: quotes with citations, or that the documents do not say."""
    from qa import answer_payload

    def one(service: Service, text: str, name: str | None) -> None:
        answer = service.ask(text, question_id=name, filter=where)
        if as_json:
            _print_json(answer_payload(answer))
        else:
            _print_answer(answer)

    _answer_all(one, question, file, location, model)


def _answer_all(
    one: Callable[[Service, str, str | None], None],
    question: str | None,
    file: Path | None,
    location: str,
    model: str | None,
) -> None:
    """Puts a question, or each of a file's, to the service; a bad line of the file costs only itself."""
    from index import QuestionError
    from qa import Service

    if (question is None) == (file is None):
        raise click.UsageError("give either a question or --questions FILE")
    if file is not None and not file.is_file():
        raise click.BadParameter(f"{file}: no such file", param_hint="--questions")
    with closing(Service.open(location, model)) as service:
        if file is None:
            one(service, question or "", None)
            return
        failed = False
        for line, (name, text, problem) in enumerate(_read_lines(file), 1):
            if not problem:
                try:
                    one(service, text, name)
                except QuestionError as error:
                    problem = str(error)
            if problem:
                failed = True
                _print_json({"id": name, "question": text, "error": problem})
                click.echo(f"pincite: {file}, line {line}: {problem}", err=True)
        sys.exit(1 if failed else 0)


def _read_lines(file: Path) -> Iterator[tuple[str | None, str, str]]:
    """(id, question, what is wrong) for every line, so that lines out match lines in."""
    with file.open("rb") as lines:
        for line in lines:
            try:
                record = json.loads(line)
            except ValueError as error:
                yield None, "", f"not JSON in UTF-8 ({error})"
                continue
            if not isinstance(record, dict) or not isinstance(record.get("question"), str):
                yield None, "", 'a line is an object such as {"id": "q1", "question": "Why?"}'
                continue
            name = record.get("id")
            yield None if name is None else str(name), record["question"], ""


# Serving and measuring


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True)
@click.option("--public-read", is_flag=True, help="Allow an address that other machines can reach.")
@click.option(
    "--example", "examples", multiple=True, help="A question to offer on the page; may be repeated."
)
@_located
@_model
def serve(
    host: str,
    port: int,
    threads: int,
    public_read: bool,
    examples: tuple[str, ...],
    location: str,
    model: str | None,
) -> None:
    """The web page and the JSON endpoint."""
    from index import NotIndexedError, open_store
    from web.app import WebConfig, create_app
    from web.server import serve as run

    with closing(open_store(location)) as store:  # said here and now, not by a worker that fails to start
        if not store.counts().documents:
            raise NotIndexedError(f"{location} holds no documents; add some with: pincite index FOLDER")

    def make_app() -> Any:
        from qa import Service

        service = Service.open(location, model)
        service.warm()
        return create_app(service, WebConfig(examples=examples, any_host=public_read))

    run(make_app, host, port, threads, public_read=public_read)


@main.command("eval")
@click.argument("path", type=click.Path(path_type=Path), metavar="SET")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write the measures to a file.")  # fmt: skip
@click.option("--floor", "floors", multiple=True, metavar="MEASURE=VALUE",
              help="Fail when a measure is below this; may be repeated.")  # fmt: skip
@click.option("--details", is_flag=True, help="List the facts that were missed.")
@_located
@_model
def evaluate(
    path: Path,
    json_file: Path | None,
    floors: tuple[str, ...],
    details: bool,
    location: str,
    model: str | None,
) -> None:
    """Measure quality: SET is a question set (.jsonl), or a folder in the BEIR layout, indexed on the fly."""
    from eval import as_json, as_table, crossed, parse_floor

    limits = [parse_floor(floor) for floor in floors]  # a typing error is told before minutes of work
    if not path.exists():
        raise click.BadParameter(f"{path}: no such file or folder", param_hint="SET")
    report, failed = (
        _evaluate_beir(path, model) if path.is_dir() else (_evaluate_set(path, location, model), False)
    )
    click.echo(as_table(report, verbose=details))
    if json_file is not None:
        try:
            json_file.write_text(json.dumps(as_json(report), indent=1, ensure_ascii=False) + "\n", "utf-8")
        except OSError as error:
            raise click.FileError(str(json_file), error.strerror or str(error)) from error
    wrong = [*crossed(report, limits), *report.violations]
    for sentence in wrong:
        click.echo(f"pincite: {sentence}", err=True)
    sys.exit(1 if wrong or failed else 0)


def _evaluate_set(path: Path, location: str, model: str | None) -> Report:
    from eval import evaluate, read_questions
    from qa import Service
    from web.progress import Counter

    questions = read_questions(path)
    with closing(Service.open(location, model)) as service, Counter("questions") as counter:
        return evaluate(service, questions, progress=counter)


def _evaluate_beir(folder: Path, model: str | None) -> tuple[Report, bool]:
    """The report, and whether some of the corpus could not be read."""
    import tempfile

    from eval import evaluate_beir
    from index import DEFAULT_MODEL, TransformerEmbedder, index_paths, open_store
    from qa import Service
    from web.progress import Bar, Counter

    corpus = folder / "corpus.jsonl"
    if not corpus.is_file():
        raise click.BadParameter(
            f"{folder} holds no corpus.jsonl; give a folder in the BEIR layout", param_hint="SET"
        )
    with tempfile.TemporaryDirectory() as scratch, closing(open_store(scratch, create=True)) as store:
        embedder = TransformerEmbedder(model or DEFAULT_MODEL)
        with Bar() as bar:
            summary = index_paths(store, embedder, [corpus], progress=bar)
        _print_errors(summary.failed)
        with Counter("queries") as counter:
            return evaluate_beir(Service(store, embedder), folder, progress=counter), bool(summary.failed)


# Printing


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))


def _print_errors(errors: list[LoadError]) -> None:
    told: dict[str, int] = {}
    for error in errors:
        told[error.where] = told.get(error.where, 0) + 1
        if told[error.where] <= _MOST_ERRORS:
            click.echo(f"pincite: {error}", err=True)
    for where, count in told.items():
        if count > _MOST_ERRORS:
            click.echo(f"pincite: {where}: {count - _MOST_ERRORS} more such errors", err=True)


def _summary_payload(summary: Summary) -> dict[str, Any]:
    return {
        "added": summary.added,
        "changed": summary.changed,
        "unchanged": summary.unchanged,
        "removed": summary.removed,
        "skipped": [{"file": name, "reason": reason} for name, reason in summary.skipped],
        "failed": [{"file": e.where, "line": e.line, "error": e.reason} for e in summary.failed],
        "passages": summary.passages,
    }


def _print_hits(result: SearchResult) -> None:
    from index import clean

    for hit in result.hits:
        passage = hit.passage
        click.echo(f"{hit.rank}. {_reference(hit.document.publisher, hit.document.title, passage.page)}"
                   f" [{hit.document.source_id}:{passage.start}-{passage.end}] {hit.score:.3f}")  # fmt: skip
        click.echo(f"   {clean(passage.text)}\n")


def _print_answer(answer: Answer) -> None:
    from index import clean
    from qa import reference

    click.echo(f"{answer.explanation} (confidence {answer.confidence:.2f})\n")
    for quote in answer.quotes:
        click.echo(f"“{clean(quote.text)}” [{quote.citation}, {quote.voice}]\n")
    for citation in answer.citations:
        place = f"{citation.document.source_id}:{citation.start}-{citation.end}"
        click.echo(f"[{citation.n}] {reference(citation)} [{place}]")
    if answer.status == "not_in_documents" and answer.hits:
        click.echo("The nearest passages, which do not answer:\n")
        _print_hits_of(answer)


def _print_hits_of(answer: Answer) -> None:
    from qa import SearchResult

    _print_hits(SearchResult(answer.question, answer.hits[:3]))


def _reference(publisher: str, title: str, page: int | None) -> str:
    return ", ".join(part for part in (publisher, title, f"page {page}" if page else "") if part)


def _say_waiting() -> None:
    click.echo("another pincite index is at work here; waiting for it to finish (Ctrl-C gives up)", err=True)
