from __future__ import annotations

import hashlib
import math
from dataclasses import replace

import numpy as np
import pytest

from bot.domain.board import BoardId
from bot.domain.dataset import commit_texts
from bot.domain.per_study import encode_table
from bot.domain.scorecard import Bootstrap, Fingerprint, PerStudyTable, Scorecard
from bot.errors import Misconfigured, RexrankError, WrongUsage
from bot.metrics import registry
from bot.metrics.base import Corpus, Equipment, Metric, MetricUnavailable, Needs, PerStudy
from bot.pipeline.scoring.fingerprint import describe_scorer
from bot.pipeline.scoring.score import score_predictions

REFERENCES = {
    "s2": "The heart is normal. No effusion.",
    "s1": "Large left effusion.",
    "s3": "Clear lungs.",
}
PREDICTIONS = {"s1": "Left effusion.", "s2": "The heart is normal.", "s3": ""}
NO_JAVA = Equipment(search_path="/nowhere")


def score(
    predictions: dict[str, str] = PREDICTIONS, references: dict[str, str] = REFERENCES, **options
) -> tuple[Scorecard, PerStudyTable]:
    settings = {
        "board": BoardId("mini", "findings"),
        "predictions_sha256": hashlib.sha256(b"").hexdigest(),
        "equipment": NO_JAVA,
        "bootstrap": Bootstrap(resamples=200, seed=1),
        **options,
    }
    return score_predictions(predictions, references, **settings)


def constant(column: list[float]):
    return PerStudy(lambda *_: np.array(column))


@pytest.fixture
def with_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """The neural components of RadCliQ as fakes that can run."""
    values = {"radgraph": [0.2, 0.4, 0.0], "bertscore": [0.5, 0.6, -0.1], "semb": [0.8, 0.9, 0.3]}
    for name, column in values.items():
        put(
            monkeypatch,
            replace(
                registry.BY_ID[name],
                needs=Needs(weights=(name,)),
                libraries=(),
                method=constant(column),
            ),
        )


def put(monkeypatch: pytest.MonkeyPatch, metric: Metric) -> None:
    """Let a metric take the place of the one with its id."""
    monkeypatch.setitem(registry.BY_ID, metric.id, metric)
    metrics = tuple(registry.BY_ID[one.id] for one in registry.METRICS)
    monkeypatch.setattr(registry, "METRICS", metrics)


WEIGHTS = Equipment(
    weights={"radgraph": "1" * 64, "bertscore": "2" * 64, "semb": "3" * 64, "unused": "4" * 64},
    search_path="/nowhere",
)


def test_the_rows_are_in_the_order_of_the_references() -> None:
    _, table = score()
    assert table.study_ids == ("s2", "s1", "s3")
    assert table.columns["bleu2"][2] == 0
    assert table.columns["bleu2"][0] > 0


def test_every_metric_is_reported_and_none_is_zero_for_want_of_a_model() -> None:
    scorecard, table = score()
    assert set(scorecard.metrics) == set(registry.BY_ID)
    scored = {name for name, one in scorecard.metrics.items() if one.status == "scored"}
    assert {"bleu2", "cider"} <= scored == set(table.columns)
    assert not {"radcliq_v1", "bertscore", "meteor", "finerad"} & scored
    for name, one in scorecard.metrics.items():
        metric = registry.BY_ID[name]
        assert (name in scored) == (registry.availability(metric, NO_JAVA) is None)
        if name not in scored:
            # GREEN waits for a machine with a GPU; the others lack what this one can be given.
            status = "pending" if metric.is_pending(NO_JAVA) else "unavailable"
            assert (one.status, one.value, one.interval) == (status, None, None)
            assert one.reason


def test_a_value_is_the_mean_over_all_studies_within_its_interval() -> None:
    scorecard, table = score()
    for name, column in table.columns.items():
        one = scorecard.metrics[name]
        assert one.value == math.fsum(column) / 3
        assert one.interval is not None
        assert one.interval[0] <= one.value <= one.interval[1]


