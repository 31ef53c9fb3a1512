"""Lighthouse on the first page and on an answer, over the sample corpus: what it gives of 100, the middle of some runs.

    python -m tests.web.lighthouse [RUNS]

Wants Chromium, node and npm, which brings Lighthouse. No part of the tests: its figures depend on what
else the machine does. Exits 1 where one is below 98.

Lighthouse makes believe in a middling phone by holding a machine to be four times as slow as it is, which fits a fast
one. Here it is held to be as much slower as the table in Lighthouse's docs/throttling.md says for a machine of its
benchmark; a first run with the usual four tells that, and is printed beside.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser import CHROMIUM
from tests.web.conftest import Served

LIGHTHOUSE = "lighthouse@13.5.0"
CATEGORIES = ("performance", "accessibility", "best-practices")
LEAST = 98
QUESTION = "/ask?q=Why+were+thresholds+inconsistent%3F"
CORPUS = Path(__file__).parents[2] / "eval/corpus"
SERVE = """
import sys
from pathlib import Path
from index import TransformerEmbedder, index_paths, open_store
from qa import Service
from web.app import WebConfig, create_app
from web.language import warm
from web.server import serve

def make():
    folder = Path(sys.argv[1])
    store = open_store(folder, create=True)
    index_paths(store, TransformerEmbedder(), [Path(sys.argv[2])])
    store.close()
    service = Service.open(folder)
    service.warm()
    warm()
    return create_app(service, WebConfig(make_examples=True))

serve(make, "127.0.0.1", 0)
"""


def main() -> None:
    """Measures and prints."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    npm = shutil.which("npm")
    if npm is None or not Path(CHROMIUM).exists():
        sys.exit(f"npm and Chromium ({CHROMIUM}) are needed")
    low = False
    with tempfile.TemporaryDirectory() as folder:
        server = Served(SERVE, str(Path(folder) / "data"), str(CORPUS))
        try:
            for address in ("/", QUESTION):
                usual, benchmark = _measured(npm, server.url + address, Path(folder), 4)
                slower = 1 if benchmark < 800 else 2 if benchmark < 1500 else 4
                found = [_measured(npm, server.url + address, Path(folder), slower)[0] for _ in range(runs)]
                middle = {name: round(statistics.median(one[name] for one in found)) for name in CATEGORIES}
                low = low or min(middle.values()) < LEAST
                told = ", ".join(f"{name} {value}" for name, value in middle.items())
                print(
                    f"{address}: {told} (benchmark {benchmark:.0f}, slowed {slower} x;"
                    f" performance {usual['performance']:.0f} at 4 x)",
                    flush=True,
                )
        finally:
            server.stop()
    sys.exit(low)


def _measured(npm: str, url: str, folder: Path, slower: int) -> tuple[dict[str, float], float]:
    """Points of 100 by category, on a machine held to be so many times `slower`; and its benchmark."""
    out = folder / "report.json"
    subprocess.run(
        [
            npm, "exec", "--yes", f"--package={LIGHTHOUSE}", "--", "lighthouse", url, "--quiet", "--output=json",
            f"--output-path={out}", f"--throttling.cpuSlowdownMultiplier={slower}",
            f"--only-categories={','.join(CATEGORIES)}",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        ],
        check=True,
        cwd=folder,
        env={**os.environ, "CHROME_PATH": CHROMIUM},
    )  # fmt: skip
    told = json.loads(out.read_text("utf-8"))
    points = {name: 100 * float(told["categories"][name]["score"]) for name in CATEGORIES}
    return points, float(told["environment"]["benchmarkIndex"])


if __name__ == "__main__":
    main()
