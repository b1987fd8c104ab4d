"""A CheXbert with narrow layers, in the files that the published one is kept in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,:-/()"
SENTENCE = (
    "the heart is normal in size no pleural effusion or pneumothorax seen small left right basal "
    "atelectasis mild edema focal consolidation lower lobe pneumonia lungs are clear acute "
    "abnormality findings impression fracture tube"
)
WORDS = tuple(SENTENCE.split())
HIDDEN = 128
"""Width: two heads of 64, as BERT has one for each 64."""
LONGEST = 512
"""Tokens of the longest text."""


def make_vocabulary() -> list[str]:
    """Return word pieces: the special ones where bert-base-uncased has them, words, letters."""
    unused = [f"[unused{number}]" for number in range(99)]
    special = ["[PAD]", *unused, "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = (*WORDS, *LETTERS, *(f"##{letter}" for letter in LETTERS))
    return [*special, *dict.fromkeys(pieces)]


def make_tensors(words: int, *, seed: int = 0) -> dict[str, Any]:
    """Return random tensors with the names of the published checkpoint, without a wrapper."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=words,
        hidden_size=HIDDEN,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=192,
        max_position_embeddings=LONGEST,
        initializer_range=0.3,
    )
    tensors = {f"bert.{name}": one for name, one in BertModel(config).state_dict().items()}
    tensors |= {
        name: one + 0.1 * torch.randn_like(one) if one.dim() == 1 and "bias" in name else one
        for name, one in tensors.items()
    }
    for number in range(14):
        classes = 4 if number < 13 else 2
        tensors[f"linear_heads.{number}.weight"] = torch.randn(classes, HIDDEN)
        tensors[f"linear_heads.{number}.bias"] = torch.randn(classes)
    return tensors


def make_chexbert(folder: Path, *, vocabulary: list[str] | None = None, seed: int = 0) -> None:
    """Write chexbert.pth, wrapped as published, and vocab.txt."""
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    words = vocabulary or make_vocabulary()
    (folder / "vocab.txt").write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
    tensors = make_tensors(len(words), seed=seed)
    wrapped = {f"module.{name}": one for name, one in tensors.items()}
    torch.save({"epoch": 1, "model_state_dict": wrapped}, folder / "chexbert.pth")
