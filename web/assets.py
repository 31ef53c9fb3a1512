"""The stylesheet, the script and the mark: sent packed where a browser takes that, and kept by it for good.

Only these are packed. A page holds both what was asked and what documents say, and how well the two pack together
could tell a listener about documents that are not theirs (BREACH).
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, request

_A_YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file: its address with a hash, so that no cache hides a new version, and its bytes packed."""

    address: str
    version: str
    packed: bytes


def assets_of(app: Flask) -> dict[str, Asset]:
    """The static files of an app by name."""
    found = {}
    for path in sorted(Path(app.static_folder or "").iterdir()):
        if path.is_file():
            content = path.read_bytes()
            version = hashlib.sha256(content).hexdigest()[:8]
            address = f"{app.static_url_path}/{path.name}?v={version}"
            # No time of packing in it: the same file, the same bytes.
            found[path.name] = Asset(address, version, gzip.compress(content, 9, mtime=0))
    return found


def packer(assets: dict[str, Asset]) -> Callable[[Response], Response]:
    """What makes of a response with a static file the one that is sent; others it leaves as they are."""

    def pack(response: Response) -> Response:
        asset = (
            assets.get((request.view_args or {}).get("filename", ""))
            if request.endpoint == "static"
            else None
        )
        if asset is None or response.status_code not in (200, 304):
            return response
        response.vary.add("Accept-Encoding")
        if request.args.get("v") == asset.version:
            response.cache_control.max_age = _A_YEAR_S
            response.cache_control.immutable = True
        etag, _ = response.get_etag()
        if etag:
            response.set_etag(etag, weak=True)  # packed or not, it means the same
        if (
            response.status_code == 200
            and request.accept_encodings["gzip"] > 0
            and "Range" not in request.headers
        ):
            close = getattr(response.response, "close", None)
            response.direct_passthrough = False
            response.set_data(asset.packed)
            if close:
                close()
            response.headers["Content-Encoding"] = "gzip"
        return response

    return pack
