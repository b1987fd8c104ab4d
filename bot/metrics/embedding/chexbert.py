"""CheXbert: a BERT with 14 heads that labels a report, and whose embedding compares reports.

Own code over the published checkpoint: the packages around it do not run with current libraries.
"""

from __future__ import annotations

import functools
import importlib.metadata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from bot.metrics.base import Equipment, MetricUnavailable, Texts
from bot.metrics.embedding.cache import EmbeddingCache
from bot.metrics.embedding.encoder import (
    HEAD_WIDTH,
    LIBRARIES,
    Embedding,
    Encoder,
    Shape,
    Tokeniser,
    strip_names,
    unreadable,
)

WEIGHTS = "chexbert"
LABELS = (
    "Enlarged Cardiomediastinum",
    "Cardiomegaly",
    "Lung Opacity",
    "Lung Lesion",
    "Edema",
    "Consolidation",
    "Pneumonia",
    "Atelectasis",
    "Pneumothorax",
    "Pleural Effusion",
    "Pleural Other",
    "Fracture",
    "Support Devices",
    "No Finding",
)
"""The labels, in the order of the heads."""
CLASSES = ("blank", "positive", "negative", "uncertain")
"""What a head decides between; that of No Finding knows the first two."""
Labels = npt.NDArray[np.int8]
"""int8 array of shape (n, 14): the class of each label, as in CLASSES."""


def normalise(text: str) -> str:
    r"""Return a text as CheXbert is given it: every run of white space becomes one space.

    Example:
        >>> normalise(" No\n effusion. ")
        'No effusion.'
    """
    return " ".join(text.split())


@dataclass
class Chexbert:
    """The labeller, with the embeddings of the texts it was last asked about."""

    tokeniser: Tokeniser
    """Text to token ids."""
    encoder: Encoder
    """Token ids to embeddings, of which the first counts."""
    heads: Sequence[tuple[Embedding, Embedding]]
    """Weight and bias of each label's head."""
    cache: EmbeddingCache
    """Where embeddings of references are kept."""

    def __post_init__(self) -> None:
        """Remember nothing yet."""
        self._known: dict[str, Embedding] = {}

    @classmethod
    def load(cls, folder: Path, device: str = "cpu", cache: EmbeddingCache | None = None) -> Self:
        """Return the labeller in a folder with chexbert.pth and vocab.txt.

        Raises:
            MetricUnavailable: A file is missing or holds something else.
        """
        import pickle

        from tokenizers.implementations import BertWordPieceTokenizer

        try:
            tensors = read_checkpoint(folder / "chexbert.pth")
            encoder = build_encoder(tensors, device)
            heads = read_heads(tensors, encoder.width)
            words = (folder / "vocab.txt").read_text("utf-8").splitlines()
        except MetricUnavailable:
            raise
        except (OSError, ValueError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
            raise unreadable(folder.name, error) from error
        numbered = {word: number for number, word in enumerate(words)}
        tokeniser = Tokeniser(BertWordPieceTokenizer(numbered), encoder.longest)
        return cls(tokeniser, encoder, heads, cache or EmbeddingCache(None))

    def embed(self, predictions: Texts, references: Texts) -> tuple[Embedding, Embedding]:
        """Return the [CLS] embedding of each prediction and reference, arrays of shape (n, d)."""
        ours, theirs = ([normalise(text) for text in side] for side in (predictions, references))
        wanted, lasting = dict.fromkeys((*ours, *theirs)), set(theirs)
        known = {text: self._known[text] for text in wanted if text in self._known}
        for text in lasting - known.keys():
            kept = self.cache.recall(text)
            if kept is not None and kept.shape == (1, self.encoder.width):
                known[text] = kept[0]
        lacking = sorted(wanted.keys() - known.keys())
        made = self.encoder.encode_all([self.tokeniser.ids(text) for text in lacking])
        for text, embedding in zip(lacking, made, strict=True):
            known[text] = embedding[0].copy()
            if text in lasting:
                self.cache.keep(text, embedding[:1])
        self._known = known
        empty = np.zeros((0, self.encoder.width), dtype=np.float32)
        first, second = (
            np.stack([known[text] for text in side]) if side else empty for side in (ours, theirs)
        )
        return first, second

    def label(self, embeddings: Embedding) -> Labels:
        """Return the class of each label for embeddings of shape (n, d)."""
        # Not a matrix product, whose last bits depend on how many rows there are.
        exact = embeddings.astype(np.float64)
        columns = [
            (np.einsum("nd,cd->nc", exact, weight) + bias).argmax(axis=1)
            for weight, bias in self.heads
        ]
        return np.stack(columns, axis=1).astype(np.int8)


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Return the tensors of a checkpoint by bare names, whichever wrappers it was saved in.

    Only tensors are read: nothing in the file is executed.
    """
    import torch

    # Files of torch before 1.6 are no archives, and cannot be mapped.
    document = torch.load(
        path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path)
    )
    while isinstance(document, Mapping) and "model_state_dict" in document:
        document = document["model_state_dict"]
    if not isinstance(document, Mapping) or not document:
        raise MetricUnavailable(f"{path.name} holds no tensors by name")
    return strip_names(document, ("module.", "bert."))


def build_encoder(tensors: Mapping[str, Any], device: str) -> Encoder:
    """Return the encoder of a checkpoint, shaped as its tensors are."""
    layers = 0
    while f"encoder.layer.{layers}.output.dense.weight" in tensors:
        layers += 1
    words = tensors.get("embeddings.word_embeddings.weight")
    if words is None or not layers:
        raise MetricUnavailable("chexbert.pth holds no BERT encoder")
    shape = Shape(heads=max(1, int(words.shape[1]) // HEAD_WIDTH), epsilon=1e-12)
    return Encoder(tensors, shape, layers, device)


def read_heads(tensors: Mapping[str, Any], width: int) -> list[tuple[Embedding, Embedding]]:
    """Return the weight and bias of each label's head."""
    heads = []
    for number, label in enumerate(LABELS):
        names = (f"linear_heads.{number}.weight", f"linear_heads.{number}.bias")
        classes = len(CLASSES) if label != "No Finding" else 2
        weight, bias = (tensors.get(name) for name in names)
        if weight is None or bias is None or tuple(weight.shape) != (classes, width):
            raise MetricUnavailable(f"chexbert.pth has no head of {classes} classes for {label}")
        heads.append((weight.float().numpy().copy(), bias.float().numpy().copy()))
    return heads


@functools.lru_cache(maxsize=1)
def open_chexbert(folder: Path, weights: str, device: str, cache: Path | None) -> Chexbert:
    """Return the labeller, loaded once for the metrics that use it."""
    versions = (f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    parts = ("chexbert", "1", weights, device, *versions)
    return Chexbert.load(folder, device, EmbeddingCache.open(cache, parts))


def find_chexbert(equipment: Equipment) -> Chexbert:
    """Return the labeller of this installation; raises MetricUnavailable when it has none."""
    if equipment.models is None or WEIGHTS not in equipment.weights:
        raise MetricUnavailable(f"weights {WEIGHTS} not found; run: rexrank models fetch {WEIGHTS}")
    weights = equipment.weights[WEIGHTS]
    folder = equipment.models / WEIGHTS
    return open_chexbert(folder, weights, equipment.device, equipment.cache)
