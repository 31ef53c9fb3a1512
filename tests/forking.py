"""The `pincite` command as a process of its own that starts at once, for scripts that call it many times.

`python -m tests.forking ADDRESS` has everything imported, torch above all, which takes seconds of every start. It
forks a process for each call that the small program asks for: with the caller's arguments, folder, environment,
standard streams, Ctrl-C and exit code. Nothing was run in it before the fork: threads of FAISS or torch would be
missing in the child. The command as it is installed is started by tests/web/command.py.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]

_CLIENT = """#!{python} -IS
import json, os, signal, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    asked = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(server, [len(asked).to_bytes(8, "big")], [0, 1, 2])
    server.sendall(asked)
    child = int.from_bytes(server.recv(8), "big")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(child, number))
    code = server.recv(1)
sys.exit(code[0] if code else 70)
"""


@contextmanager
def forked_command(folder: Path) -> Iterator[Path]:
    """A program called `pincite` in a new folder below this one; it works within the block."""
    address = str(folder / "socket")
    program = folder / "bin" / "pincite"
    program.parent.mkdir()
    program.write_text(_CLIENT.format(python=sys.executable, address=address), "utf-8")
    program.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.forking", address],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as server:  # fmt: skip
        try:
            assert server.stdout and server.stdout.readline() == b"ready\n"
            yield program
        finally:
            server.kill()


def main(address: str) -> None:
    import faiss  # noqa: F401
    import sentence_transformers  # noqa: F401
    import tantivy  # noqa: F401

    import web.cli  # noqa: F401
    from index import count_tokens, sentence_spans

    count_tokens("warm"), sentence_spans("Warm. Warmer.", 0, 13)  # what is loaded for these starts no thread
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who has answered is waited for by nobody
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("ready", flush=True)
        # Nothing comes from stdin but its end, when the tests are over or were killed.
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            with connection:
                if not os.fork():
                    listener.close()
                    _answer(connection)


def _answer(connection: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, descriptors, _, _ = socket.recv_fds(connection, 8, 3)
    with connection.makefile("rb") as file:
        arguments, folder, environment = json.loads(file.read(int.from_bytes(head, "big")))
    if pid := os.fork():
        connection.sendall(pid.to_bytes(8, "big"))
        ended = os.pidfd_open(pid)
        ready, _, _ = select.select([ended, connection], [], [])
        if ended not in ready:  # whoever asked is gone
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        connection.sendall(bytes([os.waitstatus_to_exitcode(status) % 256]))
        os._exit(0)
    connection.close()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    # Not those that were here before: they know what kind of file they were opened on.
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, "utf-8", "backslashreplace", closefd=False)  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    os._exit(_run(arguments))


def _run(arguments: list[str]) -> int:
    from web.cli import main as pincite

    code: object = 1
    try:
        pincite(arguments, prog_name="pincite")
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code if isinstance(code, int) else 1


if __name__ == "__main__":
    main(sys.argv[1])
