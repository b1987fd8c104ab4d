from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from bot.metrics.base import Equipment, MetricUnavailable
from bot.metrics.judged.ratescore import (
    AFFINITY,
    KINDS,
    RATESCORE,
    Embedder,
    affinity,
    compare,
    contradict,
    load_part,
)
from bot.metrics.judged.ratescore_entities import Finding, join_tags, keep_sentences


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ("O O O", []),
        ("O B O O", [(1, 1)]),
        ("O B I I O O", [(1, 3)]),
        ("O B B O O", [(1, 1), (2, 2)]),
        ("O B I B I O O", [(1, 2), (3, 4)]),
        ("O I I O O", []),
        ("O I B O O", [(2, 2)]),
        # An I before a B, with nothing open, opens at its own place; the B takes over.
        ("O I B I O O", [(2, 3)]),
        # The closing token's own tag closes, or does not.
        ("O B I O", [(1, 2)]),
        ("O B I I", [(1, 2)]),
        # Open at the end behind an entity that no O followed: the published code drops it.
        ("O B B I I", [(1, 1)]),
        ("O B O B I I", [(1, 1), (3, 4)]),
    ],
)
def test_tags_are_joined_as_published(tags: str, spans: list[tuple[int, int]]) -> None:
    named = [tag if tag == "O" else f"{tag}-DISEASE" for tag in tags.split()]
    assert join_tags(named) == [(*span, "DISEASE") for span in spans]


def test_an_entity_has_the_kind_it_began_with() -> None:
    tags = ["O", "B-ANATOMY", "I-DISEASE", "O", "O"]
    assert join_tags(tags) == [(1, 2, "ANATOMY")]


def test_a_closing_token_inside_a_text_is_no_entity() -> None:
    tags = ["O", "B-ANATOMY", "O", "O"]
    assert join_tags(tags, frozenset({1})) == []


@pytest.mark.parametrize("tags", [[], ["O"], ["B-X", "B-X"]])
def test_a_sentence_without_words_has_no_entity(tags: list[str]) -> None:
    assert join_tags(tags) == []


def test_short_sentences_are_left_out() -> None:
    assert keep_sentences(["", "  ", "1.", " ok ", "ab ", "abc", "\n a b"]) == ("abc", "a b")


def test_every_pair_of_kinds_has_a_weight() -> None:
    assert tuple(AFFINITY) == KINDS
    for kind, other in itertools.product(KINDS, KINDS):
        assert 0 < affinity(kind, other) < 1
    assert affinity("ANATOMY", "ABNORMALITY") == 0.7487824274337533
    assert affinity("ABNORMALITY", "ANATOMY") == 0.6240929990607657
    assert affinity("NON-DISEASE", "DISEASE") == 0.10073046076318157


def test_only_affirming_and_denying_contradict() -> None:
    found = {pair for pair in itertools.product(KINDS, KINDS) if contradict(*pair)}
    affirmed, denied = {"DISEASE", "ABNORMALITY"}, {"NON-DISEASE", "NON-ABNORMALITY"}
    assert found == {*itertools.product(affirmed, denied), *itertools.product(denied, affirmed)}


@pytest.mark.parametrize(("mine", "others"), [(0, 0), (1, 0), (0, 1)])
def test_a_side_without_entities_scores_a_half(mine: int, others: int) -> None:
    entity = Finding("edema", "DISEASE")
    assert compare([entity] * mine, [entity] * others, {}) == 0.5


def test_missing_models_say_what_to_run(tmp_path: Path) -> None:
    for equipment in (Equipment(), Equipment(models=tmp_path)):
        with pytest.raises(MetricUnavailable, match="rexrank models fetch"):
            load_part(equipment, "synonyms", Embedder)


def test_what_is_missing_is_named() -> None:
    reason = RATESCORE.availability(Equipment())
    assert reason is not None
    assert "weights ratescore" in reason
