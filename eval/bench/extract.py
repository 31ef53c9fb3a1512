"""How fast PDFs are read, beside other extractors' plain text, and how much memory a long one takes.

    python -m eval.bench.extract FOLDER [--rounds 9] [--pages 500]

Each file is read by each extractor in turn, round after round, so that a busy machine slows all alike. What
counts is processor time; of each file the fastest round is taken. Extractors that are not installed are left out.
"""

from __future__ import annotations

import argparse
import importlib
import io
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

Extractor = Callable[[bytes], object]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m eval.bench.extract", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="a folder of PDF files")
    parser.add_argument("--rounds", type=int, default=9, help="times that each file is read (default 9)")
    parser.add_argument("--pages", type=int, default=500, help="pages of the long PDF (default 500)")
    parser.add_argument("--slow", action="store_true", help="also measure extractors written in Python")
    asked = parser.parse_args()
    files = {path.name: path.read_bytes() for path in sorted(asked.folder.glob("*.pdf"))}
    files = {name: data for name, data in files.items() if data.startswith(b"%PDF-")}
    if not files:
        parser.error(f"no PDF files in {asked.folder}")
    logging.disable(logging.WARNING)
    found = {
        name: made for name, maker in EXTRACTORS.items() if (made := _available(name, maker, asked.slow))
    }
    times = measure(files, found, asked.rounds)
    print(f"{'file':36}" + "".join(f"{name:>12}" for name in found) + "   ms of processor time, best round")
    for file in files:
        print(f"{file[:35]:36}" + "".join(f"{1000 * times[name][file]:12.1f}" for name in found))
    totals = {name: sum(times[name].values()) for name in found}
    print(f"{'all':36}" + "".join(f"{1000 * totals[name]:12.1f}" for name in found))
    fastest = min((name for name in found if name != "pincite"), key=lambda name: totals[name])
    print(
        f"\npincite reads at {totals[fastest] / totals['pincite']:.2f} of the speed of {fastest}, the fastest"
    )
    for pages in (asked.pages, 4 * asked.pages):
        print(f"peak memory for {pages} pages: {peak_mb(files, pages):.0f} MB (VmHWM of a fresh process)")


def measure(
    files: dict[str, bytes], extractors: dict[str, Extractor], rounds: int
) -> dict[str, dict[str, float]]:
    """Seconds of processor time by extractor and file: of all rounds the fastest."""
    times = {name: dict.fromkeys(files, float("inf")) for name in extractors}
    for _ in range(rounds):
        for file, data in files.items():
            for name, extract in extractors.items():
                start = time.process_time()
                extract(data)
                times[name][file] = min(times[name][file], time.process_time() - start)
    return times


def long_pdf(files: dict[str, bytes], pages: int) -> bytes:
    """One PDF of so many pages, taken from the files over and over."""
    import pypdfium2

    target = pypdfium2.PdfDocument.new()
    while len(target) < pages:
        for data in files.values():
            source = pypdfium2.PdfDocument(data)
            count = min(len(source), pages - len(target))
            if count > 0:  # no page numbers at all would mean all pages
                target.import_pages(source, list(range(count)))
            source.close()
    written = io.BytesIO()
    target.save(written)
    target.close()
    return written.getvalue()


_READ = """
import sys
from pathlib import Path
from index.loaders import read_documents
print(sum(len(getattr(document, "pages", ())) for document in read_documents(Path(sys.argv[1]), "long.pdf")))
print(next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")))
"""


def peak_mb(files: dict[str, bytes], pages: int) -> float:
    """The most memory that a process of its own takes to read a PDF of so many pages."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.pdf"
        path.write_bytes(long_pdf(files, pages))
        done = subprocess.run(
            [sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, check=True
        )
    read, peak = done.stdout.splitlines()
    if int(read) != pages:
        raise SystemExit(f"{read} of {pages} pages were read")
    return int(peak.split()[1]) / 1024


def _available(name: str, maker: Callable[[], Extractor], slow: bool) -> Extractor | None:
    if name in _SLOW and not slow:
        return None
    try:
        return maker()
    except ImportError:
        return None


def _pincite() -> Extractor:
    loaders = importlib.import_module("index.loaders.pdf")
    return lambda data: loaders.extract(data, "benchmark", loaders.Limits())


def _pypdfium2() -> Extractor:
    pdfium = importlib.import_module("pypdfium2")

    def extract(data: bytes) -> object:
        document = pdfium.PdfDocument(data)
        texts = []
        for number in range(len(document)):
            page = document[number]
            textpage = page.get_textpage()
            texts.append(textpage.get_text_range())
            textpage.close()
            page.close()
        document.close()
        return texts

    return extract


def _pdf_oxide() -> Extractor:
    oxide = importlib.import_module("pdf_oxide")

    def extract(data: bytes) -> object:
        document = oxide.PdfDocument.from_bytes(data)
        return [document.extract_text(number) for number in range(document.page_count())]

    return extract


def _pypdf() -> Extractor:
    pypdf = importlib.import_module("pypdf")
    return lambda data: [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def _pdfminer() -> Extractor:
    high_level = importlib.import_module("pdfminer.high_level")
    return lambda data: high_level.extract_text(io.BytesIO(data))


EXTRACTORS: dict[str, Callable[[], Extractor]] = {
    "pincite": _pincite,
    "pypdfium2": _pypdfium2,
    "pdf_oxide": _pdf_oxide,
    "pypdf": _pypdf,
    "pdfminer": _pdfminer,
}
_SLOW = {"pypdf", "pdfminer"}

if __name__ == "__main__":
    main()
