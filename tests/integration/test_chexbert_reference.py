"""CheXbert against the published labeller's code, in the package f1chexbert, on a tiny model."""

from __future__ import annotations

import importlib.util
import io
import random
import warnings
from pathlib import Path

import numpy as np
import pytest

from bot.metrics.base import MetricUnavailable
from bot.metrics.embedding.chexbert import CLASSES, LABELS, Chexbert
from bot.metrics.embedding.chexbert_scores import (
    FIVE,
    POSITIVE,
    count_labels,
    label_table,
    macro_f1,
    micro_f1,
    semb,
)
from tests.fakes.checkpoints.chexbert import HIDDEN, LONGEST, WORDS, make_chexbert, make_tensors
from tests.require import require

NEEDS = "needs torch, transformers and f1chexbert; run: pip install -r requirements/peers.txt"
CODES = {"blank": "", "positive": 1, "negative": 0, "uncertain": -1}
"""How the published code writes a class."""


@pytest.fixture(scope="module", autouse=True)
def libraries() -> None:
    names = ("torch", "transformers", "f1chexbert")
    require(all(importlib.util.find_spec(name) for name in names), NEEDS)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "chexbert"
    make_chexbert(folder)
    return folder


@pytest.fixture(scope="module")
def chexbert(tiny: Path) -> Chexbert:
    return Chexbert.load(tiny)


