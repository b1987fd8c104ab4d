"""RaTEScore against the published package, on small models made here."""

from __future__ import annotations

import importlib.util
import random
import warnings
from pathlib import Path

import numpy as np
import pytest

from bot.metrics.base import Equipment, MetricUnavailable
from bot.metrics.judged.ratescore import score_ratescore
from tests.fakes.tiny_ratescore import CORPUS, make_ratescore
from tests.require import require

SENTENCES = [f"{part.strip('. ')}." for text in CORPUS for part in text.split(". ")]


@pytest.fixture(scope="module")
def equipment(tmp_path_factory: pytest.TempPathFactory) -> Equipment:
    for name in ("torch", "transformers", "medspacy"):
        require(
            importlib.util.find_spec(name),
            f"{name} is not installed: pip install 'rexrank-bot[ratescore]'; for Python 3.11 see "
            "docs/how-to/isolated-metrics.md",
        )
    folder = tmp_path_factory.mktemp("models")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        make_ratescore(folder / "ratescore")
    return Equipment(models=folder, weights={"ratescore": "a" * 64})


def write_reports(number: int, seed: int) -> list[str]:
    generator = random.Random(seed)
    return [
        " ".join(generator.choices(SENTENCES, k=generator.randint(1, 5))) for _ in range(number)
    ]


def score_by_package(
    equipment: Equipment, predictions: list[str], references: list[str]
) -> list[float]:
    require(
        importlib.util.find_spec("RaTEScore"),
        "the package RaTEScore is not installed: pip install --no-deps ratescore==0.6.0",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from loguru import logger
        from RaTEScore import RaTEScore

        logger.disable("PyRuSH")
        assert equipment.models is not None
        folder = equipment.models / "ratescore"
        scorer = RaTEScore(
            bert_model=str(folder / "ner"), eval_model=str(folder / "synonyms"), use_gpu=False
        )
        return [float(score) for score in scorer.compute_score(predictions, references)]


def test_scores_are_those_of_the_package(equipment: Equipment) -> None:
    predictions, references = write_reports(20, 1), write_reports(20, 2)
    scores = score_ratescore(predictions, references, equipment)
    expected = score_by_package(equipment, predictions, references)
    np.testing.assert_allclose(scores, expected, atol=1e-6, rtol=0)
    assert len(set(scores.round(6).tolist())) > 10


def test_a_text_without_sentences_shifts_nothing(equipment: Equipment) -> None:
    predictions, references = write_reports(4, 3), write_reports(4, 4)
    alone = score_ratescore(predictions, references, equipment)
    for blank in ("", " \n ", "ok", "1."):
        mixed = score_ratescore(
            [predictions[0], blank, *predictions[1:], "x"],
            [references[0], "No effusion is seen.", *references[1:], blank],
            equipment,
        )
        assert mixed[1] == mixed[5] == 0
        np.testing.assert_allclose(mixed[[0, 2, 3, 4]], alone, atol=1e-6, rtol=0)


def test_the_order_of_the_studies_has_no_influence(equipment: Equipment) -> None:
    predictions, references = write_reports(6, 5), write_reports(6, 6)
    forward = score_ratescore(predictions, references, equipment)
    backward = score_ratescore(predictions[::-1], references[::-1], equipment)
    assert forward.tolist() == backward[::-1].tolist()
    assert forward.tolist() == score_ratescore(predictions, references, equipment).tolist()


def test_a_copy_scores_one_where_it_does_not_contradict_itself(equipment: Equipment) -> None:
    text = SENTENCES[0]
    assert score_ratescore([text], [text], equipment)[0] == pytest.approx(1, abs=0.15)


def test_no_report_is_written_to_standard_error(
    equipment: Equipment, capfd: pytest.CaptureFixture[str]
) -> None:
    score_ratescore([SENTENCES[0]], [SENTENCES[1]], equipment)
    captured = capfd.readouterr()
    assert "effusion" not in captured.out + captured.err
    assert "heart" not in captured.out + captured.err


def test_a_broken_model_is_a_reason(equipment: Equipment, tmp_path: Path) -> None:
    assert equipment.models is not None
    folder = tmp_path / "ratescore"
    folder.mkdir()
    (folder / "synonyms").symlink_to(equipment.models / "ratescore" / "synonyms")
    broken = Equipment(models=tmp_path, weights=equipment.weights)
    with pytest.raises(MetricUnavailable, match="ratescore/ner is not there"):
        score_ratescore(["a"], ["a"], broken)
    (folder / "ner").mkdir()
    with pytest.raises(MetricUnavailable, match="ratescore/ner cannot be loaded"):
        score_ratescore(["a"], ["a"], broken)
