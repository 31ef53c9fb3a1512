"""The `pincite` command: its commands gathered in a group that turns our errors into sentences and exit codes.

Exit codes: 0 done; 1 done but something failed; 2 misuse. Nothing heavy is imported before a command needs it,
so that `pincite --help` answers at once.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from typing import Any

import click

from web.commands.adapt import adapt
from web.commands.ask import ask
from web.commands.calibrate import calibrate
from web.commands.documents import check, documents, remove, show
from web.commands.evaluate import compare, evaluate
from web.commands.feedback import feedback
from web.commands.indexing import index
from web.commands.matrix import matrix
from web.commands.printing import say
from web.commands.question_sets import questions
from web.commands.questions import search
from web.commands.serve import serve
from web.commands.verify import verify

log = logging.getLogger(__name__)


class _Commands(click.Group):
    """A group that lists its commands in the order of use, and prints our errors as a sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click's own to print; for a reader that went away, nothing is printed
        except KeyboardInterrupt:
            say("stopped")
            ctx.exit(1)
        except Exception as error:
            # Imported here, when it is loaded already: whatever raises one of our errors has imported it.
            from index import PinciteError, UsageError

            log.info("the traceback", exc_info=True)
            if isinstance(error, PinciteError):
                say(str(error))
                ctx.exit(2 if isinstance(error, UsageError) else 1)
            if isinstance(error, OSError):
                place = error.filename or "the output"
                say(f"{place} failed: {error.strerror or error}; see to the disk or its permissions")
                _let_go_of_stdout()
                ctx.exit(1)
            raise


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""
\b
Examples: pincite index reports/
          pincite ask "Why were thresholds inconsistent?"
          pincite serve

Results go to stdout, everything else to stderr. Exit codes: 0 done; 1 done, but something failed and stderr says
what; 2 misuse.
""",
)
@click.version_option(package_name="pincite")
@click.option("-v", "--verbose", is_flag=True, help="Say more on stderr.")
def main(verbose: bool) -> None:
    """Answer questions from a folder of documents, in quotations cited to the character."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    logging.getLogger("faiss.loader").setLevel(logging.WARNING)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


for command in (
    index,
    documents,
    remove,
    search,
    ask,
    matrix,
    verify,
    show,
    check,
    serve,
    evaluate,
    compare,
    questions,
    calibrate,
    adapt,
    feedback,
):
    main.add_command(command)


def _let_go_of_stdout() -> None:
    """Sends what the output did not take nowhere; it would fail once more when the interpreter ends."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
