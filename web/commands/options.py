"""Options that several commands share: where the index is, which model, which documents, in what form."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from index import Filter

Command = Callable[..., Any]

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
model_option = click.option("--model", envvar="PINCITE_MODEL", show_envvar=True, metavar="NAME",
                            help="A sentence-transformers model, by name or folder; default: the one the index was"
                            " made with, or all-MiniLM-L6-v2.")  # fmt: skip


def location_options(command: Command) -> Command:
    """Adds --data and --store; the command receives where the index is as `location`."""

    @click.option("--data", envvar="PINCITE_DATA", default="./pincite-data", show_default=True,
                  show_envvar=True, metavar="DIR", help="The folder that holds the index.")  # fmt: skip
    @click.option("--store", envvar="PINCITE_STORE", show_envvar=True, metavar="URL",
                  help="Another store, in place of --data.")  # fmt: skip
    @wraps(command)
    def wrapped(*args: Any, data: str, store: str | None, **options: Any) -> Any:
        return command(*args, location=_location(data, store), **options)

    return wrapped


def _location(data: str, store: str | None) -> str:
    """What was typed goes before what the environment holds, and a store before the folder."""
    source = click.get_current_context().get_parameter_source
    typed = {name for name in ("data", "store") if source(name) is ParameterSource.COMMANDLINE}
    if typed == {"data", "store"}:
        raise click.UsageError("--data and --store each name an index; give one of them")
    if store and typed != {"data"}:
        return store
    for option, value in (("--data", data), ("--store", store)):
        if option.removeprefix("--") in typed and not value:
            raise click.BadParameter("it is empty; name a place", param_hint=option)
    folder = Path(data)
    if file := next((place for place in (folder, *folder.parents) if place.is_file()), None):
        raise click.BadParameter(
            f"{file} is a file; name the folder that holds the index", param_hint="--data"
        )
    return data


def filter_options(command: Command) -> Command:
    """Adds the filters; the command receives them as `where`."""

    @click.option("--voice", multiple=True, metavar="VOICE",
                  help="Only documents of this voice, such as inspectorate or press; may be repeated.")  # fmt: skip
    @click.option("--publisher", multiple=True, metavar="NAME", help="Only this publisher; may be repeated.")
    @click.option("--document", multiple=True, metavar="DOCUMENT",
                  help="Only this document, by id or source id; may be repeated.")  # fmt: skip
    @click.option("--from", "published_from", metavar="DATE", default="",
                  help="Published on or after a day, month or year, such as 2017-04.")  # fmt: skip
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
