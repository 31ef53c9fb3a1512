"""Pages and files from the web: politely, within limits, and never from a network that is not meant to be reached.

A host's name is resolved once; its addresses are checked, and the connection is made to one of those that were
checked, with the name kept for TLS and for the Host line. So a name that answers otherwise the next time (DNS
rebinding) leads nowhere. Every redirect is checked in the same way. Proxies are not used: they would resolve
names themselves.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit, urlunsplit

from index.errors import UsageError
from index.fetching.addresses import PORTS, Allowed, FetchError, canonical, resolve
from index.fetching.robots import Robots

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_CHUNK = 1 << 16

Got = TypeVar("Got")


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How the web is asked. Times in seconds; `timeout_s` for each step, `total_s` for all that one address takes.

    `allow` names networks, addresses and hosts that may be reached although they are not public.
    """

    allow: tuple[str, ...] = ()
    max_bytes: int = 200_000_000
    timeout_s: float = 15.0
    total_s: float = 120.0
    max_redirects: int = 5
    max_delay_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask it later whether something has changed."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address gave in the end: `url` after all redirects. `unchanged` instead of `data` if the server says
    that it is as it was.
    """

    url: str
    status: int
    data: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def unchanged(self) -> bool:
        return self.status == 304

    @property
    def validators(self) -> Validators:
        return Validators(self.headers.get("etag", ""), self.headers.get("last-modified", ""))


def user_agent() -> str:
    """The name by which servers and their robots.txt know us."""
    return f"Pincite/{version('pincite')} (document indexer; obeys robots.txt)"


class Fetcher:
    """Fetches addresses one after the other; a server's robots.txt is read once, and its delay is kept."""

    def __init__(self, settings: FetchSettings, sleep: Callable[[float], None] = time.sleep) -> None:
        self._settings = settings
        self._allowed = Allowed.parse(settings.allow)
        self._robots = Robots(lambda url: self._get(url, Validators(), 500_000, whole=False), user_agent())
        self._sleep = sleep
        self._last: dict[str, float] = {}
        self._sockets: list[socket.socket] = []

    def fetch(self, url: str, known: Callable[[str], Validators] = lambda url: Validators()) -> Answer:
        """What an address gives, after its redirects. `known` gives what is known of an address from before.

        FetchError with a sentence for everything that goes wrong; UsageError for what is no address to fetch.
        """
        url = canonical(url)
        return _within(self._settings.total_s, lambda: self._follow(url, known), self._hang_up)

    def _hang_up(self) -> None:
        """Ends what is being received, so that a thread that waits for it ends as well."""
        for opened in self._sockets:
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)

    def _follow(self, url: str, known: Callable[[str], Validators]) -> Answer:
        for _ in range(self._settings.max_redirects + 1):
            if not self._robots.may(url):
                raise FetchError(
                    f"{url} is closed to robots by its server's robots.txt; download it and index the file"
                )
            self._wait(url)
            answer = self._get(url, known(url), self._settings.max_bytes)
            if answer.status not in _REDIRECTS:
                return _checked(answer)
            url = _target(answer)
        raise FetchError(
            f"redirects more than {self._settings.max_redirects} times; give the address it leads to"
        )

    def _wait(self, url: str) -> None:
        """As long as the server asks robots to wait between two requests, within reason."""
        host = urlsplit(url).netloc
        delay = min(self._robots.delay(url), self._settings.max_delay_s)
        if delay and host in self._last:
            self._sleep(max(0.0, self._last[host] + delay - time.monotonic()))
        self._last[host] = time.monotonic()

    def _get(self, url: str, validators: Validators, limit: int, *, whole: bool = True) -> Answer:
        """One request, redirects not followed. With `whole`, more than `limit` bytes are an error, else cut off."""
        from urllib3.exceptions import HTTPError

        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        try:
            addresses = resolve(host, port, self._allowed)
        except (OSError, UnicodeError) as error:
            raise FetchError(f"the host {host} is not known; check the address ({_short(error)})") from error
        headers = {
            "Host": parts.netloc,
            "User-Agent": user_agent(),
            "Accept": "*/*",
            "Accept-Encoding": "gzip, deflate",
        }
        if validators.etag:
            headers["If-None-Match"] = validators.etag
        if validators.modified:
            headers["If-Modified-Since"] = validators.modified
        target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        problem: Exception | None = None
        for address in addresses[:4]:
            pool = _pool(parts.scheme, host, address, port, self._settings.timeout_s, self._sockets)
            try:
                response = pool.urlopen(
                    "GET", target, headers=headers, redirect=False, retries=False, preload_content=False,
                    assert_same_host=False,
                )  # fmt: skip
                try:
                    return self._read(response, url, limit, whole)
                finally:
                    response.close()
            except (HTTPError, OSError) as error:
                problem = error
            finally:
                self._sockets.clear()
                pool.close()
        raise FetchError(f"cannot be fetched ({_short(problem)}); try again later") from problem

    def _read(self, response: Any, url: str, limit: int, whole: bool) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status in _REDIRECTS or response.status == 304 or response.status >= 400:
            return Answer(url, response.status, b"", headers)
        length = headers.get("content-length", "")
        parts, size = [], 0
        too_large = FetchError(f"is larger than the limit of {limit:,} bytes; raise it with --max-file-mb")
        if whole and length.isdigit() and int(length) > limit:
            raise too_large
        # Counted as unpacked: a small answer may unpack to any size.
        for chunk in response.stream(_CHUNK, decode_content=True):
            parts.append(chunk)
            size += len(chunk)
            if size > limit:
                if whole:
                    raise too_large
                break
        return Answer(url, response.status, b"".join(parts)[:limit], headers)


