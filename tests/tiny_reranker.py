"""A cross-encoder of two layers, made here: small enough to train for a few steps in a test."""

from __future__ import annotations

import json
import random
from pathlib import Path

PLACES = ("harbour", "library", "museum", "orchard", "prison", "quarry", "school", "theatre")
COLOURS = ("amber", "black", "crimson", "green", "ivory", "purple", "silver", "white")
SIZES = ("small", "large", "narrow", "tall")
_WORDS = ("what", "colour", "is", "the", "?", ".", *SIZES, *PLACES, *COLOURS)


def base_model(folder: Path, outputs: int = 1, spread: float = 0.02) -> Path:
    """The folder of a random BERT of two layers that knows some thirty words.

    With a wide `spread` of its weights it tells any two passages apart; with a narrow one it learns better.
    """
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    special = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
    vocabulary = {word: number for number, word in enumerate((*special, *_WORDS))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        model_max_length=64, model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )  # fmt: skip
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=64, num_labels=outputs,
        initializer_range=spread,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder, safe_serialization=True)
    fast.save_pretrained(folder)
    return folder


def groups_file(path: Path, number: int = 200, seed: int = 5) -> Path:
    """Groups of two collections: a passage that tells a colour, and four that tell none."""
    chance = random.Random(seed)
    lines = []
    for n in range(number):
        asked = chance.choice(PLACES)
        told = [f"The {asked} is {chance.choice(words)}." for words in (COLOURS, *[SIZES] * 4)]
        group = {
            "collection": ("doors", "gates")[n % 2],
            "question": f"What colour is the {asked}?",
            "positive": None if n % 10 > 7 else told[0],
            "negatives": told[1:],
        }
        lines.append(json.dumps(group))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
