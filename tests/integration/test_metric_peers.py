"""Each lexical metric against its peer implementation, on texts that nobody chose."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.metrics.base import Equipment, MetricUnavailable
from bot.metrics.lexical.bleu import bleu, tokenise
from bot.metrics.lexical.cider import cider
from bot.metrics.lexical.meteor import METEOR, find_jar, meteor
from bot.metrics.lexical.rouge import rouge_l
from tests.require import MORE, require

WORDS = st.sampled_from(
    ["no", "No", "acute", "effusion", "effusion.", "heart", "1.2", ".", "..", "", "épanchement",
     "\n", "\t", "x\u00a0y", "clear", "the", "lungs,", "are", "肺", "İ"]
)  # fmt: skip
REPORTS = st.lists(WORDS, max_size=14).map(" ".join)
PAIRS = st.lists(st.tuples(REPORTS, REPORTS), min_size=1, max_size=6)
LINES = [
    ("The heart is normal. The lungs are clear.", "Heart size is normal. Lungs are clear."),
    ("Large left pleural effusion.", "There is a small right pleural effusion, 1.2 cm."),
    ("No pneumothorax ||| none", "No  pneumothorax or effusion"),
    ("Épanchement pleural à gauche", "épanchement pleural à droite"),
    ("Two lines\nof text", "two lines of text"),
    ("Cardiac silhouette is enlarged", "The heart is bigger than before"),
]


@pytest.mark.parametrize("order", [1, 2, 4])
@given(pairs=PAIRS)
@settings(max_examples=300 if MORE else 100)
def test_bleu_is_nltks_sentence_bleu_with_method_1(
    order: int, pairs: list[tuple[str, str]]
) -> None:
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    smoothing = SmoothingFunction().method1
    theirs = [
        sentence_bleu(
            [tokenise(reference)],
            tokenise(prediction),
            weights=(1 / order,) * order,
            smoothing_function=smoothing,
        )
        if tokenise(prediction)
        else 0.0
        for prediction, reference in pairs
    ]
    ours = bleu([one for one, _ in pairs], [other for _, other in pairs], order)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15)


@given(pairs=PAIRS)
@settings(max_examples=200 if MORE else 100)
def test_rouge_l_is_rouge_scores_without_stemming(pairs: list[tuple[str, str]]) -> None:
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rougeL"], use_stemmer=False)
    theirs = [scorer.score(reference, prediction)["rougeL"][2] for prediction, reference in pairs]
    ours = rouge_l([one for one, _ in pairs], [other for _, other in pairs])
    np.testing.assert_array_equal(ours, theirs)


@given(pairs=PAIRS)
@settings(max_examples=200 if MORE else 100)
def test_cider_is_pycocoevalcaps_on_the_same_tokens(pairs: list[tuple[str, str]]) -> None:
    from pycocoevalcap.cider.cider import Cider

    def spell(text: str) -> list[str]:
        return [text.lower().replace(".", " .")]

    references = {i: spell(reference) for i, (_, reference) in enumerate(pairs)}
    predictions = {i: spell(prediction) for i, (prediction, _) in enumerate(pairs)}
    if not any(reference[0].split() for reference in references.values()):
        return  # pycocoevalcap cannot take references without any word
    _, theirs = Cider(n=4, sigma=6.0).compute_score(references, predictions)
    ours = cider([one for one, _ in pairs], [other for _, other in pairs])
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)


@pytest.fixture(scope="module")
def java() -> str:
    path = shutil.which("java")
    require(path, "METEOR needs Java; run: python tests/system_parts.py install")
    require(find_jar(), "METEOR needs pycocoevalcap; run: pip install 'rexrank-bot[meteor]'")
    return str(path)


CONFUSING = [
    ("", "a"),
    ("a\r\nb", "a b"),
    ("c\u2028d", "c d"),
    ("e ||| f", ""),
    ("same", "same"),
    ("\x0b", ""),
    ("a b", "a b"),
]
"""Texts that would confuse the files and the protocol of METEOR."""


@pytest.fixture(scope="module")
def meteors(java: str) -> np.ndarray:
    """Scores of LINES and CONFUSING; Java takes seconds to start."""
    return meteor(*map(list, zip(*plain_lines(), *CONFUSING, strict=True)))


def plain_lines() -> list[tuple[str, str]]:
    """Return LINES without what the peer's own protocol separates fields by."""
    lines = [(" ".join(one.split()), " ".join(other.split())) for one, other in LINES]
    return [(one.replace("|||", ""), other) for one, other in lines]


def test_meteor_is_pycocoevalcaps(meteors: np.ndarray) -> None:
    from pycocoevalcap.meteor.meteor import Meteor

    lines = plain_lines()
    peer = Meteor()
    try:
        _, theirs = peer.compute_score(
            {i: [other] for i, (_, other) in enumerate(lines)},
            {i: [one] for i, (one, _) in enumerate(lines)},
        )
    finally:
        peer.meteor_p.stdout.close()
        peer.meteor_p.stderr.close()
    np.testing.assert_allclose(meteors[: len(lines)], theirs, rtol=0, atol=1e-12)
    assert METEOR.availability(Equipment()) is None


def test_meteor_scores_what_would_confuse_its_files(meteors: np.ndarray) -> None:
    scores = meteors[len(LINES) :]
    assert scores.shape == (7,)
    assert np.isfinite(scores).all()
    assert scores[1] == scores[2] == scores[6]
    assert scores[0] == scores[3] == 0


def test_meteor_says_why_when_java_fails(tmp_path) -> None:
    require(find_jar(), "METEOR needs pycocoevalcap; run: pip install 'rexrank-bot[meteor]'")
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\nexit 3\n")
    java.chmod(0o755)
    with pytest.raises(MetricUnavailable, match="ended with status 3; run: java -version"):
        meteor(["a"], ["a"], search_path=str(tmp_path))
