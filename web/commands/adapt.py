"""pincite adapt: trains the reranker on the documents of an index, and keeps it only if that helped."""

from __future__ import annotations

import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

from web.commands.options import as_json_option, location_options, model_option
from web.commands.printing import print_json, say

if TYPE_CHECKING:
    from eval import Adaptation


@click.command()
@click.argument("question_set", metavar="[QUESTIONS]", required=False, type=click.Path(path_type=Path))
@click.option("--teacher", type=click.Path(path_type=Path), metavar="FOLDER",
              help="A CrossEncoder whose scores are learnt from as well, by its folder.")  # fmt: skip
@click.option("--reset", is_flag=True, help="Go back to the reranker that Pincite comes with.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@as_json_option
@location_options
@model_option
def adapt(
    question_set: Path | None, teacher: Path | None, reset: bool, dry_run: bool, as_json: bool, location: str,
    model: str | None,
) -> None:  # fmt: skip
    """Adapt the reranker to the indexed documents.

    Needs no labels: questions are made of headings and sentences, and the passage that each comes from is its answer.
    Takes minutes. The result is judged on documents or sections that were left out, and by QUESTIONS if given; it is
    kept with the index only if it is better on the former and no worse on the latter.
    """
    from eval import forget_adapted, keep_adapted
    from index import UsageError, open_store

    if reset and (question_set or teacher or dry_run):
        raise click.UsageError("--reset only removes what was kept; give it alone")
    if "://" in location or location.startswith("sqlite:"):
        raise UsageError(f"{location} is no folder; an adapted reranker is kept in the folder of an index")
    if reset:
        open_store(location).close()
        say(
            "the usual reranker is back"
            if forget_adapted(location)
            else "nothing was adapted, so nothing changes"
        )
        return
    try:
        found = _adapted(question_set, teacher, location, model)
    except KeyboardInterrupt:
        say("stopped; nothing was changed")
        sys.exit(1)
    kept = found.helped and not dry_run
    if kept:
        keep_adapted(found, location)
    _tell(found, kept, dry_run, as_json, location)


def _adapted(question_set: Path | None, teacher: Path | None, location: str, model: str | None) -> Adaptation:
    from eval import adapt as train
    from eval import read_questions
    from index import TransformerEmbedder, open_store
    from qa import CrossEncoderReranker, Service

    questions = read_questions(question_set) if question_set else ()
    taught_by = CrossEncoderReranker(teacher) if teacher else None
    # Says what is wrong with the index, or with a model that is not its own.
    with closing(Service.open(location, model, reranker="none")) as service:
        made_with = service.status()["model"]
    with closing(open_store(location)) as store, _Stages() as stages:
        return train(store, TransformerEmbedder(made_with), questions, teacher=taught_by, progress=stages)


class _Stages:
    """A bar for each thing that is counted, one after another."""

    def __init__(self) -> None:
        self._stack, self._what = ExitStack(), ""

    def __call__(self, what: str, done: int, total: int) -> None:
        from web.progress import Counter

        if what != self._what:
            self._stack.close()
            self._what, self._counter = what, self._stack.enter_context(Counter(what))
        self._counter(done, total)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def _tell(found: Adaptation, kept: bool, dry_run: bool, as_json: bool, location: str) -> None:
    from eval import adaptation_payload

    if as_json:
        print_json({**adaptation_payload(found), "kept": kept})
        return
    click.echo("\n".join(_lines(found)))
    if found.helped:
        say(
            "nothing was changed (--dry-run)"
            if dry_run
            else f"kept with the index in {location}; {found.reason}"
        )
    else:
        say(f"nothing was kept: {found.reason}")


def _lines(found: Adaptation) -> list[str]:
    """Before and after, side by side."""
    gain = found.gain
    rows = [(f"{found.held_out} questions that were left out, MRR", found.before, found.after)]
    rows += [
        (f"  {count} from {kind}", before, after) for kind, (before, after, count) in found.kinds.items()
    ]
    rows += [(f"{change.name} of the set", change.old, change.new) for change in found.measures]
    return [
        f"{f'trained on {found.questions} questions':44}{'before':>9}{'after':>9}",
        *(f"{name:44}{old:9.3f}{new:9.3f}" for name, old, new in rows),
        f"gain {gain.value:+.3f}, 95 % interval {gain.low:+.3f} to {gain.high:+.3f}; took {found.seconds:.0f} s",
    ]
