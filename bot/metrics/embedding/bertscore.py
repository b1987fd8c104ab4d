"""BERTScore: how well the tokens of two texts match, by the cosine of their embeddings.

Equals the package bert-score 0.3.13 on the same encoder, without idf. Where that pads a batch, a
best match below zero becomes zero; here it stays what it is, as there for a pair scored alone.
distilroberta-base has no such matches.
"""

from __future__ import annotations

import importlib.metadata
import re
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.metrics.base import (
    Equipment,
    Metric,
    MetricUnavailable,
    Needs,
    PerStudy,
    Scores,
    Texts,
    check_pairs,
)
from bot.metrics.embedding.cache import EmbeddingCache
from bot.metrics.embedding.encoder import LIBRARIES, Embedding, Model, give_back_memory, run_each

WEIGHTS = "distilroberta-base"
LAYER = 5
"""The layer that bert-score chose for this model on WMT16."""
BASELINE = 0.8473319
"""F1 of random pairs of English sentences at that layer: bert-score's distilroberta-base.tsv, whose
precision is .84732 and recall .84759504."""
CHUNK_TOKENS = 32_768
"""Tokens whose embeddings are in memory at once: 100 MB at a width of 768."""
MEMORY_BYTES = 64_000_000
"""Embeddings that stay in memory because another chunk needs them."""

_SPACES = re.compile(" +")


def normalise(text: str) -> str:
    """Return a text as it is tokenised: runs of spaces become one, none at the ends.

    Example:
        >>> normalise(" No  effusion. ")
        'No effusion.'
    """
    return _SPACES.sub(" ", text).strip()


def bertscore(
    predictions: Texts,
    references: Texts,
    model: Model,
    *,
    baseline: float = 0.0,
    cache: EmbeddingCache | None = None,
) -> Scores:
    """Return the BERTScore F1 of each prediction against its reference.

    Args:
        predictions: n report texts.
        references: n report texts, aligned with `predictions`.
        model: Tokeniser and encoder.
        baseline: F1 that becomes 0; 1 stays 1.
        cache: Where embeddings of references are kept.

    Returns:
        float64 array of shape (n,), at most 1; higher is better. A side without any token has F1 0
        before rescaling, as in bert-score.

    Raises:
        ValueError: The two differ in length.

    Source: Zhang et al. 2020; bert-score 0.3.13.
    """
    check_pairs(predictions, references)
    pairs = [
        (normalise(one), normalise(other))
        for one, other in zip(predictions, references, strict=True)
    ]
    scored: dict[tuple[str, str], float] = {}
    desk = Desk(pairs, model, cache or EmbeddingCache(None))
    for chunk in split_pairs(desk.tokens, set(pairs)):
        scored.update(zip(chunk, run_each(match, desk.lay_out(chunk)), strict=True))
        give_back_memory()
    raw = np.array([scored[pair] for pair in pairs], dtype=np.float64)
    return (raw - baseline) / (1 - baseline)


Pair = tuple[str, str]
"""A prediction and its reference, normalised."""


def split_pairs(tokens: Mapping[str, Sequence[int]], pairs: Iterable[Pair]) -> Iterator[list[Pair]]:
    """Yield the pairs in chunks of so many tokens; equal references are next to each other."""
    chunk: list[Pair] = []
    size = 0
    ordered = sorted(pairs, key=lambda pair: (-len(tokens[pair[1]]), pair[1], pair[0]))
    for pair in ordered:
        own = len(tokens[pair[0]]) + len(tokens[pair[1]])
        if chunk and size + own > CHUNK_TOKENS:
            yield chunk
            chunk, size = [], 0
        chunk.append(pair)
        size += own
    if chunk:
        yield chunk


class Side(NamedTuple):
    """One side of a pair."""

    units: Embedding
    """Unit vector of each token."""
    counts: npt.NDArray[np.bool_]
    """Whether a token counts."""


