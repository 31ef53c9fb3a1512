"""What servers ask of robots (RFC 9309), by the parser that Scrapy uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from index.fetching.addresses import FetchError, canonical

if TYPE_CHECKING:
    from protego import Protego

    from index.fetching.fetch import Answer

_HOPS = 5


class Robots:
    """The robots.txt of each server, read once. `get` makes one request and follows no redirect."""

    def __init__(self, get: Callable[[str], Answer], agent: str) -> None:
        self._get, self._agent = get, agent
        self._read: dict[str, Protego | None] = {}

    def may(self, url: str) -> bool:
        """Whether a robot may fetch an address."""
        rules = self._rules(url)
        return rules is None or bool(rules.can_fetch(url, self._agent))

    def delay(self, url: str) -> float:
        """Seconds that a robot is to wait between two requests; 0 if nothing is said."""
        rules = self._rules(url)
        return 0.0 if rules is None else float(rules.crawl_delay(self._agent) or 0.0)

    def _rules(self, url: str) -> Protego | None:
        """The rules of an address's server; None if it has none."""
        parts = urlsplit(url)
        place = f"{parts.scheme}://{parts.netloc}"
        if place not in self._read:
            self._read[place] = self._asked(f"{place}/robots.txt")
        return self._read[place]

    def _asked(self, url: str) -> Protego | None:
        from protego import Protego

        for _ in range(_HOPS):
            answer = self._get(url)
            if answer.status in (301, 302, 303, 307, 308) and (place := answer.headers.get("location")):
                url = canonical(urljoin(url, place))
                continue
            if answer.status == 429 or answer.status >= 500:
                # Not known is not allowed.
                raise FetchError(
                    f"its server's robots.txt cannot be read (HTTP {answer.status}); try again later"
                )
            return Protego.parse(answer.data.decode("utf-8", "replace")) if answer.status == 200 else None
        return None
