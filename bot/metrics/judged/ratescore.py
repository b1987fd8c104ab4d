"""RaTEScore: are the medical entities of two reports alike, whatever words they are said in?

Each entity of one report is matched with the most alike entity of the other. The likeness is
weighed by the kinds of both; where one affirms what the other denies it is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

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
from bot.metrics.judged.checkpoint import load_network
from bot.metrics.judged.ratescore_entities import (
    BATCH,
    Finding,
    Tagger,
    keep_sentences,
    load_splitter,
)

Vector = Any
"""Embedding of an entity: a float32 tensor, of length 1 unless it is 0."""

TAGGER, EMBEDDER = "ner", "synonyms"
"""Folders under the weights `ratescore`: the entity tagger, and the model of synonyms."""
MAX_ENTITY_TOKENS = 30
"""An entity is cut behind as many tokens."""
NO_ENTITY = 0.5
"""Score where a side has sentences and no entity."""
NO_SENTENCE = 0.0
"""Score where a side has no sentence at all; the package shifts all later reports there."""
CONTRADICTION = 0.8716553966489615
"""Factor of a likeness between what is affirmed and what is denied."""
KINDS = ("ABNORMALITY", "ANATOMY", "DISEASE", "NON-ABNORMALITY", "NON-DISEASE")
AFFINITY = {
    # The published weights for long reports: the kind of the entity, then of its match, by KINDS.
    "ABNORMALITY": (
        0.4276119164393705,
        0.6240929990607657,
        0.0034478181112993847,
        0.5431049700217344,
        0.27005425386213877,
    ),
    "ANATOMY": (
        0.7487824274337533,
        0.2856134859160784,
        0.4592143222158069,
        0.02097055139911715,
        0.00013736314126696204,
    ),
    "DISEASE": (
        0.8396510075734789,
        0.9950209388542061,
        0.8460555030578727,
        0.9820689020512646,
        0.3789136708096537,
    ),
    "NON-ABNORMALITY": (
        0.16546764653692908,
        0.018670610691852826,
        0.719397354576018,
        0.0009357166071730684,
        0.0927333564267591,
    ),
    "NON-DISEASE": (
        0.7759420231214385,
        0.1839139293714062,
        0.10073046076318157,
        0.03860183811876373,
        0.34065681486566446,
    ),
}
"""Weight of a match."""


def affinity(kind: str, other: str) -> float:
    """Return the weight of a match of one kind of entity with another; it has a direction."""
    return AFFINITY[kind][KINDS.index(other)]


def contradict(kind: str, other: str) -> bool:
    """Return whether one kind affirms and the other denies a disease or an abnormality.

    Example:
        >>> contradict("DISEASE", "NON-ABNORMALITY"), contradict("ANATOMY", "NON-DISEASE")
        (True, False)
    """
    return "ANATOMY" not in {kind, other} and kind.startswith("NON-") != other.startswith("NON-")


def weigh_matches(
    mine: Sequence[Finding], others: Sequence[Finding], vectors: Mapping[str, Vector]
) -> float:
    """Return the weighted mean likeness of my entities to the most alike of the others."""
    import torch

    table = torch.stack([vectors[other.words] for other in others])
    total, weights = 0.0, 0.0
    for one in mine:
        # Words that occur twice are equally alike, and may differ in kind. Which of equals is taken
        # is up to `topk`; the published numbers are those of its choice.
        values, places = torch.topk(table @ vectors[one.words], 1)
        likeness, match = float(values[0]), others[int(places[0])]
        weight = affinity(one.kind, match.kind)
        factor = CONTRADICTION if contradict(one.kind, match.kind) else 1.0
        total += likeness * weight * factor
        weights += weight
    return total / weights if weights else 0.0


def compare(
    prediction: Sequence[Finding], reference: Sequence[Finding], vectors: Mapping[str, Vector]
) -> float:
    """Return the harmonic mean of both directions, `NO_ENTITY` where a side is empty."""
    if not prediction or not reference:
        return NO_ENTITY
    one = weigh_matches(reference, prediction, vectors)
    other = weigh_matches(prediction, reference, vectors)
    return 2 * one * other / (one + other) if one + other else 0.0


class Embedder:
    """The model that gives synonyms like embeddings."""

    def __init__(self, folder: Path, device: str) -> None:
        """Load it from a folder, and nothing from elsewhere."""
        from transformers import AutoModel, AutoTokenizer

        self._device = device
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._network = load_network(AutoModel, folder).to(device)

    def embed(self, entities: Iterable[str]) -> dict[str, Vector]:
        """Return the embedding of each entity: the first token's, scaled to length 1."""
        import torch

        ordered = sorted(dict.fromkeys(entities), key=lambda one: (len(one), one))
        found: dict[str, Vector] = {}
        for first in range(0, len(ordered), BATCH):
            batch = ordered[first : first + BATCH]
            encoded = self._tokenizer(
                batch,
                truncation=True,
                padding=True,
                max_length=MAX_ENTITY_TOKENS,
                return_tensors="pt",
            )
            with torch.inference_mode():
                states = self._network(**encoded.to(self._device)).last_hidden_state[:, 0, :]
                rows = torch.nn.functional.normalize(states.float(), dim=1).cpu()
            found.update(zip(batch, rows, strict=True))
        return found


