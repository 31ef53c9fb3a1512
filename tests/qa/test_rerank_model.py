"""A cross-encoder from its folder: verified, cached, heard by the command line; what is no reranker is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import UsageError
from qa import CrossEncoderReranker, seal_reranker
from qa import rerank_model as module
from tests.tiny_reranker import base_model
from tests.web.command import run, run_json

QUESTION = "What colour is the harbour?"
PASSAGES = ["The harbour is green.", "The school is tall .", "what is the colour ? " * 8, "the museum"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = base_model(tmp_path_factory.mktemp("reranker"), spread=0.5)
    seal_reranker(folder, "tiny")
    return folder


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "copied"))


def test_scores_are_those_of_the_cross_encoder(folder: Path) -> None:
    import torch
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(str(folder), device="cpu", local_files_only=True)
    pairs = [(QUESTION, passage) for passage in PASSAGES]
    said = model.predict(pairs, activation_fn=torch.nn.Identity(), show_progress_bar=False)
    found = CrossEncoderReranker(folder).scores(QUESTION, PASSAGES)
    assert found.dtype == np.float64 and found.shape == (4,)
    assert found == pytest.approx(said, abs=1e-4) and len(set(found.tolist())) == 4


def test_kept_scores_are_fresh_ones(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reranker = CrossEncoderReranker(folder)
    first = reranker.scores(QUESTION, PASSAGES)
    asked: list[int] = []
    real = module._predict
    monkeypatch.setattr(
        module, "_predict", lambda model, pairs: (asked.append(len(pairs)), real(model, pairs))[1]
    )
    assert reranker.scores(QUESTION, PASSAGES).tolist() == first.tolist() and asked == []
    assert reranker.scores(QUESTION, [*PASSAGES[::-1], "the library"])[:4].tolist() == first[::-1].tolist()
    assert asked == [1]  # only what it had not read
    assert CrossEncoderReranker(folder).scores(QUESTION, PASSAGES).tolist() == first.tolist()
    assert reranker.scores("What is tall?", PASSAGES).tolist() != first.tolist()


def test_no_more_are_kept_than_agreed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT", 2)
    reranker = CrossEncoderReranker(folder)
    first = reranker.scores(QUESTION, PASSAGES)
    assert len(reranker._known) == 2 and reranker.scores(QUESTION, PASSAGES).tolist() == first.tolist()


def test_nothing_to_read_costs_nothing(folder: Path) -> None:
    assert CrossEncoderReranker(folder).scores(QUESTION, []).shape == (0,)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_file_that_was_changed_is_refused(name: str, copied: Path) -> None:
    content = bytearray((copied / name).read_bytes())
    content[-1] ^= 1
    (copied / name).write_bytes(content)
    with pytest.raises(UsageError, match=f"not as it was made: {name} differ"):
        CrossEncoderReranker(copied)


def test_a_file_that_went_or_came_is_refused(copied: Path) -> None:
    (copied / "tokenizer_config.json").unlink()
    (copied / "modules.json").write_text("[]", "utf-8")
    with pytest.raises(UsageError, match=r"modules.json, tokenizer_config.json differ"):
        CrossEncoderReranker(copied)


def test_what_only_tells_may_change(copied: Path, folder: Path) -> None:
    (copied / "README.md").write_text("Other words.", "utf-8")
    assert CrossEncoderReranker(copied).fingerprint == CrossEncoderReranker(folder).fingerprint


def test_a_folder_of_others_needs_no_manifest(copied: Path, folder: Path) -> None:
    (copied / "pincite-reranker.json").unlink()
    assert CrossEncoderReranker(copied).scores(QUESTION, PASSAGES).tolist() == (
        CrossEncoderReranker(folder).scores(QUESTION, PASSAGES).tolist()
    )


@pytest.mark.parametrize("content", ["", "[]", '{"files": 3}'])
def test_a_broken_manifest_is_refused(content: str, copied: Path) -> None:
    (copied / "pincite-reranker.json").write_text(content, "utf-8")
    with pytest.raises(UsageError, match="cannot be read"):
        CrossEncoderReranker(copied)


def test_weights_that_are_no_safetensors_are_not_read(copied: Path) -> None:
    (copied / "model.safetensors").rename(copied / "pytorch_model.bin")
    with pytest.raises(UsageError, match=r"model.safetensors, the only form of weights"):
        CrossEncoderReranker(copied)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder"):
        CrossEncoderReranker(tmp_path / "none")


def test_weights_cut_short_are_a_sentence(copied: Path) -> None:
    (copied / "pincite-reranker.json").unlink()
    weights = copied / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(UsageError, match="cannot be loaded"):
        CrossEncoderReranker(copied).scores(QUESTION, PASSAGES)


def test_a_classifier_of_several_classes_is_no_reranker(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="gives 3 scores a pair"):
        CrossEncoderReranker(base_model(tmp_path / "three", outputs=3)).scores(QUESTION, PASSAGES)


def test_scores_that_are_no_numbers_are_refused(copied: Path) -> None:
    from safetensors.numpy import load_file, save_file

    weights = load_file(copied / "model.safetensors")
    weights["classifier.bias"] = np.full_like(weights["classifier.bias"], np.nan)
    save_file(weights, copied / "model.safetensors", metadata={"format": "pt"})
    (copied / "pincite-reranker.json").unlink()
    with pytest.raises(UsageError, match="no numbers"):
        CrossEncoderReranker(copied).scores(QUESTION, PASSAGES)


@pytest.mark.parametrize(("apart", "half"), [(9.0, True), (-1.0, False)])
def test_bfloat16_is_checked_before_it_is_used(
    apart: float, half: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.setattr(module, "_MOST_APART", apart)
    reranker = CrossEncoderReranker(folder, openvino=False, precision="bfloat16")
    found = reranker.scores(QUESTION, PASSAGES)
    kinds = {tensor.dtype for tensor in reranker._model.state_dict().values() if tensor.is_floating_point()}
    assert kinds == {torch.bfloat16 if half else torch.float32}
    full = CrossEncoderReranker(folder, openvino=False, precision="float32").scores(QUESTION, PASSAGES)
    # Given up, it says exactly what it would have said.
    assert (found.tolist() == full.tolist()) != half and found.argmax() == full.argmax()


@pytest.mark.parametrize("amx", [True, False])
def test_bfloat16_is_for_processors_that_multiply_matrices_of_it(
    amx: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    monkeypatch.setattr(module, "_MOST_APART", 9.0)
    runtime = CrossEncoderReranker(folder, openvino=False).runtime
    assert runtime == ("torch bfloat16" if amx else "torch float32")


def test_the_command_line_hears_it(folder: Path, casebook: Path) -> None:
    question = "Why were thresholds inconsistent?"
    plain = run_json("search", question, "--data", casebook, "--explain")
    heard = run_json("search", question, "--data", casebook, "--explain", "--reranker", folder)
    assert [hit["text"] for hit in plain["hits"]] != [hit["text"] for hit in heard["hits"]]
    assert all("rerank" not in hit["explain"] for hit in plain["hits"])
    for hit in heard["hits"]:
        shares = [stage["share"] for name, stage in hit["explain"].items() if name != "total"]
        assert sum(shares) == pytest.approx(hit["explain"]["total"], abs=1e-3)
    assert any("rerank" in hit["explain"] for hit in heard["hits"])


def test_the_environment_names_it_and_a_receipt_tells(
    folder: Path, casebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINCITE_RERANKER", str(folder))
    answer: dict[str, Any] = run_json("ask", "What did readers blame?", "--data", casebook)
    assert answer["receipt"]["reranker"] == str(folder)
    assert answer["receipt"]["reranker_fingerprint"] == CrossEncoderReranker(folder).fingerprint


def test_a_tampered_folder_is_misuse(copied: Path, casebook: Path) -> None:
    (copied / "config.json").write_text("{}", "utf-8")
    result = run("ask", "What did readers blame?", "--data", casebook, "--reranker", copied)
    assert result.exit_code == 2 and "config.json differ" in result.stderr and not result.stdout


def test_a_run_says_which_reranker_and_is_replayed_with_it(
    folder: Path, casebook: Path, corpus: Path, tmp_path: Path
) -> None:
    lines = (corpus.parent / "sets" / "casebook.jsonl").read_text("utf-8").splitlines()[:3]
    questions = tmp_path / "set.jsonl"
    questions.write_text("\n".join(lines) + "\n", "utf-8")
    saved = tmp_path / "run.jsonl"
    result = run("eval", questions, "--data", casebook, "--reranker", folder, "--save-run", saved)
    assert result.exit_code == 0, result.stderr
    told = json.loads(saved.read_text("utf-8").splitlines()[0])
    assert CrossEncoderReranker(folder).fingerprint in json.dumps(told)
    again = run("eval", "--replay", saved, "--data", casebook)
    assert again.exit_code == 0, again.stdout + again.stderr
