"""Writing question sets: a draft for a person to correct, and what is wrong with a set."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.commands.options import as_json_option, location_options
from web.commands.printing import print_json, print_plain, say

if TYPE_CHECKING:
    from eval import Finding


@click.group(
    epilog="""
\b
Examples: pincite questions draft --data casebook -o questions.yaml
          pincite questions lint questions.yaml --data casebook

Both take --data DIR (or PINCITE_DATA) and --store URL, like every other command.
"""
)
def questions() -> None:
    """Draft a question set, or check one."""


@questions.command(epilog="Example: pincite questions draft -n 50 --data casebook -o questions.yaml")
@click.option("-n", "count", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many.")
@click.option("--seed", type=int, default=0, show_default=True, metavar="NUMBER",
              help="Another number chooses others.")  # fmt: skip
@click.option("-o", "--output", "file", type=click.Path(path_type=Path), metavar="FILE",
              help="The file to write, .yaml; default: stdout.")  # fmt: skip
@location_options
def draft(count: int, seed: int, file: Path | None, location: str) -> None:
    """Draft questions from the indexed documents.

    They are for a person to correct: none is counted by pincite eval until its "draft: true" is deleted. The
    same documents and the same seed give the same draft.
    """
    from eval import draft as drafted
    from eval import drafts_as_yaml
    from index import open_store

    if file is not None:
        if file.suffix.lower() not in (".yaml", ".yml"):
            raise click.BadParameter(f"{file} would not be read as YAML; call it .yaml", param_hint="-o")
        if file.exists():
            raise click.BadParameter(
                f"{file} exists and may have been corrected; name another, or remove it", param_hint="-o"
            )
        if not file.absolute().parent.is_dir():
            raise click.BadParameter(f"{file} is not in a folder that exists", param_hint="-o")
    with closing(open_store(location)) as store:
        drafts = drafted(store, count, seed)
        documents = store.counts().documents
    if not drafts:
        say(f"{location} holds no sentence or heading that a question can be made of; index more documents")
        sys.exit(1)
    text = drafts_as_yaml(drafts, documents, seed)
    if len(drafts) < count:
        say(f"the documents gave {len(drafts)} questions, not {count}")
    if file is None:
        click.echo(text, nl=False)
    else:
        file.write_text(text, "utf-8")
        say(f'{file} holds {len(drafts)} drafts; correct each and delete its "draft: true"')


@questions.command(epilog="Example: pincite questions lint questions.yaml --data casebook")
@click.argument("path", type=click.Path(path_type=Path), metavar="SET")
@location_options
@as_json_option
def lint(path: Path, location: str, as_json: bool) -> None:
    """Find what is wrong with a question set.

    Questions that cannot be verified on the indexed documents, that repeat others or that give their answer
    away; and what the set as a whole lacks. Exit code 1 if anything is an error; warnings alone give 0.
    """
    from eval import lint as findings_of
    from eval import parse_questions
    from index import open_store

    if not path.is_file():
        raise click.BadParameter(f"{path}: no such file", param_hint="SET")
    found, problems = parse_questions(path)
    with closing(open_store(location)) as store:
        findings = findings_of(found, store, problems)
    errors = sum(finding.severity == "error" for finding in findings)
    if as_json:
        print_json(
            {
                "set": str(path),
                "questions": len(found),
                "drafts": len(found.drafts),
                "errors": errors,
                "warnings": len(findings) - errors,
                "findings": [asdict(finding) for finding in findings],
            }
        )
    else:
        for finding in findings:
            print_plain(_line(path, finding))
        say(
            f"{path}: {len(found)} questions, {len(found.drafts)} drafts, {errors} errors,"
            f" {len(findings) - errors} warnings"
        )
    sys.exit(1 if errors else 0)


def _line(path: Path, finding: Finding) -> str:
    """A finding in the form that editors make a link of."""
    place = f"{path}:{finding.line}" if finding.line else str(path)
    name = f"{finding.question_id}: " if finding.question_id else ""
    return f"{place}: {finding.severity}: {name}{finding.message} [{finding.rule}]"
