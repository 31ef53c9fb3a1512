"""The network that is trained: a base model with one output, read and written as sentence-transformers does."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index import UsageError

if TYPE_CHECKING:
    import torch

SLICE = 8
"""Pairs that pass through the network together: of like length, they need little padding."""


@dataclass(frozen=True, slots=True)
class Network:
    """A model with one output a pair, and its tokenizer. `base` is the sha256 of the weights that it began with."""

    model: Any
    tokenizer: Any
    max_tokens: int
    base: str

    def logits(self, pairs: Sequence[tuple[str, str]]) -> torch.Tensor:
        """One score a pair, (n,), in their order.

        The pairs pass by length, a few at a time; what comes out is put together, so that a loss sees all.
        """
        import torch

        tokens = self.tokenizer(
            [question for question, _ in pairs],
            [passage for _, passage in pairs],
            truncation="longest_first",
            max_length=self.max_tokens,
        )
        order = sorted(range(len(pairs)), key=lambda i: (len(tokens["input_ids"][i]), i))
        parts = []
        for at in range(0, len(order), SLICE):
            chosen = order[at : at + SLICE]
            inputs = self.tokenizer.pad(
                {name: [values[i] for i in chosen] for name, values in tokens.items()}, return_tensors="pt"
            )
            parts.append(self.model(**inputs).logits[:, 0])
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return torch.cat(parts)[back]

    def trained(self) -> dict[str, torch.Tensor]:
        """The parameters that training changes, by name."""
        return {name: weights for name, weights in self.model.named_parameters() if weights.requires_grad}

    def save(self, folder: Path) -> None:
        """Writes the folder that `--reranker` and any CrossEncoder take."""
        self.model.save_pretrained(folder, safe_serialization=True)
        self.tokenizer.save_pretrained(folder)


def load_base(folder: Path, max_tokens: int, frozen: int, seed: int) -> Network:
    """A base model from a folder, with a new head drawn by `seed`, without dropout.

    Its embeddings and first `frozen` layers stay as they are. A UsageError for what is no model in safetensors.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()  # that the head is new is no news
    if not (folder / "model.safetensors").is_file():
        raise UsageError(f"{folder} holds no model.safetensors; give the folder of a base model")
    torch.manual_seed(seed)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModelForSequenceClassification.from_pretrained(
            folder, num_labels=1, local_files_only=True, use_safetensors=True, attn_implementation="eager",
            hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        )  # fmt: skip
    # Whatever the libraries raise for a folder that holds something else, or half a model.
    except Exception as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise UsageError(f"the base model in {folder} cannot be loaded ({reason})") from error
    body = getattr(model, model.base_model_prefix)
    layers = getattr(getattr(body, "encoder", None), "layer", None)
    if layers is None or frozen > len(layers):
        raise UsageError(
            f"{folder} has {len(layers or ())} layers of the known kind; freeze fewer than {frozen}"
        )
    for part in (body.embeddings, *layers[:frozen]) if frozen else ():
        part.requires_grad_(False)
    model.eval()  # no dropout, so that training and use are one and the same function
    with (folder / "model.safetensors").open("rb") as weights:
        base = hashlib.file_digest(weights, "sha256").hexdigest()
    return Network(model, tokenizer, max_tokens, base)
