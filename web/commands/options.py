"""Options that several commands share: where the index is, which model, which documents, in what form."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

Command = Callable[..., Any]

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
model_option = click.option("--model", envvar="PINCITE_MODEL", show_envvar=True, metavar="NAME",
                            help="A sentence-transformers model, by name or folder; default: the one the index was"
                            " made with, or all-MiniLM-L6-v2.")  # fmt: skip

reranker_option = click.option("--reranker", envvar="PINCITE_RERANKER", show_envvar=True, metavar="FOLDER",
                               help="A CrossEncoder that orders the best passages anew, or a head for comparing"
                               " them token by token, by its folder; none to do without both.")  # fmt: skip

site_option = click.option("--site", envvar="PINCITE_SITE", show_envvar=True, metavar="URL", show_default=True,
                           default="http://127.0.0.1:8000",
                           help="Where pincite serve is reached: what permalinks begin with.")  # fmt: skip


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
    @click.option("--kind", multiple=True, metavar="KIND",
                  help="Only files of this kind, such as pdf; may be repeated.")  # fmt: skip
    @click.option("--about-from", metavar="DATE", default="",
                  help="Speaks of a day on or after this day, month or year.")  # fmt: skip
    @click.option("--about-to", metavar="DATE", default="", help="Speaks of a day on or before.")
    @click.option("--boilerplate", is_flag=True, help="Search notices, navigation and contents, too.")
    @click.option("--editions", is_flag=True, help="Search older editions of documents, too.")
    @wraps(command)
    def wrapped(
        *args: Any, voice: tuple[str, ...], publisher: tuple[str, ...], document: tuple[str, ...],
        published_from: str, published_to: str, kind: tuple[str, ...], about_from: str, about_to: str,
        boilerplate: bool, editions: bool, **options: Any,
    ) -> Any:  # fmt: skip
        from index import KINDS, VOICES, Filter

        _among("voice", voice, VOICES)
        _among("kind", kind, tuple(KINDS))
        dates = {"--from": published_from, "--to": published_to,
                 "--about-from": about_from, "--about-to": about_to}  # fmt: skip
        for option, date in dates.items():
            _check_date(option, date)
        where = Filter(
            frozenset(voice), frozenset(publisher), frozenset(document), published_from, published_to,
            frozenset(KINDS[name] for name in kind), about_from, about_to, boilerplate, editions,
        )  # fmt: skip
        return command(*args, where=where, **options)

    return wrapped


def _among(what: str, given: tuple[str, ...], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise click.BadParameter(
                f"no {what} is called {name!r}; there are {', '.join(known)}", param_hint=f"--{what}"
            )


def _check_date(option: str, date: str) -> None:
    from index import iso_date

    if date != iso_date(date):
        raise click.BadParameter(
            f"{date!r} is not a date; write 2017, 2017-04 or 2017-04-07", param_hint=option
        )
