"""Draws docs/images/answer.png and web-*.png: the pages of the web app on the sample corpus, as they are now.

    python -m tests.web.pictures docs/images

Wants Chromium.
"""

from __future__ import annotations

import io
import sys
import tempfile
import threading
from pathlib import Path

from PIL import Image
from werkzeug.serving import make_server

from index import document_id, index_paths, open_store
from qa import Service
from tests.browser import launched
from web.app import WebConfig, create_app
from web.examples import examples_of

CORPUS = Path(__file__).parents[2] / "eval/corpus"
QUESTION = "What+did+readers+and+the+council+say+about+thresholds%3F"
PRINTED = document_id("ofsted-2017-help-and-protection.pdf")
# name: address, width, height, colours
PICTURES = {
    "answer": (f"/ask?q={QUESTION}", 900, 900, "light"),
    "web-home": ("/", 1280, 760, "light"),
    "web-answer-small": (f"/ask?q={QUESTION}", 320, 900, "dark"),
    "web-viewer": (f"/documents/{PRINTED}?start=1511&end=1656&q={QUESTION}#cited", 1280, 900, "light"),
    "web-timeline": (f"/timeline?q={QUESTION}", 768, 900, "dark"),
    "web-status": ("/status", 768, 900, "light"),
}


def main() -> None:
    """Draws all of them."""
    out = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder, launched() as browser:
        store = open_store(Path(folder) / "data", create=True)
        from index import TransformerEmbedder

        index_paths(store, TransformerEmbedder(), [CORPUS])
        store.close()
        service = Service.open(Path(folder) / "data")
        examples = examples_of(service)  # as a site makes them; here they are waited for
        server = make_server("127.0.0.1", 0, create_app(service, WebConfig(examples=examples)), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name, (address, width, height, scheme) in PICTURES.items():
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
            )
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{server.port}{address}", wait_until="networkidle")
            shot = Image.open(io.BytesIO(page.screenshot()))
            target = out / f"{name}.png"
            shot.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(target, optimize=True)
            print(f"{target}: {target.stat().st_size // 1024} kB")
            context.close()
        server.shutdown()
        service.close()


if __name__ == "__main__":
    main()
