"""A token for a site that not everyone may read: as the password of HTTP Basic, or as a bearer token."""

from __future__ import annotations

import hmac

from flask import Flask, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from index import UsageError

SHORTEST_TOKEN = 16


def check_token(token: str, name: str = "PINCITE_TOKEN") -> str:
    """The token, if it is long enough not to be guessed. UsageError if not."""
    if token and (len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable()):
        raise UsageError(
            f"{name} has to have at least {SHORTEST_TOKEN} printable ASCII characters; make one with: "
            "python -c 'import secrets; print(secrets.token_urlsafe())'"
        )
    return token


def register_access(app: Flask, token: str) -> None:
    """Refuse every request that does not bring the token. No cookie: nothing for another site to ride on."""
    if not token:
        return
    check_token(token)

    def check() -> None:
        given = request.authorization
        brought = (given.token or given.password or "") if given else ""
        if not hmac.compare_digest(brought.encode(), token.encode()):
            raise Unauthorized(
                "This site wants a token: as the password, with any user name, or as a bearer token.",
                www_authenticate=WWWAuthenticate("basic", {"realm": "Pincite", "charset": "UTF-8"}),
            )

    app.before_request(check)
