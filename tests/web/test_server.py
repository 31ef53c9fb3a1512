"""The real server on loopback: starting, refusing to start, answering and stopping."""

from __future__ import annotations

import json
import re
import signal
import socket
import threading
import urllib.error
import urllib.request

import pytest

from index import PinciteError, UsageError
from tests.web.conftest import Served
from web.server import ServeError, serve


def never() -> object:
    raise AssertionError("the app must not be built")


def get(url: str) -> tuple[int, dict[str, str], str]:
    try:
        with urllib.request.urlopen(url, timeout=120) as response:
            return response.status, dict(response.headers), response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read().decode()


def test_it_says_where_it_answers_and_does(served: Served) -> None:
    assert re.fullmatch(
        r"Pincite answers at http://127\.0\.0\.1:\d+ \(Ctrl-C stops it\)\n", served.first_line
    )
    status, headers, body = get(served.url + "/healthz")
    assert status == 200 and json.loads(body)["status"] == "ok"
    assert headers["Server"] == "gunicorn", "no version"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_finishes_what_was_begun(stoppable: Served, how: int) -> None:
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(get(stoppable.url + "/api/ask?q=slowly")[0]))
    asking.start()
    assert get(stoppable.url + "/api/ask?q=begun")[0] == 200
    assert stoppable.stop(how) == (0, "")
    asking.join(timeout=120)
    assert answers == [200]


def test_requests_are_answered_side_by_side(served: Served) -> None:
    """Each of the three is only answered when all of them are at work."""
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(get(served.url + "/api/ask?q=together")[0]))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert answers == [200, 200, 200]


def test_an_address_too_long_is_a_problem_document(served: Served) -> None:
    status, headers, body = get(served.url + "/api/search?q=" + "x" * 100_000)
    assert status == 414 and headers["Content-Type"] == "application/problem+json"
    assert "POST /api/ask" in json.loads(body)["detail"]


def test_a_port_that_is_taken_is_a_sentence() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ServeError, match=f"Port {port} on 127.0.0.1 is taken .* --port {port + 1}"):
            serve(never, "127.0.0.1", port)  # type: ignore[arg-type]
    assert issubclass(ServeError, PinciteError) and not issubclass(ServeError, UsageError)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
def test_an_address_open_to_others_is_refused(host: str) -> None:
    with pytest.raises(UsageError, match="--public-read"):
        serve(never, host, 0)  # type: ignore[arg-type]


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_does_not_exist_is_a_sentence(port: int) -> None:
    with pytest.raises(UsageError, match="1 to 65535"):
        serve(never, "127.0.0.1", port)  # type: ignore[arg-type]


def test_an_app_that_cannot_be_built_is_a_sentence_and_exit_1() -> None:
    script = (
        "from index import NotIndexedError\nfrom web.server import serve\n"
        "def make(): raise NotIndexedError('Nothing is indexed in ./pincite-data: run pincite index PATH.')\n"
        "serve(make, '127.0.0.1', 0)"
    )
    server = Served(script)
    code, said = server.wait()
    assert server.first_line == "pincite: Nothing is indexed in ./pincite-data: run pincite index PATH.\n"
    assert code == 1 and "Traceback" not in said
