"""Addresses: how those of the web are written, and which of the network may be reached."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from index.errors import UsageError

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
PORTS = {"http": 80, "https": 443}
_SAFE = "!#$%&'()*+,/:;=?@[]~-._"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class FetchError(Exception):
    """Why an address gave nothing, as a sentence. `gone` if its server says that there is nothing any more."""

    def __init__(self, reason: str, *, gone: bool = False) -> None:
        self.gone = gone
        super().__init__(reason)


def is_url(value: object) -> bool:
    """Whether what was given as a path is an address of the web, or of another scheme."""
    return isinstance(value, str) and "://" in value


def canonical(url: str) -> str:
    """An address in the one form that it is stored in: lower case where case says nothing, no fragment.

    UsageError, with what to do, for one that is not fetched.

    >>> canonical("HTTPS://Example.ORG:443#top")
    'https://example.org/'
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"{url}: is no web address ({error}); write it in full") from error
    if parts.scheme not in PORTS:
        raise UsageError(
            f"{_bare(url)}: only http and https addresses are fetched; download it and index the file"
        )
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            f"{_bare(url)}: an address with a user name or password is not fetched, since every citation would"
            " print it; download it and index the file"
        )
    if not host or "%" in host or any(c.isspace() or not c.isprintable() for c in url.strip()):
        raise UsageError(f"{url!r}: is no web address; write it in full, beginning with https://")
    try:
        name = host if ":" in host else host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError as error:
        raise UsageError(f"{url}: its host {host!r} is no name that can be looked up") from error
    place = f"[{name}]" if ":" in name else name.rstrip(".")
    if port is not None and port != PORTS[parts.scheme]:
        place += f":{port}"
    path, query = quote(parts.path or "/", safe=_SAFE), quote(parts.query, safe=_SAFE)
    return urlunsplit(SplitResult(parts.scheme, place, path, query, ""))


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be reached besides public addresses: networks, and hosts by their names."""

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    hosts: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, values: tuple[str, ...]) -> Allowed:
        """Of networks ("192.0.2.0/24"), addresses and host names. UsageError for anything else."""
        networks, hosts = [], set()
        for value in values:
            try:
                networks.append(ipaddress.ip_network(value.strip("[]"), strict=False))
            except ValueError:
                name = value.lower().rstrip(".")
                if "/" in name or ":" in name or not name or any(c.isspace() for c in name):
                    raise UsageError(
                        f"{value!r} is no address that could be allowed; give a network (192.0.2.0/24), an address"
                        " or the name of a host"
                    ) from None
                hosts.add(name)
        return cls(tuple(networks), frozenset(hosts))

    def problem(self, host: str, address: str) -> str:
        """Why a host's address may not be connected to, or "".

        >>> Allowed().problem("example.org", "127.0.0.1")
        'example.org is at 127.0.0.1, which is not a public address; --allow-address 127.0.0.1 would allow it'
        """
        found = ipaddress.ip_address(address)
        inner = _embedded(found)
        if host.lower().rstrip(".") in self.hosts:
            return ""
        if any(one in network for network in self.networks for one in (found, *inner)):
            return ""
        if all(_is_public(one) for one in (found, *inner)):
            return ""
        return (
            f"{host} is at {address}, which is not a public address; --allow-address {address} would allow it"
        )


def resolve(
    host: str, port: int, allowed: Allowed, lookup: Callable[..., list[tuple]] = socket.getaddrinfo
) -> list[str]:
    """The addresses of a host, all of them checked. FetchError, with a sentence, for an address that may not be
    connected to; OSError for a host that has none. One bad address spoils the host: a name that leads both
    outside and inside is a trick, or a network's own affair.
    """
    found = lookup(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if problem := allowed.problem(host, address):
            raise FetchError(problem)
    return addresses


def _is_public(address: _Address) -> bool:
    if address in _NAT64:
        return True  # it stands for an IPv4 address, which is judged beside it
    if isinstance(address, ipaddress.IPv6Address) and address.is_site_local:
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified or address.is_link_local
    )


def _embedded(address: _Address) -> tuple[_Address, ...]:
    """The IPv4 addresses that an IPv6 address stands for, by which it could lead inside."""
    if not isinstance(address, ipaddress.IPv6Address):
        return ()
    found: list[_Address] = [inner for inner in (address.ipv4_mapped, address.sixtofour) if inner is not None]
    found += address.teredo or ()
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(found)


def _bare(url: str) -> str:
    """An address as it can be printed: without the password that may stand in it."""
    scheme, mark, rest = url.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}" if mark else url