def _pool(
    scheme: str, host: str, address: str, port: int, timeout_s: float, sockets: list[socket.socket]
) -> Any:
    """A pool of one connection to an address that was checked, under the host's name. Its socket is put in
    `sockets` as soon as it is open.
    """
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout

    timeout = Timeout(connect=timeout_s, read=timeout_s)
    pool: HTTPConnectionPool
    if scheme == "http":
        pool = HTTPConnectionPool(address, port, timeout=timeout, maxsize=1)
    else:
        pool = HTTPSConnectionPool(
            address, port, timeout=timeout, maxsize=1, server_hostname=host, assert_hostname=host,
            cert_reqs="CERT_REQUIRED",
        )  # fmt: skip

    class Told(pool.ConnectionCls):  # type: ignore[misc, name-defined]
        def connect(self) -> None:
            super().connect()
            sockets.append(self.sock)

    pool.ConnectionCls = Told
    return pool


def _checked(answer: Answer) -> Answer:
    if answer.status in (404, 410):
        raise FetchError(f"is not there (HTTP {answer.status}); check the address", gone=True)
    if answer.status in (401, 403):
        raise FetchError(f"is not open to everyone (HTTP {answer.status}); download it and index the file")
    if answer.status not in (200, 203, 304):
        raise FetchError(f"gave no document (HTTP {answer.status}); try again later")
    return answer


def _target(answer: Answer) -> str:
    """Where a redirect leads."""
    place = answer.headers.get("location", "")
    if not place:
        raise FetchError(f"redirects to nowhere (HTTP {answer.status} without an address); try again later")
    # As sent: header bytes come decoded as Latin-1.
    place = place.encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        target = canonical(urljoin(answer.url, place))
    except (UsageError, ValueError) as error:
        raise FetchError(f"redirects to what is not fetched: {error}") from error
    if answer.url.startswith("https:") and target.startswith("http:"):
        raise FetchError(
            f"redirects from https to {target}, which anyone on the way could change; give that address"
        )
    return target


def _within(seconds: float, work: Callable[[], Got], stop: Callable[[], None]) -> Got:
    """What `work` gives. FetchError if it takes longer: a server that sends a byte now and then meets every
    time-out of a socket, and a name server may not answer at all. `stop` then makes `work` end, if it can.
    """
    done: list[Got] = []
    wrong: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:
            wrong.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        stop()
        thread.join(1)
        wrong.clear()
    if wrong:
        raise wrong[0]
    if not done:
        raise FetchError(f"took longer than {seconds:g} s; try again later")
    return done[0]


def _short(error: BaseException | None) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
