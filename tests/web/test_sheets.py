"""Printed pages beside the text: drawn from the original only, the cited words marked only where they are found."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from fpdf import FPDF
from PIL import Image

from index import Store, index_paths, open_store
from qa import Service
from tests.hashing import HashingEmbedder
from web import sheets
from web.app import create_app

TOLD = "The inspectors found that the bearings had not been looked at for nine whole years by anyone."
TWICE = "This line of words stands on the page twice."


def pdf(path: Path) -> None:
    made = FPDF()
    made.set_font("Helvetica", size=14)
    for _ in range(2):
        made.add_page()
        for words in ("An introduction to the matter.", TOLD, TWICE, "Something between the two.", TWICE):
            made.multi_cell(90, 8, words, new_x="LMARGIN", new_y="NEXT")
            made.ln(8)
        made.set_font("Helvetica", style="B", size=14)
    made.output(str(path))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FlaskClient, Store, Path]]:
    folder = tmp_path_factory.mktemp("sheets")
    path = folder / "docs" / "bridge.pdf"
    path.parent.mkdir()
    pdf(path)
    (path.parent / "note.txt").write_text("A note on the bridge.\n")
    with closing(open_store(folder / "data", create=True)) as store:
        index_paths(store, HashingEmbedder(), [path.parent])
        yield create_app(Service(store, HashingEmbedder())).test_client(), store, path


def yellow(png: bytes) -> list[tuple[int, int]]:
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    assert picture.width == 900
    pixels = picture.load()
    assert pixels is not None
    return [
        (x, y)
        for y in range(0, picture.height, 3)
        for x in range(0, picture.width, 3)
        if pixels[x, y][2] < 160 and pixels[x, y][0] > 220  # type: ignore[index]
    ]


def address(store: Store, words: str, page: int = 1, at: int = 0) -> str:
    found = store.document("bridge.pdf")
    text = " ".join(found.text.split())
    assert len(text) > 100
    start = -1
    for _ in range(at + 1):
        start = _find(found.text, words, start + 1)
    end = start + len(words)
    assert found.text[start:end].split() == words.split()
    return f"/documents/{found.info.doc_id}/pages/{page}.png?start={start}&end={end}&edition={found.info.sha256[:8]}"


def _find(text: str, words: str, since: int) -> int:
    """Where words stand in a text whose lines may be broken elsewhere, each break one character."""
    return text.replace("\n", " ").index(words, since)


def test_the_cited_words_are_boxed_where_they_stand(library: tuple[FlaskClient, Store, Path]) -> None:
    client, store, _ = library
    response = client.get(address(store, TOLD))
    assert response.status_code == 200 and response.mimetype == "image/png"
    marked = yellow(response.data)
    # The second of the lines on the page, at the left; 90 mm of 210 wide.
    assert marked and max(x for x, _ in marked) < 900 * 105 / 210 and min(x for x, _ in marked) > 20
    assert min(y for _, y in marked) > 60 and max(y for _, y in marked) < 260


def test_words_that_stand_twice_on_the_page_are_not_boxed(library: tuple[FlaskClient, Store, Path]) -> None:
    client, store, _ = library
    assert yellow(client.get(address(store, TWICE)).data) == []


def test_a_page_that_the_citation_is_not_on_has_no_box(library: tuple[FlaskClient, Store, Path]) -> None:
    client, store, _ = library
    assert yellow(client.get(address(store, TOLD, page=2)).data) == []
    path = address(store, TOLD).partition("?")[0]
    assert yellow(client.get(path).data) == []


def test_a_page_is_sent_once(library: tuple[FlaskClient, Store, Path]) -> None:
    client, store, _ = library
    first = client.get(address(store, TOLD))
    again = client.get(address(store, TOLD), headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and again.data == b""
    other = client.get(address(store, TWICE), headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200, "another box is another picture"


def test_the_viewer_shows_the_cited_page_open(library: tuple[FlaskClient, Store, Path]) -> None:
    client, store, _ = library
    path = address(store, TOLD).replace("/pages/1.png", "")
    page = client.get(path).text
    assert page.count('<details class="sheet"') == 2 and page.count('<details class="sheet" open>') == 1
    assert client.get(f"/documents/{store.document('note.txt').info.doc_id}").text.count('class="sheet') == 0


@pytest.mark.parametrize("page", ["0", "3", "99999", "-1", "x"])
def test_a_page_that_is_not_there(library: tuple[FlaskClient, Store, Path], page: str) -> None:
    client, store, _ = library
    doc_id = store.document("bridge.pdf").info.doc_id
    assert client.get(f"/documents/{doc_id}/pages/{page}.png").status_code == 404


def test_other_documents_and_none_have_no_pages(library: tuple[FlaskClient, Store, Path]) -> None:
    client, store, _ = library
    assert client.get(f"/documents/{store.document('note.txt').info.doc_id}/pages/1.png").status_code == 404
    assert client.get("/documents/none/pages/1.png").status_code == 404


def test_a_file_that_has_changed_or_gone_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "docs" / "bridge.pdf"
    path.parent.mkdir()
    pdf(path)
    with closing(open_store(tmp_path / "data", create=True)) as store:
        index_paths(store, HashingEmbedder(), [path.parent])
        client = create_app(Service(store, HashingEmbedder())).test_client()
        wanted = address(store, TOLD)
        viewer = wanted.replace("/pages/1.png", "")
        assert client.get(wanted).status_code == 200
        with path.open("ab") as file:
            file.write(b"\n% one more line\n%%EOF\n")
        assert client.get(wanted).status_code == 404, "other bytes under the name that was read"
        tag = client.get(viewer).headers["ETag"]
        assert 'class="sheet"' not in client.get(viewer, headers={"If-None-Match": "x" + tag}).text
        path.unlink()
        assert client.get(wanted).status_code == 404
        (tmp_path / "else.pdf").write_bytes(b"%PDF-1.4 something else")
        path.symlink_to(tmp_path / "else.pdf")
        assert client.get(wanted).status_code == 404, "whatever stands there now is not what was read"


def test_a_file_that_breaks_the_reader_costs_only_its_picture(
    library: tuple[FlaskClient, Store, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    client, store, _ = library
    crash = tmp_path / "crash.py"
    crash.write_text("import os; os.abort()")
    monkeypatch.setattr(sheets, "_DRAWING", crash)
    response = client.get(address(store, "An introduction to the matter."))
    assert response.status_code == 422 and "cannot be drawn" in response.text
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(sheets, "_DRAWING", slow)
    monkeypatch.setattr(sheets, "_TIMEOUT_S", 0.5)
    response = client.get(address(store, "An introduction to the matter."))
    assert response.status_code == 422 and "takes too long" in response.text
