"""What commands print: JSON for programs, plain text for people. Results go to stdout, talk to stderr."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from index import Counts, DocumentInfo, Hit, LoadError, Summary
    from qa import Answer, Quote

_MOST_ERRORS = 20
"""How many errors of one file or archive are printed; a corpus that is wrong throughout would bury all else."""

_MOST_OF_FOLDER = 100
"""How many files of one folder are told of; more than a screen holds, and few enough to see what comes after."""

_ARCHIVE = re.compile(r".*?\.(?:zip|eml)/", re.IGNORECASE)

# A document may hold the sequences by which a terminal is told to clear, to rename or to rewrite itself.
_CONTROLS = dict.fromkeys(
    (*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd"
) | {9: "\t", 10: "\n", 13: "\r"}


def say(sentence: str) -> None:
    """Prints a sentence on stderr, marked as ours."""
    click.echo(f"pincite: {sentence.translate(_CONTROLS)}", err=True)


def say_waiting() -> None:
    """Says that the index is in use by another run."""
    say("another pincite index is at work here; waiting for it to finish (Ctrl-C gives up)")


def print_json(value: Any) -> None:
    """Prints a value on one line of stdout."""
    click.echo(json.dumps(value, ensure_ascii=False))


def print_plain(text: str) -> None:
    """Prints words of a document for a person to read."""
    click.echo(text.translate(_CONTROLS))


def print_errors(errors: Iterable[LoadError], more: str = "") -> None:
    """Says on stderr what could not be read, at most 20 lines of any one file or archive and 100 of a folder.

    `more` says where the others are to be seen.
    """
    _say_most(((error.where, str(error)) for error in errors), f"more such errors{more}")


def print_asides(asides: Iterable[tuple[str, str]], more: str = "") -> None:
    """Says on stderr what should be known of files, from the name of each and the sentence; as many as of errors."""
    _say_most(asides, f"more notes like these{more}")


def _say_most(told: Iterable[tuple[str, str]], more: str) -> None:
    said: dict[str, int] = {}
    kept: dict[str, int] = {}
    for where, sentence in told:
        piles = _piles(where)
        full = next((place for place, most in piles if said.get(place, 0) >= most), None)
        if full is not None:
            kept[full] = kept.get(full, 0) + 1
            continue
        for place, _ in piles:
            said[place] = said.get(place, 0) + 1
        say(sentence)
    for place, count in kept.items():
        say(f"{place}: {count:,} {more}")


def _piles(where: str) -> list[tuple[str, int]]:
    """What a file is listed with, and how much of each is told: its own lines, its archive's members, its folder's
    files.
    """
    if "://" in where:
        return [(where, _MOST_ERRORS)]
    if archive := _ARCHIVE.match(where):
        return [(archive[0].rstrip("/"), _MOST_ERRORS)]
    return [(where, _MOST_ERRORS), (where.rpartition("/")[0] or ".", _MOST_OF_FOLDER)]


def print_document(info: DocumentInfo) -> None:
    """A document on one line."""
    about = ", ".join(part for part in (info.publisher, info.voice, info.published) if part)
    print_plain(f"{info.doc_id}  {info.source_id}  {info.title}  ({about})")


def print_hits(hits: Sequence[Hit], explanations: Sequence[Iterable[str]] = ()) -> None:
    """Passages with where they stand, best first, and under each the lines that explain it."""
    from index import clean

    for at, hit in enumerate(hits):
        passage, document = hit.passage, hit.document
        page = f"page {passage.page}" if passage.page else ""
        source = ", ".join(part for part in (document.publisher, document.title, page) if part)
        print_plain(f"{hit.rank}. {source} [{_place(document, passage.start, passage.end)}] {hit.score:.3f}")
        print_plain(f"   {clean(passage.text)}\n")
        if at < len(explanations):
            print_plain("\n".join(explanations[at]) + "\n")


def print_answer(answer: Answer, cited: Sequence[str] = ()) -> None:
    """Quotes with their voices, then what they are taken from; or the nearest passages, said not to answer.

    `cited` are the citations in a style that was asked for.
    """
    from qa import reference
    from web.words import DIFFERENCES

    click.echo(f"{answer.explanation} (confidence {answer.confidence:.2f})\n")
    if answer.summary and answer.summary.sentences:
        told = " ".join(
            one.text + "".join(f"[{n}]" for n in one.citations) for one in answer.summary.sentences
        )
        removed = f", {answer.summary.removed} removed" if answer.summary.removed else ""
        print_plain(f"Summary by {answer.summary.model}, checked against the quotes{removed}: {told}\n")
    for quote in answer.quotes:
        print_plain(f"{_quoted(quote)} [{quote.citation}, {quote.voice}]\n")
    for at, citation in enumerate(answer.citations):
        place = _place(citation.document, citation.start, citation.end)
        print_plain(f"[{citation.n}] {cited[at] if cited else f'{reference(citation)} [{place}]'}")
    known = {citation.n for citation in answer.citations}
    for difference in answer.differences:
        click.echo(f"\nSources differ {DIFFERENCES[difference.kind]}:")
        for side in (difference.one, difference.other):
            print_plain(f"  {_quoted(side.quote)} [{side.quote.citation}, {side.quote.voice}]")
            if side.citation.n not in known:
                print_plain(f"  [{side.citation.n}] {reference(side.citation)}")
    if answer.status == "not_in_documents" and answer.hits:
        click.echo("The nearest passages, which do not answer:\n")
        print_hits(answer.hits[:3])


def summary_payload(summary: Summary) -> dict[str, Any]:
    """What `index --json` gives of a run."""
    return {
        "added": summary.added,
        "changed": summary.changed,
        "unchanged": summary.unchanged,
        "removed": summary.removed,
        "skipped": [{"file": name, "reason": reason} for name, reason in summary.skipped],
        "notes": [{"file": name, "note": note} for name, note in summary.notes],
        "failed": [{"file": e.where, "line": e.line, "error": e.reason} for e in summary.failed],
        "passages": summary.passages,
    }


def print_summary(summary: Summary) -> None:
    """How many documents were added, changed and so on, in a line."""
    done = (("added", summary.added), ("changed", summary.changed), ("unchanged", summary.unchanged),
            ("removed", summary.removed), ("failed", summary.failed))  # fmt: skip
    click.echo(", ".join(f"{len(names):,} {what}" for what, names in done if names) or "nothing to index")


def holdings(counts: Counts) -> str:
    """How much an index holds, in words."""
    from web.words import counted

    return f"{counted(counts.passages, 'passage')} of {counted(counts.documents, 'document')}"


def _quoted(quote: Quote) -> str:
    """A quote on one line, its label before it and outside of the quotation marks."""
    from index import clean

    return (f"[{quote.label}] " if quote.label else "") + f"“{clean(quote.text)}”"


def _place(document: DocumentInfo, start: int, end: int) -> str:
    return f"{document.source_id}:{start}-{end}"