def score_ratescore(predictions: Texts, references: Texts, equipment: Equipment) -> Scores:
    """Return the RaTEScore of each study; higher is better.

    It is in [0, 1] as long as the most alike entities have no negative cosine.

    Args:
        predictions: n report texts.
        references: n report texts, aligned with `predictions`.
        equipment: Holds the folder `ratescore/` with `ner/` and `synonyms/`.

    Raises:
        ValueError: The two differ in length.
        MetricUnavailable: A model's folder is missing or cannot be loaded.

    Source: Zhao et al. 2024; the package RaTEScore 0.6.0 with its weights for long reports.
    """
    check_pairs(predictions, references)
    tagger = load_part(equipment, TAGGER, Tagger)
    split = load_splitter()
    sentences = {
        text: keep_sentences(split(text)) for text in dict.fromkeys([*predictions, *references])
    }
    tagged = tagger.find(one for kept in sentences.values() for one in kept)
    del tagger  # One model is in memory at a time.
    entities = {
        text: tuple(entity for sentence in kept for entity in tagged[sentence])
        for text, kept in sentences.items()
    }
    for entity in {one for found in entities.values() for one in found}:
        if entity.kind not in KINDS:
            raise MetricUnavailable(
                f"the tagger in ratescore/{TAGGER} knows the kind {entity.kind!r}, which has no "
                "weight; run: rexrank models verify"
            )
    embedder = load_part(equipment, EMBEDDER, Embedder)
    vectors = embedder.embed(one.words for found in entities.values() for one in found)

    def score(prediction: str, reference: str) -> float:
        if not sentences[prediction] or not sentences[reference]:
            return NO_SENTENCE
        return compare(entities[prediction], entities[reference], vectors)

    pairs = zip(predictions, references, strict=True)
    return np.array([score(*pair) for pair in pairs], dtype=np.float64)


Part = TypeVar("Part", "Tagger", "Embedder")


def load_part(equipment: Equipment, name: str, kind: type[Part]) -> Part:
    """Return a model from its folder. Raises MetricUnavailable where it cannot be loaded."""
    if equipment.models is None:
        raise MetricUnavailable("no folder of models is named; run: rexrank models fetch")
    folder = equipment.models / "ratescore" / name
    if not folder.is_dir():
        raise MetricUnavailable(f"ratescore/{name} is not there; run: rexrank models fetch")
    try:
        return kind(folder, equipment.device)
    except (OSError, ValueError) as error:
        raise MetricUnavailable(
            f"ratescore/{name} cannot be loaded ({type(error).__name__}); "
            "run: rexrank models verify"
        ) from error


RATESCORE = Metric(
    id="ratescore",
    title="RaTEScore",
    name="Radiological report text evaluation",
    definition=(
        "Medical entities found by a DeBERTa tagger in the sentences of at least 3 characters, "
        "compared by cosine of synonym embeddings; each is matched with the most alike of the "
        "other report, weighed by the published matrix of kinds for long reports; harmonic mean of "
        "both directions. No entity on a side gives 0.5, no sentence on a side gives 0. Pairs are "
        "never shifted, as the package RaTEScore does after a text without sentences."
    ),
    citation="Zhao et al., RaTEScore, EMNLP 2024; package RaTEScore 0.6.0",
    needs=Needs(
        packages=("torch", "transformers", "medspacy"),
        extra="ratescore",
        weights=("ratescore",),
        remedy="pip install 'rexrank-bot[ratescore]' && rexrank models fetch ratescore",
    ),
    libraries=("torch", "transformers", "medspacy", "PyRuSH", "spacy"),
    method=PerStudy(score_ratescore),
)
