"""pincite calibrate: fits the confidence to questions of one's own, and says what that changes."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.commands.options import as_json_option, location_options, model_option
from web.commands.printing import print_json, say

if TYPE_CHECKING:
    from eval import Calibration


@click.command()
@click.argument("question_set", metavar="[QUESTIONS]", required=False, type=click.Path(path_type=Path))
@click.option("--reset", is_flag=True, help="Go back to the confidence that Pincite comes with.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@as_json_option
@location_options
@model_option
def calibrate(
    question_set: Path | None, reset: bool, dry_run: bool, as_json: bool, location: str, model: str | None
) -> None:
    """Fit the confidence to a question set.

    QUESTIONS needs at least five questions that the documents answer and five that they do not. What changes is judged
    on questions that were left out of the fit; the fitted model is kept with the index.
    """
    from eval import calibrate as fit_to
    from eval import read_questions
    from index import UsageError, open_store
    from qa import Service, forget_confidence, keep_confidence

    if reset == bool(question_set):
        raise click.UsageError("name a question set, or give --reset")
    if reset:
        open_store(location).close()
        say(
            "the usual confidence is back"
            if forget_confidence(location)
            else "nothing was fitted, so nothing changes"
        )
        return
    if "://" in location or location.startswith("sqlite:"):
        raise UsageError(f"{location} is no folder; a fitted confidence is kept in the folder of an index")
    questions = read_questions(question_set or Path())
    with closing(Service.open(location, model)) as service:
        found = fit_to(service, questions)
    if not dry_run:
        keep_confidence(location, found.model)
    if as_json:
        print_json({**asdict(found), "kept": not dry_run})
    else:
        click.echo("\n".join(_lines(found)))
        say("nothing was changed (--dry-run)" if dry_run else f"kept with the index in {location}")


def _lines(found: Calibration) -> list[str]:
    """Before and after, side by side."""
    before, after = found.before, found.after
    return [
        f"{name:44}{old:>9}{new:>9}"
        for name, old, new in (
            (f"{found.questions} questions", "before", "after"),
            ("refused that had no answer", *_two(before.precision, after.precision)),
            ("without answer that are refused", *_two(before.recall, after.recall)),
            ("with an answer that are answered", *_two(before.answered, after.answered)),
            ("calibration error", *_two(before.error, after.error)),
        )
    ]


def _two(*values: float | None) -> list[str]:
    return ["-" if value is None else f"{value:.2f}" for value in values]
