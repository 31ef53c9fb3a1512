"""The Flask app: `create_app(service)` gives one that is safe to put in front of hostile documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from apiflask import APIFlask
from flask import Flask, Response, request
from flask.json.provider import DefaultJSONProvider
from flask_talisman import Talisman
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from index import VOICES
from qa import permalink
from web import asking, words
from web.access import register_access
from web.adding import AddingConfig, register_adding
from web.api import api
from web.assets import assets_of, packer
from web.citing import citing
from web.errors import register_errors
from web.examples import Examples
from web.feedback import Feedback
from web.filing import filing
from web.language import language
from web.limits import register_limits
from web.overview import overview
from web.pages import pages
from web.reading import reading
from web.remarking import register_feedback
from web.silence import silence
from web.understood import understood_words

if TYPE_CHECKING:
    from qa import Service

_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")

# Nothing runs and nothing is fetched but this site's own stylesheet, script and pictures: a document that gets a tag
# past the escaping still cannot do anything with it. Trusted Types: not even our script can make HTML of a string.
_CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "connect-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}


@dataclass(frozen=True, slots=True)
class WebConfig:
    """What a site may set.

    `hosts`: names that it is reached by beyond localhost. `any_host` answers to every name; that is for a
    site which anyone may read anyway, since the check keeps strangers' pages from reading a private one
    through a name that they point at this machine (DNS rebinding). `examples` are the questions that the first
    page offers; `make_examples` has some made of the documents where none are given. `token`: what every request
    has to bring.
    `adding` lets those who have its token add documents, `feedback` keeps what readers say of answers.
    `requests_per_minute`: what one client beyond this machine may send, 0 for no limit. `proxies`: how many
    proxies of yours stand before it; only they are believed about whom they speak for.
    """

    name: str = "Pincite"
    examples: tuple[str, ...] = ()
    make_examples: bool = False
    hosts: tuple[str, ...] = ()
    any_host: bool = False
    max_body_bytes: int = 64 * 1024
    token: str = field(default="", repr=False)
    requests_per_minute: int = 120
    proxies: int = 0
    adding: AddingConfig | None = None
    feedback: Feedback | None = None


def create_app(service: Service, config: WebConfig | None = None) -> Flask:
    """An app that answers from `service`."""
    config, version = config or WebConfig(), _version()
    app = APIFlask(
        __name__,
        title=f"{config.name} API",
        version=version,
        spec_path="/api/openapi.json",
        docs_path=None,  # the documentation pages that come with APIFlask load scripts from other sites
        json_errors=False,
    )
    app.config.update(
        MAX_CONTENT_LENGTH=config.max_body_bytes,
        SEND_FILE_MAX_AGE_DEFAULT=24 * 3600,
        SERVERS=[{"url": "/"}],  # else the description would repeat whatever Host header came first
        AUTO_VALIDATION_ERROR_RESPONSE=False,  # problem documents are described route by route
        AUTO_404_RESPONSE=False,
        PINCITE_VERSION=version,
        DESCRIPTION="Answers from documents, in quotations cited to the character.",
    )
    # An answer reads in the order in which the contract tells it.
    cast(DefaultJSONProvider, app.json).sort_keys = False
    assets = assets_of(app)
    asking.register(app, service, Examples(service, config.examples, made=config.make_examples))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        voice=words.voice_label,
        confidence=words.confidence_words,
        long_date=words.long_date,
        counted=words.counted,
        title_of=words.title_of,
        web_link=words.web_link,
        language=language,
        lines=words.lines,
        file_name=words.file_name,
        understood=understood_words,
    )
    app.jinja_env.globals.update(
        site=config,
        voices=VOICES,
        statuses=words.STATUSES,
        citation_styles=words.CITATION_STYLES,
        packs=words.PACKS,
        differences=words.DIFFERENCES,
        place=words.place,
        permalink=permalink,
        asset={name: asset.address for name, asset in assets.items()},
    )
    app.spec_processor(_require_bodies)
    register_errors(app)
    for blueprint in (api, citing, pages, reading, overview, silence, filing):
        app.register_blueprint(blueprint)
    register_adding(app, config.adding)
    register_feedback(app, config.feedback)
    Talisman(
        app,
        force_https=False,  # served on loopback; whoever puts a proxy before it does TLS there
        strict_transport_security=False,
        session_cookie_secure=False,
        content_security_policy=_CONTENT_SECURITY_POLICY,
        frame_options="DENY",
        referrer_policy="same-origin",  # questions stand in addresses; no other site shall learn them
        permissions_policy={"browsing-topics": "()", "camera": "()", "geolocation": "()", "microphone": "()"},
    )
    app.after_request(_more_headers)
    app.after_request(packer(assets))
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)  # type: ignore[method-assign]
    register_limits(app, config.requests_per_minute)
    if not config.any_host:
        app.before_request(_host_check({*_LOOPBACK_NAMES, *(name.lower() for name in config.hosts)}))
    register_access(app, config.token)
    return app


def _host_check(trusted: set[str]) -> Callable[[], None]:
    """A check of the Host header. Flask's own TRUSTED_HOSTS (werkzeug 3.1) can name no IPv6 address."""

    def check() -> None:
        if urlsplit(f"//{request.host}").hostname not in trusted:
            raise SecurityError(f"Host {request.host!r} is not trusted.")

    return check


def _more_headers(response: Response) -> Response:
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if request.endpoint != "static":
        # An answer holds for one state of the index; and no shared cache shall keep what was asked.
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def _require_bodies(spec: Any) -> Any:
    """Say in the OpenAPI description that a body is not optional, which APIFlask leaves open."""
    for operations in spec["paths"].values():
        for operation in operations.values():
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
    return spec


def _version() -> str:
    try:
        return metadata.version("pincite")
    except metadata.PackageNotFoundError:
        return "0"
