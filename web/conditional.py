"""Conditional requests: what was sent once for a state of the index is not made again (RFC 9110, section 13)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, make_response, request

from web import asking

# A new process may bring other templates, settings or models, so that no tag outlives it.
_PROCESS = secrets.token_hex(8)


def conditional(view: Callable[..., Any]) -> Callable[..., Response]:
    """The view with an ETag made of its address and the generation of the index; 304 where it is known already.

    Weak, because an answer tells how long it took. Only a page that was found gets one.
    """
    return conditional_on(lambda: "")(view)


def conditional_on(more: Callable[[], Any]) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """As `conditional`, for a view that shows something besides, which `more` gives for every request."""

    def decorated(view: Callable[..., Any]) -> Callable[..., Response]:
        return _with_tag(view, more)

    return decorated


def _with_tag(view: Callable[..., Any], more: Callable[[], Any]) -> Callable[..., Response]:
    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Response:
        tag = _tag(more())
        if request.if_none_match.contains_weak(tag):
            response = Response(status=304)
        else:
            response = make_response(view(*args, **kwargs))
        if response.status_code in (200, 304):
            response.set_etag(tag, weak=True)
        return response

    return wrapped


def _tag(more: Any) -> str:
    generation = asking.generation()
    seen = f"{_PROCESS}\0{generation}\0{request.full_path}\0{more or ''}"
    return f"{generation}-{hashlib.sha256(seen.encode('utf-8', 'replace')).hexdigest()[:20]}"
