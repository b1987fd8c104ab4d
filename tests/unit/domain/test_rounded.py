"""What rounding lets out: aggregates of so many decimals, and little to somebody who probes."""

from __future__ import annotations

import numpy as np
import pytest

from bot.domain.rounded import REASON, is_plain, is_rounded, round_scorecard, round_value
from bot.domain.scorecard import Bootstrap, Fingerprint, MetricScore, Scorecard

STUDIES = 2347
"""As many as MIMIC-CXR has."""


def scorecard(**changes: object) -> Scorecard:
    card = Scorecard(
        dataset="locked",
        section="findings",
        n=12,
        metrics={
            "bleu2": MetricScore(
                status="scored", version="1", value=0.123456, interval=(-0.00001, 0.98765)
            ),
            "green": MetricScore(status="pending", version="1", reason="needs a quoted report"),
        },
        predictions_sha256="a" * 64,
        references_commitment="b" * 64,
        bootstrap=Bootstrap(resamples=10, seed=1),
        fingerprint=Fingerprint(metrics={"bleu2": "1"}, libraries={"numpy": "2.1.3"}),
    )
    return card.model_copy(update=changes)


def test_values_and_intervals_are_rounded_and_reasons_are_not_repeated() -> None:
    card = round_scorecard(scorecard(), 3, "c" * 64)
    assert card.metrics["bleu2"].value == 0.123
    assert card.metrics["bleu2"].interval == (0.0, 0.988)
    assert b"-0.0" not in card.to_json()
    assert card.metrics["green"].reason == REASON
    assert (card.decimals, card.predictions_sha256) == (3, "c" * 64)
    assert is_rounded(card)
    assert Scorecard.from_json(card.to_json()) == card


@pytest.mark.parametrize("value", [0.1234, 0.12300001])
def test_a_card_that_says_more_is_not_rounded(value: float) -> None:
    rounded = round_scorecard(scorecard(), 3, "c" * 64)
    more = rounded.metrics["bleu2"].model_copy(update={"value": value})
    assert not is_rounded(rounded.model_copy(update={"metrics": {"bleu2": more}}))
    assert not is_rounded(scorecard())


VERSIONS, PARTS = {"bleu2": "1", "green": "1"}, {"numpy"}


@pytest.mark.parametrize(
    "fingerprint",
    [
        Fingerprint(metrics={"bleu2": "2"}, libraries={}),
        Fingerprint(metrics={"cider": "1"}, libraries={}),
        Fingerprint(metrics={}, libraries={"effusion": "1"}),
        Fingerprint(metrics={}, libraries={"numpy": "left effusion"}),
        Fingerprint(metrics={}, libraries={"numpy": "effusion"}),
        Fingerprint(metrics={}, libraries={}, weights={"effusion": "0" * 64}),
    ],
)
def test_there_is_no_room_for_a_text_in_a_scorecard(fingerprint: Fingerprint) -> None:
    assert is_plain(scorecard(), VERSIONS, PARTS)
    assert not is_plain(scorecard(fingerprint=fingerprint), VERSIONS, PARTS)


def test_a_metric_nobody_knows_is_not_plain() -> None:
    assert not is_plain(scorecard(), {"bleu2": "1"}, PARTS)


@pytest.mark.parametrize("version", ["2.1.3", "2.0.0rc1", "1.2.post1", "2.7.1+cpu", "3"])
def test_versions_of_libraries_are_plain(version: str) -> None:
    made = Fingerprint(metrics={"bleu2": "1"}, libraries={"numpy": version})
    assert is_plain(scorecard(fingerprint=made), VERSIONS, PARTS)


def climb(decimals: int | None, block: int, submissions: int, seed: int) -> float:
    """Return how much the true mean rises when somebody keeps whatever seems to help.

    Each study has two possible texts, one of which scores 0.3 higher. Each submission changes the
    texts of `block` studies, and is kept when the shown score rises.
    """
    generator = np.random.default_rng(seed)
    best, chosen = generator.integers(0, 2, (2, STUDIES))
    base = generator.uniform(0, 0.4, STUDIES)

    def mean(choice: np.ndarray) -> float:
        return float((base + 0.3 * (choice == best)).mean())

    def show(choice: np.ndarray) -> float:
        return mean(choice) if decimals is None else round_value(mean(choice), decimals)

    start, shown = mean(chosen), show(chosen)
    for _ in range(submissions):
        trial = chosen.copy()
        places = generator.choice(STUDIES, block, replace=False)
        trial[places] = 1 - trial[places]
        if show(trial) > shown:
            chosen, shown = trial, show(trial)
    return mean(chosen) - start


def gain(decimals: int | None, block: int, submissions: int) -> float:
    return float(np.mean([climb(decimals, block, submissions, seed) for seed in range(10)]))


def test_row_20_probing_study_by_study_gains_nothing_through_rounded_scores() -> None:
    assert gain(None, 1, 200) > 0.01
    assert gain(3, 1, 200) < 0.0005
    assert gain(2, 1, 200) < 0.0005


def test_row_20_probing_in_blocks_is_slowed_and_needs_a_quota_too() -> None:
    blocks = (10, 30, 100, 300)
    exact, three, two = (max(gain(d, b, 200) for b in blocks) for d in (None, 3, 2))
    assert two < three < exact
    assert two < exact / 5
    few = max(gain(3, block, 10) for block in blocks)
    assert few < three / 2
