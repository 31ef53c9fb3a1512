"""Serving the web page and the JSON endpoint."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.commands.options import location_options, model_option, reranker_option

if TYPE_CHECKING:
    from flask import Flask


@click.command(epilog="Example: pincite serve --data casebook --port 8080")
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="The address to listen on."
)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, metavar="NUMBER",
              help="The port; 0 takes any that is free.")  # fmt: skip
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True, metavar="NUMBER",
              help="How many requests are answered at a time.")  # fmt: skip
@click.option("--token", envvar="PINCITE_TOKEN", show_envvar=True, default="", metavar="TOKEN",
              help="What every reader has to bring, as the password or as a bearer token. Set it in the environment:"
              " others can read the command line.")  # fmt: skip
@click.option("--write-token", envvar="PINCITE_WRITE_TOKEN", show_envvar=True, default="", metavar="TOKEN",
              help="Let those who have it add documents on the page /add. Set it in the environment.")  # fmt: skip
@click.option("--feedback", is_flag=True,
              help="Keep what readers say of answers, for pincite feedback export.")  # fmt: skip
@click.option("--requests-per-minute", type=click.IntRange(0), default=120, show_default=True, metavar="NUMBER",
              help="What one client beyond this machine may send; 0 for no limit.")  # fmt: skip
@click.option("--proxies", type=click.IntRange(0, 8), default=0, show_default=True, metavar="NUMBER",
              help="How many proxies of yours stand before it: their X-Forwarded-For is believed.")  # fmt: skip
@click.option("--public-read", is_flag=True,
              help="Allow an address that other machines can reach: anyone there can read every document.")  # fmt: skip
@click.option("--example", "examples", multiple=True, metavar="QUESTION",
              help="A question to offer on the page; may be repeated. Without any, the documents' headings"
              " make some.")  # fmt: skip
@location_options
@model_option
@reranker_option
def serve(
    host: str,
    port: int,
    threads: int,
    token: str,
    write_token: str,
    feedback: bool,
    requests_per_minute: int,
    proxies: int,
    public_read: bool,
    examples: tuple[str, ...],
    location: str,
    model: str | None,
    reranker: str | None,
) -> None:
    """Serve the web page and the JSON endpoint.

    Ctrl-C or SIGTERM stops it after the questions that were begun.
    """
    from index import NotIndexedError, open_store
    from web.access import check_token
    from web.adding import AddingConfig
    from web.app import WebConfig, create_app
    from web.feedback import Feedback
    from web.server import serve as run

    check_token(token)
    check_token(write_token, "PINCITE_WRITE_TOKEN")
    with closing(open_store(location)) as store:  # said here and now, not by a worker that fails to start
        if not store.counts().documents:
            raise NotIndexedError(f"{location} holds no documents; add some with: pincite index FOLDER")

        folder = Path(store.location)

    def make_app() -> Flask:
        from qa import Service
        from web.language import warm

        service = Service.open(location, model, reranker=reranker)
        service.warm()
        warm()
        adding = None
        if write_token:
            adding = AddingConfig(write_token, folder / "added", location, model)
        return create_app(
            service,
            WebConfig(
                examples=examples,
                make_examples=not examples,
                # Who has to bring the token reads nothing through a name that a stranger points here.
                any_host=public_read or bool(token),
                token=token,
                requests_per_minute=requests_per_minute,
                proxies=proxies,
                adding=adding,
                feedback=Feedback(folder / "feedback.db") if feedback else None,
            ),
        )

    run(make_app, host, port, threads, public_read=public_read, token=bool(token))
