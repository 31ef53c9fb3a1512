"""Broken, huge and odd PDFs: none may hang, crash the process or cost other files."""

import io
import random
import re

import pypdfium2 as pdfium
import pytest
from fpdf import FPDF

from index.errors import LoadError
from index.loaders import Limits
from index.types import Document
from tests.index.pdfs import DEFAULTS, SENTENCE, check, load, report
from tests.work import ends, grows_in_step

ODD_NUMBERS = (0, -1, 1, 2**31 - 1, 2**31, 2**32, 99_999, 2**63)


def flipped(data: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(rng.choice((1, 5, 50, 500))):
        damaged[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(damaged)


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))] + rng.choice((b"", b"\n%%EOF"))


def doubled(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    end = min(len(data), start + rng.randrange(5_000))
    return data[:end] + data[start:end] + data[end:]


def renumbered(data: bytes, rng: random.Random) -> bytes:
    """Lengths, counts, references, offsets and sizes changed in place."""
    damaged = bytearray(data)
    for match in rng.sample(list(re.finditer(rb"\d+", data)), rng.choice((1, 5, 40))):
        width = match.end() - match.start()
        damaged[match.start() : match.end()] = (
            str(rng.choice(ODD_NUMBERS)).encode()[:width].ljust(width, b"0")
        )
    return bytes(damaged)


@pytest.mark.parametrize("damage", [flipped, cut, doubled, renumbered])
@pytest.mark.parametrize("compressed", [True, False])
def test_damage_ends_in_a_document_or_an_error(tmp_path, damage, compressed):
    pdf = report()
    pdf.set_compression(compressed)
    data, rng = bytes(pdf.output()), random.Random(damage.__name__)
    read = 0
    for _ in range(60):
        with ends():
            outcome = load(tmp_path / "a.pdf", damage(data, rng))
        assert isinstance(outcome, (Document, LoadError))
        assert "IndexError" not in str(outcome) and "TypeError" not in str(outcome)
        if isinstance(outcome, Document):
            check(outcome)
            read += 1
    assert damage is cut or read


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, the first its catalogue."""
    out = io.BytesIO(b"%PDF-1.7\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()


@pytest.mark.parametrize(
    "second",
    [
        b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>",  # a page tree that is its own child
        b"<< /Type /Pages /Count 2147483647 /Kids [3 0 R] >>",
        b"<< /Type /Pages /Count 1 /Kids " + b"[" * 50_000 + b"]" * 50_000 + b" >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] /A " + b"<< /A " * 20_000 + b"1" + b" >>" * 20_000 + b" >>",
    ],
)
def test_structures_without_end(tmp_path, second):
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99999999 99999999] >>"
    with ends():
        outcome = load(tmp_path / "a.pdf", raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", second, page))
    assert isinstance(outcome, LoadError)


def test_a_page_as_large_as_a_field_is_read(tmp_path):
    content = b"BT /F 12 Tf 100 13000 Td (Text on a very large page.) Tj ET"
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 14400000 14400000] /Contents 4 0 R"
        b" /Resources << /Font << /F 5 0 R >> >> >>"
    )
    data = raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        page,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    document = load(tmp_path / "a.pdf", data)
    assert document.text == "Text on a very large page."


def test_thousands_of_empty_pages(tmp_path):
    with pdfium.PdfDocument.new() as empty:
        for _ in range(5_000):
            empty.new_page(200, 200).close()
        buffer = io.BytesIO()
        empty.save(buffer)
    with ends(60):
        assert "has no text layer" in str(load(tmp_path / "a.pdf", buffer.getvalue()))


def test_a_page_of_very_many_pieces(tmp_path):
    """Gaps, jumps and small type all over one page: the work must not grow with their square."""

    def made(pieces: int) -> bytes:
        pdf = FPDF()
        pdf.add_page()
        rng = random.Random(3)
        for _ in range(pieces):
            pdf.set_font("Helvetica", size=rng.choice((4, 6, 10)))
            pdf.text(
                rng.uniform(0, 200), rng.uniform(5, 290), rng.choice(("a b", "12", "Word", "1 x.", "- y"))
            )
        for _ in range(pieces // 10):
            x, y = rng.uniform(0, 200), rng.uniform(0, 290)
            pdf.line(x, y, *rng.choice(((x + 40, y), (x, y + 40))))
        return bytes(pdf.output())

    assert grows_in_step(lambda data: load(tmp_path / "a.pdf", data), made, 300)
    with ends():
        document = load(tmp_path / "a.pdf", made(4_000))
    check(document)


def test_a_slow_file_is_given_up_between_pages(tmp_path):
    pdf = FPDF()
    for _ in range(30):
        pdf.add_page()
        pdf.set_font("Helvetica", size=9)
        pdf.multi_cell(0, 4, SENTENCE * 20)
    data = bytes(pdf.output())
    assert "takes more than 0.01 seconds" in str(load(tmp_path / "a.pdf", data, Limits(max_seconds=0.01)))
    assert len(load(tmp_path / "a.pdf", data, DEFAULTS).pages) == 30