def match(sides: tuple[Side, Side]) -> float:
    """Return the F1 of the greedy matches of a prediction and a reference.

    Special tokens can be matched and do not count.
    """
    import torch

    prediction, reference = sides
    if not prediction.counts.any() or not reference.counts.any():
        return 0.0
    # Copies of torch's own are aligned alike, wherever a vector came from: the same bits.
    ours, theirs = (torch.from_numpy(side.units).clone() for side in sides)
    cosines = (ours @ theirs.T).clamp_(max=1.0)
    best = cosines.amax(1).numpy()[prediction.counts], cosines.amax(0).numpy()[reference.counts]
    precision, recall = (float(side.mean(dtype=np.float64)) for side in best)
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


class Desk:
    """Lays out the embeddings that a chunk of pairs needs, each text encoded once if possible."""

    def __init__(self, pairs: Sequence[Pair], model: Model, cache: EmbeddingCache) -> None:
        """Tokenise every text once."""
        self._model, self._cache = model, cache
        self.tokens = {
            text: model.tokeniser.ids(text) for text in dict.fromkeys(t for p in pairs for t in p)
        }
        self._needed = Counter(text for pair in set(pairs) for text in pair)
        self._kept: OrderedDict[str, Embedding] = OrderedDict()
        self._size = 0

    def lay_out(self, chunk: Sequence[Pair]) -> list[tuple[Side, Side]]:
        """Return both sides of each pair of a chunk."""
        references = {reference for _, reference in chunk}
        texts = dict.fromkeys(text for pair in chunk for text in pair)
        found = self._recall(texts, references)
        lacking = sorted(texts.keys() - found.keys(), key=lambda text: -len(self.tokens[text]))
        made = self._model.encoder.encode_all([self.tokens[text] for text in lacking])
        for text, embedding in zip(lacking, made, strict=True):
            found[text] = embedding / np.linalg.norm(embedding, axis=1, keepdims=True)
            if text in references:
                self._cache.keep(text, found[text])
        for pair in chunk:
            self._needed.subtract(pair)
        for text in texts:
            self._remember(text, found[text])
        edges = self._model.tokeniser.edges
        sides = {text: Side(found[text], ~np.isin(self.tokens[text], edges)) for text in texts}
        return [(sides[one], sides[other]) for one, other in chunk]

    def _recall(self, texts: Iterable[str], references: set[str]) -> dict[str, Embedding]:
        found: dict[str, Embedding] = {}
        for text in texts:
            embedding = self._kept.get(text)
            if embedding is None and text in references:
                embedding = self._cache.recall(text)
            shape = (len(self.tokens[text]), self._model.encoder.width)
            if embedding is not None and embedding.shape == shape:
                found[text] = embedding
        return found

    def _remember(self, text: str, embedding: Embedding) -> None:
        """Keep an embedding that a later chunk needs; let the oldest go when they are too many."""
        old = self._kept.pop(text, None)
        self._size -= 0 if old is None else old.nbytes
        if self._needed[text] > 0:
            self._kept[text] = embedding
            self._size += embedding.nbytes
        while self._size > MEMORY_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.nbytes


def _score(predictions: Texts, references: Texts, equipment: Equipment) -> Scores:
    if equipment.models is None or WEIGHTS not in equipment.weights:
        raise MetricUnavailable(f"weights {WEIGHTS} not found; run: rexrank models fetch {WEIGHTS}")
    model = Model.load(equipment.models / WEIGHTS, LAYER, equipment.device)
    versions = (f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    parts = ("tokens", "1", equipment.weights[WEIGHTS], str(LAYER), equipment.device, *versions)
    cache = EmbeddingCache.open(equipment.cache, parts)
    return bertscore(predictions, references, model, baseline=BASELINE, cache=cache)


BERTSCORE = Metric(
    id="bertscore",
    title="BERTScore",
    name="BERTScore F1, rescaled",
    definition=(
        "F1 of greedy cosine matches of token embeddings from distilroberta-base at its default "
        "layer (5), no idf, rescaled with bert-score's English baseline; runs of spaces in both "
        "texts become one. A text without a word has F1 0 before rescaling: -5.550."
    ),
    citation="Zhang et al., BERTScore, ICLR 2020; reference implementation bert-score 0.3.13",
    low=None,
    needs=Needs(packages=(*LIBRARIES, "safetensors"), weights=(WEIGHTS,)),
    libraries=LIBRARIES,
    method=PerStudy(_score),
)
