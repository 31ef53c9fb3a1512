"""The static files: packed for those who take it, kept for good under their hash, 304 where they are known."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import web.app

FOLDER = Path(web.app.__file__).parent / "static"
NAMES = sorted(path.name for path in FOLDER.iterdir())
PACKED = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_sent_packed_or_as_it_is(client: FlaskClient, name: str) -> None:
    content = (FOLDER / name).read_bytes()
    with client.get(f"/static/{name}") as plain:
        assert plain.data == content and "Content-Encoding" not in plain.headers
    with client.get(f"/static/{name}", headers=PACKED) as packed:
        assert gzip.decompress(packed.data) == content and packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(content)
        assert packed.headers["Vary"] == "Accept-Encoding" == plain.headers["Vary"]
        assert packed.mimetype == plain.mimetype and packed.headers["X-Content-Type-Options"] == "nosniff"
    for given in ({"Accept-Encoding": "gzip;q=0"}, PACKED | {"Range": "bytes=0-9"}):
        with client.get(f"/static/{name}", headers=given) as response:
            assert "Content-Encoding" not in response.headers
            assert response.data in (content, content[:10])


def test_a_file_that_is_known_is_not_sent_again(client: FlaskClient) -> None:
    for headers in ({}, PACKED):
        with client.get("/static/pincite.css", headers=headers) as first:
            tag = first.headers["ETag"]
        with client.get("/static/pincite.css", headers=headers | {"If-None-Match": tag}) as again:
            assert again.status_code == 304 and again.data == b""


def test_under_its_hash_a_file_is_kept_for_good_and_no_other(client: FlaskClient) -> None:
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text)
    assert len(addresses) >= 3
    for address in addresses:
        with client.get(address, headers=PACKED) as response:
            assert {"max-age=31536000", "immutable"} <= set(response.headers["Cache-Control"].split(", "))
    for address in ("/static/pincite.css", "/static/pincite.css?v=00000000"):
        with client.get(address) as response:
            assert "immutable" not in response.headers["Cache-Control"]


def test_pages_are_never_packed(client: FlaskClient) -> None:
    """What is asked and what documents say stand in one page: how well it packs would tell of them."""
    for address in ("/", "/ask?q=why", "/ask.json?q=why", "/documents"):
        assert "Content-Encoding" not in client.get(address, headers=PACKED).headers
    with client.get("/static/none", headers=PACKED) as missing:
        assert missing.status_code == 404 and "Content-Encoding" not in missing.headers