@pytest.fixture(scope="module")
def published(tiny: Path, tmp_path_factory: pytest.TempPathFactory):
    """The published labeller with the tiny checkpoint, loaded as its own constructor does."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from f1chexbert.f1chexbert import F1CheXbert, bert_labeler

    config = BertConfig(
        vocab_size=len((tiny / "vocab.txt").read_text().splitlines()),
        hidden_size=HIDDEN,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=192,
        max_position_embeddings=LONGEST,
    )
    folder = tmp_path_factory.mktemp("bert")
    BertModel(config).save_pretrained(folder)
    model = bert_labeler(pretrain_path=str(folder))
    tensors = torch.load(tiny / "chexbert.pth", weights_only=True)["model_state_dict"]
    bare = {name.replace("module.", ""): one for name, one in tensors.items()}
    lacking = model.load_state_dict(bare, strict=False).missing_keys
    assert all("pooler" in name for name in lacking)
    # The constructor would fetch the weights that were just loaded.
    labeller = F1CheXbert.__new__(F1CheXbert)
    torch.nn.Module.__init__(labeller)
    labeller.device = torch.device("cpu")
    labeller.tokenizer = BertTokenizer(str(tiny / "vocab.txt"))
    labeller.model = model.eval()
    return labeller


def write_reports(n: int, seed: int, longest: int = 40) -> list[str]:
    """Return n texts of known and unknown words, with odd white space."""
    draw = random.Random(seed)
    words = (*WORDS, *WORDS, "Épanchement", "xq", "1.2cm", "(left)", "\n", "  \n ", "no.")
    return [" ".join(draw.choices(words, k=draw.randint(1, longest))) for _ in range(n)]


def embed_as_published(published, texts: list[str]) -> np.ndarray:
    """Return what the published encoder gives for [CLS], a text at a time."""
    import pandas as pd
    import torch
    from f1chexbert.f1chexbert import generate_attention_masks, tokenize

    rows = []
    for text in texts:
        ids = torch.LongTensor(tokenize(pd.Series([text]), published.tokenizer))
        mask = generate_attention_masks(ids, [ids.shape[1]], torch.device("cpu"))
        with torch.no_grad():
            rows.append(published.model.bert(ids, attention_mask=mask)[0][0, 0].numpy())
    return np.stack(rows)


def test_embeddings_and_their_cosines_are_those_of_the_published_code(
    chexbert: Chexbert, published
) -> None:
    predictions, references = write_reports(30, 1), write_reports(30, 2)
    ours, _ = chexbert.embed(predictions, references)
    theirs, aims = (embed_as_published(published, side) for side in (predictions, references))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-4)
    lengths = np.linalg.norm(theirs, axis=1) * np.linalg.norm(aims, axis=1)
    cosines = (theirs * aims).sum(axis=1) / lengths
    assert np.ptp(cosines) > 0.1
    np.testing.assert_allclose(semb(predictions, references, chexbert), cosines, rtol=0, atol=1e-5)


def test_the_class_of_every_label_is_that_of_the_published_code(
    chexbert: Chexbert, published
) -> None:
    texts = [*write_reports(60, 3), "", " \n", " ".join(WORDS * 20)]
    ours = chexbert.label(chexbert.embed(texts, texts)[0])
    theirs = [published.get_label(text, mode="classification") for text in texts]
    assert [[CODES[CLASSES[code]] for code in row] for row in ours] == theirs
    assert {int(code) for code in ours.ravel()} == {0, 1, 2, 3}
    positives = [published.get_label(text) for text in texts]
    assert np.isin(ours, POSITIVE).astype(int).tolist() == positives


def test_f1_and_the_table_of_labels_are_those_of_scikit_learn(
    chexbert: Chexbert, published
) -> None:
    from sklearn.metrics import classification_report

    predictions, references = write_reports(50, 4), write_reports(50, 5)
    theirs, aims = (
        np.array([published.get_label(text) for text in side]) for side in (predictions, references)
    )
    counts = count_labels(predictions, references, chexbert).mean(axis=0)
    five = [LABELS.index(label) for label in FIVE]
    for rows, names in ((list(range(14)), LABELS), (five, FIVE)):
        report = classification_report(
            aims[:, rows],
            theirs[:, rows],
            target_names=list(names),
            output_dict=True,
            zero_division=0,
        )
        assert macro_f1(counts[rows]) == pytest.approx(report["macro avg"]["f1-score"], abs=1e-12)
        assert micro_f1(counts[rows]) == pytest.approx(report["micro avg"]["f1-score"], abs=1e-12)
        for row in label_table(predictions, references, chexbert):
            if row.label in names:
                expected = report[row.label]
                assert row.support == expected["support"]
                assert (row.precision, row.recall, row.f1) == pytest.approx(
                    (expected["precision"], expected["recall"], expected["f1-score"]), abs=1e-12
                )


SPELLINGS = ("bare", "bert", "module", "module.bert", "nested", "old format")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_the_checkpoint_loads_the_same_labeller(
    tiny: Path, chexbert: Chexbert, spelling: str, tmp_path: Path
) -> None:
    import torch

    vocabulary = (tiny / "vocab.txt").read_text()
    tensors = make_tensors(len(vocabulary.splitlines()))
    # transformers before 4.31 saved these too.
    tensors["bert.embeddings.position_ids"] = torch.arange(LONGEST)[None]
    document: object = {
        "bare": {name.removeprefix("bert."): one for name, one in tensors.items()},
        "bert": tensors,
        "module": {f"module.{name}": one for name, one in tensors.items()},
        "module.bert": {
            "model_state_dict": {f"module.{name}": one for name, one in tensors.items()}
        },
        "nested": {"epoch": 3, "model_state_dict": {"model_state_dict": tensors}},
        "old format": {"model_state_dict": tensors},
    }[spelling]
    (tmp_path / "vocab.txt").write_text(vocabulary)
    torch.save(
        document,
        tmp_path / "chexbert.pth",
        _use_new_zipfile_serialization=spelling != "old format",
    )
    texts = write_reports(10, 6)
    loaded = Chexbert.load(tmp_path).embed(texts, texts)[0]
    np.testing.assert_array_equal(loaded, chexbert.embed(texts, texts)[0])


def test_a_checkpoint_that_lacks_a_head_or_runs_code_is_refused(tiny: Path, tmp_path: Path) -> None:
    import torch

    vocabulary = (tiny / "vocab.txt").read_text()
    (tmp_path / "vocab.txt").write_text(vocabulary)
    tensors = make_tensors(len(vocabulary.splitlines()))
    del tensors["linear_heads.7.bias"]
    torch.save({"model_state_dict": tensors}, tmp_path / "chexbert.pth")
    with pytest.raises(MetricUnavailable, match="no head of 4 classes for Atelectasis"):
        Chexbert.load(tmp_path)
    tensors = make_tensors(len(vocabulary.splitlines()))
    del tensors["bert.encoder.layer.1.attention.self.query.weight"]
    torch.save(tensors, tmp_path / "chexbert.pth")
    with pytest.raises(MetricUnavailable):
        Chexbert.load(tmp_path)
    hostile = io.BytesIO()
    torch.save({"model_state_dict": Path("/etc/passwd")}, hostile)
    (tmp_path / "chexbert.pth").write_bytes(hostile.getvalue())
    with pytest.raises(MetricUnavailable):
        Chexbert.load(tmp_path)