def test_the_same_input_gives_the_same_bytes() -> None:
    (one, table), (other, again) = score(), score(dict(reversed(PREDICTIONS.items())))
    assert one.to_json() == other.to_json()
    assert encode_table(table) == encode_table(again)
    assert one.key == other.key


def test_the_scorecard_says_what_was_scored() -> None:
    image = "sha256:" + "5" * 64
    scorecard, _ = score(metrics=["bleu2", "rougeL"], image=image, official_none=True)
    assert scorecard.n == 3
    assert scorecard.references_commitment == commit_texts(REFERENCES)
    assert scorecard.bootstrap == Bootstrap(resamples=200, seed=1)
    assert scorecard.official_none
    assert scorecard.fingerprint.image == image
    assert scorecard.fingerprint.metrics == {"bleu2": "1", "rougeL": "1"}
    assert set(scorecard.fingerprint.libraries) == {"numpy", "rouge-score"}
    assert not scorecard.fingerprint.weights


def test_only_what_was_asked_for_is_scored() -> None:
    scorecard, table = score(metrics=["cider"])
    assert set(scorecard.metrics) == set(table.columns) == {"cider"}


def test_a_single_study_has_values_and_no_interval() -> None:
    scorecard, _ = score({"a": "no effusion"}, {"a": "no effusion"}, metrics=["bleu2"])
    assert scorecard.metrics["bleu2"].value == 1.0
    assert scorecard.metrics["bleu2"].interval is None


