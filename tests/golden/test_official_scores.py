"""Our numbers are the official scorer's numbers, on real reports."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from bot.domain.board import BoardId
from bot.metrics.lexical.bleu import bleu2, tokenise
from bot.metrics.radcliq import V0, V1, LinearModel, radcliq_v0, radcliq_v1
from bot.pipeline.scoring.score import score_predictions
from tests import real_data


@pytest.fixture(autouse=True)
def _real_data() -> None:
    real_data.require_real_data()


TOLERANCE = 1e-9


def read_column(name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in real_data.read_official_scores()])


def test_bleu2_of_a_real_entry_is_the_official_one() -> None:
    predictions, references = real_data.read_entry()
    ids = [row["study_id"] for row in real_data.read_official_scores()]
    assert len(ids) == 300
    ours = bleu2([predictions[one] for one in ids], [references[one] for one in ids])
    np.testing.assert_allclose(ours, read_column("bleu_score"), rtol=0, atol=TOLERANCE)


def test_bleu2_of_rotated_references_is_the_official_one() -> None:
    golden = real_data.read_json("bleu2_golden.json")["findings"]
    texts = real_data.read_findings()
    reports = list(texts.values())
    ours = bleu2([*reports[1:], reports[0]], reports)
    official = [golden["per_study"][name] for name in texts]
    assert len(official) == golden["n"] == 590
    np.testing.assert_allclose(ours, official, rtol=0, atol=TOLERANCE)
    assert math.isclose(ours.mean(), golden["mean"], abs_tol=TOLERANCE)


def test_bleu2_agrees_on_every_edge_case() -> None:
    cases = real_data.read_json("bleu2_golden.json")["edge"]
    assert len(cases) == 29
    for case in cases:
        # The official scorer takes str() of what it reads; a missing text becomes the word.
        prediction = str(case["prediction"]).replace("<float nan>", str(math.nan))
        reference = str(case["reference"]).replace("<float nan>", str(math.nan))
        assert tokenise(reference) == case["ref_tokens"], case["name"]
        assert tokenise(prediction) == case["pred_tokens"], case["name"]
        ours = bleu2([prediction], [reference])[0]
        assert math.isclose(ours, case["bleu2"], rel_tol=0, abs_tol=TOLERANCE), case["name"]


def test_bleu2_agrees_on_texts_of_twenty_thousand_tokens() -> None:
    case = real_data.read_json("bleu2_golden.json")["edge_long"]
    reports = list(real_data.read_findings().values())
    text, rotated = " ".join(reports), " ".join([*reports[1:], reports[0]])
    assert len(tokenise(text)) == case["ref_tokens"]
    ours = bleu2([rotated, rotated, reports[0]], [text, reports[0], text])
    official = [
        case["bleu2"],
        case["vs_first_study"]["bleu2"],
        case["first_study_as_prediction"]["bleu2"],
    ]
    np.testing.assert_allclose(ours, official, rtol=0, atol=TOLERANCE)
    # The last is so small that only its own scale can tell.
    assert math.isclose(ours[2], official[2], rel_tol=TOLERANCE)


@pytest.mark.parametrize(
    ("column", "combine"), [("RadCliQ-v0", radcliq_v0), ("RadCliQ-v1", radcliq_v1)]
)
def test_radcliq_follows_from_the_official_components(column: str, combine) -> None:
    names = ("radgraph_combined", "bertscore", "semb_score", "bleu_score")
    ours = combine(*(read_column(name) for name in names))
    np.testing.assert_allclose(ours, read_column(column), rtol=0, atol=1e-6)


@pytest.mark.parametrize(("name", "model"), [("RadCliQ-v0", V0), ("RadCliQ-v1", V1)])
def test_the_constants_are_those_of_the_official_models(name: str, model: LinearModel) -> None:
    official = real_data.read_json("radcliq.json")[name]
    weights = official["raw_weights"]
    assert model == LinearModel(
        official["raw_intercept"],
        weights["radgraph_combined"],
        weights["bertscore"],
        weights["semb_score"],
        weights["bleu_score"],
    )


def test_a_real_entry_is_scored_whole() -> None:
    predictions, references = real_data.read_entry()
    scorecard, table = score_predictions(
        predictions,
        references,
        board=BoardId("iu-xray", "findings"),
        predictions_sha256="0" * 64,
        metrics=["bleu2"],
    )
    assert scorecard.n == len(table.study_ids) == 590
    score = scorecard.metrics["bleu2"]
    assert score.value == pytest.approx(bleu2_mean(predictions, references), abs=1e-12)
    assert score.interval is not None
    assert score.interval[0] < score.value < score.interval[1]


def bleu2_mean(predictions: dict[str, str], references: dict[str, str]) -> float:
    return float(bleu2(list(predictions.values()), list(references.values())).mean())


def test_ten_thousand_pairs_take_a_moment() -> None:
    predictions, references = real_data.read_entry()
    ours = [f"{text} {i}" for i in range(17) for text in predictions.values()][:10_000]
    theirs = [f"{text} {i}" for i in range(17) for text in references.values()][:10_000]
    start = time.perf_counter()
    bleu2(ours, theirs)
    # Measured: 0.3 s. The limit leaves room for a busy machine.
    assert time.perf_counter() - start < 5
