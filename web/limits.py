"""How often one client may ask, through Flask-Limiter: 429 with Retry-After beyond that."""

from __future__ import annotations

import ipaddress

from flask import Flask, request
from flask_limiter import ApplicationLimit, Limiter

_WAIT = "Too many requests came from your address in one minute. Wait a moment, and ask again."
_NETWORK_BITS = (
    64  # one household or machine has that much of IPv6, and could change its address with every request
)


def register_limits(app: Flask, per_minute: int) -> None:
    """Hold every client to so many requests a minute; 0 for no limit. This machine's own are not counted."""
    if not per_minute:
        return
    limiter = Limiter(
        client_key,
        app=app,
        application_limits=[ApplicationLimit(f"{per_minute} per minute", error_message=_WAIT)],
        strategy="moving-window",
        storage_uri="memory://",  # there is one process, see server.py
        headers_enabled=True,
    )
    limiter.request_filter(_is_free)


def client_key() -> str:
    """Who asks: an IPv4 address, or the network of an IPv6 one."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), _NETWORK_BITS), strict=False).network_address)
    return str(address)


def _is_free() -> bool:
    if request.endpoint == "static":
        return True
    try:
        return ipaddress.ip_address(client_key()).is_loopback or client_key() == "::"
    except ValueError:
        return False
