"""What is in the index: documents, remove, show, check."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web.commands.options import as_json_option, location_options
from web.commands.printing import holdings, print_document, print_json, print_plain, say, say_waiting

if TYPE_CHECKING:
    from index import DocumentInfo


@click.command()
@location_options
@click.option("--editions", is_flag=True, help="List older editions, too.")
@as_json_option
def documents(location: str, editions: bool, as_json: bool) -> None:
    """List what is indexed."""
    from index import open_store
    from qa import document_payload

    with closing(open_store(location)) as store:
        infos = store.documents()
        if editions:
            infos = [edition for info in infos for edition in store.editions(info.source_id)]
    if as_json:
        print_json([document_payload(info) | _more(info) for info in infos])
        return
    for info in infos:
        print_document(info)


def _more(info: DocumentInfo) -> dict[str, Any]:
    """What the list of documents says besides what every citation says."""
    return {
        "sha256": info.sha256,
        "licence": info.licence,
        "also": list(info.also),
        "dated_by": info.dated_by,
        "edition": info.edition,
        "superseded_by": info.superseded_by,
    }


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="DOCUMENT...")
@location_options
def remove(names: tuple[str, ...], location: str) -> None:
    """Remove documents, by id or source id.

    Older editions of a document go with it; the id of an older edition removes that one alone, and another
    name of a document only this name.
    """
    from index import locked, open_store

    with closing(open_store(location)) as store, locked(Path(store.location), say_waiting):
        infos = {name: store.document(name).info for name in names}  # all are looked up before any is removed
        aliases = [name for name, info in infos.items() if name in info.also]
        store.unalias(aliases)
        store.remove([info.doc_id for name, info in infos.items() if name not in aliases])
        store.refresh()
    gone = dict.fromkeys(name if name in aliases else info.source_id for name, info in infos.items())
    say(f"removed {', '.join(gone)}")


@click.command(epilog="Example: pincite show report.pdf --text > report.txt")
@click.argument("name", metavar="DOCUMENT")
@location_options
@click.option("--text", "text_only", is_flag=True, help="Print the extracted text alone, to the character.")
def show(name: str, location: str, text_only: bool) -> None:
    """Show a document's extracted text.

    DOCUMENT is an id or a source id, as `pincite documents` lists them. The text is the one that the offsets of
    quotations refer to; what else is known of the document stands before it.
    """
    from dataclasses import asdict

    from index import open_store

    with closing(open_store(location)) as store:
        document = store.document(name)
        passages = len(store.passages_of(document.info.doc_id))
    if text_only:
        sys.stdout.flush()
        sys.stdout.buffer.write(document.text.encode())  # as bytes: no newline may be translated
        sys.stdout.buffer.flush()
        return
    known = asdict(document.info) | {"also": "; ".join(document.info.also)}
    known |= {"characters": f"{len(document.text):,}", "passages": f"{passages:,}"}
    if document.pages:
        known["pages"] = f"{len(document.pages):,}"
    for key, value in known.items():
        print_plain(f"{key + ':':12} {value}".rstrip())
    print_plain(f"\n{document.text}")


@click.command()
@location_options
def check(location: str) -> None:
    """Verify the index, to every passage's offsets.

    What is derived from the database and is missing, stale or damaged is made anew.
    """
    from index import open_store

    with closing(open_store(location)) as store:
        wrong = store.check()
        counts = store.counts()
    for sentence in wrong:
        say(sentence)
    if wrong:
        sys.exit(1)
    click.echo(f"all is well: {holdings(counts)}")
