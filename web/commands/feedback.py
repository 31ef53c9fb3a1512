"""What readers said of answers, as drafts of questions."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import click

from web.commands.options import location_options


@click.command(epilog="Example: pincite feedback export --data casebook > drafts.jsonl")
@click.argument("what", type=click.Choice(["export"]), metavar="export")
@location_options
def feedback(what: str, location: str) -> None:
    """Export readers' remarks as draft questions.

    One line of JSON each, as a question set has them. Drafts count nowhere until someone has looked at them and taken
    "draft" away.
    """
    from index import open_store
    from web.feedback import Feedback, as_questions

    with closing(open_store(location)) as store:
        path = Path(store.location) / "feedback.db"
    for line in as_questions(Feedback(path).all()):
        click.echo(json.dumps(line, ensure_ascii=False))
