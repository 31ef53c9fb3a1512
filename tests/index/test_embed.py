"""The real model, once a session: its vectors against sentence-transformers' own, and by hand."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import index.embed
from index import DEFAULT_MODEL, Embeddable, Span, TransformerEmbedder, UsageError

TEXTS = (
    "Thresholds for help were inconsistent. Too many children waited for an assessment.",
    "The board met.",
    "Café, naïve: “quoted” – e\u0301 and שלום. 👩\u200d👧 Second sentence!",
    "word " * 600 + ". The last sentence lies beyond the model's window.",
    "",
)


def spans(text: str) -> tuple[Span, ...]:
    """Cut after each ". "."""
    found, at = [], 0
    for part in text.split(". "):
        found.append(Span(at, min(at + len(part) + 1, len(text))))
        at += len(part) + 2
    return tuple(found)


PASSAGES = [Embeddable(text, spans(text)) for text in TEXTS]


@pytest.fixture(scope="session")
def embedder() -> TransformerEmbedder:
    return TransformerEmbedder()


@pytest.fixture(scope="session")
def embeddings(embedder):
    return embedder.embed(PASSAGES)


def test_passages_are_what_the_library_makes_of_them(embedder, embeddings):
    expected = embedder._model.encode(list(TEXTS), normalize_embeddings=True, show_progress_bar=False)
    found = np.stack([embedding.passage for embedding in embeddings])
    assert found.dtype == np.float32 and found.shape == (5, 384) == (5, embedder.dimensions)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_sentences_are_the_means_of_their_tokens(embedder, embeddings):
    model = embedder._model
    for passage, embedding in zip(PASSAGES[:3], embeddings, strict=False):
        assert embedding.sentences.shape == (len(passage.sentences), 384)
        (tokens,) = model.encode([passage.text], output_value="token_embeddings", show_progress_bar=False)
        offsets = model.tokenizer([passage.text], return_offsets_mapping=True)["offset_mapping"][0]
        for span, found in zip(passage.sentences, embedding.sentences, strict=True):
            inside = [i for i, (a, b) in enumerate(offsets) if span.start <= a < b <= span.end]
            mean = np.asarray(tokens)[inside].mean(axis=0)
            np.testing.assert_allclose(found, mean / np.linalg.norm(mean), atol=1e-5)


def test_a_sentence_beyond_the_window_is_its_passage(embeddings):
    long = embeddings[3]
    np.testing.assert_allclose(long.sentences[-1], long.passage, atol=1e-6)
    assert np.abs(long.sentences[0] - long.passage).max() > 1e-4


def test_company_changes_nothing(embedder, embeddings):
    for passage, together in zip(PASSAGES, embeddings, strict=True):
        (alone,) = embedder.embed([passage])
        np.testing.assert_allclose(alone.passage, together.passage, atol=1e-5)
        np.testing.assert_allclose(alone.sentences, together.sentences, atol=1e-5)


def test_order_is_kept_and_progress_sums(embedder):
    many = [Embeddable(f"Sentence {i} " + "and more " * (i * 7 % 40)) for i in range(70)]
    heard: list[int] = []
    found = embedder.embed(many, heard.append)
    assert sum(heard) == 70 and len(heard) == 3  # batches of 32
    np.testing.assert_allclose(found[41].passage, embedder.embed([many[41]])[0].passage, atol=1e-5)
    assert found[0].sentences.shape == (0, 384)
    assert embedder.embed([]) == []


def test_questions(embedder, embeddings):
    first = embedder.embed_question("Why were thresholds inconsistent?")
    assert first.dtype == np.float32 and first.shape == (384,)
    assert np.array_equal(first, embedder.embed_question("Why were thresholds inconsistent?"))
    assert first @ embeddings[0].passage > first @ embeddings[1].passage + 0.3


def test_threads_share_the_model(embedder):
    questions = [f"Question number {i} about thresholds?" for i in range(8)]
    alone = [embedder.embed_question(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(embedder.embed_question, questions * 4))
        passages = list(pool.map(lambda i: embedder.embed([PASSAGES[i % 3]]), range(12)))
    for i, vector in enumerate(together):
        np.testing.assert_allclose(vector, alone[i % 8], atol=1e-6)
    assert len(passages) == 12


def test_fingerprint_is_the_hash_of_the_weights(embedder):
    assert embedder.fingerprint == index.embed._PACKAGED_SHA256
    assert embedder.name == DEFAULT_MODEL == "all-MiniLM-L6-v2"


# Models that cannot be had


def packaged() -> Path:
    return Path(TransformerEmbedder()._path)


def test_the_default_models_weights_are_verified(monkeypatch):
    monkeypatch.setattr(index.embed, "_PACKAGED_SHA256", "0" * 64)
    with pytest.raises(UsageError, match="does not hold the known weights of all-MiniLM-L6-v2; reinstall"):
        TransformerEmbedder().embed_question("x")
    with pytest.raises(UsageError, match="does not hold the known weights"):
        _ = TransformerEmbedder().fingerprint


@pytest.mark.parametrize(
    ("package", "told"),
    [("no_such_package", "install the package no-such-package"), ("index", "model.safetensors is missing")],
)
def test_the_default_model_is_missing(monkeypatch, package, told):
    monkeypatch.setattr(index.embed, "_PACKAGED", package)
    with pytest.raises(UsageError, match=told):
        TransformerEmbedder().embed_question("x")


def test_models_that_cannot_be_loaded(tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    cut = tmp_path / "cut"
    shutil.copytree(packaged(), cut)
    weights = (cut / "model.safetensors").read_bytes()
    (cut / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    text = tmp_path / "text"
    shutil.copytree(packaged(), text, ignore=shutil.ignore_patterns("model.safetensors"))
    (text / "model.safetensors").write_text("no weights")
    pickled = tmp_path / "pickled"
    shutil.copytree(packaged(), pickled, ignore=shutil.ignore_patterns("model.safetensors"))
    (pickled / "pytest_model.bin").write_bytes(b"\x80\x04.")
    for name in (
        str(empty),
        str(cut),
        str(text),
        str(pickled),
        "no-such-owner/no-such-model",
        str(tmp_path / "gone"),
    ):
        with pytest.raises(UsageError, match=r"the model .* cannot be loaded: give a folder .*safetensors"):
            _ = TransformerEmbedder(name).dimensions


def test_a_folder_is_known_by_its_whole_path(tmp_path, monkeypatch):
    (tmp_path / "mine").symlink_to(packaged(), target_is_directory=True)
    (tmp_path / DEFAULT_MODEL).mkdir()  # a folder of the default's name is not the default
    monkeypatch.chdir(tmp_path)
    mine = TransformerEmbedder("mine")
    assert mine.name == str(tmp_path / "mine")
    assert TransformerEmbedder().name == DEFAULT_MODEL
    monkeypatch.chdir("/")
    assert mine.fingerprint == TransformerEmbedder().fingerprint
    assert mine.dimensions == 384


def test_a_model_that_does_not_pool_by_the_mean_gives_passages_for_sentences(tmp_path):
    folder = tmp_path / "cls"
    shutil.copytree(packaged(), folder, ignore=shutil.ignore_patterns("model.safetensors"))
    (folder / "model.safetensors").symlink_to(packaged() / "model.safetensors")
    config = folder / "1_Pooling" / "config.json"
    config.chmod(0o644)
    text = config.read_text()
    assert '"pooling_mode_mean_tokens": true' in text
    config.write_text(
        text.replace('"pooling_mode_mean_tokens": true', '"pooling_mode_mean_tokens": false').replace(
            '"pooling_mode_cls_token": false', '"pooling_mode_cls_token": true'
        )
    )
    (found,) = TransformerEmbedder(str(folder)).embed(PASSAGES[:1])
    for sentence in found.sentences:
        np.testing.assert_allclose(sentence, found.passage, atol=1e-6)


def test_a_question_passes_once_and_its_tokens_are_the_same(
    embedder: TransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "Why were thresholds inconsistent?"
    apart = embedder.embed_tokens([question])[0]
    embedder.embed_question(question)
    passes: list[int] = []
    monkeypatch.setattr(type(embedder._model), "preprocess", lambda *_: passes.append(1))
    once = embedder.embed_tokens([question])[0]
    assert not passes and once.dtype == np.float32 and np.array_equal(once, apart)
    once[:] = 0
    assert np.array_equal(embedder.embed_tokens([question])[0], apart), "what was given is the taker's"


def test_tokens_behind_a_prompt_are_not_those_of_the_question(embedder: TransformerEmbedder) -> None:
    question = "Who chaired the board?"
    embedder.embed_question("another")
    plain = embedder.embed_tokens([question])[0]
    try:
        embedder._model.prompts["query"] = "query: "
        embedder.embed_question(question)
        assert np.array_equal(embedder.embed_tokens([question])[0], plain)
    finally:
        embedder._model.prompts["query"] = ""
