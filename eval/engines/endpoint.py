"""An engine behind HTTP that speaks Pincite's JSON: POST URL/api/ask, GET URL/api/search."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from eval.engines.base import ForeignEngine, Texts
from eval.engines.payloads import answer_of, hits_of, problems_in
from index import PinciteError, QuestionError, UsageError

if TYPE_CHECKING:
    import requests

    from qa import Answer, SearchResult

MOST_HITS = 100
"""The largest `k` that GET /api/search takes."""

_REDIRECTS = 3
_PIECE = 64 * 1024


class EndpointError(PinciteError):
    """The endpoint cannot be reached, or what it sends is not the contract: nothing can be measured (exit 1)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one request may take with all that it reads, how large it may get, how often it is tried."""

    connect_s: float = 5.0
    total_s: float = 60.0
    response_bytes: int = 16 * 1024 * 1024
    retries: int = 3
    backoff_s: float = 0.5


class EndpointEngine(ForeignEngine):
    """Puts every question to a server, and holds what comes back against the texts of the local index.

    A question that the server turns away (400) or fails at (500) counts as nothing found, and its row says why.
    Anything that would make the whole a measure of the network raises EndpointError in place of a number.
    """

    def __init__(self, corpus: Texts, url: str, limits: Limits | None = None) -> None:
        super().__init__(corpus)
        self._url = check_url(url)
        self._limits = limits or Limits()
        self._session = _session(self._limits)
        self._number_of_documents = len(corpus.documents())
        self._clipped = False
        self.settings = {"endpoint": _without_secrets(self._url)}

    def ask(self, question: str, *, question_id: str | None = None) -> Answer:
        """What POST /api/ask answers."""
        body = {"question": question} if question_id is None else {"question": question, "id": question_id}
        record = self._record("POST", "api/ask", json=body)
        if "status" not in record and "quotes" not in record:
            raise EndpointError(
                f'{self._shown("api/ask")} sent no answer: neither "status" nor "quotes" is in it'
            )
        return answer_of(
            record, self._counting(question_id), question, question_id, self._number_of_documents
        )

    def search(self, question: str, *, k: int = 10, question_id: str | None = None) -> SearchResult:
        """What GET /api/search finds; at most 100 hits, as many as the contract lets one ask for."""
        from qa import SearchResult

        self._clipped |= k > MOST_HITS
        query = {"q": question, "k": str(min(k, MOST_HITS))}
        if question_id is not None:
            query["id"] = question_id
        record = self._record("GET", "api/search", params=query)
        if "hits" not in record:
            raise EndpointError(f'{self._shown("api/search")} sent no result: "hits" is not in it')
        return SearchResult(question, hits_of(record, self._counting(question_id))[:k], question_id)

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def notes(self) -> Iterator[str]:
        """What the endpoint's side leaves open."""
        yield f"Answers came from {self._shown('')}; they were held against the documents indexed here."
        yield from super().notes()
        if self._clipped:
            yield f"The endpoint gives at most {MOST_HITS} passages a question, so long documents can crowd a ranking."

    def _record(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        status, body = self._fetch(method, path, **more)
        place = self._shown(path)
        if status in (400, 500):
            raise QuestionError(f"{place} answered {status}: {_detail(body)}")
        if status != 200:
            raise EndpointError(f"{place} answered {status}: {_detail(body)}")
        try:
            record = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise EndpointError(f"{place} sent something that is not JSON ({error})") from error
        if problems := list(problems_in(record)):
            raise EndpointError(f"{place} sent JSON that is not of the contract: {'; '.join(problems[:3])}")
        return dict(record)

    def _fetch(self, method: str, path: str, **more: Any) -> tuple[int, bytes]:
        """The status and the body of a response, redirects within the same origin followed."""
        import requests

        url, limits = f"{self._url}/{path}", self._limits
        deadline = time.monotonic() + limits.total_s * (limits.retries + 1)
        try:
            for _ in range(_REDIRECTS + 1):
                with self._session.request(
                    method, url, stream=True, allow_redirects=False,
                    timeout=(limits.connect_s, limits.total_s), **more,
                ) as response:  # fmt: skip
                    if not response.is_redirect:
                        return response.status_code, self._read(response, path, deadline)
                    url = self._target(response, method, path)
                    more.pop("params", None)  # the address that we are sent to has its own
        except requests.RequestException as error:
            raise EndpointError(f"{self._shown(path)} {_why(error, limits)}") from error
        raise EndpointError(f"{self._shown(path)} redirects more than {_REDIRECTS} times")

    def _target(self, response: requests.Response, method: str, path: str) -> str:
        """Where a redirect leads, as long as it leads to the same server and asks for the same."""
        following = response.next
        target = following.url if following is not None and following.url else ""
        if _origin(target) != _origin(self._url):
            # Questions may be confidential: they go to the server that was named, and to no other.
            raise EndpointError(
                f"{self._shown(path)} redirects to {_without_secrets(target)}; if that server is meant, name it"
            )
        if following is None or following.method != method:
            raise EndpointError(
                f"{self._shown(path)} redirects a {method} so that it would lose its question"
            )
        return target

    def _read(self, response: requests.Response, path: str, deadline: float) -> bytes:
        """The body, as long as it is neither too large nor too slow."""
        import urllib3

        limit, size = self._limits.response_bytes, 0
        pieces: list[bytes] = []
        deadline = min(deadline, time.monotonic() + self._limits.total_s)
        while True:
            try:
                # read1 returns what has arrived: read would wait for a full piece, however slowly it drips.
                piece = response.raw.read1(_PIECE, decode_content=True)
            except urllib3.exceptions.HTTPError as error:
                raise EndpointError(f"{self._shown(path)} broke off in the middle of its answer") from error
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                raise EndpointError(f"{self._shown(path)} sent more than {limit:,} bytes for one question")
            if time.monotonic() > deadline:
                raise EndpointError(
                    f"{self._shown(path)} took more than {self._limits.total_s:g} s to send its answer"
                )

    def _shown(self, path: str) -> str:
        return f"{_without_secrets(self._url)}/{path}".rstrip("/")


def check_url(url: str) -> str:
    """An address that questions may be sent to, without the slash at its end. UsageError for any other.

    >>> check_url("http://127.0.0.1:8000/")
    'http://127.0.0.1:8000'
    """
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise UsageError(f'"{url}" is not an address of a server; write one such as http://127.0.0.1:8000')
    if parts.query or parts.fragment:
        raise UsageError(
            f'leave out what follows the path of "{_without_secrets(url)}": /api/ask is added to it'
        )
    return url.rstrip("/")


def _session(limits: Limits) -> requests.Session:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    retry = Retry(
        total=limits.retries,
        redirect=0,
        status_forcelist=(429, 502, 503, 504),
        allowed_methods=("GET", "POST"),  # asking changes nothing, so a question may be repeated
        backoff_factor=limits.backoff_s,
        backoff_max=10,
        retry_after_max=30,
        raise_on_status=False,
        raise_on_redirect=False,
    )
    session = requests.Session()
    session.headers.update({"Accept": "application/json", "User-Agent": "pincite-eval"})
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def _why(error: Exception, limits: Limits) -> str:
    """The end of a sentence about a request that came to nothing."""
    import requests

    # With retries, what happened is inside: the outer error says only that they were used up.
    cause = getattr(error.args[0], "reason", error) if error.args else error
    timed_out = isinstance(error, requests.Timeout) or "Timeout" in type(cause).__name__
    if timed_out:
        return f"did not answer within {limits.total_s:g} s, tried {limits.retries + 1} times"
    kind = type(cause).__name__
    return f"cannot be reached ({kind}), tried {limits.retries + 1} times; is it running?"


def _detail(body: bytes) -> str:
    """What a problem document says (RFC 9457), or the beginning of whatever else was sent."""
    try:
        detail = json.loads(body)["detail"]
    except (ValueError, RecursionError, KeyError, TypeError):
        detail = body[:200].decode("utf-8", "replace")
    return " ".join(str(detail).split())[:300] or "nothing more was said"


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"https": 443}.get(parts.scheme, 80)


def _without_secrets(url: str) -> str:
    """An address without name and password, for messages and reports."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
