"""Serving the web page and the JSON endpoint."""

from __future__ import annotations

from contextlib import closing
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
@click.option("--public-read", is_flag=True,
              help="Allow an address that other machines can reach: anyone there can read every document.")  # fmt: skip
@click.option("--example", "examples", multiple=True, metavar="QUESTION",
              help="A question to offer on the page; may be repeated.")  # fmt: skip
@location_options
@model_option
@reranker_option
def serve(
    host: str,
    port: int,
    threads: int,
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
    from web.app import WebConfig, create_app
    from web.server import serve as run

    with closing(open_store(location)) as store:  # said here and now, not by a worker that fails to start
        if not store.counts().documents:
            raise NotIndexedError(f"{location} holds no documents; add some with: pincite index FOLDER")

    def make_app() -> Flask:
        from qa import Service

        service = Service.open(location, model, reranker=reranker)
        service.warm()
        return create_app(service, WebConfig(examples=examples, any_host=public_read))

    run(make_app, host, port, threads, public_read=public_read)
