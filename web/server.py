"""Serving an app with gunicorn: one worker process, a few threads.

One process, because models and vectors are large and a parent that has run torch or faiss hangs its forked
children: the app is therefore built in the worker, after the fork. Threads, because the work is done in
native code that releases the interpreter's lock.
"""

from __future__ import annotations

import errno
import ipaddress
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.sock import TCP6Socket, TCPSocket
from gunicorn.workers.gthread import ThreadWorker

from index import PinciteError, UsageError

_BOOT_S = 300
"""How long a worker may be silent. Building the app counts, and loading a model from a cold disk is slow."""


class ServeError(PinciteError):
    """The server cannot start: the port is taken, or the address is not this machine's (exit 1)."""


def serve(
    make_app: Callable[[], Flask],
    host: str,
    port: int,
    threads: int = 4,
    *,
    public_read: bool = False,
    token: bool = False,
) -> NoReturn:
    """Serve until SIGINT or SIGTERM, then finish what was begun; leaves by SystemExit.

    `make_app` is called in the worker. Port 0 takes any free one; the line on stderr names it. UsageError:
    the address is open to others, the app wants no `token` of them and `public_read` is not set.
    ServeError: it cannot listen there.
    """
    if not public_read and not token and not _is_loopback(host):
        raise UsageError(
            f"{host} can be reached from other machines, where anyone could read every document. "
            "Use 127.0.0.1, set PINCITE_TOKEN to let in only those who have it, or say --public-read if that is what"
            " you want."
        )
    listener = _listen(host, port)
    address = _address(host, listener.getsockname()[1])
    parent = os.getpid()
    try:
        _Arbiter(_Application(make_app, threads, address), listener).run()
    except SystemExit as stop:
        # gunicorn's own codes (3 and 4: the worker could not start) are not in our contract; 1 is failure.
        # The worker leaves through here too, and keeps its code: it tells the parent what happened.
        raise SystemExit(1 if stop.code and os.getpid() == parent else stop.code) from None
    raise SystemExit(0)


class _Application(BaseApplication):
    def __init__(self, make_app: Callable[[], Flask], threads: int, address: str) -> None:
        self._make_app, self._threads, self._address = make_app, threads, address
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "workers": 1,
            "threads": self._threads,
            "worker_class": _Worker,
            "worker_connections": 200,
            "preload_app": False,
            "timeout": _BOOT_S,
            "graceful_timeout": 10,
            "keepalive": 5,
            "limit_request_line": 8190,
            "limit_request_fields": 50,
            "limit_request_field_size": 8190,
            "loglevel": "error",
            "control_socket_disable": True,  # a second way in that nobody asked for
            "post_worker_init": self._announce,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        try:
            return self._make_app()
        except PinciteError as error:
            # A sentence in place of gunicorn's traceback; its exit code tells the parent not to try again.
            print(f"pincite: {error}", file=sys.stderr, flush=True)
            raise SystemExit(Arbiter.WORKER_BOOT_ERROR) from None

    def _announce(self, worker: ThreadWorker) -> None:
        # Only now is a question answered: the socket listens before the app exists. A worker that replaces
        # another is not news.
        if worker.age == 1:
            print(f"Pincite answers at {self._address} (Ctrl-C stops it)", file=sys.stderr, flush=True)


class _Arbiter(Arbiter):
    def __init__(self, app: _Application, listener: socket.socket) -> None:
        super().__init__(app)
        # Handed over as it is: by way of "fd://" gunicorn opens a copy that it never closes.
        kind = TCP6Socket if listener.family == socket.AF_INET6 else TCPSocket
        name = listener.getsockname()
        self.LISTENERS = [kind(name, self.cfg, self.log, fd=listener.detach())]

    def handle_int(self) -> None:
        """Ctrl-C stops as SIGTERM does: requests are finished. A second one during that stops at once."""
        self.handle_term()


class _Worker(ThreadWorker):
    def init_signals(self) -> None:
        """Leave Ctrl-C to the parent. A terminal sends it to both, and the worker would drop its requests."""
        super().init_signals()
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Answer a request too long to be parsed in the shape of every other error; leave the rest be."""
        if isinstance(exc, LimitRequestLine):
            detail = "The address is too long. Ask a long question with POST /api/ask."
            status, title = 414, "URI Too Long"
        elif isinstance(exc, LimitRequestHeaders):
            status, title, detail = (
                431,
                "Request Header Fields Too Large",
                "The request has too many or too long headers.",
            )
        else:
            super().handle_error(req, client, addr, exc)
            return
        body = json.dumps(
            {"type": "about:blank", "title": title, "status": status, "detail": detail}
        ).encode()
        head = (
            f"HTTP/1.1 {status} {title}\r\nContent-Type: application/problem+json\r\n"
            f"Content-Length: {len(body)}\r\nX-Content-Type-Options: nosniff\r\n"
            "Content-Security-Policy: default-src 'none'\r\nConnection: close\r\n\r\n"
        )
        try:
            client.sendall(head.encode() + body)
        except OSError:
            self.log.debug("The client of a refused request was gone.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # a name can mean any address, tomorrow another one


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket. Made here and not by gunicorn, which tries five times and then prints its own."""
    host = "127.0.0.1" if host == "localhost" else host
    if not 0 <= port <= 65535:
        raise UsageError(f"Port {port} does not exist: choose one from 1 to 65535.")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(128)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = (
                f"Port {port} on {host} is taken by another program. "
                f"Stop it, or choose another port: --port {port + 1}."
            )
        elif error.errno == errno.EACCES:
            reason = f"Port {port} may only be used by the system. Choose one above 1023: --port 8000."
        else:
            reason = f"Cannot listen on {host}, port {port}: {error.strerror or error}."
        raise ServeError(reason) from None
    return listener


def _address(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
