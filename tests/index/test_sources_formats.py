"""Every format that is read: what a sample says is found, and a broken one never costs the other files."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

import pytest

from index import Limits, LoadError, index_paths, open_store
from index.loaders import KINDS, SUFFIXES, Loaded, Source, load
from index.loaders.guard import Guard
from index.types import in_order
from tests.hashing import HashingEmbedder
from tests.index.samples import FINDING, MADE, REPLY


def read(suffix: str, data: bytes, limits: Limits | None = None, extract=None) -> list:
    source = Source(f"a{suffix}", f"a{suffix}", f"/a{suffix}", suffix)
    return list(load(source, data, limits or Limits(), **({"extract": extract} if extract else {})))


def document(suffix: str, data: bytes):
    """The one document in a file."""
    (found,) = (found for found in read(suffix, data) if isinstance(found, Loaded))
    return found.document


def reason(suffix: str, data: bytes, limits: Limits | None = None) -> str:
    (error,) = read(suffix, data, limits)
    assert isinstance(error, LoadError) and error.where == f"a{suffix}"
    return error.reason


@pytest.mark.parametrize("suffix", MADE)
def test_what_a_sample_says_is_in_its_text(suffix):
    made = document(suffix, MADE[suffix]())
    text = " ".join(made.text.split())
    assert FINDING in text and REPLY in text and text.index(FINDING) < text.index(REPLY)
    assert in_order(made.blocks) and in_order(made.pages)
    if suffix != ".zip":
        assert made.info.media_type == KINDS[suffix[1:]]


def test_every_suffix_has_a_sample():
    assert set(SUFFIXES) - set(MADE) == {".htm", ".xhtml", ".jsonl"}


PACKED = (".docx", ".pptx", ".xlsx", ".odt", ".epub")


@pytest.mark.parametrize("suffix", [*PACKED, ".rtf", ".zip", ".pdf", ".csv", ".eml"])
@pytest.mark.parametrize(
    "other", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)]
)
def test_another_kind_of_file_is_refused_with_a_reason(suffix, other):
    assert len(reason(suffix, other)) > 20


@pytest.mark.parametrize("suffix", PACKED)
def test_a_format_packed_like_another_is_refused(suffix):
    for other in {*PACKED} - {suffix}:
        said = reason(suffix, MADE[other]())
        assert "ZIP archive" in said or (suffix == ".docx" and "is not a Word file" in said)


@pytest.mark.parametrize("suffix", PACKED)
def test_what_unpacks_beyond_the_limit_is_refused(suffix):
    assert "more than the limit of 500 bytes" in reason(suffix, MADE[suffix](), Limits(max_markup_bytes=500))


def damaged(data: bytes, seed: int) -> bytes:
    """The file cut short, or with bits turned over, in a part of it or throughout."""
    dice = random.Random(seed)
    if seed % 3 == 0:
        return data[: dice.randrange(1, len(data))]
    broken = bytearray(data)
    first = dice.randrange(len(data)) if seed % 3 == 1 else 0
    for _ in range(1 if seed % 2 else 40):
        broken[dice.randrange(first, len(data))] ^= 1 << dice.randrange(8)
    return bytes(broken)


@pytest.fixture(scope="module")
def guard():
    with Guard() as guard:
        yield guard


@pytest.mark.parametrize("suffix", MADE)
def test_a_damaged_file_gives_documents_or_reasons_and_hangs_nothing(suffix, guard):
    data = MADE[suffix]()
    for seed in range(40):
        for found in read(suffix, damaged(data, seed), Limits(max_seconds=60), guard):
            if isinstance(found, LoadError):
                assert found.where.startswith(f"a{suffix}") and len(found.reason) > 10
                assert "took longer" not in found.reason and "takes more than" not in found.reason, seed
            elif isinstance(found, Loaded):
                assert in_order(found.document.blocks)
                found.document.text.encode()


def test_damaged_files_of_every_format_cost_no_other_file(tmp_path: Path):
    docs = tmp_path / "docs"
    docs.mkdir()
    for suffix, make in MADE.items():
        (docs / f"good{suffix}").write_bytes(make())
        (docs / f"cut{suffix}").write_bytes(make()[: len(make()) // 3])
        (docs / f"empty{suffix}").write_bytes(b"")
    with closing(open_store(tmp_path / "data", create=True)) as store:
        summary = index_paths(store, HashingEmbedder(), [docs])
        names = {info.source_id for info in store.documents()} | {alias.name for alias in store.aliases()}
        good = {f"good{suffix}" for suffix in MADE if suffix != ".zip"} | {"good.zip/inside/review.txt"}
        assert good <= names
        failed = {Path(error.where).name for error in summary.failed}
        assert {f"empty{suffix}" for suffix in MADE} <= failed
        assert {f"cut{suffix}" for suffix in PACKED} <= failed
        again = index_paths(store, HashingEmbedder(), [docs], prune=True)
        assert good <= set(again.unchanged) and not (again.added or again.changed or again.removed)
        assert store.check() == []
