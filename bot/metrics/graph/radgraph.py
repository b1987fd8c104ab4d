"""RadGraph F1: do the prediction's entities and relations occur in the reference?

Three rewards of the package radgraph are here too. They are other numbers: RadCliQ is made of
`combined_f1` over RadGraph 1.0 and of nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from collections.abc import Set as AbstractSet
from functools import partial

import numpy as np

from bot.metrics.base import Equipment, Metric, Needs, PerStudy, Scores, Texts, check_pairs
from bot.metrics.graph.annotations import RADGRAPH_VERSION, Annotation, annotate

Compare = Callable[[Annotation, Annotation], float]
"""Annotations of the prediction and of the reference to a score."""


def set_f1(predicted: AbstractSet[Hashable], reference: AbstractSet[Hashable]) -> float:
    """Return the F1 of two sets, 0 where both are empty.

    Example:
        >>> round(set_f1({"a", "b"}, {"a"}), 6), set_f1(set(), set())
        (0.666667, 0.0)
    """
    common = len(predicted & reference)
    precision = common / len(predicted) if predicted else 0.0
    recall = common / len(reference) if reference else 0.0
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def entity_set(annotation: Annotation) -> AbstractSet[Hashable]:
    """Return the entities as (words, label), each once however often it occurs."""
    return {(entity.tokens, entity.label) for entity in annotation.entities.values()}


def relation_set(annotation: Annotation) -> AbstractSet[Hashable]:
    """Return the relations as ((words, label), (words, label), kind)."""
    entities = annotation.entities
    return {
        (
            (entity.tokens, entity.label),
            (entities[target].tokens, entities[target].label),
            kind,
        )
        for entity in entities.values()
        for kind, target in entity.relations
    }


def combined_f1(prediction: Annotation, reference: Annotation) -> float:
    """Return the mean of entity F1 and relation F1, the official `radgraph_combined`.

    Words are compared as they stand, upper and lower case apart. Where neither side has a relation,
    the relation F1 is 0: a copy of such a report scores 0.5.

    Source: CXR-Report-Metric, radgraph_evaluate_model.
    """
    entities = set_f1(entity_set(prediction), entity_set(reference))
    relations = set_f1(relation_set(prediction), relation_set(reference))
    return (entities + relations) / 2


def partial_reward(prediction: Annotation, reference: Annotation) -> float:
    """Return the F1 of (words, label, has a relation): the package's reward `partial`."""

    def facts(annotation: Annotation) -> AbstractSet[Hashable]:
        return {
            (entity.tokens, entity.label, bool(entity.relations))
            for entity in annotation.entities.values()
        }

    return set_f1(facts(prediction), facts(reference))


def score_graphs(
    model: str, compare: Compare, predictions: Texts, references: Texts, equipment: Equipment
) -> Scores:
    """Return the score of each study: both texts annotated by a model, and compared.

    Args:
        model: `radgraph` or `radgraph-xl`.
        compare: Annotations of the prediction and of the reference to a score.
        predictions: n report texts.
        references: n report texts, aligned with `predictions`.
        equipment: What this installation has.

    Raises:
        ValueError: The two texts differ in number.
        MetricUnavailable: The texts cannot be annotated here.
    """
    check_pairs(predictions, references)
    found = annotate([*predictions, *references], model, equipment)
    pairs = zip(predictions, references, strict=True)
    return np.array([compare(found[p], found[r]) for p, r in pairs], dtype=np.float64)


RADGRAPH = Metric(
    id="radgraph",
    title="RadGraph",
    name="RadGraph F1, entities and relations combined",
    definition=(
        "Mean of entity F1 and relation F1 over sets; an entity is (tokens, label), a relation is "
        "(head, tail, type), annotated by the RadGraph 1.0 model with the package radgraph 0.1.18 "
        "in a process of its own. Both sides empty gives 0, as the official script does: an "
        "identical report without relations scores 0.5."
    ),
    citation="Jain et al., RadGraph, NeurIPS D&B 2021; Yu et al., Patterns 2023",
    needs=Needs(weights=("radgraph",)),
    enforced={"radgraph": RADGRAPH_VERSION},
    method=PerStudy(partial(score_graphs, "radgraph", combined_f1)),
)
RADGRAPH_XL = Metric(
    id="radgraph_xl",
    title="RadGraph-XL",
    name="F1-RadGraph, reward partial, over RadGraph-XL",
    definition=(
        "F1 over sets of (tokens, label, has a relation), annotated by the RadGraph-XL model with "
        "the package radgraph 0.1.18 in a process of its own: its reward `partial`. Another model "
        "and another formula than RadGraph; not part of RadCliQ."
    ),
    citation="Delbrouck et al., RadGraph-XL, Findings of ACL 2024",
    needs=Needs(weights=("radgraph-xl",)),
    enforced={"radgraph": RADGRAPH_VERSION},
    method=PerStudy(partial(score_graphs, "radgraph-xl", partial_reward)),
)
