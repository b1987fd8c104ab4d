"""Row 23: planted copies of references and of other entries."""

from __future__ import annotations

import random

import pytest

from bot.checks.reports.content import check_content
from bot.checks.reports.overlap import sample_near_copies
from bot.domain.manifest import PredictionsEntry
from bot.domain.submission import Predictions
from tests import real_data

WORDS = (
    *("effusion", "opacity", "nodule", "lobe", "left", "right", "small", "large"),
    *("lung", "clear", "heart", "normal", "rib"),
)


def invented(n: int, seed: int, words: int = 40) -> dict[str, str]:
    rng = random.Random(seed)
    return {f"s{k}": " ".join(rng.choices(WORDS, k=words)) + f" {seed} {k}." for k in range(n)}


def codes(
    texts: dict[str, str],
    *,
    references: dict[str, str] | None = None,
    entries: tuple[tuple[str, dict[str, str]], ...] = (),
) -> list[str]:
    entry = PredictionsEntry(
        dataset="d1", section="findings", file="predictions/p.json", sha256="0" * 64
    )
    findings = check_content(
        Predictions(entry, texts), path="p.json", references=references, entries=entries
    )
    assert all(finding.level == "warning" for finding in findings)
    return [f.code for f in findings if f.code != "content.language"]


def planted(own: dict[str, str], other: dict[str, str], share: float) -> dict[str, str]:
    """Return reports of which a share is another's."""
    many = round(share * len(own))
    return {**own, **dict(list(other.items())[:many])}


def worded(texts: dict[str, str]) -> dict[str, str]:
    """Return texts with a word changed near the end of each, and in capitals."""
    return {key: f"{text.upper()[:-12]} however {text[-12:]}" for key, text in texts.items()}


@pytest.mark.parametrize(("share", "expected"), [(0.04, []), (0.06, ["content.reference-copies"])])
def test_row_23_planted_copies_of_references_are_found(share: float, expected: list[str]) -> None:
    own, references = invented(200, 1), invented(200, 2)
    assert codes(planted(own, references, share), references=references) == expected


def test_row_23_planted_near_copies_of_references_are_found() -> None:
    own, references = invented(200, 1), invented(200, 2)
    texts = planted(own, worded(references), 0.5)
    assert codes(texts, references=references) == ["content.reference-overlap"]
    assert codes(own, references=references) == []


@pytest.mark.parametrize("change", [dict, worded])
def test_row_23_planted_copies_of_another_entry_are_found(change: object) -> None:
    assert callable(change)
    own, other, third = invented(200, 1), invented(200, 2), invented(200, 3)
    texts = planted(own, change(other), 0.5)
    assert codes(texts, entries=(("third", third), ("other", other))) == ["content.entry-copies"]
    assert codes(own, entries=(("third", third), ("other", other))) == []


def test_row_23_short_reports_and_reports_that_others_share_are_no_copies() -> None:
    own = invented(200, 1, words=8)
    assert codes(own, entries=(("other", own),)) == []
    normal = " ".join(WORDS * 3)
    texts = {**invented(200, 1), **{f"s{k}": normal for k in range(90)}}
    other = {**invented(200, 2), **{f"s{k}": normal for k in range(90)}}
    assert codes(texts, references=other, entries=(("other", other),)) == []


def test_row_23_real_predictions_are_no_near_copies() -> None:
    real_data.require_real_data()
    predictions, references = real_data.read_entry()
    near, sampled = sample_near_copies(predictions, references)
    assert sampled >= 100
    assert near == []
