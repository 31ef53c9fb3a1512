"""Documents into the index: index, once or for as long as files change."""

from __future__ import annotations

import sys
from collections.abc import Collection
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from web.commands.options import as_json_option, location_options, model_option
from web.commands.printing import (
    holdings,
    print_asides,
    print_errors,
    print_json,
    print_summary,
    say,
    say_waiting,
    summary_payload,
)

if TYPE_CHECKING:
    from index import FetchSettings, Limits, Store, Summary, TransformerEmbedder

_MB = 1_000_000


@click.command(
    epilog="""
\b
Examples: pincite index reports/ press.zip --data casebook
          pincite index https://example.org/report.pdf
          pincite index reports/ --watch --prune

A file sources.csv in a folder or an archive may tell title, publisher, voice, date and address of each file beside
and below it.
"""
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH|URL...")
@location_options
@model_option
@click.option("--prune", is_flag=True, help="Remove what came from these paths and is there no longer.")
@click.option("--watch", is_flag=True, help="Go on until Ctrl-C, and follow every change of the files.")
@click.option("--max-file-mb", type=click.FloatRange(min=0, min_open=True), default=200.0, show_default=True,
              envvar="PINCITE_MAX_FILE_MB", show_envvar=True, metavar="N",
              help="Refuse larger files, and larger answers from the web.")  # fmt: skip
@click.option("--max-seconds", type=click.FloatRange(min=0, min_open=True), default=300.0, show_default=True,
              envvar="PINCITE_MAX_SECONDS", show_envvar=True, metavar="N",
              help="Give up on a file that takes longer to read, or then to be cut into passages; OCR is not"
              " counted.")  # fmt: skip
@click.option("--allow-address", multiple=True, envvar="PINCITE_ALLOW_ADDRESS", show_envvar=True, metavar="HOST|NET",
              help="A host or network, such as 192.0.2.0/24, that URLs may lead to although it is not public; may"
              " be repeated.")  # fmt: skip
@as_json_option
def index(
    paths: tuple[str, ...], location: str, model: str | None, prune: bool, watch: bool, max_file_mb: float,
    max_seconds: float, allow_address: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Add or update files, folders, archives and web pages.

    Reads .txt, .md, .html, .pdf, .docx, .odt, .rtf, .pptx, .xlsx, .csv, .epub, .eml, .jsonl and .zip; folders with
    all that is below them; http and https addresses, one page or file each, as robots.txt allows. What has not
    changed is skipped, so the same command brings an index up to date, and goes on where one was stopped.
    """
    from index import FetchSettings, Limits

    files = tuple(Path(path) for path in paths if "://" not in path)
    if len(files) == len(paths) and not any(path.exists() for path in files):
        raise click.BadParameter(f"{', '.join(paths)}: no such file or folder", param_hint="PATH")
    if watch and len(files) < len(paths):
        raise click.UsageError("--watch follows files and folders; leave the addresses out")
    run = _Run(
        tuple(path if "://" in path else Path(path) for path in paths),
        location,
        prune,
        as_json,
        replace(Limits(), max_bytes=int(max_file_mb * _MB), max_seconds=max_seconds),
        FetchSettings(allow=allow_address, max_bytes=int(max_file_mb * _MB)),
    )
    embedder = None
    try:
        store, embedder = _opened(location, model)
        with closing(store):
            if watch:
                run.watch(store, embedder, files)
            failed = run.once(store, embedder)
    except KeyboardInterrupt:
        say(
            f"stopped; the documents that {location} holds so far are whole, and the same command again"
            " goes on with the others"
        )
        sys.exit(1)
    sys.exit(1 if failed else 0)


def _opened(location: str, model: str | None) -> tuple[Store, TransformerEmbedder]:
    """The store and a model that can be used: a new store is made only when the model could be loaded."""
    from index import DEFAULT_MODEL, NotIndexedError, TransformerEmbedder, open_store

    try:
        store = open_store(location)
    except NotIndexedError:
        embedder = TransformerEmbedder(model or DEFAULT_MODEL)
        _ = embedder.dimensions
        return open_store(location, create=True), embedder
    known = store.settings
    return store, TransformerEmbedder(model or (known.model if known else DEFAULT_MODEL))


class _Run:
    """What was asked for, done once or again and again."""

    def __init__(
        self, paths: tuple[Path | str, ...], location: str, prune: bool, as_json: bool, limits: Limits,
        fetch: FetchSettings,
    ) -> None:  # fmt: skip
        self._paths, self._location = paths, location
        self._prune, self._as_json = prune, as_json
        self._limits, self._fetch = limits, fetch
        self._told: set[str] = set()

    def once(self, store: Store, embedder: TransformerEmbedder, only: Collection[Path] | None = None) -> bool:
        """Indexes under the lock and says what was done; whether something failed."""
        from index import index_paths, locked
        from web.progress import Bar

        with locked(Path(store.location), say_waiting), Bar() as bar:
            summary = index_paths(
                store, embedder, self._paths, prune=self._prune, progress=bar, limits=self._limits,
                fetch=self._fetch, only=only,
            )  # fmt: skip
            self._read_ahead(store, embedder)
        self._say(store, summary, quiet=only is not None)
        return bool(summary.failed)

    def _read_ahead(self, store: Store, embedder: TransformerEmbedder) -> None:
        """Makes what questions will need of the passages, under the same lock."""
        from qa import rerankers
        from web.progress import Counter

        late, _ = rerankers(embedder, store.location)
        if late is not None:
            with Counter("passages read") as counter:
                late.read_ahead(store, counter)

    def watch(self, store: Store, embedder: TransformerEmbedder, files: tuple[Path, ...]) -> NoReturn:
        """Indexes, then whatever changes, until Ctrl-C."""
        from index import PinciteError, UsageError, changes

        try:
            for begun, changed in enumerate(changes(files)):
                try:
                    self.once(store, embedder, changed)
                except (PinciteError, OSError) as error:
                    # A folder that is gone for a moment, a full disk: worth waiting for, once it has worked.
                    if not begun and isinstance(error, UsageError):
                        raise
                    say(f"{error}; still watching")
                if not begun:
                    say(f"watching {', '.join(map(str, files))} for changes; Ctrl-C ends it")
        except KeyboardInterrupt:
            say(f"stopped watching; {self._location} holds what was indexed so far")
        sys.exit(0)

    def _say(self, store: Store, summary: Summary, *, quiet: bool) -> None:
        """Says what a run did; of one that follows a change, only if anything came of it and is new."""
        asides = [(name, f"skipped {name}: {reason}") for name, reason in summary.skipped]
        asides += [(name, f"{name}: {note}") for name, note in summary.notes]
        errors = [error for error in summary.failed if not quiet or str(error) not in self._told]
        new = [aside for aside in asides if not quiet or aside[1] not in self._told]
        self._told.update((sentence for _, sentence in asides), map(str, summary.failed))
        done = summary.added or summary.changed or summary.removed
        if not quiet or done or errors:
            counts = store.counts()
            if self._as_json:
                held = {"documents": counts.documents, "stored_passages": counts.passages}
                print_json(summary_payload(summary) | held)
            else:
                print_summary(summary)
                click.echo(f"{self._location} now holds {holdings(counts)}")
            sys.stdout.flush()
        more = "" if self._as_json else "; --json lists them all"
        print_asides(new, more)
        print_errors(errors, more)
