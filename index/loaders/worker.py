"""The process that reads files for `Guard`: one after the other, until its parent is gone.

A file may hang or crash it; it is then ended and another one started.
"""

from __future__ import annotations

import contextlib
import os
import resource
import threading
import time
from multiprocessing.connection import Connection

from index.errors import LoadError
from index.loaders import extract_here, pulse


def serve(descriptor: int, parent: int, memory: int) -> None:
    """Answers each (module, data, where, limits) with what became of it, in the forms that `Guard` knows."""
    # What a library prints must not end up among the results that the command prints.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    connection = Connection(descriptor)
    pulse.listen(lambda more_s: connection.send(("beat", more_s)))
    connection.send(("ready",))
    while True:
        try:
            module, data, where, limits = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer: tuple[object, ...] = ("read", extract_here(module, data, where, limits))
        except LoadError as error:
            answer = ("refused", error.where, error.reason, error.line)
        except MemoryError:
            answer = ("memory",)
        # The same seam as in index.loaders, on this side of the pipe.
        except Exception as error:
            answer = ("failed", type(error).__name__, " ".join(str(error).split())[:200])
        del data
        connection.send(answer)


def _end_with(parent: int) -> None:
    """Ends this process when its parent is gone, whatever it is doing."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