@pytest.mark.parametrize(
    ("predictions", "references", "message"),
    [
        ({}, {}, "no study"),
        ({"a": ""}, {}, "1 predictions have no study, first 'a'"),
        ({}, {"a": ""}, "1 studies have no prediction, first 'a'"),
        ({"a": "", "c": ""}, {"a": "", "b": ""}, "first 'b'; 1 predictions have no study"),
    ],
)
def test_both_sides_must_have_the_same_studies(
    predictions: dict[str, str], references: dict[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        score(predictions, references)


def test_an_unavailable_metric_by_name_ends_the_run() -> None:
    with pytest.raises(Misconfigured, match="radgraph is unavailable"):
        score(metrics=["radcliq_v1"])
    with pytest.raises(WrongUsage):
        score(metrics=["bleu"])


def test_progress_is_told_before_each_metric() -> None:
    told: list[tuple[str, int, int]] = []
    score(metrics=["cider", "bleu2"], progress=lambda *step: told.append(step))
    assert told == [("bleu2", 0, 2), ("cider", 1, 2)]


@pytest.mark.usefixtures("with_components")
def test_radcliq_and_its_reciprocal_follow_from_the_components() -> None:
    scorecard, table = score(metrics=["inv_radcliq_v1"], equipment=WEIGHTS)
    assert list(table.columns) == ["radcliq_v1", "bertscore", "semb", "radgraph", "bleu2"]
    main, inverse = scorecard.metrics["radcliq_v1"], scorecard.metrics["inv_radcliq_v1"]
    assert main.value is not None
    assert main.interval is not None
    assert inverse.value == 1 / main.value
    assert inverse.interval == (1 / main.interval[1], 1 / main.interval[0])
    assert scorecard.fingerprint.weights == {
        name: WEIGHTS.weights[name] for name in ("radgraph", "bertscore", "semb")
    }


@pytest.mark.usefixtures("with_components")
def test_a_reciprocal_of_nothing_positive_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, replace(registry.BY_ID["bertscore"], method=constant([3.0, 3.0, 3.0])))
    scorecard, _ = score(equipment=WEIGHTS)
    assert scorecard.metrics["radcliq_v1"].value < 0
    inverse = scorecard.metrics["inv_radcliq_v1"]
    assert inverse.status == "unavailable"
    assert inverse.reason.startswith("undefined where radcliq_v1 is -")
    named, _ = score(metrics=["inv_radcliq_v1"], equipment=WEIGHTS)
    assert named.metrics["inv_radcliq_v1"].value is None


@pytest.mark.usefixtures("with_components")
def test_an_interval_that_crosses_zero_has_no_reciprocal(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, replace(registry.BY_ID["bertscore"], method=constant([4.0, -2.0, -2.0])))
    scorecard, _ = score(equipment=WEIGHTS)
    assert scorecard.metrics["radcliq_v1"].interval[0] < 0
    assert scorecard.metrics["inv_radcliq_v1"].value is not None
    assert scorecard.metrics["inv_radcliq_v1"].interval is None


@pytest.mark.usefixtures("with_components")
def test_a_metric_that_fails_takes_its_composites_along(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_):
        raise MetricUnavailable("the model is broken; run: rexrank models verify")

    put(monkeypatch, replace(registry.BY_ID["semb"], method=PerStudy(fail)))
    scorecard, table = score(equipment=WEIGHTS)
    assert scorecard.metrics["semb"].reason == "the model is broken; run: rexrank models verify"
    assert "semb" in scorecard.metrics["radcliq_v1"].reason
    assert "radcliq_v1" in scorecard.metrics["inv_radcliq_v1"].reason
    assert "bertscore" in table.columns
    with pytest.raises(Misconfigured, match="semb is unavailable: the model is broken"):
        score(metrics=["semb"], equipment=WEIGHTS)


@pytest.mark.parametrize("column", [[0.1, math.nan, 0.2], [0.1, 0.2]])
@pytest.mark.usefixtures("with_components")
def test_a_metric_that_breaks_its_promise_is_a_bug(
    monkeypatch: pytest.MonkeyPatch, column: list[float]
) -> None:
    put(monkeypatch, replace(registry.BY_ID["semb"], method=constant(column)))
    with pytest.raises(RexrankError, match="semb gave no finite number") as caught:
        score(equipment=WEIGHTS)
    assert caught.value.exit_status == 70


def test_a_corpus_metric_has_an_interval_and_no_column(monkeypatch: pytest.MonkeyPatch) -> None:
    # Columns: true positives, false positives, false negatives.
    counts = np.array([[1.0, 0, 0], [1, 1, 0], [0, 0, 1]])
    method = Corpus(
        lambda *_: counts,
        lambda c: 2 * c[..., 0] / (2 * c[..., 0] + c[..., 1:].sum(axis=-1) + 1e-9),
    )
    f1 = replace(registry.BY_ID["chexbert_f1_5_micro"], needs=Needs(), libraries=(), method=method)
    put(monkeypatch, f1)
    scorecard, table = score(metrics=[f1.id])
    one = scorecard.metrics[f1.id]
    assert one.value == pytest.approx(4 / 6)
    assert one.interval is not None
    assert 0 <= one.interval[0] < one.value < one.interval[1] <= 1
    assert not table.columns
    assert scorecard.n == len(table.study_ids)


def test_an_image_tells_by_its_scorecards_what_it_scores_with() -> None:
    digest, other = (f"sha256:{letter * 64}" for letter in "ab")
    metrics = [registry.BY_ID["bleu2"]]
    old = Fingerprint(metrics={}, libraries={"torch": "2.12"}, weights={"chexbert": "1" * 64})
    new = Fingerprint(metrics={}, libraries={"torch": "2.13"}, weights={"chexbert": "2" * 64})
    seen = [
        old.model_copy(update={"image": other}),
        new.model_copy(update={"image": digest}),
    ]
    today = describe_scorer(metrics, {}, image=digest, seen=seen)
    assert today.libraries["torch"] == "2.13"
    assert seen[0].contradicts(today)
    assert not seen[1].contradicts(today)
    here = describe_scorer(metrics, {"chexbert": "3" * 64}, seen=seen)
    assert all(one.contradicts(here) for one in seen)
    assert not any(one.contradicts(describe_scorer(metrics, {}, seen=seen)) for one in [new])
